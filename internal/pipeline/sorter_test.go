package pipeline

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

func randomItems(rng *rand.Rand, n int) []coverage.Item {
	items := make([]coverage.Item, n)
	for i := range items {
		items[i] = coverage.Item{rng.Uint64N(200) << 40, rng.Uint64N(3), rng.Uint64()}
	}
	return items
}

// TestSorter: items come out sorted, whatever is held of them and wherever the
// rest is.
func TestSorter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, limit := range []int{1, 10, 1000, 100_000} {
		for _, memory := range []int64{0, 20_000, 1 << 30} {
			store := spill.NewStore(memory, t.TempDir())
			s := newSorter(store)
			s.limit = limit
			items := randomItems(rng, 3000)
			for part := range slices.Chunk(items, 7) {
				if err := s.took(append(s.room(), part...)); err != nil {
					t.Fatal(err)
				}
			}
			slices.SortFunc(items, compareItems)
			var got []coverage.Item
			if err := s.each(func(item coverage.Item) error { got = append(got, item); return nil }); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, items) {
				t.Errorf("limit %d, memory %d: %d items, not as sorted", limit, memory, len(got))
			}
			if limit < 1000 && memory == 0 && store.SpilledBytes() == 0 {
				t.Error("nothing spilled")
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := newSorter(spill.NewStore(0, "")).each(func(coverage.Item) error { t.Error("an item of none"); return nil }); err != nil {
		t.Error(err)
	}
}

// TestAnchors: those that come again are all kept, and of the others hardly any.
func TestAnchors(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	store := spill.NewStore(30_000, t.TempDir())
	defer store.Close()
	a := &anchors{store: store}
	again, once := map[uint64]int{}, 0
	for i := range 20_000 {
		hash := rng.Uint64()
		if i%10 == 0 {
			hash = uint64(i%500) * 1e15
			again[hash]++
		} else {
			once++
		}
		if err := a.add(append(a.room(), coverage.Item{hash, 1, uint64(i)})); err != nil {
			t.Fatal(err)
		}
	}
	s := newSorter(store)
	if err := a.repeated(s); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, item := range s.items {
		if again[item[0]]--; again[item[0]] < 0 {
			kept++
		}
	}
	for hash, left := range again {
		if left > 0 {
			t.Errorf("%d anchors of hash %d are gone", left, hash)
		}
	}
	if kept > once/50 {
		t.Errorf("%d of %d that came once are kept", kept, once)
	}
}
