package coverage

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

func TestAssess(t *testing.T) {
	p := Period{10 * day, 20 * day}
	whole := []Span{{First: 9 * day, Last: 21 * day}, {Group: "a.log", First: 9 * day, Last: 21 * day}, {Group: "b.log", First: 12 * day, Last: 13 * day}}
	slack := []Span{{First: 10*day + hour, Last: 20*day - hour, Before: hour, After: hour}}
	for _, c := range []struct {
		name     string
		period   Period
		spans    []Span
		gaps     []Gap
		declared bool
		state    State
		why      string
	}{
		{"full", p, whole, nil, true, Full, ""},
		{"no period", Period{}, whole, nil, true, Unknown, "no period was stated, so nothing says what the logs should cover"},
		{"not declared", p, whole, nil, false, Partial, "nobody declared that these are all the logs of all ways to the recordings"},
		{"gap", p, whole, []Gap{{Group: "b.log", From: 12 * day, To: 13 * day}}, true, Partial, "there is an unexplained gap from 1970-01-13T00:00:00Z to 1970-01-14T00:00:00Z in b.log"},
		{"gap of all", p, whole, []Gap{{From: 12 * day, To: 13 * day}}, true, Partial, "there is an unexplained gap from 1970-01-13T00:00:00Z to 1970-01-14T00:00:00Z in all groups together"},
		{"gap explained", p, whole, []Gap{{Group: "a.log", From: 12 * day, To: 13 * day, Explained: "moved house"}}, true, Full, ""},
		{"gap before", p, whole, []Gap{{Group: "a.log", From: 9 * day, To: 10 * day}}, true, Full, ""},
		{"gap behind", p, whole, []Gap{{Group: "a.log", From: 20 * day, To: 21 * day}}, true, Full, ""},
		{"gap over the begin", p, whole, []Gap{{Group: "a.log", From: 9 * day, To: 10*day + 1}}, true, Partial, "there is an unexplained gap from 1970-01-10T00:00:00Z to 1970-01-11T00:00:00.000001Z in a.log"},
		{"four gaps", p, whole, []Gap{{From: 11 * day, To: 12 * day}, {From: 12 * day, To: 13 * day}, {From: 13 * day, To: 14 * day}, {From: 14 * day, To: 15 * day}}, true, Partial, "and 1 more unexplained gaps"},
		{"ends within what is plausible", p, slack, nil, true, Full, ""},
		{"begins late", p, []Span{{First: 10*day + hour, Last: 20 * day, Before: hour - 1}}, nil, true, Partial, "the logs begin at 1970-01-11T01:00:00Z; the period begins at 1970-01-11T00:00:00Z"},
		{"ends early", p, []Span{{First: 10 * day, Last: 20*day - hour, After: hour - 1}}, nil, true, Partial, "the logs end at 1970-01-20T23:00:00Z; the period ends at 1970-01-21T00:00:00Z"},
		{"groups one behind the other", p, []Span{{Group: "a", First: 9 * day, Last: 15 * day}, {Group: "b", First: 15 * day, Last: 21 * day}}, nil, true, Full, ""},
		{"no times", p, []Span{{First: accesslog.NoTime, Last: accesslog.NoTime}}, nil, true, Partial, "no line has a time"},
		{"nothing", p, nil, nil, true, Partial, "no line has a time"},
	} {
		state, why := Assess(c.period, c.spans, c.gaps, c.declared)
		if state != c.state || (c.why == "") != (len(why) == 0) || c.why != "" && why[len(why)-1] != c.why {
			t.Errorf("%s: %s %q; want %s %q", c.name, state, why, c.state, c.why)
		}
	}
}

// What Ends gives is what Assess says of the ends, and no gap besides.
func TestEnds(t *testing.T) {
	p := Period{10 * day, 20 * day}
	for _, c := range []struct {
		span Span
		want []Gap
	}{
		{Span{First: 9 * day, Last: 21 * day}, nil},
		{Span{First: 11 * day, Last: 19 * day, Before: day, After: day}, nil},
		{Span{First: 11 * day, Last: 19 * day}, []Gap{{From: 10 * day, To: 11 * day}, {From: 19 * day, To: 20 * day}}},
		{Span{First: 5 * day, Last: 6 * day}, []Gap{{From: 10 * day, To: 20 * day, Expected: accesslog.None}}},
		{Span{First: 25 * day, Last: 26 * day}, []Gap{{From: 10 * day, To: 20 * day, Expected: accesslog.None}}},
		{Span{First: accesslog.NoTime, Last: accesslog.NoTime}, []Gap{{From: 10 * day, To: 20 * day, Expected: accesslog.None}}},
	} {
		got := Ends(p, c.span)
		for i := range got {
			if got[i].Why == "" {
				t.Errorf("%+v: a gap without a reason", c.span)
			}
			got[i].Why = ""
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %+v, want %+v", c.span, got, c.want)
		}
		state, why := Assess(p, []Span{c.span}, Ends(p, c.span), true)
		if (state == Full) != (len(c.want) == 0) {
			t.Errorf("%+v: %s %q", c.span, state, why)
		}
		for _, w := range why {
			if strings.Contains(w, "gap") && c.span.First != accesslog.NoTime && c.span.Last > p.From && c.span.First < p.To {
				t.Errorf("%+v: said twice: %q", c.span, why)
			}
		}
	}
	if got := Ends(Period{}, Span{First: day, Last: 2 * day}); got != nil {
		t.Errorf("without a period: %+v", got)
	}
}

