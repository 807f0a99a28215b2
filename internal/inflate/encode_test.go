package inflate

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"slices"
)

// encoder writes deflate bit by bit, so that tests have what no tool writes,
// and remembers what is in it.
type encoder struct {
	stored []byte
	count  int // bits
	text   []byte
	litlen code
	dists  code
}

// code is a code of each symbol, 0 bits where it has none.
type code struct{ codes, lens []int }

// canonical is the code that has codes of these lengths (RFC 1951 3.2.2).
func canonical(lens []int) code {
	c := code{make([]int, len(lens)), lens}
	next := 0
	for n := 1; n <= maxCode; n++ {
		for i, of := range lens {
			if of == n {
				c.codes[i] = next
				next++
			}
		}
		next <<= 1
	}
	return c
}

// put writes the n lowest bits of v, from the lowest on.
func (e *encoder) put(v, n int) {
	for ; n > 0; n-- {
		if e.count%8 == 0 {
			e.stored = append(e.stored, 0)
		}
		e.stored[e.count/8] |= byte(v&1) << (e.count % 8)
		v >>= 1
		e.count++
	}
}

func (e *encoder) symbol(c code, i int) {
	n := c.lens[i]
	e.put(int(bits.Reverse16(uint16(c.codes[i]))>>(16-n)), n)
}

func (e *encoder) literals(text ...byte) {
	for _, b := range text {
		e.symbol(e.litlen, int(b))
	}
	e.text = append(e.text, text...)
}

// match writes a match, with length symbol 284 for 258 if long.
func (e *encoder) match(length, dist int, long bool) {
	i, _ := slices.BinarySearch(leastLength[:], uint16(length+1))
	i--
	if long {
		i = 27
	}
	e.symbol(e.litlen, 257+i)
	e.put(length-int(leastLength[i]), int(lengthExtra[i]))
	j, _ := slices.BinarySearch(leastDist[:], uint16(dist+1))
	j--
	e.symbol(e.dists, j)
	e.put(dist-int(leastDist[j]), int(distExtra[j]))
	for range length {
		if at := len(e.text) - dist; at >= 0 {
			e.text = append(e.text, e.text[at])
		}
	}
}

func (e *encoder) end() { e.symbol(e.litlen, endOfBlock) }

func (e *encoder) block(last bool, kind int) {
	e.put(0, 0)
	if last {
		e.put(1, 1)
	} else {
		e.put(0, 1)
	}
	e.put(kind, 2)
}

// fixed begins a block with the fixed codes.
func (e *encoder) fixed(last bool) {
	e.block(last, 1)
	var lens []int
	for n, count := range []int{144, 112, 24, 8} {
		lens = append(lens, slices.Repeat([]int{[]int{8, 9, 7, 8}[n]}, count)...)
	}
	e.litlen, e.dists = canonical(lens), canonical(slices.Repeat([]int{5}, 32))
}

// dynamic begins a block with codes of these lengths; each length is written as
// it is, with a code of 4 bits.
func (e *encoder) dynamic(last bool, litlens, dists []int) {
	e.block(last, 2)
	e.put(len(litlens)-257, 5)
	e.put(len(dists)-1, 5)
	e.put(19-4, 4)
	lengths := append(slices.Repeat([]int{4}, 16), 0, 0, 0)
	for _, i := range order {
		e.put(lengths[i], 3)
	}
	c := canonical(lengths)
	for _, n := range slices.Concat(litlens, dists) {
		e.symbol(c, n)
	}
	e.litlen, e.dists = canonical(litlens), canonical(dists)
}

func (e *encoder) plain(last bool, text []byte) {
	e.block(last, 0)
	e.put(0, (8-e.count%8)%8)
	e.put(len(text), 16)
	e.put(^len(text), 16)
	for _, b := range text {
		e.put(int(b), 8)
	}
	e.text = append(e.text, text...)
}

// member is all of it as a gzip member.
func (e *encoder) member() []byte {
	b := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	b = append(b, e.stored...)
	b = binary.LittleEndian.AppendUint32(b, checksum(e.text))
	return binary.LittleEndian.AppendUint32(b, uint32(len(e.text)))
}

func checksum(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
