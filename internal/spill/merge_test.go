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

// wordsCursor walks over words, and codes each against the one before.
type wordsCursor struct {
	words []string
	at    int
	code  uint64
}

func (c *wordsCursor) Next() bool {
	if c.at == len(c.words) {
		return false
	}
	last := ""
	if c.at > 0 {
		last = c.words[c.at-1]
	}
	c.code = codeOf(c.words[c.at], last)
	c.at++
	return true
}

func (c *wordsCursor) Err() error { return nil }

// codeOf codes a word against one that is not behind it: what they share, more
// being less, then the letter.
func codeOf(word, last string) uint64 {
	n := 0
	for n < min(len(word), len(last)) && word[n] == last[n] {
		n++
	}
	code := uint64(100-n) << 8
	if n < len(word) {
		code |= uint64(word[n])
	}
	return code
}

// TestMergeByCodes: items that are only compared where their codes are the same
// come in the same order, and that is seldom.
func TestMergeByCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	items, compared := 0, 0
	for range 1000 {
		var cursors []*wordsCursor
		var want, got []string
		for range rng.IntN(40) {
			words := make([]string, rng.IntN(20))
			for i := range words {
				for range rng.IntN(8) {
					words[i] += string(rune('a' + rng.IntN(3)))
				}
			}
			slices.Sort(words)
			want = append(want, words...)
			cursors = append(cursors, &wordsCursor{words: words})
		}
		slices.Sort(want)
		items += len(want)
		m := NewOrderedMerge(cursors, Order[*wordsCursor]{
			Code: func(c *wordsCursor) uint64 { return c.code },
			Before: func(a, b *wordsCursor, code uint64) (bool, uint64) {
				compared++
				v, w := a.words[a.at-1], b.words[b.at-1]
				if v < w {
					return true, codeOf(w, v)
				}
				return false, codeOf(v, w)
			},
		})
		for c, ok := m.Next(); ok; c, ok = m.Next() {
			got = append(got, c.words[c.at-1])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if compared > 3*items {
		t.Errorf("%d items were compared %d times", items, compared)
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
