package evidence

import (
	stdgzip "compress/gzip"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gunzip is what both gzip packages offer.
type gunzip interface {
	io.Reader
	Reset(io.Reader) error
	Multistream(bool)
}

// gzipDecoder reads the members of a gzip file one by one. It uses the faster
// decoder (1.5 to 2 times as fast as compress/gzip); but that one loses bytes
// before a cut (three were measured), so when a member is damaged, it is read
// again by compress/gzip and what is missing is added. Standard input, which
// cannot be read again, goes through compress/gzip from the start.
type gzipDecoder struct {
	c      compression
	in     *input
	z      gunzip
	std    bool // z is compress/gzip
	beside members
	count  int   // of members begun
	inside bool  // a member
	start  int64 // offset of the member
	out    int64 // bytes of the member that were given
	ended  bool
}

func newGzip(c compression, in *input) decoder {
	d := &gzipDecoder{c: c, in: in, std: in.again == nil}
	if d.std {
		d.z = new(stdgzip.Reader)
	} else {
		d.z = new(gzip.Reader)
	}
	return d
}

func (d *gzipDecoder) close() {}

func (d *gzipDecoder) Read(p []byte) (int, error) {
	for !d.ended {
		if !d.inside {
			if n := d.open(p); n > 0 {
				return n, nil
			}
			continue
		}
		n, err := d.z.Read(p)
		d.out += int64(n)
		switch {
		case n > 0:
			return n, nil // the error, if any, comes again
		case err == nil:
		case err == io.EOF:
			d.inside = false
		case errors.Is(err, gzip.ErrChecksum):
			// All of the member was given and its end is known: go on behind it.
			d.in.damaged("gzip: the checksum of the member at offset %d is wrong: some of its %d decompressed bytes are not those that were compressed, all were used (%w)",
				d.start, d.out, err)
			d.inside = false
		default:
			d.trouble(err)
		}
	}
	return 0, io.EOF
}

// open gives the next members, if they can be unpacked side by side, or begins
// the next one, if there is one.
func (d *gzipDecoder) open(p []byte) int {
	if d.count > 0 && !d.in.next(d.c, 0) {
		d.ended = true
		return 0
	}
	if n, count := d.beside.unpack(d.in, p); count > 0 {
		d.count += count
		return n
	}
	d.count++
	d.start, d.out = d.in.pos(), 0
	d.reset()
	return 0
}

func (d *gzipDecoder) reset() {
	if err := d.z.Reset(d.in.br); err != nil {
		d.trouble(err)
		return
	}
	d.z.Multistream(false)
	d.inside = true
}

// trouble reads the member again with compress/gzip, up to where it was given
// already, or, when that is what had the trouble, gives up.
func (d *gzipDecoder) trouble(err error) {
	if d.std {
		d.in.fail(d.c, err)
		d.ended = true
		return
	}
	d.in.restart(d.start)
	d.z, d.std = new(stdgzip.Reader), true
	d.reset()
	if d.ended {
		return
	}
	if _, err := io.CopyN(io.Discard, d.z, d.out); err != nil {
		d.trouble(err)
	}
}
