package pipeline

import (
	"encoding/binary"
	"slices"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// sorter sorts items in a fixed amount of memory and the store.
type sorter struct {
	store *spill.Store
	limit int // items that are held
	items []coverage.Item
	runs  [][]spill.Block
}

const (
	sorterItems = 1 << 17
	itemBytes   = 24
	itemBlock   = 16 << 10 / itemBytes * itemBytes
)

func newSorter(store *spill.Store) *sorter { return &sorter{store: store, limit: sorterItems} }

// room gives the items held, to append to.
func (s *sorter) room() []coverage.Item { return s.items }

// took takes what room gave, with what was appended to it.
func (s *sorter) took(items []coverage.Item) error {
	s.items = items
	if len(s.items) < s.limit {
		return nil
	}
	return s.flush()
}

// flush puts the items into the store as a sorted run.
func (s *sorter) flush() error {
	if len(s.items) == 0 {
		return nil
	}
	slices.SortFunc(s.items, compareItems)
	var run []spill.Block
	var block []byte
	for part := range slices.Chunk(s.items, itemBlock/itemBytes) {
		block = appendItems(block[:0], part)
		b, err := s.store.Put(block)
		if err != nil {
			return err
		}
		run = append(run, b)
	}
	s.runs, s.items = append(s.runs, run), s.items[:0]
	return nil
}

// appendItems encodes items, itemBytes each.
func appendItems(dst []byte, items []coverage.Item) []byte {
	for _, item := range items {
		for _, n := range item {
			dst = binary.LittleEndian.AppendUint64(dst, n)
		}
	}
	return dst
}

func compareItems(a, b coverage.Item) int {
	for i := range a {
		switch {
		case a[i] < b[i]:
			return -1
		case a[i] > b[i]:
			return 1
		}
	}
	return 0
}

// each gives all items in order, and the store its room back.
func (s *sorter) each(yield func(coverage.Item) error) error {
	if len(s.runs) == 0 {
		slices.SortFunc(s.items, compareItems)
		for _, item := range s.items {
			if err := yield(item); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	s.items = nil
	var cursors []*itemCursor
	for _, run := range s.runs {
		cursors = append(cursors, &itemCursor{store: s.store, blocks: run})
	}
	m := spill.NewMerge(cursors, func(a, b *itemCursor) bool { return compareItems(a.item, b.item) < 0 })
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if err := yield(c.item); err != nil {
			return err
		}
	}
	return m.Err()
}

// itemCursor walks over items in blocks, and gives the store their room back.
type itemCursor struct {
	store  *spill.Store
	blocks []spill.Block
	block  []byte
	item   coverage.Item
	err    error
}

func (c *itemCursor) Next() bool {
	if len(c.block) == 0 {
		if len(c.blocks) == 0 {
			return false
		}
		if c.block, c.err = c.store.Get(c.blocks[0]); c.err != nil {
			return false
		}
		c.store.Release(c.blocks[0])
		c.blocks = c.blocks[1:]
	}
	for i := range c.item {
		c.item[i] = binary.LittleEndian.Uint64(c.block[8*i:])
	}
	c.block = c.block[itemBytes:]
	return true
}

func (c *itemCursor) Err() error { return c.err }
