package pipeline

import (
	"encoding/binary"
	"errors"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// rejects keeps a worker's rejects as a run. A worker gets its chunks in the
// order of the evidence, so they come sorted by source and offset.
type rejects struct {
	store  *spill.Store
	block  []byte
	blocks []spill.Block
}

// rejectBlock is the size at which a block of rejects is closed.
const rejectBlock = 64 << 10

func (r *rejects) add(source int32, line, offset, length int64, reason accesslog.Reason, head []byte) error {
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
	r.blocks = append(r.blocks, b)
	r.block = r.block[:0]
	return err
}

// rejectCursor walks over one worker's rejects.
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
// numbers resolved.
func eachReject(sources []*source, workers []*worker, yield func(*casefile.RejectRow) error) error {
	var cursors []*rejectCursor
	for _, w := range workers {
		cursors = append(cursors, &rejectCursor{store: w.store, blocks: w.rejects.blocks})
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
		row := c.row
		row.Line = sources[row.Source-1].line(row.Offset, row.Line)
		if err := yield(&row); err != nil {
			return err
		}
	}
}
