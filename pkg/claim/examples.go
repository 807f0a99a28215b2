package claim

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/download"
)

// example is one download that counts, with the reference of its first request.
type example struct {
	recording int32 // place among all recordings
	first     int32 // place among the recording's requests
	key       int32 // what the figure counts: the client, the recording, the subject
	grade     download.Grade
	weight    int64    // what it adds to the figure
	shown     *Example // nil: there are mostExamples that come before
}

// mostExamples is how many downloads are shown for one figure at most. Of others
// it is only known that they are, and what they add.
const mostExamples = 100_000

// examples gathers, for one figure, the surest downloads that together are more
// than the claim says: of each thing that the figure counts the surest one.
type examples struct {
	figure Figure
	of     map[int32]example                     // clients and subjects: the surest of each, of those that may be shown
	least  *example                              // what is not surer than this is not shown; nil: there were not enough
	list   [download.GradeComplete + 1][]example // everything else, in order
	sum    [download.GradeComplete + 1]int64     // of the weights in list
}

func newExamples(f Figure) *examples {
	e := &examples{figure: f}
	if f.Quantity == Clients || f.Quantity == Subjects {
		e.of = map[int32]example{}
	}
	return e
}

// enough is the sum from which on no more is needed.
func (e *examples) enough() int64 {
	if e.figure.Quantity == Hours {
		return plus(plus(e.figure.N, 1), 1) * 3600 // generous: hours are rounded
	}
	return plus(e.figure.N, 1)
}

// add looks at the pairs of one recording.
func (e *examples) add(c *Counter, unit Unit, lower mask, pairs []graded, rec *Recording, attribute int) {
	var best *graded
	for i := range pairs {
		g := &pairs[i]
		if g.mask&lower == 0 {
			continue
		}
		switch e.figure.Quantity {
		case Clients:
			e.keep(g, c.unit(unit, g.first, rec), rec)
		case Pairs:
			e.append(g, 1, rec)
		case Requests:
			e.append(g, g.requests, rec)
		default:
			if best == nil || g.grade > best.grade || g.grade == best.grade && g.first < best.first {
				best = g
			}
		}
	}
	if best == nil {
		return
	}
	switch e.figure.Quantity {
	case Recordings:
		e.append(best, 1, rec)
	case Subjects:
		if key := rec.Values[attribute].Subject; key >= 0 {
			e.keep(best, key, rec)
		}
	case Hours:
		e.append(best, max(rec.Values[attribute].Seconds, 0), rec)
	}
}

// surer orders examples, the surest first.
func (e example) surer(o example) int {
	return cmp.Or(-cmp.Compare(e.grade, o.grade), cmp.Compare(e.recording, o.recording), cmp.Compare(e.first, o.first))
}

// keep keeps the surest example of one thing.
func (e *examples) keep(g *graded, key int32, rec *Recording) {
	x := example{recording: rec.Index, first: g.first, key: key, grade: g.grade, weight: 1}
	if e.better(x) {
		x.shown = shown(g, rec)
		e.of[key] = x
		e.prune()
	}
}

// better says whether an example is shown in place of what there is.
func (e *examples) better(x example) bool {
	if e.least != nil && x.surer(*e.least) > 0 {
		return false
	}
	old, ok := e.of[x.key]
	return !ok || x.surer(old) < 0
}

// most is how many things are shown at most.
func (e *examples) most() int { return int(min(e.enough(), mostExamples)) }

// prune forgets what cannot be shown, once that is a quarter. What is left only
// gets surer, so what is less sure now is so in the end.
func (e *examples) prune() {
	most := e.most()
	if len(e.of) < most+most/4+fewThings {
		return
	}
	all := slices.SortedFunc(maps.Values(e.of), example.surer)
	for _, x := range all[most:] {
		delete(e.of, x.key)
	}
	least := all[most-1]
	e.least = &least
}

// append keeps one more, unless there are enough of its grade.
func (e *examples) append(g *graded, weight int64, rec *Recording) {
	if e.sum[g.grade] >= e.enough() || weight == 0 {
		return
	}
	e.sum[g.grade] = plus(e.sum[g.grade], weight)
	x := example{recording: rec.Index, first: g.first, grade: g.grade, weight: weight}
	if len(e.list[g.grade]) < mostExamples {
		x.shown = shown(g, rec)
	}
	e.list[g.grade] = append(e.list[g.grade], x)
}

func shown(g *graded, rec *Recording) *Example {
	r := &rec.Requests[g.first]
	return &Example{
		Recording: strings.Clone(string(r.Recording)), Client: string(r.Client), Completeness: g.grade.String(), Basis: g.basis,
		Source: r.Source, Line: r.Line, Requests: g.requests,
	}
}

func (e *examples) merge(o *examples) {
	for key, x := range o.of {
		if e.better(x) {
			e.of[key] = x
			e.prune()
		}
	}
	for g := range e.list {
		e.list[g] = append(e.list[g], o.list[g]...)
	}
}

// surest gives the surest of them that together are more than the claim says, the
// first mostExamples, and how many were left out; the figure must be lower than
// what was counted. Recordings come to each counter in their order, so those that
// are not shown come behind the ones that are.
func (e *examples) surest() (out []Example, left int64) {
	var all []example
	for _, x := range e.of {
		all = append(all, x)
	}
	for _, list := range e.list {
		all = append(all, list...)
	}
	slices.SortFunc(all, example.surer)
	sum := int64(0)
	for _, x := range all {
		if e.figure.Quantity == Hours && hours(sum) > e.figure.N || e.figure.Quantity != Hours && sum > e.figure.N {
			break
		}
		sum = plus(sum, x.weight)
		if len(out) == mostExamples {
			left++
			continue
		}
		out = append(out, *x.shown)
	}
	if e.of != nil {
		left = e.enough() - int64(len(out))
	}
	return out, left
}
