package coverage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// manyLines is a sketch of lines of which stretches come again, and with moments in
// which many lines come, so that anchors are near and far, and sometimes missing.
func manyLines(rng *rand.Rand, n int) Sketch {
	var s Sketch
	at, burst := int64(1_500_000_000), 0
	for i := range n {
		if burst > 0 {
			burst--
		} else if at += rng.Int64N(3); rng.IntN(40) == 0 {
			burst = rng.IntN(200)
		}
		line := fmt.Sprintf("192.0.2.%d /%d.wav", rng.IntN(4), rng.IntN(1+i%5))
		s = s.Add([]byte(line), i, true)
		if rng.IntN(50) > 0 {
			s.Set(Request, at*1_000_000)
		}
	}
	return s
}

// TestWinnowAnywhere: the anchors of a source are the same wherever it is cut into
// parts that are read on their own, and however few lines are given at once.
func TestWinnowAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		s := manyLines(rng, rng.IntN(1500))
		want := NewWinnow(1, 0).Add(s, nil)
		if round > 20 && s.Len() > 1000 && len(want) < 3 {
			t.Fatalf("%d lines have %d anchors", s.Len(), len(want))
		}
		var got []Item
		for from := int64(0); from < int64(s.Len()); {
			to := min(from+1+rng.Int64N(300), int64(s.Len()))
			w := NewWinnow(1, from)
			for w.Next() < to {
				n := min(1+rng.Int64N(100), to-w.Next())
				got = w.Add(s.From(w.Next())[:n*lineSize], got)
			}
			from = to
		}
		if !slices.Equal(got, want) {
			t.Fatalf("round %d, %d lines: %d anchors in parts, %d in one", round, s.Len(), len(got), len(want))
		}
	}
}
