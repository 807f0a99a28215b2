package pipeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// TestPassages: sources of many pieces, some without lines, give the anchors that
// come again that they give when each is read from its first line to its last.
func TestPassages(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, workers := range []int{1, 2, 5} {
		store := spill.NewStore(100_000, t.TempDir())
		a := &analysis{store: store, hashes: store.Apart(), budget: budget{workers: workers}}
		var ids []int32
		var want []coverage.Item
		for id, many := range []int{1, 3 * passagePieces, passagePieces + 1, 2} {
			s := new(source)
			s.ID, s.Path = int32(id)+1, fmt.Sprint(id)
			w := coverage.NewWinnow(s.ID, 0)
			for range many {
				sketch := linesAgain(rng, rng.IntN(60))
				block, err := a.hashes.Put(sketch)
				if err != nil {
					t.Fatal(err)
				}
				p := &piece{lines: int64(sketch.Len())}
				p.sketch.block = block
				s.pieces = append(s.pieces, p)
				s.stats.lines += p.lines
				want = w.Add(sketch, want)
			}
			s.resolve()
			a.sources, ids = append(a.sources, s), append(ids, s.ID)
		}
		if parts := a.passages(ids); len(parts) != 1+3+2+1 {
			t.Fatalf("%d passages", len(parts))
		}
		repeated := newSorter(store)
		if _, err := a.winnow(t.Context(), ids, repeated); err != nil {
			t.Fatal(err)
		}
		var got []coverage.Item
		if err := eachItem(repeated, func(item coverage.Item) error { got = append(got, item); return nil }); err != nil {
			t.Fatal(err)
		}
		want = comeAgain(want)
		if len(want) < 20 || !slices.Equal(got, want) {
			t.Errorf("%d workers: %d anchors come again, want %d", workers, len(got), len(want))
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if err := a.hashes.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// linesAgain is lines of which some come again, each a second behind the one before.
func linesAgain(rng *rand.Rand, n int) (s coverage.Sketch) {
	at := rng.Int64N(50)
	for i := range n {
		s = s.Add(fmt.Appendf(nil, "line %d", at), i, true)
		s.Set(coverage.Request, at*second)
		at++
	}
	return s
}

// comeAgain is those of anchors whose hash another one has, in order.
func comeAgain(anchors []coverage.Item) (again []coverage.Item) {
	many := map[uint64]int{}
	for _, a := range anchors {
		many[a[0]]++
	}
	for _, a := range anchors {
		if many[a[0]] > 1 {
			again = append(again, a)
		}
	}
	slices.SortFunc(again, func(x, y coverage.Item) int { return slices.Compare(x[:], y[:]) })
	return again
}
