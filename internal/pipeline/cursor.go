package pipeline

import (
	"bytes"
	"sort"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// runCursor walks over the requests of a run whose recording is in [from, to).
type runCursor struct {
	request.Key     // of the request at hand
	same        int // bytes that its recording begins with as the one that was given before
	dec         request.Decoder
	runs        *runs
	run         run
	next        int // block
	from        []byte
	to          []byte // nil: no end
	within      bool   // the block at hand ends before to
	err         error
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
	c.same = len(c.Recording)
	for {
		if !c.step() {
			return false
		}
		if c.from != nil {
			if bytes.Compare(c.Recording, c.from) < 0 {
				continue
			}
			c.from = nil
		}
		return c.within || bytes.Compare(c.Recording, c.to) < 0
	}
}

// step moves by one request that counts.
func (c *runCursor) step() bool {
	for {
		ok, err := c.dec.Next(&c.Key)
		if ok {
			c.same = min(c.same, c.dec.Alike())
			if c.run.ids != nil {
				c.Source = c.run.ids[c.Source]
			}
			if c.runs.copied(&c.Key) || c.runs.twice.has(&c.Key) {
				continue
			}
			return true
		}
		if c.err = err; err != nil {
			return false
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
		c.within = c.to == nil || c.next < len(c.run.firsts) && bytes.Compare(c.run.firsts[c.next], firstOf(c.to)) < 0
	}
}

func (c *runCursor) Err() error { return c.err }

// read reads the whole of the request at hand, with the bytes meaning that was found
// out for it. What it borrows stays valid.
func (c *runCursor) read(q *request.Request) error {
	err := c.dec.Read(&c.Key, q)
	if err == nil && q.Meaning == accesslog.MeaningUnknown {
		q.Meaning = c.runs.meaning(&c.Key)
	}
	return err
}
