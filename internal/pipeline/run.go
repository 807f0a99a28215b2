package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/evidence"
	"github.com/logrecount/recount/pkg/geo"
	"github.com/logrecount/recount/pkg/recording"
)

// Outcome is what an analysis came to.
type Outcome struct {
	Summary *casefile.Summary
	Damaged bool     // some evidence was damaged or unread: exit code 3
	Unread  []string // what, and why
}

// ErrInterrupted is the error of a run whose context was cancelled. No case
// was written.
var ErrInterrupted = errors.New("interrupted; no case was written")

// analysis is one run: what was handed in, and what the phases pass on.
type analysis struct {
	options    Options
	started    time.Time
	set        *evidence.Set
	arrivals   arrivals            // of sources, while files are scanned
	sources    []*source           // in the order of the files and of their members, once they are scanned
	groups     []*rotation         // of sources, in the order of their first
	groupOf    map[string]uint32   // number of a rotation group by its name, from 1
	covered    covered             // which time the logs cover, known once they are scanned
	archives   []*evidence.Archive // those among the files
	inventory  *recording.Inventory
	invFile    *casefile.ManifestFile
	invBlocks  []*inventoryBlocks // what of the inventory is on disk
	matcher    *recording.Matcher
	labels     *client.Labels // nil: none were given
	labelsFile *casefile.ManifestFile
	places     *geo.Resolver
	store      *spill.Store
	hashes     *spill.Store // of lines, and what is made of them, until second copies are found
	requests   *spill.Store // until they are grouped
	ledgers    *spill.Store // of clients, until they are gathered
	runs       *runs        // of all workers, once they have read everything
	budget     budget
	workers    []*worker
	groupers   []*grouper
	agents     *agentNumbers // of all groupers
	copies     copies
	sizes      bodySizes // of the requests that count
	pools      []*pool   // what the lines of each format show in each log
	common     []int64   // body sizes that very many recordings were answered with
	writer     *casefile.Writer
	watch      *progress
	stop       func() error // why the run is to end before its phases; nil: nothing ends it
}

// Run analyses evidence and writes a case. After an error there is no case and
// nothing of it is left.
func Run(ctx context.Context, o Options) (_ *Outcome, err error) {
	a := &analysis{options: o, started: time.Now(), stop: ctx.Err}
	defer limitMemory(o.memory())()
	if err := a.prepare(); err != nil {
		if ctx.Err() != nil {
			return nil, ErrInterrupted
		}
		return nil, err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	debug.SetMemoryLimit(a.budget.limit)
	total, known := a.set.Bytes()
	if !known {
		total = 0
	}
	a.watch = watch(o.Progress, total)
	defer a.watch.end()
	for _, phase := range []struct {
		name string
		run  func(context.Context) error
	}{{"scan", a.scan}, {"decide", a.decide}, {"group", a.group}} {
		a.watch.enter(phase.name)
		if err := phase.run(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, ErrInterrupted
			}
			return nil, err
		}
	}
	a.watch.enter("write")
	return a.write(ctx)
}

// prepare opens everything that can be wrong before a line is read.
func (a *analysis) prepare() (err error) {
	o := &a.options
	if a.set, err = evidence.Find(o.Evidence); err != nil {
		return err
	}
	if err := a.keepOff(o.Out, "the case", "give -o a folder elsewhere"); err != nil {
		return err
	}
	given := o.Temp != ""
	if !given {
		o.Temp = os.TempDir()
	}
	if err := a.keepOff(o.Temp, "the temporary folder", "give --temp a folder elsewhere"); err != nil {
		return err
	}
	if given { // else it may never be needed
		if err := spill.Try(o.Temp); err != nil {
			return err
		}
	}
	if err := a.checkSettings(); err != nil {
		return err
	}
	if o.Inventory != "" {
		defer func() {
			if err != nil {
				err = errors.Join(err, a.closeInventory())
			}
		}()
		if err := a.readInventory(o.Inventory); err != nil {
			return err
		}
	}
	if a.matcher, err = recording.NewMatcher(o.Recordings, a.inventory); err != nil {
		return &UsageError{Err: err}
	}
	if err := a.checkClaims(); err != nil {
		return err
	}
	if a.labels, a.labelsFile, err = readLabels(o); err != nil {
		return err
	}
	if a.places, err = geo.Open(o.Geo); err != nil {
		return err
	}
	a.budget = newBudget(o, a.inventory.MemoryBytes()+a.labels.MemoryBytes(), len(a.set.Sources))
	a.store = spill.NewStore(a.budget.runs, o.Temp)
	a.hashes, a.requests, a.ledgers = a.store.Apart(), a.store.Apart(), a.store.Apart()
	a.writer, err = casefile.Create(o.Out, casefile.CreateOptions{
		Force: o.Force, Compression: o.Compression, Tables: o.Tables, Attributes: a.matcher.AttributeNames(),
	})
	if err != nil {
		return errors.Join(err, a.places.Close())
	}
	return nil
}

