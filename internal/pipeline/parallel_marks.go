package pipeline

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// duplicates are the requests that count once although they are logged twice,
// and what was looked at and counts twice. The nil value has none.
type duplicates struct {
	parallel [][]coverage.Parallels // by source id - 1 and format number
	full     int64                  // of the duplicates, those with a full body: see bodySizes
	alike    []casefile.OverlapRow  // not merged
	pairs    []parallelPair         // merged
}

// parallelPair is two logs that were found to be one server's.
type parallelPair struct {
	of, second *parallelLog // the one that counts, the one that does not
	what       string       // what the first tells more; empty: nothing
	requests   int64
}

// has says whether a request is a duplicate.
func (d *duplicates) has(k *request.Key) bool {
	return d != nil && d.parallel[k.Source-1][k.Format].Has(k.Offset)
}

// mark makes runs of duplicates of the requests that stand in a better log too,
// and lists what is only alike.
func (p *parallel) mark() (*duplicates, error) {
	d := &duplicates{parallel: make([][]coverage.Parallels, len(p.number))}
	for i, formats := range p.number {
		d.parallel[i] = make([]coverage.Parallels, len(formats))
	}
	m := marker{parallel: p, made: d, log: -1, of: -1}
	if err := p.eachTwin(m.twin); err != nil {
		return nil, err
	}
	m.request()
	m.end()
	slices.SortFunc(d.pairs, func(a, b parallelPair) int {
		return cmp.Or(a.second.compare(b.second), a.of.compare(b.of))
	})
	for key, merged := range p.follow {
		if !merged {
			d.doubt(p, key)
		}
	}
	return d, nil
}

// doubt lists what of two logs is the same and counts twice all the same.
func (d *duplicates) doubt(p *parallel, key [2]int32) {
	found := p.found[key]
	second, of := p.logs[key[0]], p.logs[key[1]]
	for _, r := range found.Runs {
		i, _ := second.place(r.From)
		k, _ := of.place(r.OfOffset)
		if j, _ := second.place(r.To); j > i { // it goes on in the next source
			r.ToLine = second.sources[i].stats.lines
		}
		d.alike = append(d.alike, casefile.OverlapRow{
			Source: second.sources[i].ID, FromLine: r.FromLine, ToLine: r.ToLine, OfSource: of.sources[k].ID, OfLine: r.OfLine, Lines: r.Requests,
			Why: "the same requests in another format (client, second, recording, kind of answer, status), but " + found.Doubt() + ": they count twice, and if they are one server's, once",
		})
	}
}

// marker walks over the twins of one log after another.
type marker struct {
	parallel *parallel
	made     *duplicates
	log      int32
	line     twin  // of the request at hand
	best     int32 // the best log that has it too; -1: none
	ofOffset int64 // its place there
	ofLine   int64
	run      coverage.Parallel
	in       int   // the source of the run, among those of its log
	of       int32 // the log that the run at hand is a second of; -1: no run
	pairs    map[int32]int64
}

func (m *marker) twin(t *twin) error {
	if t.log != m.log || t.offset != m.line.offset {
		m.request()
		if t.log != m.log {
			m.end()
			m.log = t.log
		}
		m.line, m.best = *t, -1
	}
	if t.other < 0 || !m.oneStream(t) {
		return nil
	}
	if better, _ := m.parallel.better(t.other, t.log); !better {
		return nil
	}
	if m.best >= 0 {
		if better, _ := m.parallel.better(t.other, m.best); !better {
			return nil
		}
	}
	m.best, m.ofOffset, m.ofLine = t.other, t.ofOffset, t.ofLine
	return nil
}

// oneStream says whether a request and its counterpart are in logs of one
// server, where these are so.
func (m *marker) oneStream(t *twin) bool {
	key, at := [2]int32{t.log, t.other}, t.offset
	if !m.parallel.follow[key] {
		key, at = [2]int32{t.other, t.log}, t.ofOffset
	}
	if !m.parallel.follow[key] {
		return false
	}
	found := m.parallel.found[key]
	return found.Holds(at)
}

