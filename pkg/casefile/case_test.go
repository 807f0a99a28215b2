package casefile

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

func rows(t *testing.T, tab *Table, columns ...string) [][]any {
	t.Helper()
	var all [][]any
	for row, err := range tab.Rows(columns...) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, slices.Clone(row))
	}
	return all
}

func openTable(t *testing.T, dir, name string) *Table {
	t.Helper()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := c.Table(name)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestRoundTrip(t *testing.T) {
	for _, codec := range []string{"", "snappy", "zstd"} {
		dir := write(t, CreateOptions{Compression: codec})
		for _, s := range Schemas() {
			tab := openTable(t, dir, s.Name)
			if got := rows(t, tab); !reflect.DeepEqual(got, filled[s.Name]) {
				t.Errorf("%s %s:\n%#v\nwant\n%#v", codec, s.Name, got, filled[s.Name])
			}
			if got := tab.Schema(); got.About != s.About || got.Sorted != s.Sorted || tab.NumRows() != 2 {
				t.Errorf("%s: %q, sorted by %q, %d rows", s.Name, got.About, got.Sorted, tab.NumRows())
			}
			got := tab.Columns()
			if s.Name == TableRecordings {
				if more := got[len(s.Columns):]; len(more) != 2 || more[0].Name != "phone" || more[1].Name != "controller" {
					t.Errorf("attribute columns: %v", more)
				}
				got = got[:len(s.Columns)]
			}
			if !reflect.DeepEqual(got, s.Columns) {
				t.Errorf("%s: columns\n%v\nwant\n%v", s.Name, got, s.Columns)
			}
		}
		if problems, err := Verify(dir); len(problems) > 0 || err != nil {
			t.Errorf("Verify: %v, %v", problems, err)
		}
	}
}

func TestDocuments(t *testing.T) {
	c, err := Open(write(t, CreateOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Summary()
	if err != nil || s.Tool != "recount" || s.Tables["requests"] != 2 || len(s.Tables) != 10 {
		t.Errorf("summary %+v, %v", s, err)
	}
	if m, err := c.Manifest(); err != nil || m.Tool != "recount" {
		t.Errorf("manifest %+v, %v", m, err)
	}
	if r, err := c.Run(); err != nil || r.Host != "here" {
		t.Errorf("run %+v, %v", r, err)
	}
}

func TestRowsOfSomeColumns(t *testing.T) {
	dir := write(t, CreateOptions{})
	tab := openTable(t, dir, TableListings)
	want := [][]any{{"/d/", "c"}, {"/e/", "c"}}
	if got := rows(t, tab, "directory", "client"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	n := 0
	for range tab.Rows() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d rows after a break", n)
	}
	for _, err := range tab.Rows("client", "nothing") {
		if err == nil || !strings.Contains(err.Error(), `no column "nothing"`) {
			t.Errorf("error %v", err)
		}
	}
	c, _ := Open(dir)
	if _, err := c.Table("nothing"); err == nil || !strings.Contains(err.Error(), "requests, downloads") {
		t.Errorf("error %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not a case") {
		t.Errorf("error %v", err)
	}
	dir := write(t, CreateOptions{Tables: []string{TableAgents}})
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Table(TableRequests); err == nil || !strings.Contains(err.Error(), "made without it") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "manifest.json is damaged") {
		t.Errorf("error %v", err)
	}
}

// TestDamagedTable cuts and overwrites a table: reading ends with an error, not
// with fewer rows.
func TestDamagedTable(t *testing.T) {
	dir := write(t, CreateOptions{})
	path := filepath.Join(dir, "tables", "requests.parquet")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)/2] },
		func(b []byte) []byte { return b[:0] },
		func(b []byte) []byte { copy(b[4:400], strings.Repeat("\xff", 400)); return b },
	} {
		if err := os.WriteFile(path, damage(slices.Clone(whole)), 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		tab, err := c.Table(TableRequests)
		if err != nil {
			continue
		}
		for _, err = range tab.Rows() {
		}
		if err == nil {
			t.Error("a damaged table was read without an error")
		}
	}
}

func TestTablesNotWanted(t *testing.T) {
	dir := write(t, CreateOptions{Tables: []string{}})
	if _, err := os.Stat(filepath.Join(dir, "tables")); !os.IsNotExist(err) {
		t.Errorf("tables: %v", err)
	}
	if problems, err := Verify(dir); len(problems) > 0 || err != nil {
		t.Errorf("Verify: %v, %v", problems, err)
	}
	w, err := Create(filepath.Join(t.TempDir(), "case"), CreateOptions{Tables: []string{TableClients}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if !w.Wants(TableClients) || w.Wants(TableRequests) {
		t.Error("Wants is wrong")
	}
	fill(t, w)
	if w.Clients().Rows() != 2 || w.Requests().Rows() != 0 {
		t.Errorf("%d clients, %d requests", w.Clients().Rows(), w.Requests().Rows())
	}
}

func TestManyGroups(t *testing.T) {
	reqs := groups(2*groupRows + 1000)
	dir := filepath.Join(t.TempDir(), "case")
	w, err := Create(dir, CreateOptions{Tables: []string{TableRequests}})
	if err != nil {
		t.Fatal(err)
	}
	for k := range reqs {
		if err := w.Requests().Append(&reqs[k]); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, w)
	tab := openTable(t, dir, TableRequests)
	text := func(b []byte) any {
		if b == nil {
			return nil
		}
		return string(b)
	}
	k := 0
	for row, err := range tab.Rows("source", "line", "client", "recording", "bytes", "user_agent", "user", "range_start", "finished", "time_start", "duration_us") {
		if err != nil {
			t.Fatal(err)
		}
		r := &reqs[k]
		want := []any{i(int64(r.Source)), i(r.Line), string(r.Client), string(r.Recording), i(r.Bytes), text(r.Agent), text(r.User), nil, nil, nil, nil}
		if r.RangeStart >= 0 {
			want[7], want[8] = i(r.RangeStart), true
		}
		if r.TimeStart != accesslog.NoTime {
			want[9] = at(r.TimeStart)
		}
		if !reflect.DeepEqual(row, want) {
			t.Fatalf("row %d: %#v, want %#v", k, row, want)
		}
		k++
	}
	if k != len(reqs) || tab.NumRows() != int64(k) {
		t.Errorf("%d rows, NumRows %d, want %d", k, tab.NumRows(), len(reqs))
	}
}

// TestLongTexts ends row groups by bytes and fills many pages.
func TestLongTexts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	w, err := Create(dir, CreateOptions{Tables: []string{TableRejects}})
	if err != nil {
		t.Fatal(err)
	}
	const n = 700
	raw := func(k int) string { return strings.Repeat(fmt.Sprintf("%08d", k), 8<<10) } // 64 KiB
	for k := range n {
		if err := w.Rejects().Append(&RejectRow{Source: 1, Line: int64(k), Reason: "long", Raw: []byte(raw(k))}); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, w)
	got := rows(t, openTable(t, dir, TableRejects), "line", "raw")
	if len(got) != n {
		t.Fatalf("%d rows, want %d", len(got), n)
	}
	for k, row := range got {
		if row[0] != int64(k) || row[1] != raw(k) {
			t.Fatalf("row %d is wrong", k)
		}
	}
}
