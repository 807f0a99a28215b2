package pipeline

import (
	"bytes"
	"slices"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// recording takes all requests for one recording: first its size is found,
// then each client's requests are folded.
func (g *grouper) recording(m *spill.Merge[*runCursor], c *runCursor) (*runCursor, bool, error) {
	name := c.Recording
	if err := g.pass(name); err != nil {
		return c, false, err
	}
	inventory := accesslog.None
	if bytes.Equal(g.listed.Path(), name) {
		inventory = g.listed.Size()
		g.listed.Next()
	}
	g.sizer.Reset()
	g.buffer = g.buffer[:0]
	count, text, ok := 0, 0, true
	for ok && bytes.Equal(c.Recording, name) {
		r := g.place(count < groupBuffer && text < groupText)
		if err := c.read(r); err != nil {
			return c, false, err
		}
		g.sizer.Add(r)
		text += r.TextBytes()
		count++
		c, ok = m.Next()
	}
	if err := m.Err(); err != nil {
		return c, false, err
	}
	sizing := g.sizer.Sizing(inventory)
	if sizing.Contradicted {
		g.totals.contradicted++
	}
	if err := g.begin(name, sizing); err != nil {
		return c, false, err
	}
	var err error
	if count == len(g.buffer) {
		err = g.fromBuffer()
	} else {
		err = g.fromRuns(name)
	}
	if err == nil {
		err = g.end()
	}
	return c, ok, err
}

// place gives the place for one more request, in the buffer if it is to be held.
func (g *grouper) place(held bool) *request.Request {
	if !held {
		return &g.passing
	}
	n := len(g.buffer)
	g.buffer = slices.Grow(g.buffer, 1)[:n+1]
	return &g.buffer[n]
}

// begin starts a recording.
func (g *grouper) begin(name []byte, sizing download.Sizing) error {
	listed, err := g.listedTo(name)
	g.current = casefile.RecordingRow{
		Recording: name, Size: sizing.Size.Bytes, SizeFrom: sizing.Size.From.String(),
		FirstDownload: accesslog.NoTime, LastDownload: accesslog.NoTime, ListedTo: listed,
	}
	g.sizing = sizing
	return err
}

// fromBuffer folds the requests that were held.
func (g *grouper) fromBuffer() error {
	for i := range g.buffer {
		r := &g.buffer[i]
		if i > 0 && !bytes.Equal(r.Client, g.buffer[i-1].Client) {
			if err := g.endPair(); err != nil {
				return err
			}
		}
		if i == 0 || !bytes.Equal(r.Client, g.buffer[i-1].Client) {
			g.fold.Begin(r.Recording, r.Client, g.sizing)
		}
		if err := g.add(r); err != nil {
			return err
		}
	}
	return g.endPair()
}

// fromRuns reads the recording's requests a second time.
func (g *grouper) fromRuns(name []byte) error {
	m := g.runs.merge(name, append(bytes.Clone(name), 0))
	var client []byte
	r := &g.passing
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if err := c.read(r); err != nil {
			return err
		}
		if client == nil || !bytes.Equal(r.Client, client) {
			if client != nil {
				if err := g.endPair(); err != nil {
					return err
				}
			}
			client = r.Client
			g.fold.Begin(r.Recording, client, g.sizing)
		}
		if err := g.add(r); err != nil {
			return err
		}
	}
	if err := m.Err(); err != nil {
		return err
	}
	return g.endPair()
}

// add takes one request of the pair at hand.
func (g *grouper) add(r *request.Request) error {
	g.resolve(r)
	g.fold.Add(r)
	tags, err := g.agent(r)
	if err != nil {
		return err
	}
	g.tags |= tags
	return g.out.request(r)
}

// endPair counts the download of one client.
func (g *grouper) endPair() error {
	d := g.fold.End()
	e := postingOf(&d, g.tags, g.agents.used())
	g.tags = 0
	if err := g.ledger.add(d.Client, &e); err != nil {
		return err
	}
	g.pairOf(&d)
	if anyBytes(&d) {
		g.current.ClientsAny++
	}
	if d.Grade == download.GradeComplete {
		g.current.ClientsComplete++
	}
	if d.Grade >= download.GradeLikely {
		g.current.ClientsLikely++
	}
	if d.Grade >= download.GradePossible {
		g.widen(d.FirstSeen, d.LastSeen)
	}
	return g.out.download(&d)
}

// anyBytes is the rule of that name: content was or may have been handed over.
// An empty recording that was handed over has no bytes, but each rule holds the
// next.
func anyBytes(d *download.Download) bool {
	return d.BytesUpper != 0 || d.Grade >= download.GradePossible
}

func count(c *casefile.RuleCount, d *download.Download) {
	c.Pairs++
	c.Requests += d.Requests
}

// widen widens the time in which the recording was downloaded.
func (g *grouper) widen(first, last int64) {
	if first == accesslog.NoTime {
		return
	}
	if g.current.FirstDownload == accesslog.NoTime || first < g.current.FirstDownload {
		g.current.FirstDownload = first
	}
	if g.current.LastDownload == accesslog.NoTime || last > g.current.LastDownload {
		g.current.LastDownload = last
	}
}

// end counts the recording.
func (g *grouper) end() error {
	if g.grouped++; g.grouped == tellEvery {
		g.tell()
	}
	g.endTallies()
	if g.current.ClientsAny > 0 {
		g.totals.sizeFrom[g.sizing.Size.From]++
	}
	return g.recordingRow(&g.current)
}

// tellEvery is after how many recordings the progress is told: one number that all
// groupers count up took 2 % of the time of a run without tables.
const tellEvery = 64

func (g *grouper) tell() {
	g.progress.recordings.Add(g.grouped)
	g.grouped = 0
}
