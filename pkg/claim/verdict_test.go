package claim

import (
	"strings"
	"testing"
)

// TestTruthTable is the table of the design, written out by hand: each row is a
// place of the bounds about the claimed 10, each column a relation without and
// with full coverage. C contradicted, S supported, u undecidable; m undecidable,
// but it matches within the logs handed in. Partial and unknown coverage are
// both less than full.
func TestTruthTable(t *testing.T) {
	const n = 10
	table := []struct {
		place        string
		lower, upper int64
		atMost       [2]string // partial or unknown, full
		atLeast      [2]string
		exactly      [2]string
	}{
		{"both far below", 0, 3, [2]string{"m", "S"}, [2]string{"u", "C"}, [2]string{"u", "C"}},
		{"both just below", 9, 9, [2]string{"m", "S"}, [2]string{"u", "C"}, [2]string{"u", "C"}},
		{"up to it", 5, 10, [2]string{"m", "S"}, [2]string{"u", "u"}, [2]string{"u", "u"}},
		{"around it", 5, 15, [2]string{"u", "u"}, [2]string{"u", "u"}, [2]string{"u", "u"}},
		{"from it", 10, 15, [2]string{"u", "u"}, [2]string{"S", "S"}, [2]string{"u", "u"}},
		{"both equal", 10, 10, [2]string{"m", "S"}, [2]string{"S", "S"}, [2]string{"m", "S"}},
		{"both just above", 11, 11, [2]string{"C", "C"}, [2]string{"S", "S"}, [2]string{"C", "C"}},
		{"both far above", 12, 20, [2]string{"C", "C"}, [2]string{"S", "S"}, [2]string{"C", "C"}},
	}
	letters := map[string]Outcome{"C": Contradicted, "S": Supported, "u": Undecidable, "m": Undecidable}
	for _, row := range table {
		for r, want := range map[Relation][2]string{AtMost: row.atMost, AtLeast: row.atLeast, Exactly: row.exactly} {
			for i, full := range []bool{false, true} {
				for q := Recordings; q <= Hours; q++ {
					f, b := Figure{q, n}, Bounds{row.lower, row.upper}
					got, reason := Judge(f, r, b, full)
					if got != letters[want[i]] {
						t.Errorf("%s, %s, full %v: %s (%s), want %s", row.place, r, full, got, reason, want[i])
					}
					if m := strings.HasPrefix(reason, "matches within the logs handed in"); m != (want[i] == "m") {
						t.Errorf("%s, %s, full %v: reason %q", row.place, r, full, reason)
					}
					if !strings.Contains(reason, "; the claim says "+r.words()+" 10") {
						t.Errorf("%s, %s: the reason %q does not say the claim", row.place, r, reason)
					}
					for s := Probable; s <= Proven; s++ { // the standard chooses the bounds, not the rule
						v := Decide(&Claim{Figures: []Figure{f}, Relation: r, Subject: "phone"}, s, []Bounds{b}, full, false)
						if v.Outcome != got || v.Standard != s || v.Findings[0].Outcome != got {
							t.Errorf("%s, %s, %s: %+v, want %s", row.place, r, s, v, got)
						}
					}
				}
			}
		}
	}
}

// TestNothing is the table for a claim of none at all.
func TestNothing(t *testing.T) {
	for _, c := range []struct {
		r    Relation
		b    Bounds
		full bool
		want Outcome
	}{
		{Exactly, Bounds{0, 0}, true, Supported}, {Exactly, Bounds{0, 0}, false, Undecidable},
		{Exactly, Bounds{0, 1}, true, Undecidable}, {Exactly, Bounds{1, 1}, false, Contradicted},
		{AtMost, Bounds{0, 0}, true, Supported}, {AtMost, Bounds{0, 0}, false, Undecidable}, {AtMost, Bounds{1, 2}, true, Contradicted},
		{AtLeast, Bounds{0, 0}, false, Supported}, {AtLeast, Bounds{0, 0}, true, Supported},
	} {
		if got, reason := Judge(Figure{Recordings, 0}, c.r, c.b, c.full); got != c.want {
			t.Errorf("%s 0, %+v, full %v: %s (%s), want %s", c.r, c.b, c.full, got, reason, c.want)
		}
	}
}

// TestMoreEvidence: what is known better never turns one decision into another,
// and never undoes one. Better known is a higher lower bound, a lower upper
// one, and fuller coverage.
func TestMoreEvidence(t *testing.T) {
	decided := 0
	for n := range int64(5) {
		for r := Exactly; r <= AtLeast; r++ {
			each(6, func(b Bounds) {
				for _, full := range []bool{false, true} {
					before, _ := Judge(Figure{Recordings, n}, r, b, full)
					each(6, func(better Bounds) {
						if better.Lower < b.Lower || better.Upper > b.Upper {
							return
						}
						for _, fuller := range []bool{full, true} {
							after, _ := Judge(Figure{Recordings, n}, r, better, fuller)
							if before != Undecidable && after != before {
								t.Errorf("%s %d: %+v, full %v: %s; %+v, full %v: %s", r, n, b, full, before, better, fuller, after)
							}
							if before != Undecidable {
								decided++
							}
						}
					})
				}
			})
		}
	}
	if decided == 0 {
		t.Error("nothing was decided")
	}
}

// TestMoreLogs: further logs can only raise the lower bound; so what was decided
// without full coverage stays decided, whatever they hold.
func TestMoreLogs(t *testing.T) {
	for n := range int64(5) {
		for r := Exactly; r <= AtLeast; r++ {
			each(7, func(b Bounds) {
				before, _ := Judge(Figure{Recordings, n}, r, b, false)
				each(7, func(more Bounds) {
					if before == Undecidable || more.Lower < b.Lower || more.Upper < b.Upper {
						return
					}
					if after, _ := Judge(Figure{Recordings, n}, r, more, true); after != before {
						t.Errorf("%s %d: %+v %s, with more logs %+v %s", r, n, b, before, more, after)
					}
				})
			})
		}
	}
}

