package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

var whereColumns = []casefile.Column{
	{Name: "client", Type: casefile.Text}, {Name: "bytes", Type: casefile.Int64, Null: true},
	{Name: "finished", Type: casefile.Bool, Null: true}, {Name: "first_seen", Type: casefile.Time, Null: true},
	{Name: "completeness", Type: casefile.Text}, {Name: "size_from", Type: casefile.Text, Null: true},
}

func TestWhere(t *testing.T) {
	noon := time.Date(2019, 2, 18, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		where string
		value any
		want  bool
	}{
		{"client = 192.0.2.7", "192.0.2.7", true},
		{"client=192.0.2.7", "192.0.2.7", true},
		{"client != 192.0.2.7", "192.0.2.7", false},
		{`client = ""`, "", true},
		{`client = " a "`, " a ", true},
		{"client = a b", "a b", true},
		{"client == 192.0.2.7", "192.0.2.7", true},
		{"client=='192.0.2.7'", "192.0.2.7", true},
		{`client = 'a "b"'`, `a "b"`, true},
		{`client = '"a"'`, `"a"`, true},
		{`client = "a\x1b"`, "a\x1b", true},
		{`client = "a\d"`, `a\d`, true},
		{"client = 'a", "'a", true},
		{`client = 'a"`, `'a"`, true},
		{"client = ''", "", true},
		{"bytes == '10'", int64(10), true},
		{"first_seen >= '2019-02-18 10:00'", noon, true},
		{"completeness = complete", "complete", true},
		{"completeness != none", "complete", true},
		{"completeness ~ comp", "complete", true},
		{"size_from is null", nil, true},
		{`client = "`, `"`, true},
		{"client ~ 0.2", "192.0.2.7", true},
		{"client ~ x", "192.0.2.7", false},
		{"client < b", "a", true},
		{"client = =", "=", true},
		{"bytes >= 10", int64(10), true},
		{"bytes > 10", int64(10), false},
		{"bytes<=10", int64(9), true},
		{"bytes < 9", int64(10), false}, // as numbers, not as texts
		{"bytes = -1", int64(-1), true},
		{"bytes != 10", nil, false},
		{"bytes = 10", nil, false},
		{"bytes is null", nil, true},
		{"bytes IS  NOT null", nil, false},
		{"bytes is not null", int64(0), true},
		{"finished = true", true, true},
		{"finished != TRUE", false, true},
		{"first_seen >= 2019-02-18", noon, true},
		{"first_seen < 2019-02-18 12:00", noon, false},
		{"first_seen = 2019-02-18T13:00:00+01:00", noon, true},
		{"first_seen > 2019-02-18T11:59:59.999999Z", noon, true},
	}
	for _, tt := range tests {
		c, err := parseWhere(tt.where, "downloads", whereColumns)
		if err != nil {
			t.Errorf("%s: %v", tt.where, err)
			continue
		}
		if got := c.holds(tt.value); got != tt.want {
			t.Errorf("%s on %v: %v", tt.where, tt.value, got)
		}
	}
}

func TestWhereErrors(t *testing.T) {
	const syntax = "write 'column op value'"
	tests := []struct{ where, want, hint string }{
		{"", "has no column", syntax},
		{"= 1", "has no column", syntax},
		{"client", "has no column", syntax},
		{"cleint = 1", `no column "cleint"`, "did you mean client? the columns are client, bytes, finished, first_seen"},
		{"who = 1", `no column "who"`, "the columns are client, bytes"},
		{"client is empty", "has no operator", syntax},
		{"client =", "compared with nothing", syntax},
		{"client ==", "compared with nothing", syntax},
		{"bytes = many", `column "bytes" takes a whole number, not "many"`, ""},
		{"bytes ~ 1", "~ works on texts only", ""},
		{"finished < true", "only = and != work", ""},
		{"finished = yes", "takes true or false", ""},
		{"first_seen > yesterday", `column "first_seen" takes a time`, ""},
		{"completeness = compelte", `column "completeness" never holds "compelte"`, "did you mean complete? its words are complete, likely, possible, partial, probe, none"},
		{"completeness != whole", `column "completeness" never holds "whole"`, "its words are complete"},
		{"size_from = null", `column "size_from" never holds "null"`, "its words are inventory"},
	}
	for _, tt := range tests {
		_, err := parseWhere(tt.where, "downloads", whereColumns)
		var usage *pipeline.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(usage.Hint, tt.hint) || tt.hint == "" && usage.Hint != "" {
			t.Errorf("%q: %+v, want %s and the hint %s", tt.where, err, tt.want, tt.hint)
		}
	}
}

// A column that the user made, of the same name, is not held to the words.
func TestFixedWordsAreOfTheirTable(t *testing.T) {
	if _, err := parseWhere("kind = whale", "recordings", []casefile.Column{{Name: "kind", Type: casefile.Text}}); err != nil {
		t.Error(err)
	}
}

// The words are those that the rooms write.
func TestFixedWords(t *testing.T) {
	var grades, sizes, kinds, meanings []string
	for g := download.GradeComplete; ; g-- {
		grades = append(grades, g.String())
		if g == download.GradeNone {
			break
		}
	}
	for f := download.SizeInventory; f <= download.SizeRepeated; f++ {
		sizes = append(sizes, f.String())
	}
	for k := request.KindContent; k <= request.KindNoContent; k++ {
		kinds = append(kinds, k.String())
	}
	for m := accesslog.MeaningUnknown; m <= accesslog.MeaningTransferred; m++ {
		meanings = append(meanings, m.String())
	}
	for column, want := range map[string][]string{
		"downloads.completeness": grades, "downloads.size_from": sizes, "recordings.size_from": sizes,
		"requests.kind": kinds, "requests.bytes_meaning": meanings, "requests.range_from": {"content_range", "request_range"},
	} {
		got := slices.Sorted(slices.Values(fixedWords[column]))
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", column, got, want)
		}
	}
}

func TestTypos(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"cleint", "client", 2}, {"kitten", "sitting", 3}, {"status", "status", 0}} {
		if got := typos(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// Whatever is typed, a condition that parses can be applied to any value of its
// column.
func FuzzWhere(f *testing.F) {
	for _, s := range []string{"client = a", "bytes is null", "first_seen >= 2019-02-18", "finished != true", `client ~ "\x00"`, "bytes<=-1"} {
		f.Add(s)
	}
	values := map[string]any{"client": "a", "bytes": int64(1), "finished": true, "first_seen": time.Unix(0, 0).UTC(), "completeness": "none", "size_from": "planned"}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseWhere(s, "downloads", whereColumns)
		if err != nil {
			return
		}
		v, ok := values[c.column]
		if !ok {
			t.Fatalf("%q: column %q", s, c.column)
		}
		c.holds(v)
		if c.holds(nil) != (c.op == "is null") {
			t.Errorf("%q holds for null", s)
		}
	})
}
