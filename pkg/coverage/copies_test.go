package coverage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// line is a line as plain code sees it.
type line struct {
	text  string
	time  int64
	class Class
}

// testLog is a log in sketches of a few lines each.
type testLog struct {
	sketches []Sketch
	firsts   []int64
	starts   []int64
	open     bool
}

func newTestLog(lines []line, block int, open bool) *testLog {
	l := &testLog{open: open}
	var at int64
	for i, one := range lines {
		if i%block == 0 {
			l.sketches, l.firsts = append(l.sketches, nil), append(l.firsts, int64(i))
		}
		s := &l.sketches[len(l.sketches)-1]
		*s = s.Add([]byte(one.text), int(at), !open || i < len(lines)-1)
		s.Set(one.class, one.time)
		l.starts = append(l.starts, at)
		at += int64(len(one.text))
		if !open || i < len(lines)-1 {
			at++
		}
	}
	l.starts = append(l.starts, at)
	return l
}

func (l *testLog) Lines() int64 { return int64(len(l.starts) - 1) }
func (l *testLog) Open() bool   { return l.open }
func (l *testLog) Sketch(line int64) (Sketch, int64, error) {
	i, ok := slices.BinarySearch(l.firsts, line)
	if !ok {
		i--
	}
	return l.sketches[i], l.firsts[i], nil
}
func (l *testLog) Extent(line int64) (from, to int64, err error) {
	return l.starts[line], l.starts[line+1], nil
}

// find runs all steps over logs, whose ids are their places from 1.
func find(t *testing.T, logs []*testLog) (merged, likely []Copy) {
	t.Helper()
	log := func(source int32) Log { return logs[source-1] }
	var ids []int32
	for i := range logs {
		ids = append(ids, int32(i+1))
	}
	borders, err := NewBorders(ids, log)
	if err != nil {
		t.Fatal(err)
	}
	var anchors, pairs []Item
	for _, id := range ids {
		w := NewWinnow(id, 0)
		for i, s := range logs[id-1].sketches {
			anchors = w.Add(s, anchors)
			if err := borders.Add(id, logs[id-1].firsts[i], s); err != nil {
				t.Fatal(err)
			}
		}
	}
	sortItems(anchors)
	var p Pairs
	for _, a := range anchors {
		pairs = p.Add(a, pairs)
	}
	sortItems(pairs)
	runs := NewRuns(log)
	for _, pair := range pairs {
		if err := runs.Add(pair); err != nil {
			t.Fatal(err)
		}
	}
	merged = Union(append(First(runs.Copies), runs.Cuts...))
	if likely, err = borders.Likenesses(merged); err != nil {
		t.Fatal(err)
	}
	return merged, likely
}

func sortItems(items []Item) {
	slices.SortFunc(items, func(a, b Item) int { return slices.Compare(a[:], b[:]) })
}

// twin finds second copies in the plainest way: it compares every line with
// every other one, ties those together that are in a run, and takes all but the
// first of each bundle.
func twin(logs [][]line) []map[int64]bool {
	type place struct{ log, line int }
	tied := map[place]place{} // to an earlier one
	first := func(p place) place {
		for {
			q, ok := tied[p]
			if !ok {
				return p
			}
			p = q
		}
	}
	tie := func(p, q place) {
		p, q = first(p), first(q)
		if p == q {
			return
		}
		if p.log < q.log || p.log == q.log && p.line < q.line {
			p, q = q, p
		}
		tied[p] = q
	}
	for i := range logs {
		for k := range i + 1 {
			x, y := logs[i], logs[k]
			for shift := 1 - len(y); shift < len(x); shift++ {
				if i == k && shift <= 0 {
					continue
				}
				n := 0
				for a := max(shift, 0); a <= len(x); a++ {
					if b := a - shift; a < len(x) && b < len(y) && x[a] == y[b] {
						n++
						continue
					}
					times := map[int64]bool{}
					for _, l := range x[a-n : a] {
						if l.time != accesslog.NoTime {
							times[l.time] = true
						}
					}
					if n >= LeastLines && len(times) >= LeastTimes {
						for c := a - n; c < a; c++ {
							tie(place{i, c}, place{k, c - shift})
						}
					}
					n = 0
				}
			}
		}
	}
	second := make([]map[int64]bool, len(logs))
	for i := range logs {
		second[i] = map[int64]bool{}
	}
	for p := range tied {
		second[p.log][int64(p.line)] = true
	}
	return second
}