func TestExplain(t *testing.T) {
	out := []Outage{{Period{20 * day, 21 * day}, "new disk", false}, {Period{10 * day, 11 * day}, "disk full", false}, {Period{21 * day, 22 * day}, "new room", false}, {Period{30 * day, 31 * day}, "no log", true}}
	for _, c := range []struct {
		gap  Gap
		want string
	}{
		{Gap{From: 10 * day, To: 11 * day}, "disk full"},
		{Gap{From: 10*day + hour, To: 11*day - hour}, "disk full"},
		{Gap{From: 10*day - gapShortest, To: 11*day + gapShortest}, "disk full"},
		{Gap{From: 10*day - 2*hour, To: 11 * day, Expected: 2 * hour}, "disk full"},
		{Gap{From: 10*day - 2*hour, To: 11 * day, Expected: hour}, ""},
		{Gap{From: 10 * day, To: 11*day + 2*hour}, ""},
		{Gap{From: 11 * day, To: 11*day + 1}, ""},
		{Gap{From: 8 * day, To: 9 * day}, ""},
		{Gap{From: 20 * day, To: 22 * day}, "new disk; new room"},
		{Gap{From: 20 * day, To: 23 * day}, ""},
		{Gap{From: 30 * day, To: 31 * day}, ""},
	} {
		gaps := Explain([]Gap{c.gap}, out)
		if last := gaps[len(gaps)-1]; len(gaps) != 2 || last.From != 30*day || last.Explained != "" || last.Group != "" {
			t.Errorf("%+v: a time that was served and not logged is no gap: %+v", c.gap, gaps)
		}
		if gaps[0].Explained != c.want {
			t.Errorf("%+v: %q", c.gap, gaps[0].Explained)
		}
	}
}

func TestCovered(t *testing.T) {
	p := Period{10 * day, 20 * day}
	gaps := []Gap{{Group: "a", From: 8 * day, To: 11 * day}, {Group: "b", From: 12 * day, To: 13 * day}, {Group: "a", From: 15 * day, To: 16 * day, Explained: "x"}}
	for _, c := range []struct {
		span Span
		want int64
	}{
		{Span{Group: "a", First: 0, Last: 30 * day}, 8 * day},
		{Span{Group: "b", First: 0, Last: 30 * day}, 9 * day},
		{Span{Group: "c", First: 0, Last: 30 * day}, 10 * day},
		{Span{Group: "c", First: 11 * day, Last: 30 * day}, 9 * day},
		{Span{Group: "c", First: 11 * day, Last: 30 * day, Before: day}, 10 * day},
		{Span{Group: "c", First: 11 * day, Last: 19*day - 1, After: day}, 8*day - 1},
		{Span{Group: "c", First: 1 * day, Last: 2 * day}, 0},
		{Span{Group: "c", First: accesslog.NoTime, Last: accesslog.NoTime}, 0},
	} {
		if got := Covered(p, c.span, gaps); got != c.want {
			t.Errorf("%+v: %s, want %s", c.span, Length(got), Length(c.want))
		}
	}
}

// The longest silence that touches a stretch is the one that looking at each
// would find.
func TestTouching(t *testing.T) {
	times := []int64{0, 1 * hour, 1*hour + minute, 5 * hour, 6 * hour, 6*hour + 3*minute, 20 * hour}
	s := silencesOf(times)
	plain := func(from, to int64) int64 {
		most := int64(notable)
		for i := 1; i < len(times); i++ {
			if times[i] > from && times[i-1] < to {
				most = max(most, times[i]-times[i-1])
			}
		}
		return most
	}
	for from := -hour; from < 22*hour; from += 17 * minute {
		for to := from + minute; to < 22*hour; to += 23 * minute {
			if got, want := s.touching(from, to), plain(from, to); got != want {
				t.Fatalf("[%s, %s): %s, want %s", Length(from), Length(to), Length(got), Length(want))
			}
		}
	}
	if s.Longest() != 14*hour-3*minute {
		t.Errorf("longest %s", Length(s.Longest()))
	}
}

// A very long silence beside very uneven ones overflows nothing.
func TestPlausibleNeverOverflows(t *testing.T) {
	c := comparison{longest: []int64{notable, notable, notable, notable, math.MaxInt64 / 8, math.MaxInt64 / 8, math.MaxInt64 / 8, math.MaxInt64 / 8}}
	if got := c.plausible(); got < math.MaxInt64/8 {
		t.Error(got)
	}
}
