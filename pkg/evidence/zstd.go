package evidence

import (
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory that a zstd frame may ask for: what `zstd` itself
// reads without being told to (--long=27).
const maxWindow = 128 << 20

// zstdDecoder reads the frames of a zstd file, one after the other where they
// cannot be decoded side by side.
//
// One frame is decoded by one goroutine. The library can share the blocks of a
// frame out among several (WithDecoderConcurrency), but then reads on while it
// decodes: the offset of damage is lost, and what follows a frame whose checksum
// is wrong. Nor does it pay: on two cores it took 0.9 s, and 1.5 s of processor
// time, for a log of 949 MB that one goroutine decodes in 0.6 s.
type zstdDecoder struct {
	c       compression
	in      *input
	tail    tail
	beside  *frames
	one     *oneFrame // that z reads; nil: z reads to the end
	z       *zstd.Decoder
	between bool  // two frames, or before the first
	err     error // waiting until all was given
	done    bool
}

func newZstd(c compression, in *input) decoder {
	d := &zstdDecoder{c: c, in: in, tail: tail{in: in}, beside: newFrames(in), between: true}
	d.z, d.err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	return d
}

func (d *zstdDecoder) close() {
	d.beside.close()
	if d.z != nil {
		d.z.Close()
	}
}

func (d *zstdDecoder) Read(p []byte) (int, error) {
	for !d.done {
		if d.between {
			if n := d.beside.read(p); n > 0 {
				return n, nil
			}
			d.begin()
		}
		if d.err != nil {
			d.trouble()
			continue
		}
		n, err := d.z.Read(p)
		if err != nil && err != io.EOF {
			// A block whose frame fails its checksum is still there to be read.
			for n < len(p) {
				k, _ := d.z.Read(p[n:])
				if k == 0 {
					d.err = err
					break
				}
				n += k
			}
		} else {
			d.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, io.EOF
}

// begin begins to read in sequence: one frame, if more can be decoded side by
// side behind it.
func (d *zstdDecoder) begin() {
	d.between = false
	d.beside.sequence()
	var r io.Reader = &d.tail
	if d.one = nil; d.beside.usable() {
		d.one = &oneFrame{r: r, br: d.in.br}
		r = d.one
	}
	d.err = d.z.Reset(r)
}

// trouble decides what an error of the decoder means.
func (d *zstdDecoder) trouble() {
	err := d.err
	d.err = nil
	switch {
	case err == io.EOF:
		d.between = d.one != nil && d.one.ended
		d.done = !d.between
	case errors.Is(err, zstd.ErrCRCMismatch):
		// The end of the frame is known: go on behind it.
		d.in.damaged("zstd: the checksum of the frame that ends at offset %d is wrong: some of its decompressed bytes are not those that were compressed, all were used (%w)",
			d.in.pos(), err)
		d.between = true
	case errors.Is(err, zstd.ErrMagicMismatch):
		if d.tail.last != [4]byte{} {
			d.in.foreign(d.c, d.in.pos()-4)
			d.done = true
		} else {
			d.between = d.in.next(d.c, 4)
			d.done = !d.between
		}
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		d.in.damaged("zstd: the frame near offset %d needs a window of more than 128 MiB and was not read: decompress it with `zstd -d --long=31` and hand in the result (%w)",
			d.in.pos(), err)
		d.done = true
	default:
		d.in.fail(d.c, err)
		d.done = true
	}
}

// tail hands on the bytes of an input and remembers the last four, for decoders
// that read a magic number and then say that it is none.
type tail struct {
	in   *input
	last [4]byte
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.in.br.Read(p)
	if n >= 4 {
		copy(t.last[:], p[n-4:n])
	} else {
		copy(t.last[:], t.last[n:])
		copy(t.last[4-n:], p[:n])
	}
	return n, err
}

func (t *tail) ReadByte() (byte, error) {
	b, err := t.in.br.ReadByte()
	if err == nil {
		copy(t.last[:], t.last[1:])
		t.last[3] = b
	}
	return b, err
}
