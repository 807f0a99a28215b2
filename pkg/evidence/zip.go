package evidence

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"
	"sync/atomic"
)

// zipWalk reads the members of a zip in the order of its directory, or, where
// that is damaged or cut off, in the order of their own headers.
type zipWalk struct {
	outer *Reader
	read  *atomic.Int64
	files []*zip.File
	taken map[int]bool // by position in files: its data overlap those of another
	at    int          // the next of files
	found *zipScan     // nil: there is a directory
}

func newZipWalk(r *Reader, read *atomic.Int64, l limits) *zipWalk {
	w := &zipWalk{outer: r, read: read}
	at := &limitedAt{r: r.file, left: l.directory}
	z, err := zip.NewReader(at, r.size)
	at.left = math.MaxInt64 // from here on, nothing of what is read is kept
	if errors.Is(err, zip.ErrInsecurePath) && z != nil {
		err = nil
	}
	if err == nil {
		err = whole(z, r.file)
	}
	switch {
	case errors.Is(err, errDirectory):
		r.damaged("zip: %w of %d MiB and was not read: unpack it and hand in the logs", errDirectory, l.directory>>20)
	case err != nil:
		r.damaged("zip: the directory at the end cannot be read: the members were looked for one after the other, and some may be missing (%w)", err)
		w.found = &zipScan{w: w}
	default:
		w.files = z.File
		w.overlaps()
	}
	return w
}

// limitedAt bounds how much is read, and so kept, of a directory.
type limitedAt struct {
	r    io.ReaderAt
	left int64
}

var errDirectory = errors.New("its directory has more than the limit")

func (l *limitedAt) ReadAt(p []byte, at int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, errDirectory
	}
	return l.r.ReadAt(p, at)
}

// whole reports an error if the directory is not that of the whole file: in a
// zip that was cut off, that of a zip inside it may be the last.
func whole(z *zip.Reader, r io.ReaderAt) error {
	if len(z.File) == 0 {
		return nil
	}
	head := make([]byte, zipHeader)
	if _, err := r.ReadAt(head, 0); err != nil || !isZipHeader(head) {
		return nil // one of no member
	}
	first := zipHeader + int64(binary.LittleEndian.Uint16(head[26:])) + int64(binary.LittleEndian.Uint16(head[28:]))
	for _, f := range z.File {
		if f.CompressedSize64 > 1<<62 {
			continue
		}
		if at, err := f.DataOffset(); err == nil && at == first {
			return nil
		}
	}
	return errors.New("it does not name the first member")
}

