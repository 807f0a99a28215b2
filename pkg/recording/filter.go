package recording

import (
	"hash/maphash"
	"math/bits"
)

// filter says of a text that it was surely not added, or that it may have been:
// a Bloom filter split into blocks of 32 bytes, as Parquet has it (Putze, Sanders
// and Singler, Cache-, Hash- and Space-Efficient Bloom Filters, 2007). A text has
// one bit in each word of one block, so asking costs one miss of the cache. With
// 12 bits per text it is wrong about one in 150 that were not added.
type filter struct {
	seed   maphash.Seed
	blocks [][8]uint32
}

const filterBits = 12 // per text

func newFilter(texts int) filter {
	return filter{seed: maphash.MakeSeed(), blocks: make([][8]uint32, texts*filterBits/256+1)}
}

// filterSalts are odd and spread a hash over the words of a block; they are
// those of Parquet.
var filterSalts = [8]uint32{0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31}

func (f *filter) add(text []byte) {
	block, key := f.block(text)
	for i, salt := range filterSalts {
		block[i] |= 1 << (key * salt >> 27)
	}
}

func (f *filter) has(text []byte) bool {
	block, key := f.block(text)
	for i, salt := range filterSalts {
		if block[i]&(1<<(key*salt>>27)) == 0 {
			return false
		}
	}
	return true
}

// block takes the upper half of a hash, as the bits take the lower one.
func (f *filter) block(text []byte) (block *[8]uint32, key uint32) {
	hash := maphash.Bytes(f.seed, text)
	at, _ := bits.Mul64(hash, uint64(len(f.blocks)))
	return &f.blocks[at], uint32(hash)
}
