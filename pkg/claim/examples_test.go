package claim_test

import (
	"fmt"
	"testing"

	"github.com/logrecount/recount/pkg/claim"
)

// However many downloads it takes to contradict a claim, no more are shown than
// anybody reads, and how many were left out is told.
func TestVeryManyExamples(t *testing.T) {
	const n = 100_000
	var all []taken
	for i := range int32(n + 50) {
		all = append(all, taken{client: fmt.Sprint("x", i%3), recording: i, bytes: 1000})
	}
	c := []claim.Claim{{Figures: []claim.Figure{{Quantity: claim.Pairs, N: n + 9}}}, {Figures: []claim.Figure{{Quantity: claim.Requests, N: n - 9}}}}
	r := counted(t, claim.Basis{}, nil, c, all...)
	for i, want := range []struct{ items, left int }{{n, 10}, {n - 8, 0}} {
		f := r[i].Examples[0]
		if len(f.Items) != want.items || f.Left != int64(want.left) {
			t.Errorf("%s: %d and %d more, want %+v", f.Quantity, len(f.Items), f.Left, want)
		}
		for k, x := range f.Items {
			if x.Recording != fmt.Sprintf("/%d.wav", k) {
				t.Fatalf("%d: %+v", k, x)
			}
		}
	}
}
