package recording

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"sort"
)

// Inventory lists the recordings that existed, by canonical path, with size
// and further columns, the attributes. Its rows are in the bytewise order of
// their paths. It is immutable, may be shared between goroutines, and its bytes
// are valid as long as it is. A nil Inventory is empty.
//
// Memory per row: the path and 4 bytes, 8 for the size, 8 to 16 for the index,
// 4 per attribute, and the attribute's text unless it repeats an earlier one.
type Inventory struct {
	texts      arena
	paths      []textRef
	sizes      []int64
	attributes []string
	values     [][]textRef // per attribute, per row

	index []uint64 // hash table: upper half of the hash and row+1; 0 is free
	seed  maphash.Seed

	duplicates, directories int
}

// Len is the number of recordings.
func (v *Inventory) Len() int {
	if v == nil {
		return 0
	}
	return len(v.paths)
}

// MemoryBytes is about how much memory the inventory holds, for budgets.
func (v *Inventory) MemoryBytes() int64 {
	if v == nil {
		return 0
	}
	n := int64(len(v.texts.blocks))*arenaBlock + int64(len(v.paths))*4 + int64(len(v.sizes))*8 + int64(len(v.index))*8
	return n + int64(len(v.values))*int64(len(v.paths))*4
}

// Path is the canonical path of a row.
func (v *Inventory) Path(row int) []byte { return v.texts.text(v.paths[row]) }

// Size is the size of a row in bytes, -1 when the inventory does not say.
func (v *Inventory) Size(row int) int64 { return v.sizes[row] }

// Attributes are the names of the further columns, as the header spells them.
func (v *Inventory) Attributes() []string {
	if v == nil {
		return nil
	}
	return v.attributes
}

// AppendAttributes appends the attributes of a row, in the order of
// Attributes; nil where the cell is empty.
func (v *Inventory) AppendAttributes(dst [][]byte, row int) [][]byte {
	for _, column := range v.values {
		dst = append(dst, v.texts.text(column[row]))
	}
	return dst
}

// Duplicates is the number of rows left out because an earlier row has the
// same path.
func (v *Inventory) Duplicates() int {
	if v == nil {
		return 0
	}
	return v.duplicates
}

// Directories is the number of rows left out because their path ends in a
// slash: a directory is no recording.
func (v *Inventory) Directories() int {
	if v == nil {
		return 0
	}
	return v.directories
}

// Find gives the row of a canonical path. It does not allocate.
func (v *Inventory) Find(path []byte) (row int, ok bool) {
	if v == nil || len(v.index) == 0 {
		return 0, false
	}
	hash := maphash.Bytes(v.seed, path)
	tag := hash >> 32
	for i := v.slot(hash); v.index[i] != 0; i = (i + 1) & (len(v.index) - 1) {
		if v.index[i]>>32 == tag {
			row = int(uint32(v.index[i])) - 1
			if bytes.Equal(v.Path(row), path) {
				return row, true
			}
		}
	}
	return 0, false
}

// slot takes the lower bits of a hash, as the tag takes the upper ones.
func (v *Inventory) slot(hash uint64) int { return int(hash) & (len(v.index) - 1) }

// buildIndex fills the hash table, at most four fifths full.
func (v *Inventory) buildIndex() {
	if len(v.paths) == 0 {
		return
	}
	v.seed = maphash.MakeSeed() // where rows lie differs from run to run, what is found does not
	v.index = make([]uint64, 1<<bits.Len(uint(len(v.paths)+len(v.paths)/4)))
	for row := range v.paths {
		hash := maphash.Bytes(v.seed, v.Path(row))
		i := v.slot(hash)
		for v.index[i] != 0 {
			i = (i + 1) & (len(v.index) - 1)
		}
		v.index[i] = hash&^0xffffffff | uint64(row+1)
	}
}

// Search gives the first row whose path is not before path, Len if none.
func (v *Inventory) Search(path []byte) int {
	return sort.Search(v.Len(), func(row int) bool { return bytes.Compare(v.Path(row), path) >= 0 })
}

// NamesIn is the number of recordings directly in dir, which ends in a slash;
// those in its subdirectories do not count. It takes time by the number of
// recordings directly in dir and of its subdirectories, not by what these hold.
func (v *Inventory) NamesIn(dir []byte) (names int64) {
	var next []byte
	for row := v.Search(dir); row < v.Len(); {
		path := v.Path(row)
		if !bytes.HasPrefix(path, dir) {
			break
		}
		i := bytes.IndexByte(path[len(dir):], '/')
		if i < 0 {
			names++
			row++
			continue
		}
		// All of the subdirectory follows; '0' is the byte after '/'.
		next = append(next[:0], path[:len(dir)+i]...)
		next = append(next, '/'+1)
		row += sort.Search(v.Len()-row, func(n int) bool { return bytes.Compare(v.Path(row+n), next) >= 0 })
	}
	return names
}
