package casefile

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/geo"
	"github.com/logrecount/recount/pkg/request"
)

const noon = 1_391_861_133_123_456 // 2014-02-08T12:05:33.123456Z

func at(us int64) time.Time { return time.UnixMicro(us).UTC() }

// i is an integer as a row holds it.
func i(n int64) any { return n }

var attributes = []string{"phone", "controller"}

// fill appends to every table one row with a value in every column and one
// with nothing where nothing can be.
func fill(t *testing.T, w *Writer) {
	t.Helper()
	b := func(s string) []byte { return []byte(s) }
	errs := []error{
		w.Requests().Append(&request.Request{
			Source: 1, Line: 2, Offset: 3, TimeStart: noon, TimeEnd: noon + 1, UTCOffsetMin: -90,
			Client: b("192.0.2.1"), Forwarded: b("10.0.0.1"), Method: b("GET"), Recording: b("/a.wav"), URL: b("/a.wav?x=\xff\xfeü"),
			Host: b("h"), Protocol: b("HTTP/1.1"), Agent: b(""), Referrer: b("r"), User: b("u"),
			Status: 206, Bytes: 0, Sent: 9, ObjectSize: 9, Meaning: accesslog.MeaningPlanned, RangeStart: 0, RangeEnd: 7,
			RangeFrom: accesslog.RangeRequest, Finished: accesslog.FinishedNo, DurationUS: 11,
			Flags: accesslog.FlagCutOff | accesslog.FlagNULBytes, Kind: request.KindProbe,
		}),
		w.Requests().Append(&request.Request{
			Source: 2, Line: 1 << 40, Offset: 0, TimeStart: accesslog.NoTime, TimeEnd: accesslog.NoTime, UTCOffsetMin: 60,
			Client: b("host.example"), Recording: b("/dir/"), Bytes: accesslog.None, Sent: accesslog.None, ObjectSize: accesslog.None,
			RangeStart: accesslog.None, RangeEnd: accesslog.None, DurationUS: accesslog.None, Kind: request.KindListing,
		}),
		w.Downloads().Append(&download.Download{
			Client: b("192.0.2.1"), Recording: b("/a.wav"), Requests: 3, ContentRequests: 2, FirstSeen: noon, LastSeen: noon + 5,
			Size: download.Size{Bytes: 8, From: download.SizeContentRange}, BytesLower: 4, BytesUpper: 8, Grade: download.GradePartial,
			Basis: "hole", Transfers: 1, EarlierCopy: true, UserAgents: 2, FirstSource: 1, FirstLine: 2,
		}),
		w.Downloads().Append(&download.Download{
			Client: b("c"), Recording: b("r"), FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime,
			Size: download.Size{Bytes: accesslog.None}, BytesUpper: accesslog.None, Basis: "denied", FirstSource: 1, FirstLine: 1,
		}),
		w.Clients().Append(&ClientRow{
			Client: b("2001:db8::1"), Prefix: "2001:db8::/64", Label: "vendor", Tags: "tool", Requests: 1, Listings: 2, Complete: 3, Likely: 4,
			Possible: 5, Partial: 6, Requested: 7, BytesUpper: 8, FirstSeen: noon, LastSeen: noon + 1, Behaviour: "sweep",
			Place: geo.Place{Country: "SE", City: "Malmö", ASN: 4294967295, Org: "org", DB: "db"},
		}),
		w.Clients().Append(&ClientRow{Client: b("c"), BytesUpper: accesslog.None, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime}),
		w.Recordings().Append(&RecordingRow{
			Recording: b("/a.wav"), Size: 8, SizeFrom: "inventory", ClientsComplete: 1, ClientsLikely: 2, ClientsAny: 3,
			FirstDownload: noon, LastDownload: noon + 1, ListedTo: 4, Attributes: [][]byte{b("0701234567"), nil},
		}),
		w.Recordings().Append(&RecordingRow{Recording: b("r"), Size: accesslog.None, FirstDownload: accesslog.NoTime, LastDownload: accesslog.NoTime}),
		w.Listings().Append(&ListingRow{Client: b("c"), Directory: b("/d/"), Requests: 1, FirstSeen: noon, LastSeen: noon, NamesExposed: 0}),
		w.Listings().Append(&ListingRow{Client: b("c"), Directory: b("/e/"), Requests: 1, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime, NamesExposed: accesslog.None}),
		w.Sources().Append(&SourceRow{
			Source: 1, Path: "access.log", Bytes: 1, SHA256: "aa", StreamBytes: 2, StreamSHA256: "bb", Format: "combined", Meaning: "planned", MeaningWhy: "why",
			Lines: 21, Requests: 1, Other: 2, Rejected: 3, Comments: 4, Blank: 5, Duplicates: 6, FirstTime: noon, LastTime: noon, Error: "damaged",
		}),
		w.Sources().Append(&SourceRow{Source: 2, Path: "p", Bytes: accesslog.None, StreamBytes: accesslog.None, FirstTime: accesslog.NoTime, LastTime: accesslog.NoTime}),
		w.Rejects().Append(&RejectRow{Source: 1, Line: 2, Offset: 3, Length: 4, Reason: "no format", Raw: b("\x16\x03\x01\xff")}),
		w.Rejects().Append(&RejectRow{Source: 1, Line: 3, Offset: 7, Length: 0, Reason: "no format"}),
		w.Agents().Append(&AgentRow{UserAgent: nil, Clients: 1, Requests: 2}),
		w.Agents().Append(&AgentRow{UserAgent: b("curl/7"), Clients: 3, Requests: 4, Tags: "tool"}),
		w.Gaps().Append(&GapRow{From: noon, To: noon + 1, Expected: accesslog.None, Why: "nothing before the first line"}),
		w.Gaps().Append(&GapRow{Group: "a/access.log", From: noon, To: noon + 5, Expected: 3, Why: "silent", Explained: "power cut"}),
		w.Overlaps().Append(&OverlapRow{Source: 2, FromLine: 1, ToLine: 64, OfSource: 1, OfLine: 7, Lines: 64, Merged: true, Why: "same lines"}),
		w.Overlaps().Append(&OverlapRow{Source: 3, FromLine: 9, ToLine: 9, OfSource: 1, OfLine: 8, Lines: 1, Why: "too short"}),
	}
	for i, err := range errs {
		if err != nil {
			t.Fatalf("append %d: %v", i, err)
		}
	}
}

