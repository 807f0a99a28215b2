package coverage

import (
	"fmt"
	"math"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
)

// The test of a silence. A silence of half an hour or more is implausible, a
// gap, if it is longer than the longest plausible one. That is the largest of
//
//   - three times the longest other silence of all stretches that it is
//     compared with,
//   - eight times the median of the longest silences of those stretches, twelve
//     times if no other day could be compared,
//   - that median times e to the power of eight times their spread (the standard
//     deviation of their natural logarithms): where silences are of very
//     different lengths, a very long one says little.
//
// It is compared with stretches as long as itself: up to four right before it
// and up to four right behind it (or two, or one, if a night lies behind them;
// in halves and quarters if there are fewer than eight), and the same hours of
// other days. A silence counts for a stretch whole, if any part of it lies
// there.
//
// Another day's hours are compared only if lines came before and behind them as
// they did around the gap, with silences at most twice as long: a Sunday says
// nothing of a Monday. Days up to four weeks away are looked at; for silences
// over six hours the same weekday only, up to eight weeks away: so nights, lunch
// breaks, weekends and weekly pauses are held against their like. Half of those
// that the log reaches must compare. A silence of more than two hours needs two
// other days, one of more than six hours one other week: with less of a log it
// is no gap. If the stretches right before and behind alone make it implausible,
// it is a doubt then: hours or days may be missing, or it was a night. So is a
// silence of three days or more that cannot be compared, if but for a few the log
// has none like it.
//
// The numbers were chosen by simulation: TestGapRates holds the kinds of quiet
// logs with their rates of false alarms, and of busy logs with their rates of
// detection. TestDoubtRates has those of doubts: 24 of 1,000 quiet logs, all of
// them busy but for the weekend, and of two weeks or less. What it cannot find:
// hours of a log that is silent every night and that touch the night; two equal
// gaps within a few hours of each other.
const (
	gapShortest = 30 * minute
	gapReach    = 4 // stretches right before and behind
	gapTimes    = 3 // as long as the longest other silence
	gapLeast    = 8.0
	gapAlone    = 12.0
	gapSpread   = 8.0
	gapStretch  = 8 // stretches that are needed
	gapLike     = 2
	gapDays     = 28
	gapWeeks    = 8
	gapNoDay    = 2 * hour // up to this, no other day is needed
	gapWeekday  = 6 * hour // from this on, only the same weekday compares
	gapLong     = 3 * day  // longer than a weekend
)

// Find gives the gaps, in the order of time, without their group.
func (s *Silences) Find() []Gap {
	var out []Gap
	for from, to := range s.outstanding {
		if c, ok := s.compare(from, to); ok {
			out = append(out, Gap{From: from, To: to, Expected: c.plausible(), Why: c.why(to - from)})
		}
	}
	return out
}

// Doubts gives the silences that would be gaps if the log reached far enough to
// compare them with the same hours of other days, in the order of time, without
// their group.
func (s *Silences) Doubts() []Gap {
	var out []Gap
	for i := range s.from {
		from, to := s.from[i], s.to[i]
		if to-from < gapLong {
			continue
		}
		if _, ok := s.compare(from, to); ok && s.stands(i) {
			continue // a gap
		}
		if other, alone := s.unlike(to - from); alone {
			out = append(out, Gap{From: from, To: to, Expected: accesslog.None, Why: Length(to-from) + " without a line, and but for few of this kind no silence is longer than " + Length(other) + "; there is not enough of the log around it to say whether it is plausible"})
		}
	}
	for from, to := range s.outstanding {
		if slices.ContainsFunc(out, func(g Gap) bool { return g.From == from }) {
			continue
		}
		// One that is longer than the log before or behind it says nothing.
		if c, ok := s.around(from, to, gapReach); !ok && s.within(2*from-to, 2*to-from) && c.reached < c.need {
			c.stretches(s, from, to, gapReach)
			if to-from > c.plausible() {
				out = append(out, Gap{From: from, To: to, Expected: c.plausible(), Why: c.why(to-from) + "; the log does not reach far enough to compare it with the same hours of other days, so it may be a night or a weekend"})
			}
		}
	}
	slices.SortFunc(out, Gap.Compare)
	return out
}

// unlike says whether a silence is of another kind than the rest of the log: at
// most a few are nearly as long, and all others are less than an eighth of it, the
// longest of which is given. A weekend after silent nights is not.
func (s *Silences) unlike(length int64) (longest int64, alone bool) {
	const few = 10
	like := 0
	longest = notable
	for i := range s.from {
		switch g := s.to[i] - s.from[i]; {
		case 3*g >= 2*length:
			like++
		case 8*g >= length:
			return 0, false
		default:
			longest = max(longest, g)
		}
	}
	return longest, like <= few
}

