package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
)

var vendorClaims = []claim.Claim{
	{ID: "vendor", Figures: []claim.Figure{{Quantity: claim.Recordings, N: 55}, {Quantity: claim.Clients, N: 7}}},
	{ID: "agents", Unit: claim.UnitIPAgent, Relation: claim.AtMost, Figures: []claim.Figure{{Quantity: claim.Clients, N: 7}, {Quantity: claim.Requests, N: 9}}},
	{ID: "people", Measure: claim.AnyBytes, Relation: claim.AtLeast, Subject: "phone", Duration: "duration_s", Figures: []claim.Figure{{Quantity: claim.Subjects, N: 40}, {Quantity: claim.Hours, N: 2}}},
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func opened(t *testing.T, dir string) *casefile.Case {
	t.Helper()
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever the workers, and whether from a case or while it is made, a claim has
// one answer.
func TestClaimsAreOneAnswer(t *testing.T) {
	dir, out := analyse(t, Options{Evidence: []string{nasLogs}, Inventory: nasSizes, Claims: vendorClaims})
	c := opened(t, dir)
	s, err := c.Summary()
	if err != nil {
		t.Fatal(err)
	}
	got := asJSON(t, s.Claims)
	if len(s.Claims) != 3 || got != asJSON(t, out.Summary.Claims) {
		t.Fatalf("the case has other verdicts than the run: %s", got)
	}
	for _, workers := range []int{1, 2, 7} {
		again, err := Claims(context.Background(), c, vendorClaims, claim.Probable, workers)
		if err != nil {
			t.Fatal(err)
		}
		if asJSON(t, again) != got {
			t.Errorf("%d workers give other verdicts", workers)
		}
	}
	for i, want := range []string{"contradicted", "contradicted", "undecidable"} {
		if s.Claims[i].Verdicts[claim.Probable].Outcome != want {
			t.Errorf("%s: %+v", s.Claims[i].ID, s.Claims[i].Verdicts)
		}
	}
	md, err := os.ReadFile(filepath.Join(dir, "summary.md"))
	if err != nil || !strings.Contains(string(md), "## Claims") {
		t.Errorf("no claims in summary.md, %v", err)
	}
}

// A recording whose requests lie in several row groups is one recording, and a
// directory is none; the counts are those of the case, for any number of workers.
func TestClaimsAcrossRowGroups(t *testing.T) {
	var b strings.Builder
	const n = 300_000
	for i := range n {
		path := fmt.Sprintf("/%d.wav", i%4*(i%3))
		if i >= n/2 {
			if path = "/d/"; i%100 == 0 {
				path = "/z.wav"
			}
		}
		fmt.Fprintf(&b, "192.0.2.%d - - [%02d/Feb/2019:%02d:%02d:%02d +0100] \"GET %s HTTP/1.1\" 200 %d \"-\" \"curl\"\n", i%200, 1+i/86400, i/3600%24, i/60%60, i%60, path, 1000+i%2)
	}
	dir, out := analyse(t, Options{Evidence: []string{files(t, map[string]string{"access.log": b.String()})}})
	c := opened(t, dir)
	if tab, err := c.Table(casefile.TableRequests); err != nil || tab.NumRows() != n {
		t.Fatal(err)
	} else if groups, err := tab.RowGroups(); err != nil || groups < 4 {
		t.Fatalf("%d row groups, %v", groups, err)
	}
	for _, workers := range []int{1, 3} {
		r, err := Claims(context.Background(), c, vendorClaims[:1], claim.Probable, workers)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range r[0].Matrix {
			if cell.Unit == "ip" && out.Summary.Counts[cell.Rule] != (casefile.RuleCount{Requests: cell.Requests, Pairs: cell.Pairs, Recordings: cell.Recordings, Clients: cell.Clients}) {
				t.Errorf("%+v, the case has %+v", cell, out.Summary.Counts[cell.Rule])
			}
		}
	}
}

// Claims that cannot be answered are refused before any work.
func TestClaimsRefused(t *testing.T) {
	dir := files(t, map[string]string{"access.log": get("192.0.2.1", 1, "/a.wav", 200, 1000)})
	for want, o := range map[string]Options{
		`the table clients, from which they are answered, is not to be written`: {Tables: []string{"requests", "recordings"}, Claims: vendorClaims[:1]},
		`recordings have no attribute "phone"`:                                  {Claims: vendorClaims[2:]},
	} {
		o.Evidence, o.Out = []string{dir}, filepath.Join(t.TempDir(), "case")
		_, err := Run(context.Background(), o)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), want) || usage.Hint == "" {
			t.Errorf("got %v, want %s", err, want)
		}
		empty(t, "a refused run", filepath.Dir(o.Out))
	}
}

