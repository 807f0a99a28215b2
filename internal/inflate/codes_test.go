package inflate

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// No code needs more room for its tables than is known to be the most.
func TestTableRoom(t *testing.T) {
	const mostLitlen, mostDist = 2342, 402
	if mostLitlen > litlenRoom || mostDist > distRoom {
		t.Fatal("there is less")
	}
	litlen, dists := make([]entry, mostLitlen), make([]entry, mostDist)
	lens := func(r *rand.Rand, n int) (b []uint8) {
		for _, l := range randomLens(r, n) {
			b = append(b, uint8(l))
		}
		return b
	}
	r := newRand(9)
	for range 3000 {
		if !build(litlen, litlenBits, lens(r, maxLitlen), litlenEntries[:]) || !build(dists, distBits, lens(r, maxDist), distEntries[:]) {
			t.Fatal("refused")
		}
	}
}

// randomLens are the lengths of a complete code of n symbols, some of them long.
func randomLens(r *rand.Rand, n int) []int {
	lens := []int{0}
	for len(lens) < n {
		i := r.IntN(len(lens))
		if r.IntN(2) == 0 {
			i = len(lens) - 1
		}
		if lens[i] == maxCode {
			continue
		}
		lens[i]++
		lens = append(lens, lens[i])
	}
	r.Shuffle(n, func(i, j int) { lens[i], lens[j] = lens[j], lens[i] })
	return lens
}

// Codes of every shape, in many blocks, with stored ones between.
func TestCodes(t *testing.T) {
	r := newRand(4)
	for range 40 {
		e := new(encoder)
		e.plain(false, random(r, r.IntN(3)*r.IntN(9000)))
		for range 6 {
			if r.IntN(4) == 0 {
				e.fixed(false)
			} else {
				e.dynamic(false, randomLens(r, maxLitlen), randomLens(r, 1+r.IntN(maxDist)))
			}
			for range r.IntN(1000) {
				e.literals(byte(r.Uint32()))
				j := r.IntN(len(e.dists.lens))
				if dist := int(leastDist[min(j, maxDist-1)]); j < maxDist && dist <= len(e.text) && e.dists.lens[j] > 0 {
					e.match(3+r.IntN(256), dist, false)
				}
			}
			e.end()
			if r.IntN(3) == 0 {
				e.plain(false, nil)
			}
		}
		e.plain(true, nil)
		if got := same(t, e.member()); got.err != nil || !bytes.Equal(got.data, e.text) {
			t.Fatalf("%d bytes of %d, %v", len(got.data), len(e.text), got.err)
		}
	}
}
