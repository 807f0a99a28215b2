package claim

import "slices"

// search looks for the smallest set to leave out, one more at a time from what
// is surely needed, through all sets as far as the limit goes, and puts what it
// finds into e. Where caps count more than mostSearched items, it looks
// at the first of them that are pure and leaves out all others.
func (p *problem) search(e *Exclusions, limit int64) {
	s := newSearch(p, limit)
	most := len(s.order)
	if e.Found {
		most = min(most, len(e.Keys)-s.outside)
	}
	for n := max(e.AtLeast-s.outside, 0); n <= most; n++ {
		s.leave = n
		s.from(0, 0)
		if s.found != nil {
			e.Found, e.Keys, e.Ways, e.Why = true, s.keys(), s.ways(), whySearch
			if s.outside > 0 {
				e.Why = whyTried
			}
			e.Exact = len(e.Keys) == e.AtLeast
			return
		}
		if s.steps > s.limit {
			e.Exact = e.Found && len(e.Keys) == e.AtLeast
			return
		}
		if s.outside == 0 {
			e.AtLeast = n + 1 // so many did not do
		}
	}
	if !e.Found && s.outside == 0 {
		e.Exact, e.AtLeast, e.Why = true, 0, whyNone
	}
}

// searching is one search through the sets of items, in their order, keeping
// before leaving out.
type searching struct {
	p       *problem
	order   []int  // items to decide on
	free    []bool // of each item: no cap counts it, so it is kept
	outside int    // items that are neither: they are left out
	twin    []int  // of each place in order: the last place before it whose item covers the same, -1: none
	out     []bool // of each place: its item is left out
	leave   int    // how many are left out
	caps    []capped
	floor   []floored

	found []bool // out of the first set found
	again bool   // another was found
	steps int64
	limit int64
}

type capped struct {
	holding
	limit    int64
	share    []int64 // of each item
	sum      int64   // of the shares of what is kept
	most     int64   // that it may be
	smallest sums
}

type floored struct {
	holding         // what is kept
	reach   holding // what is kept or not decided
	limit   int64
	largest sums
}

func newSearch(p *problem, limit int64) *searching {
	s := &searching{p: p, limit: limit, free: make([]bool, len(p.items.keys))}
	for _, c := range p.caps {
		if c.all() > c.limit {
			s.caps = append(s.caps, capped{holding: c.holding(), limit: c.limit, share: c.share(), most: c.limit * c.scale()})
		}
	}
	for i := range s.free {
		s.free[i] = !slices.ContainsFunc(s.caps, func(c capped) bool { return c.own[i] > 0 || len(c.of(i)) > 0 })
		if !s.free[i] {
			s.order = append(s.order, i)
		}
	}
	if all := len(s.order); all > mostSearched { // those that are pure are likelier to do
		s.order = slices.DeleteFunc(s.order, func(i int) bool { return !p.pure(i) })
		s.order = s.order[:min(len(s.order), mostSearched)]
		s.outside = all - len(s.order)
	}
	for j := range s.caps {
		s.caps[j].smallest = sumsOf(s.order, func(i int) int64 { return s.caps[j].share[i] })
	}
	for _, f := range p.floors {
		now, reach := f.holding(), f.holding()
		for i, free := range s.free {
			if free {
				now.add(i)
				reach.add(i)
			}
		}
		for _, i := range s.order {
			reach.add(i)
		}
		s.floor = append(s.floor, floored{holding: now, reach: reach, limit: f.limit, largest: sumsOf(s.order, func(i int) int64 { return -f.alone(i) })})
	}
	s.out, s.twin = make([]bool, len(s.order)), make([]int, len(s.order))
	s.twins()
	return s
}

