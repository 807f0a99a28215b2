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

// tally counts pairs, for the table.
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

// measure holds a case to the truth.
func measure(t *testing.T, s *server, log accessLog, set setting, dir string, truths map[pair]truth) tally {
	t.Helper()
	n := tally{setting: set.name, all: map[string]int{}, wholes: map[string]int{}}
	seen := map[pair]row{}
	for _, d := range table(t, dir, casefile.TableDownloads) {
		seen[pair{d["client"].(string), d["recording"].(string)}] = d
	}
	for _, p := range sortedPairs(truths) {
		is := truths[p]
		d, ok := seen[p]
		if !ok {
			t.Errorf("%v was asked for, and is not in the case", p)
			continue
		}
		grade := d["completeness"].(string)
		n.all[grade]++
		if is.whole {
			n.whole++
			n.wholes[grade]++
		}
		for _, fault := range faults(p, is, d, log.proves) {
			t.Errorf("%v: %s; it is %v by %v, %v to %v of %v (%v); held %d, whole %v", p, fault,
				grade, d["basis"], d["bytes_lower"], d["bytes_upper"], d["size"], d["size_from"], is.held, is.whole)
		}
		if size := s.archive.recordings[p.path]; set.inventory && size != nil {
			if _, v := s.archive.present(p.path); d["size"] != v.size {
				t.Errorf("%v: size %v, the inventory has %d", p, d["size"], v.size)
			}
		}
	}
	for p, d := range seen {
		if _, asked := truths[p]; !asked && d["completeness"] != "none" {
			t.Errorf("%v is %v, and nobody asked for it", p, d["completeness"])
		}
	}
	return n
}

// faults says where recount's word on a pair is not true.
func faults(p pair, is truth, d row, proves bool) []string {
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	grade, lower := slices.Index(grades, d["completeness"].(string)), d["bytes_lower"].(int64)
	if is.whole && grade < slices.Index(grades, "possible") {
		add("whole, and less than possible")
	}
	if !is.whole && d["completeness"] == "complete" {
		add("complete, and not whole")
	}
	if upper, ok := d["bytes_upper"].(int64); ok && upper < is.held {
		add("more bytes held than bytes_upper")
	}
	if lower > is.held+is.slack {
		add("bytes_lower is more than held and what buffers hold (%d)", is.slack)
	}
	if proves && is.whole && d["completeness"] != "complete" {
		add("whole by a log that proves it, and not complete")
	}
	return found
}

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
