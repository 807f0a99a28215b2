package request

import (
	"encoding/binary"
	"errors"

	"github.com/logrecount/recount/pkg/accesslog"
)

// A block holds up to blockRows sorted requests with the texts they need:
//
//	uvarint rows
//	uvarint n, then n texts (uvarint length, bytes): the dictionary, from 1
//	per row:
//	  0, or 1 and a new recording: uvarint bytes shared with the one before,
//	       uvarint length of the rest, the rest
//	  uvarint dictionary index of each other text (0: none; for the URL 1 is
//	       the recording itself, and the rest is one higher)
//	  numbers (appendNumbers)
//
// Blocks are read by the program that wrote them and by no other, so the
// layout has no version.
const (
	blockRows  = 1024
	blockBytes = 256 << 10 // a block with large texts is closed sooner
)

type encoder struct {
	block, dict, rows []byte
	stamp             []uint32 // per text of the batch: generation in which slot holds
	slot              []uint32 // per text of the batch: its index in this block
	generation        uint32
	dictLen           uint32
}

// encode gives the batch's rows, in b.order, to put.
func (e *encoder) encode(b *Batch, put func(block, first []byte) error) error {
	e.stamp = append(e.stamp[:0], make([]uint32, b.texts.len())...)
	if len(e.slot) < b.texts.len() {
		e.slot = make([]uint32, b.texts.len())
	}
	e.generation = 0
	for from := 0; from < len(b.order); {
		n := e.encodeBlock(b, b.order[from:])
		first := b.texts.at(b.rows[b.order[from].row].text[textRecording])
		if err := put(e.block, first); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// encodeBlock encodes rows from the front of order and says how many.
func (e *encoder) encodeBlock(b *Batch, order []sortKey) int {
	e.generation++
	e.dict, e.rows, e.dictLen = e.dict[:0], e.rows[:0], 0
	var last []byte
	n := 0
	for n < len(order) && n < blockRows && len(e.dict)+len(e.rows) < blockBytes {
		r := &b.rows[order[n].row]
		if n > 0 && r.text[textRecording] == b.rows[order[n-1].row].text[textRecording] {
			e.rows = append(e.rows, 0)
		} else {
			recording := b.texts.at(r.text[textRecording])
			e.appendRecording(last, recording)
			last = recording
		}
		for kind := firstInline; kind < numTexts; kind++ {
			e.appendText(b, r, kind)
		}
		e.rows = append(e.rows, b.numbers[r.from:r.to]...)
		n++
	}
	e.block = binary.AppendUvarint(e.block[:0], uint64(n))
	e.block = binary.AppendUvarint(e.block, uint64(e.dictLen))
	e.block = append(e.block, e.dict...)
	e.block = append(e.block, e.rows...)
	return n
}

func (e *encoder) appendRecording(last, recording []byte) {
	shared := 0
	for shared < len(last) && shared < len(recording) && last[shared] == recording[shared] {
		shared++
	}
	e.rows = append(e.rows, 1)
	e.rows = binary.AppendUvarint(e.rows, uint64(shared))
	e.rows = appendText(e.rows, recording[shared:])
}

func (e *encoder) appendText(b *Batch, r *row, kind int) {
	t := r.text[kind]
	extra := uint64(0)
	if kind == textURL {
		if t != 0 && t == r.text[textRecording] {
			e.rows = append(e.rows, 1)
			return
		}
		extra = 1
	}
	if t == 0 {
		e.rows = append(e.rows, 0)
		return
	}
	if e.stamp[t] != e.generation {
		e.dictLen++
		e.stamp[t], e.slot[t] = e.generation, e.dictLen
		e.dict = appendText(e.dict, b.texts.at(t))
	}
	e.rows = binary.AppendUvarint(e.rows, uint64(e.slot[t])+extra)
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

var errBlock = errors.New("request: block is damaged")

// Decoder walks over the requests of one block.
type Decoder struct {
	rest  []byte
	left  int
	dict  [][]byte
	arena []byte // the recordings, of which a block stores the ends
}

// Reset starts at the first request of block. Requests borrow from block and
// from space made here, so they stay valid when the decoder goes on.
func (d *Decoder) Reset(block []byte) error {
	rows, k := binary.Uvarint(block)
	n, k2 := binary.Uvarint(block[max(k, 0):])
	if k <= 0 || k2 <= 0 {
		return errBlock
	}
	d.rest, d.left = block[k+k2:], int(rows)
	d.dict = append(d.dict[:0], nil)
	d.arena = nil
	for range n {
		text, ok := d.text()
		if !ok {
			return errBlock
		}
		d.dict = append(d.dict, text)
	}
	return nil
}

// Next reads the next request into r, whose recording must be the one before
// if it was not the first; false at the end of the block.
func (d *Decoder) Next(r *Request) (bool, error) {
	if d.left == 0 {
		return false, nil
	}
	d.left--
	if len(d.rest) == 0 {
		return false, errBlock
	}
	fresh := d.rest[0] == 1
	d.rest = d.rest[1:]
	if fresh && !d.recording(r) {
		return false, errBlock
	}
	for kind, text := range r.texts() {
		if kind < firstInline {
			continue
		}
		i, k := binary.Uvarint(d.rest)
		if k <= 0 {
			return false, errBlock
		}
		d.rest = d.rest[k:]
		if kind == textURL && i > 0 {
			if i--; i == 0 {
				*text = r.Recording
				continue
			}
		}
		if i >= uint64(len(d.dict)) {
			return false, errBlock
		}
		*text = d.dict[i]
	}
	rest, ok := readNumbers(d.rest, r)
	if !ok {
		return false, errBlock
	}
	d.rest = rest
	return true, nil
}

// recording reads a new recording. The texts of a block are laid one behind
// the other in an arena, so a million of them are few allocations.
func (d *Decoder) recording(r *Request) bool {
	shared, k := binary.Uvarint(d.rest)
	if k <= 0 {
		return false
	}
	d.rest = d.rest[k:]
	rest, ok := d.text()
	if !ok || shared > uint64(len(r.Recording)) {
		return false
	}
	n := int(shared) + len(rest)
	if cap(d.arena)-len(d.arena) < n {
		d.arena = make([]byte, 0, max(16<<10, n))
	}
	from := len(d.arena)
	d.arena = append(append(d.arena, r.Recording[:shared]...), rest...)
	r.Recording = d.arena[from:len(d.arena):len(d.arena)]
	return true
}

func (d *Decoder) text() ([]byte, bool) {
	n, k := binary.Uvarint(d.rest)
	if k <= 0 || n > uint64(len(d.rest)-k) {
		return nil, false
	}
	text := d.rest[k : k+int(n) : k+int(n)]
	d.rest = d.rest[k+int(n):]
	return text, true
}

// Which optional numbers a row has.
const (
	hasStart = 1 << iota
	hasEnd
	hasBytes
	hasSent
	hasObjectSize
	hasRange
	hasDuration
)

// appendNumbers encodes all of r but its texts.
func appendNumbers(dst []byte, r *Request) []byte {
	var has byte
	mark := func(bit byte, present bool) {
		if present {
			has |= bit
		}
	}
	mark(hasStart, r.TimeStart != accesslog.NoTime)
	mark(hasEnd, r.TimeEnd != accesslog.NoTime)
	mark(hasBytes, r.Bytes != accesslog.None)
	mark(hasSent, r.Sent != accesslog.None)
	mark(hasObjectSize, r.ObjectSize != accesslog.None)
	mark(hasRange, r.RangeFrom != accesslog.RangeNone)
	mark(hasDuration, r.DurationUS != accesslog.None)
	dst = append(dst, has, byte(r.Kind), byte(r.Meaning), byte(r.Finished), byte(r.RangeFrom), byte(r.Flags), byte(r.Flags>>8))
	dst = binary.AppendUvarint(dst, uint64(r.Source))
	dst = binary.AppendUvarint(dst, uint64(r.Line))
	dst = binary.AppendUvarint(dst, uint64(r.Offset))
	dst = binary.AppendVarint(dst, int64(r.UTCOffsetMin))
	dst = binary.AppendUvarint(dst, uint64(r.Status))
	for _, v := range [...]struct {
		bit   byte
		value int64
	}{{hasStart, r.TimeStart}, {hasEnd, r.TimeEnd}, {hasBytes, r.Bytes}, {hasSent, r.Sent}, {hasObjectSize, r.ObjectSize},
		{hasRange, r.RangeStart}, {hasRange, r.RangeEnd}, {hasDuration, r.DurationUS}} {
		if has&v.bit != 0 {
			dst = binary.AppendVarint(dst, v.value)
		}
	}
	return dst
}

// readNumbers is the inverse of appendNumbers.
func readNumbers(src []byte, r *Request) (rest []byte, ok bool) {
	if len(src) < 7 {
		return nil, false
	}
	has := src[0]
	r.Kind, r.Meaning, r.Finished = Kind(src[1]), accesslog.Meaning(src[2]), accesslog.Finished(src[3])
	r.RangeFrom = accesslog.RangeFrom(src[4])
	r.Flags = accesslog.Flags(src[5]) | accesslog.Flags(src[6])<<8
	src = src[7:]
	ok = true
	unsigned := func() uint64 {
		v, k := binary.Uvarint(src)
		if k <= 0 {
			ok = false
			return 0
		}
		src = src[k:]
		return v
	}
	signed := func() int64 {
		v, k := binary.Varint(src)
		if k <= 0 {
			ok = false
			return 0
		}
		src = src[k:]
		return v
	}
	r.Source, r.Line, r.Offset = int32(unsigned()), int64(unsigned()), int64(unsigned())
	r.UTCOffsetMin, r.Status = int16(signed()), int16(unsigned())
	optional := func(bit byte, none int64) int64 {
		if has&bit == 0 {
			return none
		}
		return signed()
	}
	r.TimeStart, r.TimeEnd = optional(hasStart, accesslog.NoTime), optional(hasEnd, accesslog.NoTime)
	r.Bytes, r.Sent = optional(hasBytes, accesslog.None), optional(hasSent, accesslog.None)
	r.ObjectSize = optional(hasObjectSize, accesslog.None)
	r.RangeStart, r.RangeEnd = optional(hasRange, accesslog.None), optional(hasRange, accesslog.None)
	r.DurationUS = optional(hasDuration, accesslog.None)
	return src, ok
}
