package trace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
)

// outline names what was traced: "client recording:lines+left" for each.
func outline(tr *Trace) string {
	var all []string
	for _, d := range tr.Downloads {
		all = append(all, fmt.Sprintf("%s %s:%d+%d", d.Client, d.Recording, len(d.Lines), d.Left))
	}
	for _, d := range tr.Directories {
		all = append(all, fmt.Sprintf("%s %s:%d+%d", d.Client, d.Directory, len(d.Lines), d.Left))
	}
	if m := tr.More; m != (More{}) {
		all = append(all, fmt.Sprintf("more %d %d %d", m.Downloads, m.Directories, m.Lines))
	}
	return strings.Join(all, ", ")
}

func chosen(t *testing.T) (*casefile.Case, string) {
	dir := files(t, map[string]string{"access.log": get("192.0.2.1", "/calls/a.wav", "200", "9") + get("192.0.2.1", "/calls/a.wav?again", "200", "9") +
		get("192.0.2.1", "/calls/", "200", "5") + get("192.0.2.1", "/calls/", "403", "5") + get("192.0.2.1", "/calls/", "200", "5") +
		get("192.0.2.2", "/calls/", "403", "5") +
		get("192.0.2.2", "/calls/b%20%c3%a5.wav", "200", "9") + get("2001:db8:0::7", "/calls/b%20%c3%a5.wav", "200", "9") +
		get("192.0.2.3", "/calls/%1b[31m%ff.wav", "200", "9")})
	return analyse(t, pipeline.Options{Evidence: []string{dir}}), dir
}

func TestChoose(t *testing.T) {
	c, dir := chosen(t)
	all := `192.0.2.3 /calls/` + "\x1b" + `[31m\xFF.wav:1+0, 192.0.2.1 /calls/a.wav:2+0, 192.0.2.2 /calls/b å.wav:1+0, 2001:db8::7 /calls/b å.wav:1+0, 192.0.2.1 /calls/:2+0`
	for _, q := range []struct {
		client, recording string
		limit             int64
		want              string
	}{
		{"", "", 0, all},
		{"192.0.2.1", "", 0, "192.0.2.1 /calls/a.wav:2+0, 192.0.2.1 /calls/:2+0"},
		{"192.0.2.1", "/calls/a.wav", 0, "192.0.2.1 /calls/a.wav:2+0"},
		{"192.0.2.1", "/calls/", 0, "192.0.2.1 /calls/:2+0"},
		{"", "/calls/", 0, "192.0.2.1 /calls/:2+0"},
		{"", "/calls/b å.wav", 0, "192.0.2.2 /calls/b å.wav:1+0, 2001:db8::7 /calls/b å.wav:1+0"},
		// As people write them, or as they are shown.
		{"", "/calls/b%20%C3%A5.wav?x=1", 0, "192.0.2.2 /calls/b å.wav:1+0, 2001:db8::7 /calls/b å.wav:1+0"},
		{"", "http://nas/calls/./b%20a\u030a.wav", 0, "192.0.2.2 /calls/b å.wav:1+0, 2001:db8::7 /calls/b å.wav:1+0"},
		{"2001:DB8:0:0:0:0:0:7", "", 0, "2001:db8::7 /calls/b å.wav:1+0"},
		{"::ffff:192.0.2.2", "", 0, "192.0.2.2 /calls/b å.wav:1+0"},
		{"", `/calls/\x1b[31m\xFF.wav`, 0, `192.0.2.3 /calls/` + "\x1b" + `[31m\xFF.wav:1+0`},
		{"", "/calls/%1B[31m%FF.wav", 0, `192.0.2.3 /calls/` + "\x1b" + `[31m\xFF.wav:1+0`},
		// Nothing.
		{"192.0.2.9", "", 0, "nothing"},
		{"192.0.2.2", "/calls/a.wav", 0, "nothing"},
		{"192.0.2.2", "/calls/", 0, "nothing"}, // it was not shown
		{"", "/calls/A.wav", 0, "nothing"},
		{"", "/calls", 0, "nothing"},
		// Limits.
		{"192.0.2.1", "", 4, "192.0.2.1 /calls/a.wav:2+0, 192.0.2.1 /calls/:2+0"},
		{"192.0.2.1", "", 3, "192.0.2.1 /calls/a.wav:2+0, 192.0.2.1 /calls/:1+1, more 0 0 1"},
		{"192.0.2.1", "", 2, "192.0.2.1 /calls/a.wav:2+0, more 0 1 2"},
		{"192.0.2.1", "", 1, "192.0.2.1 /calls/a.wav:1+1, more 0 1 3"},
		{"", "", 2, `192.0.2.3 /calls/` + "\x1b" + `[31m\xFF.wav:1+0, 192.0.2.1 /calls/a.wav:1+1, more 2 1 5`},
	} {
		tr, err := Run(c, Options{Client: q.client, Recording: q.recording, Limit: q.limit, Evidence: []string{dir}, Keep: 10})
		got := "nothing"
		if err == nil {
			got = outline(tr)
		} else if !errors.Is(err, ErrNothing) {
			t.Fatal(err)
		}
		if got != q.want {
			t.Errorf("client %q, recording %q, limit %d: %s, want %s", q.client, q.recording, q.limit, got, q.want)
		}
		if err == nil && tr.Differs() {
			t.Errorf("client %q, recording %q, limit %d: does not agree", q.client, q.recording, q.limit)
		}
	}
}