// keepOff refuses to write inside the evidence.
func (a *analysis) keepOff(path, what, hint string) error {
	if path == "" {
		return nil
	}
	inside, err := a.set.Holds(path)
	if err != nil {
		return fmt.Errorf("%s %q: %w", what, path, err) // the system's error may be without a path
	}
	if inside {
		return &UsageError{Err: fmt.Errorf("%s %q would lie inside the evidence", what, path), Hint: hint + "; evidence is never written to"}
	}
	return nil
}

// close removes whatever a run that did not end well has left.
func (a *analysis) close() error {
	return errors.Join(a.writer.Abort(), a.store.Close(), a.hashes.Close(), a.requests.Close(), a.ledgers.Close(),
		a.closeInventory(), a.places.Close())
}

// limitMemory tells the collector of the budget and gives back a function that
// undoes it. Most of the heap is runs and batches without pointers, which are
// cheap to mark, so the heap may grow more than usual between collections.
func limitMemory(budget int64) func() {
	limit := debug.SetMemoryLimit(max(budget, 128<<20))
	percent := debug.SetGCPercent(200)
	return func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}
}

// scan is the first phase.
func (a *analysis) scan(ctx context.Context) error {
	for range a.budget.workers {
		a.workers = append(a.workers, newWorker(a, a.matcher.Clone()))
	}
	if err := a.scanFiles(ctx); err != nil {
		return err
	}
	a.settle()
	return a.everyGlobMatched()
}

// decide is the second phase: the workers' statistics become the sources', and
// second copies of lines are found.
func (a *analysis) decide(ctx context.Context) error {
	for _, s := range a.sources {
		s.stats = newStats()
		for _, w := range a.workers {
			if i := int(s.arrival) - 1; i < len(w.stats) && w.stats[i] != nil {
				s.stats.merge(w.stats[i])
			}
		}
		s.resolve()
		if s.sum == "" && s.streamSum != "" {
			s.sum, s.bytes = s.streamSum, s.streamLen
		}
	}
	a.runs = &runs{store: a.requests, stop: ctx.Err}
	for _, w := range a.workers {
		for _, one := range w.runs {
			one.ids = a.arrivals.ids
			a.runs.all = append(a.runs.all, one)
		}
		w.runs = nil
		a.sizes.merge(w.sizes)
	}
	if err := a.runs.joinSmallest(a.budget.cursors); err != nil {
		return err
	}
	if err := a.findCopies(ctx); err != nil {
		return err
	}
	if err := a.learnSizes(ctx); err != nil {
		return err
	}
	a.noteUnknown()
	if err := a.cover(); err != nil {
		return err
	}
	if err := a.inferMeanings(a.runs); err != nil {
		return err
	}
	twice, err := a.parallelLogs(a.runs)
	a.runs.twice = twice
	twice.count(a.sources)
	return err
}

// group is the third phase.
func (a *analysis) group(ctx context.Context) error {
	runtime.GC() // what the scan left: grouping then takes its room, and no more beside it
	all := a.runs
	cuts := all.split(a.budget.workers * partsPerWorker)
	var shown map[string]int64
	var err error
	if a.writer.Wants(casefile.TableRecordings) { // nothing else says to whom a name was shown
		if shown, err = all.shownAbove(cuts, a.budget.workers); err != nil {
			return err
		}
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
	return errors.Join(err, a.requests.Close())
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

func (a *analysis) newGrouper(all *runs, shown map[string]int64, common map[int64]bool, clients *bins) *grouper {
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
