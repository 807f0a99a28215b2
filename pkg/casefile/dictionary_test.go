package casefile

import (
	"fmt"
	"math/bits"
	"testing"
)

// TestDictionary: a dictionary gives every value back, and is of use exactly
// where the sizes of all distinct values say so.
func TestDictionary(t *testing.T) {
	const rows = 40_000
	for name, value := range map[string]func(i int) int{
		"one":                func(int) int { return 7 },
		"few":                func(i int) int { return i * 31 % 100 },
		"sorted":             func(i int) int { return i / 9 },
		"half":               func(i int) int { return i * 17 % (rows / 2) },
		"most":               func(i int) int { return i * 17 % (rows * 7 / 10) },
		"all":                func(i int) int { return i },
		"all, late":          func(i int) int { return max(i-rows/2, 0) },
		"few, then the same": func(i int) int { return min(i, 3) },
	} {
		for _, typ := range []Type{Int32, Int64, Text} {
			for _, format := range []string{"%d", "/a/recording/with/a/long/name/%040d.wav", "no\xff%d"} {
				g := newRowGroup([]Column{{Type: typ}})
				distinct, plain, size := map[string]bool{}, 0, 0
				for i := range rows {
					text := fmt.Sprintf(format, value(i))
					wide := 4
					switch g.at = 0; typ {
					case Int32:
						g.int32(int32(value(i)), true)
					case Int64:
						g.int64(int64(value(i)))
						wide = 8
					default:
						g.bytes([]byte(text))
						wide += len(written(g, i))
					}
					plain += wide
					if !distinct[text] {
						size += wide
					}
					distinct[text] = true
				}
				width := bits.Len(uint(max(len(distinct)-1, 1)))
				want := size < maxDictionary && 4*(size+rows*width/8) < 3*plain
				d, c := newDictionary(), &g.cols[0]
				if got := d.index(c); got != want {
					t.Errorf("%s, %s as %s: %v, want %v", name, format, typ, got, want)
				} else if got {
					checkIndices(t, d, c, rows)
				}
			}
		}
	}
}

// written is the text of the value at i of the only column.
func written(g *rowGroup, i int) []byte { return g.cols[0].written(g.cols[0].which[i]) }

func checkIndices(t *testing.T, d *dictionary, c *column, rows int) {
	t.Helper()
	if len(d.indices) != rows {
		t.Fatalf("%d indices", len(d.indices))
	}
	for i, k := range d.indices {
		same := true
		switch c.typ {
		case Int32:
			same = d.shorts[k] == c.shorts[i]
		case Int64:
			same = d.ints[k] == c.ints[i]
		default:
			same = string(d.texts[k]) == string(c.written(c.which[i]))
		}
		if !same {
			t.Fatalf("the value at %d is another", i)
		}
	}
}

// TestRepeatedText: texts that follow each other come back as they were
// appended, whether they repeat, are empty, or are not UTF-8.
func TestRepeatedText(t *testing.T) {
	texts := []string{"", "", "a", "a", "ab", "", "\xff", "\xff", `\xFF`, "\xff", "a\xff", "é", "é", "\xc3", "\xc3\xa9"}
	want := []string{"", "", "a", "a", "ab", "", `\xFF`, `\xFF`, `\xFF`, `\xFF`, `a\xFF`, "é", "é", `\xC3`, "é"}
	for name, add := range map[string]func(*rowGroup, string){
		"bytes":  func(g *rowGroup, s string) { g.bytes([]byte(s)) },
		"string": func(g *rowGroup, s string) { g.string(s) },
	} {
		g := newRowGroup([]Column{{Type: Text}})
		size := 0
		for i, s := range texts {
			g.at = 0
			add(g, s)
			if got := string(written(g, i)); got != want[i] {
				t.Errorf("%s %d: %q, want %q", name, i, got, want[i])
			}
			size += len(want[i])
		}
		if g.text != size || g.cols[0].size != size {
			t.Errorf("%s: %d and %d bytes of text, want %d", name, g.text, g.cols[0].size, size)
		}
	}
}
