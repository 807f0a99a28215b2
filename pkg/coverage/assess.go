package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
)

// reasonsNamed is how many gaps a reason names one by one.
const reasonsNamed = 3

// Assess says how far the logs cover a period, and in words why not fully. spans
// are those of the groups and, with an empty name, of all together; gaps are
// those of any group. Full needs a stated period, no unexplained gap in it in any
// group, that all groups together reach both ends (but for a silence that is
// plausible there), and that somebody declared that these are all the logs of
// all ways to the recordings.
func Assess(p Period, spans []Span, gaps []Gap, declared bool) (State, []string) {
	if !p.Given() {
		return Unknown, []string{"no period was stated, so nothing says what the logs should cover"}
	}
	var why []string
	all, ok := together(spans)
	switch {
	case !ok:
		why = append(why, "no line has a time")
	default:
		if all.First-all.Before > p.From {
			why = append(why, fmt.Sprintf("the logs begin at %s; the period begins at %s", Stamp(all.First), Stamp(p.From)))
		}
		if all.Last+all.After < p.To {
			why = append(why, fmt.Sprintf("the logs end at %s; the period ends at %s", Stamp(all.Last), Stamp(p.To)))
		}
	}
	count := 0
	for _, g := range gaps {
		if g.Explained != "" || g.From >= p.To || g.To <= p.From || ok && g.Group == "" && (g.To <= all.First || g.From >= all.Last) {
			continue // that the logs do not reach an end is said above
		}
		if count++; count <= reasonsNamed {
			why = append(why, fmt.Sprintf("there is an unexplained gap from %s to %s%s", Stamp(g.From), Stamp(g.To), in(g.Group)))
		}
	}
	if count > reasonsNamed {
		why = append(why, fmt.Sprintf("and %d more unexplained gaps", count-reasonsNamed))
	}
	if !declared {
		why = append(why, "nobody declared that these are all the logs of all ways to the recordings")
	}
	if len(why) > 0 {
		return Partial, why
	}
	return Full, nil
}

func in(group string) string {
	if group == "" {
		return " in all groups together"
	}
	return " in " + group
}

// together is the span of all groups.
func together(spans []Span) (all Span, ok bool) {
	for _, s := range spans {
		if s.First == accesslog.NoTime {
			continue
		}
		if s.Group == "" {
			return s, true
		}
		if !ok || s.First < all.First {
			all.First, all.Before = s.First, s.Before
		}
		if !ok || s.Last > all.Last {
			all.Last, all.After = s.Last, s.After
		}
		ok = true
	}
	return all, ok
}

// Ends gives the part of a period that lies before the first and behind the last
// line, as gaps of all groups together, as far as it is longer than is plausible
// there.
func Ends(p Period, all Span) []Gap {
	if !p.Given() {
		return nil
	}
	if all.First == accesslog.NoTime || all.Last < p.From || all.First >= p.To {
		return []Gap{{From: p.From, To: p.To, Expected: accesslog.None, Why: "no line of any source has a time in the stated period"}}
	}
	var out []Gap
	if all.First-all.Before > p.From {
		out = append(out, Gap{From: p.From, To: all.First, Expected: all.Before,
			Why: "the period begins " + Length(all.First-p.From) + " before the first line of any source"})
	}
	if all.Last+all.After < p.To {
		out = append(out, Gap{From: all.Last, To: p.To, Expected: all.After,
			Why: "the period ends " + Length(p.To-all.Last) + " behind the last line of any source"})
	}
	return out
}

// Slack is the longest plausible silence at the begin and at the end of the log:
// the longest of the four weeks next to it, and half an hour at least, since no
// shorter silence is judged anywhere; but no more than an eighth of the log's own
// length: a log of minutes says nothing of hours.
func (s *Silences) Slack() (before, after int64) {
	if !s.any {
		return 0, 0
	}
	const near = 4 * week
	most := (s.last - s.first) / 8
	return min(most, max(gapShortest, s.touching(s.first, s.first+near))), min(most, max(gapShortest, s.touching(s.last-near, s.last)))
}

// Outage is a time of which the user says why nothing was logged. Served: the
// server went on all the same, so that nobody knows what was taken.
type Outage struct {
	Period
	Why    string
	Served bool
}

// Explain explains the gaps that lie in outages, but for parts that would be a
// plausible silence by themselves. A time in which the server went on without a
// log is never explained: it is a gap of all groups, whatever was found.
func Explain(gaps []Gap, outages []Outage) []Gap {
	outages = slices.Clone(outages)
	slices.SortFunc(outages, func(a, b Outage) int { return cmp.Compare(a.From, b.From) })
	for i := range gaps {
		g := &gaps[i]
		slack := max(gapShortest, g.Expected)
		known := g.From // up to here it is known why
		var why []string
		for _, o := range outages {
			if !o.Served && min(g.To, o.To) > max(g.From, o.From) && o.From-known <= slack {
				known = max(known, o.To)
				why = append(why, o.Why)
			}
		}
		if len(why) > 0 && g.To-known <= slack {
			g.Explained = strings.Join(slices.Compact(why), "; ")
		}
	}
	for _, o := range outages {
		if o.Served {
			gaps = append(gaps, Gap{From: o.From, To: o.To, Expected: accesslog.None, Why: "the server went on and nothing was logged, by the user's word: " + o.Why})
		}
	}
	return gaps
}

// Covered is how much of a period lies between the first and the last line of a
// span, or within a plausible silence of it, and in none of the gaps of its
// group, in microseconds. Explained gaps are not covered either. gaps are in the
// order of time.
func Covered(p Period, span Span, gaps []Gap) int64 {
	if span.First == accesslog.NoTime {
		return 0
	}
	from, to := max(p.From, span.First), min(p.To, span.Last)
	if from > p.From && from-p.From <= span.Before {
		from = p.From
	}
	if to < p.To && p.To-to <= span.After {
		to = p.To
	}
	covered := max(0, to-from)
	for _, g := range gaps {
		if g.Group == span.Group {
			covered -= max(0, min(to, g.To)-max(from, g.From))
			from = max(from, g.To)
		}
	}
	return covered
}

// Compare orders gaps by group and time.
func (g Gap) Compare(o Gap) int {
	return cmp.Or(strings.Compare(g.Group, o.Group), cmp.Compare(g.From, o.From), cmp.Compare(g.To, o.To))
}

// ClockWentBack says whether a step back may undo what looks like a gap: the
// clock was set forward at the gap and back, by about as much, later on.
func (g Gap) ClockWentBack(s Step) bool {
	length, back := g.To-g.From, s.From-s.To
	return s.From >= g.To && max(length-back, back-length) <= max(stepLeast, length/4)
}

// Stamp writes a time for people and machines.
func Stamp(t int64) string {
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}
