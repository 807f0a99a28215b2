package pipeline

import (
	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// anchors keeps the anchors of all sources, in the order in which they come, and
// remembers roughly which of them come again: in most evidence hardly any, and
// the others need not be sorted.
type anchors struct {
	store       *spill.Store // of which all is given back at once
	block       []byte       // of those that are not yet in one of blocks
	blocks      []spill.Block
	seen, again [anchorSlots / 64]uint64 // whether a hash of the slot came, and came again
}

// anchorSlots is some for each anchor of 25 million lines. With more lines than
// that more are sorted in vain.
const anchorSlots = 1 << 22

// anchorBlock is the size at which a block of anchors is closed.
const anchorBlock = 64 << 10

// add takes more anchors.
func (a *anchors) add(items []coverage.Item) error {
	for i := range items {
		slot := items[i][0] % anchorSlots
		bit := uint64(1) << (slot % 64)
		a.again[slot/64] |= a.seen[slot/64] & bit
		a.seen[slot/64] |= bit
		a.block = appendItem(a.block, &items[i])
	}
	if len(a.block) < anchorBlock {
		return nil
	}
	return a.flush()
}

func (a *anchors) flush() error {
	if len(a.block) == 0 {
		return nil
	}
	b, err := a.store.Put(a.block)
	a.blocks, a.block = append(a.blocks, b), a.block[:0]
	return err
}

// repeated gives a sorter the anchors that may have come more than once.
func (a *anchors) repeated(to *spill.Sorter[coverage.Item]) error {
	if err := a.flush(); err != nil {
		return err
	}
	var item coverage.Item
	blocks := a.store.NewReader()
	for _, b := range a.blocks {
		block, err := blocks.Get(b)
		if err != nil {
			return err
		}
		for len(block) > 0 {
			block = readItem(block, &item)
			if slot := item[0] % anchorSlots; a.again[slot/64]&(1<<(slot%64)) == 0 {
				continue
			}
			if err := to.Add(&item); err != nil {
				return err
			}
		}
	}
	return nil
}
