package inflate

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
)

// What a member has besides its data (RFC 1952 2.3).
const (
	headerSize  = 10
	trailerSize = 8 // CRC-32 and length, modulo 2^32

	// Flags. The upper three are reserved; like compress/gzip, this does not look
	// at them.
	hasSum     = 1 << 1 // of the header
	hasExtra   = 1 << 2
	hasName    = 1 << 3
	hasComment = 1 << 4

	maxName = 512 // with the zero byte at its end, as in compress/gzip
)

var errHeader = errors.New("inflate: no header of a gzip member, or one that is damaged")

// header passes over the header of a member.
func (z *Reader) header() error {
	b, _ := z.in.Peek(z.in.Buffered())
	for {
		n, whole, err := headerLen(b)
		if whole {
			z.in.Discard(n)
		}
		if whole || err != nil {
			return err
		}
		if b, err = z.more(); err != nil {
			return err
		}
	}
}

// trailer compares what the member should have with what was given.
func (z *Reader) trailer() error {
	b, err := z.in.Peek(trailerSize)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	right := isTrailer(b, z.crc, z.size)
	z.in.Discard(trailerSize)
	if !right {
		return errChecksum
	}
	return io.EOF
}

func isTrailer(b []byte, crc uint32, size int64) bool {
	return le.Uint32(b) == crc && le.Uint32(b[4:]) == uint32(size)
}

// headerLen is the length of the header that b begins with, if it is whole.
func headerLen(b []byte) (n int, whole bool, err error) {
	if len(b) < headerSize {
		return 0, false, nil
	}
	flags := b[3]
	if b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 {
		return 0, false, errHeader
	}
	n = headerSize
	if flags&hasExtra != 0 {
		if len(b) < n+2 {
			return 0, false, nil
		}
		n += 2 + int(le.Uint16(b[n:]))
	}
	for _, flag := range []byte{hasName, hasComment} {
		if flags&flag == 0 {
			continue
		}
		if len(b) < n {
			return 0, false, nil
		}
		i := bytes.IndexByte(b[n:min(len(b), n+maxName)], 0)
		switch {
		case i >= 0:
			n += i + 1
		case len(b) >= n+maxName:
			return 0, false, errHeader
		default:
			return 0, false, nil
		}
	}
	if flags&hasSum != 0 {
		if len(b) < n+2 {
			return 0, false, nil
		}
		if le.Uint16(b[n:]) != uint16(crc32.ChecksumIEEE(b[:n])) {
			return 0, false, errHeader
		}
		n += 2
	}
	return n, len(b) >= n, nil
}

// Members decodes members that are at hand as a whole. The zero Members is ready;
// one goroutine uses it.
type Members struct{ d decoder }

// Decode reports whether in is one member, and exactly out is in it. If not,
// anything may be in out.
func (m *Members) Decode(in, out []byte) bool {
	n, whole, err := headerLen(in)
	if err != nil || !whole {
		return false
	}
	m.d.reset()
	used, filled, w, err := m.d.run(in[n:], out, 0)
	trailer := in[n+used:]
	return err == nil && w == done && filled == len(out) && len(trailer) == trailerSize &&
		isTrailer(trailer, crc32.ChecksumIEEE(out), int64(filled))
}
