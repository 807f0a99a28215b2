package request

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errBlock = errors.New("a block of requests is damaged")

// Decoder walks over the requests of one block. Of each it reads the key, and all
// else only of those that are wanted: when hundreds of runs are merged, what is kept
// of the request that each stands at has to fit the fastest cache.
type Decoder struct {
	block []byte
	rest  []byte // behind the request at hand
	tail  []byte // of the request at hand: all but its key
	left  int
	dict  []place
	path  []byte // the recording of the request before
	last  []byte // that of the last in the block before
	alike int    // see Alike
	arena []byte // the recordings, of which a block stores the ends
	room  int    // of an arena
	ahead byte   // see Read
}

// place is where a text of the dictionary stands in the block. As slices they would
// take three times the room, and of hundreds of runs read side by side all
// dictionaries together have to fit the cache.
type place struct{ from, to uint32 }

// Reset starts at the first request of block. Keys and requests borrow from block
// and from space made here, so they stay valid when the decoder goes on.
func (d *Decoder) Reset(block []byte) error {
	if d.path != nil {
		d.last = d.path
	}
	d.block, d.rest, d.tail, d.left, d.path, d.arena = block, block, nil, 0, nil, nil
	rows, ok := d.number()
	paths, ok2 := d.number()
	n, ok3 := d.number()
	if !ok || !ok2 || !ok3 || rows > uint64(len(block)) || n > uint64(len(block)) {
		return errBlock
	}
	d.room = int(min(paths, arenaBytes))
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

// Next moves to the next request and reads its key; false at the end of the block.
func (d *Decoder) Next(k *Key) (bool, error) {
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
	k.Recording = d.path
	if k.Client, ok = d.client(); !ok {
		return false, errBlock
	}
	if d.rest, ok = readKey(d.rest, k); !ok {
		return false, errBlock
	}
	if d.tail, ok = d.text(); !ok {
		return false, errBlock
	}
	return true, nil
}

// Read reads the whole of the request at hand, which has the key k, into r. It may
// be called more than once, or not at all.
//
// Who reads a request moves on soon. So the bytes of the next one are asked for, which
// nothing waits for: when 500 runs are merged that takes 3 % off grouping. They are
// kept for no use but that the reads are not left out.
func (d *Decoder) Read(k *Key, r *Request) error {
	if len(d.rest) > cacheLine {
		d.ahead ^= d.rest[0] ^ d.rest[cacheLine]
	}
	r.Recording, r.Client, r.Offset, r.Source, r.Format = k.Recording, k.Client, k.Offset, k.Source, k.Format
	numbers, ok := d.texts(r)
	if !ok || !readNumbers(numbers, k.Time, r) {
		return errBlock
	}
	return nil
}

const cacheLine = 64

// Alike is how many bytes the recording of the request at hand begins with that the
// one before it, in this block or in one before, begins with too.
func (d *Decoder) Alike() int { return d.alike }

// texts reads the other texts of the request at hand. rest is behind them.
func (d *Decoder) texts(r *Request) (rest []byte, ok bool) {
	if len(d.tail) == 0 {
		return nil, false
	}
	has := d.tail[0]
	for none := ^has; none != 0; none &= none - 1 {
		*r.text(bits.TrailingZeros8(none)) = nil
	}
	n := numbers{d.tail[1:], true}
	for ; has != 0; has &= has - 1 {
		kind := bits.TrailingZeros8(has)
		text := r.text(kind)
		i := n.unsigned()
		switch {
		case !n.ok || i >= uint64(len(d.dict)) || i == 0 && kind != textURL:
			return nil, false
		case i == 0:
			*text = r.Recording
		default:
			p := d.dict[i]
			*text = d.block[p.from:p.to:p.to]
		}
	}
	return n.rest, true
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

// arenaBytes is how large an arena is at most, unless one recording is larger.
const arenaBytes = 16 << 10

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
		d.arena = make([]byte, 0, max(d.room, n))
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
