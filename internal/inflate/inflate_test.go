package inflate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func newRand(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, n)) }

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// lines makes n lines like those of a log.
func lines(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "192.0.2.%d - - [01/Feb/2024:10:%02d:%02d +0000] \"GET /recordings/%d/%x.wav HTTP/1.1\" 200 %d \"-\" \"player/%d\"\n",
			r.IntN(250), i/60%60, i%60, r.IntN(40), r.Uint32(), r.IntN(5_000_000), r.IntN(9))
	}
	return b.Bytes()
}

func packed(t testing.TB, level int, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(text)
	w.Close()
	return b.Bytes()
}

func texts(r *rand.Rand) map[string][]byte {
	far := random(r, window)
	return map[string][]byte{
		"nothing": nil, "one byte": {'x'}, "lines": lines(r, 2500), "random": random(r, 100_000),
		"one byte again and again": bytes.Repeat([]byte{'a'}, 200_000), "three bytes": bytes.Repeat([]byte("abc"), 50_000),
		"seven": bytes.Repeat([]byte("1234567"), 20_000), "far": slices.Concat(far, far, far[:100]),
		"few letters": bytes.Map(func(r rune) rune { return 'a' + r%4 }, lines(r, 2000)),
	}
}

func TestLevels(t *testing.T) {
	for name, text := range texts(newRand(1)) {
		for level := gzip.HuffmanOnly; level <= gzip.BestCompression; level++ {
			t.Run(fmt.Sprint(name, " ", level), func(t *testing.T) {
				behind := "and more"[:8*(level&1)]
				got := same(t, append(packed(t, level, text), behind...))
				if !bytes.Equal(got.data, text) || got.err != nil || got.left != len(behind) {
					t.Errorf("%d bytes of %d, %v, %d left", len(got.data), len(text), got.err, got.left)
				}
			})
		}
	}
}

// Every length at many distances, and every distance, near and far from where
// the buffer ends.
func TestMatches(t *testing.T) {
	r := newRand(3)
	for _, kind := range []string{"fixed", "dynamic"} {
		e := new(encoder)
		if kind == "fixed" {
			e.fixed(true)
		} else {
			e.dynamic(true, randomLens(r, maxLitlen), randomLens(r, maxDist))
		}
		e.literals(random(r, window)...)
		for length := 3; length <= maxMatch; length++ {
			for _, dist := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 39, 40, 41, length, 1 + r.IntN(window), window} {
				e.match(length, dist, false)
				e.literals(random(r, r.IntN(5))...)
			}
		}
		e.match(258, 1, true)
		for dist := 1; dist <= window; dist += 1 + r.IntN(9) {
			e.match(3+r.IntN(30), dist, false)
		}
		e.end()
		if got := same(t, e.member()); got.err != nil || !bytes.Equal(got.data, e.text) {
			t.Errorf("%s: %d bytes of %d, %v", kind, len(got.data), len(e.text), got.err)
		}
	}
}

// A match may reach back by all of the window from the first byte of a buffer.
func TestMatchAtBegin(t *testing.T) {
	r := newRand(8)
	for _, dist := range []int{window, window - 1, window - 257, 300, 8, 1} {
		e := new(encoder)
		e.fixed(true)
		e.literals(random(r, small)...)
		e.match(maxMatch, dist, false)
		e.literals(random(r, 2*small-len(e.text))...)
		e.match(maxMatch, dist, false)
		e.end()
		if got := same(t, e.member()); got.err != nil || !bytes.Equal(got.data, e.text) {
			t.Errorf("distance %d: %d bytes of %d, %v", dist, len(got.data), len(e.text), got.err)
		}
	}
}
