package evidence

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
)

// maxBlock is the most that a block holds, stored or decompressed (RFC 8878 3.1.1.2.4).
const maxBlock = 128 << 10

// frameWalk walks through one zstd frame, or skippable frame, without decoding
// it: the header says how long it is itself, every block has its length in its
// first three bytes, and the last one says that it is the last (RFC 8878 3.1.1
// and 3.1.2).
type frameWalk struct {
	then    frameStep
	sum     bool  // a checksum is behind the last block
	sized   bool  // the header says how much is in the frame
	size    int64 // that
	block   int64 // the most that a block of this frame holds
	content int64 // the most that the blocks walked through hold
}

type frameStep int

const (
	atHeader frameStep = iota
	atBlock
	atSum
	atEnd
)

// next gives the stored length of the part that br stands at: the header, a
// block with its header, the checksum. 0 is the end of the frame, -1 that this
// is no part of a frame, or a cut one. Whoever calls it again has read the part.
func (w *frameWalk) next(br *bufio.Reader) int64 {
	switch w.then {
	case atHeader:
		return w.header(br)
	case atBlock:
		head, _ := br.Peek(3)
		if len(head) < 3 {
			return -1
		}
		n := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
		last, kind, n := n&1 != 0, n>>1&3, n>>3
		if last {
			w.then = atEnd
			if w.sum {
				w.then = atSum
			}
		}
		switch kind {
		case 0: // raw
			w.content += n
			return 3 + n
		case 1: // a byte, n times
			w.content += n
			return 3 + 1
		case 2: // compressed
			w.content += w.block
			return 3 + n
		}
		return -1
	case atSum:
		w.then = atEnd
		return 4
	}
	return 0
}

func (w *frameWalk) header(br *bufio.Reader) int64 {
	head, _ := br.Peek(18)
	if len(head) < 8 || !isZstd(4)(head) {
		return -1
	}
	if head[0] != zstdMagic[0] {
		w.then = atEnd
		return 8 + int64(binary.LittleEndian.Uint32(head[4:]))
	}
	flags := head[4]
	window, sized := 1, []int{0, 2, 4, 8}[flags>>6] // the lengths of fields
	if flags&0x20 != 0 {                            // a single segment: the window is the content
		window, sized = 0, max(sized, 1)
	}
	at := 5 + window + []int{0, 1, 2, 4}[flags&3]
	size := at + sized
	if len(head) < size {
		return -1
	}
	var field [8]byte
	copy(field[:sized], head[at:])
	w.size, w.sized = int64(min(binary.LittleEndian.Uint64(field[:]), math.MaxInt64)), sized > 0
	if sized == 2 {
		w.size += 256
	}
	w.block = maxBlock
	if window > 0 && head[5]>>3 < 7 {
		base := int64(1) << (10 + head[5]>>3)
		w.block = min(base+base/8*int64(head[5]&7), maxBlock)
	}
	w.sum, w.then = flags&4 != 0, atBlock
	return int64(size)
}

// most is the most that can be in the frame, as far as it was walked through.
func (w *frameWalk) most() int64 {
	if w.sized {
		return min(w.content, w.size)
	}
	return w.content
}

// oneFrame gives the bytes of one frame, and io.EOF at its end. Where it cannot
// be walked through it gives all that follows: whoever decodes it sees why.
type oneFrame struct {
	r     io.Reader // reads br
	br    *bufio.Reader
	walk  frameWalk
	left  int64 // of the part at hand; -1: all that follows
	ended bool  // at the end of the frame
}

func (f *oneFrame) Read(p []byte) (int, error) {
	if f.left == 0 {
		f.left = f.walk.next(f.br)
	}
	switch {
	case f.left == 0:
		f.ended = true
		return 0, io.EOF
	case f.left > 0:
		p = p[:min(int64(len(p)), f.left)]
	}
	n, err := f.r.Read(p)
	if f.left > 0 {
		f.left -= int64(n)
	}
	return n, err
}
