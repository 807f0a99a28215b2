package download

import (
	"math"
	"testing"

	"github.com/logrecount/recount/pkg/request"
)

// The expectations follow from section 4 of the design, worked out by hand.
// The recording is 1000 bytes unless a case says otherwise; "a" is the client
// whose download is expected, others only show how large the recording is.

type gradeCase struct {
	name string
	size int64 // by the inventory
	head *Headers
	reqs []*req
	want string
}

func (c gradeCase) run(t *testing.T) {
	t.Run(c.name, func(t *testing.T) {
		t.Helper()
		reqs := timed(c.reqs)
		d := foldAll(reqs, c.size, c.head)[0]
		if got := show(d); got != c.want {
			t.Errorf("got %s, want %s%s", got, c.want, describe(reqs))
		}
	})
}

// rs is a list of requests, so that a case fits a line.
func rs(reqs ...*req) []*req { return reqs }

func TestGradeOneResponse(t *testing.T) {
	for _, c := range []gradeCase{
		// A count of accepted body bytes that reaches the size proves the whole.
		{"accepted body", 1000, nil, rs(get(200, 1000)), "complete one_response 1000..1000"},
		{"accepted body, one short", 1000, nil, rs(get(200, 999)), "partial aborted 999..999"},
		{"accepted body, more than the size", 1000, nil, rs(get(200, 1200)), "likely size_contradicted 1200..1200"},
		{"transferred", 1000, nil, rs(get(200, 1000).transfer()), "complete one_response 1000..1000"},
		{"203", 1000, nil, rs(get(203, 1000)), "complete one_response 1000..1000"},
		{"POST", 1000, nil, rs(get(200, 1000).method("POST")), "complete one_response 1000..1000"},
		{"HTTP/0.9", 1000, nil, rs(get(200, 1000).protocol("")), "complete one_response 1000..1000"},
		{"206 from 0 to the end", 1000, nil, rs(get(206, 1000).at(0, 999)), "complete one_response 1000..1000"},
		{"206 asked from 0 without end", 1000, nil, rs(get(206, 1000).asked(0, none)), "complete one_response 1000..1000"},
		// A planned size says nothing of what was sent; with completion logged it does.
		{"planned, finished", none, nil, rs(get(200, 1000).planned().done()), "complete one_response 1000..1000"},
		{"planned, not said", none, nil, rs(get(200, 1000).planned()), "likely planned_size 0..1000"},
		{"planned, cut", none, nil, rs(get(200, 1000).planned().cut()), "partial aborted 0..999"},
		{"planned, then again finished", none, nil, rs(get(200, 1000).planned().cut(), get(200, 1000).planned().done()), "complete one_response 1000..1000"},
		{"planned less than the size, finished", 1000, nil, rs(get(200, 800).planned().done()), "possible other_version 800..800"},
		// combinedio: %b planned beside %O with headers, 300 long here.
		{"combinedio, whole", none, learned(300), rs(get(200, 1000).planned().sent(1300)), "complete one_response 1000..1000"},
		{"combinedio, cut", none, learned(300), rs(get(200, 1000).planned().sent(900)), "partial aborted 465..900"}, // 900-300-900/128-128
		{"combinedio, cut in the last bytes", none, learned(300), rs(get(200, 1000).planned().sent(1299)), "likely planned_size 861..1000"},
		{"combinedio, whole but %X says cut", none, learned(300), rs(get(200, 1000).planned().sent(1300).cut()), "partial aborted 862..999"},
		{"combinedio, nothing learned", none, nil, rs(get(200, 1000).planned().sent(1300)), "likely planned_size 0..1000"},
		// With headers in the count only a header length known to this source proves it.
		{"with headers, known length", 10_000, learned(300), rs(get(200, 10_300).headers()), "complete one_response 10000..10000"},
		{"with headers, known length, but so small that a page would do", 1000, learned(300), rs(get(200, 1300).headers()), "likely meaning_unknown 862..1000"},
		{"with headers, known length, but too long for headers", 10_000, learned(9000), rs(get(200, 19_000).headers()), "likely size_contradicted 9724..19000"},
		{"with headers, other length", 1000, learned(300), rs(get(200, 1290).headers()), "likely meaning_unknown 852..1000"}, // 1290-300-10-128
		{"with headers, below the size", 1000, learned(300), rs(get(200, 950).headers()), "partial aborted 515..950"},        // 950-300-7-128
		{"with headers, nothing learned", 1000, nil, rs(get(200, 1300).headers()), "likely meaning_unknown 0..1000"},
		{"with headers, known length but cut", 1000, learned(300), rs(get(200, 1300).headers().cut()), "partial aborted 862..999"},
		{"with headers, finished", 1000, nil, rs(get(200, 1234).headers().done()), "complete one_response 1000..1000"},
		// Where the size is not known, a full response that finished is whole all the same.
		{"finished, size not known", none, nil, rs(get(200, 1234).unknown().done()), "complete one_response 0..1234"},
	} {
		c.run(t)
	}
}

