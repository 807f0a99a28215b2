package coverage

import (
	"encoding/binary"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/zeebo/xxh3"
)

// Class says what a line came to.
type Class uint8

// The classes, as the accounting of a source has them.
const (
	Rejected Class = iota // no format could read it
	Request               // it concerns a recording or a listing
	Other                 // it was read and concerns neither
	Comment
	Blank
)

// Key stands for a line: 45 bits of a hash of its text without terminator, 3
// bits of its class, 16 bits of its time. Lines with equal keys are taken for
// equal, so that a line is never equal to one that came to something else, or to
// another time: logs without years say the same text every year.
type Key uint64

// A chunk is not so long that a start did not fit.
const _ = uint(1<<startBits - accesslog.ChunkCap)

const (
	timeBits  = 16
	classBits = 3
	hashMask  = Key(1<<64 - 1<<(timeBits+classBits))
)

// Class is what the line came to.
func (k Key) Class() Class { return Class(k >> timeBits & (1<<classBits - 1)) }

// time is not 0 if the line has a time. It is the same for equal times, and
// another for whole seconds that are less than 18 hours apart.
func (k Key) time() uint16 { return uint16(k) }

func timeKey(t int64) Key {
	if t == accesslog.NoTime {
		return 0
	}
	seconds, micros := t/1e6, t%1e6
	if micros != 0 {
		seconds += int64(uint64(micros) * 0x9E3779B97F4A7C15 >> 40)
	}
	return Key(uint64(seconds)%(1<<timeBits-1) + 1)
}

// Sketch is what is kept of the lines of one chunk, lineSize bytes each: the
// key; where the line begins in the chunk and the low bits of its text's length;
// and hashes of the first and the last edge bytes of its text, 0 if it is
// shorter. It is what a store may put on disk.
type Sketch []byte

const (
	lineSize  = 16
	startBits = 21
	edge      = 64
	open      = 0x5DEECE66D5DEECE6 // in the hash of a line without terminator, which may go on elsewhere
)

// Len is how many lines it has.
func (s Sketch) Len() int { return len(s) / lineSize }

// Add adds a line, as rejected and without a time until Set says otherwise.
// text is without terminator, and without what was skipped before it; start is
// where the line begins. It keeps nothing of text.
func (s Sketch) Add(text []byte, start int, terminated bool) Sketch {
	h, head, tail := hashLine(text)
	if !terminated {
		h ^= open
	}
	s = binary.LittleEndian.AppendUint64(s, uint64(Key(h)&hashMask))
	return binary.LittleEndian.AppendUint64(s, uint64(uint32(start|len(text)<<startBits))<<32|uint64(head)<<16|uint64(tail))
}

// hashLine hashes a text, its first and its last edge bytes. Each byte of a
// line of usual length is read once: the hashes of its parts make the whole's.
func hashLine(text []byte) (h uint64, head, tail uint16) {
	n := len(text)
	if n < edge {
		return xxh3.Hash(text), 0, 0
	}
	first, last := xxh3.Hash(text[:edge]), xxh3.Hash(text[n-edge:])
	h = first*factor + last
	if n > 2*edge {
		h = (h^h>>32)*factor + xxh3.Hash(text[edge:n-edge])
	}
	h = (h^h>>32)*factor + uint64(n)
	return h, uint16(first) | 1, uint16(last) | 1
}

// AddLong adds a line of which only the first bytes and the length are known.
// It begins where the chunk's lines are counted from.
func (s Sketch) AddLong(head []byte, length int64, terminated bool) Sketch {
	h := xxh3.HashSeed(head, uint64(length))
	if !terminated {
		h ^= open
	}
	s = binary.LittleEndian.AppendUint64(s, uint64(Key(h)&hashMask))
	return binary.LittleEndian.AppendUint64(s, 0)
}

// Set says what the last line came to, and its time, accesslog.NoTime for none.
func (s Sketch) Set(c Class, t int64) {
	at := s[len(s)-lineSize:]
	key := Key(binary.LittleEndian.Uint64(at))&hashMask | Key(c)<<timeBits | timeKey(t)
	binary.LittleEndian.PutUint64(at, uint64(key))
}

// From is the sketch without its first n lines.
func (s Sketch) From(n int64) Sketch { return s[n*lineSize:] }

// Key is that of line i, from 0.
func (s Sketch) Key(i int) Key { return Key(binary.LittleEndian.Uint64(s[i*lineSize:])) }

// Start is where line i begins.
func (s Sketch) Start(i int) int64 { return int64(s.place(i) & (1<<startBits - 1)) }

// length is that of the text of line i, which takes size bytes with what was
// skipped before it and its terminator.
func (s Sketch) length(i int, size int64) int64 {
	const low = 1<<(32-startBits) - 1
	return size - (size-int64(s.place(i)>>startBits))&low
}

func (s Sketch) place(i int) uint32 { return binary.LittleEndian.Uint32(s[i*lineSize+12:]) }

func (s Sketch) head(i int) uint16 { return binary.LittleEndian.Uint16(s[i*lineSize+10:]) }
func (s Sketch) tail(i int) uint16 { return binary.LittleEndian.Uint16(s[i*lineSize+8:]) }
