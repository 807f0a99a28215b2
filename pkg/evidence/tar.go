package evidence

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// tarBlock is the unit of a tar: headers are one block, data are padded to it.
const tarBlock = 512

// isTar: a header of POSIX or GNU tar, or one of the time before that has a
// right checksum.
func isTar(head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	magic := head[257:265]
	return bytes.HasPrefix(magic, []byte("ustar\x00")) || string(magic) == "ustar  \x00" ||
		string(magic) == "\x00\x00\x00\x00\x00\x00\x00\x00" && tarHeader(head)
}

// tarHeader reports whether a block has the checksum of a header.
func tarHeader(b []byte) bool {
	field := strings.Trim(string(b[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 32)
	if err != nil {
		return false
	}
	var unsigned, signed int64
	for i, c := range b[:tarBlock] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

// tarWalk reads a tar as it streams by.
type tarWalk struct {
	outer *Reader
	tr    *tar.Reader
	n     int64  // bytes of the tar read so far: archive/tar reads no further than it must
	zero  bool   // the last block read as one piece was all zero
	alone []byte // a block that is not zero and follows one that is
}

func newTarWalk(r *Reader) *tarWalk {
	w := &tarWalk{outer: r}
	w.tr = tar.NewReader(w)
	return w
}

// Read is what archive/tar reads with. A block is read whole.
func (w *tarWalk) Read(p []byte) (int, error) {
	if len(p) > tarBlock {
		n, err := w.outer.Read(p)
		w.n += int64(n)
		w.zero, w.alone = false, nil
		return n, err
	}
	n, err := io.ReadFull(w.outer, p)
	w.n += int64(n)
	was := w.zero
	w.zero, w.alone = n == tarBlock && allZero(p), nil
	if was && n == tarBlock && !w.zero {
		w.alone = bytes.Clone(p)
	}
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, err
}

func allZero(p []byte) bool {
	for _, c := range p {
		if c != 0 {
			return false
		}
	}
	return true
}

func (w *tarWalk) next() *entry {
	for {
		h, err := w.tr.Next()
		switch {
		case h != nil && (err == nil || errors.Is(err, tar.ErrInsecurePath)):
			return w.entry(h)
		case err == io.EOF && w.zero:
			if !w.behind() {
				return nil
			}
		case w.outer.ended:
			w.outer.damaged("tar: unexpected end at offset %d of the unpacked archive, without the mark of its end: members may be missing; everything before was used (%w)",
				w.n, io.ErrUnexpectedEOF)
			return nil
		case !w.resume(err):
			return nil
		}
	}
}

// behind looks at what follows the end of the archive: padding, or another
// archive (true), or something else.
func (w *tarWalk) behind() bool {
	at := w.n
	block, zeros := w.search(true)
	if block == nil {
		if !zeros {
			w.outer.damaged("tar: after the end of the archive, at offset %d of what is unpacked, are %d bytes that are neither zero nor an archive: they were not read", at, w.n-at)
		}
		return false
	}
	w.outer.warn("another archive follows at offset %d of what is unpacked, and was read too", w.n-tarBlock)
	w.restart(block)
	return true
}

// resume goes on behind a damaged header.
func (w *tarWalk) resume(cause error) bool {
	at := w.n
	block := w.alone
	if block == nil || !tarHeader(block) {
		block, _ = w.search(false)
	}
	if block == nil {
		w.outer.damaged("tar: damaged before offset %d of the unpacked archive; the %d bytes from there on hold no further member (%w)", at, w.n-at, cause)
		return false
	}
	w.outer.damaged("tar: damaged before offset %d of the unpacked archive; reading went on with the next header, at offset %d: members may be missing (%w)", at, w.n-tarBlock, cause)
	w.restart(block)
	return true
}

// search reads on to the next header. zeros says that all before it, or before
// the end, was zero.
func (w *tarWalk) search(zeros bool) (header []byte, onlyZeros bool) {
	block := make([]byte, tarBlock)
	if part := w.n % tarBlock; part != 0 {
		if n, _ := w.Read(block[part:]); !allZero(block[part:][:n]) {
			zeros = false
		}
	}
	for {
		n, err := w.Read(block)
		if n == tarBlock && tarHeader(block) {
			return block, zeros
		}
		zeros = zeros && allZero(block[:n])
		if n < tarBlock || err != nil {
			return nil, zeros
		}
	}
}

func (w *tarWalk) restart(header []byte) {
	w.alone = nil
	w.tr = tar.NewReader(io.MultiReader(bytes.NewReader(header), w))
}

func (w *tarWalk) entry(h *tar.Header) *entry {
	e := &entry{name: h.Name, size: h.Size}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont:
	case tar.TypeDir, tar.TypeXGlobalHeader:
		e.skip = true
	case tar.TypeLink:
		e.same = h.Linkname
	case tar.TypeSymlink:
		e.problem = fmt.Sprintf("a symbolic link to %q, which is not followed", memberName(h.Linkname))
	case tar.TypeChar, tar.TypeBlock:
		e.problem = "a device"
	case tar.TypeFifo:
		e.problem = "a named pipe"
	case tar.TypeGNUSparse:
		e.problem = whySparse
	default:
		e.problem = fmt.Sprintf("an entry of the unknown type %q", h.Typeflag)
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			e.problem = whySparse
		}
	}
	if e.problem != "" || e.skip || e.same != "" {
		return e
	}
	e.data = &tarData{r: w.tr, size: h.Size}
	if w.outer.kind == "" && w.outer.file != nil {
		file, start := w.outer.file, w.n
		e.again = func(at, n int64) io.Reader { return io.NewSectionReader(file, start+at, n) }
	}
	return e
}

const whySparse = "a sparse file, which is not read: unpack it and hand it in as a file of its own"

// tarData gives the data of one member.
type tarData struct {
	r       io.Reader
	n, size int64
}

func (d *tarData) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.n += int64(n)
	if err != nil && err != io.EOF {
		err = &memberError{fmt.Sprintf("the archive ends, or is damaged, after %d of its %d bytes; everything before was used", d.n, d.size), err}
	}
	return n, err
}
