package evidence

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
)

// input is what a decoder reads from: the stored bytes with their offsets, and
// for a file a way to read them again.
type input struct {
	notes // of the decoder
	br    *bufio.Reader
	raw   *raw
	given *counter // what br reads from
	base  int64    // offset of the first byte of given
	again again    // nil: cannot be read again (standard input)
	out   counter  // what the decoder gives
}

// again gives n stored bytes from an offset on once more.
type again func(at, n int64) io.Reader

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func newInput(r *raw, again again) *input {
	in := &input{raw: r, again: again, given: &counter{r: r}}
	in.br = bufio.NewReaderSize(in.given, 256<<10)
	return in
}

// pos is the offset, in the stored bytes, of the next byte that br gives.
func (in *input) pos() int64 { return in.base + in.given.n - int64(in.br.Buffered()) }

// end is the number of stored bytes; what is left of them is read and hashed.
func (in *input) end() int64 {
	in.raw.drain()
	return in.raw.n.Load()
}

// restart reads from offset at again, up to what was read and hashed and not
// further, should the file grow meanwhile. Only for inputs with again.
func (in *input) restart(at int64) {
	end := in.end()
	r := in.again(at, end-at)
	in.given = &counter{r: readFunc(func(p []byte) (int, error) {
		if in.raw.stop.Load() {
			return 0, errStopped
		}
		return r.Read(p)
	})}
	in.br.Reset(in.given)
	in.base = at
}

// back has br give once more the pieces, the last bytes that it gave, and keeps
// them. It says how many bytes are to be moved for that.
func (in *input) back(pieces ...[]byte) (moved int64) {
	buffered, _ := in.br.Peek(in.br.Buffered())
	h, ok := in.given.r.(*held)
	if !ok {
		h = &held{r: in.given.r}
	}
	at := in.pos()
	for _, b := range pieces {
		at -= int64(len(b))
	}
	h.pieces = slices.Concat(pieces, [][]byte{bytes.Clone(buffered)}, h.pieces)
	for _, b := range h.pieces {
		moved += int64(len(b))
	}
	in.given, in.base = &counter{r: h}, at
	in.br.Reset(in.given)
	return moved
}

// held gives pieces that were read already, and then the bytes of r.
type held struct {
	pieces [][]byte
	r      io.Reader
}

func (h *held) Read(p []byte) (int, error) {
	for len(h.pieces) > 0 && len(h.pieces[0]) == 0 {
		h.pieces = h.pieces[1:]
	}
	if len(h.pieces) == 0 {
		h.pieces = nil
		return h.r.Read(p)
	}
	n := copy(p, h.pieces[0])
	h.pieces[0] = h.pieces[0][n:]
	return n, nil
}

// next looks at what follows the end of a compressed stream, of which zeros
// bytes are already read and were zero: another stream (true), nothing or zero
// bytes (false), or something else, which is damage (false). The beginning of a
// magic number at the very end counts as another stream that was cut.
func (in *input) next(c compression, zeros int64) bool {
	from := in.pos() - zeros
	var head []byte
	for {
		head, _ = in.br.Peek(magicLen)
		k := 0
		for k < len(head) && head[k] == 0 {
			k++
		}
		if k == 0 {
			break
		}
		in.br.Discard(k)
		zeros += int64(k)
	}
	if len(head) > 0 && !c.follows(head) {
		in.foreign(c, from)
		return false
	}
	// The xz format allows zero bytes in fours after a stream.
	if zeros > 0 && !(c.name == "xz" && zeros%4 == 0) {
		in.warn("%d zero bytes after a %s stream, at offset %d", zeros, c.name, from)
	}
	return len(head) > 0
}

// foreign notes that the bytes from an offset on are not of the format.
func (in *input) foreign(c compression, from int64) {
	in.damaged("%d bytes after the last %s stream, at offset %d, are not %s and were not read: cut them out and hand them in as a file of their own",
		in.end()-from, c.name, from, c.name)
}

// fail notes why decompression stopped before the end.
func (in *input) fail(c compression, err error) {
	pos := in.pos()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		in.damaged("%s: unexpected end at offset %d, after %d decompressed bytes; %s (%w)",
			c.name, pos, in.out.n, c.used, io.ErrUnexpectedEOF)
		return
	}
	in.damaged("%s: damaged near offset %d, after %d decompressed bytes; %s; %d stored bytes after it were not read (%w)",
		c.name, pos, in.out.n, c.used, in.end()-pos, err)
}
