package pipeline

import (
	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// anchors keeps the anchors of all sources, in the order in which they come, and
// remembers roughly which of them come again: in most evidence hardly any, and
// the others need not be sorted.
type anchors struct {
	store  *spill.Store // of which all is given back at once
	block  []byte       // of those that are not yet in one of blocks
	blocks []spill.Block
	came   [anchorSlots / slotsPerWord]uint64 // two bits a slot: whether a hash of it came, and came again
}

// anchorSlots is eight for each anchor of 50 million lines, so that of these one in
// nine is sorted in vain. They take 4 MiB.
const (
	anchorSlots  = 1 << 24
	slotsPerWord = 32
)

// mark notes that an anchor came.
func (a *anchors) mark(anchor *coverage.Item) {
	word, once := a.slot(anchor)
	*word |= once | *word&once<<1
}

// again says whether an anchor may have come more than once.
func (a *anchors) again(anchor *coverage.Item) bool {
	word, once := a.slot(anchor)
	return *word&(once<<1) != 0
}

// slot gives the word of an anchor's slot, and in it the bit for the first time.
func (a *anchors) slot(anchor *coverage.Item) (word *uint64, once uint64) {
	slot := anchor[0] % anchorSlots
	return &a.came[slot/slotsPerWord], 1 << (slot % slotsPerWord * 2)
}

// anchorBlock is the size at which a block of anchors is closed.
const anchorBlock = 64 << 10

// add takes more anchors.
func (a *anchors) add(items []coverage.Item) error {
	for i := range items {
		a.mark(&items[i])
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
			if !a.again(&item) {
				continue
			}
			if err := to.Add(&item); err != nil {
				return err
			}
		}
	}
	return nil
}
