package coverage

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
)

// maker makes the times of a log's lines, in microseconds.
type maker struct {
	name  string
	lines func(r *rand.Rand, days int) []int64
	most  int            // quiet: logs of 125 with a false alarm
	least []int          // busy: percent found of each of cuts
	only  func(int) bool // busy: take out an hour of these minutes only
}

// hourly makes lines at a rate of lines per minute that depends on the minute of
// the log, day 0 being a Monday.
func hourly(r *rand.Rand, days int, rate func(m int) float64) (out []int64) {
	mean, limit := 0.0, 1.0
	for m := range days * 1440 {
		if next := rate(m); next != mean {
			mean, limit = next, math.Exp(-next)
		}
		for range poisson(r, limit) {
			out = append(out, int64(m)*minute+r.Int64N(minute))
		}
	}
	slices.Sort(out)
	return out
}

// poisson draws a number; limit is e to the minus mean.
func poisson(r *rand.Rand, limit float64) (n int) {
	for p := r.Float64(); p > limit; n++ {
		p *= r.Float64()
	}
	return n
}

// office says whether people work in a minute of the log, lunch aside.
func office(m int) bool {
	h := m / 60 % 24
	return m/1440%7 < 5 && h >= 8 && h < 17
}

// spaced makes lines with the given spaces between them, in minutes.
func spaced(days int, space func() float64) (out []int64) {
	end := int64(days) * day
	for at := int64(0); at < end; {
		out = append(out, at)
		at += int64(min(space(), 1e6)*float64(minute)) + 1
	}
	return out
}

var quiet = []maker{
	{"sparse", func(r *rand.Rand, days int) []int64 {
		mean := math.Exp(r.Float64() * math.Log(3000)) // one a minute to one in two days
		return spaced(days, func() float64 { return r.ExpFloat64() * mean })
	}, 0, nil, nil},
	{"office", func(r *rand.Rand, days int) []int64 {
		rate := 0.05 + 2*r.Float64()
		lunch := r.Float64()
		return hourly(r, days, func(m int) float64 {
			switch {
			case !office(m):
				return 0
			case m/60%24 == 12:
				return rate * lunch * 0.3
			}
			return rate
		})
	}, 0, nil, nil},
	{"nights", func(r *rand.Rand, days int) []int64 {
		rate, depth := 0.05+3*r.Float64(), r.Float64()*6
		weekend := r.Float64()
		return hourly(r, days, func(m int) float64 {
			f := rate * math.Exp(-depth*(1+math.Cos(2*math.Pi*float64(m-180)/1440))/2)
			if m/1440%7 >= 5 {
				f *= weekend
			}
			return f
		})
	}, 0, nil, nil},
	{"weekend", func(r *rand.Rand, days int) []int64 { // busy round the clock, but never on Sunday
		rate, from := 0.2+3*r.Float64(), r.IntN(7)
		return hourly(r, days, func(m int) float64 {
			if (m/1440+from)%7 == 6 {
				return 0
			}
			return rate
		})
	}, 0, nil, nil},
	{"sessions", func(r *rand.Rand, days int) []int64 {
		apart, within := 10+600*r.Float64(), 0.1+3*r.Float64()
		left := 0
		return spaced(days, func() float64 {
			if left--; left > 0 {
				return r.ExpFloat64() * within
			}
			left = 1 + int(r.ExpFloat64()*30)
			return r.ExpFloat64() * apart
		})
	}, 0, nil, nil},
	{"heavy tails", func(r *rand.Rand, days int) []int64 {
		alpha, least := 1.1+1.4*r.Float64(), 0.1+5*r.Float64()
		return spaced(days, func() float64 { return least * math.Pow(1-r.Float64(), -1/alpha) })
	}, 14, nil, nil},
	{"lognormal", func(r *rand.Rand, days int) []int64 {
		mu, sigma := r.Float64()*3-1, 0.5+1.5*r.Float64()
		return spaced(days, func() float64 { return math.Exp(mu + sigma*r.NormFloat64()) })
	}, 2, nil, nil},
	{"holidays", func(r *rand.Rand, days int) []int64 {
		rate := 0.1 + 2*r.Float64()
		off := map[int]bool{}
		for range 1 + days/40 { // a day off, or a long weekend
			for d, n := r.IntN(days), 1+r.IntN(2); n > 0; n-- {
				off[d+n] = true
			}
		}
		christmas := r.IntN(days)
		for d := range min(9, days/10) {
			off[christmas+d] = true
		}
		return hourly(r, days, func(m int) float64 {
			if off[m/1440] || !office(m) {
				return 0
			}
			return rate
		})
	}, 0, nil, nil},
}

