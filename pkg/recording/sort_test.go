package recording

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSortRows compares with the plain sort, on texts that share much, end
// early, repeat, and hold NUL bytes.
func TestSortRows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{"a", "ab", "a\x00", "/a0\xff\x00"} {
		for _, n := range []int{0, 1, 2, 50, 3000} {
			texts := make([][]byte, n)
			for i := range texts {
				texts[i] = []byte("/recordings/"[:random.IntN(13)])
				for range random.IntN(25) {
					texts[i] = append(texts[i], alphabet[random.IntN(len(alphabet))])
				}
			}
			want := make([]uint32, n)
			for i := range want {
				want[i] = uint32(i)
			}
			slices.SortFunc(want, func(a, b uint32) int {
				if c := bytes.Compare(texts[a], texts[b]); c != 0 {
					return c
				}
				return cmp.Compare(a, b)
			})
			if got := sortRows(n, func(row uint32) []byte { return texts[row] }); !slices.Equal(got, want) {
				t.Errorf("%d texts of %q are out of order", n, alphabet)
			}
		}
	}
}
