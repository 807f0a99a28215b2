package request

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errBlock = errors.New("a block of requests is damaged")

// Decoder walks over the requests of one block.
type Decoder struct {
	block []byte
	rest  []byte
	left  int
	dict  []place
	path  []byte // the recording of the request before
	last  []byte // that of the last in the block before
	alike int    // see Alike
	arena []byte // the recordings, of which a block stores the ends
	had   byte   // which other texts the request before has; before the first, any may be there
}

// place is where a text of the dictionary stands in the block. As slices they would
// take three times the room, and of hundreds of runs read side by side all
// dictionaries together have to fit the cache.
type place struct{ from, to uint32 }

// Reset starts at the first request of block. Requests borrow from block and
// from space made here, so they stay valid when the decoder goes on.
func (d *Decoder) Reset(block []byte) error {
	if d.path != nil {
		d.last = d.path
	}
	d.block, d.rest, d.left, d.path, d.arena, d.had = block, block, 0, nil, nil, 1<<numTexts-1
	rows, ok := d.number()
	n, ok2 := d.number()
	if !ok || !ok2 || rows > uint64(len(block)) || n > uint64(len(block)) {
		return errBlock
	}
	d.dict = append(d.dict[:0], place{})
	for range n {
		text, ok := d.text()
		if !ok {
			return errBlock
		}
		to := len(block) - len(d.rest)
		d.dict = append(d.dict, place{uint32(to - len(text)), uint32(to)})
	}
	d.left = int(rows)
	return nil
}

// Next reads the next request into r; false at the end of the block. r is the
// same for all requests of a block: what did not change in it is not written again.
func (d *Decoder) Next(r *Request) (bool, error) {
	if d.left == 0 {
		if len(d.rest) > 0 {
			return false, errBlock
		}
		return false, nil
	}
	d.left--
	fresh, ok := d.number()
	switch {
	case !ok || fresh > 1:
		return false, errBlock
	case fresh == 1:
		ok = d.recording()
	default:
		d.alike = len(d.path)
		ok = d.path != nil // the first of a block brings its recording
	}
	if !ok {
		return false, errBlock
	}
	r.Recording = d.path
	if r.Client, ok = d.client(); !ok {
		return false, errBlock
	}
	if !d.texts(r) {
		return false, errBlock
	}
	rest, ok := readNumbers(d.rest, r)
	if !ok {
		return false, errBlock
	}
	d.rest = rest
	return true, nil
}

// Alike is how many bytes the recording of the last request begins with that the
// one read before it, in this block or in one before, begins with too.
func (d *Decoder) Alike() int { return d.alike }

// texts reads the other texts.
func (d *Decoder) texts(r *Request) bool {
	if len(d.rest) == 0 {
		return false
	}
	has := d.rest[0]
	d.rest = d.rest[1:]
	for gone := d.had &^ has; gone != 0; gone &= gone - 1 {
		*r.text(bits.TrailingZeros8(gone)) = nil
	}
	d.had = has
	for ; has != 0; has &= has - 1 {
		kind := bits.TrailingZeros8(has)
		text := r.text(kind)
		i, ok := d.number()
		switch {
		case !ok || i >= uint64(len(d.dict)) || i == 0 && kind != textURL:
			return false
		case i == 0:
			*text = r.Recording
		default:
			p := d.dict[i]
			*text = d.block[p.from:p.to:p.to]
		}
	}
	return true
}

// client reads the client, nil for none.
func (d *Decoder) client() (client []byte, ok bool) {
	n, ok := d.number()
	if !ok || n == 0 {
		return nil, ok
	}
	if n--; n > uint64(len(d.rest)) {
		return nil, false
	}
	client = d.rest[:n:n]
	d.rest = d.rest[n:]
	return client, true
}

// recording reads a new recording. The recordings of a block are laid one
// behind the other, so a million of them are few allocations.
func (d *Decoder) recording() bool {
	shared, ok := d.number()
	if !ok || shared > uint64(len(d.path)) {
		return false
	}
	rest, ok := d.text()
	if !ok {
		return false
	}
	n := int(shared) + len(rest)
	if d.arena == nil || cap(d.arena)-len(d.arena) < n {
		d.arena = make([]byte, 0, max(16<<10, n))
	}
	first, from := d.path == nil, len(d.arena)
	d.arena = append(append(d.arena, d.path[:shared]...), rest...)
	d.path = d.arena[from:len(d.arena):len(d.arena)]
	if d.alike = int(shared); first {
		d.alike, d.last = Shared(d.last, d.path), nil
	}
	return true
}

// number reads a uvarint; most are one byte.
func (d *Decoder) number() (uint64, bool) {
	if len(d.rest) > 0 && d.rest[0] < 0x80 {
		v := uint64(d.rest[0])
		d.rest = d.rest[1:]
		return v, true
	}
	v, k := binary.Uvarint(d.rest)
	if k <= 0 {
		return 0, false
	}
	d.rest = d.rest[k:]
	return v, true
}

// text reads a text with its length before it.
func (d *Decoder) text() ([]byte, bool) {
	n, ok := d.number()
	if !ok || n > uint64(len(d.rest)) {
		return nil, false
	}
	text := d.rest[:n:n]
	d.rest = d.rest[n:]
	return text, true
}
