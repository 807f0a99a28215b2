package evidence

import (
	"bytes"
	"io"
)

// decoder gives the decompressed bytes of one input. After its first error it
// stays at it; the error is io.EOF, whatever happened: damage goes to the notes
// of the input.
type decoder interface {
	io.Reader
	close()
}

// compression is one way in which sources are compressed.
type compression struct {
	name    string
	is      func(head []byte) bool // whether a source starts so
	follows func(head []byte) bool // whether another stream follows; head may be cut
	open    func(c compression, in *input) decoder
	used    string // what of a damaged stream is given
}

// magicLen is how many bytes are needed to tell a compression.
const magicLen = 10

// The magic numbers: RFC 1952 2.3.1; RFC 8878 3.1.1 and 3.1.2; the xz file
// format 2.1.1.1; bzip2 has "BZh", a level, and the magic of a block or of the
// end, and text may well start with its first bytes.
var (
	gzipMagic  = []byte{0x1f, 0x8b, 8}
	zstdMagic  = []byte{0x28, 0xb5, 0x2f, 0xfd}
	xzMagic    = []byte{0xfd, '7', 'z', 'X', 'Z', 0}
	bzip2Block = []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}
	bzip2End   = []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90}
)

var compressions = []compression{
	{"gzip", starts(gzipMagic, 2), starts(gzipMagic, 1), newGzip,
		"everything before was used"},
	{"zstd", isZstd(4), isZstd(1), newZstd,
		"everything before the damaged block (of at most 128 KiB) was used"},
	{"bzip2", isBzip2(4), isBzip2(1), newBzip2,
		"everything before the damaged block (of at most 900 kB) was used"},
	{"xz", starts(xzMagic, 6), starts(xzMagic, 1), newXz,
		"everything before was used"},
}

// detect tells the compression from the first bytes.
func detect(head []byte) (compression, bool) {
	for _, c := range compressions {
		if c.is(head) {
			return c, true
		}
	}
	return compression{}, false
}

// starts makes a test for a magic number of which at least min bytes are there.
func starts(magic []byte, min int) func([]byte) bool {
	return func(head []byte) bool { return agrees(head, magic, min) }
}

func agrees(head, magic []byte, min int) bool {
	n := len(magic)
	if len(head) < n {
		n = len(head)
	}
	return n >= min && bytes.Equal(head[:n], magic[:n])
}

// isZstd: a frame, or a skippable frame (pzstd starts with one).
func isZstd(min int) func([]byte) bool {
	return func(head []byte) bool {
		if len(head) > 0 && head[0]&0xf0 == 0x50 {
			return agrees(head, []byte{head[0], 0x2a, 0x4d, 0x18}, min)
		}
		return agrees(head, zstdMagic, min)
	}
}

func isBzip2(min int) func([]byte) bool {
	return func(head []byte) bool {
		switch {
		case !agrees(head, []byte("BZh"), 1):
			return false
		case len(head) < min:
			return false
		case len(head) < 4:
			return true
		case head[3] < '1' || head[3] > '9':
			return false
		}
		return len(head) == 4 || agrees(head[4:], bzip2Block, 1) || agrees(head[4:], bzip2End, 1)
	}
}
