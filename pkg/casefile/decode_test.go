package casefile

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// anyRequest makes a request with or without each field.
func anyRequest(rnd *rand.Rand) request.Request {
	number := func() int64 { return rnd.Int64N(1<<40) - 1 }
	maybe := func(none int64) int64 {
		if rnd.IntN(3) == 0 {
			return none
		}
		return rnd.Int64N(1 << 40)
	}
	text := func(s string) []byte {
		switch rnd.IntN(4) {
		case 0:
			return nil
		case 1:
			return []byte{}
		}
		return fmt.Appendf(nil, "%s\x1b\n\u202e%d", s, rnd.IntN(5))
	}
	return request.Request{
		Source: 1 + rnd.Int32N(9), Line: 1 + number(), Offset: 1 + number(), TimeStart: maybe(accesslog.NoTime), TimeEnd: maybe(accesslog.NoTime),
		Client: fmt.Appendf(nil, "192.0.2.%d", rnd.IntN(9)), Recording: fmt.Appendf(nil, "/%d.wav", rnd.IntN(99)), Protocol: text("HTTP/"),
		Status: int16(rnd.IntN(1000)), Bytes: maybe(accesslog.None), Sent: maybe(accesslog.None), ObjectSize: accesslog.None, DurationUS: accesslog.None,
		Meaning: accesslog.Meaning(rnd.IntN(5)), RangeStart: maybe(accesslog.None), RangeEnd: maybe(accesslog.None), RangeFrom: accesslog.RangeFrom(rnd.IntN(3)),
		Finished: accesslog.Finished(rnd.IntN(3)), Agent: text("curl/"), Flags: accesslog.Flags(rnd.IntN(256)), Kind: request.Kind(rnd.IntN(10)),
	}
}

// What is appended is read back, field by field.
func TestRequestsReadBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var reqs []request.Request
	dir := filepath.Join(t.TempDir(), "case")
	w, err := Create(dir, CreateOptions{Tables: []string{TableRequests}})
	if err != nil {
		t.Fatal(err)
	}
	for range 5000 {
		r := anyRequest(rnd)
		reqs = append(reqs, r)
		if err := w.Requests().Append(&r); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, w)
	n := 0
	for r, err := range openTable(t, dir, TableRequests).Requests() {
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*r, reqs[n]) {
			t.Fatalf("request %d: %+v, want %+v", n, *r, reqs[n])
		}
		n++
	}
	if n != len(reqs) {
		t.Errorf("%d requests of %d", n, len(reqs))
	}
}

func TestDownloadsAndListingsReadBack(t *testing.T) {
	dir := write(t, CreateOptions{})
	var downloads []download.Download
	for d, err := range openTable(t, dir, TableDownloads).Downloads() {
		if err != nil {
			t.Fatal(err)
		}
		downloads = append(downloads, *d)
	}
	b := func(s string) []byte { return []byte(s) }
	want := []download.Download{{
		Client: b("192.0.2.1"), Recording: b("/a.wav"), Requests: 3, ContentRequests: 2, FirstSeen: noon, LastSeen: noon + 5,
		Size: download.Size{Bytes: 8, From: download.SizeContentRange}, BytesLower: 4, BytesUpper: 8, Grade: download.GradePartial,
		Basis: "hole", Transfers: 1, EarlierCopy: true, UserAgents: 2, FirstSource: 1, FirstLine: 2,
	}, {
		Client: b("c"), Recording: b("r"), FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime,
		Size: download.Size{Bytes: accesslog.None}, BytesUpper: accesslog.None, Basis: "denied", FirstSource: 1, FirstLine: 1,
	}}
	if !reflect.DeepEqual(downloads, want) {
		t.Errorf("%+v, want %+v", downloads, want)
	}
	var listings []ListingRow
	for l, err := range openTable(t, dir, TableListings).Listings() {
		if err != nil {
			t.Fatal(err)
		}
		listings = append(listings, *l)
	}
	if want := []ListingRow{
		{Client: b("c"), Directory: b("/d/"), Requests: 1, FirstSeen: noon, LastSeen: noon, NamesExposed: 0},
		{Client: b("c"), Directory: b("/e/"), Requests: 1, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime, NamesExposed: accesslog.None},
	}; !reflect.DeepEqual(listings, want) {
		t.Errorf("%+v, want %+v", listings, want)
	}
}

// A word that is not known, or a value of another type, is an error and not a
// zero.
func TestDecodeErrors(t *testing.T) {
	dir := write(t, CreateOptions{})
	whole := openTable(t, dir, TableDownloads)
	for _, c := range []struct{ column, as, want string }{
		{"completeness", "basis", `the word "hole"`},
		{"requests", "basis", "another type"},
		{"first_seen", "transfers", "another type"},
		{"client", "requests", "another type"},
	} {
		other := *whole
		other.schema.Columns = slices.Clone(whole.schema.Columns)
		from, to := slices.Index(columnNames(whole.schema), c.as), slices.Index(columnNames(whole.schema), c.column)
		other.schema.Columns[from].Name, other.schema.Columns[to].Name = c.column, c.as
		var got error
		for _, err := range other.Downloads() {
			got = err
			break
		}
		if got == nil || !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s read from %s: %v, want %q", c.column, c.as, got, c.want)
		}
	}
}

// Holding leaves out row groups, and never a row that holds the value.
func TestHolding(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	w, err := Create(dir, CreateOptions{Tables: []string{TableRequests}})
	if err != nil {
		t.Fatal(err)
	}
	const rows = 3*groupRows + 7
	for n := range rows {
		r := request.Request{Recording: fmt.Appendf(nil, "/%08d.wav", n/10), Client: fmt.Appendf(nil, "%d", n%7), Line: int64(n)}
		if err := w.Requests().Append(&r); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, w)
	table := openTable(t, dir, TableRequests)
	count := func(column, value string) (all, found int) {
		t.Helper()
		less, err := table.Holding(column, value)
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range less.Rows(column) {
			if err != nil {
				t.Fatal(err)
			}
			all++
			if row[0] == value {
				found++
			}
		}
		return all, found
	}
	for _, n := range []int{0, 1, groupRows/10 - 1, groupRows / 10, groupRows/10 + 1, 2 * groupRows / 10, rows/10 - 1, rows / 10} {
		all, found := count("recording", fmt.Sprintf("/%08d.wav", n))
		if want := min(10, rows-10*n); found != want || all > 2*groupRows {
			t.Errorf("recording %d: %d of %d rows, want %d of two row groups at most", n, found, all, want)
		}
	}
	if all, _ := count("recording", "/nothing.wav"); all != 0 {
		t.Errorf("%d rows may hold what none does", all)
	}
	if all, found := count("client", "3"); all != rows || found < rows/7 {
		t.Errorf("client 3: %d rows of %d", found, all)
	}
	if _, err := table.Holding("line", "3"); err == nil {
		t.Error("a column of numbers: no error")
	}
}
