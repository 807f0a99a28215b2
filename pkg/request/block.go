package request

import (
	"encoding/binary"
	"slices"
)

// A block holds up to blockRows sorted requests with the texts they need:
//
//	uvarint rows
//	uvarint n, then n texts (uvarint length, bytes): the dictionary, from 1
//	per row:
//	  0, or 1 and a new recording: uvarint bytes shared with the one before,
//	       uvarint length of the rest, the rest
//	  the client: 0 for none, or uvarint length+1, bytes
//	  a byte with one bit for each other text that is there, then of each
//	       such its uvarint dictionary index; for the URL 0 is the recording
//	  numbers (appendNumbers)
//
// Blocks are read by the program that wrote them and by no other, so the
// layout has no version.
const (
	blockRows  = 1024
	blockBytes = 256 << 10 // a block with large texts is closed sooner
)

// encoder writes a batch's rows as blocks. It keeps its space.
type encoder struct {
	block, dict, rows []byte
	slots             []slot // per text of the batch
	generation        uint32
	dictLen           uint32
}

// slot is the index of a text in the block of a generation.
type slot struct{ generation, index uint32 }

// encode gives the batch's rows, in b.order, to put.
func (e *encoder) encode(b *Batch, put func(block, first []byte) error) error {
	e.slots = slices.Grow(e.slots[:0], b.texts.len())[:b.texts.len()]
	clear(e.slots)
	e.generation = 0
	for from := 0; from < len(b.order); {
		n := e.encodeBlock(b, b.order[from:])
		if err := put(e.block, b.path(b.order[from])); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// encodeBlock encodes rows from the front of order and says how many.
func (e *encoder) encodeBlock(b *Batch, order []pathKey) int {
	e.generation++
	e.dict, e.rows, e.dictLen = e.dict[:0], e.rows[:0], 0
	var last []byte
	n := 0
	for n < len(order) && n < blockRows && len(e.dict)+len(e.rows) < blockBytes {
		r := &b.rows[order[n].row]
		if n > 0 && order[n].part == samePathAgain {
			e.rows = append(e.rows, 0)
		} else {
			path := b.path(order[n])
			e.appendRecording(last, path)
			last = path
		}
		e.appendClient(b.client(r))
		e.appendTexts(b, r)
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
	shared, most := 0, min(len(last), len(recording))
	for shared+8 <= most && binary.LittleEndian.Uint64(last[shared:]) == binary.LittleEndian.Uint64(recording[shared:]) {
		shared += 8
	}
	for shared < most && last[shared] == recording[shared] {
		shared++
	}
	e.rows = append(e.rows, 1)
	e.rows = binary.AppendUvarint(e.rows, uint64(shared))
	e.rows = appendText(e.rows, recording[shared:])
}

func (e *encoder) appendClient(client []byte) {
	if client == nil {
		e.rows = append(e.rows, 0)
		return
	}
	e.rows = append(binary.AppendUvarint(e.rows, uint64(len(client))+1), client...)
}

// appendTexts appends the texts of a row that are there; most rows have few.
func (e *encoder) appendTexts(b *Batch, r *row) {
	at := len(e.rows)
	e.rows = append(e.rows, 0)
	var has byte
	for kind, t := range r.text {
		if t == 0 {
			continue
		}
		has |= 1 << kind
		if t == samePath {
			e.rows = append(e.rows, 0)
			continue
		}
		s := &e.slots[t]
		if s.generation != e.generation {
			e.dictLen++
			*s = slot{e.generation, e.dictLen}
			e.dict = appendText(e.dict, b.texts.at(t))
		}
		e.rows = binary.AppendUvarint(e.rows, uint64(s.index))
	}
	e.rows[at] = has
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
