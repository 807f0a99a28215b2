package coverage

import (
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// TestTimeKey: seconds that are near each other have different keys, and none
// looks like no time.
func TestTimeKey(t *testing.T) {
	for s := range int64(200_000) {
		at := (1_550_000_000 + s) * 1e6
		if k := timeKey(at); k == 0 || k >= 1<<timeBits || k == timeKey(at+1e6) || k == timeKey(at+7*3600e6) {
			t.Fatalf("second %d: %d", s, k)
		}
		if k := timeKey(-at); k == 0 || k >= 1<<timeBits {
			t.Fatalf("second -%d: %d", s, k)
		}
	}
	if timeKey(accesslog.NoTime) != 0 {
		t.Error("no time has a key")
	}
	if timeKey(1e6) == timeKey(1e6+1000) {
		t.Error("a millisecond makes no difference")
	}
}

// TestHashLine: every byte and the length make a difference, and the ends are
// known by theirs.
func TestHashLine(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 127, 128, 129, 200, 1000} {
		text := []byte(strings.Repeat("abcdefg", 200)[:n])
		h, head, tail := hashLine(text)
		if (head != 0) != (n >= edge) || (tail != 0) != (n >= edge) {
			t.Errorf("%d bytes: ends %d and %d", n, head, tail)
		}
		if more, _, _ := hashLine(append(text[:n:n], 0)); more == h {
			t.Errorf("%d bytes: one more is no other text", n)
		}
		for i := range text {
			changed := slices.Clone(text)
			changed[i] ^= 1
			h2, head2, tail2 := hashLine(changed)
			if Key(h2)&hashMask == Key(h)&hashMask {
				t.Fatalf("%d bytes: byte %d makes no difference", n, i)
			}
			if n >= 2*edge && (i >= edge && head2 != head || i < n-edge && tail2 != tail) {
				t.Fatalf("%d bytes: byte %d is in the wrong end", n, i)
			}
		}
	}
}

// TestLength: the length of a text is known whatever stands around it.
func TestLength(t *testing.T) {
	for n := range 5000 {
		s := Sketch(nil).Add(make([]byte, n), 1<<20+n, true)
		for _, more := range []int{0, 1, 2, 5, 2047} {
			if got := s.length(0, int64(n+more)); got != int64(n) {
				t.Fatalf("%d bytes and %d more: %d", n, more, got)
			}
		}
		if s.Start(0) != int64(1<<20+n) {
			t.Fatalf("start %d", s.Start(0))
		}
	}
}
