//go:build linux

package truthlab

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
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

// analyse runs recount over one log, as analyze does.
func analyse(t *testing.T, s *server, log accessLog, file string, set setting) (dir string) {
	t.Helper()
	o := pipeline.Options{Evidence: []string{file}, Out: filepath.Join(t.TempDir(), "case"), Workers: 1, Version: "lab"}
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
	return o.Out
}

// fault is one thing that recount says of a pair and that is not true.
type fault struct {
	pair     pair
	scenario string
	what     string
	row      string // what recount says
}

// measure holds a case to the truth, and gives what it found.
func measure(t *testing.T, s *server, log accessLog, set setting, dir string, truths map[pair]truth) (tally, []fault) {
	t.Helper()
	n := tally{setting: set.name, all: map[string]int{}, wholes: map[string]int{}}
	var found []fault
	seen := map[pair]row{}
	for _, d := range table(t, dir, casefile.TableDownloads) {
		seen[pair{d["client"].(string), d["recording"].(string)}] = d
	}
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
		_, v := s.archive.presentOr(p.path)
		for _, what := range untrue(is, d, log, set, v.size) {
			found = append(found, fault{p, is.scenario, what, fmt.Sprintf("%v by %v, %v to %v of %v (%v); held %d, whole %v",
				grade, d["basis"], d["bytes_lower"], d["bytes_upper"], d["size"], d["size_from"], is.held, is.whole)})
		}
	}
	for p, d := range seen {
		if _, asked := truths[p]; !asked && d["completeness"] != "none" {
			found = append(found, fault{p, "", "nobody asked for it", fmt.Sprint(d["completeness"])})
		}
	}
	return n, found
}

// untrue says where recount's word on a pair is not true: the measure.
func untrue(is truth, d row, log accessLog, set setting, size int64) []string {
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
	if d["bytes_lower"].(int64) > is.held+is.slack {
		found = append(found, belowLower)
	}
	if log.proves && is.placed && (is.present || !set.inventory) && !complete {
		found = append(found, notComplete)
	}
	if set.inventory && size >= 0 && d["size"] != size {
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
	otherSize        = "not of the inventory's size"
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
