package pipeline

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// run is a sorted run of requests: blocks, and how the recording begins that each
// starts with.
type run struct {
	blocks []spill.Block
	firsts [][]byte // as by firstOf
	ids    []int32  // of sources by the id of their arrival, if it has those; nil: it has theirs
}

// runs are all runs of a scan.
type runs struct {
	store    *spill.Store
	stop     func() error // says whether a walk must end early, asked once a block
	all      []run
	seconds  []coverage.Seconds    // by source id - 1: lines that are second copies, which are passed over; nil: none
	meanings [][]accesslog.Meaning // by source id - 1 and format number; nil: not known yet
	twice    *duplicates           // requests logged twice in two formats, which are passed over; nil: none, or not known yet
}

// copied says whether a request is a second copy of a line.
func (r *runs) copied(k *request.Key) bool {
	return r.seconds != nil && r.seconds[k.Source-1].Has(k.Offset)
}

// meaning is the bytes meaning of a request that had none when it was read.
func (r *runs) meaning(k *request.Key) accesslog.Meaning {
	if r.meanings == nil {
		return accesslog.MeaningUnknown
	}
	return r.meanings[k.Source-1][k.Format]
}

// merge walks over the requests whose recording is in [from, to).
func (r *runs) merge(from, to []byte) *spill.Merge[*runCursor] {
	cursors := make([]*runCursor, len(r.all))
	for i, one := range r.all {
		cursors[i] = one.open(r, from, to)
	}
	return spill.NewOrderedMerge(cursors, byRequest)
}

// fewest is how many runs are merged side by side however little memory there is.
const fewest = 8

// cursorBytes is about what a cursor holds beside its block: the recordings and
// the dictionary that it decoded.
const cursorBytes = 32 << 10

// joinSmallest merges the smallest runs until there are so few that cursors on all of
// them hold no more than limit bytes. Nothing may be passed over yet.
func (r *runs) joinSmallest(limit int64) error {
	var bytes, blocks int64
	for _, one := range r.all {
		blocks += int64(len(one.blocks))
		for _, b := range one.blocks {
			bytes += int64(b.Size())
		}
	}
	if blocks == 0 {
		return nil
	}
	most := max(int(limit/(bytes/blocks+cursorBytes)), fewest)
	for len(r.all) > most {
		slices.SortStableFunc(r.all, func(a, b run) int { return cmp.Compare(len(a.blocks), len(b.blocks)) })
		n := min(most, len(r.all)-most+1)
		one, err := r.join(r.all[:n])
		if err != nil {
			return err
		}
		r.all = append(slices.Delete(r.all, 0, n), one)
	}
	return nil
}

// join makes one run of many and gives back their room.
func (r *runs) join(many []run) (run, error) {
	var cursors []*runCursor
	for _, one := range many {
		cursors = append(cursors, one.open(r, nil, nil))
	}
	var joined run
	batch := request.NewBatch(joinBatch)
	m := spill.NewOrderedMerge(cursors, byRequest)
	var q request.Request
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if err := c.read(&q); err != nil {
			return run{}, err
		}
		batch.Add(&q)
		if !batch.Full() {
			continue
		}
		if err := joined.take(r.store, batch); err != nil {
			return run{}, err
		}
	}
	if err := m.Err(); err != nil {
		return run{}, err
	}
	for _, one := range many {
		for _, b := range one.blocks {
			r.store.Release(b)
		}
	}
	return joined, joined.take(r.store, batch)
}

// joinBatch is the bytes of requests that go into a joined run at once: some
// blocks.
const joinBatch = 1 << 20

// take appends the requests of a batch, and empties it.
func (r *run) take(store *spill.Store, b *request.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return b.Flush(func(block, first []byte) error {
		kept, err := store.Put(block)
		r.blocks = append(r.blocks, kept)
		r.firsts = append(r.firsts, bytes.Clone(firstOf(first)))
		return err
	})
}

// split gives the recordings, or how they begin, at which the work is cut into at
// most n parts, each of fewer blocks than the one before: 2/n of them down to 1/n².
// Whoever is done first takes the next, so at the end nobody waits for long. Parts
// only share out the work; the result does not depend on them.
func (r *runs) split(n int) [][]byte {
	var firsts [][]byte
	for _, one := range r.all {
		firsts = append(firsts, one.firsts...)
	}
	sort.Slice(firsts, func(i, j int) bool { return bytes.Compare(firsts[i], firsts[j]) < 0 })
	var cuts [][]byte
	for i := 1; i < n && len(firsts) > 0; i++ {
		left := float64(n-i) / float64(n)
		cut := firsts[int(float64(len(firsts))*(1-left*left))]
		if len(cuts) == 0 && len(cut) > 0 || len(cuts) > 0 && bytes.Compare(cut, cuts[len(cuts)-1]) > 0 {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}
