package pipeline

import (
	"encoding/binary"
	"errors"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// rejects keeps a worker's rejects as sorted runs. A worker gets its chunks
// nearly in the order of the evidence: those that are for it alone may overtake
// the others, and then a new run begins.
type rejects struct {
	store  *spill.Store
	block  []byte
	runs   [][]spill.Block
	source int32 // of the last reject
	offset int64
}

// rejectBlock is the size at which a block of rejects is closed.
const rejectBlock = 64 << 10

func (r *rejects) add(source int32, line, offset, length int64, reason accesslog.Reason, head []byte) error {
	if len(r.runs) == 0 || source < r.source || source == r.source && offset < r.offset {
		if err := r.flush(); err != nil {
			return err
		}
		r.runs = append(r.runs, nil)
	}
	r.source, r.offset = source, offset
	head = head[:min(len(head), accesslog.RejectHead)]
	b := binary.AppendUvarint(r.block, uint64(source))
	b = binary.AppendUvarint(b, uint64(line))
	b = binary.AppendUvarint(b, uint64(offset))
	b = binary.AppendUvarint(b, uint64(length))
	b = append(b, byte(reason))
	b = binary.AppendUvarint(b, uint64(len(head)))
	r.block = append(b, head...)
	if len(r.block) < rejectBlock {
		return nil
	}
	return r.flush()
}

func (r *rejects) flush() error {
	if len(r.block) == 0 {
		return nil
	}
	b, err := r.store.Put(r.block)
	last := len(r.runs) - 1
	r.runs[last] = append(r.runs[last], b)
	r.block = r.block[:0]
	return err
}

// rejectCursor walks over one run of rejects.
type rejectCursor struct {
	store  *spill.Store
	blocks []spill.Block
	block  []byte
	row    casefile.RejectRow // Line is still within its chunk
	err    error
}

func (c *rejectCursor) Next() bool {
	for len(c.block) == 0 {
		if len(c.blocks) == 0 {
			return false
		}
		if c.block, c.err = c.store.Get(c.blocks[0]); c.err != nil {
			return false
		}
		c.blocks = c.blocks[1:]
	}
	number := func() int64 {
		v, n := binary.Uvarint(c.block)
		if n <= 0 {
			c.err = errors.New("a block of rejects is damaged")
			return 0
		}
		c.block = c.block[n:]
		return int64(v)
	}
	c.row.Source, c.row.Line, c.row.Offset, c.row.Length = int32(number()), number(), number(), number()
	if c.err != nil {
		return false
	}
	c.row.Reason = accesslog.Reason(c.block[0]).String()
	c.block = c.block[1:]
	n := number()
	c.row.Raw, c.block = c.block[:n], c.block[n:]
	return c.err == nil
}

func (c *rejectCursor) Err() error { return c.err }

// eachReject walks over all rejects by source and offset, with their line
// numbers resolved, but for those that are second copies.
func eachReject(sources []*source, workers []*worker, seconds []coverage.Seconds, yield func(*casefile.RejectRow) error) error {
	var cursors []*rejectCursor
	for _, w := range workers {
		for _, run := range w.rejects.runs {
			cursors = append(cursors, &rejectCursor{store: w.store, blocks: run})
		}
	}
	m := spill.NewMerge(cursors, func(a, b *rejectCursor) bool {
		if a.row.Source != b.row.Source {
			return a.row.Source < b.row.Source
		}
		return a.row.Offset < b.row.Offset
	})
	for {
		c, ok := m.Next()
		if !ok {
			return m.Err()
		}
		if seconds != nil && seconds[c.row.Source-1].Has(c.row.Offset) {
			continue
		}
		row := c.row
		row.Line = sources[row.Source-1].line(row.Offset, row.Line)
		if err := yield(&row); err != nil {
			return err
		}
	}
}
