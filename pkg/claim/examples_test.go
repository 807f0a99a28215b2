package claim_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logrecount/recount/pkg/claim"
)

// However many downloads it takes to contradict a claim, no more are shown than
// anybody reads, and how many were left out is told.
func TestVeryManyExamples(t *testing.T) {
	const n = 100_000
	var all []taken
	values := map[int32][]claim.Value{}
	for i := range int32(n + 50) {
		values[i] = []claim.Value{{Subject: i, Seconds: -1}}
		all = append(all, taken{client: fmt.Sprint("x", i%3), recording: i, bytes: 1000})
	}
	c := []claim.Claim{
		{Figures: []claim.Figure{{Quantity: claim.Pairs, N: n + 9}}}, {Figures: []claim.Figure{{Quantity: claim.Requests, N: n - 9}}},
		{Figures: []claim.Figure{{Quantity: claim.Subjects, N: n + 19}}, Subject: "phone"}, {Figures: []claim.Figure{{Quantity: claim.Subjects, N: 3}}, Subject: "phone"},
	}
	r := counted(t, claim.Basis{}, values, c, all...)
	for i, want := range []struct{ items, left int }{{n, 10}, {n - 8, 0}, {n, 20}, {4, 0}} {
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

// Of each client the surest download is shown, and of the clients those with the
// surest ones, whatever comes first and however many there are.
func TestSurestExamples(t *testing.T) {
	const clients, recordings = 2000, 6000
	random := rand.New(rand.NewPCG(3, 5))
	type place struct {
		grade     int // 0: complete, 1: likely
		recording int32
	}
	var all []taken
	surest := map[string]place{}
	for i := range int32(recordings) {
		x := taken{client: fmt.Sprint("x", random.IntN(clients)), recording: i, bytes: 1000, planned: random.IntN(8) < 7}
		p := place{0, i}
		if x.planned {
			p.grade = 1
		}
		if old, known := surest[x.client]; !known || p.grade < old.grade {
			surest[x.client] = p
		}
		all = append(all, x)
	}
	names := slices.SortedFunc(maps.Keys(surest), func(a, b string) int {
		x, y := surest[a], surest[b]
		return cmp.Or(cmp.Compare(x.grade, y.grade), cmp.Compare(x.recording, y.recording))
	})
	for _, n := range []int{0, 1, 30, 100, 700, len(names) - 1} {
		r := counted(t, claim.Basis{}, nil, []claim.Claim{{Figures: []claim.Figure{{Quantity: claim.Clients, N: int64(n)}}}}, slices.Clone(all)...)[0]
		f := r.Examples[0]
		if len(f.Items) != n+1 || f.Left != 0 {
			t.Fatalf("%d: %d and %d more", n, len(f.Items), f.Left)
		}
		for i, x := range f.Items {
			if want := surest[names[i]]; x.Client != names[i] || x.Recording != fmt.Sprintf("/%d.wav", want.recording) {
				t.Fatalf("%d: item %d is %+v, want %s and %+v", n, i, x, names[i], want)
			}
		}
	}
}
