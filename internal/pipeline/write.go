package pipeline

import (
	"context"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/report"
)

// write is the last phase: the tables that need everything, and the case.
func (a *analysis) write(ctx context.Context) (*Outcome, error) {
	var all totals
	for _, g := range a.groupers {
		all.merge(&g.totals)
	}
	g, err := a.gather(ctx)
	if err != nil {
		return nil, err
	}
	top, err := a.topRows(g.top)
	if err != nil {
		return nil, err
	}
	if err := a.writeAgents(ctx, g.byAgent); err != nil {
		return nil, err
	}
	for _, write := range []func(context.Context) error{a.writeRejects, a.writeSources, a.writeGaps, a.writeOverlaps} {
		if err := write(ctx); err != nil {
			return nil, err
		}
	}
	s := a.summary(&all, &g.counts, top)
	m := a.manifest()
	if err := a.holdClaims(ctx, s, m); err != nil {
		return nil, err
	}
	register(s, m)
	if err := a.discards.wait(); err != nil {
		return nil, err
	}
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
