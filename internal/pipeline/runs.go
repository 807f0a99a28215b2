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

// runCursor walks over the requests of a run whose recording is in [from, to).
type runCursor struct {
	runs *runs
	run  run
	next int // block
	from []byte
	to   []byte // nil: no end
	dec  request.Decoder
	req  request.Request
	same int // bytes that its recording begins with as the one that was given before
	err  error
}

// firstBytes is how much of a recording is kept to find blocks by: a path can be as
// long as a line, and these stay in memory.
const firstBytes = 1 << 8

func firstOf(recording []byte) []byte { return recording[:min(len(recording), firstBytes)] }

// open makes a cursor; from nil is the start, to nil the end.
func (r run) open(of *runs, from, to []byte) *runCursor {
	c := &runCursor{runs: of, run: r, from: from, to: to}
	if from != nil {
		// The block before the first that starts at or behind from may end behind it.
		first := firstOf(from)
		i := sort.Search(len(r.firsts), func(i int) bool { return bytes.Compare(r.firsts[i], first) >= 0 })
		c.next = max(i-1, 0)
	}
	return c
}

func (c *runCursor) Next() bool {
	c.same = len(c.req.Recording)
	for {
		if !c.step() {
			return false
		}
		if c.from != nil {
			if bytes.Compare(c.req.Recording, c.from) < 0 {
				continue
			}
			c.from = nil
		}
		return c.to == nil || bytes.Compare(c.req.Recording, c.to) < 0
	}
}

// step moves by one request that counts, whose bytes meaning is then what was found out.
func (c *runCursor) step() bool {
	for {
		ok, err := c.dec.Next(&c.req)
		if ok {
			c.same = min(c.same, c.dec.Alike())
		}
		if ok && c.run.ids != nil {
			c.req.Source = c.run.ids[c.req.Source]
		}
		if ok && (c.runs.copied(&c.req) || c.runs.twice.has(&c.req)) {
			continue
		}
		if ok || err != nil {
			c.err = err
			if c.req.Meaning == accesslog.MeaningUnknown && ok {
				c.req.Meaning = c.runs.meaning(&c.req)
			}
			return ok
		}
		if c.next == len(c.run.blocks) {
			return false
		}
		if c.err = c.runs.stop(); c.err != nil {
			return false
		}
		block, err := c.runs.store.Get(c.run.blocks[c.next])
		if err == nil {
			err = c.dec.Reset(block)
		}
		if err != nil {
			c.err = err
			return false
		}
		c.next++
	}
}

func (c *runCursor) Err() error { return c.err }

// byRequest is the order of requests: recording, client, time, source, offset.
var byRequest = spill.Order[*runCursor]{
	Code:   func(c *runCursor) uint64 { return code(c.req.Recording, c.same) },
	Before: before,
}

// code is the code of a recording that begins with so many bytes as the one it
// comes behind: how many they are, more being less, and the byte behind them, of
// which none is less than any.
func code(recording []byte, same int) uint64 {
	code := ^uint64(same) << 9
	if same < len(recording) {
		code |= uint64(recording[same]) + 1
	}
	return code
}

// sameBytes is how many bytes a code says are the same.
func sameBytes(code uint64) int { return int(^code >> 9) }

// before compares two requests whose recordings have the same code. Runs lie close
// to each other when there are many, so without codes each comparison would go
// through the same long beginnings.
func before(a, b *runCursor, same uint64) (before bool, later uint64) {
	p, q := &a.req, &b.req
	n := sameBytes(same)
	n += request.Shared(p.Recording[n:], q.Recording[n:])
	switch pEnds, qEnds := n == len(p.Recording), n == len(q.Recording); {
	case pEnds && qEnds:
		return sooner(p, q), code(p.Recording, n)
	case pEnds || !qEnds && p.Recording[n] < q.Recording[n]:
		return true, code(q.Recording, n)
	}
	return false, code(p.Recording, n)
}

// sooner compares two requests for the same recording.
func sooner(p, q *request.Request) bool {
	if d := bytes.Compare(p.Client, q.Client); d != 0 {
		return d < 0
	}
	if t, u := p.Time(), q.Time(); t != u {
		return t < u
	}
	if p.Source != q.Source {
		return p.Source < q.Source
	}
	return p.Offset < q.Offset
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
func (r *runs) copied(q *request.Request) bool {
	return r.seconds != nil && r.seconds[q.Source-1].Has(q.Offset)
}

// meaning is the bytes meaning of a request that had none when it was read.
func (r *runs) meaning(q *request.Request) accesslog.Meaning {
	if r.meanings == nil {
		return accesslog.MeaningUnknown
	}
	return r.meanings[q.Source-1][q.Format]
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
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		batch.Add(&c.req)
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
