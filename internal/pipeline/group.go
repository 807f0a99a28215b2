package pipeline

import (
	"context"
	"errors"
	"sync"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/recording"
	"github.com/logrecount/recount/pkg/request"
)

// part is the requests whose recording is in [from, to), and what grouping
// them gives. Parts are grouped side by side and written in order.
type part struct {
	from, to []byte
	out      *output // nil: no table wants rows
}

// totals are the counts of a part, or of all.
type totals struct {
	tally        // of all clients
	unlabelled   tally
	labelled     []*tally                         // by number of the label less one; nil: nobody yet
	sizeFrom     [download.SizeRepeated + 1]int64 // recordings of which bytes were taken, by where their size was read
	contradicted int64                            // recordings of which the log shows more than the size
}

// grouper groups one part after another. It is for one goroutine.
type grouper struct {
	runs     *runs
	shown    *shownAbove // to how many clients the directories above a part were shown; nil: nobody wants to know
	sources  []*source
	matcher  *recording.Matcher
	listed   *recording.Cursor // at the row of the inventory that was not passed yet
	names    *recording.Cursor // for names in directories
	fold     *download.Fold
	sizer    download.Sizer
	ledger   *ledger // of what the clients did
	agents   agentCounts
	totals   totals
	labels   *client.Labels // nil: none were given
	tagger   *tagger        // nil: nothing wants agents
	progress *progress
	grouped  int64 // recordings of which the progress was not told yet

	out     *output
	dirs    []directory // the directories above where we are
	buffer  []request.Request
	passing request.Request // one that is not held
	sizing  download.Sizing
	current casefile.RecordingRow
	tags    client.Tags // of the pair at hand
	visit   posting     // of the client at hand, to a directory
	reached []*tally    // of the labels that reached the recording or directory at hand
}

// A grouper holds this many requests of one recording, or so many that their
// texts come to this many bytes. Of a recording with more the runs are read a
// second time.
const (
	groupBuffer = 8192
	groupText   = 8 << 20
)

// sideBySide does the parts of some work, in order, each on one of the workers.
func sideBySide[P, W any](ctx context.Context, parts []P, workers []W, do func(context.Context, W, P) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan P)
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			for p := range next {
				if err := do(ctx, w, p); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, p := range parts {
		next <- p
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// part groups one part.
func (g *grouper) part(ctx context.Context, p *part) error {
	g.out = p.out
	g.out.open()
	defer g.out.close()
	defer g.tell()
	g.enter(p.from)
	m := g.runs.merge(p.from, p.to)
	c, ok := m.Next()
	for ok && ctx.Err() == nil {
		name := c.Recording
		var err error
		if name[len(name)-1] == '/' {
			c, ok, err = g.directory(m, c)
		} else {
			c, ok, err = g.recording(m, c)
		}
		if err != nil {
			return err
		}
	}
	if err := m.Err(); err != nil {
		return err
	}
	if err := g.pass(p.to); err != nil {
		return err
	}
	if err := errors.Join(g.listed.Err(), g.names.Err(), g.matcher.Err()); err != nil {
		return err
	}
	return g.out.flush(ctx)
}

// recordingRow writes one recording with its attributes.
func (g *grouper) recordingRow(row *casefile.RecordingRow) error {
	if !g.out.wantsRecordings() {
		return nil
	}
	row.Attributes = g.matcher.Attributes(row.Recording, nil)
	return g.out.recording(row)
}

// resolve turns a request's line number within its chunk into the source's.
// Only tables show it.
func (g *grouper) resolve(r *request.Request) {
	if g.out == nil {
		return
	}
	r.Line = g.sources[r.Source-1].line(r.Offset, r.Line)
}
