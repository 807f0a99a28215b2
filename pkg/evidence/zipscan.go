package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// zipHeader is the length of the fixed part of the header before a member's
// data (APPNOTE 4.3.7).
const zipHeader = 30

var (
	zipLocal   = []byte("PK\x03\x04")
	zipCentral = []byte("PK\x01\x02")
)

func isZipHeader(b []byte) bool { return bytes.HasPrefix(b, zipLocal) }

// zipScan finds the members of a zip that has no directory by the header before
// each. A header may leave the sizes to what follows the data: then only
// reading the data shows where they end.
type zipScan struct {
	w    *zipWalk
	at   int64    // of the next header
	open *zipData // the member before, whose end is not known
}

func (s *zipScan) next() *entry {
	if s.open != nil && !s.pass() {
		return nil
	}
	head := make([]byte, zipHeader)
	n, err := s.w.outer.file.ReadAt(head, s.at)
	switch {
	case n >= 4 && !isZipHeader(head):
		if !bytes.HasPrefix(head, zipCentral) {
			s.lost(errors.New("no header"))
		}
		return nil
	case n < zipHeader:
		if n > 0 {
			s.lost(err)
		}
		return nil
	}
	le := binary.LittleEndian
	rest := make([]byte, int(le.Uint16(head[26:]))+int(le.Uint16(head[28:])))
	if _, err := s.w.outer.file.ReadAt(rest, s.at+zipHeader); err != nil && len(rest) > 0 {
		s.lost(err)
		return nil
	}
	m := zipMember{
		name: string(rest[:le.Uint16(head[26:])]), flags: le.Uint16(head[6:]), method: le.Uint16(head[8:]), crc: le.Uint32(head[14:]),
		packed: int64(le.Uint32(head[18:])), size: int64(le.Uint32(head[22:])), data: s.at + zipHeader + int64(len(rest)),
	}
	zip64(&m, rest[len(m.name):])
	m.open = m.flags&8 != 0
	left := s.w.outer.size - m.data
	switch {
	case m.packed < 0 || m.size < 0:
		s.lost(zip.ErrFormat)
		return nil
	case m.open && m.packed == 0:
		m.packed, m.size = left, -1
	}
	e := s.w.entry(m)
	e.skip = strings.HasSuffix(m.name, "/")
	s.at = m.data + m.packed
	if !m.open {
		return e
	}
	if d, ok := e.data.(*zipData); ok && m.method == zip.Deflate {
		s.open = d
		return e
	}
	// Only a signature can show where it ends.
	e.data, e.again = nil, nil
	if e.err == nil && !e.skip {
		e.err = errors.New("the damaged archive does not say how long it is: it was not read")
	}
	if s.at = s.search(m.data); s.at < 0 {
		s.at = s.w.outer.size
	}
	return e
}

// zip64 reads sizes that do not fit in the header.
func zip64(m *zipMember, extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		if field := extra[:n]; id == 1 && n >= 16 {
			if m.size == 1<<32-1 {
				m.size = int64(le.Uint64(field))
			}
			if m.packed == 1<<32-1 {
				m.packed = int64(le.Uint64(field[8:]))
			}
		}
		extra = extra[n:]
	}
}

// pass reads the member before to its end and finds the header behind it.
func (s *zipScan) pass() bool {
	d := s.open
	s.open = nil
	if _, err := io.Copy(io.Discard, d); err != nil {
		if s.at = s.search(d.end()); s.at < 0 {
			return false // where the archive ends; the member has said so
		}
		return true
	}
	// Behind the data are the checksum and the sizes, with or without a
	// signature, in 4 or in 8 bytes.
	b := make([]byte, 28)
	n, _ := s.w.outer.file.ReadAt(b, d.end())
	for _, skip := range []int{12, 16, 20, 24, 0} {
		if n >= skip+4 && (isZipHeader(b[skip:]) || bytes.HasPrefix(b[skip:], zipCentral)) {
			s.at = d.end() + int64(skip)
			return true
		}
	}
	s.at = s.search(d.end())
	return s.at >= 0
}

// search finds the next header from an offset on, or gives -1.
func (s *zipScan) search(from int64) int64 {
	buf := make([]byte, 64<<10)
	for at := from; ; {
		n, err := s.w.outer.file.ReadAt(buf, at)
		if i := bytes.Index(buf[:n], zipLocal); i >= 0 {
			return at + int64(i)
		}
		if err != nil || n < len(zipLocal) || s.w.outer.raw.stop.Load() {
			return -1
		}
		at += int64(n - len(zipLocal) + 1)
	}
}

func (s *zipScan) lost(err error) {
	s.w.outer.damaged("zip: no member could be found from offset %d on: %d bytes were not read (%w)", s.at, max(s.w.outer.size-s.at, 0), err)
}
