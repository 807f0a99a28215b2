package pipeline

import (
	"bytes"
	"encoding/binary"
	"sort"

	"github.com/logrecount/recount/internal/spill"
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

// byRequest is the order of requests: recording, client, time, source, offset.
var byRequest = spill.Order[*runCursor]{
	Code:   func(c *runCursor) uint64 { return code(c.Recording, c.same) },
	Before: before,
}

// A code tells at which letter, of codeLetter bytes each, a recording differs from
// the one it comes behind, more being less, and which letter it has there. With one
// byte for a letter the codes of two in five rivals are the same, and they have to
// be compared out of memory that no cache holds.
const (
	codeLetter = 5
	letterBits = 8*codeLetter + 3 // with how many bytes it has: a recording that ends comes first
)

// code is the code of a recording that begins with so many bytes as the one it
// comes behind.
func code(recording []byte, same int) uint64 {
	at := same / codeLetter
	from := at * codeLetter
	left := len(recording) - from
	var eight uint64 // bytes from there on, zeros behind the end
	switch {
	case left >= 8:
		eight = binary.BigEndian.Uint64(recording[from:])
	case len(recording) >= 8:
		eight = binary.BigEndian.Uint64(recording[len(recording)-8:]) << (8 * (8 - left))
	default:
		eight = numberOf(recording[from:])
	}
	return ^uint64(at)<<letterBits | eight>>(64-8*codeLetter)<<3 | uint64(min(left, codeLetter))
}

// sameBytes is how many bytes of a recording are the same as of another with the
// same code.
func sameBytes(code uint64) int {
	return int(^code>>letterBits)*codeLetter + int(code&7)
}

// before compares two requests whose recordings have the same code. Runs lie close
// to each other when there are many, so without codes each comparison would go
// through the same long beginnings.
func before(a, b *runCursor, same uint64) (before bool, later uint64) {
	p, q := &a.Key, &b.Key
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
func sooner(p, q *request.Key) bool {
	if d := bytes.Compare(p.Client, q.Client); d != 0 {
		return d < 0
	}
	if p.Time != q.Time {
		return p.Time < q.Time
	}
	if p.Source != q.Source {
		return p.Source < q.Source
	}
	return p.Offset < q.Offset
}
