package recording

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// sortEntry is a row and eight bytes of its path.
type sortEntry struct {
	key uint64
	row uint32
}

// sortRows gives the row numbers in the bytewise order of their texts; rows
// with equal texts in the order of their numbers.
//
// Paths differ late, and each look at a text of a large arena is a cache miss.
// So eight bytes of every text are looked up once and sorted as numbers, and
// only what is equal in them is looked up again, further on: 1.1 s for 2.7
// million paths in random order, where comparing texts takes 4.8 s.
func sortRows(n int, text func(row uint32) []byte) []uint32 {
	entries := make([]sortEntry, n)
	for i := range entries {
		entries[i].row = uint32(i)
	}
	sortEntries(entries, 0, text)
	order := make([]uint32, n)
	for i, e := range entries {
		order[i] = e.row
	}
	return order
}

// smallRun is below what it pays to look keys up for.
const smallRun = 12

// sortEntries sorts entries whose texts are equal up to depth.
func sortEntries(entries []sortEntry, depth int, text func(row uint32) []byte) {
	if len(entries) < 2 {
		return
	}
	depth, ended := commonDepth(entries, depth, text)
	if ended || len(entries) <= smallRun {
		slices.SortFunc(entries, func(a, b sortEntry) int {
			if c := bytes.Compare(text(a.row)[depth:], text(b.row)[depth:]); c != 0 {
				return c
			}
			return cmp.Compare(a.row, b.row)
		})
		return
	}
	for i := range entries {
		entries[i].key = keyAt(text(entries[i].row)[depth:])
	}
	slices.SortFunc(entries, func(a, b sortEntry) int { return cmp.Compare(a.key, b.key) })
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].key == entries[0].key {
			n++
		}
		// Equal keys may still differ within them: a text that ends is like one
		// that goes on with NUL bytes. Hence the same depth, not eight more.
		sortEntries(entries[:n], depth, text)
		entries = entries[n:]
	}
}

// commonDepth gives up to where all texts are equal, from depth on, and
// whether one of them ends there.
func commonDepth(entries []sortEntry, depth int, text func(row uint32) []byte) (upTo int, ended bool) {
	first := text(entries[0].row)[depth:]
	common, shortest := len(first), len(first)
	for _, e := range entries[1:] {
		other := text(e.row)[depth:]
		shortest = min(shortest, len(other))
		i, limit := 0, min(common, len(other))
		for i < limit && other[i] == first[i] {
			i++
		}
		common = i
	}
	return depth + common, shortest == common
}

// keyAt gives the first eight bytes as a number of the same order.
func keyAt(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var padded [8]byte
	copy(padded[:], b)
	return binary.BigEndian.Uint64(padded[:])
}
