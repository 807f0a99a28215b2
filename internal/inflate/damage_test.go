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

// The parts of a header, up to the longest that compress/gzip reads, and one more.
func TestHeader(t *testing.T) {
	for flags := range 1 << 5 {
		for _, n := range []int{0, 1, maxName - 1, maxName} {
			b := []byte{0x1f, 0x8b, 8, byte(flags), 1, 2, 3, 4, 5, 6}
			if flags&hasExtra != 0 {
				b = append(append(b, byte(n), byte(n>>8)), make([]byte, n)...)
			}
			for _, flag := range []int{hasName, hasComment} {
				if flags&flag != 0 {
					b = append(append(b, bytes.Repeat([]byte{'n'}, n)...), 0)
				}
			}
			if sum := checksum(b); flags&hasSum != 0 {
				b = append(b, byte(sum), byte(sum>>8))
			}
			b = append(b, packed(t, 6, []byte("text"))[headerSize:]...)
			if got := same(t, b); (got.err == nil) != (n < maxName || flags&(hasName|hasComment) == 0) {
				t.Errorf("flags %x, %d bytes: %v", flags, n, got.err)
			}
			for cut := headerSize; cut < min(len(b), 30); cut++ {
				same(t, b[:cut])
			}
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
