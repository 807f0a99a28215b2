package pipeline

import (
	"bytes"
	"sort"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// run is a sorted run of requests: blocks, and the recording that each starts
// with.
type run struct {
	blocks []spill.Block
	firsts [][]byte
	ids    []int32 // of sources by the id of their arrival, if it has those; nil: it has theirs
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
	err  error
}

// open makes a cursor; from nil is the start, to nil the end.
func (r run) open(of *runs, from, to []byte) *runCursor {
	c := &runCursor{runs: of, run: r, from: from, to: to}
	if from != nil {
		// The block before the first that starts at or behind from may end behind it.
		i := sort.Search(len(r.firsts), func(i int) bool { return bytes.Compare(r.firsts[i], from) >= 0 })
		c.next = max(i-1, 0)
	}
	return c
}

func (c *runCursor) Next() bool {
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

// before is the order of requests: recording, client, time, source, offset.
func before(a, b *runCursor) bool {
	p, q := &a.req, &b.req
	if d := bytes.Compare(p.Recording, q.Recording); d != 0 {
		return d < 0
	}
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
	return spill.NewMerge(cursors, before)
}

// split gives the recordings at which the work is cut into at most n parts of
// about the same number of blocks. Parts only share out the work; the result
// does not depend on them.
func (r *runs) split(n int) [][]byte {
	var firsts [][]byte
	for _, one := range r.all {
		firsts = append(firsts, one.firsts...)
	}
	sort.Slice(firsts, func(i, j int) bool { return bytes.Compare(firsts[i], firsts[j]) < 0 })
	var cuts [][]byte
	for i := 1; i < n && len(firsts) > 0; i++ {
		cut := firsts[len(firsts)*i/n]
		if len(cuts) == 0 && len(cut) > 0 || len(cuts) > 0 && bytes.Compare(cut, cuts[len(cuts)-1]) > 0 {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}
