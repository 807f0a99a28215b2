package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
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
	discards   discards     // those of these that are done with
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
	a.budget = newBudget(o, a.inventory.MemoryBytes()+a.labels.MemoryBytes(), a.set.Sources)
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
	return errors.Join(a.discards.wait(), a.writer.Abort(), a.store.Close(), a.hashes.Close(), a.requests.Close(), a.ledgers.Close(),
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
