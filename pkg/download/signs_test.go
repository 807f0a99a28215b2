package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// signsCase is lines of one format for recordings of 1,000,000 bytes.
type signsCase struct {
	name string
	reqs []*req
	want accesslog.Meaning
	why  string
}

const million = 1_000_000

// times repeats a request.
func times(n int, q func() *req) []*req {
	var list []*req
	for range n {
		list = append(list, q())
	}
	return list
}

// more is full responses that are longer than the recording by so much.
func more(by ...int64) []*req {
	var list []*req
	for _, n := range by {
		list = append(list, get(200, million+n).unknown())
	}
	return list
}

func join(lists ...[]*req) []*req {
	var all []*req
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func notModified(bytes int64) []*req {
	return times(3, func() *req { return get(304, bytes).unknown() })
}

// TestSigns: what servers write, and what must not be taken for it. Apache %b
// and %O, nginx and lighttpd as domain facts say; the doubtful ones are made up.
func TestSigns(t *testing.T) {
	const (
		unknown = accesslog.MeaningUnknown
		headers = accesslog.MeaningAcceptedWithHeaders
		planned = accesslog.MeaningPlanned
		body    = accesslog.MeaningAcceptedBody
	)
	cuts := more(-1, -500_000, -7, -90_000)
	for _, c := range []signsCase{
		{"Apache %O", more(246, 318, 300), headers, "3 of 3 full responses log 246 to 318 bytes more than the recording has: headers are counted"},
		{"Apache %O, some cut", join(more(246, 318, 300), more(-5000, -70_000)), headers, "3 of 5 full responses log 246 to 318 bytes more than the recording has: headers are counted"},
		{"%O with one length, and 304", join(more(246, 246, 246), notModified(180)), headers, "3 of 3 full responses log 246 bytes more than the recording has: headers are counted"},
		{"%O over TLS", more(400+1800, 500+1800, 5000+1800), headers, "3 of 3 full responses log 2200 to 6800 bytes more than the recording has: headers are counted"},
		{"304 alone", notModified(180), headers, "3 answers 304, which have no body, log 180 bytes: headers are counted"},
		{"Apache %b", join(more(0, 0, 0), notModified(none)), planned,
			"3 of 3 full responses log exactly the size of the recording, none less, and answers without a body log no number, as Apache does with %b: it is what was planned"},
		{"nginx", join(more(0, 0, 0), cuts, notModified(0)), body,
			"3 of 7 full responses log exactly the size of the recording and none more, so headers are not counted; 4 log less, in several lengths for the same recording after it was sent whole, so it is what was sent; answers without a body log 0, as nginx does"},

		{"%B, and a log-in page later, not as long for every client", join(more(0, 0, 0), more(4321-million, 4322-million, 4323-million, 4324-million), notModified(0)), unknown,
			"of 7 full responses 3 log exactly the size of the recording, 0 more and 4 less"},
		{"nothing", nil, unknown, ""},
		{"two are too few", more(246, 318), unknown, "of 2 full responses 0 log exactly the size of the recording, 2 more and 0 less"},
		{"an ID3v1 tag that the sizes leave out", more(128, 128, 128), unknown, "3 of 3 full responses log 128 bytes more than the recording has; that alone does not show that headers are counted"},
		{"the head of a WAV file", join(more(44, 44, 44), notModified(none)), unknown, "3 of 3 full responses log 44 bytes more than the recording has; that alone does not show that headers are counted"},
		{"%O, but a 304 without a number", join(more(246, 318, 300), notModified(none)), unknown, "3 of 3 full responses log 246 to 318 bytes more than the recording has; that alone does not show that headers are counted"},
		{"the setting changed", join(more(0, 0, 0), more(246, 318, 300)), unknown, "of 6 full responses 3 log exactly the size of the recording and 3 log more: the setting may have changed in between"},
		{"another size every time", more(50_000, 60_000, 70_000), unknown, "of 3 full responses 0 log exactly the size of the recording, 3 more and 0 less"},
		{"no cut, no bodiless answer", more(0, 0, 0), unknown, "3 of 3 full responses log exactly the size of the recording: headers are not counted, but a cut may not show"},
		{"no cut, 304 with 0", join(more(0, 0, 0), notModified(0)), unknown, "3 of 3 full responses log exactly the size of the recording: headers are not counted, but a cut may not show"},
		{"a plan, and one that is shorter", join(more(0, 0, 0, -5), notModified(none)), unknown, "3 of 4 full responses log exactly the size of the recording: headers are not counted, but a cut may not show"},
		{"the same short length again: compressed", join(more(0, 0, 0), more(-5, -5, -5, -5), notModified(0)), unknown, "of 7 full responses 3 log exactly the size of the recording, 0 more and 4 less"},
		{"a file that grew", join(cuts, more(0, 0, 0), notModified(0)), unknown, "of 7 full responses 3 log exactly the size of the recording, 0 more and 4 less"},
		{"cuts with -: lighttpd, or Apache and several versions", join(more(0, 0, 0), cuts, notModified(none)), unknown, "of 7 full responses 3 log exactly the size of the recording, 0 more and 4 less"},
		{"HTTP/2 is not compared", times(9, func() *req { return get(200, million+300).unknown().h2() }), unknown, ""},
		{"nor is what the log says was cut", times(9, func() *req { return get(200, million+300).unknown().cut() }), unknown, ""},
		{"nor are pieces, errors and HEAD with its length", join(times(3, func() *req { return get(206, million).unknown() }), times(3, func() *req { return get(404, million).unknown() }),
			times(3, func() *req { return get(200, million).unknown().method("HEAD") })), unknown, ""},
		{"one 304 with headers, one without", join(notModified(180), notModified(0)), unknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			reqs := timed(c.reqs)
			var parts [2]Signs
			cuts := new(Cuts)
			cuts.Begin()
			for i, r := range reqs {
				parts[i%2].Add(r, million)
				cuts.Add(r, million)
			}
			cuts.End()
			parts[1].Merge(&parts[0])
			if got, why := parts[1].Infer(cuts); got != c.want || why != c.why {
				t.Errorf("got %s: %s\nwant %s: %s", got, why, c.want, c.why)
			}
		})
	}
}

