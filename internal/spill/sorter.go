package spill

import (
	"math"
	"slices"
)

// Sorter sorts any number of items of one kind. What exceeds its limit goes to
// the store as sorted runs; EachSorted merges them. It is for one goroutine.
type Sorter[T any] struct {
	store *Store
	limit int
	kind  Sortable[T]
	items []T
	order []uint32 // of items, once they are sorted
	runs  tiers
	buf   []byte // of the block that is written
}

// Sortable says how items are ordered, written and read back. Compare must be a
// total order, so that the result does not depend on how the items are spread.
type Sortable[T any] struct {
	Compare func(a, b *T) int
	Append  func(dst []byte, v *T) []byte
	Read    func(src []byte, v *T) (rest []byte)
}

// NewSorter makes a sorter that holds up to limit items, and four bytes more for
// each.
func NewSorter[T any](store *Store, limit int, kind Sortable[T]) *Sorter[T] {
	return &Sorter[T]{store: store, limit: min(max(limit, 1), math.MaxInt32), kind: kind}
}

// Add takes a copy of v.
func (s *Sorter[T]) Add(v *T) error {
	if len(s.items) >= s.limit {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.items = append(s.items, *v)
	return nil
}

// Sort sorts what is held. It is called once behind the last Add, so that many
// sorters can do it side by side.
func (s *Sorter[T]) Sort() {
	s.order = slices.Grow(s.order[:0], len(s.items))
	for i := range s.items {
		s.order = append(s.order, uint32(i))
	}
	// The items stay where they are: as arguments they would be copied to the heap.
	slices.SortFunc(s.order, func(i, j uint32) int { return s.kind.Compare(&s.items[i], &s.items[j]) })
}

func (s *Sorter[T]) flush() error {
	s.Sort()
	run, err := s.makeRun(&sortCursor[T]{sorter: s, order: s.order})
	if err != nil {
		return err
	}
	s.items, s.order = s.items[:0], s.order[:0]
	return s.runs.add(run, s.merge)
}

// merge makes one run of many and gives back their room.
func (s *Sorter[T]) merge(runs []sortedRun) (sortedRun, error) {
	var cursors []*sortCursor[T]
	for _, run := range runs {
		cursors = append(cursors, s.open(run))
	}
	run, err := s.makeRun(cursors...)
	s.store.release(runs)
	return run, err
}

func (s *Sorter[T]) makeRun(cursors ...*sortCursor[T]) (sortedRun, error) {
	w := runWriter{store: s.store, buf: s.buf[:0]}
	err := eachSorted(cursors, func(v *T) error {
		w.buf = s.kind.Append(w.buf, v)
		_, err := w.ended()
		return err
	})
	if err != nil {
		return nil, err
	}
	err = w.flush()
	s.buf = w.buf
	return w.run, err
}

// Release gives back what the sorter holds; it is then empty.
func (s *Sorter[T]) Release() {
	s.store.release(s.runs.all())
	s.runs, s.items, s.order, s.buf = tiers{}, nil, nil, nil
}

// sortCursor walks over one run, or over the items that were not flushed.
type sortCursor[T any] struct {
	sorter *Sorter[T]
	order  []uint32
	reader runReader
	item   *T
	read   T // of a block
}

func (s *Sorter[T]) open(run sortedRun) *sortCursor[T] {
	return &sortCursor[T]{sorter: s, reader: runReader{blocks: s.store.NewReader(), run: run}}
}

func (c *sortCursor[T]) Next() bool {
	if len(c.order) > 0 {
		c.item, c.order = &c.sorter.items[c.order[0]], c.order[1:]
		return true
	}
	if _, ok := c.reader.more(); !ok {
		return false
	}
	c.reader.rest = c.sorter.kind.Read(c.reader.rest, &c.read)
	c.item = &c.read
	return true
}

func (c *sortCursor[T]) Err() error { return c.reader.err }

// EachSorted walks over all items of the sorters in their order; they must be
// sorted. It may be called more than once. The item is valid until yield
// returns, and not to be changed.
func EachSorted[T any](sorters []*Sorter[T], yield func(v *T) error) error {
	var cursors []*sortCursor[T]
	for _, s := range sorters {
		cursors = append(cursors, &sortCursor[T]{sorter: s, order: s.order})
		for _, run := range s.runs.all() {
			cursors = append(cursors, s.open(run))
		}
	}
	return eachSorted(cursors, yield)
}

func eachSorted[T any](cursors []*sortCursor[T], yield func(v *T) error) error {
	m := NewMerge(cursors, func(a, b *sortCursor[T]) bool { return a.sorter.kind.Compare(a.item, b.item) < 0 })
	for {
		c, ok := m.Next()
		if !ok {
			return m.Err()
		}
		if err := yield(c.item); err != nil {
			return err
		}
	}
}
