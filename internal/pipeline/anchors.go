package pipeline

import (
	"cmp"
	"sync/atomic"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// anchors remembers roughly which anchors of all sources come again: in most evidence
// hardly any, and the others need not be sorted. It is for many goroutines.
type anchors struct {
	came [anchorSlots / slotsPerWord]atomic.Uint64 // two bits a slot: whether a hash of it came, and came again
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
	for {
		before := word.Load()
		if word.CompareAndSwap(before, before|once|before&once<<1) {
			return
		}
	}
}

// again says whether an anchor may have come more than once.
func (a *anchors) again(anchor *coverage.Item) bool {
	word, once := a.slot(anchor)
	return word.Load()&(once<<1) != 0
}

// slot gives the word of an anchor's slot, and in it the bit for the first time.
func (a *anchors) slot(anchor *coverage.Item) (word *atomic.Uint64, once uint64) {
	slot := anchor[0] % anchorSlots
	return &a.came[slot/slotsPerWord], 1 << (slot % slotsPerWord * 2)
}

// anchorList keeps anchors in the order in which they come. It is for one goroutine.
type anchorList struct {
	anchors *anchors
	store   *spill.Store // of which all is given back at once
	block   []byte       // of those that are not yet in one of blocks
	blocks  []spill.Block
}

// anchorBlock is the size at which a block of anchors is closed.
const anchorBlock = 64 << 10

// add takes more anchors.
func (l *anchorList) add(items []coverage.Item) error {
	for i := range items {
		l.anchors.mark(&items[i])
		l.block = appendItem(l.block, &items[i])
	}
	if len(l.block) < anchorBlock {
		return nil
	}
	return l.flush()
}

func (l *anchorList) flush() error {
	if len(l.block) == 0 {
		return nil
	}
	b, err := l.store.Put(l.block)
	l.blocks, l.block = append(l.blocks, b), l.block[:0]
	return err
}

// repeated gives a sorter those of the list that may have come more than once, in
// any list. stop says whether it must end early, asked once a block.
func (l *anchorList) repeated(stop func() error, to *spill.Sorter[coverage.Item]) error {
	if err := l.flush(); err != nil {
		return err
	}
	var item coverage.Item
	blocks := l.store.NewReader()
	for _, b := range l.blocks {
		block, err := blocks.Get(b)
		if err = cmp.Or(err, stop()); err != nil {
			return err
		}
		for len(block) > 0 {
			block = readItem(block, &item)
			if !l.anchors.again(&item) {
				continue
			}
			if err := to.Add(&item); err != nil {
				return err
			}
		}
	}
	return nil
}