// TestRefute: signs against what is assumed.
func TestRefute(t *testing.T) {
	for _, c := range []struct {
		reqs    []*req
		meaning accesslog.Meaning
		want    string
	}{
		{more(246, 318, 300), accesslog.MeaningAcceptedBody, "3 of 3 full responses log 246 to 318 bytes more than the recording has: that fits the bytes meaning accepted_with_headers, not accepted_body"},
		{more(246, 318, 300), accesslog.MeaningAcceptedWithHeaders, ""},
		{more(0, 0, 300), accesslog.MeaningAcceptedWithHeaders, "2 of 3 full responses log exactly the size of the recording: that does not fit the bytes meaning accepted_with_headers"},
		{more(-9, -8, 0), accesslog.MeaningPlanned, "2 of 3 full responses log less than the size of the recording: that does not fit the bytes meaning planned"},
		{more(-9, -8, 0), accesslog.MeaningAcceptedBody, ""},
		{nil, accesslog.MeaningPlanned, ""},
		{more(246, 318, 300), accesslog.MeaningUnknown, ""},
		{more(-900, -900, -900), accesslog.MeaningUnknown, "3 of 3 full responses log less than the inventory's size of the recording, and none as much: its sizes may be rounded, or of another day, and then whole copies look like cut ones"},
		{more(-900, -900), accesslog.MeaningUnknown, ""},
	} {
		var g Signs
		for _, r := range timed(c.reqs) {
			g.Add(r, million)
		}
		if got := g.Refute(c.meaning); got != c.want {
			t.Errorf("%s: got %q, want %q", c.meaning, got, c.want)
		}
	}
}
