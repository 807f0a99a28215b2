package pipeline

import (
	"cmp"
	"context"
	"slices"
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

// scanner runs the scan phase: readers hand out chunks, which workers read.
// Neither workers nor hashers ever wait for anybody but a reader, so however few
// buffers there are, those that are in use become free again.
type scanner struct {
	options *Options
	add     func(evidence.Source, place) *source // makes a source known
	readers []*reader
	workers []*worker
	free    chan *buffer
	work    chan job     // for any worker
	read    atomic.Int64 // bytes of evidence, as stored
	binding sync.Mutex   // while a worker is chosen for a source
}

// readerMemory is what a reader of files is reckoned with when their number is
// chosen, though most need little: what xz -9 and zstd --long look back to is 64
// and 128 MiB.
const readerMemory = 128 << 20

// scan reads all files once, and with them their sources: more than one where
// a file is an archive. The sources' hashes, pieces and errors are then known;
// the workers hold the rest.
func (a *analysis) scanFiles(ctx context.Context) error {
	s := &scanner{options: &a.options, add: a.addSource, workers: a.workers, work: make(chan job)}
	s.free = make(chan *buffer, a.budget.chunks)
	for range cap(s.free) {
		s.free <- &buffer{data: make([]byte, 0, accesslog.ChunkCap)}
	}
	for range a.budget.readers {
		s.readers = append(s.readers, &reader{scanner: s, hash: make(chan job)})
	}
	a.watch.scanning(s)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var working, reading sync.WaitGroup
	for _, w := range s.workers {
		working.Go(func() {
			if err := s.workOff(w, cancel); err != nil {
				cancel(err)
			}
		})
	}
	files := make(chan int, len(a.set.Sources))
	for _, i := range largestFirst(a.set.Sources) {
		files <- i
	}
	close(files)
	archives := make([]*evidence.Archive, len(a.set.Sources))
	for _, r := range s.readers {
		working.Go(r.hasher)
		reading.Go(func() {
			defer close(r.hash)
			for i := range files {
				if ctx.Err() != nil {
					break
				}
				archives[i] = r.file(ctx, i, a.set.Sources[i])
			}
		})
	}
	reading.Wait()
	close(s.work)
	for _, w := range s.workers {
		close(w.own)
	}
	working.Wait()
	a.archives = slices.DeleteFunc(archives, func(ar *evidence.Archive) bool { return ar == nil })
	s.free = nil // large, and the progress keeps s
	return context.Cause(ctx)
}

// largestFirst gives the order in which files are begun: what takes longest
// shall not be what is left at the end. Standard input, whose size is not known,
// is first of all.
func largestFirst(files []evidence.Source) []int {
	var order []int
	for i := range files {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(uint64(files[j].Size), uint64(files[i].Size))
	})
	return order
}

// workOff lets a worker read its chunks, until there are no more. If it fails, the
// scan is cancelled, and what still comes is read all the same: its buffers must
// become free.
func (s *scanner) workOff(w *worker, cancel context.CancelCauseFunc) error {
	for {
		j, ok := s.take(w)
		if !ok {
			return w.flush()
		}
		if err := w.chunk(j); err != nil {
			cancel(err)
		}
		if j.chunk.Last {
			s.unbind(j.source)
		}
		s.done(j.buf)
	}
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
		s.bind(j.source).own <- j
		return
	}
	s.work <- j
}

// bind chooses the worker of a source: the one that has the fewest such sources.
func (s *scanner) bind(src *source) *worker {
	s.binding.Lock()
	defer s.binding.Unlock()
	if src.worker == nil {
		src.worker = slices.MinFunc(s.workers, func(v, w *worker) int { return cmp.Compare(v.bound, w.bound) })
		src.worker.bound++
	}
	return src.worker
}

// unbind takes a source that was read to its end from its worker.
func (s *scanner) unbind(src *source) {
	s.binding.Lock()
	defer s.binding.Unlock()
	if src.worker != nil {
		src.worker.bound--
	}
}

func (s *scanner) done(b *buffer) {
	if b.left.Add(-1) == 0 {
		s.free <- b
	}
}
