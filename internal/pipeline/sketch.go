package pipeline

import (
	"fmt"
	"sort"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
)

// sketch is the hashes of a chunk's lines, until second copies have been found.
type sketch struct {
	block spill.Block
	base  int64 // of the offsets in it: where the chunk begins, or the long line that ends in it
	open  bool  // the last line has no terminator
}

// keepSketch keeps the hashes of the chunk that was read.
func (w *worker) keepSketch(j job) (err error) {
	if len(w.sketch) == 0 {
		return nil
	}
	k := &j.piece.sketch
	k.base, k.open = j.chunk.Offset, unterminated(j.chunk)
	if j.chunk.InLong {
		k.base = j.chunk.Long.Offset
	}
	k.block, err = w.hashes.Put(w.sketch)
	w.sketch = w.sketch[:0]
	return err
}

// unterminated says whether a chunk ends its source within a line.
func unterminated(c accesslog.Chunk) bool {
	return c.Last && len(c.Data) > 0 && c.Data[len(c.Data)-1] != '\n'
}

// sourceLog gives the lines of a source as they were sketched. Its pieces must
// be resolved.
type sourceLog struct {
	hashes *spill.Store
	source *source
}

// each gives the lines [from, to) in order, a sketch after the other; each is valid
// until yield returns. A piece begins at to, or the source ends there.
func (l sourceLog) each(from, to int64, yield func(first int64, s coverage.Sketch) error) error {
	if from >= to {
		return nil
	}
	pieces := l.source.pieces
	i := l.pieceOf(from)
	next := pieces[i].lines
	blocks := l.hashes.NewReader()
	for ; i < len(pieces) && pieces[i].lines < to; i++ {
		block, err := blocks.Get(pieces[i].sketch.block)
		s := coverage.Sketch(block)
		if err == nil && pieces[i].lines != next {
			err = l.missing(next)
		}
		if passed := max(from-next, 0); err == nil && passed < int64(s.Len()) {
			err = yield(next+passed, s.From(passed))
		}
		if err != nil {
			return err
		}
		next += int64(s.Len())
	}
	if next != to {
		return l.missing(next)
	}
	return nil
}

func (l sourceLog) missing(line int64) error {
	return fmt.Errorf("%s: no hash was kept of line %d", l.source.Path, line+1)
}

func (l sourceLog) Lines() int64 { return l.source.stats.lines }

func (l sourceLog) Open() bool {
	for i := len(l.source.pieces) - 1; i >= 0; i-- {
		if p := l.source.pieces[i]; p.lines < l.Lines() {
			return p.sketch.open
		}
	}
	return false
}

func (l sourceLog) Sketch(line int64) (coverage.Sketch, int64, error) {
	p := l.source.pieces[l.pieceOf(line)]
	s, err := l.hashes.Get(p.sketch.block)
	if err == nil && line-p.lines >= int64(coverage.Sketch(s).Len()) {
		err = l.missing(line)
	}
	return s, p.lines, err
}

// pieceOf is the number of the piece that a line is in.
func (l sourceLog) pieceOf(line int64) int {
	pieces := l.source.pieces
	return sort.Search(len(pieces), func(i int) bool { return pieces[i].lines > line }) - 1
}

func (l sourceLog) Extent(line int64) (from, to int64, err error) {
	if from, err = l.start(line); err != nil {
		return 0, 0, err
	}
	to, err = l.start(line + 1)
	return from, to, err
}

// start is where a line begins; for the one behind the last, where the stream
// ends.
func (l sourceLog) start(line int64) (int64, error) {
	if line >= l.Lines() {
		return l.source.streamLen, nil
	}
	s, first, err := l.Sketch(line)
	if err != nil {
		return 0, err
	}
	return l.source.pieces[l.pieceOf(line)].sketch.base + s.Start(int(line-first)), nil
}