// Only the beginning of a line is kept, and its length is known.
func TestKeep(t *testing.T) {
	c, dir := chosen(t)
	tr := run(t, c, Options{Client: "192.0.2.1", Recording: "/calls/a.wav", Evidence: []string{dir}, Keep: 11})
	for _, l := range tr.Downloads[0].Lines {
		if string(l.Text) != "192.0.2.1 -" || l.Length < 80 {
			t.Errorf("%q of %d bytes", l.Text, l.Length)
		}
	}
}

// A case that is not as it was sealed leads nowhere; a note beside it does no
// harm.
func TestChangedCase(t *testing.T) {
	for _, name := range []string{"manifest.json", "tables/requests.parquet", "tables/downloads.parquet", "SHA256SUMS"} {
		c, dir := chosen(t)
		o := Options{Client: "192.0.2.1", Evidence: []string{dir}}
		check(t, os.WriteFile(filepath.Join(c.Dir, "note.txt"), []byte("mine"), 0o644))
		if _, err := Run(c, o); err != nil {
			t.Errorf("with a note: %v", err)
		}
		path := filepath.Join(c.Dir, filepath.FromSlash(name))
		data, err := os.ReadFile(path)
		check(t, err)
		data[len(data)/2] ^= 1
		check(t, os.WriteFile(path, data, 0o644))
		if _, err := Run(c, o); err == nil || !strings.Contains(err.Error(), "is not as it was sealed") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A recording with more requests than a batch of rows, over several row groups.
func TestManyRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	var b strings.Builder
	for i := range 150_000 {
		b.WriteString(get(fmt.Sprintf("192.0.2.%d", i%3), fmt.Sprintf("/%d.wav", i%4), "206", "100"))
	}
	dir := files(t, map[string]string{"access.log": b.String()})
	c := analyse(t, pipeline.Options{Evidence: []string{dir}, Meanings: []pipeline.PerSource{{Value: "accepted_body"}}})
	for _, o := range []Options{
		{Client: "192.0.2.2", Recording: "/3.wav", Limit: 2},
		{Client: "192.0.2.2", Limit: 40_000},
		{Recording: "/0.wav"},
	} {
		o.Evidence = []string{dir}
		tr := run(t, c, o)
		var lines int64
		for _, g := range tr.given() {
			lines += int64(len(g.Lines))
		}
		if tr.Differs() || o.Limit > 0 && lines != o.Limit || o.Limit == 0 && lines != 37_500 {
			t.Errorf("%+v: %d lines, differs: %v", o, lines, tr.Differs())
		}
	}
}

// A case without the tables is an error that says so.
func TestWithoutTables(t *testing.T) {
	dir := files(t, map[string]string{"access.log": logOne})
	for _, tables := range [][]string{{}, {"requests"}, {"downloads"}} {
		c := analyse(t, pipeline.Options{Evidence: []string{dir}, Tables: tables})
		if _, err := Run(c, Options{Client: "192.0.2.1", Evidence: []string{dir}}); err == nil || !strings.Contains(err.Error(), "without it") {
			t.Errorf("%v: %v", tables, err)
		}
	}
	c := analyse(t, pipeline.Options{Evidence: []string{dir}, Tables: []string{"requests", "downloads"}})
	if tr := run(t, c, Options{Client: "192.0.2.1", Evidence: []string{dir}}); tr.Differs() || len(tr.Downloads) != 1 {
		t.Errorf("%+v", tr)
	}
}

// Two recordings of one client, or two directories, that look the same in the
// tables are still two.
func TestSameNames(t *testing.T) {
	dir := files(t, map[string]string{"access.log": get("192.0.2.1", "/a%FF.wav", "200", "10") + get("192.0.2.1", "/a%5CxFF.wav", "206", "20") +
		get("192.0.2.1", "/a%5CxFF.wav", "206", "30") + get("192.0.2.1", "/b%FF/", "200", "40") + get("192.0.2.1", "/b%5CxFF/", "200", "50") + get("192.0.2.1", "/b%5CxFF/", "200", "60")})
	c := analyse(t, pipeline.Options{Evidence: []string{dir}, Meanings: []pipeline.PerSource{{Value: "accepted_body"}}})
	tr := run(t, c, Options{Client: "192.0.2.1", Evidence: []string{dir}})
	if got := outline(tr); got != `192.0.2.1 /a\xFF.wav:2+0, 192.0.2.1 /a\xFF.wav:1+0, 192.0.2.1 /b\xFF/:2+0, 192.0.2.1 /b\xFF/:1+0` {
		t.Errorf("%s", got)
	}
	if tr.Differs() {
		t.Errorf("it does not agree: %q %q", tr.Downloads[0].Differs, tr.Downloads[1].Differs)
	}
	if lines := strings.Split(texts(tr), "\n"); !strings.Contains(lines[0], " 206 20 ") || !strings.Contains(lines[2], " 200 10 ") || !strings.Contains(lines[5], " 200 40 ") {
		t.Errorf("%s", texts(tr))
	}
}
