package claim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// around knows all that is to know: coverage is full.
var around = claim.Around{
	Coverage: func(coverage.Period) (coverage.State, []string) { return coverage.Full, nil },
}

// taken is one answer to one client.
type taken struct {
	client    string
	recording int32
	bytes     int64 // of 1000
	agent     string
	forwarded string
	hour      int64
	source    int32
	host      string // then the recording is not in the inventory
	offset    int16  // minutes ahead of UTC
	planned   bool   // the log has what was to be sent, not what was
	cut       bool   // the log says that it was cut
}

// counted counts answers of which the number of bytes is what was sent.
func counted(t *testing.T, b claim.Basis, values map[int32][]claim.Value, claims []claim.Claim, all ...taken) []*claim.Result {
	t.Helper()
	if b.Clients == nil {
		for _, x := range all {
			if !slices.ContainsFunc(b.Clients, func(c claim.Client) bool { return c.Name == x.client }) {
				b.Clients = append(b.Clients, claim.Client{Name: x.client, Prefix: strings.TrimRight(x.client, "0123456789")})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y taken) int {
		if x.recording != y.recording {
			return int(x.recording - y.recording)
		}
		return strings.Compare(x.client, y.client)
	})
	plan := claim.NewPlan(claims, b)
	counter := plan.Counter()
	for len(all) > 0 {
		rec := claim.Recording{Index: all[0].recording, Inventory: 1000, Values: values[all[0].recording]}
		n := 0
		for n < len(all) && all[n].recording == all[0].recording {
			x := all[n]
			r := request.Request{
				Source: max(x.source, 1), Line: int64(100*x.recording) + int64(n) + 1, TimeStart: x.hour * 3600e6, TimeEnd: accesslog.NoTime,
				Client: []byte(x.client), Recording: fmt.Appendf(nil, "/%d.wav", x.recording), Agent: []byte(x.agent), Status: 200,
				Bytes: x.bytes, Sent: accesslog.None, ObjectSize: accesslog.None, RangeStart: accesslog.None, RangeEnd: accesslog.None,
				Meaning: accesslog.MeaningAcceptedBody, Protocol: []byte("HTTP/1.1"),
			}
			if r.Method = []byte("GET"); x.cut {
				r.Finished = accesslog.FinishedNo
			}
			if x.planned {
				r.Meaning = accesslog.MeaningPlanned
			}
			if r.UTCOffsetMin = x.offset; x.host != "" {
				r.Host, rec.Inventory = []byte(x.host), accesslog.None
			}
			if x.forwarded != "" {
				r.Forwarded = []byte(x.forwarded)
			}
			rec.Requests = append(rec.Requests, r)
			n++
		}
		if err := counter.Add(&rec); err != nil {
			t.Fatal(err)
		}
		all = all[n:]
	}
	results := counter.Results(around)
	return results
}

func figures(r *claim.Result, standard claim.Standard) string {
	var out []string
	for _, f := range r.Verdicts[standard].Figures {
		upper := "?"
		if f.Upper != nil {
			upper = fmt.Sprint(*f.Upper)
		}
		out = append(out, fmt.Sprintf("%s %d..%s", f.Quantity, f.Lower, upper))
	}
	return strings.Join(out, ", ")
}

var everyQuantity = []claim.Figure{
	{Quantity: claim.Recordings, N: 1}, {Quantity: claim.Clients, N: 1}, {Quantity: claim.Pairs, N: 1},
	{Quantity: claim.Requests, N: 1}, {Quantity: claim.Subjects, N: 1}, {Quantity: claim.Hours, N: 1},
}

// Two clients share the subject of recordings 1 and 2; recording 3 has neither
// subject nor length.
func TestQuantities(t *testing.T) {
	values := map[int32][]claim.Value{
		1: {{Subject: 0, Seconds: -1}, {Subject: -1, Seconds: 5400}},
		2: {{Subject: 0, Seconds: -1}, {Subject: -1, Seconds: 3600}},
		3: {{Subject: -1, Seconds: -1}, {Subject: -1, Seconds: -1}},
	}
	all := []taken{
		{client: "a1", recording: 1, bytes: 1000, hour: 1}, {client: "a1", recording: 1, bytes: 1000, hour: 2}, {client: "a2", recording: 1, bytes: 1000},
		{client: "a1", recording: 2, bytes: 1000}, {client: "a3", recording: 2, bytes: 400}, {client: "b", recording: 3, bytes: 1},
	}
	for _, tt := range []struct {
		measure claim.Measure
		want    string
	}{
		{claim.Whole, "recordings 2..2, clients 2..2, pairs 3..3, requests 4..4, subjects 1..1, hours 3..3"},
		{claim.AnyBytes, "recordings 3..3, clients 4..4, pairs 5..5, requests 6..6, subjects 1..2, hours 3..?"},
		{claim.Requested, "recordings 3..3, clients 4..4, pairs 5..5, requests 6..6, subjects 1..2, hours 3..?"},
	} {
		c := claim.Claim{Measure: tt.measure, Figures: everyQuantity, Subject: "phone", Duration: "duration"}
		r := counted(t, claim.Basis{}, values, []claim.Claim{c}, all...)[0]
		if got := figures(r, claim.Proven); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.measure, got, tt.want)
		}
		if got := figures(r, claim.Probable); got != tt.want {
			t.Errorf("%s, probable: %s", tt.measure, got)
		}
	}
}