// genuine makes a log whose lines come about once, but for bursts of the same
// line in one second, and lines without a time.
func genuine(rng *rand.Rand, n int, from int64) []line {
	var lines []line
	t := from
	pace := []int{1, 3, 8, 25}[rng.IntN(4)] // lines in a second
	for len(lines) < n {
		if rng.IntN(pace) == 0 {
			t += 1e6 * (1 + rng.Int64N(3))
		}
		one := line{fmt.Sprintf("%d client %d asked for %d", t, rng.IntN(3), rng.IntN(1000)), t, Request}
		switch rng.IntN(12) {
		case 0:
			one = line{"rubbish", accesslog.NoTime, Rejected}
		case 1:
			one = line{"", accesslog.NoTime, Blank}
		case 2:
			one.class = Other
		}
		for range 1 + rng.IntN(2)*rng.IntN(4) {
			lines = append(lines, one)
		}
	}
	return lines
}

// TestTwin holds the fast way against the plain one.
func TestTwin(t *testing.T) {
	merged, nearly := 0, 0
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 5))
		base := genuine(rng, 150+rng.IntN(250), 0)
		other := genuine(rng, 100, 500e6)
		var logs [][]line
		for range 1 + rng.IntN(4) {
			var l []line
			for range 1 + rng.IntN(3) {
				switch from := rng.IntN(len(base)); rng.IntN(5) {
				case 0:
					l = append(l, other[rng.IntN(len(other)):]...)
				case 1: // about as long as it must be
					l = append(l, base[from:min(from+LeastLines-2+rng.IntN(5), len(base))]...)
				default:
					l = append(l, base[from:from+rng.IntN(len(base)-from)+1]...)
				}
			}
			l = slices.Clone(l)
			for range rng.IntN(3) {
				l[rng.IntN(len(l))].text += "changed"
			}
			logs = append(logs, l)
		}
		var fast []*testLog
		for _, l := range logs {
			fast = append(fast, newTestLog(l, 1+rng.IntN(100), false))
		}
		copies, _ := find(t, fast)
		want := twin(logs)
		got := make([]map[int64]bool, len(logs))
		for i := range got {
			got[i] = map[int64]bool{}
		}
		for _, c := range copies {
			for n := range c.To - c.From {
				if got[c.Source-1][c.From+n] {
					t.Fatalf("seed %d: line %d is in two copies", seed, c.From+n)
				}
				got[c.Source-1][c.From+n] = true
				if logs[c.Source-1][c.From+n] != logs[c.OfSource-1][c.Of+n] {
					t.Fatalf("seed %d: %+v: line %d is another one", seed, c, n)
				}
			}
		}
		for i := range logs {
			if len(want[i]) > 0 {
				merged++
			} else {
				nearly++
			}
			for n := range int64(len(logs[i])) {
				if got[i][n] != want[i][n] {
					t.Fatalf("seed %d: source %d line %d: copy %v, want %v", seed, i+1, n, got[i][n], want[i][n])
				}
			}
		}
	}
	if merged < 400 || nearly < 400 {
		t.Errorf("%d sources with copies, %d without: the test is too easy", merged, nearly)
	}
}

// TestFewTimes: a run that is just long enough is found wherever its time
// changes, and is none if it changes once only.
func TestFewTimes(t *testing.T) {
	base, other := cuttable(LeastLines, "line"), cuttable(40, "other")
	for i := 1; i < LeastLines; i++ {
		for k := i; k < LeastLines; k++ {
			for n := range base {
				base[n].time = 1000e6
				if n >= i {
					base[n].time += 1e6
				}
				if n >= k {
					base[n].time += 1e6
				}
			}
			want := int64(LeastLines)
			if i == k {
				want = 0
			}
			var got int64
			copies, _ := find(t, []*testLog{newTestLog(slices.Concat(other, base), 50, false), newTestLog(slices.Concat(base, other[20:]), 50, false)})
			for _, c := range copies {
				got += c.To - c.From
			}
			if got != want {
				t.Fatalf("times change at %d and %d: %d lines are copies", i, k, got)
			}
		}
	}
}

// TestManyCopies: a log that was saved again and again as it grew counts once,
// though each anchor is then paired with some of its places only.
func TestManyCopies(t *testing.T) {
	for _, step := range []int{40, 100} {
		base := cuttable(32*step+100, "line")
		var growing, sliding []*testLog
		for i := range 30 {
			growing = append(growing, newTestLog(base[:100+i*step], 50, false))
			sliding = append(sliding, newTestLog(base[i*step:i*step+100+2*step], 50, false))
		}
		for name, logs := range map[string][]*testLog{"growing": growing, "sliding": sliding} {
			lines := int64(0)
			for _, l := range logs {
				lines += l.Lines()
			}
			copies, _ := find(t, logs)
			for _, c := range copies {
				lines -= c.To - c.From
			}
			want := int64(100 + 29*step)
			if name == "sliding" {
				want += int64(2 * step)
			}
			if lines != want {
				t.Errorf("%s by %d: %d lines count, want %d", name, step, lines, want)
			}
		}
	}
}

