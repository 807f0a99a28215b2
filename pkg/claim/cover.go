package claim

import (
	"cmp"
	"math"
	"slices"
)

// items are the keys of a question that have a pair that counts, and their
// pairs, sorted by key.
type items struct {
	keys  []int32 // ascending
	pairs []int32 // numbers of the pairs that count, those of one key together
	start []int32 // where the pairs of each key begin, and the end
}

// itemsOf leaves out the keys of out, which is sorted.
func itemsOf(q *Question, out []int32) items {
	key := func(i int) int32 {
		if q.Keys == nil {
			return q.Pairs[i].Client
		}
		return q.Keys[i]
	}
	most := int32(-1)
	for i := range q.Pairs {
		most = max(most, key(i))
	}
	count := make([]int32, most+2)
	for i, p := range q.Pairs {
		if p.Upper {
			count[key(i)+1]++
		}
	}
	for _, k := range out {
		count[k+1] = 0
	}
	var s items
	s.start = append(s.start, 0)
	for k := range most + 1 {
		if n := count[k+1]; n > 0 {
			s.keys = append(s.keys, k)
			s.start = append(s.start, s.start[len(s.start)-1]+n)
		}
	}
	at := make([]int32, most+1) // where the next pair of a key goes; -1: it is not counted
	for k := range at {
		at[k] = -1
	}
	for i, k := range s.keys {
		at[k] = s.start[i]
	}
	s.pairs = make([]int32, s.start[len(s.start)-1])
	for i, p := range q.Pairs {
		if k := key(i); p.Upper && at[k] >= 0 {
			s.pairs[at[k]] = int32(i)
			at[k]++
		}
	}
	return s
}

// size is how many pairs an item has.
func (s *items) size(item int) int32 { return s.start[item+1] - s.start[item] }

// cover counts one quantity over any set of items: each item covers elements
// (recordings, clients, pairs, requests, subjects), each element has a weight,
// and what is counted is the weight of the elements that at least one item of
// the set covers.
type cover struct {
	own    []int64 // of each item: the weight of what no other item covers
	start  []int32 // of each item: where its shared elements begin, and the end
	shared []int32 // elements that several items cover
	weight []int64 // of each element; nil: 1 each
	degree []int32 // of each element: how many items cover it
}

// newCover counts the pairs of the lower or of the upper bound. What has no
// value counts for the upper one alone: as a subject of its own, or as hours
// without a bound.
func newCover(q *Question, s items, what Quantity, lower bool) *cover {
	element, n := elements(q, what, lower)
	c := &cover{own: make([]int64, len(s.keys)), start: make([]int32, 1, len(s.keys)+1)}
	c.degree = make([]int32, n)
	last := make([]int32, n) // the item that an element was counted for last, from 1
	switch what {
	case Hours:
		c.weight = q.seconds(lower)
	case Requests:
		c.weight = make([]int64, n)
		for i, p := range q.Pairs {
			c.weight[i] = int64(p.Requests)
		}
	}
	walk := func(do func(item int, e int32)) {
		clear(last)
		for i := range s.keys {
			for _, pair := range s.pairs[s.start[i]:s.start[i+1]] {
				if lower && !q.Pairs[pair].Lower {
					continue
				}
				if e := element(pair); e >= 0 && last[e] != int32(i)+1 && c.weigh(e) > 0 {
					last[e] = int32(i) + 1
					do(i, e)
				}
			}
		}
	}
	walk(func(_ int, e int32) { c.degree[e]++ })
	several := 0
	for _, d := range c.degree {
		if d > 1 {
			several += int(d)
		}
	}
	c.shared = make([]int32, 0, several)
	walk(func(item int, e int32) {
		if c.degree[e] == 1 {
			c.own[item] += c.weigh(e)
		} else {
			c.shared = append(c.shared, e)
		}
		for len(c.start) < item+2 {
			c.start = append(c.start, 0)
		}
		c.start[item+1] = int32(len(c.shared))
	})
	c.closeStarts()
	return c
}

// closeStarts gives items without elements their place.
func (c *cover) closeStarts() {
	for len(c.start) < len(c.own)+1 {
		c.start = append(c.start, 0)
	}
	for i := 1; i < len(c.start); i++ {
		c.start[i] = max(c.start[i], c.start[i-1])
	}
}

