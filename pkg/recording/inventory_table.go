package recording

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"sort"
)

// table holds the rows of an inventory in memory. Its bytes are valid as long
// as it is.
//
// Memory per row: the path and 4 bytes, 8 for the size, 8 to 16 for the index,
// 4 per attribute, and the attribute's text unless it repeats an earlier one.
type table struct {
	texts  arena
	paths  []textRef
	sizes  []int64
	values [][]textRef // per attribute, per row

	index []uint64 // hash table: upper half of the hash and row+1; 0 is free
	seed  maphash.Seed
}

func (t *table) memoryBytes() int64 {
	n := int64(len(t.texts.blocks))*arenaBlock + int64(len(t.paths))*4 + int64(len(t.sizes))*8 + int64(len(t.index))*8
	return n + int64(len(t.values))*int64(len(t.paths))*4
}

func (t *table) path(row int) []byte { return t.texts.text(t.paths[row]) }

// find gives the row of a path. It does not allocate.
func (t *table) find(path []byte) (row int, ok bool) {
	if len(t.index) == 0 {
		return 0, false
	}
	hash := maphash.Bytes(t.seed, path)
	tag := hash >> 32
	for i := t.slot(hash); t.index[i] != 0; i = (i + 1) & (len(t.index) - 1) {
		if t.index[i]>>32 == tag {
			row = int(uint32(t.index[i])) - 1
			if bytes.Equal(t.path(row), path) {
				return row, true
			}
		}
	}
	return 0, false
}

// slot takes the lower bits of a hash, as the tag takes the upper ones.
func (t *table) slot(hash uint64) int { return int(hash) & (len(t.index) - 1) }

// buildIndex fills the hash table, at most four fifths full.
func (t *table) buildIndex() {
	if len(t.paths) == 0 {
		return
	}
	t.seed = maphash.MakeSeed() // where rows lie differs from run to run, what is found does not
	t.index = make([]uint64, 1<<bits.Len(uint(len(t.paths)+len(t.paths)/4)))
	for row := range t.paths {
		hash := maphash.Bytes(t.seed, t.path(row))
		i := t.slot(hash)
		for t.index[i] != 0 {
			i = (i + 1) & (len(t.index) - 1)
		}
		t.index[i] = hash&^0xffffffff | uint64(row+1)
	}
}

// search gives the first row whose path is not before path, behind the last if
// there is none.
func (t *table) search(path []byte) int {
	return sort.Search(len(t.paths), func(row int) bool { return bytes.Compare(t.path(row), path) >= 0 })
}
