package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// parallelLog is the lines of one format in the sources of one rotation group: a
// log that may have been written beside another one. Its number is its place among
// them. Offsets in it go on from source to source, in the order of their first
// times.
type parallelLog struct {
	sources     []*source
	begins      []int64       // offset at which each source begins
	numbers     []uint8       // the format's, among each source's
	index       map[int32]int // of a source by its id
	format      *accesslog.Format
	name        string // of the format in its wrapper: what a collector forwards is another log than the file that it read
	first, last int64  // times of any line
	requests    int64
	records     int64
	tells       coverage.Tells
}

// place gives the source that an offset lies in, and where it begins.
func (l *parallelLog) place(offset int64) (i int, begin int64) {
	i = sort.Search(len(l.begins), func(i int) bool { return l.begins[i] > offset }) - 1
	return i, l.begins[i]
}

// path names the log: its source, or what its sources share.
func (l *parallelLog) path() string {
	if len(l.sources) == 1 {
		return l.sources[0].Path
	}
	return fmt.Sprintf("%s and %d more", l.sources[0].Path, len(l.sources)-1)
}

// compare orders logs by their first sources.
func (l *parallelLog) compare(o *parallelLog) int {
	return cmp.Or(cmp.Compare(l.sources[0].ID, o.sources[0].ID), cmp.Compare(l.numbers[0], o.numbers[0]))
}

// add takes one more source.
func (l *parallelLog) add(s *source, number uint8, records int64) {
	begin := int64(0)
	if n := len(l.sources); n > 0 {
		begin = l.begins[n-1] + l.sources[n-1].streamLen + 1
	}
	l.index[s.ID] = len(l.sources)
	l.sources, l.begins, l.numbers = append(l.sources, s), append(l.begins, begin), append(l.numbers, number)
	l.records += records
	l.requests += s.stats.requests
	if first := s.stats.first; first != accesslog.NoTime {
		if l.first == accesslog.NoTime || first < l.first {
			l.first = first
		}
		l.last = max(l.last, s.stats.last)
	}
}

// parallelLeast is how many records a log must have to be looked at; fewer can
// hold no run of coverage's least length.
const parallelLeast = 64

// beside says whether two logs may be of one server: they are of different
// sources and formats, cover the same time, and log the same moment of a request.
// One that logs the start is not compared with one that logs the end: less the
// duration an end that was cut off to the second is no start of that second.
func (l *parallelLog) beside(o *parallelLog) bool {
	return l.name != o.name && !slices.ContainsFunc(l.sources, func(s *source) bool { return slices.Contains(o.sources, s) }) &&
		l.first <= o.last && o.first <= l.last && l.first != accesslog.NoTime && o.first != accesslog.NoTime &&
		(l.format.TimeAt == o.format.TimeAt || l.format.TimeAt == accesslog.TimeAtEither || o.format.TimeAt == accesslog.TimeAtEither)
}

// logsBeside lists the logs that have another one beside them.
func (a *analysis) logsBeside() []*parallelLog {
	var all []*parallelLog
	byTime := slices.Clone(a.sources)
	slices.SortStableFunc(byTime, func(s, t *source) int { return cmp.Compare(s.stats.first, t.stats.first) })
	type key struct {
		group uint32
		name  string
	}
	known := map[key]*parallelLog{}
	for _, s := range byTime {
		for n, f := range s.reading.Formats {
			form := s.stats.forms[f]
			if form == nil || form.records == 0 || s.stats.requests == 0 {
				continue
			}
			k := key{s.group, accesslog.Reading{Main: f, Wrapper: s.reading.Wrapper}.Name()}
			if known[k] == nil {
				known[k] = &parallelLog{index: map[int32]int{}, format: f, name: k.name, first: accesslog.NoTime, last: accesslog.NoTime}
				all = append(all, known[k])
			}
			known[k].add(s, uint8(n+1), form.records)
		}
	}
	all = slices.DeleteFunc(all, func(l *parallelLog) bool { return l.records < parallelLeast || l.requests < parallelLeast })
	slices.SortFunc(all, (*parallelLog).compare)
	if len(all) == 0 || !slices.ContainsFunc(all, func(l *parallelLog) bool { return l.name != all[0].name }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(l *parallelLog) bool { return !slices.ContainsFunc(all, l.beside) })
}

// parallel is the search for logs that one server wrote side by side.
type parallel struct {
	logs   []*parallelLog
	stop   func() error                    // says whether to end early
	number [][]int32                       // of the log, by source id - 1 and format number; -1: none
	events [][]*spill.Sorter[event]        // by part of the keys, of each worker one
	twins  []*spill.Sorter[twin]           // by part
	paired int64                           // of the twins, those with a counterpart
	found  map[[2]int32]coverage.Following // how the first log follows the second
	follow map[[2]int32]bool               // and whether that makes them one stream; of the two ways, one
}

