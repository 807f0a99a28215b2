package evidence

import (
	"bufio"
	"compress/flate"
	stdgzip "compress/gzip"
	"errors"
	"hash/crc32"
	"io"

	"github.com/logrecount/recount/internal/inflate"
)

// gzipDecoder reads the members of a gzip file one by one. It uses the faster
// decoder (3 times as fast as compress/gzip); but what is wrong with evidence is
// for compress/gzip to say: where the faster one finds anything wrong, the member
// is read again by that, and goes on from where it was given already. What was
// given is compared then, so that a fault of the faster one is never taken for
// damage, nor passed over. Standard input, which cannot be read again, goes
// through compress/gzip from the start.
type gzipDecoder struct {
	c      compression
	in     *input
	fast   inflater
	std    *stdgzip.Reader // not nil: read by it from here on
	beside members
	count  int   // of members begun
	inside bool  // a member
	start  int64 // offset of the member
	out    int64 // bytes of the member that were given
	ended  bool
}

// inflater is an inflate.Reader: see there.
type inflater interface {
	io.Reader
	Reset(*bufio.Reader) error
	Given() (size int64, crc uint32)
}

func newGzip(c compression, in *input) decoder {
	d := &gzipDecoder{c: c, in: in}
	if in.again == nil {
		d.std = new(stdgzip.Reader)
	} else {
		d.fast = new(inflate.Reader)
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
		n, err := d.read(p)
		d.out += int64(n)
		switch {
		case n > 0:
			return n, nil // the error, if any, comes again
		case err == nil:
		case err == io.EOF:
			d.inside = false
		case errors.Is(err, stdgzip.ErrChecksum): // says compress/gzip
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

func (d *gzipDecoder) read(p []byte) (int, error) {
	if d.std != nil {
		return d.std.Read(p)
	}
	return d.fast.Read(p)
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
	var err error
	if d.std != nil {
		err = d.std.Reset(d.in.br)
		d.std.Multistream(false)
	} else {
		err = d.fast.Reset(d.in.br)
	}
	if err != nil {
		d.trouble(err)
		return
	}
	d.inside = true
}

// trouble reads the member again with compress/gzip, up to where it was given
// already, or, when that is what had the trouble, gives up.
func (d *gzipDecoder) trouble(err error) {
	if d.std != nil {
		d.in.fail(d.c, err)
		d.ended = true
		return
	}
	size, crc := d.fast.Given()
	d.in.restart(d.start)
	d.std = new(stdgzip.Reader)
	d.reset()
	if d.ended {
		return
	}
	sum := crc32.NewIEEE()
	n, err := io.CopyN(sum, d.std, d.out)
	switch {
	case err != nil && !undecodable(err):
		d.trouble(err) // it could not be read
	case n < d.out || size != d.out || sum.Sum32() != crc:
		d.in.damaged("gzip: the %d bytes that were used of the member at offset %d are not what compress/gzip makes of it: the file was changed while it was read, or recount has a fault, which must be reported; nothing in this source can be relied on (%w)",
			d.out, d.start, errDecoders)
		d.ended = true
	}
}

// errDecoders is that two decoders do not agree: never a damage of the evidence.
var errDecoders = errors.New("internal error: two decoders disagree")

// undecodable reports whether an error of compress/gzip is about the bytes and
// not about reading them.
func undecodable(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, stdgzip.ErrChecksum) || errors.Is(err, stdgzip.ErrHeader)
}
