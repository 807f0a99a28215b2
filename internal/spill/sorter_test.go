package spill

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

var sortableNumber = Sortable[int64]{
	Compare: func(a, b *int64) int { return cmp.Compare(*a, *b) },
	Append:  func(dst []byte, v *int64) []byte { return binary.AppendVarint(dst, *v) },
	Read: func(src []byte, v *int64) []byte {
		n, k := binary.Varint(src)
		*v = n
		return src[k:]
	},
}

// TestSorter: items come back in order, however many fit and wherever they were
// kept, also a second time, and all memory is given back.
func TestSorter(t *testing.T) {
	for _, limit := range []int{0, 1, 7, 1000, 1 << 20} {
		for _, budget := range []int64{0, 1000, 1 << 30} {
			store := NewStore(budget, t.TempDir())
			sorters := []*Sorter[int64]{NewSorter(store, limit, sortableNumber), NewSorter(store, limit, sortableNumber), NewSorter(store, limit, sortableNumber)}
			r := rand.New(rand.NewPCG(1, uint64(limit)))
			var want []int64
			for i := range 5000 {
				n := r.Int64N(4000) - 2000
				want = append(want, n)
				if err := sorters[i%2].Add(&n); err != nil { // the third stays empty
					t.Fatal(err)
				}
			}
			slices.Sort(want)
			for _, s := range sorters {
				s.Sort()
			}
			for range 2 {
				var got []int64
				err := EachSorted(sorters, func(n *int64) error { got = append(got, *n); return nil })
				if err != nil || !slices.Equal(got, want) {
					t.Fatalf("limit %d, budget %d: %d items, %v", limit, budget, len(got), err)
				}
			}
			for _, s := range sorters {
				s.Release()
			}
			if n := store.HeldBytes(); n != 0 {
				t.Errorf("limit %d, budget %d: %d bytes are not given back", limit, budget, n)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