// request ends a request: it goes on with the run at hand, or ends it.
func (m *marker) request() {
	if m.log < 0 {
		return
	}
	in, begin := m.parallel.logs[m.log].place(m.line.offset)
	if m.best != m.of || in != m.in {
		m.endRun()
	}
	if m.best < 0 {
		return
	}
	at := m.line.offset - begin
	if m.of < 0 {
		m.of, m.in = m.best, in
		of := m.parallel.logs[m.of]
		k, _ := of.place(m.ofOffset)
		_, what := m.parallel.better(m.best, m.log)
		m.run = coverage.Parallel{
			From: at, FromLine: m.line.line, OfSource: of.sources[k].ID, OfLine: m.ofLine,
			Why: "the same requests in sequence, in another format (client, second, recording, kind of answer, status); " + countsBecause(what),
		}
	}
	m.run.To, m.run.ToLine = at, m.line.line
	m.run.Lines++
	if m.line.full {
		m.made.full++
	}
}

// countsBecause says why one of two parallel logs counts.
func countsBecause(what string) string {
	if what == "" {
		return "neither tells more, so the source that comes first counts"
	}
	return "the other log counts, since it tells more: " + what
}

// endRun ends the run at hand.
func (m *marker) endRun() {
	if m.of < 0 {
		return
	}
	l := m.parallel.logs[m.log]
	list := &m.made.parallel[l.sources[m.in].ID-1][l.numbers[m.in]]
	*list = append(*list, m.run)
	if m.pairs == nil {
		m.pairs = map[int32]int64{}
	}
	m.pairs[m.of] += m.run.Lines
	m.of = -1
}

// end ends the log at hand.
func (m *marker) end() {
	m.endRun()
	for of, n := range m.pairs {
		_, what := m.parallel.better(of, m.log)
		m.made.pairs = append(m.made.pairs, parallelPair{m.parallel.logs[of], m.parallel.logs[m.log], what, n})
	}
	m.pairs = nil
}

// count moves the duplicates from the sources' requests to their duplicates.
func (d *duplicates) count(sources []*source) {
	if d == nil {
		return
	}
	for i, s := range sources {
		for _, list := range d.parallel[i] {
			for _, p := range list {
				s.stats.requests -= p.Lines
				s.stats.duplicates += p.Lines
			}
		}
	}
}

// fullBodies is how many of the duplicates have a full body.
func (d *duplicates) fullBodies() int64 {
	if d == nil {
		return 0
	}
	return d.full
}

// rows lists the overlaps, in no order.
func (d *duplicates) rows() []casefile.OverlapRow {
	if d == nil {
		return nil
	}
	rows := slices.Clone(d.alike)
	for i, formats := range d.parallel {
		for _, list := range formats {
			for _, p := range list {
				rows = append(rows, casefile.OverlapRow{
					Source: int32(i + 1), FromLine: p.FromLine, ToLine: p.ToLine, OfSource: p.OfSource, OfLine: p.OfLine, Lines: p.Lines, Merged: true, Why: p.Why,
				})
			}
		}
	}
	return rows
}

// assumptions lists which logs were taken for one server's.
func (d *duplicates) assumptions() []casefile.Assumption {
	if d == nil {
		return nil
	}
	var out []casefile.Assumption
	for _, p := range d.pairs {
		out = append(out, casefile.Assumption{
			What: fmt.Sprintf("%s (%s) and %s (%s)", p.second.path(), p.second.name, p.of.path(), p.of.name), By: "inferred",
			Value: fmt.Sprintf("logs of one server, written side by side: %d requests of the first count once", p.requests),
			Why:   "the same clients asked for the same in the same seconds, in sequence; " + countsBecause(p.what),
		})
	}
	return out
}

// warnings names the logs that are alike and count twice.
func (d *duplicates) warnings(sources []*source) []string {
	if d == nil {
		return nil
	}
	type pair struct{ source, of int32 }
	lines := map[pair]int64{}
	for _, r := range d.alike {
		lines[pair{r.Source, r.OfSource}] += r.Lines
	}
	var out []string
	for p, n := range lines {
		out = append(out, fmt.Sprintf("%s: %d requests look as if they stood in %s too, in another format, but that is not sure; they count twice (table overlaps); if one server wrote both, hand in one of them",
			sources[p.source-1].Path, n, sources[p.of-1].Path))
	}
	slices.Sort(out)
	return out
}
