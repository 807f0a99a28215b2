package claim

import (
	"cmp"
	"math"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
)

// based is what one claim needs beside counts: pairs to exclude, examples, and
// counts of single sources, labels and days.
type based struct {
	pairs    []pairMask
	examples []*examples // by figure
	alone    map[alone]*tally
	values   map[int32]Value // by recording, where a figure needs an attribute; nil: none does
	days     int
	allDays  bool // there are too many days to count each
}

// pairMask is a pair of the claim's view that counts for one of its bounds, or by
// a rule of its measure.
type pairMask struct {
	client, recording int32
	requests          int32
	mask              mask
}

// alone names a part of the requests.
type alone struct {
	kind part
	n    int64 // id of the source, place of the label, days since the epoch
}

type part uint8

const (
	partSource part = iota
	partLabel
	partDay
)

// mostDays is how many days are counted each. Logs of more have false times.
const mostDays = 10_000

const dayUS = 24 * 3600 * 1_000_000

func newBased(p *planned) *based {
	b := &based{alone: map[alone]*tally{}}
	for _, f := range p.claim.Figures {
		if f.Quantity == Subjects || f.Quantity == Hours {
			b.values = map[int32]Value{}
		}
		if p.claim.Relation != AtLeast { // too few cannot be shown
			b.examples = append(b.examples, newExamples(f))
		}
	}
	return b
}

// based counts the recording at hand for one claim.
func (c *Counter) based(p *planned, b *based, rec *Recording) {
	pairs := c.under(p.view, rec)
	if len(pairs) == 0 {
		return
	}
	if b.values != nil {
		b.values[rec.Index] = c.valueOf(p, rec)
	}
	lower, upper := bounds(p.claim.Measure, Probable)
	kept := lower | upper | rulesOf(p.claim.Measure)
	for i := range pairs {
		if g := &pairs[i]; g.mask&kept != 0 {
			b.pairs = append(b.pairs, pairMask{c.unit(p.claim.Unit, g.first, rec), rec.Index, int32(min(g.requests, math.MaxInt32)), g.mask})
		}
	}
	for i, e := range b.examples {
		attribute := p.attribute(p.claim.Figures[i].Quantity)
		e.add(c, p.claim.Unit, lower, pairs, rec, attribute)
	}
	c.parts(p, b, pairs, rec)
}

// valueOf is what a recording has of the attributes that the claim's figures are
// of.
func (c *Counter) valueOf(p *planned, rec *Recording) Value {
	v := Value{Subject: -1, Seconds: -1}
	if p.subject >= 0 {
		v.Subject = rec.Values[p.subject].Subject
	}
	if p.duration >= 0 {
		v.Seconds = rec.Values[p.duration].Seconds
	}
	return v
}

// parts counts single sources, labels and days. Where all requests are of one,
// the pairs are those of the view.
func (c *Counter) parts(p *planned, b *based, pairs []graded, rec *Recording) {
	f := &c.facts
	var chosen []int32
	each := func(kind part, one bool, of func(i int32) int64) {
		if one {
			if n := of(0); n >= 0 {
				c.part(b, alone{kind, n}, p, pairs, rec)
			}
			return
		}
		if chosen == nil {
			chosen = slices.Clone(c.choose(p.view, rec))
		}
		slices.SortStableFunc(chosen, func(x, y int32) int { return cmp.Or(cmp.Compare(of(x), of(y)), cmp.Compare(x, y)) })
		for from := 0; from < len(chosen); {
			n, to := of(chosen[from]), from
			for to < len(chosen) && of(chosen[to]) == n {
				to++
			}
			if n >= 0 {
				c.bare, c.fold.Common = false, c.basis.Common
				own := c.gradeChosen(nil, slices.Clone(chosen[from:to]), p.claim.Unit, f.sizing, rec, 0)
				c.part(b, alone{kind, n}, p, own, rec)
			}
			from = to
		}
	}
	if len(c.basis.Sources) > 1 {
		each(partSource, len(f.sources) == 1, func(i int32) int64 { return int64(rec.Requests[i].Source) })
	}
	if len(c.units.labels) > 0 {
		each(partLabel, f.distinct == 1 || f.labelled == 0, func(i int32) int64 { return int64(c.units.label[f.clients[i]]) })
	}
	if !b.allDays {
		each(partDay, f.timeless == 0 && dayIndex(f.first) == dayIndex(f.last), func(i int32) int64 { return dayIndex(rec.Requests[i].Time()) })
	}
}

// dayIndex counts days since the epoch; times before it, or none, have no day.
func dayIndex(t int64) int64 {
	if t == accesslog.NoTime || t < 0 {
		return -1
	}
	return t / dayUS
}

func (c *Counter) part(b *based, a alone, p *planned, pairs []graded, rec *Recording) {
	t := b.alone[a]
	if t == nil {
		if a.kind == partDay {
			if b.days++; b.days > mostDays {
				b.dropDays()
				return
			}
		}
		t = newTally(len(c.attributes.Names))
		b.alone[a] = t
	}
	t.add(pairs, func(g *graded) int32 { return c.unit(p.claim.Unit, g.first, rec) }, rec.Values)
}

func (b *based) dropDays() {
	b.allDays = true
	for a := range b.alone {
		if a.kind == partDay {
			delete(b.alone, a)
		}
	}
}

func (b *based) merge(o *based) {
	for recording, v := range o.values {
		b.values[recording] = v
	}
	b.pairs = append(b.pairs, o.pairs...)
	for i := range b.examples {
		b.examples[i].merge(o.examples[i])
	}
	days := 0
	for a, t := range o.alone {
		if mine := b.alone[a]; mine != nil {
			mine.merge(t)
		} else {
			b.alone[a] = t
		}
	}
	for a := range b.alone {
		if a.kind == partDay {
			days++
		}
	}
	b.days = days
	if o.allDays || days > mostDays {
		b.dropDays()
	}
}