// overlaps finds members whose data lie in those of another, by which a small
// file can claim to hold any amount.
func (w *zipWalk) overlaps() {
	type extent struct {
		from, to int64
		file     int
	}
	var all []extent
	for i, f := range w.files {
		if from, err := f.DataOffset(); err == nil && f.CompressedSize64 > 0 && f.CompressedSize64 < 1<<62 {
			all = append(all, extent{from, from + int64(f.CompressedSize64), i})
		}
	}
	slices.SortStableFunc(all, func(a, b extent) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
	end := int64(0)
	for _, e := range all {
		if e.from < end {
			if w.taken == nil {
				w.taken = map[int]bool{}
			}
			w.taken[e.file] = true
		}
		end = max(end, e.to)
	}
}

func (w *zipWalk) next() *entry {
	if w.found != nil {
		return w.found.next()
	}
	if w.at == len(w.files) {
		return nil
	}
	i := w.at
	f := w.files[i]
	w.files[i] = nil // what is done with is not kept
	w.at++
	m := zipMember{
		name: f.Name, flags: f.Flags, method: f.Method, crc: f.CRC32,
		packed: int64(f.CompressedSize64), size: int64(f.UncompressedSize64),
	}
	var err error
	if m.packed < 0 || m.size < 0 {
		err = errors.New("its sizes are impossible")
	} else if m.data, err = f.DataOffset(); err != nil {
		err = fmt.Errorf("its header cannot be read (%v)", err) // not wrapped: io.EOF would be the end of the archive
	}
	if w.taken[i] {
		err = errors.New("its data are part of those of another member, as in a zip made to swell: it was not read")
	}
	e := w.entry(m)
	switch mode := f.Mode(); {
	case mode.IsDir():
		e.skip = true
	case mode&fs.ModeSymlink != 0:
		e.problem = "a symbolic link, which is not followed"
	case !mode.IsRegular():
		e.problem = kind(mode)
	}
	if err != nil && !e.skip && e.problem == "" {
		e.err, e.data, e.again = err, nil, nil
	}
	return e
}

// zipMember is what a directory or a header says of a member.
type zipMember struct {
	name         string
	flags        uint16
	method       uint16
	crc          uint32
	data         int64 // offset
	packed, size int64
	open         bool // size and crc are not known beforehand
}

// entry makes a member that can be read.
func (w *zipWalk) entry(m zipMember) *entry {
	e := &entry{name: m.name, size: m.size}
	switch {
	case m.flags&1 != 0:
		e.err = errors.New("it is encrypted and was not read: unpack it with the password and hand in the log")
	case m.method != zip.Store && m.method != zip.Deflate:
		e.err = fmt.Errorf("its compression (zip method %d) cannot be undone: unpack it and hand in the log", m.method)
	default:
		e.data = w.open(m, w.read)
		e.again = func(at, n int64) io.Reader {
			r := w.open(m, new(atomic.Int64))
			if _, err := io.CopyN(io.Discard, r, at); err != nil {
				return errorReader{err}
			}
			return io.LimitReader(r, n)
		}
	}
	return e
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func (w *zipWalk) open(m zipMember, read *atomic.Int64) *zipData {
	stored := &zipStored{w: w, read: read, left: m.packed, at: m.data}
	stored.r = io.NewSectionReader(w.outer.file, m.data, m.packed)
	d := &zipData{m: m, stored: bufio.NewReaderSize(stored, 64<<10)}
	d.count = stored
	d.r = d.stored
	if m.method == zip.Deflate {
		d.r = flate.NewReader(d.stored)
	}
	return d
}

// zipStored gives the stored bytes of a member and counts them.
type zipStored struct {
	w    *zipWalk
	r    io.Reader
	read *atomic.Int64
	at   int64 // offset in the zip of what is read next
	left int64
}

func (s *zipStored) Read(p []byte) (int, error) {
	if s.w.outer.raw.stop.Load() {
		return 0, errStopped
	}
	n, err := s.r.Read(p)
	s.read.Add(int64(n))
	s.at += int64(n)
	s.left -= int64(n)
	if err == io.EOF && s.left > 0 {
		err = io.ErrUnexpectedEOF // the file ends first
	}
	return n, err
}

// zipData gives the data of one member and compares them with what the zip
// says of them.
type zipData struct {
	m      zipMember
	stored *bufio.Reader
	count  *zipStored
	r      io.Reader
	n      int64
	crc    uint32
	err    error
}

func (d *zipData) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.r.Read(p)
	d.n += int64(n)
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p[:n])
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF && d.m.open:
		err = &memberError{fmt.Sprintf("the archive ends, or is damaged, after %d of its bytes; everything before was used", d.n), err}
	case err != io.EOF:
		err = &memberError{fmt.Sprintf("the archive ends, or is damaged, after %d of its %d bytes; everything before was used", d.n, d.m.size), err}
	case d.m.open:
	case d.n != d.m.size:
		err = &memberError{fmt.Sprintf("it has %d bytes, but the archive says %d; all were used", d.n, d.m.size), zip.ErrFormat}
	case d.crc != d.m.crc:
		err = &memberError{fmt.Sprintf("its checksum is wrong: some of its %d bytes are not those that were packed; all were used", d.n), zip.ErrChecksum}
	}
	d.err = err
	return n, err
}

// end is the offset behind the stored data, once they were read.
func (d *zipData) end() int64 { return d.count.at - int64(d.stored.Buffered()) }
