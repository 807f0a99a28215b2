package claim

import (
	"math/rand/v2"
	"testing"
)

// What is seen of things is the same as in a map, few or many of them, put
// together from parts or not.
func TestSeen(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, things := range []int32{1, 3, 100, 1500, 5000, 200_000} {
		for _, adds := range []int{0, 1, fewThings, fewThings + 1, 1000, 20_000} {
			var parts [2]seen
			want := map[int32]mask{}
			for i := range adds {
				n, m := random.Int32N(things)-1, mask(1)<<random.IntN(8)
				parts[random.IntN(2)].add(n, m)
				if n >= 0 {
					want[n] |= m
				}
				if i%3000 == 7 {
					parts[0].count(1) // which may be asked for at any time
				}
			}
			s := &parts[0]
			s.merge(&parts[1])
			for bit := range 8 {
				n := int64(0)
				for _, m := range want {
					n += int64(m >> bit & 1)
				}
				if got := s.count(1 << bit); got != n {
					t.Fatalf("%d of %d things: bit %d: %d, want %d", adds, things, bit, got, n)
				}
			}
			for n := range things + 5 {
				if s.of(n) != want[n] {
					t.Fatalf("%d of %d things: %d: %b, want %b", adds, things, n, s.of(n), want[n])
				}
			}
			if most := max(16*len(want), int(things)); 8*cap(s.few) > max(16*fewThings, 2*most) || len(s.many) > 2*max(most, 1024) {
				t.Errorf("%d of %d things: %d in a list of %d, %d bytes", adds, things, len(want), cap(s.few), len(s.many))
			}
		}
	}
}