// Two halves to one address are a whole only where they count as one client.
func TestUnits(t *testing.T) {
	b := claim.Basis{Clients: []claim.Client{
		{Name: "2001:db8::1", Prefix: "2001:db8::/64", ASN: 7}, {Name: "2001:db8::2", Prefix: "2001:db8::/64", ASN: 7}, {Name: "192.0.2.1", Prefix: "192.0.2.1", ASN: 7}, {Name: "192.0.2.2", Prefix: "192.0.2.2"},
	}}
	var claims []claim.Claim
	for u := range 4 {
		claims = append(claims, claim.Claim{ID: fmt.Sprint(u), Unit: claim.Unit(u), Figures: []claim.Figure{{Quantity: claim.Clients, N: 9}, {Quantity: claim.Pairs, N: 9}}})
	}
	results := counted(t, b, nil, claims,
		taken{client: "2001:db8::1", recording: 1, bytes: 1000, agent: "x"}, taken{client: "2001:db8::1", recording: 2, bytes: 1000, agent: "y"},
		taken{client: "2001:db8::2", recording: 1, bytes: 1000, agent: "x"}, taken{client: "192.0.2.1", recording: 1, bytes: 1000}, taken{client: "192.0.2.2", recording: 1, bytes: 1000})
	for i, want := range []string{"clients 4..4, pairs 5..5", "clients 5..5, pairs 5..5", "clients 3..3, pairs 4..4", "clients 2..2, pairs 3..3"} {
		if got := figures(results[i], claim.Proven); got != want {
			t.Errorf("unit %s: got %s, want %s", results[i].Unit, got, want)
		}
	}
}

// A client that was forwarded for several stands for a number that nobody knows.
func TestProxyMakesClientsUndecidable(t *testing.T) {
	c := []claim.Claim{{Relation: claim.AtMost, Figures: []claim.Figure{{Quantity: claim.Recordings, N: 5}, {Quantity: claim.Clients, N: 5}}}}
	for _, tt := range []struct {
		second, want string
		proxies      int
	}{{"10.0.0.1", "supported", 0}, {"10.0.0.2", "undecidable", 1}} {
		r := counted(t, claim.Basis{}, nil, c,
			taken{client: "cdn", recording: 1, bytes: 1000, forwarded: "10.0.0.1"}, taken{client: "cdn", recording: 2, bytes: 1000, forwarded: tt.second})[0]
		if got := r.Verdicts[0]; got.Outcome != tt.want || got.Figures[0].Outcome != "supported" || len(r.Proxies) != tt.proxies {
			t.Errorf("%s: %+v, proxies %q", tt.second, got, r.Proxies)
		}
	}
}

