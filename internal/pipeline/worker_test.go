package pipeline

import "testing"

// TestGrown: batches grow with the runs, to what they may.
func TestGrown(t *testing.T) {
	for _, c := range []struct{ runs, room, most, want int }{
		{0, 400, mostBatch, smallBatch}, {200, 400, mostBatch, 2 * smallBatch}, {300, 400, mostBatch, 4 * smallBatch},
		{399, 400, mostBatch, mostBatch}, {400, 400, mostBatch, mostBatch}, {401, 400, mostBatch, mostBatch},
		{200, 400, 5 << 20, 5 << 20}, {400, manyRuns, mostBatch, 2 * smallBatch}, {0, 400, 1 << 20, 1 << 20}, {0, 1, mostBatch, smallBatch}, {1, 1, mostBatch, mostBatch},
	} {
		if got := grown(c.runs, c.room, c.most); got != c.want {
			t.Errorf("%d runs of %d, at most %d bytes: %d, want %d", c.runs, c.room, c.most, got, c.want)
		}
	}
	small, large := roomFor(&budget{cursors: 1 << 10, workers: 2}), roomFor(&budget{cursors: 1 << 40, workers: 2})
	if small != fewest/2 || large != manyRuns/2 {
		t.Errorf("room for %d and %d runs", small, large)
	}
	if n := roomFor(&budget{cursors: 1 << 20, workers: 100}); n != 0 || grown(0, n, mostBatch) != mostBatch {
		t.Errorf("room for %d runs", n)
	}
}