// cuttable makes n lines long enough to be known by their ends.
func cuttable(n int, name string) []line {
	var lines []line
	for i := range n {
		lines = append(lines, line{fmt.Sprintf("%s %04d %s behind the head %s at the tail %04d", name, i, strings.Repeat("h", 60), strings.Repeat("t", 60), i), int64(i/9) * 1e6, Request})
	}
	return lines
}

// TestCuts: of a line that is whole in one source and cut in the other, the
// whole one counts, whichever comes first.
func TestCuts(t *testing.T) {
	base := cuttable(200, "line")
	cutEnd := func(lines []line, keep int, change func(*line)) []line {
		out := slices.Clone(lines)
		last := &out[len(out)-1]
		last.text = last.text[:keep]
		if change != nil {
			change(last)
		}
		return out
	}
	cutBegin := func(lines []line, drop int, change func(*line)) []line {
		out := slices.Clone(lines)
		out[0].text = out[0].text[drop:]
		if change != nil {
			change(&out[0])
		}
		return out
	}
	long := len(base[0].text)
	rejected := func(l *line) { l.class, l.time = Rejected, accesslog.NoTime }
	for _, c := range []struct {
		name  string
		a, b  []line
		openA bool
		openB bool
		want  string
	}{
		{"the later ends cut", base, cutEnd(base[:100], 100, nil), false, true, "2:0-99=1:0 run, 2:99-100=1:99 cut end"},
		{"the earlier ends cut", cutEnd(base[:100], 100, nil), base, true, false, "1:99-100=2:99 cut end, 2:0-99=1:0 run"},
		{"cut, and rejected", base, cutEnd(base[:100], 70, rejected), false, true, "2:0-99=1:0 run, 2:99-100=1:99 cut end"},
		{"cut too short to be known", base, cutEnd(base[:100], 60, rejected), false, true, "2:0-99=1:0 run"},
		{"another time", base, cutEnd(base[:100], 100, func(l *line) { l.time += 1e6 }), false, true, "2:0-99=1:0 run"},
		{"another begin", base, cutEnd(base[:100], 100, func(l *line) { l.text = "x" + l.text[1:] }), false, true, "2:0-99=1:0 run"},
		{"both end cut", cutEnd(base[:100], 100, nil), cutEnd(base[:100], 90, nil), true, true, "2:0-99=1:0 run, 2:99-100=1:99 cut end"},
		{"both end cut, the earlier sooner", cutEnd(base[:100], 90, nil), cutEnd(base[:100], 100, nil), true, true, "1:99-100=2:99 cut end, 2:0-99=1:0 run"},
		{"both end cut alike", cutEnd(base[:100], 90, nil), cutEnd(base[:100], 90, nil), true, true, "2:0-100=1:0 run"},
		{"whole but for its terminator", base[:100], base, true, false, "1:99-100=2:99 cut end, 2:0-99=1:0 run"},
		{"shorter, but with a terminator", base, cutEnd(base[:100], 100, nil), false, false, "2:0-99=1:0 run"},
		{"the later begins cut", base, cutBegin(base[50:], 20, nil), false, false, "2:0-1=1:50 cut begin, 2:1-150=1:51 run"},
		{"the earlier begins cut", cutBegin(base[50:], 20, nil), base, false, false, "1:0-1=2:50 cut begin, 2:51-200=1:1 run"},
		{"begins cut, and rejected", base, cutBegin(base[50:], long-70, rejected), false, false, "2:0-1=1:50 cut begin, 2:1-150=1:51 run"},
		{"begins cut too short to be known", base, cutBegin(base[50:], long-60, rejected), false, false, "2:1-150=1:51 run"},
		{"begins at another time", base, cutBegin(base[50:], 20, func(l *line) { l.time += 1e6 }), false, false, "2:1-150=1:51 run"},
		{"begins with another tail", base, cutBegin(base[50:], 20, func(l *line) { l.text = l.text[:len(l.text)-1] + "x" }), false, false, "2:1-150=1:51 run"},
		{"begins with a line as long", base, cutBegin(base[50:], 20, func(l *line) { l.text = strings.Repeat("x", 20) + l.text }), false, false, "2:1-150=1:51 run"},
		{"too few lines behind the cut", base, cutBegin(base[50:114], 20, nil), false, false, ""},
	} {
		copies, _ := find(t, []*testLog{newTestLog(c.a, 30, c.openA), newTestLog(c.b, 7, c.openB)})
		if got := shown(copies); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func shown(copies []Copy) string {
	names := map[Kind]string{Run: "run", Stream: "stream", CutEnd: "cut end", CutBegin: "cut begin", Likeness: "likeness"}
	var out []string
	for _, c := range copies {
		s := fmt.Sprintf("%d:%d-%d=%d:%d %s", c.Source, c.From, c.To, c.OfSource, c.Of, names[c.Kind])
		if c.Kind == Likeness {
			s += fmt.Sprintf(" of %d requests", c.Requests)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// TestLikenesses: what is less than a run is told where it stands at the begin
// or the end of a source, and not merged.
func TestLikenesses(t *testing.T) {
	base := cuttable(300, "line")
	other := cuttable(100, "other")
	join := func(parts ...[]line) []line { return slices.Concat(parts...) }
	second := func(lines []line) []line { // all of one second
		out := slices.Clone(lines)
		for i := range out {
			out[i].time = 7e6
		}
		return out
	}
	timeless := slices.Repeat([]line{{"# comment", accesslog.NoTime, Comment}}, 20)
	for _, c := range []struct {
		name string
		logs [][]line
		want string
	}{
		{"the end of one is the begin of the other", [][]line{base[:100], base[90:200]}, "2:0-10=1:90 likeness of 10 requests"},
		{"the other way round", [][]line{base[90:200], base[:100]}, "2:90-100=1:0 likeness of 10 requests"},
		{"63 lines", [][]line{base[:100], base[37:200]}, "2:0-63=1:37 likeness of 63 requests"},
		{"64 lines", [][]line{base[:100], base[36:200]}, ""},
		{"7 lines", [][]line{base[:100], base[93:200]}, ""},
		{"8 lines", [][]line{base[:100], base[92:200]}, "2:0-8=1:92 likeness of 8 requests"},
		{"an excerpt", [][]line{base, base[100:120]}, "2:0-20=1:100 likeness of 20 requests"},
		{"both begin alike", [][]line{join(base[:20], other[:50]), join(base[:20], other[60:])}, "2:0-20=1:0 likeness of 20 requests"},
		{"in the middle of both", [][]line{join(other[:20], base[:20], other[20:40]), join(other[40:60], base[:20], other[60:])}, ""},
		{"many lines of one second", [][]line{join(other, second(base[:80])), join(second(base[:80]), base[90:])}, "2:0-80=1:100 likeness of 80 requests"},
		{"lines without a time", [][]line{join(other[:50], timeless), join(timeless, base)}, ""},
		{"twice in one source", [][]line{join(base[:20], other, base[:20])}, "1:120-140=1:0 likeness of 20 requests"},
		{"a burst", [][]line{join(slices.Repeat(base[:1], 30), base[1:])}, ""},
		{"a burst of two lines in turn", [][]line{join(slices.Repeat(second(base[:2]), 15), base[1:])}, ""},
		{"the first line is cut", [][]line{base[:100], join([]line{{base[89].text[90:], accesslog.NoTime, Rejected}}, base[90:200])}, "2:1-11=1:90 likeness of 10 requests"},
	} {
		var logs []*testLog
		for _, l := range c.logs {
			logs = append(logs, newTestLog(l, 33, false))
		}
		if _, likely := find(t, logs); shown(likely) != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, shown(likely), c.want)
		}
	}
}

// TestTimesApart: the same text at another time is another line, as in a log
// without years.
func TestTimesApart(t *testing.T) {
	base := cuttable(200, "line")
	later := slices.Clone(base)
	for i := range later {
		later[i].time += 365 * 86400 * 1e6
	}
	if copies, likely := find(t, []*testLog{newTestLog(base, 50, false), newTestLog(later, 50, false)}); len(copies)+len(likely) > 0 {
		t.Errorf("got %s, %s", shown(copies), shown(likely))
	}
	rejected := slices.Clone(base)
	for i := range rejected {
		rejected[i].class, rejected[i].time = Rejected, accesslog.NoTime
	}
	if copies, _ := find(t, []*testLog{newTestLog(rejected, 50, false), newTestLog(base, 50, false)}); len(copies) > 0 {
		t.Errorf("lines that could not be read stand for those that could: %s", shown(copies))
	}
	if copies, _ := find(t, []*testLog{newTestLog(rejected, 50, false), newTestLog(rejected, 50, false)}); len(copies) > 0 {
		t.Errorf("lines without a time: %s", shown(copies))
	}
}
