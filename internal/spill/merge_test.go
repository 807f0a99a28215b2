package spill

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// numbersCursor walks over numbers; at fails it ends with an error.
type numbersCursor struct {
	list  []int
	fails int // before so many numbers; -1: never
	at    int
	value int
	err   error
}

var errCursor = errors.New("cursor failed")

func (c *numbersCursor) Next() bool {
	if c.at == c.fails {
		c.err = errCursor
		return false
	}
	if c.at == len(c.list) {
		return false
	}
	c.value = c.list[c.at]
	c.at++
	return true
}

func (c *numbersCursor) Err() error { return c.err }

func walk(cursors []*numbersCursor) (got []int, err error) {
	m := NewMerge(cursors, func(a, b *numbersCursor) bool { return a.value < b.value })
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		got = append(got, c.value)
	}
	for range 3 {
		if _, ok := m.Next(); ok {
			return nil, errors.New("the merge goes on after its end")
		}
	}
	return got, m.Err()
}

func TestMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		var cursors []*numbersCursor
		var want []int
		for range rng.IntN(12) {
			list := make([]int, rng.IntN(8)) // some are empty
			for i := range list {
				list[i] = rng.IntN(20)
			}
			slices.Sort(list)
			want = append(want, list...)
			cursors = append(cursors, &numbersCursor{list: list, fails: -1})
		}
		slices.Sort(want)
		if got, err := walk(cursors); err != nil || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	}
}

// An error of one cursor ends the merge: what comes after it would lack items.
func TestMergeError(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for fails := range 4 {
		for range 200 {
			var cursors []*numbersCursor
			var all []int
			for range 1 + rng.IntN(5) {
				list := []int{rng.IntN(9), 10 + rng.IntN(9), 20 + rng.IntN(9)}
				all = append(all, list...)
				cursors = append(cursors, &numbersCursor{list: list, fails: -1})
			}
			slices.Sort(all)
			bad := cursors[rng.IntN(len(cursors))]
			bad.fails = fails
			got, err := walk(cursors)
			if !errors.Is(err, errCursor) {
				t.Fatalf("no error, fails at %d", fails)
			}
			if fails == 0 && len(got) > 0 || len(got) > len(all) || !slices.Equal(got, all[:len(got)]) {
				t.Fatalf("fails at %d: got %v of %v", fails, got, all)
			}
			if fails > 0 && got[len(got)-1] != bad.list[fails-1] {
				t.Fatalf("items after the error: %v", got)
			}
		}
	}
}
