package evidence

import (
	"compress/bzip2"
	"io"
)

// notContinued is what compress/bzip2 says, after two bytes, about what follows
// a stream and is not another.
const notContinued = bzip2.StructuralError("bad magic value in continuation file")

type bzip2Decoder struct {
	c    compression
	in   *input
	tail tail
	z    io.Reader
	err  error // waiting until all was given
	done bool
}

func newBzip2(c compression, in *input) decoder {
	d := &bzip2Decoder{c: c, in: in, tail: tail{in: in}}
	d.z = bzip2.NewReader(&d.tail)
	return d
}

func (d *bzip2Decoder) close() {}

func (d *bzip2Decoder) Read(p []byte) (int, error) {
	for !d.done {
		if d.err == nil {
			var n int
			n, d.err = d.z.Read(p)
			if n > 0 {
				return n, nil
			}
			continue
		}
		switch {
		case d.err == io.EOF:
			d.done = true
		case d.err != notContinued:
			d.in.fail(d.c, d.err)
			d.done = true
		case d.tail.last[2] != 0 || d.tail.last[3] != 0:
			d.in.foreign(d.c, d.in.pos()-2)
			d.done = true
		case d.in.next(d.c, 2):
			d.z, d.err = bzip2.NewReader(&d.tail), nil
		default:
			d.done = true
		}
	}
	return 0, io.EOF
}
