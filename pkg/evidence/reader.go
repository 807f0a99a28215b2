package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Reader gives the decompressed stream of one source. One goroutine reads;
// RawBytes may be called from any other meanwhile.
type Reader struct {
	notes
	path  string
	kind  string
	raw   raw
	in    io.Reader // the raw bytes, or dec
	ahead []byte    // of dec, read to tell an archive, not yet given
	dec   decoder
	file  *os.File  // nil: standard input
	whole *Contents // to close with a member that was opened alone
	size  int64     // of the file when it was opened
	mtime time.Time
	done  bool // finished, or closed
	ended bool // read to the end
}

// Open opens the source read-only. The caller closes the Reader. stdin is
// needed for the source that is standard input, and is not closed.
//
// An archive is given as the bytes it is; Contents looks into it. A member of
// an archive is found by reading the archive from its start.
func (s Source) Open(stdin io.Reader) (*Reader, error) {
	if s.Archive != "" {
		return s.openMember(stdin)
	}
	r := &Reader{path: s.Path}
	if s.Stdin() {
		if stdin == nil {
			return nil, errors.New("standard input is not at hand: name a file")
		}
		r.raw.src = stdin
		return r.start(nil), nil
	}
	f, err := openFile(s.File)
	if err != nil {
		return nil, fmt.Errorf("evidence cannot be opened: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no longer a regular file")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("evidence %q cannot be read: %w", s.File, err)
	}
	r.raw.src, r.file, r.size, r.mtime = f, f, info.Size(), info.ModTime()
	return r.start(func(at, n int64) io.Reader { return io.NewSectionReader(f, at, n) }), nil
}

// start tells the compression; again is nil where the source cannot be read twice.
func (r *Reader) start(again again) *Reader {
	r.in = &r.raw
	if c, ok := detect(r.raw.peek(headLen)); ok {
		r.raw.startHash()
		r.kind = c.name
		r.dec = c.open(c, newInput(&r.raw, again, &r.notes))
		r.in = r.dec
	}
	return r
}

// headLen is how many bytes are needed to tell an archive, and more than is
// needed to tell a compression.
const headLen = 512

// peek gives the first bytes of the stream, headLen if there are so many. Call
// it before Read, which gives them again.
func (r *Reader) peek() []byte {
	if r.dec == nil {
		return r.raw.head
	}
	buf := make([]byte, headLen)
	for r.ahead = buf[:0]; len(r.ahead) < headLen; {
		n, err := r.dec.Read(buf[len(r.ahead):])
		r.out += int64(n)
		r.ahead = buf[:len(r.ahead)+n]
		if err != nil {
			break
		}
	}
	return r.ahead
}

// Read gives the next bytes of the stream, and io.EOF at its end, damaged or
// not; no other error. For a source that is not compressed, p is handed to the
// file as it is: large buffers are read at once.
func (r *Reader) Read(p []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.ahead) > 0 {
		n := copy(p, r.ahead)
		r.ahead = r.ahead[n:]
		return n, nil
	}
	for range 100 {
		n, err := r.in.Read(p)
		r.out += int64(n)
		if n > 0 {
			return n, nil
		}
		if err != nil {
			r.finish()
			return 0, io.EOF
		}
	}
	r.raw.err = io.ErrNoProgress
	r.finish()
	return 0, io.EOF
}

// finish reads the stored bytes to their end and looks whether they were still
// those that were opened.
func (r *Reader) finish() {
	r.done, r.ended = true, true
	r.raw.drain()
	n := r.raw.n.Load()
	if err := r.raw.err; err != io.EOF {
		if m := (*memberError)(nil); errors.As(err, &m) {
			r.damage = append(r.damage, m)
			return
		}
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		r.damaged("reading failed at offset %d: counts and hashes cover the bytes before it (%w)", n, err)
		return
	}
	if r.file == nil {
		return
	}
	if n < r.size {
		r.damaged("the file ended at offset %d, but had %d bytes when it was opened: it was cut while it was read", n, r.size)
		return
	}
	info, err := r.file.Stat()
	if n > r.size || err == nil && (info.Size() != n || !info.ModTime().Equal(r.mtime)) {
		r.warn("the file changed while it was read (%d bytes when opened, %d read): analyse a copy that nothing writes to", r.size, n)
	}
}

// Compression is "", "gzip", "zstd", "bzip2" or "xz".
func (r *Reader) Compression() string { return r.kind }

// RawBytes is how many bytes were read so far, as stored. Any goroutine may call it.
func (r *Reader) RawBytes() int64 { return r.raw.n.Load() }

// Raw is the SHA-256 and the number of the bytes as stored, for a compressed
// source, once Read has given io.EOF; it covers the whole source even where
// decompression stopped early (only a failing disk ends it, see Damage). For a
// source that is not compressed ok is false: its stream is what is stored, and
// the caller hashes that already.
func (r *Reader) Raw() (sum [32]byte, bytes int64, ok bool) {
	if !r.ended || r.raw.sum == nil {
		return sum, 0, false
	}
	r.raw.sum.Sum(sum[:0])
	return sum, r.raw.n.Load(), true
}

// Damage is nil, or says what could not be read and what was done about it. It
// is complete once Read has given io.EOF.
func (r *Reader) Damage() error {
	if len(r.damage) == 0 {
		return nil
	}
	return &DamageError{Path: r.path, Causes: r.damage}
}

// Warnings are remarks that are no damage, such as zero bytes after the end. It
// is complete once Read has given io.EOF.
func (r *Reader) Warnings() []string { return r.warnings }

// Close closes the file. What the Reader has to say stays.
func (r *Reader) Close() error {
	r.done = true
	if r.dec != nil {
		r.dec.close()
		r.dec = nil
	}
	if r.whole != nil {
		return r.whole.Close()
	}
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// DamageError says what is wrong with a source, in one line.
type DamageError struct {
	Path   string // of the source
	Causes []error
}

func (e *DamageError) Error() string {
	s := fmt.Sprintf("%q: ", e.Path)
	for i, c := range e.Causes {
		if i == 8 {
			return s + fmt.Sprintf("; and %d more", len(e.Causes)-i)
		}
		if i > 0 {
			s += "; "
		}
		s += c.Error()
	}
	return s
}

// Unwrap gives the causes to errors.Is and errors.As.
func (e *DamageError) Unwrap() []error { return e.Causes }
