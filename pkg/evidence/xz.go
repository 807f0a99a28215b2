package evidence

import (
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// xzDecoder reads the streams of an xz file one by one, each behind a gate.
//
// The library keeps what it decompressed of a chunk (up to 2 MiB) to itself
// when the chunk is cut. So when a file ends too soon, its last stream is read
// again through a gate that does not report the end but panics: that leaves the
// library between two steps with its buffer whole, and asking it byte by byte
// then gives all that is in there.
type xzDecoder struct {
	c       compression
	in      *input
	gate    *xzGate
	z       io.Reader
	streams int
	start   int64 // offset of the stream
	out     int64 // bytes of the stream that were given
	err     error // waiting until all was given
	cut     bool  // reading the tail of a cut stream
	asked   bool  // the gate has panicked once
	done    bool
}

func newXz(c compression, in *input) decoder { return &xzDecoder{c: c, in: in} }

func (d *xzDecoder) close() {}

func (d *xzDecoder) Read(p []byte) (int, error) {
	for !d.done {
		if d.err != nil {
			d.trouble()
			continue
		}
		if d.z == nil {
			d.open()
			continue
		}
		var n int
		if d.cut {
			n, d.err = d.bytewise(p)
		} else {
			n, d.err = d.read(p)
		}
		d.out += int64(n)
		if n > 0 {
			return n, nil
		}
	}
	return 0, io.EOF
}

// open begins the next stream, if there is one.
func (d *xzDecoder) open() {
	if d.streams > 0 && !d.in.next(d.c, 0) {
		d.done = true
		return
	}
	d.streams++
	d.start, d.out = d.in.pos(), 0
	d.reset()
}

func (d *xzDecoder) reset() {
	d.gate = newXzGate(d.in.br)
	d.gate.panics = d.cut
	d.z, d.err = d.reader()
}

// trouble decides what an error of the decoder means.
func (d *xzDecoder) trouble() {
	err := d.err
	d.err = nil
	_, peek := d.in.br.Peek(1)
	ended := peek != nil
	switch {
	case d.gate.err != nil:
		d.in.damaged("xz: the block near offset %d %w", d.in.pos(), d.gate.err)
		d.done = true
	case err == io.EOF && d.gate.complete():
		d.z = nil
	case ended && !d.cut && d.in.again != nil && d.gate.inChunk():
		d.in.restart(d.start)
		d.cut = true
		d.reset()
		if d.err == nil {
			_, d.err = io.CopyN(io.Discard, readFunc(d.read), d.out)
		}
	default:
		if ended {
			err = io.ErrUnexpectedEOF
		}
		c := d.c
		if d.in.again == nil || !ended {
			c.used = "everything before the damaged chunk (of at most 2 MiB) was used"
		}
		d.in.fail(c, err)
		d.done = true
	}
}

// bytewise reads the tail of a cut stream: one byte at a time, because a panic
// of the gate takes with it the count of what was read so far.
func (d *xzDecoder) bytewise(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		k, err := d.read(p[n : n+1])
		n += k
		if k == 0 && err == errCut && !d.asked {
			d.asked = true
			continue
		}
		if k == 0 && err == nil {
			err = io.ErrNoProgress
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// errCut is what the gate panics with where the stored bytes end.
var errCut = errors.New("the stored bytes end")

// read reads decompressed bytes. The library panics where it finds its state
// impossible; in hostile data that is damage and must not end the analysis.
func (d *xzDecoder) read(p []byte) (n int, err error) {
	defer caught(&err)
	return d.z.Read(p)
}

func (d *xzDecoder) reader() (r io.Reader, err error) {
	defer caught(&err)
	// The smallest dictionary: a block gets what its header asks for, not the
	// 8 MiB that the library would make for every one.
	return xz.ReaderConfig{SingleStream: true, DictCap: lzma.MinDictCap}.NewReader(d.gate)
}

func caught(err *error) {
	switch v := recover(); v {
	case nil:
	case errCut:
		*err = errCut
	default:
		*err = fmt.Errorf("the decoder gave up: %v", v)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
