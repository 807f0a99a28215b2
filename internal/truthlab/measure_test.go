//go:build linux

package truthlab

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
)

// setting is what recount is told beside the log.
type setting struct {
	name      string
	inventory bool // the sizes of the recordings
	meaning   bool // what the size field counts
}

var settings = []setting{
	{"log alone", false, false},
	{"inventory", true, false},
	{"meaning", false, true},
	{"inventory and meaning", true, true},
}

// grades from least to most, by the words of the downloads table.
var grades = []string{"none", "probe", "partial", "possible", "likely", "complete"}

// tally counts pairs of one log and setting, for the table.
type tally struct {
	log, setting string
	whole        int            // pairs that are whole in truth
	all          map[string]int // pairs by grade
	wholes       map[string]int // those that are whole in truth, by grade
}

// row is a row of a table by column.
type row = map[string]any

// analysis is what recount made of one log.
type analysis struct {
	server *server
	site   site
	log    accessLog
	set    setting
	dir    string // the case
	out    *pipeline.Outcome
}

// analyse runs recount over one log, as analyze does.
func analyse(t *testing.T, s *server, on site, log accessLog, set setting) analysis {
	t.Helper()
	o := pipeline.Options{Evidence: []string{s.log(on.name, log.name)}, Out: filepath.Join(t.TempDir(), "case"), Workers: 1, Version: "lab",
		Tables: []string{casefile.TableDownloads, casefile.TableListings, casefile.TableSources}}
	format := log.format
	if set.meaning {
		format = cmp.Or(log.told, format)
		if log.meaning != "" {
			o.Meanings = []pipeline.PerSource{{Value: log.meaning}}
		}
	}
	if format != "" {
		o.Formats = []pipeline.PerSource{{Value: format}}
	}
	if set.inventory {
		o.Inventory = filepath.Join(s.dir, "inventory.csv")
	}
	out, err := pipeline.Run(context.Background(), o)
	must(t, err)
	if out.Damaged {
		t.Errorf("evidence was damaged or unread: %q", out.Unread)
	}
	return analysis{s, on, log, set, o.Out, out}
}

// fault is one thing that recount says of a pair and that is not true.
type fault struct {
	pair     pair
	scenario string
	what     string
	row      string // what recount says
}

// measure holds a case to the truth: of every pair, of the listings, and of the
// log as a whole. What is known is logged, and anything else fails the test.
func measure(t *testing.T, c analysis, did *visits, known *ledger) tally {
	t.Helper()
	n := tally{log: c.site.name + " " + c.log.name, setting: c.set.name, all: map[string]int{}, wholes: map[string]int{}}
	truths := did.truths(c.server.archive)
	seen := map[pair]row{}
	for _, d := range table(t, c.dir, casefile.TableDownloads) {
		seen[pair{d["client"].(string), d["recording"].(string)}] = d
	}
	var found []fault
	for _, p := range sortedPairs(truths) {
		is := truths[p]
		d, logged := seen[p]
		if !logged {
			if !is.refused { // of which not every server writes a line
				found = append(found, fault{p, is.scenario, unlisted, ""})
			}
			continue
		}
		grade := d["completeness"].(string)
		n.all[grade]++
		if is.whole {
			n.whole++
			n.wholes[grade]++
		}
		for _, what := range c.untrue(p, is, d) {
			found = append(found, fault{p, is.scenario, what, fmt.Sprintf("%v by %v, %v to %v of %v (%v); held %d, whole %v",
				grade, d["basis"], d["bytes_lower"], d["bytes_upper"], d["size"], d["size_from"], is.held, is.whole)})
		}
	}
	for p, d := range seen {
		if _, asked := truths[p]; !asked && d["completeness"] != "none" {
			found = append(found, fault{p, "", "nobody asked for it", fmt.Sprint(d["completeness"])})
		}
	}
	found = append(found, c.warned()...)
	known.judge(t, c, append(found, c.meant(t)...))
	c.listings(t, did)
	return n
}

