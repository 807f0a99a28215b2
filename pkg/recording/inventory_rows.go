package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Rows outside memory are written one after the other: how many bytes of the
// path before are shared, the rest of the path, the size and 1, the line of the
// file (0 where it does not matter any more), and each attribute, none as an
// empty one. Numbers are varints, texts have their length before them.

// appendRow writes a row behind one with the path before, nil for the first.
func appendRow(dst, before, path []byte, size int64, line uint32, values []byte) []byte {
	shared, limit := 0, min(len(before), len(path))
	for shared < limit && before[shared] == path[shared] {
		shared++
	}
	dst = binary.AppendUvarint(dst, uint64(shared))
	dst = appendText(dst, path[shared:])
	dst = binary.AppendUvarint(dst, uint64(size+1))
	dst = binary.AppendUvarint(dst, uint64(line))
	return append(dst, values...)
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

var errPage = errors.New("a block of the inventory in the temporary file is damaged")

// pageRows walks over rows that were written one after the other.
type pageRows struct {
	columns int // attributes
	rest    []byte
	path    []byte // of the row at hand; nil: at none
	size    int64
	line    uint32
	values  []byte // as they are written
	room    []byte // for paths
}

// reset starts before the first row of a block, which the rows borrow from.
func (r *pageRows) reset(block []byte) { r.rest, r.path = block, nil }

// next moves to the next row; false behind the last, and where the block is
// damaged.
func (r *pageRows) next() bool {
	if len(r.rest) == 0 {
		r.path = nil
		return false
	}
	rest := r.rest
	shared, rest, ok := readNumber(rest)
	if !ok || shared > uint64(len(r.path)) {
		return r.fail()
	}
	differs, rest, ok := readText(rest)
	if !ok || shared == 0 && len(differs) == 0 {
		return r.fail()
	}
	size, rest, ok := readNumber(rest)
	if !ok {
		return r.fail()
	}
	line, rest, ok := readNumber(rest)
	if !ok {
		return r.fail()
	}
	values := rest
	for range r.columns {
		if _, rest, ok = readText(rest); !ok {
			return r.fail()
		}
	}
	r.room = append(r.room[:shared], differs...)
	r.path, r.size, r.line = r.room, int64(size)-1, uint32(line)
	r.values, r.rest = values[:len(values)-len(rest)], rest
	return true
}

func (r *pageRows) fail() bool {
	r.path = nil
	return false
}

// damaged says, where there is no next row, whether there should be one.
func (r *pageRows) damaged() bool { return len(r.rest) > 0 }

// reach says whether path is at the row at hand or behind it.
func (r *pageRows) reach(path []byte) bool {
	return r.path != nil && bytes.Compare(r.path, path) <= 0
}

// appendValues appends the attributes of the row at hand, nil for none.
func (r *pageRows) appendValues(dst [][]byte) [][]byte {
	rest := r.values
	for range r.columns {
		var value []byte
		if value, rest, _ = readText(rest); len(value) == 0 {
			value = nil
		}
		dst = append(dst, value)
	}
	return dst
}

// readNumber reads a uvarint; most are one byte.
func readNumber(b []byte) (n uint64, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), b[1:], true
	}
	n, w := binary.Uvarint(b)
	if w <= 0 {
		return 0, nil, false
	}
	return n, b[w:], true
}

func readText(b []byte) (text, rest []byte, ok bool) {
	n, rest, ok := readNumber(b)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n:n], rest[n:], true
}
