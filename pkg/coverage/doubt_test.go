package coverage

import (
	"math/rand/v2"
	"testing"
)

// steady is a log with a line about every step, from day to day, without the
// hours that are silent.
func steady(rng *rand.Rand, days int64, step int64, silent func(hour int64) bool) []int64 {
	var times []int64
	for t := int64(0); t < days*day; t += 1 + rng.Int64N(2*step) {
		if !silent(t / hour) {
			times = append(times, t)
		}
	}
	return times
}

// TestDoubts: days that are missing in a log too short to hold them against other
// weeks are a doubt; nights, a weekend and what a longer log can judge are none.
func TestDoubts(t *testing.T) {
	night := func(hour int64) bool { return hour%24 < 7 || hour%24 > 18 }
	for _, c := range []struct {
		name   string
		days   int64
		silent func(hour int64) bool
		doubts int
		gaps   int
	}{
		{"three days of two weeks", 14, func(h int64) bool { return h >= 5*24 && h < 8*24 }, 1, 0},
		{"a day of five", 5, func(h int64) bool { return h >= 2*24 && h < 3*24 }, 1, 0},
		{"a night, or hours that are missing", 2, func(h int64) bool { return h >= 20 && h < 28 }, 1, 0},
		{"nothing", 14, func(int64) bool { return false }, 0, 0},
		{"nights", 5, night, 0, 0},
		{"nights and a weekend", 10, func(h int64) bool { return night(h) || h/24 == 4 || h/24 == 5 }, 0, 0},
		{"longer than the log before", 5, func(h int64) bool { return h >= 24 && h < 3*24 }, 0, 0},
		{"much longer than the log before", 14, func(h int64) bool { return h >= 2*24 && h < 9*24 }, 1, 0},
		{"much longer than the log behind, twice", 90, func(h int64) bool { return h >= 20*24 && h < 40*24 || h >= 60*24 && h < 80*24 }, 2, 0},
		{"eleven days beside silent nights", 21, func(h int64) bool { return night(h) || (h/24)%7 > 4 || h/24 < 14 && h/24 > 2 }, 1, 0},
		{"a long weekend beside silent nights and weekends", 28, func(h int64) bool { return night(h) || (h/24)%7 > 4 || h/24 == 4 || h/24 == 7 }, 0, 0},
		{"a longer log", 60, func(h int64) bool { return h >= 25*24 && h < 28*24 }, 0, 1},
		{"an hour", 5, func(h int64) bool { return h == 60 }, 0, 1},
	} {
		for seed := range uint64(50) {
			s := silencesOf(steady(rand.New(rand.NewPCG(seed, 1)), c.days, minute, c.silent))
			if doubts, gaps := s.Doubts(), s.Find(); len(doubts) != c.doubts || len(gaps) != c.gaps {
				t.Fatalf("%s: doubts %+v, gaps %+v", c.name, doubts, gaps)
			}
		}
	}
}

// TestDoubtRates: how many of the 1,000 quiet logs of TestGapRates, in which
// nothing is missing, leave a doubt.
func TestDoubtRates(t *testing.T) {
	all := 0
	for _, k := range quiet {
		n := 0
		for i := range 125 {
			days := spans[i%len(spans)]
			r := rand.New(rand.NewPCG(uint64(i), uint64(days)))
			if len(silencesOf(k.lines(r, days)).Doubts()) > 0 {
				n++
			}
		}
		all += n
		t.Logf("%s: %d of 125 logs", k.name, n)
	}
	t.Logf("%d of %d quiet logs", all, 125*len(quiet))
	if all > 30 {
		t.Errorf("%d of %d quiet logs leave a doubt", all, 125*len(quiet))
	}
}
