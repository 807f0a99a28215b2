package pipeline

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/evidence"
)

// reader reads files, one after the other, and hands out their chunks: to its
// own hasher and to the workers.
type reader struct {
	*scanner
	hash    chan job
	current atomic.Pointer[source] // nil: none
}

// file reads what one file holds. What cannot be read is recorded with its
// source, or with the archive that is given back; the run goes on.
func (r *reader) file(ctx context.Context, number int, file evidence.Source) *evidence.Archive {
	stdin := r.options.Stdin
	if file.Stdin() && stdin != nil { // without one Contents says so
		stdin = newInterruptible(ctx, stdin)
	}
	at := place{file: number}
	c, err := file.Contents(stdin)
	if err != nil {
		r.add(file, at).err = err.Error()
		return nil
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.Stop)()
	defer r.current.Store(nil)
	var counted int64
	moved := func() {
		n := c.RawBytes()
		r.read.Add(n - counted)
		counted = n
	}
	for ; ctx.Err() == nil; at.member++ {
		found, stream, err := c.Next()
		moved()
		if err == io.EOF {
			break
		}
		src := r.add(found, at)
		r.current.Store(src)
		if err != nil {
			src.err = err.Error()
			continue
		}
		r.source(ctx, src, stream, moved)
	}
	return c.Archive()
}

// source reads one source to its end.
func (r *reader) source(ctx context.Context, src *source, stream *evidence.Reader, moved func()) {
	chunks := accesslog.NewChunker(stream)
	detected := src.reading.Known() // by the user's word
	for ctx.Err() == nil {
		buf := <-r.free
		chunk, err := chunks.Next(buf.data)
		moved()
		if err == io.EOF {
			r.free <- buf
			break
		}
		if err != nil {
			r.free <- buf
			src.err = err.Error()
			return
		}
		if !detected && isSample(chunk) {
			src.reading, detected = r.detect(src, chunk.Data), true
		}
		p := &piece{offset: chunk.Offset}
		src.pieces = append(src.pieces, p)
		j := job{source: src, chunk: chunk, piece: p, damaged: chunk.Last && stream.Damage() != nil, buf: buf}
		buf.left.Store(2)
		r.hash <- j
		r.pass(j)
	}
	src.finish(stream)
}

// detect finds how a source is read.
func (r *reader) detect(src *source, sample []byte) accesslog.Reading {
	d := accesslog.Detect(sample, given(r.options.Servers)...)
	if !d.Reading.Known() {
		src.tried = d.Tried()
	}
	d.Reading.Zone, d.Reading.Year = src.zone, src.year
	return d.Reading
}

// finish records what is known at the end of a source.
func (s *source) finish(stream *evidence.Reader) {
	if sum, n, ok := stream.Raw(); ok {
		s.sum, s.bytes = hexSum(sum), n
	}
	if err := stream.Damage(); err != nil {
		s.err = err.Error()
	}
	s.notes = append(s.notes, stream.Warnings()...)
}

// hasher hashes the streams. Chunks come in order, source after source, and
// each source ends with a chunk that is Last.
func (r *reader) hasher() {
	h := sha256.New()
	var n int64
	for j := range r.hash {
		h.Write(j.chunk.Data)
		n += int64(len(j.chunk.Data))
		if j.chunk.Last {
			j.source.streamSum, j.source.streamLen = fmt.Sprintf("%x", h.Sum(nil)), n
			h.Reset()
			n = 0
		}
		r.done(j.buf)
	}
}
