package inflate

import (
	"bytes"
	"strings"
	"testing"
)

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
