package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// TestCommon: responses as long as a log-in page, whole or in pieces, and what
// the inventory knows better.
func TestCommon(t *testing.T) {
	page := func(q *req) *req { return q.total(accesslog.TotalContentRange, 512) }
	for _, c := range []gradeCase{
		{"the page", none, nil, rs(get(200, 512)), "possible common_size 0..512"},
		{"the page as a range", none, nil, rs(page(get(206, 512).at(0, 511))), "possible common_size 0..512"},
		{"the page in pieces", none, nil, rs(page(get(206, 256).at(0, 255)), page(get(206, 256).at(256, 511))), "possible common_size 0..512"},
		{"a recording of that size", 512, nil, rs(get(200, 512)), "complete one_response 512..512"},
		{"headers would explain it, but not for all the others", 200, nil, rs(get(200, 512).headers()), "possible common_size 0..200"},
		{"headers do not", 500_000, nil, rs(get(200, 512).headers()), "partial aborted 0..512"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reqs := sorted(timed(c.reqs))
			var s Sizer
			s.Reset()
			for _, r := range reqs {
				s.Add(r)
			}
			f := NewFold(func(int32) *Headers { return c.head })
			f.Common = map[int64]bool{512: true}
			f.Begin([]byte("/r.wav"), []byte("a"), s.Sizing(c.size))
			for _, r := range reqs {
				f.Add(r)
			}
			if got := show(f.End()); got != c.want {
				t.Errorf("got %s, want %s%s", got, c.want, describe(reqs))
			}
		})
	}
}
