package pipeline

import (
	"context"
	"maps"
	"runtime"
	"slices"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
)

// group is the third phase.
func (a *analysis) group(ctx context.Context) error {
	runtime.GC() // what the scan left: grouping then takes its room, and no more beside it
	all := a.runs
	cuts := all.split(a.budget.workers * partsPerWorker)
	var shown *shownAbove
	if a.writer.Wants(casefile.TableRecordings) { // nothing else says to whom a name was shown
		shown = newShownAbove(all)
	}
	common, err := a.commonSizes(all)
	if err != nil {
		return err
	}
	a.common = slices.Sorted(maps.Keys(common))
	clients, err := a.bins()
	if err != nil {
		return err
	}
	a.store.Widen(a.budget.ledgers(clients.len()))
	parts := a.parts(cuts)
	var outs []*output
	for _, p := range parts {
		outs = append(outs, p.out)
	}
	a.agents = newAgentNumbers(taggerBytes)
	for range a.budget.workers {
		a.groupers = append(a.groupers, a.newGrouper(all, shown, common, clients))
	}
	err = a.writing(ctx, outs, func(ctx context.Context) error {
		return sideBySide(ctx, parts, a.groupers, func(ctx context.Context, g *grouper, p *part) error { return g.part(ctx, p) })
	})
	all.all = nil // large, and not needed any more
	a.discards.add(a.requests)
	return err
}

// partsPerWorker is into how many parts the work is split for each worker, so
// that a part that is slow keeps no worker idle for long.
const partsPerWorker = 8

// parts splits the work at cuts.
func (a *analysis) parts(cuts [][]byte) []*part {
	wants := &wanted{
		requests: a.writer.Wants(casefile.TableRequests), downloads: a.writer.Wants(casefile.TableDownloads),
		recordings: a.writer.Wants(casefile.TableRecordings), listings: a.writer.Wants(casefile.TableListings),
		agents: a.writer.Wants(casefile.TableAgents),
	}
	var parts []*part
	var from []byte
	for _, to := range append(slices.Clip(cuts), nil) {
		p := &part{from: from, to: to}
		if *wants != (wanted{}) {
			p.out = newOutput(wants)
		}
		parts = append(parts, p)
		from = to
	}
	return parts
}

func (a *analysis) newGrouper(all *runs, shown *shownAbove, common map[int64]bool, clients *bins) *grouper {
	g := &grouper{
		runs: all, shown: shown, sources: a.sources, matcher: a.matcher.Clone(), progress: a.watch,
		listed: a.inventory.Cursor(), names: a.inventory.Cursor(),
		fold:   download.NewFold(func(id int32) *download.Headers { return &a.sources[id-1].headers }),
		ledger: newLedger(a.ledgers, clients),
		agents: agentCounts{rest: spill.NewFold(a.store, a.budget.fold, countCodec), last: noNumber},
		visit:  nothing,
	}
	g.labels = a.labels
	g.totals.labelled = make([]*tally, a.labels.Len())
	if a.writer.Wants(casefile.TableClients) || a.writer.Wants(casefile.TableAgents) {
		g.tagger = newTagger(a.agents)
	}
	g.fold.Common = common
	return g
}