// seconds gives the length of each recording. One that is not known is nothing
// for the lower bound, and boundless for the upper one.
func (q *Question) seconds(lower bool) []int64 {
	out := slices.Clone(q.Seconds)
	for i, s := range out {
		if s < 0 {
			out[i] = 0
			if !lower {
				out[i] = q.boundless()
			}
		}
	}
	return out
}

// boundless is more seconds than all recordings of a known length have together:
// it stands for a length that is not known. It is so small that as many as there
// are recordings can be added up.
func (q *Question) boundless() int64 {
	known := int64(0)
	for _, s := range q.Seconds {
		known = plus(known, max(s, 0))
	}
	return min(plus(known, 1), math.MaxInt64/2/int64(len(q.Seconds)+1))
}

// unbounded says whether the hours of the pairs have no upper bound.
func (q *Question) unbounded() bool {
	return slices.ContainsFunc(q.Pairs, func(p Pair) bool { return p.Upper && q.Seconds[p.Recording] < 0 })
}

// elements numbers what a quantity counts: it gives the element of a pair, -1
// for none, and how many there may be.
func elements(q *Question, what Quantity, lower bool) (func(pair int32) int32, int) {
	recordings, clients := int32(0), int32(0)
	for _, p := range q.Pairs {
		recordings, clients = max(recordings, p.Recording+1), max(clients, p.Client+1)
	}
	switch what {
	case Clients:
		return func(pair int32) int32 { return q.Pairs[pair].Client }, int(clients)
	case Requests:
		return func(pair int32) int32 { return pair }, len(q.Pairs)
	case Pairs:
		if q.Keys == nil {
			return func(pair int32) int32 { return pair }, len(q.Pairs)
		}
		number := numberPairs(q)
		return func(pair int32) int32 { return number[pair] }, len(q.Pairs)
	case Subjects:
		most := int32(-1)
		for _, s := range q.Subjects {
			most = max(most, s)
		}
		return func(pair int32) int32 {
			recording := q.Pairs[pair].Recording
			if s := q.Subjects[recording]; s >= 0 || lower {
				return s
			}
			return most + 1 + recording
		}, int(most + 1 + recordings)
	}
	return func(pair int32) int32 { return q.Pairs[pair].Recording }, int(recordings)
}

// numberPairs gives pairs of the same client and recording the same number.
func numberPairs(q *Question) []int32 {
	order := make([]int32, len(q.Pairs))
	for i := range order {
		order[i] = int32(i)
	}
	id := func(i int32) int64 { return int64(q.Pairs[i].Client)<<32 | int64(q.Pairs[i].Recording) }
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(id(a), id(b)) })
	number := make([]int32, len(order))
	for i := 1; i < len(order); i++ {
		number[order[i]] = number[order[i-1]]
		if id(order[i]) != id(order[i-1]) {
			number[order[i]]++
		}
	}
	return number
}

func (c *cover) weigh(element int32) int64 {
	if c.weight == nil {
		return 1
	}
	return c.weight[element]
}

func (c *cover) of(item int) []int32 { return c.shared[c.start[item]:c.start[item+1]] }

// alone is what one item covers.
func (c *cover) alone(item int) int64 {
	sum := c.own[item]
	for _, e := range c.of(item) {
		sum += c.weigh(e)
	}
	return sum
}

// all is what all items together cover.
func (c *cover) all() int64 {
	sum := int64(0)
	for _, own := range c.own {
		sum += own
	}
	for e, d := range c.degree {
		if d > 1 {
			sum += c.weigh(int32(e))
		}
	}
	return sum
}

// holding is what a set of items covers, while it changes.
type holding struct {
	*cover
	holders []int32 // of each element: how many items of the set cover it
	total   int64
}

func (c *cover) holding() holding { return holding{cover: c, holders: make([]int32, len(c.degree))} }

func (t *holding) add(item int) {
	t.total += t.own[item]
	for _, e := range t.of(item) {
		if t.holders[e]++; t.holders[e] == 1 {
			t.total += t.weigh(e)
		}
	}
}

func (t *holding) remove(item int) {
	t.total -= t.own[item]
	for _, e := range t.of(item) {
		if t.holders[e]--; t.holders[e] == 0 {
			t.total -= t.weigh(e)
		}
	}
}

// gain is what an item would add.
func (t *holding) gain(item int) int64 {
	sum := t.own[item]
	for _, e := range t.of(item) {
		if t.holders[e] == 0 {
			sum += t.weigh(e)
		}
	}
	return sum
}