// Tables that do not fit together give no verdict.
func TestClaimsNeedTablesThatAgree(t *testing.T) {
	one := files(t, map[string]string{"access.log": get("192.0.2.1", 1, "/a.wav", 200, 1000)})
	two := files(t, map[string]string{"access.log": get("192.0.2.1", 1, "/a.wav", 200, 1000) + get("192.0.2.1", 2, "/a.wav", 200, 1000)})
	a, _ := analyse(t, Options{Evidence: []string{one}})
	b, _ := analyse(t, Options{Evidence: []string{two}})
	data, err := os.ReadFile(filepath.Join(b, "tables", "requests.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a, "tables", "requests.parquet"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Claims(context.Background(), opened(t, a), vendorClaims[:1], claim.Probable, 2); err == nil || !strings.Contains(err.Error(), "does not agree with itself") {
		t.Errorf("got %v", err)
	}
}

// Two names that look the same in the tables do not keep a claim from being
// answered: anyone can send them. It is said.
func TestClaimsWithNamesThatLookTheSame(t *testing.T) {
	log := get("192.0.2.1", 1, "/a%FF.wav", 200, 1000) + get("192.0.2.1", 2, "/a%5CxFF.wav", 200, 1000)
	_, out := analyse(t, Options{Evidence: []string{files(t, map[string]string{"access.log": log})}, Claims: vendorClaims[:1]})
	r := out.Summary.Claims[0]
	if out.Summary.Counts["requested"].Recordings != 2 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "look the same in the tables") {
		t.Errorf("%+v, notes %q", out.Summary.Counts["requested"], r.Notes)
	}
}

// The summary has no endless lists, and says so.
func TestShorten(t *testing.T) {
	r := &claim.Result{Examples: []claim.FigureExample{{Items: make([]claim.Example, 7)}}, Exclusions: []claim.Excluded{{Clients: []string{"a", "b", "c", "d"}}}}
	r.Shorten(3)
	if x, e := r.Exclusions[0], r.Examples[0]; len(e.Items) != 3 || e.Left != 4 || len(x.Clients) != 3 || x.Left != 1 {
		t.Errorf("%+v", r)
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]int64{"": -1, "0": 0, "90": 90, "1.5": 2, " 7 ": 7, "-1": -1, "NaN": -1, "Inf": -1, "1e400": -1, "2:30": -1, "46701740608": -1} {
		if got := seconds(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// What a case and its claims rest on stands in the manifest, and a verdict that
// needs what the user said of a gap, of the period and of the logs says so.
func TestClaimsRegister(t *testing.T) {
	lines := strings.Join(busyLines(3, gone(36, 37)), "")
	dir, _ := analyse(t, Options{
		Evidence: []string{files(t, map[string]string{"access.log": lines})}, Exposure: Stretch{From: "2019-02-18", To: "2019-02-20"},
		Outages: []Stretch{{"2019-02-19 12:00", "2019-02-19 13:00", "power", "no"}}, Declaration: &Declaration{"A. Admin", "2019-03-01", "all"},
		Claims: []claim.Claim{{ID: "few", Relation: claim.AtMost, Figures: []claim.Figure{{Quantity: claim.Recordings, N: 100_000}}}},
	})
	c := opened(t, dir)
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Summary()
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(s.Claims[0].Paragraph, " "); !strings.Contains(text, "except for gaps that the user explained: 2019-02-19T") || !strings.Contains(text, "(power); that these are all the logs of all ways to the recordings rests on the word of A. Admin (2019-03-01): “all”") {
		t.Errorf("the paragraph does not say what coverage rests on: %s", text)
	}
	if len(m.Assumptions) < 5 || asJSON(t, m.Assumptions) != asJSON(t, s.Assumptions) {
		t.Errorf("manifest %+v, summary %+v", m.Assumptions, s.Assumptions)
	}
	if len(m.Claims) != 1 || m.Claims[0].ID != "few" {
		t.Fatalf("%+v", m.Claims)
	}
	got := map[string]claim.Assumed{}
	for _, a := range m.Claims[0].Assumptions {
		got[a.What] = a
	}
	for what, value := range map[string]string{
		"exposure period": "2019-02-18T00:00:00Z to 2019-02-21T00:00:00Z", "outages": "as explained", "declaration": "these are all the logs: A. Admin, 2019-03-01",
	} {
		if a := got[what]; a.Value != value || a.By != "user" || !a.Changes || a.Probable != "undecidable" || s.Claims[0].Verdicts[0].Outcome != "supported" {
			t.Errorf("%s: %+v, and with it %s", what, a, s.Claims[0].Verdicts[0].Outcome)
		}
	}
}
