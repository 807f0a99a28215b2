package casefile

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

// A dictionary of one column of a row group: its distinct values in the order
// in which they first come, and for each row that has a value its index.
//
// The Parquet writer has one of its own, but it boxes every value it looks up:
// on the requests table ours halves the time.
type dictionary struct {
	indices []int32
	texts   [][]byte // distinct texts, borrowed from the column
	shorts  []int32  // distinct Int16, Int32
	ints    []int64  // distinct Int64, Time
	size    int      // bytes of the distinct values as Parquet stores them

	slots  []int32 // index + 1 by hash of a text; 0: free
	hashes []uint64
	short  map[int32]int32
	long   map[int64]int32
	seed   maphash.Seed
}

// maxDictionary is the size in bytes from which the Parquet writer gives a
// dictionary up, and we with it.
const maxDictionary = 1 << 20

func newDictionary() *dictionary {
	return &dictionary{short: map[int32]int32{}, long: map[int64]int32{}, seed: maphash.MakeSeed()}
}

// index builds the dictionary of c. It is false when the distinct values are
// too many; then the dictionary is of no use.
func (d *dictionary) index(c *column) bool {
	d.indices, d.texts, d.shorts, d.ints, d.size = d.indices[:0], d.texts[:0], d.shorts[:0], d.ints[:0], 0
	switch c.typ {
	case Text:
		return d.indexTexts(c)
	case Int16, Int32:
		clear(d.short)
		return indexNumbers(c.shorts, d.short, &d.indices, &d.shorts, &d.size, 4)
	case Int64, Time:
		clear(d.long)
		return indexNumbers(c.ints, d.long, &d.indices, &d.ints, &d.size, 8)
	}
	return false
}

func indexNumbers[T int32 | int64](values []T, seen map[T]int32, indices *[]int32, distinct *[]T, size *int, width int) bool {
	last := int32(-1)
	for i, v := range values {
		if last < 0 || values[i-1] != v {
			k, ok := seen[v]
			if !ok {
				k = int32(len(*distinct))
				seen[v] = k
				*distinct = append(*distinct, v)
				if *size += width; *size >= maxDictionary {
					return false
				}
			}
			last = k
		}
		*indices = append(*indices, last)
	}
	return true
}

// indexTexts looks texts up in a table with open addressing that is kept at
// most half full. Tables are sorted, so a text often equals the one before.
func (d *dictionary) indexTexts(c *column) bool {
	d.hashes = d.hashes[:0]
	clear(d.slots)
	var before []byte
	last, start := int32(-1), uint32(0)
	for _, end := range c.ends {
		text := c.text[start:end:end]
		start = end
		if last < 0 || !bytes.Equal(before, text) {
			last = d.lookup(text)
			before = text
			if d.size >= maxDictionary {
				return false
			}
		}
		d.indices = append(d.indices, last)
	}
	return true
}

func (d *dictionary) lookup(text []byte) int32 {
	if 2*len(d.texts) >= len(d.slots) {
		d.grow()
	}
	h := maphash.Bytes(d.seed, text)
	mask := uint64(len(d.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		k := d.slots[at]
		if k == 0 {
			d.texts = append(d.texts, text)
			d.hashes = append(d.hashes, h)
			d.size += 4 + len(text)
			d.slots[at] = int32(len(d.texts))
			return int32(len(d.texts)) - 1
		}
		if d.hashes[k-1] == h && bytes.Equal(d.texts[k-1], text) {
			return k - 1
		}
	}
}

func (d *dictionary) grow() {
	d.slots = make([]int32, max(256, 2*len(d.slots)))
	mask := uint64(len(d.slots) - 1)
	for i, h := range d.hashes {
		at := h & mask
		for d.slots[at] != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = int32(i) + 1
	}
}

// pays says whether the dictionary that was just built makes c clearly
// smaller.
func (d *dictionary) pays(c *column) bool {
	plain := len(c.text) + 4*len(c.ends) + 4*len(c.shorts) + 8*len(c.ints)
	rows := len(d.indices)
	distinct := len(d.texts) + len(d.shorts) + len(d.ints)
	width := bits.Len(uint(max(distinct-1, 1)))
	return 4*(d.size+rows*width/8) < 3*plain
}
