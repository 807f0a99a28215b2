package main

import (
	"strings"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/casefile"
)

var whereColumns = []casefile.Column{
	{Name: "client", Type: casefile.Text}, {Name: "bytes", Type: casefile.Int64, Null: true},
	{Name: "finished", Type: casefile.Bool, Null: true}, {Name: "first_seen", Type: casefile.Time, Null: true},
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
		c, err := parseWhere(tt.where, whereColumns)
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
	tests := []struct{ where, want string }{
		{"", "has no column"},
		{"= 1", "has no column"},
		{"client", "has no column"},
		{"cleint = 1", `no column "cleint"; the columns are client, bytes, finished, first_seen`},
		{"client is empty", "has no operator"},
		{"client =", "compared with nothing"},
		{"bytes = many", `column "bytes" takes a whole number, not "many"`},
		{"bytes ~ 1", "~ works on texts only"},
		{"finished < true", "only = and != work"},
		{"finished = yes", "takes true or false"},
		{"first_seen > yesterday", `column "first_seen" takes a time`},
	}
	for _, tt := range tests {
		if _, err := parseWhere(tt.where, whereColumns); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.where, err, tt.want)
		}
	}
}

// Whatever is typed, a condition that parses can be applied to any value of its
// column.
func FuzzWhere(f *testing.F) {
	for _, s := range []string{"client = a", "bytes is null", "first_seen >= 2019-02-18", "finished != true", `client ~ "\x00"`, "bytes<=-1"} {
		f.Add(s)
	}
	values := map[string]any{"client": "a", "bytes": int64(1), "finished": true, "first_seen": time.Unix(0, 0).UTC()}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseWhere(s, whereColumns)
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
