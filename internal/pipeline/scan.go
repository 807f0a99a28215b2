package pipeline

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/evidence"
)

// job is one chunk on its way to the hasher and to a worker.
type job struct {
	source  *source
	chunk   accesslog.Chunk
	piece   *piece
	damaged bool // the stream ends here because of damage
	buf     *buffer
}

// buffer is the memory of a chunk. It is free again when both the hasher and
// the worker are done with it.
type buffer struct {
	data []byte
	left atomic.Int32
}

// scanner runs the scan phase.
type scanner struct {
	options *Options
	files   []evidence.Source
	add     func(evidence.Source) *source // makes a source known
	workers []*worker
	free    chan *buffer
	work    chan job // for any worker
	hash    chan job
	read    atomic.Int64 // bytes of evidence, as stored
	current atomic.Pointer[source]
}

// scan reads all files once, and with them their sources: more than one where
// a file is an archive. The sources' hashes, pieces and errors are then known;
// the workers hold the rest.
func (a *analysis) scanFiles(ctx context.Context) error {
	workers := a.workers
	s := &scanner{options: &a.options, files: a.set.Sources, add: a.addSource, workers: workers, work: make(chan job), hash: make(chan job)}
	a.watch.scanning(s)
	buffers := 2*len(workers) + 3
	s.free = make(chan *buffer, buffers)
	for range buffers {
		s.free <- &buffer{data: make([]byte, 0, accesslog.ChunkCap)}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { s.hasher() })
	for _, w := range workers {
		wg.Go(func() {
			for {
				j, ok := s.take(w)
				if !ok {
					break
				}
				if err := w.chunk(j); err != nil {
					cancel(err)
				}
				s.done(j.buf)
			}
			if err := w.flush(); err != nil {
				cancel(err)
			}
		})
	}
	for _, file := range s.files {
		if ctx.Err() != nil {
			break
		}
		if archive := s.file(ctx, file); archive != nil {
			a.archives = append(a.archives, archive)
		}
	}
	close(s.work)
	for _, w := range workers {
		close(w.own)
	}
	close(s.hash)
	wg.Wait()
	s.free = nil // large, and the progress keeps s
	return context.Cause(ctx)
}

// take gives a worker its next chunk: one that is for it alone, or one that is
// for anybody; false when there are no more of either.
func (s *scanner) take(w *worker) (job, bool) {
	own, work := w.own, s.work
	for own != nil || work != nil {
		select {
		case j, ok := <-own:
			if ok {
				return j, true
			}
			own = nil
		case j, ok := <-work:
			if ok {
				return j, true
			}
			work = nil
		}
	}
	return job{}, false
}

// pass hands a chunk to the workers. The chunks of a source whose lines must be
// read in order all go to one worker.
func (s *scanner) pass(j job) {
	if j.source.reading.Known() && !j.source.reading.Stateless() {
		s.workers[int(j.source.ID)%len(s.workers)].own <- j
		return
	}
	s.work <- j
}

func (s *scanner) done(b *buffer) {
	if b.left.Add(-1) == 0 {
		s.free <- b
	}
}

// file reads what one file holds. What cannot be read is recorded with its
// source, or with the archive that is given back; the run goes on.
func (s *scanner) file(ctx context.Context, file evidence.Source) *evidence.Archive {
	stdin := s.options.Stdin
	if file.Stdin() && stdin != nil { // without one Contents says so
		stdin = newInterruptible(ctx, stdin)
	}
	c, err := file.Contents(stdin)
	if err != nil {
		s.add(file).err = err.Error()
		return nil
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.Stop)()
	before := s.read.Load()
	for ctx.Err() == nil {
		found, r, err := c.Next()
		s.read.Store(before + c.RawBytes())
		if err == io.EOF {
			break
		}
		src := s.add(found)
		s.current.Store(src)
		if err != nil {
			src.err = err.Error()
			continue
		}
		s.source(ctx, src, r, func() { s.read.Store(before + c.RawBytes()) })
	}
	return c.Archive()
}

// source reads one source to its end.
func (s *scanner) source(ctx context.Context, src *source, r *evidence.Reader, moved func()) {
	chunks := accesslog.NewChunker(r)
	detected := src.reading.Known() // by the user's word
	for ctx.Err() == nil {
		buf := <-s.free
		chunk, err := chunks.Next(buf.data)
		moved()
		if err == io.EOF {
			s.free <- buf
			break
		}
		if err != nil {
			s.free <- buf
			src.err = err.Error()
			return
		}
		if !detected && isSample(chunk) {
			src.reading, detected = s.detect(src, chunk.Data), true
		}
		p := &piece{offset: chunk.Offset}
		src.pieces = append(src.pieces, p)
		j := job{source: src, chunk: chunk, piece: p, damaged: chunk.Last && r.Damage() != nil, buf: buf}
		buf.left.Store(2)
		s.hash <- j
		s.pass(j)
	}
	s.finish(src, r)
}

// detect finds how a source is read.
func (s *scanner) detect(src *source, sample []byte) accesslog.Reading {
	d := accesslog.Detect(sample, given(s.options.Servers)...)
	if !d.Reading.Known() {
		src.tried = d.Tried()
	}
	d.Reading.Zone, d.Reading.Year = src.zone, src.year
	return d.Reading
}

// finish records what is known at the end of a source.
func (s *scanner) finish(src *source, r *evidence.Reader) {
	if sum, n, ok := r.Raw(); ok {
		src.sum, src.bytes = hexSum(sum), n
	}
	if err := r.Damage(); err != nil {
		src.err = err.Error()
	}
	src.notes = append(src.notes, r.Warnings()...)
}

// hasher hashes the streams. Chunks come in order, source after source, and
// each source ends with a chunk that is Last.
func (s *scanner) hasher() {
	h := sha256.New()
	var n int64
	for j := range s.hash {
		h.Write(j.chunk.Data)
		n += int64(len(j.chunk.Data))
		if j.chunk.Last {
			j.source.streamSum, j.source.streamLen = fmt.Sprintf("%x", h.Sum(nil)), n
			h.Reset()
			n = 0
		}
		s.done(j.buf)
	}
}
