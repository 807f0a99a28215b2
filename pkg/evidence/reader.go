package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Reader gives the decompressed stream of one source. One goroutine reads;
// RawBytes may be called from any other meanwhile.
type Reader struct {
	notes
	path  string
	kind  string
	raw   raw
	pace  pace
	in    *input    // of dec
	dec   decoder   // nil: it is not compressed
	ahead *ahead    // of dec, which belongs to it; nil: Read reads itself
	head  []byte    // of dec, read to tell an archive, not yet given
	file  *os.File  // nil: standard input, or a member
	loose bool      // standard input: Close does not wait for a read of it
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
	return s.open(stdin, standardLimits)
}

func (s Source) open(stdin io.Reader, l limits) (*Reader, error) {
	if s.Archive != "" {
		return s.openMember(stdin, l)
	}
	r := &Reader{path: s.Path, pace: l.pace}
	if s.Stdin() {
		if stdin == nil {
			return nil, errors.New("standard input is not at hand: name a file")
		}
		r.raw.src, r.loose = stdin, true
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
	if c, ok := detect(r.raw.peek(headLen)); ok {
		r.raw.startHash()
		r.kind = c.name
		r.in = newInput(&r.raw, again)
		r.dec = c.open(c, r.in)
		r.in.out.r = r.dec
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
	for r.head = buf[:0]; len(r.head) < headLen; {
		n, err := r.next(buf[len(r.head):])
		r.head = buf[:len(r.head)+n]
		if err != nil {
			break
		}
	}
	return r.head
}

// Read gives the next bytes of the stream, and io.EOF at its end, damaged or
// not; no other error. For a source that is not compressed, p is handed to the
// file as it is: large buffers are read at once. A compressed one is
// decompressed ahead, in another goroutine, once its beginning was read.
func (r *Reader) Read(p []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.head) > 0 {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	n, err := r.next(p)
	if n > 0 {
		return n, nil
	}
	if err == io.ErrNoProgress {
		r.raw.err = err
	}
	r.finish()
	return 0, io.EOF
}

// next reads bytes, and hears what was noted with them.
func (r *Reader) next(p []byte) (n int, err error) {
	switch {
	case r.dec == nil:
		return read(&r.raw, p)
	case r.ahead == nil && r.pace.count > 0 && r.in.out.n >= r.pace.after:
		r.readAhead()
	}
	if r.ahead == nil {
		n, err = read(&r.in.out, p)
		r.add(r.in.take())
	} else {
		n, err = r.ahead.Read(p)
		r.add(r.ahead.said.take())
	}
	return n, err
}

// readAhead begins to read ahead. What standard input has given is passed on at
// once: there may be no more for long.
func (r *Reader) readAhead() {
	p := r.pace
	least := enough(p.size)
	if r.loose {
		least = 1
	}
	r.raw.readAhead(p)
	r.ahead = readAhead(&r.in.out, &r.in.notes, r.dec.close, p.count, p.size, least)
}

// finish reads the stored bytes to their end and looks whether they were still
// those that were opened.
func (r *Reader) finish() {
	r.done, r.ended = true, true
	if r.ahead != nil {
		r.ahead.stop()
	}
	r.raw.drain()
	n := r.raw.n.Load()
	if err := r.raw.err; err != io.EOF {
		if m := (*memberError)(nil); errors.As(err, &m) {
			r.add(notes{damage: []error{m}})
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
	return &DamageError{Path: r.path, Causes: r.damage, more: r.moreDamage}
}

// Warnings are remarks that are no damage, such as zero bytes after the end. It
// is complete once Read has given io.EOF.
func (r *Reader) Warnings() []string {
	if r.moreWarnings == 0 {
		return r.warnings
	}
	return append(slices.Clip(r.warnings), fmt.Sprintf("%d more remarks like these, which are not listed", r.moreWarnings))
}

// Close closes the file. What the Reader has to say stays. No goroutine is left
// behind, but for one in a read of standard input, which ends with that read.
func (r *Reader) Close() error {
	r.done = true
	r.stop()
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

// stop ends the reading ahead, and the decoder.
func (r *Reader) stop() {
	r.raw.stop.Store(true)
	switch {
	case r.ahead == nil && r.dec != nil:
		r.dec.close()
		r.dec = nil
	case r.ahead == nil:
	default:
		r.raw.ahead.leave()
		r.ahead.leave()
		if !r.loose {
			r.ahead.stop()
			r.raw.ahead.stop()
		}
	}
}
