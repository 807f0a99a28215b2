package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
)

// rotation is a rotation group: the sources of one log.
type rotation struct {
	name     string
	sources  []*source
	places   []coverage.Place
	silences coverage.Silences
	log      *coverage.Silences // of all groups of its log; nil: it is the only one
	steps    []clockStep
	findings []string
}

// clockStep is a step back of the clock and its source.
type clockStep struct {
	coverage.Step
	source *source
}

// rotate puts a source into its rotation group.
func (a *analysis) rotate(s *source) {
	place := coverage.PlaceOf(s.Path)
	i := a.groupOf[place.Group]
	if i == 0 {
		if a.groupOf == nil {
			a.groupOf = map[string]uint32{}
		}
		a.groups = append(a.groups, &rotation{name: place.Group})
		i = uint32(len(a.groups))
		a.groupOf[place.Group] = i
	}
	s.group = i
	g := a.groups[i-1]
	g.sources, g.places = append(g.sources, s), append(g.places, place)
}

// logNumbers numbers the log of each rotation group, by its number: the first
// group of the log. Groups that share copied lines are one log: a folder of
// backups beside the original.
func (a *analysis) logNumbers() []uint32 {
	of := make([]uint32, len(a.groups)+1)
	for i := range of {
		of[i] = uint32(i)
	}
	first := func(group uint32) uint32 {
		for of[group] != group {
			group = of[group]
		}
		return group
	}
	for _, c := range a.copies.merged {
		x, y := first(a.sources[c.Source-1].group), first(a.sources[c.OfSource-1].group)
		of[max(x, y)] = min(x, y)
	}
	for i := range of {
		of[i] = first(uint32(i))
	}
	return of
}

// gaps are the silences of a group that are implausible. Where a clock of the
// group goes back by as much later on, that is said.
func (g *rotation) gaps() []coverage.Gap {
	silences := &g.silences
	if g.log != nil {
		silences = g.log
	}
	gaps := append(silences.Find(), silences.Doubts()...)
	var unread int64
	for _, s := range g.sources {
		unread += s.stats.rejected + s.stats.yearless + s.stats.timeless
	}
	for i := range gaps {
		gap := &gaps[i]
		gap.Group = g.name
		if unread > 0 {
			gap.Why += fmt.Sprintf("; %d lines of the log could not be read or have no time, and may lie there", unread)
		}
		for _, s := range g.steps {
			if gap.ClockWentBack(s.Step) {
				gap.Why += fmt.Sprintf("; later the times of %s go back by about as much (line %d), so it may be the clock", s.source.Path, s.Line)
				break
			}
		}
	}
	return gaps
}

// holes are the times between the neighbours of files that are missing by their
// number, but where another group of the log has lines. A missing date is none:
// where nothing was logged, nothing is rotated.
func (g *rotation) holes(found []coverage.Gap) []coverage.Gap {
	var at []int // places with a number, or of the live file, that have lines
	for i, p := range g.places {
		if !p.Free && p.Date.IsZero() && g.sources[i].stats.first != accesslog.NoTime {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(x, y int) int { return cmp.Compare(g.places[x].Number, g.places[y].Number) })
	var out []coverage.Gap
	for i := 1; i < len(at); i++ {
		newer, older := g.places[at[i-1]].Number, g.places[at[i]].Number
		from, to := g.sources[at[i]].stats.last, g.sources[at[i-1]].stats.first
		if older-newer < 2 || from >= to || slices.ContainsFunc(found, func(f coverage.Gap) bool { return f.From < to && f.To > from }) {
			continue
		}
		if g.log != nil && g.log.LongestIn(from, to) < to-from {
			continue
		}
		missing := fmt.Sprintf("number %d", newer+1)
		if older-newer > 2 {
			missing = fmt.Sprintf("numbers %d to %d", newer+1, older-1)
		}
		out = append(out, coverage.Gap{Group: g.name, From: from, To: to, Expected: accesslog.None,
			Why: "files are missing in the rotation between these times: " + missing})
	}
	return out
}

// namedSteps is how many steps of one source's clock are named.
const namedSteps = 3

// examine says what is to be said of a group beside its gaps.
func (a *analysis) examine(g *rotation) {
	add := func(format string, args ...any) { g.findings = append(g.findings, fmt.Sprintf(format, args...)) }
	g.findings = append(g.findings, coverage.Missing(g.places)...)
	offsets := map[int16]bool{}
	for _, s := range g.sources {
		if len(s.stats.forms) == 0 {
			continue
		}
		who, whose := s.Path, s.Path+": "
		if len(g.sources) == 1 && s.Path == g.name { // which stands before what is found
			who, whose = "it", ""
		}
		if s.stats.beginsCut {
			add("%s begins with a line that cannot be read: it may begin in the middle of one", who)
		}
		if s.stats.cut {
			add("%s does not end with the end of a line: it may have been cut off, or copied while it was written", who)
		}
		for _, step := range s.clockSteps(whose, add) {
			g.steps = append(g.steps, clockStep{step, s})
		}
		maps.Copy(offsets, s.stats.offsets)
	}
	if len(offsets) > 1 {
		var names []string
		for _, offset := range slices.Sorted(maps.Keys(offsets)) {
			names = append(names, fmt.Sprintf("%+03d%02d", offset/60, max(offset, -offset)%60))
		}
		add("times are written with different offsets from UTC (%s): daylight saving began or ended, or the zone was changed; each line's own was used", strings.Join(names[:min(len(names), 8)], ", "))
	}
}

// clockSteps gives the places where the time goes back in a source, and says so;
// whose names it where that is not clear.
func (s *source) clockSteps(whose string, add func(format string, args ...any)) []coverage.Step {
	var traces []*coverage.Trace
	for _, p := range s.pieces {
		traces = append(traces, &p.clock)
	}
	steps, count := coverage.Steps(traces, func(i int, n int64) int64 { return s.pieces[i].lines + n })
	for _, step := range steps[:min(len(steps), namedSteps)] {
		add("%sthe time goes back by about %s at line %d, from %s to %s: the clock was set back (or an hour was repeated in autumn), or lines were put together in another order",
			whose, coverage.Length(step.From-step.To), step.Line, coverage.Stamp(step.From), coverage.Stamp(step.To))
	}
	if more := count - namedSteps; more > 0 {
		add("%sthe time goes back %d more times", whose, more)
	}
	return steps
}

// mixedStamps says that some sources stamp the start of a request and others its
// end; empty: they do not.
func (a *analysis) mixedStamps() string {
	example := map[accesslog.TimeAt]string{}
	for _, s := range a.sources {
		for _, f := range s.formats() {
			if example[f.TimeAt] == "" {
				example[f.TimeAt] = s.Path
			}
		}
	}
	start, end := example[accesslog.TimeAtStart], example[accesslog.TimeAtEnd]
	if start == "" || end == "" {
		return ""
	}
	return fmt.Sprintf("some sources stamp a request when it starts (%s), others when it ends (%s): the same request may stand in both, apart by as long as it took", start, end)
}

// coverageRemarks are the warnings about coverage.
func (a *analysis) coverageRemarks(add func(format string, args ...any)) {
	unexplained := 0
	for _, g := range a.covered.gaps {
		if g.Explained == "" {
			unexplained++
		}
	}
	if unexplained > 0 {
		add("the logs have unexplained gaps (%d): see which time they cover", unexplained)
	}
	for _, g := range a.groups {
		for _, f := range g.findings {
			add("%s: %s", g.name, f)
		}
	}
}
