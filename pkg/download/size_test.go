package download

import (
	"fmt"
	"math"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

func TestSize(t *testing.T) {
	for _, c := range []struct {
		name      string
		inventory int64
		reqs      []*req
		want      string
	}{
		// The order of trust: inventory, object size, planned, repeated.
		{"inventory first", 900, rs(get(200, 1000).object(1100).planned()), "900 inventory"},
		{"object size next", none, rs(get(200, 1000).object(1100).planned()), "1100 object_size"},
		{"object size of any answer", none, rs(get(304, none).object(1100)), "1100 object_size"},
		{"then planned", none, rs(get(200, 1000).planned(), get(200, 1200), get(200, 1200).by("b")), "1000 planned"},
		{"a cut does not change a plan", none, rs(get(200, 1000).planned().cut()), "1000 planned"},
		{"finished is planned", none, rs(get(200, 1000).done()), "1000 planned"},
		{"transferred and finished", none, rs(get(200, 1000).transfer().done()), "1000 planned"},
		{"of FTP it is not: it may be the rest", none, rs(get(226, 1000).ftp().done()), "-1 "},
		{"transferred twice", none, rs(get(226, 1000).ftp().done(), get(226, 1000).ftp().done().by("b")), "1000 repeated"},
		{"read in place says nothing", none, rs(get(0, 500).read(), get(0, 500).read().by("b")), "-1 "},
		// Totals that the log states, by where it does.
		{"inventory before all of them", 900, rs(get(200, 1).total(accesslog.TotalObject, 1)), "900 inventory"},
		{"object size before Content-Range", none, rs(get(206, 1).total(accesslog.TotalContentRange, 1300), get(200, 1).total(accesslog.TotalObject, 1100)), "1100 object_size"},
		{"Content-Range before Content-Length", none, rs(get(206, 1).total(accesslog.TotalContentRange, 1100), get(200, 1).total(accesslog.TotalContentLength, 1300)), "1100 content_range"},
		{"Content-Length before planned", none, rs(get(200, 1300).planned(), get(200, 1).total(accesslog.TotalContentLength, 1100)), "1100 content_length"},
		{"Content-Range of a 416", none, rs(get(416, 1).total(accesslog.TotalContentRange, 1100)), "1100 content_range"},
		{"Content-Length of HEAD", none, rs(get(200, none).method("HEAD").total(accesslog.TotalContentLength, 1100)), "1100 content_length"},
		{"Content-Length of a 206 is that of the piece", none, rs(get(206, 1).total(accesslog.TotalContentLength, 500)), "-1 "},
		{"Content-Length of an error page", none, rs(get(404, 1).total(accesslog.TotalContentLength, 500)), "-1 "},
		{"larger total", none, rs(get(206, 1).total(accesslog.TotalContentRange, 1000), get(206, 1).total(accesslog.TotalContentRange, 1200), get(206, 1).total(accesslog.TotalContentRange, 1100)), "1200 content_range"},
		{"finished with headers is not", none, rs(get(200, 1000).headers().done()), "-1 "},
		{"finished with framing is not", none, rs(get(200, 1000).h2().done()), "-1 "},
		{"then repeated", none, rs(get(200, 1000), get(200, 1000).by("b")), "1000 repeated"},
		{"repeated with headers", none, rs(get(200, 1000).unknown(), get(200, 1000).headers().by("b")), "1000 repeated"},
		{"repeated over HTTP/2", none, rs(get(200, 1009).h2(), get(200, 1009).h2().by("b")), "1000 repeated"},
		// Ties go to the larger.
		{"larger plan", none, rs(get(200, 1000).planned(), get(200, 1200).planned(), get(200, 1100).planned()), "1200 planned"},
		{"larger object", none, rs(get(200, 1).object(1000), get(200, 1).object(1200).by("b"), get(200, 1).object(1100)), "1200 object_size"},
		{"larger repeated", none, rs(get(200, 900), get(200, 900).by("b"), get(200, 1000), get(200, 1000).by("b")), "1000 repeated"},
		// What does not count.
		{"once is not repeated", none, rs(get(200, 1000)), "-1 "},
		{"by one client is not repeated", none, rs(get(200, 1000), get(200, 1000), get(200, 1000)), "-1 "},
		{"exceeded by one is not", none, rs(get(200, 1000), get(200, 1000).by("b"), get(200, 1001).by("c")), "-1 "},
		{"exceeded by a piece is not", none, rs(get(200, 1000), get(200, 1000).by("b"), get(206, 1).at(1000, 1000).by("c")), "-1 "},
		{"a piece within is no matter", none, rs(get(200, 1000), get(200, 1000).by("b"), get(206, 1).at(999, 999).by("c")), "1000 repeated"},
		{"a planned piece is no plan of the whole", none, rs(get(206, 500).planned().at(0, 499)), "-1 "},
		{"no bytes", none, rs(get(200, none).planned()), "-1 "},
		{"HEAD, denied and missing", none, rs(get(200, 1000).planned().method("HEAD"), get(403, 1000).planned(), get(404, 1000).planned(), get(304, 1000).planned()), "-1 "},
		{"empty file, planned", none, rs(get(200, 0).planned()), "0 planned"},
		{"the largest", none, rs(get(200, math.MaxInt64).planned()), "9223372036854775807 planned"},
		{"no request", none, nil, "-1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s Sizer
			s.Reset()
			for _, r := range sorted(timed(c.reqs)) {
				s.Add(r)
			}
			if got := s.Sizing(c.inventory).Size; fmt.Sprintf("%d %s", got.Bytes, got.From) != c.want {
				t.Errorf("got %d %s, want %s", got.Bytes, got.From, c.want)
			}
			s.Reset()
			if got := s.Sizing(accesslog.None); got.Size.From != SizeUnknown || got.floor != 0 {
				t.Errorf("after Reset: %+v", got)
			}
		})
	}
}

func TestNames(t *testing.T) {
	var got []any
	for g := GradeNone; g <= GradeComplete; g++ {
		got = append(got, g)
	}
	for s := SizeUnknown; s <= SizeRepeated; s++ {
		got = append(got, s)
	}
	want := "[none probe partial possible likely complete  inventory object_size content_range content_length planned repeated]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHeaders(t *testing.T) {
	var h Headers
	for _, n := range []int64{300, 300, 0, -5, maxHeader + 1, 310, 5000} {
		h.Learn(n)
	}
	if h.has(300) {
		t.Error("twice is not learned")
	}
	var o Headers
	o.Learn(300)
	o.Learn(310)
	both, other := &Headers{}, &Headers{}
	both.Merge(&h)
	both.Merge(&o)
	other.Merge(&o)
	other.Merge(&h)
	for _, m := range []*Headers{both, other} {
		if !m.has(300) || m.has(310) || m.has(0) || m.has(maxHeader+1) {
			t.Error("merged: 300 was seen three times, 310 twice")
		}
		// 5000 was seen once: it may be a header, so it is taken off.
		if got := m.leastBody(100_000); got != 100_000-5000-781-128 {
			t.Errorf("leastBody %d", got)
		}
	}
	// Over TLS every length comes now and then: none of them shows a whole.
	var tls Headers
	for n := int64(200); n < 5200; n++ {
		for range 10 {
			tls.Learn(n)
		}
	}
	for range 100 {
		tls.Learn(250)
	}
	if tls.has(300) || !tls.has(250) {
		t.Error("one in a thousand must show a length")
	}
	var unset *Headers
	if unset.has(300) || unset.leastBody(1000) != 0 {
		t.Error("nothing was learned")
	}
}
