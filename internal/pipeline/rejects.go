package pipeline

import (
	"encoding/binary"
	"errors"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// rejects collects the rejects of the chunk that a worker reads. They are kept
// with its piece: the pieces of a source are in order, and so are their rejects,
// whoever read them and when.
type rejects struct {
	store *spill.Store
	block []byte
}

// rejectBlock is the size at which a block of rejects is closed.
const rejectBlock = 64 << 10

// add adds a reject of the piece. line is within it.
func (r *rejects) add(p *piece, line, offset, length int64, reason accesslog.Reason, head []byte) error {
	head = head[:min(len(head), accesslog.RejectHead)]
	b := binary.AppendUvarint(r.block, uint64(line))
	b = binary.AppendUvarint(b, uint64(offset))
	b = binary.AppendUvarint(b, uint64(length))
	b = append(b, byte(reason))
	b = binary.AppendUvarint(b, uint64(len(head)))
	r.block = append(b, head...)
	if len(r.block) < rejectBlock {
		return nil
	}
	return r.flush(p)
}

// flush ends the piece's rejects.
func (r *rejects) flush(p *piece) error {
	if len(r.block) == 0 {
		return nil
	}
	b, err := r.store.Put(r.block)
	p.rejects = append(p.rejects, b)
	r.block = r.block[:0]
	return err
}

// eachReject walks over all rejects by source and offset, but for those that are
// second copies.
func eachReject(store *spill.Store, sources []*source, seconds []coverage.Seconds, yield func(*casefile.RejectRow) error) error {
	for _, s := range sources {
		for _, p := range s.pieces {
			for _, b := range p.rejects {
				block, err := store.Get(b)
				for err == nil && len(block) > 0 {
					row := casefile.RejectRow{Source: s.ID}
					if block, err = readReject(block, &row); err != nil {
						break
					}
					row.Line += p.lines
					if seconds == nil || !seconds[s.ID-1].Has(row.Offset) {
						err = yield(&row)
					}
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readReject reads the next reject of a block, whose line is within its piece,
// and gives the rest.
func readReject(block []byte, row *casefile.RejectRow) (rest []byte, err error) {
	number := func() int64 {
		v, n := binary.Uvarint(block)
		if n <= 0 {
			block, err = nil, errRejects
			return 0
		}
		block = block[n:]
		return int64(v)
	}
	row.Line, row.Offset, row.Length = number(), number(), number()
	if len(block) == 0 {
		return nil, errRejects
	}
	row.Reason = accesslog.Reason(block[0]).String()
	block = block[1:]
	n := number()
	if err != nil || n > int64(len(block)) {
		return nil, errRejects
	}
	row.Raw = block[:n]
	return block[n:], nil
}

var errRejects = errors.New("a block of rejects is damaged")
