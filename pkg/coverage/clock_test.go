package coverage

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// stepsOf follows the times of a source that is cut into pieces of so many
// lines.
func stepsOf(times []int64, piece int) ([]Step, int) {
	var traces []*Trace
	var c Clock
	end := func() {
		trace := c.End()
		traces = append(traces, &trace)
	}
	for i, t := range times {
		if i > 0 && i%piece == 0 {
			end()
		}
		c.Time(t, int64(i%piece)+1)
	}
	end()
	return Steps(traces, func(i int, n int64) int64 { return int64(i*piece) + n })
}

// A clock that was set back is found once, near its place, wherever the source
// is cut into pieces.
func TestSteps(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		at := 64 + r.IntN(2000)
		back := stepLeast*2 + r.Int64N(100*hour)
		var times []int64
		now := 1000 * day
		for i := range 64 + at + r.IntN(2000) {
			if i == at {
				now -= back
			}
			now += r.Int64N(10 * second)
			stamp := now
			if r.IntN(20) == 0 {
				stamp -= r.Int64N(5 * hour) // a long transfer, stamped at its start
			}
			times = append(times, stamp)
		}
		for _, piece := range []int{1 << 30, 1000, 333, 100, 64} {
			steps, count := stepsOf(times, piece)
			if len(steps) != 1 || count != 1 {
				t.Fatalf("seed %d, pieces of %d, back at %d of %d by %s: %d steps %v", seed, piece, at, len(times), Length(back), count, steps)
			}
			s := steps[0]
			if s.Line < int64(at)-stepLines || s.Line > int64(at)+3*stepLines+1 || s.From-s.To < back-hour || s.From-s.To > back+hour {
				t.Errorf("seed %d, pieces of %d: line %d, back by %s; want %d, %s", seed, piece, s.Line, Length(s.From-s.To), at, Length(back))
			}
		}
	}
}

// What is no step: long transfers, lines out of order by minutes, forward jumps.
func TestNoSteps(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	makers := map[string]func(i int) int64{
		"in order":       func(i int) int64 { return int64(i) * second },
		"equal":          func(i int) int64 { return 0 },
		"long transfers": func(i int) int64 { return int64(i)*second - r.Int64N(10)/9*r.Int64N(10*hour) },
		"late in bulk": func(i int) int64 { // two processes that write 200 lines at a time
			turn := i / 200
			return int64(turn/2*400+i%200*2+turn%2) * second
		},
		"forward": func(i int) int64 { return int64(i)*second + int64(i/500)*day },
		"one line far off": func(i int) int64 {
			if i%777 == 776 {
				return 400 * day
			}
			return int64(i) * second
		},
	}
	for name, at := range makers {
		for _, piece := range []int{1 << 30, 500, 70} {
			var times []int64
			for i := range 5000 {
				times = append(times, 1000*day+at(i))
			}
			if steps, n := stepsOf(times, piece); n > 0 {
				t.Errorf("%s, pieces of %d: %d steps, first %+v", name, piece, n, steps[0])
			}
		}
	}
}

// Very many steps are counted, and some are kept.
func TestManySteps(t *testing.T) {
	var times []int64
	for i := range 64 * 100 {
		times = append(times, int64(i)*second-int64(i/64)*day)
	}
	steps, n := stepsOf(times, 3200)
	if n != 99 || len(steps) < 2*stepsKept || len(steps) > 2*stepsKept+1 {
		t.Errorf("%d steps, %d kept", n, len(steps))
	}
	if fmt.Sprint(steps[0].Line) != "65" {
		t.Errorf("first in line %d", steps[0].Line)
	}
}

func BenchmarkClock(b *testing.B) {
	var c Clock
	i := int64(0)
	for b.Loop() {
		c.Time(i*second, i)
		i++
	}
}