// parallelLogs finds requests that a server logged twice, in two formats. It
// reads all requests once, where there are logs that may be parallel; otherwise
// it costs nothing.
func (a *analysis) parallelLogs(all *runs) (*duplicates, error) {
	p := &parallel{logs: a.logsBeside(), stop: all.stop, found: map[[2]int32]coverage.Following{}, follow: map[[2]int32]bool{}}
	if len(p.logs) == 0 {
		return nil, nil
	}
	p.number = make([][]int32, len(a.sources))
	for i, s := range a.sources {
		p.number[i] = slices.Repeat([]int32{-1}, len(s.reading.Formats)+1)
	}
	for i, l := range p.logs {
		for k, s := range l.sources {
			p.number[s.ID-1][l.numbers[k]] = int32(i)
		}
	}
	workers := a.budget.workers
	for range workers {
		var part []*spill.Sorter[event]
		for range workers {
			part = append(part, spill.NewSorter(a.store, int(a.budget.sorter/eventSize)/workers, sortableEvent))
		}
		p.events = append(p.events, part)
		p.twins = append(p.twins, spill.NewSorter(a.store, int(a.budget.sorter/twinSize), sortableTwin))
	}
	defer p.release()
	if err := p.read(a, all); err != nil {
		return nil, err
	}
	if err := p.pair(); err != nil {
		return nil, err
	}
	if p.paired < parallelLeast {
		return nil, nil
	}
	if err := p.measure(); err != nil {
		return nil, err
	}
	p.decide()
	return p.mark()
}

func (p *parallel) release() {
	for i, part := range p.events {
		for _, e := range part {
			e.Release()
		}
		p.twins[i].Release()
	}
}

// read makes an event of each request of the logs. The runs are read side by
// side; the order of events is a total one, so it does not matter by whom.
func (p *parallel) read(a *analysis, all *runs) error {
	next := make(chan run)
	errs := make([]error, len(p.events))
	tells := make([][]coverage.Tells, len(p.events))
	var wg sync.WaitGroup
	for i := range p.events {
		tells[i] = make([]coverage.Tells, len(p.logs))
		wg.Go(func() {
			for r := range next {
				if errs[i] == nil {
					errs[i] = p.readRun(r.open(all, nil, nil), i, tells[i])
				}
			}
			for _, part := range p.events {
				part[i].Sort()
			}
		})
	}
	for _, r := range all.all {
		next <- r
	}
	close(next)
	wg.Wait()
	for n, l := range p.logs {
		for i := range tells {
			l.tells.Add(&tells[i][n])
		}
		l.tells.Meaning = l.sources[0].meaningOf(l.format)
	}
	return cmp.Or(errs...)
}

func (p *parallel) readRun(c *runCursor, worker int, tells []coverage.Tells) error {
	var maker eventMaker
	var q request.Request
	for c.Next() {
		n := p.number[c.Source-1][c.Format]
		if n < 0 {
			continue
		}
		if err := c.read(&q); err != nil {
			return err
		}
		tell(&tells[n], &q)
		e := maker.event(&q, n, p.logs[n])
		part := e.key.Hi >> 32 * uint64(len(p.events)) >> 32
		if err := p.events[part][worker].Add(&e); err != nil {
			return err
		}
	}
	return c.Err()
}

// sameMost is how many equal events are held. More in one second are no traffic;
// they are cut into pieces, and may find no counterparts.
const sameMost = 1 << 16

// pair finds the counterparts of all requests, each part of the keys on its own.
func (p *parallel) pair() error {
	pairers := make([]*pairer, len(p.events))
	errs := make([]error, len(p.events))
	var wg sync.WaitGroup
	for i, events := range p.events {
		pairers[i] = &pairer{logs: p.logs, stop: p.stop, twins: p.twins[i], ofFormat: map[string]int{}}
		wg.Go(func() {
			errs[i] = pairers[i].pair(events)
			for _, e := range events { // no longer needed, and large
				e.Release()
			}
			p.twins[i].Sort()
		})
	}
	wg.Wait()
	for _, r := range pairers {
		p.paired += r.paired
	}
	return cmp.Or(errs...)
}

// pairer finds counterparts in one part of the keys: of equal events the first
// of one log with the first of the other, and so on.
type pairer struct {
	logs   []*parallelLog
	stop   func() error
	twins  *spill.Sorter[twin]
	paired int64

	byLog    [][]event      // of equal events, those of each log
	before   []int          // how many stand before them in logs of the same format
	ofFormat map[string]int // how many there are in the logs of a format
}

