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

// index builds the dictionary of c. It is false when the distinct values are so
// many that it is too large or does not make c clearly smaller; then it is of no
// use. Of a column of which every row differs that is seen before the last row.
func (d *dictionary) index(c *column) bool {
	d.indices, d.texts, d.shorts, d.ints, d.size = d.indices[:0], d.texts[:0], d.shorts[:0], d.ints[:0], 0
	switch c.typ {
	case Text:
		return d.indexTexts(c)
	case Int16, Int32:
		clear(d.short)
		return indexNumbers(d, c, c.shorts, d.short, &d.shorts, 4)
	case Int64, Time:
		clear(d.long)
		return indexNumbers(d, c, c.ints, d.long, &d.ints, 8)
	}
	return false
}

func indexNumbers[T int32 | int64](d *dictionary, c *column, values []T, seen map[T]int32, distinct *[]T, width int) bool {
	last := int32(-1)
	for i, v := range values {
		if last < 0 || values[i-1] != v {
			k, ok := seen[v]
			if !ok {
				k = int32(len(*distinct))
				seen[v] = k
				*distinct = append(*distinct, v)
				d.size += width
				if !d.fits(c) {
					return false
				}
			}
			last = k
		}
		d.indices = append(d.indices, last)
	}
	return d.pays(c)
}

// indexTexts looks texts up in a table with open addressing that is kept at
// most half full, each time another was written.
func (d *dictionary) indexTexts(c *column) bool {
	d.hashes = d.hashes[:0]
	clear(d.slots)
	last, before := int32(0), -1
	for _, which := range c.which {
		if int(which) != before {
			before = int(which)
			last = d.lookup(c.written(which))
			if !d.fits(c) {
				return false
			}
		}
		d.indices = append(d.indices, last)
	}
	return d.pays(c)
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

// fits says, after a value was taken, whether the dictionary of c may still be of
// use with those that are in it.
func (d *dictionary) fits(c *column) bool {
	if d.size >= maxDictionary {
		return false
	}
	return d.distinct()%payEvery != 0 || d.pays(c)
}

// payEvery is after how many distinct values it is asked whether they still pay.
const payEvery = 1 << 10

func (d *dictionary) distinct() int { return len(d.texts) + len(d.shorts) + len(d.ints) }

// pays says whether the dictionary makes c clearly smaller, if no further
// distinct value comes.
func (d *dictionary) pays(c *column) bool {
	values := len(c.which) + len(c.shorts) + len(c.ints)
	width := bits.Len(uint(max(d.distinct()-1, 1)))
	return 4*(d.size+values*width/8) < 3*c.plain()
}
