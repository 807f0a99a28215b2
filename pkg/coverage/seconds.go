package coverage

import "sort"

// Seconds knows which lines of one source are second copies, by the offset at
// which they begin. The zero value knows none. It is not changed while others
// ask it.
type Seconds struct {
	from, to []int64 // of stretches of the stream, sorted and disjoint
}

// Add adds the lines that begin in [from, to), behind all that was added before.
func (s *Seconds) Add(from, to int64) {
	if n := len(s.to); n > 0 && s.to[n-1] == from {
		s.to[n-1] = to
		return
	}
	s.from, s.to = append(s.from, from), append(s.to, to)
}

// Has says whether the line at offset is a second copy.
func (s *Seconds) Has(offset int64) bool {
	i := sort.Search(len(s.to), func(i int) bool { return s.to[i] > offset })
	return i < len(s.to) && s.from[i] <= offset
}
