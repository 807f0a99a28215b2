package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// coded says that the body was sent compressed.
func (q *req) coded() *req { q.Flags |= accesslog.FlagCoded; return q }

// The bytes of a compressed body say nothing of the recording's 1000.
func TestGradeCoded(t *testing.T) {
	for _, c := range []gradeCase{
		{"fewer bytes", 1000, nil, rs(get(200, 400).coded()), "likely meaning_unknown 0..1000"},
		{"as many bytes", 1000, nil, rs(get(200, 1000).coded()), "likely meaning_unknown 0..1000"},
		{"more bytes", 1000, nil, rs(get(200, 1400).coded()), "likely meaning_unknown 0..1000"},
		{"planned", 1000, nil, rs(get(200, 1000).planned().coded()), "likely meaning_unknown 0..1000"},
		{"with headers of a known length", 1000, learned(300), rs(get(200, 1300).headers().coded()), "likely meaning_unknown 0..1000"},
		{"planned beside sent", 1000, learned(300), rs(get(200, 1000).planned().sent(1300).coded()), "likely meaning_unknown 0..1000"},
		{"finished", 1000, nil, rs(get(200, 400).coded().done()), "complete one_response 1000..1000"},
		{"cut", 1000, nil, rs(get(200, 400).coded().cut()), "partial aborted 0..999"},
		{"cut, with as many bytes", 1000, nil, rs(get(200, 1000).coded().cut()), "partial aborted 0..999"},
		{"finished, size not known", none, nil, rs(get(200, 400).coded().done()), "likely size_unknown 0..?"},
		{"a piece of the coded body", 1000, nil, rs(get(206, 400).at(0, 399).coded()), "partial hole 0..999"},
		{"two pieces of it", 1000, nil, rs(get(206, 500).at(0, 499).coded().done(), get(206, 500).at(500, 999).coded().done()), "possible range_sum 0..1000"},
		{"all of it, by its Content-Range", 1000, nil, rs(get(206, 400).at(0, 399).total(accesslog.TotalContentRange, 400).coded().done()), "complete one_response 1000..1000"},
		{"all of it, as it was asked for", 1000, nil, rs(get(206, 400).asked(0, none).coded()), "likely meaning_unknown 0..1000"},
		{"beside a plain piece", 1000, nil, rs(get(206, 400).at(0, 399), get(200, 300).coded().cut()), "partial hole 400..999"},
		{"HEAD", 1000, nil, rs(get(200, 400).method("HEAD").coded()), "none head 0..0"},
		{"plain beside coded", 1000, nil, rs(get(200, 400).coded(), get(200, 1000)), "complete one_response 1000..1000"},
	} {
		c.run(t)
	}
}

// Nothing of a compressed body is the recording's size.
func TestSizeCoded(t *testing.T) {
	for _, c := range []struct {
		name string
		reqs []*req
		want Size
	}{
		{"planned", rs(get(200, 400).planned().coded()), Size{none, SizeUnknown}},
		{"finished", rs(get(200, 400).done().coded()), Size{none, SizeUnknown}},
		{"repeated", rs(get(200, 400).coded(), get(200, 400).coded().by("b")), Size{none, SizeUnknown}},
		{"Content-Length", rs(get(200, 400).total(accesslog.TotalContentLength, 400).coded()), Size{none, SizeUnknown}},
		{"Content-Length of HEAD", rs(get(200, none).method("HEAD").total(accesslog.TotalContentLength, 400).coded()), Size{none, SizeUnknown}},
		{"Content-Range", rs(get(206, 4).at(0, 3).total(accesslog.TotalContentRange, 400).coded()), Size{none, SizeUnknown}},
		{"an object's size", rs(get(200, 400).total(accesslog.TotalObject, 1000).coded()), Size{1000, SizeObject}},
		{"a plan beside it", rs(get(200, 400).planned().coded(), get(200, 300).planned().by("b")), Size{300, SizePlanned}},
	} {
		var s Sizer
		s.Reset()
		for _, q := range c.reqs {
			q.Kind = kindOf(&q.Request)
			s.Add(&q.Request)
		}
		if got := s.Sizing(none); got.Size != c.want || got.Contradicted {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
