package download

import (
	"fmt"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// one folds the requests of client "a".
func one(size int64, reqs ...*req) Download { return foldAll(timed(reqs), size, nil)[0] }

func TestTransfers(t *testing.T) {
	for _, c := range []struct {
		name string
		size int64
		reqs []*req
		want int64
	}{
		{"none", 1000, rs(get(404, 9)), 0},
		{"a part", 1000, rs(get(200, 999)), 0},
		{"one", 1000, rs(get(200, 1000)), 1},
		{"three", 1000, rs(get(200, 1000), get(200, 1000).agent("y"), get(200, 1000).later(48*hour)), 3},
		{"two halves", 1000, rs(get(206, 500).at(0, 499), get(206, 500).at(500, 999)), 1},
		{"the thinnest place", 1000, rs(get(206, 500).at(0, 499), get(206, 500).at(0, 499), get(206, 500).at(500, 999)), 1},
		{"pieces twice", 1000, rs(get(206, 600).at(0, 599), get(206, 500).at(500, 999), get(206, 500).at(500, 999), get(206, 600).at(0, 599)), 2},
		{"a hole at the start", 1000, rs(get(206, 999).at(1, 999), get(206, 999).at(1, 999)), 0},
		{"a hole at the end", 1000, rs(get(206, 999).at(0, 998)), 0},
		{"a hole in between", 1000, rs(get(206, 400).at(0, 399), get(206, 500).at(500, 999)), 0},
		{"whole and pieces", 1000, rs(get(200, 1000), get(206, 500).at(0, 499), get(206, 500).at(500, 999)), 2},
		{"likely is not counted", 1000, rs(get(200, 1000).unknown()), 0},
		{"finished, size not known", none, rs(get(200, 1000).headers().done(), get(200, 990).headers().done()), 2},
		{"empty", 0, rs(get(200, 0), get(200, 0)), 2},
		{"empty, and a piece of another version", 0, rs(get(206, 5).at(5, 9)), 0},
	} {
		if got := one(c.size, c.reqs...).Transfers; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestEarlierCopy(t *testing.T) {
	for _, c := range []struct {
		name string
		size int64
		reqs []*req
		want bool
	}{
		{"content only", 1000, rs(get(200, 1000)), false},
		{"304", none, rs(get(304, none)), true},
		{"304 among others", 1000, rs(get(200, 10), get(304, none), get(404, 0)), true},
		{"304 to HEAD is a HEAD", none, rs(get(304, none).method("HEAD")), false},
		{"416 at the size", 1000, rs(get(416, 200).asked(1000, none)), true},
		{"416 elsewhere", 1000, rs(get(416, 200).asked(999, none)), false},
		{"416 behind", 1000, rs(get(416, 200).asked(1001, none)), false},
		{"416 without range", 1000, rs(get(416, 200)), false},
		{"416, size not known", none, rs(get(416, 200).asked(1000, none)), false},
		{"416, size only repeated", none, rs(get(416, 200).asked(1000, none), get(200, 1000).by("b"), get(200, 1000).by("c")), false},
	} {
		if got := one(c.size, c.reqs...).EarlierCopy; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestUserAgents(t *testing.T) {
	for _, n := range []int{0, 1, 2, agentList - 1, agentList, agentList + 1, agentList + 2, 500} {
		var reqs []*req
		for range 2 {
			for i := range n {
				reqs = append(reqs, get(206, 10).at(int64(10*i), int64(10*i+9)).agent(fmt.Sprint("agent ", i)))
			}
			reqs = append(reqs, get(404, 0).agent(""))
		}
		if got := one(1e6, reqs...); got.UserAgents != int64(n) {
			t.Errorf("%d agents: counted %d", n, got.UserAgents)
		}
	}
	empty := get(200, 10)
	empty.Agent = []byte{}
	if got := one(none, empty, get(200, 10).agent("")).UserAgents; got != 1 {
		t.Errorf("an empty agent is one, a missing one is none; counted %d", got)
	}
}

// Each of many agents has its own session, and finds it again.
func TestManyAgentsFindTheirSession(t *testing.T) {
	var reqs []*req
	for piece := range int64(2) {
		for i := range 100 {
			reqs = append(reqs, get(206, 500).at(500*piece, 500*piece+499).agent(fmt.Sprint(i)))
		}
	}
	if d := one(1000, reqs...); show(d) != "complete range_union 1000..1000" || d.Transfers != 100 {
		t.Errorf("got %s, %d transfers", show(d), d.Transfers)
	}
}

func TestTimesAndReference(t *testing.T) {
	reqs := timed(rs(get(404, 0), get(200, 100), get(206, 10).at(0, 9)))
	reqs[0].TimeStart = accesslog.NoTime
	reqs[1].TimeEnd = reqs[2].TimeStart + 77*second
	reqs[0].Source, reqs[0].Line = 3, 33
	d := foldAll(reqs, 1000, nil)[0]
	if d.FirstSeen != reqs[1].TimeStart || d.LastSeen != reqs[1].TimeEnd {
		t.Errorf("seen %d to %d", d.FirstSeen, d.LastSeen)
	}
	if d.Requests != 3 || d.ContentRequests != 2 {
		t.Errorf("%d requests, %d with content", d.Requests, d.ContentRequests)
	}
	if d.FirstSource != 3 || d.FirstLine != 33 {
		t.Errorf("first is source %d line %d: the first in order, a request without time", d.FirstSource, d.FirstLine)
	}
	for _, r := range reqs {
		r.TimeStart, r.TimeEnd = accesslog.NoTime, accesslog.NoTime
	}
	if d := foldAll(reqs, 1000, nil)[0]; d.FirstSeen != accesslog.NoTime || d.LastSeen != accesslog.NoTime {
		t.Errorf("no time: seen %d to %d", d.FirstSeen, d.LastSeen)
	}
}

// A fold is used again for the next pair: nothing of the one before is left.
func TestFoldAgain(t *testing.T) {
	f := NewFold(func(int32) *Headers { return nil })
	sizing := Sizing{Size: Size{1000, SizeInventory}}
	busy := timed(rs(get(206, 500).at(0, 499), get(206, 500).at(500, 999).agent("y"), get(206, none), get(304, none)))
	quiet := timed(rs(get(404, 9).by("b")))
	fold := func(reqs []*request.Request) Download {
		f.Begin(reqs[0].Recording, reqs[0].Client, sizing)
		for _, r := range reqs {
			f.Add(r)
		}
		return f.End()
	}
	first := fmt.Sprint(fold(busy))
	want := Download{Recording: []byte("/r.wav"), Client: []byte("b"), Requests: 1, FirstSeen: quiet[0].TimeStart, LastSeen: quiet[0].TimeStart,
		Size: sizing.Size, Grade: GradeNone, Basis: "missing", UserAgents: 1, FirstSource: 1, FirstLine: 1}
	if got := fold(quiet); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if again := fmt.Sprint(fold(busy)); again != first {
		t.Errorf("got %s, before %s", again, first)
	}
}

func TestFoldAllocatesNothing(t *testing.T) {
	f := NewFold(func(int32) *Headers { return nil })
	reqs := timed(rs(get(206, 500).at(0, 499), get(206, 500).at(600, 999).agent("y"), get(206, 10), get(304, none)))
	sizing := Sizing{Size: Size{1000, SizeInventory}}
	pair := func() {
		f.Begin(reqs[0].Recording, reqs[0].Client, sizing)
		for _, r := range reqs {
			f.Add(r)
		}
		f.End()
	}
	pair()
	if n := testing.AllocsPerRun(100, pair); n > 1 { // the edges of two pieces
		t.Errorf("%v allocations a pair", n)
	}
}

func BenchmarkFold(b *testing.B) {
	f := NewFold(func(int32) *Headers { return nil })
	reqs := timed(rs(get(200, 1000), get(206, 500).at(0, 499), get(206, 500).at(500, 999)))
	sizing := Sizing{Size: Size{1000, SizeInventory}}
	b.ReportAllocs()
	for b.Loop() {
		f.Begin(reqs[0].Recording, reqs[0].Client, sizing)
		for _, r := range reqs {
			f.Add(r)
		}
		f.End()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(reqs)), "ns/request")
}
