package pipeline

import (
	"cmp"
	"encoding/binary"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// sortableItem sorts anchors, and pairs of places.
var sortableItem = spill.Sortable[coverage.Item]{
	Compare: compareItems,
	Append:  appendItem,
	Read:    readItem,
}

// sorterItems is how many items a sorter of them holds: 3 MiB.
const sorterItems = 1 << 17

func newSorter(store *spill.Store) *spill.Sorter[coverage.Item] {
	return spill.NewSorter(store, sorterItems, sortableItem)
}

// addAll adds items to a sorter.
func addAll(s *spill.Sorter[coverage.Item], items []coverage.Item) error {
	for i := range items {
		if err := s.Add(&items[i]); err != nil {
			return err
		}
	}
	return nil
}

// eachItem gives all items of a sorter in order, and the store its room back.
func eachItem(s *spill.Sorter[coverage.Item], yield func(coverage.Item) error) error {
	s.Sort()
	defer s.Release()
	return spill.EachSorted([]*spill.Sorter[coverage.Item]{s}, func(item *coverage.Item) error { return yield(*item) })
}

func compareItems(a, b *coverage.Item) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
}

const itemBytes = 24

func appendItem(dst []byte, item *coverage.Item) []byte {
	for _, n := range item {
		dst = binary.LittleEndian.AppendUint64(dst, n)
	}
	return dst
}

func readItem(src []byte, item *coverage.Item) []byte {
	for i := range item {
		item[i] = binary.LittleEndian.Uint64(src[8*i:])
	}
	return src[itemBytes:]
}
