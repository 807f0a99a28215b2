package inflate

import "math/bits"

// entry is what the next bits of the input mean, all that is to be known of it
// in one load:
//
//	bits 0 to 7    how many bits it takes, extra bits included
//	bits 8 to 11   how many of these are the code, which the extra bits follow
//	bits 12 to 15  what it is: see below
//	bits 16 to 30  the literal, or the least length or distance
//
// Of a link, bits 0 to 7 are the bits of the main table, 8 to 11 those of the
// table that it leads to, and 16 to 30 say where that begins.
type entry = uint32

const (
	literal entry = 1 << 31
	special entry = 1 << 15 // neither a literal nor a length nor a distance
	link    entry = 1 << 14 // special: the code is longer than the main table has bits
	end     entry = 1 << 13 // special: the block ends
	wrong         = special // special, and neither: no code, or one that must not be used
)

// The codes of RFC 1951 3.2.5: literals, the end of the block, lengths.
const (
	endOfBlock = 256
	maxLitlen  = 286 // 286 and 287 have codes in fixed blocks, and are never used
	maxDist    = 30  // 30 and 31 the same
	maxCode    = 15  // bits of the longest code
	maxMatch   = 258
	window     = 32 << 10 // the longest distance
)

var (
	leastLength = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	leastDist   = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra   = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// The entries of each symbol, but for the bits of its code.
var (
	litlenEntries = makeLitlen()
	distEntries   = makeDist()
	lengthEntries = makeLengths()
)

func makeLitlen() (e [288]entry) {
	for i := range e {
		switch {
		case i < endOfBlock:
			e[i] = literal | entry(i)<<16
		case i == endOfBlock:
			e[i] = special | end
		case i < maxLitlen:
			e[i] = entry(leastLength[i-257])<<16 | entry(lengthExtra[i-257])
		default:
			e[i] = wrong
		}
	}
	return e
}

func makeDist() (e [32]entry) {
	for i := range e {
		e[i] = wrong
		if i < maxDist {
			e[i] = entry(leastDist[i])<<16 | entry(distExtra[i])
		}
	}
	return e
}

// makeLengths is for the code in which the lengths of the codes are written.
func makeLengths() (e [19]entry) {
	for i := range e {
		e[i] = entry(i) << 16
	}
	return e
}

// The bits of the main tables, and room for these and all that they link to,
// rounded up to a power of two so that an index needs no check. The most that
// are needed, by zlib's enough.c: 2342 for 288 symbols and 11 bits, 402 for 32
// and 8.
const (
	litlenBits, litlenRoom = 11, 4096
	distBits, distRoom     = 8, 512
	lengthBits             = 7
)

// build makes the table of a code from the length in bits of each symbol's
// code (RFC 1951 3.2.2), of which the main table has width. It reports false if
// they are no code: too many, or too few for the bits there are. As zlib does,
// it allows a single code of one bit, and none at all; what then has no symbol
// is wrong.
func build(table []entry, width int, lens []uint8, symbols []entry) bool {
	var count, next [maxCode + 1]int
	for _, n := range lens {
		count[n&maxCode]++
	}
	used, most := 0, 0
	for n := 1; n <= maxCode; n++ {
		next[n] = next[n-1] + count[n-1]
		used += count[n] << (maxCode - n)
		if count[n] > 0 {
			most = n
		}
	}
	if used != 1<<maxCode && most > 0 && !(most == 1 && count[1] == 1) {
		return false
	}
	// The symbols by the length of their codes, and these in their order: those
	// without a code come first.
	var sorted [288]uint16
	for i, n := range lens {
		n &= maxCode
		sorted[next[n]] = uint16(i)
		next[n]++
	}

	// A code is read from its first bit on, which is the highest, while bits are
	// taken from the lowest of a byte: the index is the code reversed. Each step
	// doubles the table: the codes so far mean the same whatever bit follows.
	table[0] = wrong
	code, at := 0, count[0]
	for n := 1; n <= width; n++ {
		copy(table[1<<(n-1):1<<n], table[:1<<(n-1)])
		for range count[n] {
			table[reversed(code, n)] = symbols[sorted[at]] + entry(n)*0x101
			code, at = code+1, at+1
		}
		code <<= 1
	}

	// Longer codes that begin alike share a table, as wide as the longest of them
	// needs.
	size := 1 << width
	begin, wide := -1, 0
	for n := width + 1; n <= most; n++ {
		for left := count[n]; left > 0; left-- {
			index := reversed(code, n)
			if head := index & (1<<width - 1); head != begin {
				begin = head
				wide = n - width
				for room := left; room < 1<<wide && wide+width < most; {
					wide++
					room = room*2 + count[width+wide]
				}
				table[head] = special | link | entry(size)<<16 | entry(wide)<<8 | entry(width)
				size += 1 << wide
			}
			start := int(table[begin] >> 16)
			for i := index >> width; i < 1<<wide; i += 1 << (n - width) {
				table[start+i] = symbols[sorted[at]] + entry(n-width)*0x101
			}
			code, at = code+1, at+1
		}
		code <<= 1
	}
	return true
}

func reversed(code, n int) int { return int(bits.Reverse16(uint16(code)) >> (16 - n)) }
