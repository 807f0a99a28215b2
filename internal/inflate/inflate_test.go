package inflate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
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

func TestTools(t *testing.T) {
	const slow = 150 // lines, for those that try everything
	for command, count := range map[string]int{
		"gzip -c": 3000, "gzip -1 -c": 3000, "gzip -9 -c": 3000, "pigz -c": 3000, "pigz -c -i": 3000, "bgzip -c": 3000,
		"pigz -11 -c": slow, "zopfli -c /dev/stdin": slow,
	} {
		t.Run(command, func(t *testing.T) {
			text := lines(newRand(2), count)
			args := strings.Fields(command)
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Stdin = bytes.NewReader(text)
			stored, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := same(t, stored); !bytes.HasPrefix(text, got.data) || len(got.data) < 1000 || got.err != nil {
				t.Errorf("%d bytes of %d, %v", len(got.data), len(text), got.err)
			}
		})
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

// sparse gives lengths to some of n symbols.
func sparse(n int, lens map[int]int) []int {
	all := make([]int, n)
	for i, l := range lens {
		all[i] = l
	}
	return all
}

// What RFC 1951 and zlib allow and forbid.
func TestRules(t *testing.T) {
	two := map[int]int{'a': 1, endOfBlock: 1}
	three := map[int]int{'a': 1, endOfBlock: 2, 257: 2}
	tests := []struct {
		name  string
		write func(e *encoder)
		right bool
	}{
		{"no distance codes", func(e *encoder) {
			e.dynamic(true, sparse(257, two), []int{0})
			e.literals('a')
			e.end()
		}, true},
		{"one distance code of one bit", func(e *encoder) {
			e.dynamic(true, sparse(258, three), []int{1})
			e.literals('a')
			e.match(3, 1, false)
			e.end()
		}, true},
		{"the other bit of it", func(e *encoder) {
			e.dynamic(true, sparse(258, three), []int{1})
			e.literals('a')
			e.symbol(e.litlen, 257)
			e.put(1, 1)
			e.end()
		}, false},
		{"a distance without codes", func(e *encoder) {
			e.dynamic(true, sparse(258, three), []int{0})
			e.literals('a')
			e.symbol(e.litlen, 257)
			e.put(0, 9)
		}, false},
		{"one distance code of two bits", func(e *encoder) {
			e.dynamic(true, sparse(258, three), []int{2})
			e.literals('a')
			e.end()
		}, false},
		{"only the end of the block", func(e *encoder) {
			e.dynamic(true, sparse(257, map[int]int{endOfBlock: 1}), []int{0})
			e.end()
		}, true},
		{"no end of the block", func(e *encoder) {
			e.dynamic(true, sparse(257, map[int]int{'a': 1, 'b': 1}), []int{0})
			e.literals([]byte("ab")...)
		}, false},
		{"too many codes", func(e *encoder) {
			e.dynamic(true, sparse(257, map[int]int{'a': 1, 'b': 1, endOfBlock: 1}), []int{0})
			e.put(0, 30)
		}, false},
		{"too few codes", func(e *encoder) {
			e.dynamic(true, sparse(257, map[int]int{'a': 2, endOfBlock: 2}), []int{0})
			e.put(0, 30)
		}, false},
		{"287 symbols", func(e *encoder) {
			e.dynamic(true, sparse(287, two), []int{0})
			e.end()
		}, false},
		{"31 distances", func(e *encoder) {
			e.dynamic(true, sparse(257, two), sparse(31, map[int]int{0: 1}))
			e.end()
		}, false},
		{"length symbol 286", func(e *encoder) {
			e.fixed(true)
			e.literals('a')
			e.symbol(e.litlen, 286)
			e.put(0, 30)
		}, false},
		{"distance symbol 30", func(e *encoder) {
			e.fixed(true)
			e.literals('a')
			e.symbol(e.litlen, 257)
			e.symbol(e.dists, 30)
			e.put(0, 30)
		}, false},
		{"before the beginning", func(e *encoder) {
			e.fixed(true)
			e.literals('a')
			e.match(3, 2, false)
			e.end()
		}, false},
		{"before the beginning, far from the end", func(e *encoder) {
			e.fixed(true)
			e.literals([]byte(strings.Repeat("ab", 900))...)
			e.match(3, 1801, false)
			e.literals([]byte(strings.Repeat("ab", 900))...)
			e.end()
		}, false},
		{"block kind 3", func(e *encoder) { e.block(true, 3); e.put(0, 40) }, false},
		{"stored length", func(e *encoder) { e.block(true, 0); e.put(0, 5); e.put(3, 16); e.put(3, 16); e.put(0, 24) }, false},
		{"stored nothing", func(e *encoder) { e.plain(false, nil); e.plain(true, nil) }, true},
		{"stored 65535", func(e *encoder) { e.plain(false, make([]byte, 65535)); e.plain(true, make([]byte, 65535)) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := new(encoder)
			tt.write(e)
			for _, behind := range [][]byte{nil, make([]byte, 2*fastIn)} { // near the end of the input, and not
				got := same(t, append(e.member(), behind...))
				if (got.err == nil) != tt.right || tt.right && (!bytes.Equal(got.data, e.text) || got.left != len(behind)) {
					t.Errorf("%d bytes of %d, %v, %d left", len(got.data), len(e.text), got.err, got.left)
				}
			}
		})
	}
}