func TestGradeFraming(t *testing.T) {
	// 20,000 bytes are 3 DATA frames of at most 8192, so 27 bytes more; 16,384
	// are exactly 2.
	for _, c := range []gradeCase{
		{"HTTP/2 whole", 20000, nil, rs(get(200, 20027).h2()), "likely meaning_unknown 19847..20000"},
		{"HTTP/2 cut by one", 20000, nil, rs(get(200, 20026).h2()), "likely meaning_unknown 19846..20000"},
		{"HTTP/2 full frames", 16384, nil, rs(get(200, 16384+18).h2()), "likely meaning_unknown 16258..16384"},
		{"HTTP/2 cut below the size", 20000, nil, rs(get(200, 19000).h2()), "partial aborted 18829..19000"},
		{"HTTP/3 as well", 20000, nil, rs(get(200, 20012).protocol("HTTP/3.0")), "likely meaning_unknown 19832..20000"},
		{"HTTP/2 does not frame a plan", none, nil, rs(get(200, 20000).planned().done().h2()), "complete one_response 20000..20000"},
		// Framing must not make the recording larger than it is for others.
		{"HTTP/1.1 beside HTTP/2", none, nil, rs(get(200, 20000), get(200, 20027).h2().by("b")), "likely size_repeated 20000..20000"},
		{"HTTP/1.1 beside HTTP/2 that finished", none, nil, rs(get(200, 20000), get(200, 20027).h2().done().by("b")), "likely size_repeated 20000..20000"},
		{"HTTP/2 beside HTTP/1.1", none, nil, rs(get(200, 20027).h2(), get(200, 20000).by("b")), "likely size_repeated 19847..20027"},
	} {
		c.run(t)
	}
}

func TestGradeLikely(t *testing.T) {
	for _, c := range []gradeCase{
		{"meaning not known", 1000, nil, rs(get(200, 1200).unknown()), "likely meaning_unknown 0..1000"},
		{"meaning not known, too few", 1000, nil, rs(get(200, 999).unknown()), "partial aborted 0..999"},
		{"planned, of a smaller version", none, nil, rs(get(200, 800).planned(), get(200, 1000).planned().by("b")), "likely planned_size 0..800"},
		{"planned, smaller than the inventory", 1000, nil, rs(get(200, 800).planned()), "possible other_version 0..800"},
		{"as many as another", none, nil, rs(get(200, 1000), get(200, 1000).by("b")), "likely size_repeated 1000..1000"},
		{"fewer than others", none, nil, rs(get(200, 900), get(200, 1000).by("b"), get(200, 1000).by("c")), "partial aborted 900..900"},
		{"size not known", none, nil, rs(get(200, 1000)), "likely size_unknown 1000..1000"},
		{"size not known, another had more", none, nil, rs(get(200, 900), get(200, 1000).by("b")), "partial aborted 900..900"},
		// Where headers may be counted, two wholes differ by up to 8 KiB and 1/128.
		{"headers differ", none, nil, rs(get(200, 99_000).unknown(), get(200, 100_000).unknown().by("b")), "likely size_unknown 0..99000"},
		{"more than headers", none, nil, rs(get(200, 91_000).unknown(), get(200, 100_000).unknown().by("b")), "partial aborted 0..91000"}, // floor 100000-8192-781 = 91027
		{"small ones: the rest may be a handshake", none, nil, rs(get(200, 1300).unknown(), get(200, 5800).unknown().by("b")), "likely size_unknown 0..1300"},
		{"no bytes logged, size known", 1000, nil, rs(get(200, none)), "likely meaning_unknown 0..1000"},
		{"no bytes logged, size not known", none, nil, rs(get(200, none)), "likely size_unknown 0..?"},
		{"no bytes logged, cut", 1000, nil, rs(get(200, none).cut()), "partial aborted 0..999"},
		// A piece without position may hold the headings of several ranges, so it is never proof.
		{"a piece as long as the whole", 1000, nil, rs(get(206, 1000)), "likely range_fits 0..1000"},
		{"the same, finished", 1000, nil, rs(get(206, 1000).done()), "likely range_fits 0..1000"},
		{"placed and planned", 1000, nil, rs(get(206, 1000).planned().at(0, 999)), "likely range_fits 0..1000"},
		// 400 bytes from 0, then 650 without position: if they end at 1000 they begin at 350.
		{"resumed", 1000, nil, rs(get(200, 400), get(206, 650)), "likely resume_fits 400..1000"},
		{"resumed at the very byte", 1000, nil, rs(get(200, 400), get(206, 600)), "likely resume_fits 400..1000"},
		{"resumed one too far", 1000, nil, rs(get(200, 400), get(206, 599)), "partial hole 400..999"},
		{"resumed, then cut", 1000, nil, rs(get(200, 400), get(206, 650).cut()), "possible range_sum 400..1000"},
		{"the end before the start", 1000, nil, rs(get(206, 650), get(200, 400)), "possible range_sum 400..1000"},
		{"planned pieces cover it", 1000, nil, rs(get(206, 500).planned().at(0, 499), get(206, 500).planned().at(500, 999)), "likely meaning_unknown 0..1000"},
	} {
		c.run(t)
	}
}