// spans are the lengths of the logs, in days.
var spans = []int{1, 2, 5, 10, 30, 90, 3, 7, 14, 21, 60, 365}

func silencesOf(lines []int64) *Silences {
	var s Silences
	for _, t := range lines {
		s.Add(t, t)
	}
	return &s
}

var busy = []maker{
	{"steady 1/min", func(r *rand.Rand, days int) []int64 {
		return hourly(r, days, func(m int) float64 { return 1 })
	}, 0, []int{95, 98, 98, 98, 98, 98}, nil},
	{"steady 10/min", func(r *rand.Rand, days int) []int64 {
		return hourly(r, days, func(m int) float64 { return 10 })
	}, 0, []int{98, 98, 98, 98, 98, 98}, nil},
	{"day and night", func(r *rand.Rand, days int) []int64 {
		return hourly(r, days, func(m int) float64 { return 5 * math.Exp(-3*(1+math.Cos(2*math.Pi*float64(m-180)/1440))/2) })
	}, 0, []int{50, 60, 75, 98, 98, 98}, nil},
	{"office", func(r *rand.Rand, days int) []int64 {
		return hourly(r, days, func(m int) float64 {
			if !office(m) {
				return 0
			}
			return 2
		})
	}, 0, []int{60, 50, 60, 0, 0, 0}, office},
	{"bursts", func(r *rand.Rand, days int) []int64 { // visitors every 4 minutes, 20 lines each
		left := 0
		return spaced(days, func() float64 {
			if left--; left > 0 {
				return r.ExpFloat64() * 0.2
			}
			left = 1 + int(r.ExpFloat64()*20)
			return r.ExpFloat64() * 4
		})
	}, 0, []int{0, 0, 0, 90, 98, 98}, nil},
	{"crawler and visitors", func(r *rand.Rand, days int) []int64 {
		return hourly(r, days, func(m int) float64 { return 0.2 + 2*math.Exp(-6*(1+math.Cos(2*math.Pi*float64(m-180)/1440))/2) })
	}, 0, []int{24, 30, 30, 80, 98, 98}, nil},
}

func remove(lines []int64, from, to int64) []int64 {
	return slices.DeleteFunc(slices.Clone(lines), func(t int64) bool { return t >= from && t < to })
}

// TestGapRates measures the test of silences on 1,000 quiet logs of eight kinds
// and 1 day to a year, in which nothing is missing, and on busy logs of which a
// stretch was taken out. The seeds are fixed, so the rates are exact.
func TestGapRates(t *testing.T) {
	var all, alarms atomic.Int64
	t.Run("quiet", func(t *testing.T) {
		for _, k := range quiet {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				n := 0
				for i := range 125 {
					days := spans[i%len(spans)]
					r := rand.New(rand.NewPCG(uint64(i), uint64(days)))
					if len(silencesOf(k.lines(r, days)).Find()) > 0 {
						n++
					}
				}
				all.Add(125)
				alarms.Add(int64(n))
				t.Logf("%d of 125 logs with a false alarm", n)
				if n > k.most {
					t.Errorf("%d of 125 logs with a false alarm, want %d at most", n, k.most)
				}
			})
		}
	})
	t.Logf("%d of %d quiet logs with a false alarm", alarms.Load(), all.Load())
	if alarms.Load() > 16 {
		t.Errorf("%d of %d quiet logs with a false alarm", alarms.Load(), all.Load())
	}
	t.Run("busy", func(t *testing.T) {
		for _, k := range busy {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				for i, c := range cuts {
					found := k.found(c.days, c.length)
					t.Logf("%s out of %d days: found in %d %%", Length(c.length), c.days, found)
					if found < k.least[i] {
						t.Errorf("%s out of %d days: found in %d %%, want %d", Length(c.length), c.days, found, k.least[i])
					}
				}
			})
		}
	})
}

// cuts are what is taken out of busy logs.
var cuts = []struct {
	days   int
	length int64
}{{1, hour}, {3, hour}, {30, hour}, {30, 3 * hour}, {30, day}, {60, 3 * day}}

// found is in what percent of 50 places a stretch that is taken out is found, to the
// second: the gap must be what is missing.
func (k *maker) found(days int, length int64) (n int) {
	r := rand.New(rand.NewPCG(5, uint64(days)))
	lines := k.lines(r, days)
	for range 50 {
		from := int64(0)
		for from == 0 || k.only != nil && length <= hour && !(k.only(int(from/minute)) && k.only(int((from+length)/minute))) {
			from = length + r.Int64N(int64(days)*day-3*length)
		}
		if slices.ContainsFunc(silencesOf(remove(lines, from, from+length)).Find(), func(g Gap) bool {
			return g.From < from && g.To >= from+length
		}) {
			n += 2
		}
	}
	return n
}
