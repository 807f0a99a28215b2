package download

import "slices"

// interval is the bytes [from, to) of a recording.
type interval struct{ from, to int64 }

// intervals is a set of bytes. Adding is cheap: what is added waits, and is
// sorted and merged when as much waits as is merged already, so n additions in
// any order cost n log n.
type intervals struct {
	set    []interval // sorted, disjoint, not adjoining; then what waits
	merged int
}

func (s *intervals) reset() { s.set, s.merged = s.set[:0], 0 }

// add adds the bytes [from, to).
func (s *intervals) add(from, to int64) {
	if to <= from {
		return
	}
	if n := len(s.set); n > 0 && from >= s.set[n-1].from && from <= s.set[n-1].to && s.merged == n {
		s.set[n-1].to = max(s.set[n-1].to, to) // in order, as most ranges come
		return
	}
	s.set = append(s.set, interval{from, to})
	if len(s.set) == 1 {
		s.merged = 1
	}
	if len(s.set) > 2*s.merged+64 {
		s.merge()
	}
}

// merge sorts and joins everything.
func (s *intervals) merge() {
	if s.merged == len(s.set) {
		return
	}
	slices.SortFunc(s.set, func(a, b interval) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
	n := 0
	for _, iv := range s.set[1:] {
		if iv.from <= s.set[n].to {
			s.set[n].to = max(s.set[n].to, iv.to)
			continue
		}
		n++
		s.set[n] = iv
	}
	s.set = s.set[:n+1]
	s.merged = len(s.set)
}

// size is how many bytes the set holds.
func (s *intervals) size() int64 { return s.end() - s.missing(s.end()) }

// end is where the last byte of the set ends.
func (s *intervals) end() int64 {
	s.merge()
	if len(s.set) == 0 {
		return 0
	}
	return s.set[len(s.set)-1].to
}

// missing is how many bytes of [0, size) the set does not hold.
func (s *intervals) missing(size int64) int64 {
	s.merge()
	n := size
	for _, iv := range s.set {
		if iv.from >= size {
			break
		}
		n -= min(iv.to, size) - iv.from
	}
	return n
}

// prefix is how many bytes from 0 on the set holds without a hole.
func (s *intervals) prefix() int64 {
	s.merge()
	if len(s.set) == 0 || s.set[0].from > 0 {
		return 0
	}
	return s.set[0].to
}

// covers says whether the set holds [0, size).
func (s *intervals) covers(size int64) bool { return s.prefix() >= size }

// addAll adds the bytes of another set.
func (s *intervals) addAll(t *intervals) {
	for _, iv := range t.set {
		s.add(iv.from, iv.to)
	}
}