// listings holds the listings to what clients were really shown.
func (c analysis) listings(t *testing.T, did *visits) {
	t.Helper()
	shown := map[pair]bool{}
	for _, o := range did.operations {
		if o.listing {
			shown[pair{o.client, o.path}] = true
		}
	}
	for _, l := range table(t, c.dir, casefile.TableListings) {
		p := pair{l["client"].(string), l["directory"].(string)}
		if !shown[p] {
			t.Errorf("%v: recount says that it was shown, and it was not", p)
		}
		delete(shown, p)
	}
	for p := range shown {
		t.Errorf("%v was shown, and recount does not say so", p)
	}
}

// warned: that a log-in page stood for everything is said, and nowhere else.
func (c analysis) warned() []fault {
	said := strings.Contains(strings.Join(c.out.Summary.Warnings, "\n"), "a log-in page")
	if said != c.site.pages {
		return []fault{{pair{}, c.site.name, wrongWarning, fmt.Sprintf("a log-in page: %v", said)}}
	}
	return nil
}

// meant: what the size field counts is told right, or not told. Two formats of
// one name that differ in it are told apart by the inventory.
func (c analysis) meant(t *testing.T) []fault {
	t.Helper()
	got := table(t, c.dir, casefile.TableSources)[0]["bytes_meaning"].(string)
	switch {
	case got == c.log.counts:
		return nil
	case got != "unknown":
		return []fault{{pair{}, c.site.name, wrongMeaning, got + ", in truth " + c.log.counts}}
	case c.set.inventory && c.log.counts == "accepted_with_headers" && !c.site.pages:
		return []fault{{pair{}, c.site.name, noMeaning, got + ", in truth " + c.log.counts}}
	}
	return nil
}

// untrue says where recount's word on a pair is not true: the measure.
func (c analysis) untrue(p pair, is truth, d row) []string {
	var found []string
	complete := d["completeness"] == "complete"
	if is.whole && slices.Index(grades, d["completeness"].(string)) < slices.Index(grades, "possible") {
		found = append(found, lessThanPossible)
	}
	if complete && !is.whole {
		found = append(found, completeNotWhole)
	}
	if upper, ok := d["bytes_upper"].(int64); ok && upper < min(is.held, is.received) {
		found = append(found, aboveUpper)
	}
	if d["bytes_lower"].(int64) > is.total+is.slack {
		found = append(found, belowLower)
	}
	if c.log.proves && is.placed && (is.present || !c.set.inventory) && !complete {
		found = append(found, notComplete)
	}
	if c.log.cuts && !is.whole && d["completeness"] == "likely" && !c.site.pages {
		found = append(found, likelyNotWhole)
	}
	sizes := c.server.archive.sizes(p.path)
	if got, _ := d["size"].(int64); c.set.inventory && len(sizes) > 0 && !slices.Contains(sizes, got) && !c.site.pages {
		found = append(found, otherSize)
	}
	return found
}

// The faults.
const (
	unlisted         = "asked for, and not in the case"
	lessThanPossible = "whole, and less than possible"
	completeNotWhole = "complete, and not whole"
	aboveUpper       = "more bytes received than bytes_upper"
	belowLower       = "bytes_lower is more than held and what buffers hold"
	notComplete      = "whole by a log that proves it, and not complete"
	likelyNotWhole   = "likely by a log that shows cuts, and not whole"
	wrongWarning     = "the warning of a log-in page is wrong"
	wrongMeaning     = "what the size field counts is wrong"
	noMeaning        = "what the size field counts is not inferred from the inventory"
	otherSize        = "of a size that the recording never had"
)

func sortedPairs(m map[pair]truth) []pair {
	var all []pair
	for p := range m {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b pair) int { return cmp.Or(cmp.Compare(a.client, b.client), cmp.Compare(a.path, b.path)) })
	return all
}

// table reads a table of a case.
func table(t *testing.T, dir, name string) []row {
	t.Helper()
	c, err := casefile.Open(dir)
	must(t, err)
	tab, err := c.Table(name)
	must(t, err)
	var rows []row
	columns := tab.Columns()
	for values, err := range tab.Rows() {
		must(t, err)
		r := row{}
		for i, v := range values {
			r[columns[i].Name] = v
		}
		rows = append(rows, r)
	}
	return rows
}
