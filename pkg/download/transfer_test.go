package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// An FTP log counts the bytes of a transfer, and of a resumed one only the
// rest; "c" is finished, "i" is cut. The recording is 1000 bytes.
func TestGradeFileTransfer(t *testing.T) {
	c := func(n int64) *req { return get(226, n).ftp().done() }
	i := func(n int64) *req { return get(426, n).ftp().cut() }
	for _, c := range []gradeCase{
		{"whole", 1000, nil, rs(c(1000)), "complete one_response 1000..1000"},
		{"whole, not said whether finished", 1000, nil, rs(get(226, 1000).ftp()), "complete one_response 1000..1000"},
		{"cut", 1000, nil, rs(i(400)), "partial aborted 400..400"},
		{"cut at the very end", 1000, nil, rs(i(1000)), "partial aborted 999..999"},
		{"the rest alone", 1000, nil, rs(c(600)), "partial hole 600..600"},
		// The rest is bytes 400 to 999; where the cut one began is not logged.
		{"cut, then the rest", 1000, nil, rs(i(400), c(600)), "possible range_sum 600..1000"},
		{"cut, then too little", 1000, nil, rs(i(400), c(599)), "partial hole 599..999"},
		{"cut twice, then the rest", 1000, nil, rs(i(400), i(300), c(300)), "possible range_sum 400..1000"},
		{"the rest after more than a day", 1000, nil, rs(i(400), c(600).later(25*hour)), "possible across_sessions 600..1000"},
		{"the start over HTTP, the rest over FTP", 1000, nil, rs(get(200, 400), c(600)), "complete range_union 1000..1000"},
		{"an earlier rest beside a later one", 1000, nil, rs(c(600), c(300)), "partial hole 600..600"},
		// Without a known size a finished transfer may be the rest of another.
		{"size not known", none, nil, rs(c(1000)), "likely size_unknown 1000..1000"},
		{"size not known, cut", none, nil, rs(i(1000)), "possible range_sum 1000..1000"},
		{"size not known, as many as another", none, nil, rs(c(1000), c(1000).by("b")), "likely size_repeated 1000..1000"},
		{"size not known, fewer than another", none, nil, rs(c(600), c(1000).by("b")), "partial aborted 600..600"},
		{"size not known, cut, then the rest", none, nil, rs(i(400), c(600), c(1000).by("b")), "possible range_sum 600..1000"},
		{"size not known, cut late, then the rest", none, nil, rs(i(600), c(400)), "possible range_sum 600..1000"},
		{"more than the size", 1000, nil, rs(c(1200)), "likely size_contradicted 1200..1200"},
		{"no bytes logged", 1000, nil, rs(c(none)), "likely meaning_unknown 0..1000"},
		{"no bytes logged, cut", 1000, nil, rs(i(none)), "partial aborted 0..999"},
		{"no bytes logged, size not known", none, nil, rs(c(none)), "likely size_unknown 0..?"},
		{"an empty file", 0, nil, rs(c(0)), "complete one_response 0..0"},
		{"an empty file, cut", 0, nil, rs(i(0)), "partial aborted 0..0"},
		{"denied", 1000, nil, rs(get(530, none).ftp()), "none denied 0..0"},
		{"missing", 1000, nil, rs(get(550, none).ftp()), "none missing 0..0"},
		{"an upload", 1000, nil, rs(get(226, 1000).ftp().done().method("STOR")), "none no_content 0..0"},
	} {
		c.run(t)
	}
}

// A file that was read in place was read: by how much, no such log says.
func TestGradeAccessOnly(t *testing.T) {
	for _, c := range []gradeCase{
		{"size known", 1000, nil, rs(get(0, none).read()), "possible access_only 0..1000"},
		{"size not known", none, nil, rs(get(0, none).read()), "possible access_only 0..?"},
		{"often", 1000, nil, rs(get(0, none).read(), get(0, none).read(), get(0, none).read()), "possible access_only 0..1000"},
		{"finished, it says", 1000, nil, rs(get(0, none).read().done()), "possible access_only 0..1000"},
		{"cut, it says", 1000, nil, rs(get(0, none).read().cut()), "partial aborted 0..1000"},
		{"a number is not believed", 1000, nil, rs(get(0, 1000).read()), "possible access_only 0..1000"},
		{"nor as a transfer", 1000, nil, rs(get(0, 1000).read().transfer().done()), "possible access_only 0..1000"},
		{"of an empty file", 0, nil, rs(get(0, none).read()), "possible access_only 0..0"},
		{"of two bytes", 2, nil, rs(get(0, none).read()), "possible access_only 0..2"},
		{"beside a piece it resumes nothing", 1000, nil, rs(get(206, 400).at(0, 399), get(0, none).read()), "possible access_only 400..1000"},
		{"beside a whole", 1000, nil, rs(get(0, none).read(), get(200, 1000)), "complete one_response 1000..1000"},
		{"denied", 1000, nil, rs(get(550, none).read()), "none missing 0..0"},
	} {
		c.run(t)
	}
}

// What was read in place proves nothing of the size either.
func TestAccessOnlyIsNoSize(t *testing.T) {
	var s Sizer
	s.Reset()
	for _, r := range timed(rs(get(0, 500).read(), get(0, 500).read().by("b"))) {
		s.Add(r)
	}
	if got := s.Sizing(accesslog.None); got.Size.From != SizeUnknown || got.floor != 0 {
		t.Errorf("%+v", got)
	}
}
