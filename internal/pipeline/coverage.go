package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// covered is which time the logs cover.
type covered struct {
	period coverage.Period
	all    coverage.Span
	gaps   []coverage.Gap // by group and time
	state  coverage.State
	why    []string
}

// cover finds out which time the logs cover, when all was scanned.
func (a *analysis) cover() error {
	logs := a.logNumbers()
	arrival := a.arrivals.ofGroup
	arrived := make([]uint32, len(logs))
	for group, log := range logs {
		arrived[arrival[group]] = arrival[log]
	}
	each, of, all, err := silences(a.workers, arrived)
	if err != nil {
		return err
	}
	c := &a.covered
	if c.period, err = a.options.Exposure.orNone(); err != nil {
		return err
	}
	c.all = a.span("", a.sources)
	c.all.Before, c.all.After = all.Slack()
	for i, g := range a.groups {
		g.silences, g.log = each[arrival[i+1]-1], of[arrival[logs[i+1]]]
		a.examine(g)
		var found []coverage.Gap
		if logs[i+1] == uint32(i+1) { // the gaps of a log stand with its first group
			found = g.gaps()
		}
		c.gaps = append(append(c.gaps, found...), g.holes(found)...)
	}
	if len(a.groups) > 1 {
		c.gaps = append(append(c.gaps, all.Find()...), all.Doubts()...)
	}
	c.gaps = append(c.gaps, coverage.Ends(c.period, c.all)...)
	var outages []coverage.Outage
	for _, o := range a.options.Outages {
		p, err := o.Period()
		if err != nil {
			return err
		}
		outages = append(outages, coverage.Outage{Period: p, Why: o.Why, Served: o.Served == "yes"})
	}
	c.gaps = coverage.Explain(c.gaps, outages)
	slices.SortFunc(c.gaps, coverage.Gap.Compare)
	c.state, c.why = coverage.Assess(c.period, append(a.spans(), c.all), c.gaps, a.options.Declaration != nil)
	return nil
}

// orNone is the period of a stretch, none if nothing was written.
func (s Stretch) orNone() (coverage.Period, error) {
	if s == (Stretch{}) {
		return coverage.Period{}, nil
	}
	return s.Period()
}

func (a *analysis) span(name string, sources []*source) coverage.Span {
	seen := newStats()
	for _, s := range sources {
		seen.seen(s.stats.first)
		seen.seen(s.stats.last)
	}
	return coverage.Span{Group: name, First: seen.first, Last: seen.last}
}

// spans are those of the groups.
func (a *analysis) spans() []coverage.Span {
	var spans []coverage.Span
	for _, g := range a.groups {
		span := a.span(g.name, g.sources)
		span.Before, span.After = g.silences.Slack()
		spans = append(spans, span)
	}
	return spans
}

// summary is what the summary says of coverage.
func (c *covered) summary(a *analysis) casefile.Coverage {
	out := casefile.Coverage{
		First: stamp(c.all.First), Last: stamp(c.all.Last), Note: "first and last time of any line",
		PlausibleBeforeS: c.all.Before / 1e6, PlausibleAfterS: c.all.After / 1e6,
		State: c.state.String(), Why: append([]string{}, c.why...), Exposure: a.exposure(), Declaration: a.declaration(),
		Groups: []casefile.CoverageGroup{}, Gaps: []casefile.CoverageGap{}, Findings: []string{},
	}
	if out.Exposure != nil {
		out.Exposure.CoveredS = coverage.Covered(c.period, c.all, a.gapsOfAll()) / 1e6
	}
	for i, span := range a.spans() {
		g := a.groups[i]
		row := casefile.CoverageGroup{
			Group: g.name, Sources: int64(len(g.sources)), First: stamp(span.First), Last: stamp(span.Last),
			Findings: append([]string{}, g.findings...),
		}
		if row.First != "" {
			longest := g.silences.Longest() / 1e6
			row.LongestSilenceS = &longest
		}
		for _, s := range g.sources {
			row.Lines += s.stats.lines
		}
		if c.period.Given() {
			covered := coverage.Covered(c.period, span, c.gaps) / 1e6
			row.CoveredS = &covered
		}
		out.Groups = append(out.Groups, row)
	}
	for _, g := range c.gaps {
		row := casefile.CoverageGap{Group: g.Group, From: stamp(g.From), To: stamp(g.To), Why: g.Why, Explained: g.Explained}
		if g.Expected != accesslog.None {
			expected := g.Expected / 1e6
			row.ExpectedS = &expected
		}
		out.Gaps = append(out.Gaps, row)
	}
	if text := a.mixedStamps(); text != "" {
		out.Findings = append(out.Findings, text)
	}
	return out
}

// gapsOfAll are the gaps of all groups together: where there is one group, its
// own.
func (a *analysis) gapsOfAll() []coverage.Gap {
	gaps := slices.Clone(a.covered.gaps)
	if len(a.groups) == 1 {
		for i := range gaps {
			gaps[i].Group = ""
		}
	}
	return gaps
}

// exposure is the stated period; nil: none.
func (a *analysis) exposure() *casefile.Exposure {
	p, err := a.options.Exposure.orNone()
	if err != nil || !p.Given() {
		return nil
	}
	return &casefile.Exposure{From: stamp(p.From), To: stamp(p.To), Seconds: (p.To - p.From) / 1e6}
}

func (a *analysis) declaration() *casefile.Declaration {
	d := a.options.Declaration
	if d == nil {
		return nil
	}
	return &casefile.Declaration{By: d.By, Date: d.Date, Text: d.Text}
}

// writeGaps writes the gaps table.
func (a *analysis) writeGaps(context.Context) error {
	for _, g := range a.covered.gaps {
		row := casefile.GapRow{Group: g.Group, From: g.From, To: g.To, Expected: g.Expected, Why: g.Why, Explained: g.Explained}
		if row.Expected != accesslog.None {
			row.Expected /= 1e6
		}
		if err := a.writer.Gaps().Append(&row); err != nil {
			return err
		}
	}
	return nil
}

// coverageAssumptions lists what is taken for true of the time that the logs
// cover.
func (a *analysis) coverageAssumptions() []casefile.Assumption {
	var out []casefile.Assumption
	for _, s := range a.sources {
		if s.ahead != 0 {
			way, length := "ahead", s.ahead
			if length < 0 {
				way, length = "behind", -length
			}
			out = append(out, casefile.Assumption{
				What: "clock of " + s.Path, Value: coverage.Length(length) + " " + way, By: "user",
				Why: "all its times in the tables are corrected by that; the lines hold those of its clock",
			})
		}
	}
	if e := a.exposure(); e != nil {
		out = append(out, casefile.Assumption{What: "exposure period", Value: e.From + " to " + e.To, By: "user", Why: "in which the recordings could be reached"})
	}
	for _, o := range a.options.Outages {
		out = append(out, casefile.Assumption{What: "outage", Value: o.From + " to " + o.To + map[string]string{"yes": ", served without a log", "no": ", not served"}[o.Served], By: "user", Why: o.Why})
	}
	if d := a.options.Declaration; d != nil {
		out = append(out, casefile.Assumption{What: "all the logs of all ways to the recordings", Value: "handed in", By: "user", Why: fmt.Sprintf("declared by %s, %s: %s", d.By, d.Date, d.Text)})
	}
	return out
}
