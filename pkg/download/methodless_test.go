package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// The formats that a request of these tests is read as: its method is one of
// HTTP, or a word of a file service.
var (
	httpFormat    = &accesslog.Format{Name: "http"}
	serviceFormat = &accesslog.Format{Name: "service", FileService: true}
)

// kindOf gives a request its kind, as the pipeline would.
func kindOf(q *request.Request) request.Kind {
	r := accesslog.Record{Format: httpFormat, Method: q.Method, Target: q.URL, Status: q.Status, Bytes: q.Bytes}
	switch string(q.Method) {
	case "RETR", "READ", "STOR":
		r.Format = serviceFormat
	}
	return request.KindOf(&r, false)
}

// methodless takes the method away: the log does not say it.
func (q *req) methodless() *req {
	q.Method, q.Flags = nil, q.Flags|accesslog.FlagMethodUnknown
	return q
}

// Without a method an answer may be to HEAD or to PUT. The recording is 1000
// bytes.
func TestGradeMethodless(t *testing.T) {
	for _, c := range []gradeCase{
		// A HEAD sends nothing, so where what was sent is counted the whole is likely.
		{"whole", 1000, nil, rs(get(200, 1000).methodless()), "likely method_unknown 0..1000"},
		{"whole, and it finished", 1000, nil, rs(get(200, 1000).methodless().done()), "likely method_unknown 0..1000"},
		{"transferred", 1000, nil, rs(get(200, 1000).transfer().methodless()), "likely method_unknown 0..1000"},
		{"206 that is the whole", 1000, nil, rs(get(206, 1000).at(0, 999).methodless()), "likely method_unknown 0..1000"},
		{"one short", 1000, nil, rs(get(200, 999).methodless()), "partial aborted 0..999"},
		{"as many as two bytes", 1000, nil, rs(get(200, 2).methodless()), "probe probe 0..2"},
		{"nothing sent, as by HEAD", 1000, nil, rs(get(200, 0).methodless()), "probe probe 0..0"},
		{"nothing sent of an empty recording", 0, nil, rs(get(200, 0).methodless()), "likely method_unknown 0..0"},
		{"more than the size", 1000, nil, rs(get(200, 1200).methodless()), "likely method_unknown 0..1000"},
		{"cut, it says", 1000, nil, rs(get(200, 1000).methodless().cut()), "partial aborted 0..999"},
		{"pieces", 1000, nil, rs(get(206, 500).at(0, 499).methodless(), get(206, 500).at(500, 999).methodless()), "likely meaning_unknown 0..1000"},
		// Else it may have been a HEAD, whatever was counted.
		{"planned", 1000, nil, rs(get(200, 1000).planned().methodless()), "possible may_be_head 0..1000"},
		{"planned, finished", 1000, nil, rs(get(200, 1000).planned().methodless().done()), "possible may_be_head 0..1000"},
		{"planned beside what was sent", 1000, learned(300), rs(get(200, 1000).planned().sent(1300).methodless()), "possible may_be_head 0..1000"},
		{"with headers, known length", 1000, learned(300), rs(get(200, 1300).headers().methodless()), "possible may_be_head 0..1000"},
		{"meaning unknown", 1000, nil, rs(get(200, 1000).unknown().methodless()), "possible may_be_head 0..1000"},
		{"no bytes logged", 1000, nil, rs(get(200, none).methodless()), "possible may_be_head 0..1000"},
		{"no bytes logged, size not known", none, nil, rs(get(200, none).methodless()), "possible may_be_head 0..?"},
		{"it resumes nothing", 1000, nil, rs(get(206, 400).at(0, 399), get(200, none).methodless()), "possible may_be_head 400..1000"},
		{"nor does it fill a hole", 1000, nil, rs(get(206, 3).at(997, 999), get(200, none).methodless()), "possible may_be_head 3..1000"},
		// What else is known stands.
		{"size not known", none, nil, rs(get(200, 1000).methodless()), "likely method_unknown 0..1000"},
		{"as many as another", none, nil, rs(get(200, 1000).methodless(), get(200, 1000).methodless().by("b")), "likely method_unknown 0..1000"},
		{"fewer than another", none, nil, rs(get(200, 600).methodless(), get(200, 1000).methodless().by("b")), "partial aborted 0..600"},
		{"beside a whole", 1000, nil, rs(get(200, 1000).methodless(), get(200, 1000)), "complete one_response 1000..1000"},
		{"not modified", 1000, nil, rs(get(304, none).methodless()), "none not_modified 0..0"},
	} {
		c.run(t)
	}
}

// What may not have been the recording proves nothing of its size.
func TestMethodlessIsNoSize(t *testing.T) {
	test := func(want SizeFrom, reqs ...*req) {
		t.Helper()
		var s Sizer
		s.Reset()
		for _, r := range sorted(timed(reqs)) {
			s.Add(r)
		}
		if got := s.Sizing(none); got.Size.From != want {
			t.Errorf("%v, want %v", got.Size, want)
		}
	}
	test(SizeUnknown, get(200, 1000).planned().methodless())
	test(SizeUnknown, get(200, 1000).methodless().done())
	test(SizeUnknown, get(206, 500).at(500, 999).methodless())
	test(SizeRepeated, get(200, 1000).methodless(), get(200, 1000).methodless().by("b"))
	test(SizeObject, get(200, 1000).methodless().total(accesslog.TotalObject, 1000))
	// Nor does it contradict one.
	var s Sizer
	s.Reset()
	for _, r := range timed(rs(get(200, 1200).methodless())) {
		s.Add(r)
	}
	if s.Sizing(1000).Contradicted {
		t.Error("1200 bytes that may be another text contradict the size")
	}
}
