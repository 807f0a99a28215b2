package pipeline

import (
	"bytes"
	"context"
	"slices"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/report"
)

// write is the last phase: the tables that need everything, and the case.
func (a *analysis) write(ctx context.Context) (*Outcome, error) {
	var all totals
	for _, g := range a.groupers {
		all.merge(&g.totals)
	}
	top, who, err := a.writeClients(ctx)
	if err != nil {
		return nil, err
	}
	for _, write := range []func(context.Context) error{a.writeAgents, a.writeRejects, a.writeSources, a.writeGaps, a.writeOverlaps} {
		if err := write(ctx); err != nil {
			return nil, err
		}
	}
	s := a.summary(&all, who, top)
	m := a.manifest()
	if err := a.holdClaims(ctx, s, m); err != nil {
		return nil, err
	}
	register(s, m)
	damaged := a.damaged()
	// From here on the run cannot be interrupted any more: the case is whole
	// in a moment.
	if ctx.Err() != nil {
		return nil, ErrInterrupted
	}
	if err := a.writer.Commit(s, report.Markdown(s), m, a.run()); err != nil {
		return nil, err
	}
	return &Outcome{Summary: s, Damaged: damaged, Unread: a.unread()}, nil
}

// clientCounts counts clients by the grade they reach.
type clientCounts struct {
	seen, requested, anyBytes, listings int64
	reaching                            [download.GradeComplete + 1]int64
}

// topClients is how many clients the summary names.
const topClients = 10

// writeClients writes the clients table, with one look-up per client, and
// gives those that took most.
func (a *analysis) writeClients(ctx context.Context) ([]casefile.TopClient, *populationCounts, error) {
	var top []casefile.ClientRow
	counts := populationCounts{labelled: make([]clientCounts, a.labels.Len())}
	err := spill.Each(a.folds(), func(name []byte, t *clientTotal) error {
		if ctx.Err() != nil {
			return ErrInterrupted
		}
		label := a.labels.Number(name)
		counts.add(t, label)
		row := clientRow(name, t)
		row.Label = a.labels.Name(label)
		wanted := a.writer.Wants(casefile.TableClients)
		if !wanted && !ranks(top, &row) {
			return nil
		}
		row.Prefix = client.Prefix(name)
		if addr, ok := client.Addr(name); ok {
			place, err := a.places.Lookup(addr)
			if err != nil {
				return err
			}
			row.Place = place
		}
		if ranks(top, &row) {
			keep := row
			keep.Client = bytes.Clone(row.Client)
			top = append(top, keep)
			slices.SortFunc(top, tookMore)
			top = top[:min(len(top), topClients)]
		}
		return a.writer.Clients().Append(&row)
	})
	return a.topRows(top), &counts, err
}

func (a *analysis) folds() []*spill.Fold[clientTotal] {
	folds := make([]*spill.Fold[clientTotal], len(a.groupers))
	for i, g := range a.groupers {
		folds[i] = g.clients
	}
	return folds
}

func (c *clientCounts) add(t *clientTotal) {
	c.seen++
	if t.requested > 0 {
		c.requested++
	}
	if t.anyBytes > 0 {
		c.anyBytes++
	}
	if t.listings > 0 {
		c.listings++
	}
	for g := range c.reaching {
		if t.reaches(download.Grade(g)) {
			c.reaching[g]++
		}
	}
}

func clientRow(name []byte, t *clientTotal) casefile.ClientRow {
	row := casefile.ClientRow{
		Client: name, Requests: t.requests, Listings: t.listings,
		Complete: t.grades[download.GradeComplete], Likely: t.grades[download.GradeLikely],
		Possible: t.grades[download.GradePossible], Partial: t.grades[download.GradePartial],
		Requested: t.requested, BytesUpper: t.upper, Tags: t.tags.String(),
	}
	if t.open > 0 {
		row.BytesUpper = accesslog.None
	}
	row.FirstSeen, row.LastSeen = t.times()
	return row
}

// tookMore orders clients by what they took: by recordings possible or better,
// then by the surer ones, by requests, and by name.
func tookMore(a, b casefile.ClientRow) int {
	for _, d := range []int64{
		b.Complete + b.Likely + b.Possible - a.Complete - a.Likely - a.Possible,
		b.Complete - a.Complete, b.Likely - a.Likely, b.Partial - a.Partial, b.Requests - a.Requests,
	} {
		switch {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
	}
	return bytes.Compare(a.Client, b.Client)
}

func ranks(top []casefile.ClientRow, row *casefile.ClientRow) bool {
	return len(top) < topClients || tookMore(*row, top[len(top)-1]) < 0
}

func (a *analysis) writeRejects(context.Context) error {
	if !a.writer.Wants(casefile.TableRejects) {
		return nil
	}
	return eachReject(a.store, a.sources, a.runs.seconds, a.writer.Rejects().Append)
}

func (a *analysis) writeSources(context.Context) error {
	for _, s := range a.sources {
		row := s.row()
		if err := a.writer.Sources().Append(&row); err != nil {
			return err
		}
	}
	return nil
}

// merge adds the totals of another grouper.
func (t *totals) merge(o *totals) {
	t.tally.merge(&o.tally)
	t.mergeLabels(o)
	t.contradicted += o.contradicted
	for from, n := range o.sizeFrom {
		t.sizeFrom[from] += n
	}
}

func addCount(c, o *casefile.RuleCount) {
	c.Requests += o.Requests
	c.Pairs += o.Pairs
	c.Recordings += o.Recordings
	c.Clients += o.Clients
}
