package claim

import "math"

// tally counts downloads under one View. Tallies of parts whose recordings are
// different merge to that of the whole, in any order.
type tally struct {
	pairs      histogram // by mask
	requests   histogram // of those pairs
	recordings histogram // by the masks of their pairs put together
	clients    seen
	attributes []attributeTally // as in Attributes
}

// attributeTally counts one attribute of the recordings: as subjects, or as
// seconds.
type attributeTally struct {
	subjects seen
	seconds  histogram
	without  histogram // recordings without a value, or without one that is a number of seconds
}

// Attributes says which attributes of recordings are counted. Of a subject the
// distinct values are counted, of a duration the sum.
type Attributes struct {
	Names    []string
	Duration []bool // by name: whether it holds seconds
}

// Value is the value of one attribute of a recording.
type Value struct {
	Subject int32 // number of the value, from 0; -1: none
	Seconds int64 // below 0: not known
}

func newTally(attributes int) *tally {
	return &tally{attributes: make([]attributeTally, attributes)}
}

// add counts the downloads of one recording.
func (t *tally) add(pairs []graded, unit func(*graded) int32, values []Value) {
	for len(pairs) > 0 {
		site := pairs[0].site
		all := mask(0)
		for len(pairs) > 0 && pairs[0].site == site {
			p := &pairs[0]
			t.pairs.add(p.mask, 1)
			t.requests.add(p.mask, p.requests)
			t.clients.add(unit(p), p.mask)
			all |= p.mask
			pairs = pairs[1:]
		}
		t.recordings.add(all, 1)
		for i := range t.attributes {
			a := &t.attributes[i]
			if values[i].Subject < 0 && values[i].Seconds < 0 {
				a.without.add(all, 1)
				continue
			}
			a.subjects.add(values[i].Subject, all)
			a.seconds.add(all, max(values[i].Seconds, 0))
		}
	}
}

// merge adds the counts of other recordings.
func (t *tally) merge(o *tally) {
	t.pairs.merge(o.pairs)
	t.requests.merge(o.requests)
	t.recordings.merge(o.recordings)
	t.clients.merge(&o.clients)
	for i := range t.attributes {
		a, b := &t.attributes[i], &o.attributes[i]
		a.subjects.merge(&b.subjects)
		a.seconds.merge(b.seconds)
		a.without.merge(b.without)
	}
}

// count is a figure of those downloads that have a bit. without is how many
// recordings the figure is not known of.
func (t *tally) count(q Quantity, bit mask, attribute int) (n, without int64) {
	switch q {
	case Recordings:
		return t.recordings.having(bit), 0
	case Clients:
		return t.clients.count(bit), 0
	case Pairs:
		return t.pairs.having(bit), 0
	case Requests:
		return t.requests.having(bit), 0
	}
	a := &t.attributes[attribute]
	without = a.without.having(bit)
	if q == Subjects {
		return a.subjects.count(bit), without
	}
	return hours(a.seconds.having(bit)), without
}

// histogram sums by mask. There are few masks in use, so it is a list.
type histogram []struct {
	mask mask
	n    int64
}

func (h *histogram) add(m mask, n int64) {
	for i := range *h {
		if (*h)[i].mask == m {
			(*h)[i].n = plus((*h)[i].n, n)
			return
		}
	}
	*h = append(*h, struct {
		mask mask
		n    int64
	}{m, n})
}

func (h *histogram) merge(o histogram) {
	for _, e := range o {
		h.add(e.mask, e.n)
	}
}

// having sums what has a bit.
func (h histogram) having(bit mask) (n int64) {
	for _, e := range h {
		if e.mask&bit != 0 {
			n = plus(n, e.n)
		}
	}
	return n
}

// hours rounds seconds to the nearest hour.
func hours(seconds int64) int64 { return seconds/3600 + seconds%3600/1800 }

// Unbounded is the upper bound where none is known.
const Unbounded = math.MaxInt64

// bounds gives the bounds of a figure. A recording without a value may have one
// of its own, or any length.
func (t *tally) bounds(q Quantity, m Measure, s Standard, attribute int) Bounds {
	lower, upper := bounds(m, s)
	var b Bounds
	b.Lower, _ = t.count(q, lower, attribute)
	n, without := t.count(q, upper, attribute)
	b.Upper = n
	switch {
	case without == 0:
	case q == Subjects:
		b.Upper = plus(n, without)
	case q == Hours:
		b.Upper = Unbounded
	}
	return b
}

// plus adds two numbers that are not negative; what does not fit stops at the
// largest.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
