package pipeline

import (
	"math/rand/v2"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// TestAnchors: those that come again are all kept, and of the others hardly any.
func TestAnchors(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	store := spill.NewStore(30_000, t.TempDir())
	defer store.Close()
	all := new(anchors)
	lists := []*anchorList{{anchors: all, store: store}, {anchors: all, store: store}}
	again, once := map[uint64]int{}, 0
	for i := range 20_000 {
		hash := rng.Uint64()
		if i%10 == 0 {
			hash = uint64(i%500) * 1e15
			again[hash]++
		} else {
			once++
		}
		if err := lists[rng.IntN(2)].add([]coverage.Item{{hash, 1, uint64(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	s := newSorter(store)
	for _, l := range lists {
		if err := l.repeated(t.Context().Err, s); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	err := eachItem(s, func(item coverage.Item) error {
		if again[item[0]]--; again[item[0]] < 0 {
			kept++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
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