// filled is what fill appends, as rows give it back.
var filled = map[string][][]any{
	"requests": {
		{i(1), i(2), i(3), at(noon), at(noon + 1), i(-90), "192.0.2.1", "10.0.0.1", "GET", "/a.wav", `/a.wav?x=\xFF\xFEü`, "h", "HTTP/1.1",
			i(206), i(0), "planned", i(0), i(7), "request_range", false, i(11), "", "r", "u", "cut_off,nul_bytes", "probe", i(9), i(9), "object_size"},
		{i(2), i(1 << 40), i(0), nil, nil, nil, "host.example", nil, nil, "/dir/", nil, nil, nil,
			nil, nil, "unknown", nil, nil, nil, nil, nil, nil, nil, nil, nil, "listing", nil, nil, nil},
	},
	"downloads": {
		{"192.0.2.1", "/a.wav", i(3), i(2), at(noon), at(noon + 5), i(8), "content_range", i(4), i(8), "partial", "hole", i(1), true, i(2), i(1), i(2)},
		{"c", "r", i(0), i(0), nil, nil, nil, nil, i(0), nil, "none", "denied", i(0), false, i(0), i(1), i(1)},
	},
	"clients": {
		{"2001:db8::1", "2001:db8::/64", "vendor", "tool", i(1), i(2), i(3), i(4), i(5), i(6), i(7), i(8), at(noon), at(noon + 1), "sweep", "SE", "Malmö", i(4294967295), "org", "db"},
		{"c", nil, nil, nil, i(0), i(0), i(0), i(0), i(0), i(0), i(0), nil, nil, nil, nil, nil, nil, nil, nil, nil},
	},
	"recordings": {
		{"/a.wav", i(8), "inventory", i(1), i(2), i(3), at(noon), at(noon + 1), i(4), "0701234567", nil},
		{"r", nil, nil, i(0), i(0), i(0), nil, nil, i(0), nil, nil},
	},
	"listings": {
		{"c", "/d/", i(1), at(noon), at(noon), i(0)},
		{"c", "/e/", i(1), nil, nil, nil},
	},
	"sources": {
		{i(1), "access.log", i(1), "aa", i(2), "bb", "combined", "planned", "why", i(21), i(1), i(2), i(3), i(4), i(5), i(6), at(noon), at(noon), "damaged"},
		{i(2), "p", nil, nil, nil, nil, nil, nil, nil, i(0), i(0), i(0), i(0), i(0), i(0), i(0), nil, nil, nil},
	},
	"rejects": {
		{i(1), i(2), i(3), i(4), "no format", "\x16\x03\x01\\xFF"},
		{i(1), i(3), i(7), i(0), "no format", ""},
	},
	"agents": {
		{nil, i(1), i(2), nil},
		{"curl/7", i(3), i(4), "tool"},
	}, "gaps": {
		{"", at(noon), at(noon + 1), nil, "nothing before the first line", nil},
		{"a/access.log", at(noon), at(noon + 5), i(3), "silent", "power cut"},
	},
	"overlaps": {
		{i(2), i(1), i(64), i(1), i(7), i(64), true, "same lines"},
		{i(3), i(9), i(9), i(1), i(8), i(1), false, "too short"},
	},
}

// write makes a case with all tables filled and gives its folder.
func write(t *testing.T, o CreateOptions) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case")
	o.Attributes = attributes
	w, err := Create(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w)
	commit(t, w)
	return dir
}

func commit(t *testing.T, w *Writer) {
	t.Helper()
	if err := w.Commit(&Summary{Tool: "recount"}, []byte("# Summary\n"), &Manifest{Tool: "recount"}, &Run{Host: "here"}); err != nil {
		t.Fatal(err)
	}
}

// groups makes requests whose columns change character between row groups, so
// that dictionaries chosen by the first group overflow, nulls come and go, and
// pages fill.
func groups(n int) []request.Request {
	reqs := make([]request.Request, n)
	for k := range reqs {
		r := &reqs[k]
		*r = request.Request{
			Source: int32(k % 3), Line: int64(k), Offset: int64(k) * 7, TimeStart: noon, TimeEnd: accesslog.NoTime, Client: []byte("same"),
			Recording: fmt.Appendf(nil, "/%d", k), Bytes: 5, Sent: accesslog.None, ObjectSize: accesslog.None,
			RangeStart: accesslog.None, RangeEnd: accesslog.None, DurationUS: accesslog.None,
		}
		if k >= groupRows { // high cardinality where there was none
			r.Client = fmt.Appendf(nil, "client-with-a-long-name-%d", k)
			r.Bytes = int64(k) << 20
			r.Source = int32(k)
			r.Agent = []byte("agent")
			r.TimeStart = accesslog.NoTime
		}
		if k%5 == 0 {
			r.RangeStart, r.Agent, r.User = int64(k%11), []byte(""), []byte("user")
			r.Finished = accesslog.FinishedYes
		}
	}
	return reqs
}
