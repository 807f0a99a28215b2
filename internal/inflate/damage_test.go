package inflate

import (
	"bytes"
	"compress/gzip"
	"slices"
	"testing"
)

// some are small members of every kind.
func some(t testing.TB) [][]byte {
	r := newRand(5)
	text := lines(r, 9)
	named := new(bytes.Buffer)
	w := gzip.NewWriter(named)
	w.Name, w.Comment, w.Extra = "access.log", "a comment", []byte{'B', 'C', 2, 0, 9, 9}
	w.Write(text[:200])
	w.Close()
	e := new(encoder)
	e.dynamic(false, randomLens(r, maxLitlen), randomLens(r, maxDist))
	e.literals(text[:90]...)
	e.match(100, 33, false)
	e.end()
	e.plain(false, text[:30])
	e.fixed(true)
	e.literals(text[:60]...)
	e.match(258, 1, false)
	e.end()
	sum := slices.Clone(packed(t, 6, text[:100]))
	sum[3] |= hasSum
	sum = slices.Insert(sum, headerSize, byte(checksum(sum[:headerSize])), byte(checksum(sum[:headerSize])>>8))
	odd := slices.Clone(packed(t, 6, text[:50]))
	odd[3] |= 0x20 // reserved
	return [][]byte{odd, packed(t, 6, text), packed(t, gzip.HuffmanOnly, text[:300]), packed(t, 0, text[:300]), packed(t, 1, nil), named.Bytes(), e.member(), sum}
}

// However little there is of a member, or whichever bit of it is another: what
// is given is what compress/gzip gives, and right only if that says so.
func TestCutAndFlipped(t *testing.T) {
	for i, stored := range some(t) {
		if got := same(t, stored); got.err != nil {
			t.Fatalf("member %d: %v", i, got.err)
		}
		for n := range stored {
			if got := same(t, stored[:n]); got.err == nil {
				t.Errorf("member %d cut at %d: nothing is wrong", i, n)
			}
		}
		for at := range len(stored) * 8 {
			stored[at/8] ^= 1 << (at % 8)
			same(t, stored)
			stored[at/8] ^= 1 << (at % 8)
		}
	}
}

// One Reader reads on after whatever it read before.
func TestReset(t *testing.T) {
	z, p := new(Reader), make([]byte, small)
	all := some(t)
	r := newRand(6)
	for range 400 {
		stored := all[r.IntN(len(all))]
		if r.IntN(2) == 0 {
			ours(t, z, stored[:r.IntN(len(stored))], 50, p[:1+r.IntN(100)])
		}
		want := standard(stored)
		if got := ours(t, z, stored, 1+r.IntN(500), p[:1+r.IntN(small)]); got.err != nil || !bytes.Equal(got.data, want.data) {
			t.Fatalf("%d bytes of %d, %v", len(got.data), len(want.data), got.err)
		}
	}
}

// FuzzReader: whatever the bytes, they give what they give with compress/gzip.
func FuzzReader(f *testing.F) {
	seeds := some(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, stored := range seeds {
		f.Add(stored)
		f.Add(append(slices.Clip(stored[:len(stored)*2/3]), seeds[0]...))
	}
	f.Fuzz(func(t *testing.T, stored []byte) { same(t, stored) })
}

// FuzzDeflate is FuzzReader behind a header that is right.
func FuzzDeflate(f *testing.F) {
	for _, stored := range some(f) {
		if stored[3] == 0 {
			f.Add(stored[headerSize : len(stored)-trailerSize])
		}
	}
	head := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := same(t, append(slices.Clip(head), data...))
		if len(got.data) > 1<<20 {
			return
		}
		// With a trailer that fits, if the data end where it begins.
		e := encoder{stored: data, text: got.data}
		same(t, e.member())
	})
}