// What shows that there are more is as much as it takes, the surest first, with
// references; parts of the logs are counted each alone.
func TestExamplesExclusionsAndParts(t *testing.T) {
	b := claim.Basis{Sources: []claim.Source{{ID: 1, Path: "a.log"}, {ID: 2, Path: "b.log"}}}
	c := []claim.Claim{{Figures: []claim.Figure{{Quantity: claim.Recordings, N: 2}, {Quantity: claim.Clients, N: 1}}}}
	r := counted(t, b, nil, c,
		taken{client: "x", recording: 1, bytes: 1000, source: 1}, taken{client: "x", recording: 2, bytes: 1000, source: 1},
		taken{client: "y", recording: 3, bytes: 1000, source: 2, hour: 30}, taken{client: "y", recording: 4, bytes: 1000, source: 2, hour: 30}, taken{client: "z", recording: 5, bytes: 1000, source: 2})[0]
	if r.Verdicts[1].Outcome != "contradicted" || len(r.Examples) != 2 || len(r.Examples[0].Items) != 3 || len(r.Examples[1].Items) != 2 {
		t.Fatalf("%+v", r.Examples)
	}
	if x := r.Examples[0].Items[2]; x.Recording != "/3.wav" || x.Client != "y" || x.Path != "b.log" || x.Line != 301 || x.Completeness != "complete" {
		t.Errorf("%+v", x)
	}
	if len(r.Exclusions) != 4 || len(r.Exclusions[0].Clients) != 2 || len(r.Exclusions[0].Kept) != 1 || !strings.HasPrefix(r.Exclusions[0].Words, "without 2 clients it would match these logs (no fewer would do") {
		t.Errorf("%+v", r.Exclusions)
	}
	var alone []string
	for _, a := range r.Alone {
		if a.Rule == "complete" {
			alone = append(alone, a.Kind+" "+a.Name)
		}
	}
	if got, want := strings.Join(alone, ", "), "source a.log, day 1970-01-02, client x, client y"; got != want {
		t.Errorf("alone %s, want %s", got, want)
	}
}

// Who took a recording whose subject or length is not known has to be left out
// too before the claim would hold: there may be one more subject, or any length.
func TestExclusionsOfWhatHasNoValue(t *testing.T) {
	for quantity, known := range map[claim.Quantity]claim.Value{claim.Subjects: {Subject: 0, Seconds: -1}, claim.Hours: {Subject: -1, Seconds: 7200}} {
		f := claim.Figure{Quantity: quantity}
		values := map[int32][]claim.Value{1: {known}, 2: {{Subject: -1, Seconds: -1}}}
		c := []claim.Claim{{Relation: claim.AtMost, Subject: "phone", Duration: "length", Figures: []claim.Figure{f}}}
		r := counted(t, claim.Basis{}, values, c,
			taken{client: "x", recording: 1, bytes: 1000}, taken{client: "y", recording: 2, bytes: 1000})[0]
		var got []string
		for _, x := range r.Exclusions {
			if x.Standard == "probable" {
				got = append(got, fmt.Sprintf("%s %v %v", x.Goal, x.Clients, x.Exact))
			}
		}
		if want := "[holds [x y] true not_contradicted [x] true]"; fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", f.Quantity, got, want)
		}
	}
}

// A network of which a claim is right alone is counted by the rule that is named.
func TestNetworkAloneByItsRule(t *testing.T) {
	c := []claim.Claim{{Measure: claim.AnyBytes, Figures: []claim.Figure{{Quantity: claim.Recordings, N: 2}, {Quantity: claim.Clients, N: 2}}}}
	r := counted(t, claim.Basis{}, nil, c,
		taken{client: "192.0.2.1", recording: 1, bytes: 1000, planned: true}, taken{client: "192.0.2.9", recording: 2, bytes: 1000, planned: true},
		taken{client: "198.51.100.7", recording: 3, bytes: 1000, planned: true})[0]
	var got []string
	for _, a := range r.Alone {
		if a.Kind == "network" && !a.Without {
			got = append(got, a.Name+" "+a.Rule)
		}
	}
	if fmt.Sprint(got) != "[192.0.2.0/24 any_bytes]" {
		t.Errorf("%v, of %+v", got, r.Alone)
	}
}