func TestGradeRanges(t *testing.T) {
	for _, c := range []gradeCase{
		{"union", 1000, nil, rs(get(206, 500).at(0, 499), get(206, 500).at(500, 999)), "complete range_union 1000..1000"},
		{"union, in any order and overlapping", 1000, nil, rs(get(206, 400).at(600, 999), get(206, 400).at(0, 399), get(206, 400).at(300, 699)), "complete range_union 1000..1000"},
		{"200 cut, rest placed", 1000, nil, rs(get(200, 400), get(206, 600).asked(400, none)), "complete range_union 1000..1000"},
		{"union of planned and finished", 1000, nil, rs(get(206, 500).planned().done().at(0, 499), get(206, 500).planned().done().at(500, 999)), "complete range_union 1000..1000"},
		{"hole", 1000, nil, rs(get(206, 500).at(0, 499), get(206, 499).at(501, 999)), "partial hole 999..999"},
		{"hole at the end", 1000, nil, rs(get(206, 500).at(0, 499), get(206, 499).at(500, 998)), "partial hole 999..999"},
		{"hole at the start", 1000, nil, rs(get(206, 999).at(1, 999)), "partial hole 999..999"},
		{"the same bytes again do not add up", 1000, nil, rs(get(206, 600).at(0, 599), get(206, 600).at(0, 599)), "partial hole 600..600"},
		{"hole that an unplaced piece may fill", 1000, nil, rs(get(206, 400).at(600, 999), get(206, 600)), "possible range_sum 400..1000"},
		{"hole that it may not", 1000, nil, rs(get(206, 400).at(600, 999), get(206, 599)), "partial hole 400..999"},
		{"unplaced pieces add up", 1000, nil, rs(get(206, 500), get(206, 500)), "possible range_sum 0..1000"},
		{"unplaced pieces do not", 1000, nil, rs(get(206, 500), get(206, 499)), "partial hole 0..999"},
		{"a piece with no bytes logged", 1000, nil, rs(get(206, none)), "likely range_fits 0..1000"},
		{"placed, no bytes logged", 1000, nil, rs(get(206, none).at(500, 999)), "partial hole 0..500"},
		{"placed, no bytes logged, twice", 1000, nil, rs(get(206, none).at(0, 499), get(206, none).at(500, 999)), "likely meaning_unknown 0..1000"},
		// Headers in the count are not part of the range: [0,500) and [510,1000) leave a hole.
		{"headers do not fill a hole", 1000, nil, rs(get(206, 800).headers().at(0, 499), get(206, 790).headers().at(510, 999)), "partial hole 0..990"},
		{"a cut piece", 1000, nil, rs(get(206, 500).planned().at(0, 499).cut(), get(206, 500).planned().at(500, 999)), "partial hole 0..999"},
		{"a cut whole of a known header length proves nothing", 1000, learned(300), rs(get(200, 1300).headers().cut(), get(206, 310).headers().at(0, 9)), "partial hole 862..999"},
		// Of an unknown size nobody knows what the whole is, but a hole is a hole.
		{"size not known, from 0", none, nil, rs(get(206, 500).at(0, 499)), "possible range_sum 500..500"},
		{"size not known, unplaced", none, nil, rs(get(206, 500)), "possible range_sum 0..500"},
		{"size not known, not from 0", none, nil, rs(get(206, 500).at(500, 999)), "partial hole 500..500"},
		{"size not known, hole in between", none, nil, rs(get(206, 500).at(0, 499), get(206, 500).at(600, 1099)), "partial hole 1000..1000"},
		{"size not known, another had more", none, nil, rs(get(206, 500).at(0, 499), get(206, 1).at(999, 999).by("b")), "partial hole 500..500"},
	} {
		c.run(t)
	}
}

