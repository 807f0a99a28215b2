package coverage

import "sort"

// Microseconds of the units that coverage counts in.
const (
	second = int64(1e6)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// notable is the shortest silence that is kept. Shorter ones say nothing of a
// log: what the rest is measured by is never less than this.
const notable = 2 * minute

// Silences are the silences of one rotation group, or of all groups together:
// the stretches of two minutes and more between a line and the next in time. It
// holds 32 bytes for each, so at most 8 MB per year of log, however many lines
// that has. The zero value is a group without a line.
type Silences struct {
	first, last int64
	any         bool
	from, to    []int64 // of each silence, in order
	tallest     []int64 // segment tree: the longest of silences, see longest
}

// Add takes the first and the last line of some stretch of time, most often a
// minute. Stretches come in the order of time and do not overlap.
func (s *Silences) Add(first, last int64) {
	if !s.any {
		s.first, s.last, s.any = first, last, true
		return
	}
	if first-s.last >= notable {
		s.from, s.to = append(s.from, s.last), append(s.to, first)
	}
	s.last = max(s.last, last)
	s.tallest = nil
}

// Span is the time of the first and of the last line; false: there is none.
func (s *Silences) Span() (first, last int64, ok bool) { return s.first, s.last, s.any }

// Longest is the longest silence, 0 if none is notable.
func (s *Silences) Longest() int64 { return s.longest(0, len(s.from)) }

// LongestIn is the longest silence between two lines, and two minutes if it is
// shorter.
func (s *Silences) LongestIn(from, to int64) int64 { return s.touching(from, to) }

// touching is the longest silence of which any part lies in [from, to), and
// notable if there is none.
func (s *Silences) touching(from, to int64) int64 {
	i := sort.Search(len(s.to), func(i int) bool { return s.to[i] > from })
	j := sort.Search(len(s.from), func(j int) bool { return s.from[j] >= to })
	return max(notable, s.longest(i, j))
}

// longest is the longest of the silences [i, j), 0 for none.
func (s *Silences) longest(i, j int) int64 {
	n := len(s.from)
	if i >= j {
		return 0
	}
	if s.tallest == nil {
		s.tallest = make([]int64, 2*n)
		for k := range n {
			s.tallest[n+k] = s.to[k] - s.from[k]
		}
		for k := n - 1; k > 0; k-- {
			s.tallest[k] = max(s.tallest[2*k], s.tallest[2*k+1])
		}
	}
	var most int64
	for i, j = i+n, j+n; i < j; i, j = i/2, j/2 {
		if i&1 == 1 {
			most = max(most, s.tallest[i])
			i++
		}
		if j&1 == 1 {
			j--
			most = max(most, s.tallest[j])
		}
	}
	return most
}

// within says whether the log reaches from from to to.
func (s *Silences) within(from, to int64) bool { return s.any && from >= s.first && to <= s.last }