func (p *pairer) pair(events []*spill.Sorter[event]) error {
	var same []event
	err := spill.EachSorted(events, stoppable(p.stop, func(e *event) error {
		if len(same) > 0 && (same[0].key != e.key || len(same) == sameMost) {
			if err := p.pairSame(same); err != nil {
				return err
			}
			same = same[:0]
		}
		same = append(same, *e)
		return nil
	}))
	if err != nil {
		return err
	}
	return p.pairSame(same)
}

// pairSame pairs equal events, which are in the order of their logs and lines.
//
// A server may write a log for each host, or begin a new file: then one log has
// more equal events than each of the others. What the logs of one format have is
// taken together, one behind the other, and so each event finds its counterpart.
func (p *pairer) pairSame(same []event) error {
	p.byLog, p.before = p.byLog[:0], p.before[:0]
	clear(p.ofFormat)
	for len(same) > 0 {
		n := 1
		for n < len(same) && same[n].log == same[0].log {
			n++
		}
		name := p.logs[same[0].log].name
		p.byLog, p.before = append(p.byLog, same[:n]), append(p.before, p.ofFormat[name])
		p.ofFormat[name] += n
		same = same[n:]
	}
	for _, mine := range p.byLog {
		for k := range mine {
			if err := p.counterparts(mine, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// counterparts finds those of event number k of a log, in all other logs.
func (p *pairer) counterparts(mine []event, k int) error {
	t := twin{log: mine[k].log, other: -1, offset: mine[k].offset, line: mine[k].line, full: mine[k].full}
	for j, theirs := range p.byLog {
		at := k
		if at >= len(theirs) {
			at -= p.before[j]
		}
		if at < 0 || at >= len(theirs) || !p.logs[t.log].beside(p.logs[theirs[0].log]) {
			continue
		}
		e := &theirs[at]
		t.other, t.sole, t.second, t.client = e.log, k == 0, mine[k].second, mine[k].client
		t.sizes = coverage.CompareSizes(mine[k].bytes, e.bytes)
		t.ofOffset, t.ofLine = e.offset, e.line
		p.paired++
		if err := p.twins.Add(&t); err != nil {
			return err
		}
	}
	if t.other >= 0 {
		return nil
	}
	return p.twins.Add(&t)
}

// measure finds out how each log follows each other one.
func (p *parallel) measure() error {
	followers := make([]*coverage.Follower, len(p.logs))
	log, offset, number := int32(-1), int64(0), int64(0)
	end := func() {
		for other, f := range followers {
			if f == nil {
				continue
			}
			if found := f.End(); len(found.Runs) > 0 {
				p.found[[2]int32{log, int32(other)}] = found
			}
			followers[other] = nil
		}
	}
	err := p.eachTwin(func(t *twin) error {
		switch {
		case t.log != log:
			end()
			log, offset, number = t.log, t.offset, 0
		case t.offset != offset:
			offset = t.offset
			number++
		}
		if t.other < 0 {
			return nil
		}
		if followers[t.other] == nil {
			followers[t.other] = new(coverage.Follower)
		}
		followers[t.other].Add(&coverage.Twin{
			Number: number, Offset: t.offset, Line: t.line, Second: t.second, Client: t.client, Sole: t.sole, Sizes: t.sizes,
			OfOffset: t.ofOffset, OfLine: t.ofLine,
		})
		return nil
	})
	end()
	return err
}

func (p *parallel) eachTwin(yield func(*twin) error) error {
	return spill.EachSorted(p.twins, stoppable(p.stop, yield))
}

// stoppable asks now and then whether a walk must end early.
func stoppable[T any](stop func() error, yield func(T) error) func(T) error {
	n := 0
	return func(v T) error {
		if n++; n%4096 == 0 {
			if err := stop(); err != nil {
				return err
			}
		}
		return yield(v)
	}
}

// decide chooses, of each two logs, the one that follows the other. Where a log
// of all hosts stands beside one for each host, only one way has no doubt.
func (p *parallel) decide() {
	for key, found := range p.found {
		back := [2]int32{key[1], key[0]}
		other, both := p.found[back]
		if both && rather(&other, &found, back, key) {
			continue
		}
		p.follow[key] = found.Doubt() == ""
	}
}

// rather says whether of the two ways in which two logs follow each other the
// first is taken: without doubt, then with more requests, then from the lower log.
func rather(f, g *coverage.Following, a, b [2]int32) bool {
	if sure := f.Doubt() == ""; sure != (g.Doubt() == "") {
		return sure
	}
	if f.Merged != g.Merged {
		return f.Merged > g.Merged
	}
	return a[0] < b[0]
}

// better says whether one log tells more than another, or as much and stands
// first. It is a total order, so of any number of parallel logs one counts.
func (p *parallel) better(a, b int32) (bool, string) {
	order, what := coverage.CompareTells(&p.logs[a].tells, &p.logs[b].tells)
	if order == 0 {
		return a < b, ""
	}
	return order < 0, what
}