func TestGradeSessions(t *testing.T) {
	day := 24 * hour
	first, second := func() *req { return get(206, 500).at(0, 499) }, func() *req { return get(206, 500).at(500, 999) }
	ended := first().Request
	for _, c := range []gradeCase{
		{"24 h apart", 1000, nil, rs(first(), second().later(day)), "complete range_union 1000..1000"},
		{"more than 24 h apart", 1000, nil, rs(first(), second().later(day+1)), "possible across_sessions 1000..1000"},
		{"another agent", 1000, nil, rs(first(), second().agent("y")), "possible across_sessions 1000..1000"},
		{"no agent", 1000, nil, rs(first(), second().agent("")), "possible across_sessions 1000..1000"},
		{"agents interleaved", 1000, nil, rs(first(), get(206, 10).at(0, 9).agent("y"), second()), "complete range_union 1000..1000"},
		{"kept going for days", 1000, nil, rs(first(), get(206, 1).at(0, 0).later(day), second().later(day)), "complete range_union 1000..1000"},
		{"sessions leave a hole", 1000, nil, rs(first(), get(206, 400).at(600, 999).agent("y")), "partial hole 900..900"},
		{"a session after a long pause does not join the one before it", 1000, nil,
			rs(get(206, 300).at(0, 299), get(206, 300).at(300, 599).later(day+1), get(206, 400).at(600, 999)), "possible across_sessions 1000..1000"},
		{"full responses of sessions do not add up", 1000, nil, rs(get(200, 600), get(200, 600).agent("y")), "partial aborted 600..600"},
		{"the same, size not known", none, nil, rs(get(200, 600).cut(), get(200, 600).cut().agent("y")), "partial aborted 600..600"},
		{"one session suffices", 1000, nil, rs(get(206, 100).at(0, 99).agent("y"), get(200, 1000)), "complete one_response 1000..1000"},
		{"resumed by another agent", 1000, nil, rs(get(200, 400), get(206, 650).agent("y")), "possible across_sessions 400..1000"},
	} {
		c.run(t)
	}
	// A transfer that takes a day is no pause: the session runs on from its end.
	ended.TimeStart, ended.TimeEnd = start, start+25*hour
	rest := second().Request
	rest.TimeStart = start + 26*hour
	d := foldAll([]*request.Request{&ended, &rest}, 1000, nil)[0]
	if got := show(d); got != "complete range_union 1000..1000" {
		t.Errorf("after a transfer of 25 h: %s", got)
	}
}

func TestGradeNoneAndProbe(t *testing.T) {
	for _, c := range []gradeCase{
		{"HEAD", 1000, nil, rs(get(200, none).method("HEAD")), "none head 0..0"},
		{"HEAD that logs the size", 1000, nil, rs(get(200, 1000).method("HEAD").done()), "none head 0..0"},
		{"304", 1000, nil, rs(get(304, none)), "none not_modified 0..0"},
		{"403", 1000, nil, rs(get(403, 1000)), "none denied 0..0"},
		{"404", 1000, nil, rs(get(404, 1000)), "none missing 0..0"},
		{"301", 1000, nil, rs(get(301, 1000)), "none redirect 0..0"},
		{"500", 1000, nil, rs(get(500, 1000)), "none error 0..0"},
		{"499", 1000, nil, rs(get(499, 0)), "none error 0..0"},
		{"OPTIONS", 1000, nil, rs(get(200, 1000).method("OPTIONS")), "possible other_method 0..1000"},
		{"OPTIONS with less", 1000, nil, rs(get(200, 999).method("OPTIONS")), "none no_content 0..0"},
		{"DELETE of an unknown size", none, nil, rs(get(200, 5).method("DELETE")), "none no_content 0..0"},
		{"OPTIONS as long as others took, twice", none, nil, rs(get(200, 1000).by("b"), get(200, 1000).by("c"), get(200, 1000).method("OPTIONS")), "possible other_method 0..1000"},
		{"the most telling", 1000, nil, rs(get(404, 9), get(304, none), get(403, 9)), "none not_modified 0..0"},
		{"denied, then missing", 1000, nil, rs(get(404, 9), get(403, 9), get(404, 9)), "none denied 0..0"},
		{"the first counts too", 1000, nil, rs(get(403, 9), get(404, 9)), "none denied 0..0"},
		{"probe", 1000, nil, rs(get(206, 2).at(0, 1)), "probe probe 2..2"},
		{"probe, unplaced", 1000, nil, rs(get(206, 2)), "probe probe 0..2"},
		{"probe, size not known", none, nil, rs(get(206, 2)), "probe probe 0..2"},
		{"probe, placed, size not known", none, nil, rs(get(206, 2).at(0, 1)), "probe probe 2..2"},
		{"two probes at one place", 1000, nil, rs(get(206, 2).at(0, 1), get(206, 2).at(0, 1)), "probe probe 2..2"},
		{"two probes unplaced: four bytes", 1000, nil, rs(get(206, 2), get(206, 2)), "partial hole 0..4"},
		{"three bytes", 1000, nil, rs(get(206, 3).at(0, 2)), "partial hole 3..3"},
		{"a full response of nothing", 1000, nil, rs(get(200, 0)), "probe probe 0..0"},
		{"probe and content", 1000, nil, rs(get(206, 2).at(0, 1), get(200, 1000)), "complete one_response 1000..1000"},
		{"a recording of two bytes", 2, nil, rs(get(206, 2).at(0, 1)), "complete one_response 2..2"},
	} {
		c.run(t)
	}
}

