package accesslog

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestEight compares what looks at eight bytes at once with loops.
func TestEight(t *testing.T) {
	rnd := rand.New(rand.NewPCG(51, 52))
	alphabet := []byte("0123456789/:;<'!!$&\x00\x1f !\"#%?\x7f\x80\x81\xa0\xa2\xdc\xff[\\]\tab|")
	index := func(line []byte, pos int, set string) int {
		if i := bytes.IndexAny(line[pos:], set); i >= 0 {
			return pos + i
		}
		return len(line)
	}
	for range 200000 {
		line := make([]byte, rnd.IntN(40))
		rare := rnd.IntN(3)
		for i := range line {
			if line[i] = alphabet[rnd.IntN(len(alphabet))]; rare > 0 && rnd.IntN(8) > 0 {
				line[i] = alphabet[rnd.IntN(rare*9+1)]
			}
		}
		pos := rnd.IntN(len(line) + 1)
		want := pos
		for want < len(line) && line[want] > ' ' && line[want] != 0x7f && bytes.IndexByte([]byte("!\"#%?\\"), line[want]) < 0 {
			want++
		}
		if got := firstSpecial(line, pos); got != want {
			t.Fatalf("firstSpecial %q %d: %d, want %d", line, pos, got, want)
		}
		for _, sep := range []byte{' ', '\t', '|', 0xa0} {
			want := index(line, pos, " \"\\")
			if i := bytes.IndexByte(line[pos:], sep); i >= 0 {
				want = min(want, pos+i)
			}
			if got := plainWord(line, pos, uint64(sep)*ones); got != want {
				t.Fatalf("plainWord %q %d %q: %d, want %d", line, pos, sep, got, want)
			}
		}
		end := pos
		for end < len(line) && line[end] >= '0' && line[end] <= '9' {
			end++
		}
		n, got := someDigits(line, pos)
		if want, err := strconv.ParseInt("0"+string(line[pos:end]), 10, 64); got != end || end-pos <= 18 && (err != nil || n != want) {
			t.Fatalf("someDigits %q %d: %d, %d, want %d, %d", line, pos, n, got, want, end)
		}
	}
}
