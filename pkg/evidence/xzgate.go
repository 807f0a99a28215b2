package evidence

import (
	"errors"
	"io"
)

// maxDict bounds the dictionary that an xz block may ask for; `xz -9` asks for
// 64 MiB.
const maxDict = 256 << 20

var errDict = errors.New("asks for a dictionary of more than 256 MiB and was not read: decompress it with `xz -dc` and hand in the result")

// xzGate hands the bytes of exactly one xz stream to the decoder and follows
// their structure (xz file format 1.1.0; LZMA2 chunks as in the xz sources):
// the decoder would allocate any dictionary that a block header asks for, and
// it takes a file cut between two blocks for a whole one.
//
// Where the structure makes no sense, it is the decoder's to say so, and the
// gate only hands on.
type xzGate struct {
	r      io.Reader
	panics bool  // at the end of r, see xzDecoder
	err    error // the gate closed

	step  func(*xzGate) // what to do when buf holds want bytes
	buf   []byte
	want  int
	skip  int64 // bytes to hand on unseen, before the next step
	check int   // bytes of the check of a block
	n     int64 // bytes since the block header, or since the index began
	nums  uint64
	state gateState
}

type gateState uint8

const (
	gateOpen  gateState = iota
	gateChunk           // in or between LZMA2 chunks
	gateLost            // the structure is not understood
	gateDone            // the stream is complete
)

func newXzGate(r io.Reader) *xzGate {
	g := &xzGate{r: r}
	g.expect(12, (*xzGate).streamHeader)
	return g
}

// complete reports whether the stream came to its end.
func (g *xzGate) complete() bool { return g.state == gateDone }

// inChunk reports whether compressed data are being read.
func (g *xzGate) inChunk() bool { return g.state == gateChunk }

func (g *xzGate) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	if g.state == gateDone {
		return 0, io.EOF
	}
	n, err := g.r.Read(p)
	if n == 0 && err != nil && g.panics {
		panic(errCut)
	}
	for q := p[:n]; len(q) > 0 && g.state != gateLost && g.state != gateDone; {
		q = q[g.take(q):]
	}
	if g.err != nil {
		return 0, g.err // before the decoder sees the header
	}
	return n, err
}

// take looks at bytes of q and returns how many it has seen.
func (g *xzGate) take(q []byte) int {
	if g.skip > 0 {
		k := min(g.skip, int64(len(q)))
		g.skip -= k
		g.n += k
		return int(k)
	}
	k := min(g.want-len(g.buf), len(q))
	g.buf = append(g.buf, q[:k]...)
	g.n += int64(k)
	if len(g.buf) == g.want {
		g.step(g)
	}
	return k
}

// expect makes step be called when n more bytes are there, in buf.
func (g *xzGate) expect(n int, step func(*xzGate)) {
	g.buf, g.want, g.step = g.buf[:0], n, step
}

// more makes step be called again when buf has grown to n bytes.
func (g *xzGate) more(n int, step func(*xzGate)) { g.want, g.step = n, step }

func (g *xzGate) streamHeader() {
	switch g.buf[7] & 0x0f {
	case 0:
		g.check = 0
	case 1:
		g.check = 4
	case 4:
		g.check = 8
	case 10:
		g.check = 32
	default:
		g.state = gateLost
		return
	}
	g.expect(1, (*xzGate).blockOrIndex)
}

func (g *xzGate) blockOrIndex() {
	g.state = gateOpen
	if g.buf[0] == 0 {
		g.n = 1
		g.nums = 0
		g.expect(1, (*xzGate).indexCount)
		return
	}
	g.more((int(g.buf[0])+1)*4, (*xzGate).blockHeader)
}

// blockHeader reads flags, sizes and filters, and refuses a large dictionary.
func (g *xzGate) blockHeader() {
	b := g.buf[2 : len(g.buf)-4]
	flags := g.buf[1]
	ok := true
	num := func() (v uint64) {
		v, b, ok = varint(b, ok)
		return v
	}
	if flags&0x40 != 0 {
		num()
	}
	if flags&0x80 != 0 {
		num()
	}
	for range int(flags&3) + 1 {
		id, size := num(), num()
		if !ok || size > uint64(len(b)) {
			g.state = gateLost
			return
		}
		if id == 0x21 && size == 1 && dictSize(b[0]) > maxDict {
			g.err = errDict
			return
		}
		b = b[size:]
	}
	g.n = 0
	g.state = gateChunk
	g.expect(1, (*xzGate).chunk)
}

// dictSize is the size that the property byte of LZMA2 stands for.
func dictSize(code byte) int64 {
	if code >= 40 {
		return 1<<32 - 1
	}
	return (2 | int64(code)&1) << (code/2 + 11)
}

// chunk reads the control byte of an LZMA2 chunk.
func (g *xzGate) chunk() {
	switch c := g.buf[0]; {
	case c == 0:
		g.skip = -g.n&3 + int64(g.check)
		g.expect(1, (*xzGate).blockOrIndex)
	case c >= 0xc0:
		g.more(6, (*xzGate).chunkData)
	case c >= 0x80:
		g.more(5, (*xzGate).chunkData)
	case c <= 2:
		g.more(3, (*xzGate).chunkData)
	default:
		g.state = gateLost
	}
}

func (g *xzGate) chunkData() {
	size := g.buf[1:3]
	if g.buf[0] >= 0x80 {
		size = g.buf[3:5]
	}
	g.skip = int64(size[0])<<8 + int64(size[1]) + 1
	g.expect(1, (*xzGate).chunk)
}

func (g *xzGate) indexCount() {
	v, _, ok := varint(g.buf, true)
	switch {
	case !ok && len(g.buf) >= 9 || v > 1<<62:
		g.state = gateLost
	case !ok:
		g.more(len(g.buf)+1, (*xzGate).indexCount)
	default:
		g.nums = 2 * v
		g.indexNext()
	}
}

func (g *xzGate) indexNumber() {
	switch _, _, ok := varint(g.buf, true); {
	case !ok && len(g.buf) >= 9:
		g.state = gateLost
	case !ok:
		g.more(len(g.buf)+1, (*xzGate).indexNumber)
	default:
		g.nums--
		g.indexNext()
	}
}

// indexNext expects another number of the index, or its end: padding, a CRC32
// and the footer of the stream.
func (g *xzGate) indexNext() {
	if g.nums > 0 {
		g.expect(1, (*xzGate).indexNumber)
		return
	}
	g.skip = -g.n&3 + 4
	g.expect(12, func(g *xzGate) { g.state = gateDone })
}

// varint reads one of the numbers of the xz format, of at most nine bytes.
func varint(b []byte, ok bool) (uint64, []byte, bool) {
	var v uint64
	for i := 0; ok && i < len(b) && i < 9; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, b[i+1:], true
		}
	}
	return 0, nil, false
}
