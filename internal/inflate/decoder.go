package inflate

import (
	"encoding/binary"
	"errors"
)

// errCorrupt is that what was read is not deflate.
var errCorrupt = errors.New("inflate: the compressed data are damaged")

// decoder decodes one deflate stream. Between two calls of run it may stand
// behind any bit, and in the middle of a match or of stored data.
type decoder struct {
	bits   uint64 // taken from the input and not used; those above count are zero
	count  uint   // of them: less than 8 between two calls of run
	step   step
	last   bool   // the block is the last one
	fixed  bool   // the tables are those of fixed blocks
	least  uint   // bits of the end of the block, which must be there before any symbol
	stored int    // bytes that are left of a stored block
	length int    // what is left of a match
	dist   int    // of that match
	before []byte // what was given before out begins, or at least the last window of it

	litlen [litlenRoom]entry
	dists  [distRoom]entry
	codes  [1 << lengthBits]entry
	lens   [288 + 32]uint8
}

// step is what comes next in the stream.
type step uint8

const (
	atBlock  step = iota // the header of a block
	inCodes              // symbols
	inStored             // stored bytes
	atEnd                // nothing
)

// why run came back.
type why uint8

const (
	goOn   why = iota
	hungry     // the input ends in the middle
	full       // there is no more room in out
	done       // the stream ends
)

var le = binary.LittleEndian

func (d *decoder) reset() {
	d.bits, d.count, d.step, d.last = 0, 0, atBlock, false
	d.stored, d.length, d.before = 0, 0, nil
}

// run decodes in to out[op:]. What was given already is out[:op] and, before
// it, d.before. It returns how much of in it used, how far out is filled then,
// and why it came back. After an error nothing more may be decoded; out is right
// as far as it is filled.
func (d *decoder) run(in, out []byte, op int) (used, filled int, w why, err error) {
	ip := 0
	for w == goOn && err == nil {
		switch {
		case d.step == atBlock:
			ip, w, err = d.header(in, ip)
		case d.step == inStored:
			ip, op, w = d.copyStored(in, out, ip, op)
		case d.step == atEnd:
			w = done
		case d.length == 0 && ip+fastIn <= len(in) && op+fastOut <= len(out):
			ip, op, err = d.fast(in, out, ip, op)
		default:
			ip, op, w, err = d.careful(in, out, ip, op)
		}
	}
	return d.giveBack(ip), op, w, err
}

// giveBack puts whole bytes that were taken and not used back in front of ip.
func (d *decoder) giveBack(ip int) int {
	ip -= int(d.count >> 3)
	d.count &= 7
	d.bits &= 1<<d.count - 1
	return ip
}

func (d *decoder) endBlock() {
	d.step = atBlock
	if d.last {
		d.step = atEnd
	}
}

func (d *decoder) copyStored(in, out []byte, ip, op int) (int, int, why) {
	n := copy(out[op:], in[ip:min(len(in), ip+d.stored)])
	ip, op, d.stored = ip+n, op+n, d.stored-n
	switch {
	case d.stored == 0:
		d.endBlock()
		return ip, op, goOn
	case op == len(out):
		return ip, op, full
	}
	return ip, op, hungry
}

// careful decodes one symbol, or what is left of a match, where the input or
// the room in out may end in the middle of it.
func (d *decoder) careful(in, out []byte, ip, op int) (int, int, why, error) {
	if d.length > 0 {
		if op == len(out) {
			return ip, op, full, nil
		}
		return ip, d.match(out, op), goOn, nil
	}
	r := bitReader{in: in, ip: ip, bits: d.bits, count: d.count}
	r.fill()
	d.bits, d.count, ip = r.bits, r.count, r.ip
	if d.count < d.least {
		return ip, op, hungry, nil
	}
	e := r.symbol(d.litlen[:], litlenBits)
	length := r.value
	switch {
	case r.short:
		return ip, op, hungry, nil
	case e&literal != 0:
		if op == len(out) {
			return ip, op, full, nil
		}
		out[op] = byte(e >> 16)
		op++
	case e&end != 0:
		d.endBlock()
	case e&special != 0:
		return ip, op, goOn, errCorrupt
	default:
		e = r.symbol(d.dists[:], distBits)
		switch {
		case r.short:
			return ip, op, hungry, nil
		case e&special != 0 || r.value > op+len(d.before):
			return ip, op, goOn, errCorrupt
		}
		d.length, d.dist = length, r.value
	}
	d.bits, d.count = r.bits, r.count
	return ip, op, goOn, nil
}

// match copies as much of the match as out has room for. It is rare in fast, and
// is kept out of it.
//
//go:noinline
func (d *decoder) match(out []byte, op int) int {
	n := min(d.length, len(out)-op)
	d.length -= n
	for end := op + n; op < end; op++ {
		if from := op - d.dist; from >= 0 {
			out[op] = out[from]
		} else {
			out[op] = d.before[len(d.before)+from]
		}
	}
	return op
}