func TestGradeEmptyFile(t *testing.T) {
	for _, c := range []gradeCase{
		{"content response", 0, nil, rs(get(200, 0)), "complete one_response 0..0"},
		{"no bytes logged, as Apache writes 0", 0, nil, rs(get(200, none).planned()), "complete one_response 0..0"},
		{"with headers of a known length", 0, learned(300), rs(get(200, 300).headers()), "likely meaning_unknown 0..0"},
		{"with headers, or a page", 0, nil, rs(get(200, 300).headers()), "likely meaning_unknown 0..0"},
		{"HEAD is none", 0, nil, rs(get(200, none).method("HEAD")), "none head 0..0"},
		{"304 is none", 0, nil, rs(get(304, none)), "none not_modified 0..0"},
		// There is no 206 of an empty file: it was of another version.
		{"a piece", 0, nil, rs(get(206, 100).at(100, 199)), "partial hole 100..100"},
	} {
		c.run(t)
	}
}

func TestGradeExtremes(t *testing.T) {
	const most = math.MaxInt64
	big := int64(6 << 30)
	for _, c := range []gradeCase{
		{"6 GiB", big, nil, rs(get(200, big)), "complete one_response 6442450944..6442450944"},
		{"6 GiB in two", big, nil, rs(get(206, 5<<30).at(0, 5<<30-1), get(206, 1<<30).at(5<<30, 6<<30-1)), "complete range_union 6442450944..6442450944"},
		{"6 GiB over HTTP/2", big, nil, rs(get(200, big+9*786432).h2()), "likely meaning_unknown 6393337386..6442450944"},
		{"the largest number", 1000, nil, rs(get(200, most)), "likely size_contradicted 9223372036854775807..9223372036854775807"},
		{"the largest number, size not known", none, nil, rs(get(200, most)), "likely size_unknown 9223372036854775807..9223372036854775807"},
		{"unplaced numbers do not run over", none, nil, rs(get(206, most), get(206, most)), "possible range_sum 0..9223372036854775807"},
		{"nor over sessions", none, nil, rs(get(206, most), get(206, most).agent("y")), "possible range_sum 0..9223372036854775807"},
		{"nor placed ones", none, nil, rs(get(206, most).at(1000, most)), "partial hole 9223372036854774807..9223372036854774807"},
		{"nor a range from 0", none, nil, rs(get(206, most).at(0, most)), "possible range_sum 9223372036854775807..9223372036854775807"},
		{"nor with headers", none, learned(300), rs(get(200, most).headers()), "likely size_unknown 9151314442816847444..9223372036854775807"},
		{"nor with both counts", none, learned(300), rs(get(200, most).planned().sent(most)), "likely planned_size 9151314442816847444..9223372036854775807"},
		{"nor a position behind the end", 1000, nil, rs(get(206, most).at(most, most)), "probe probe 0..0"},
		{"nor with placed and unplaced", 1000, nil, rs(get(206, 10).at(990, 999), get(206, most)), "likely range_fits 10..1000"},
		{"the largest inventory", most, nil, rs(get(206, most).at(0, most-1)), "complete one_response 9223372036854775807..9223372036854775807"},
	} {
		c.run(t)
	}
}

// Known limits, written down so that a change of them is seen: here the log
// cannot tell, and the rule trusts it.
func TestGradeLimits(t *testing.T) {
	for _, c := range []gradeCase{
		// Headers of 301 and one byte missing look like headers of 300 and none missing.
		{"a cut of exactly the difference of two headers", none, learned(300, 301), rs(get(200, 1000).planned().sent(300 + 1000)), "complete one_response 1000..1000"},
	} {
		c.run(t)
	}
}