// A profile counts no download as whole of which the log shows that it was cut,
// whatever was planned or however many headers were counted with it.
func TestProfilesReadAsGradesDo(t *testing.T) {
	c := []claim.Claim{{Figures: []claim.Figure{{Quantity: claim.Recordings, N: 1}}}, {Measure: claim.Requested, Figures: []claim.Figure{{Quantity: claim.Clients, N: 2}}}}
	results := counted(t, claim.Basis{}, nil, c,
		taken{client: "a", recording: 1, bytes: 1000, planned: true}, taken{client: "b", recording: 1, bytes: 1000, planned: true, cut: true},
		taken{client: "c", recording: 2, bytes: 1000}, taken{client: "d", recording: 2, bytes: 1100, cut: true}, taken{client: "e", recording: 2, bytes: 900})
	for i, r := range results {
		for k, want := range []int64{2, 2, 2, 5, 5} {
			if p := r.Profiles[k]; p.Downloads != want || p.Recordings != 2 || p.Clients != want {
				t.Errorf("claim %d: %+v, want %d downloads", i, p, want)
			}
		}
	}
}

// without gives what the verdicts are without an assumption.
func without(t *testing.T, r *claim.Result, what string) claim.Assumed {
	t.Helper()
	for _, a := range r.Assumptions {
		if a.What == what {
			return a
		}
	}
	t.Fatalf("no assumption %q in %+v", what, r.Assumptions)
	return claim.Assumed{}
}

// The same path on another host may be another recording, with a size of its own.
func TestWithoutOneSite(t *testing.T) {
	c := []claim.Claim{{Relation: claim.AtLeast, Figures: []claim.Figure{{Quantity: claim.Recordings, N: 2}}}}
	r := counted(t, claim.Basis{}, nil, c,
		taken{client: "x", recording: 1, bytes: 1000, host: "a"}, taken{client: "y", recording: 1, bytes: 1000, host: "a"}, taken{client: "z", recording: 1, bytes: 500, host: "b"})[0]
	if a := without(t, r, "hosts"); r.Verdicts[0].Outcome != "contradicted" || a.Probable != "supported" || !a.Changes {
		t.Errorf("%+v, %+v", r.Verdicts, a)
	}
}

// A time that was logged as 07:00 without a zone may have been any from 17:00 the
// day before to 19:00; a clock that was set right by an hour may have been right.
// Then nobody knows what the logs cover, either.
func TestWithoutZoneAndClock(t *testing.T) {
	b := claim.Basis{Sources: []claim.Source{{ID: 1, Zone: "Europe/Stockholm", ZoneBy: "user", Clock: 3600e6}}}
	hour := int64(3600e6)
	for _, tt := range []struct {
		from, to          int64
		base, zone, clock string
	}{
		{24 * hour, 48 * hour, "supported", "undecidable", "supported"}, // too early
		{5 * hour, 43 * hour, "supported", "undecidable", "supported"},  // too late: 19:00 is behind
		{16 * hour, 44 * hour, "supported", "supported", "supported"},   // any of them is in it
		{30 * hour, 44 * hour, "supported", "undecidable", "undecidable"},
		{42 * hour, 44 * hour, "contradicted", "supported", "undecidable"},
		{29 * hour, 30 * hour, "contradicted", "undecidable", "supported"},
	} {
		c := []claim.Claim{{Relation: claim.AtLeast, From: tt.from, To: tt.to, Figures: []claim.Figure{{Quantity: claim.Pairs, N: 1}}}}
		r := counted(t, b, nil, c, taken{client: "x", recording: 1, bytes: 1000, hour: 30, offset: 60})[0]
		zone, clock := without(t, r, "time zone of times without one"), without(t, r, "clock offset")
		if r.Verdicts[1].Outcome != tt.base || zone.Proven != tt.zone || clock.Proven != tt.clock || zone.Changes != (tt.zone != tt.base) {
			t.Errorf("[%d, %d): %s, zone %s, clock %s", tt.from/hour, tt.to/hour, r.Verdicts[1].Outcome, zone.Proven, clock.Proven)
		}
	}
}
