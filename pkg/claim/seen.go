package claim

import (
	"cmp"
	"slices"
)

// seen holds, for things with a number from 0, the masks that were seen of each.
// Few of many things are a list, which takes up to 16 bytes for each that was
// seen; most of them are one byte for each that there may be. So what is seen of
// each client on each day takes no more than the downloads of the day, and no
// more than the clients.
type seen struct {
	few    []seenMask // the first sorted of them by number, each once
	sorted int
	many   []mask // by number
}

type seenMask struct {
	n    int32
	mask mask
}

// fewThings is how many things are a list at least.
const fewThings = 64

func (s *seen) add(n int32, m mask) {
	if n < 0 {
		return
	}
	if s.many != nil {
		s.reach(n)
		s.many[n] |= m
		return
	}
	if len(s.few) == cap(s.few) {
		s.makeRoom()
		if s.many != nil {
			s.add(n, m)
			return
		}
	}
	s.few = append(s.few, seenMask{n, m})
}

// makeRoom makes room for one more in the list, or gives the list up.
func (s *seen) makeRoom() {
	s.compact()
	n := len(s.few)
	if n >= fewThings && int(s.few[n-1].n) < 16*n {
		few := s.few
		s.few, s.sorted = nil, 0
		s.reach(few[n-1].n)
		for _, e := range few {
			s.many[e.n] = e.mask
		}
		return
	}
	if 2*n >= cap(s.few) {
		s.few = append(make([]seenMask, 0, max(fewThings, 2*n)), s.few...)
	}
}

// compact sorts the list, so that each thing is in it once.
func (s *seen) compact() {
	if s.sorted == len(s.few) {
		return
	}
	slices.SortFunc(s.few, func(a, b seenMask) int { return cmp.Compare(a.n, b.n) })
	to := 0
	for _, e := range s.few[1:] {
		if e.n == s.few[to].n {
			s.few[to].mask |= e.mask
			continue
		}
		to++
		s.few[to] = e
	}
	s.few = s.few[:to+1]
	s.sorted = len(s.few)
}

// reach makes room for a number among many.
func (s *seen) reach(n int32) {
	if have := len(s.many); int(n) >= have {
		many := make([]mask, max(1024, int(n)+1, have+have/4))
		copy(many, s.many)
		s.many = many
	}
}

func (s *seen) merge(o *seen) {
	for _, e := range o.few {
		s.add(e.n, e.mask)
	}
	for n, m := range o.many {
		if m != 0 {
			s.add(int32(n), m)
		}
	}
}

func (s *seen) count(bit mask) (n int64) {
	s.compact()
	for _, e := range s.few {
		if e.mask&bit != 0 {
			n++
		}
	}
	for _, m := range s.many {
		if m&bit != 0 {
			n++
		}
	}
	return n
}

// of gives the masks that were seen of one thing.
func (s *seen) of(n int32) mask {
	if s.many != nil {
		if int(n) < len(s.many) {
			return s.many[n]
		}
		return 0
	}
	s.compact()
	at, found := slices.BinarySearchFunc(s.few, n, func(e seenMask, n int32) int { return cmp.Compare(e.n, n) })
	if !found {
		return 0
	}
	return s.few[at].mask
}
