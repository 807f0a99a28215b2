package request

import (
	"encoding/binary"
	"slices"
)

// A block holds up to blockRows sorted requests with the texts they need:
//
//	uvarint rows
//	uvarint bytes of the recordings, each as often as it is new
//	uvarint n, then n texts (uvarint length, bytes): the dictionary, from 1
//	per row:
//	  0, or 1 and a new recording: uvarint bytes shared with the one before,
//	       uvarint length of the rest, the rest
//	  the client: 0 for none, or uvarint length+1, bytes
//	  the numbers of its key (appendKey)
//	  uvarint length of the rest, which is read only of a request that is wanted:
//	       a byte with one bit for each other text that is there, then of each
//	           such its uvarint dictionary index; for the URL 0 is the recording
//	       the other numbers (appendNumbers)
//
// Blocks are read by the program that wrote them and by no other, so the
// layout has no version.
//
// Who reads requests from some recording on reads half a block in vain, in each
// run. And of 500 runs that are merged, the blocks at hand shall fit a cache.
const (
	blockRows  = 256
	blockBytes = 256 << 10 // a block with large texts is closed sooner
)

// encoder writes a batch's rows as blocks. It keeps its space.
type encoder struct {
	block, dict, rows []byte
	paths             int    // bytes of the block's recordings
	rest              []byte // of the row at hand
	slots             []slot // per text of the batch
	generation        uint32
	dictLen           uint32
	touched           byte // see Batch.touch
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
	e.dict, e.rows, e.dictLen, e.paths = e.dict[:0], e.rows[:0], 0, 0
	var last []byte
	n := 0
	for n < len(order) && n < blockRows && len(e.dict)+len(e.rows) < blockBytes {
		if n%touchRows == 0 {
			e.touched = b.touch(order[n:min(n+touchRows, len(order))])
		}
		if n > 0 && order[n].part == samePathAgain {
			e.rows = append(e.rows, 0)
		} else {
			path := b.path(order[n])
			e.appendRecording(last, path)
			last = path
		}
		e.appendRest(b, b.data[order[n].pathEnd:order[n].end])
		n++
	}
	e.block = binary.AppendUvarint(e.block[:0], uint64(n))
	e.block = binary.AppendUvarint(e.block, uint64(e.paths))
	e.block = binary.AppendUvarint(e.block, uint64(e.dictLen))
	e.block = append(e.block, e.dict...)
	e.block = append(e.block, e.rows...)
	return n
}

// touchRows is how many rows are fetched from memory at once.
const touchRows = 32

// touch has the bytes of rows brought into the cache. They lie anywhere in
// Batch.data, and nothing depends on what is read here, so the processor waits
// for all rows together and not for one after the other: of a batch larger than
// the cache, sorting and encoding took twice the time. The result is of no use
// but to keep the reads from being left out.
func (b *Batch) touch(keys []pathKey) (sum byte) {
	for i := range keys {
		k := &keys[i]
		sum ^= b.data[k.path] ^ b.data[k.pathEnd] ^ b.data[k.end-1]
	}
	return sum
}

func (e *encoder) appendRecording(last, recording []byte) {
	e.paths += len(recording)
	shared := Shared(last, recording)
	e.rows = append(e.rows, 1)
	e.rows = binary.AppendUvarint(e.rows, uint64(shared))
	e.rows = appendText(e.rows, recording[shared:])
}

// Shared is how many bytes two texts begin with alike.
func Shared(a, b []byte) int {
	n, most := 0, min(len(a), len(b))
	for n+8 <= most && binary.LittleEndian.Uint64(a[n:]) == binary.LittleEndian.Uint64(b[n:]) {
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// appendClient appends a client, nil for none.
func appendClient(dst, client []byte) []byte {
	if client == nil {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(client))+1), client...)
}

// clientLen is how long the client at the begin of data is, and where it begins.
func clientLen(data []byte) (n, from int) {
	if data[0] < 0x80 {
		return max(int(data[0]), 1) - 1, 1
	}
	v, from := binary.Uvarint(data)
	return int(v) - 1, from
}

// clientFrom is where a client of n bytes begins behind its length.
func clientFrom(n int) (from int) {
	for from, n = 1, n+1; n >= 0x80; n >>= 7 {
		from++
	}
	return from
}

// appendRest appends what stands in a batch behind a row's recording, with the
// texts as indices into the block's dictionary; most rows have few.
func (e *encoder) appendRest(b *Batch, data []byte) {
	n, from := clientLen(data)
	at := from + n // of how long the key's numbers are
	key := at + 1
	end := key + int(data[at])
	e.rows = append(append(e.rows, data[:at]...), data[key:end]...)
	has := data[end]
	rest := append(e.rest[:0], has)
	data = data[end+1:]
	for ; has != 0; has &= has - 1 {
		t := binary.LittleEndian.Uint32(data)
		data = data[4:]
		if t == samePath {
			rest = append(rest, 0)
			continue
		}
		s := &e.slots[t]
		if s.generation != e.generation {
			e.dictLen++
			*s = slot{e.generation, e.dictLen}
			e.dict = appendText(e.dict, b.texts.at(t))
		}
		rest = binary.AppendUvarint(rest, uint64(s.index))
	}
	e.rest = append(rest, data...)
	e.rows = appendText(e.rows, e.rest)
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