// from decides on the item at a place of the order and on all behind it; left
// is how many before it are left out.
func (s *searching) from(place, left int) {
	s.steps++
	keep := len(s.order) - place - (s.leave - left) // how many of the rest are to be kept
	if keep < 0 || left > s.leave || s.done() || !s.hopeful(place, keep) {
		return
	}
	if place == len(s.order) {
		if s.found == nil {
			s.found = slices.Clone(s.out)
			s.again = s.exchangeable()
		} else {
			s.again = true
		}
		return
	}
	item := s.order[place]
	if keep > 0 && (s.twin[place] < 0 || !s.out[s.twin[place]]) {
		if s.add(item) {
			s.from(place+1, left)
		}
		s.remove(item)
	}
	if left < s.leave {
		s.out[place] = true
		for j := range s.floor {
			s.floor[j].reach.remove(item)
			s.steps += int64(len(s.floor[j].of(item)))
		}
		s.from(place+1, left+1)
		for j := range s.floor {
			s.floor[j].reach.add(item)
		}
		s.out[place] = false
	}
}

func (s *searching) done() bool { return s.again || s.steps > s.limit }

// hopeful says whether the rest can still reach the goal, so many of them kept.
func (s *searching) hopeful(place, keep int) bool {
	for j := range s.caps {
		c := &s.caps[j]
		if c.total > c.limit || c.sum+c.smallest.of(place, keep) > c.most {
			return false
		}
	}
	for j := range s.floor {
		f := &s.floor[j]
		if f.reach.total < f.limit || f.total-f.largest.of(place, keep) < f.limit {
			return false
		}
	}
	return true
}

// add keeps an item, and says whether all caps hold still.
func (s *searching) add(item int) bool {
	fits := true
	for j := range s.caps {
		c := &s.caps[j]
		c.add(item)
		c.sum += c.share[item]
		s.steps += int64(len(c.of(item)))
		fits = fits && c.total <= c.limit
	}
	for j := range s.floor {
		s.floor[j].add(item)
		s.steps += int64(len(s.floor[j].of(item)))
	}
	return fits
}

func (s *searching) remove(item int) {
	for j := range s.caps {
		s.caps[j].remove(item)
		s.caps[j].sum -= s.caps[j].share[item]
	}
	for j := range s.floor {
		s.floor[j].remove(item)
	}
}

// twins finds items that cover the same, or what nobody else covers and as much
// of it: one may stand for the other. So of twins only the first are kept.
func (s *searching) twins() {
	bounds := slices.Concat(s.p.caps, s.p.floors)
	same := func(i, j int) bool {
		return !slices.ContainsFunc(bounds, func(b bound) bool { return b.own[i] != b.own[j] || !slices.Equal(b.of(i), b.of(j)) })
	}
	for at := range s.order {
		s.twin[at] = -1
		for before := at - 1; before >= 0 && s.twin[at] < 0; before-- {
			if same(s.order[before], s.order[at]) {
				s.twin[at] = before
			}
		}
	}
}

// exchangeable says whether a twin of something kept is left out: then another
// set does as well.
func (s *searching) exchangeable() bool {
	for at, t := range s.twin {
		if t >= 0 && s.out[at] && !s.out[t] {
			return true
		}
	}
	return false
}

func (s *searching) ways() Ways {
	switch {
	case s.again:
		return SeveralWays
	case s.steps > s.limit:
		return WaysUnknown
	}
	return OneWay
}

func (s *searching) keys() []int32 {
	out := make([]bool, len(s.p.items.keys))
	for i := range out {
		out[i] = !s.free[i]
	}
	for at, item := range s.order {
		out[item] = s.found[at]
	}
	return s.p.keysOf(out)
}

// sums gives the sum of the n smallest values from a place on.
type sums struct {
	width int
	list  []int64
}

func (s *sums) of(place, n int) int64 { return s.list[place*s.width+n] }

func sumsOf(order []int, value func(item int) int64) sums {
	n := len(order)
	s := sums{width: n + 1, list: make([]int64, (n+1)*(n+1))}
	sorted := make([]int64, 0, n) // the values from a place on
	for place := n - 1; place >= 0; place-- {
		v := value(order[place])
		at, _ := slices.BinarySearch(sorted, v)
		sorted = slices.Insert(sorted, at, v)
		sum := int64(0)
		for i, v := range sorted {
			sum += v
			s.list[place*s.width+i+1] = sum
		}
	}
	return s
}