// outstanding walks over the silences that are longer than their neighbours. Most
// are not: they need no more work.
func (s *Silences) outstanding(yield func(from, to int64) bool) {
	for i := range s.from {
		if s.stands(i) && !yield(s.from[i], s.to[i]) {
			return
		}
	}
}

// stands says whether a silence is longer than its neighbours.
func (s *Silences) stands(i int) bool {
	g := s.to[i] - s.from[i]
	return g >= gapShortest && s.longest(max(0, i-3), i)*gapTimes < g && s.longest(i+1, min(len(s.from), i+4))*gapTimes < g
}

// comparison is what a silence was compared with.
type comparison struct {
	length  int64   // of the stretches right before and behind
	longest []int64 // longest silence of each stretch
	near    int     // how many of them are right before and behind
	shift   int64   // day or week
	need    int     // other days or weeks that must compare
	reached int     // and those that the log reaches
}

// compare compares a silence with the traffic around; false: it is plausible, or
// there is too little to compare with.
func (s *Silences) compare(from, to int64) (comparison, bool) {
	for _, reach := range []int64{gapReach, 2, 1} {
		c, ok := s.around(from, to, reach)
		if ok && to-from > c.plausible() {
			return c, true
		}
	}
	return comparison{}, false
}

// around collects what a silence is compared with: reach stretches on each side,
// as far as the log reaches, and one at least.
func (s *Silences) around(from, to, reach int64) (c comparison, ok bool) {
	g := to - from
	if !s.within(from-g, to+g) {
		return c, false
	}
	c.shift = day
	days := int64(gapDays)
	switch {
	case g > gapWeekday:
		c.shift, days, c.need = week, gapWeeks, 1
	case g > gapNoDay:
		c.need = 2
	}
	like := gapLike * max(s.touching(from-g, from), s.touching(to, to+g))
	var others []int64
	for k := -days; k <= days; k++ {
		d := k * c.shift
		if d > -2*g && d < 2*g || !s.within(from-g+d, to+g+d) {
			continue
		}
		c.reached++
		if s.touching(from-g+d, from+d) <= like && s.touching(to+d, to+g+d) <= like {
			others = append(others, s.touching(from+d, to+d))
		}
	}
	if len(others) < c.need || len(others)*2 < c.reached {
		return c, false
	}
	c.longest = others
	c.stretches(s, from, to, reach)
	return c, true
}

// stretches puts reach stretches on each side of a silence before those of other
// days, in parts if there are too few.
func (c *comparison) stretches(s *Silences, from, to, reach int64) {
	g := to - from
	low, high := max(s.first, from-reach*g), min(s.last, to+reach*g)
	others := c.longest
	for c.length = g; ; c.length /= 2 {
		c.longest = nil
		for at := from; at-c.length >= low; at -= c.length {
			c.longest = append(c.longest, s.touching(at-c.length, at))
		}
		for at := to; at+c.length <= high; at += c.length {
			c.longest = append(c.longest, s.touching(at, at+c.length))
		}
		c.near = len(c.longest)
		c.longest = append(c.longest, others...)
		if len(c.longest) >= gapStretch {
			return
		}
	}
}

// plausible is the longest silence that the comparison makes plausible.
func (c *comparison) plausible() int64 {
	sorted := slices.Sorted(slices.Values(c.longest))
	n := len(sorted)
	var sum, squares float64
	for _, v := range sorted {
		l := math.Log(float64(v))
		sum += l
		squares += l * l
	}
	mean := sum / float64(n)
	spread := math.Sqrt(max(0, squares/float64(n)-mean*mean))
	times := gapLeast
	if n == c.near {
		times = gapAlone
	}
	times = max(times, min(1e4, math.Exp(gapSpread*spread))) // no overflow: 1e4 times an age is as good as never
	return max(gapTimes*sorted[n-1], int64(min(1e18, times*float64(sorted[n/2]))))
}

// why says in words what was compared.
func (c *comparison) why(g int64) string {
	text := fmt.Sprintf("%s without a line; in %d stretches around it", Length(g), c.near)
	if n := len(c.longest) - c.near; n > 0 {
		unit := "day"
		if c.shift == week {
			unit = "week"
		}
		if n > 1 {
			unit += "s"
		}
		text += fmt.Sprintf(" and in the same hours of %d other %s", n, unit)
	}
	most := slices.Max(c.longest)
	if most == notable {
		text += ", no silence was longer than 2 minutes"
	} else {
		text += ", the longest silence was " + Length(most)
	}
	return text + "; lines are missing, nothing was served, or the clock was set forward"
}

// Length writes a stretch of time, in microseconds, for people.
func Length(t int64) string {
	s := (t + second/2) / second
	switch {
	case s < 120:
		return fmt.Sprintf("%d seconds", s)
	case s < 120*60:
		return fmt.Sprintf("%d minutes", (s+30)/60)
	case s < 72*3600:
		return fmt.Sprintf("%d hours %d minutes", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d days %d hours", s/86400, s%86400/3600)
}
