package claim

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/coverage"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestParagraph draws a paragraph for each outcome, to be read aloud.
func TestParagraph(t *testing.T) {
	from, to := at(t, "2018-01-01 00:00:00"), at(t, "2019-03-01 00:00:00")
	claim := func(change func(*Claim)) *Claim {
		c := &Claim{Figures: []Figure{{Recordings, 55}, {Clients, 7}}}
		change(c)
		return c
	}
	account := func(c *Claim, s Standard, full, proxied bool, change func(*Account), bounds ...Bounds) *Account {
		a := &Account{Claim: c, Judgement: Decide(c, s, bounds, full, proxied), Sources: 9, Lines: 322,
			First: at(t, "2018-12-21 21:57:01"), Last: at(t, "2019-02-21 21:57:13")}
		if full {
			a.Coverage, a.Exposure, a.DeclaredBy, a.DeclaredOn = coverage.Full, coverage.Period{From: from, To: to}, "B. Berg, head of IT", "2019-03-04"
		}
		change(a)
		return a
	}
	none, plain := func(*Claim) {}, func(*Account) {}
	cases := []struct {
		name string
		a    *Account
	}{
		{"contradicted, probable, nothing stated", account(claim(none), Probable, false, false, plain, Bounds{129, 134}, Bounds{29, 35})},
		{"contradicted, proven, full coverage", account(claim(func(c *Claim) { c.Relation = AtLeast }), Proven, true, false, plain, Bounds{20, 54}, Bounds{5, 9})},
		{"undecidable, matches, partly covered", account(claim(func(c *Claim) { c.Population = Unlabelled }), Probable, false, false, func(a *Account) {
			a.Labelled, a.Coverage, a.Exposure = 28, coverage.Partial, coverage.Period{From: from, To: to}
			a.Why = []string{"nothing covers 2018-01-01 to 2018-12-21", "nobody has declared that these are all the logs"}
		}, Bounds{55, 55}, Bounds{7, 7})},
		{"undecidable, room between the bounds", account(claim(func(c *Claim) { c.Measure, c.Unit = AnyBytes, UnitPrefix }), Probable, true, false, plain, Bounds{50, 60}, Bounds{7, 8})},
		{"undecidable, behind a proxy, no times", account(claim(func(c *Claim) { c.Figures = c.Figures[1:] }), Probable, false, true, func(a *Account) { a.First, a.Last = 0, 0 }, Bounds{1, 1})},
		{"supported, a period of the claim", account(claim(func(c *Claim) { c.Measure, c.Relation, c.From, c.To = Requested, AtMost, from, to }), Proven, true, false, plain, Bounds{55, 55}, Bounds{1, 1})},
	}
	var got strings.Builder
	outcomes := map[Outcome]bool{}
	for _, c := range cases {
		sentences := Paragraph(c.a)
		if len(sentences) < 4 || len(sentences) > 8 {
			t.Errorf("%s: %d sentences", c.name, len(sentences))
		}
		for _, s := range sentences {
			if !strings.HasSuffix(s, ".") || strings.Contains(s, "  ") {
				t.Errorf("%s: %q", c.name, s)
			}
		}
		outcomes[c.a.Judgement.Outcome] = true
		got.WriteString("# " + c.name + "\n" + strings.Join(sentences, "\n") + "\n\n")
	}
	if len(outcomes) != 3 {
		t.Errorf("outcomes %v", outcomes)
	}
	if *update {
		if err := os.WriteFile("testdata/paragraph.golden", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/paragraph.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the paragraphs are not the golden ones:\n%s", got.String())
	}
}

// Only gaps in the period are named, and each once though it stands for several
// logs.
func TestParagraphGaps(t *testing.T) {
	gap := coverage.Gap{Group: "a.log", From: 10e6, To: 20e6, Explained: "power"}
	both := gap
	both.Group = ""
	for _, tt := range []struct {
		period coverage.Period
		want   string
	}{
		{coverage.Period{From: 0, To: 30e6}, "user explained: 1970-01-01T00:00:10Z to 1970-01-01T00:00:20Z (power); that these"},
		{coverage.Period{From: 20e6, To: 30e6}, ", and no gap was found in it; that these"},
		{coverage.Period{From: 0, To: 10e6}, ", and no gap was found in it; that these"},
	} {
		a := Account{Claim: &Claim{}, Coverage: coverage.Full, Exposure: tt.period, Gaps: []coverage.Gap{gap, both}}
		if text := a.covered(); !strings.Contains(text, tt.want) {
			t.Errorf("%v: %s", tt.period, text)
		}
	}
}
