package pipeline

import (
	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// anchors keeps the anchors of all sources, in the order in which they come, and
// remembers roughly which of them come again: in most evidence hardly any, and
// the others need not be sorted.
type anchors struct {
	store       *spill.Store
	items       []coverage.Item // not yet in a block
	blocks      []spill.Block
	seen, again [anchorSlots / 64]uint64 // whether a hash of the slot came, and came again
}

// anchorSlots is some for each anchor of 25 million lines. With more lines than
// that more are sorted in vain.
const anchorSlots = 1 << 22

// add takes what room gave, with what was appended to it.
func (a *anchors) add(items []coverage.Item) (err error) {
	for _, item := range items[len(a.items):] {
		slot := item[0] % anchorSlots
		bit := uint64(1) << (slot % 64)
		a.again[slot/64] |= a.seen[slot/64] & bit
		a.seen[slot/64] |= bit
	}
	if a.items = items; len(items)*itemBytes >= itemBlock {
		err = a.flush()
	}
	return err
}

// room gives the items at hand, to append to.
func (a *anchors) room() []coverage.Item { return a.items }

func (a *anchors) flush() error {
	if len(a.items) == 0 {
		return nil
	}
	b, err := a.store.Put(appendItems(nil, a.items))
	a.blocks, a.items = append(a.blocks, b), a.items[:0]
	return err
}

// repeated gives a sorter the anchors that may have come more than once, and the
// store its room back.
func (a *anchors) repeated(to *sorter) error {
	if err := a.flush(); err != nil {
		return err
	}
	c := &itemCursor{store: a.store, blocks: a.blocks}
	for c.Next() {
		slot := c.item[0] % anchorSlots
		if a.again[slot/64]&(1<<(slot%64)) == 0 {
			continue
		}
		if err := to.took(append(to.room(), c.item)); err != nil {
			return err
		}
	}
	return c.err
}