// TestStandards: proven has the lower lower bound and the same upper one. What
// it decides the probable standard decides the same way.
func TestStandards(t *testing.T) {
	for n := range int64(5) {
		for r := Exactly; r <= AtLeast; r++ {
			each(6, func(proven Bounds) {
				for likely := proven.Lower; likely <= proven.Upper; likely++ {
					for _, full := range []bool{false, true} {
						p, _ := Judge(Figure{Clients, n}, r, proven, full)
						q, _ := Judge(Figure{Clients, n}, r, Bounds{likely, proven.Upper}, full)
						if p != Undecidable && q != p {
							t.Errorf("%s %d: proven %+v %s, probable from %d %s", r, n, proven, p, likely, q)
						}
					}
				}
			})
		}
	}
}

func each(most int64, f func(Bounds)) {
	for upper := range most {
		for lower := range upper + 1 {
			f(Bounds{lower, upper})
		}
	}
}

func TestCombine(t *testing.T) {
	const u, s, c = Undecidable, Supported, Contradicted
	for _, row := range []struct {
		in   []Outcome
		want Outcome
	}{
		{nil, u}, {[]Outcome{u}, u}, {[]Outcome{s}, s}, {[]Outcome{c}, c},
		{[]Outcome{u, u}, u}, {[]Outcome{u, s}, u}, {[]Outcome{s, u}, u}, {[]Outcome{s, s}, s},
		{[]Outcome{c, u}, c}, {[]Outcome{u, c}, c}, {[]Outcome{c, s}, c}, {[]Outcome{s, c}, c}, {[]Outcome{c, c}, c},
		{[]Outcome{s, s, u}, u}, {[]Outcome{s, u, c}, c}, {[]Outcome{s, s, s}, s},
	} {
		if got := Combine(row.in); got != row.want {
			t.Errorf("%v: %s, want %s", row.in, got, row.want)
		}
	}
}

// TestProxied: behind a proxy nothing that counts clients is decided, and the
// rest is as before.
func TestProxied(t *testing.T) {
	for q := Recordings; q <= Hours; q++ {
		for r := Exactly; r <= AtLeast; r++ {
			each(4, func(b Bounds) {
				c := &Claim{Figures: []Figure{{q, 2}}, Relation: r}
				v := Decide(c, Proven, []Bounds{b}, true, true)
				if q == Clients || q == Pairs {
					if v.Outcome != Undecidable || v.Matches || v.Findings[0].Reason != proxyReason {
						t.Errorf("%s %s %+v: %+v", q, r, b, v)
					}
				} else if want := Decide(c, Proven, []Bounds{b}, true, false); v.Outcome != want.Outcome {
					t.Errorf("%s %s %+v: %s, want %s", q, r, b, v.Outcome, want.Outcome)
				}
			})
		}
	}
	both := &Claim{Figures: []Figure{{Recordings, 55}, {Clients, 7}}}
	if v := Decide(both, Probable, []Bounds{{55, 55}, {7, 7}}, true, true); v.Outcome != Undecidable {
		t.Errorf("a claim with clients behind a proxy: %s", v.Outcome)
	}
	if v := Decide(both, Probable, []Bounds{{56, 60}, {7, 7}}, false, true); v.Outcome != Contradicted {
		t.Errorf("recordings above the claim, clients behind a proxy: %s", v.Outcome)
	}
}

// TestReasons are the sentences as they are read in a report.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		claim Claim
		std   Standard
		b     Bounds
		full  bool
		want  string
	}{
		{Claim{Figures: []Figure{{Recordings, 55}}}, Probable, Bounds{129, 134}, false,
			"at least 129 recordings were handed over whole, unless a transfer was cut unseen; the claim says exactly 55"},
		{Claim{Figures: []Figure{{Recordings, 55}}}, Proven, Bounds{60, 134}, true,
			"at least 60 recordings were handed over whole; the claim says exactly 55"},
		{Claim{Figures: []Figure{{Clients, 7}}}, Probable, Bounds{7, 7}, false,
			"matches within the logs handed in: exactly 7 clients were handed a whole recording, unless a transfer was cut unseen; the claim says exactly 7; but more may be in logs that are missing"},
		{Claim{Figures: []Figure{{Clients, 7}}, Relation: AtMost, Measure: Requested}, Probable, Bounds{1, 1}, true,
			"at most 1 client asked for a recording, in logs that cover the whole period; the claim says at most 7"},
		{Claim{Figures: []Figure{{Subjects, 57000}}, Relation: AtLeast, Subject: "phone", Measure: AnyBytes}, Proven, Bounds{0, 1200}, false,
			"at most 1,200 different values of phone were in recordings that can have been handed over at least in part, in the logs handed in; the claim says at least 57,000; more may be in logs that are missing"},
		{Claim{Figures: []Figure{{Hours, 12}}}, Proven, Bounds{10, 14}, true,
			"between 10 and 14 hours of recordings were handed over whole; the claim says exactly 12; these logs cannot tell which of these numbers it is"},
		{Claim{Figures: []Figure{{Recordings, 0}}}, Proven, Bounds{0, 0}, true,
			"exactly 0 recordings were handed over whole, in logs that cover the whole period; the claim says exactly 0"},
	} {
		v := Decide(&c.claim, c.std, []Bounds{c.b}, c.full, false)
		if got := v.Findings[0].Reason; got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.b, got, c.want)
		}
	}
}

func TestGroup(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := group(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
