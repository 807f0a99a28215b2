package claim

import (
	"cmp"
	"container/heap"
	"slices"
)

// bySize chooses what to leave out by a rule, in nearly linear time: as long as
// a cap is exceeded, the item whose leaving lowers it most; then what was left
// out and fits comes back, the smallest first. Where that does not reach the
// floors it tries again with the largest first, and then without all items that
// are not pure. It gives nil if the goal is not reached so. A set that it finds
// reaches the goal, but a smaller one may.
func (p *problem) bySize() []bool {
	shared := func(b bound) int { return -min(len(b.shared), 1) } // caps with shared elements first
	caps := slices.SortedStableFunc(slices.Values(p.caps), func(a, b bound) int { return cmp.Compare(shared(a), shared(b)) })
	for _, mixed := range []bool{true, false} {
		out := make([]bool, len(p.items.keys))
		given := make([]bool, len(out)) // left out for good
		for i := range out {
			given[i] = !mixed && !p.pure(i)
			out[i] = given[i]
		}
		for _, c := range caps {
			p.lower(c, out)
		}
		for _, largest := range []bool{false, true} {
			kept := slices.Clone(out)
			p.takeBack(kept, given, largest)
			if p.reached(kept) {
				return kept
			}
		}
		if len(p.floors) == 0 {
			return nil
		}
	}
	return nil
}

// lower leaves out items until a cap is kept.
func (p *problem) lower(c bound, out []bool) {
	t := c.holding()
	holder := make([]int32, len(c.degree)) // of each element: its holders, put together by exclusive or
	for i := range out {
		if !out[i] {
			t.add(i)
			for _, e := range c.of(i) {
				holder[e] ^= int32(i)
			}
		}
	}
	loss := slices.Clone(c.own) // of each item: by how much the total falls without it
	for i := range out {
		for _, e := range c.of(i) {
			if !out[i] && t.holders[e] == 1 {
				loss[i] += c.weigh(e)
			}
		}
	}
	q := candidates{size: c.share()}
	for i := range out {
		if !out[i] && t.cover.alone(i) > 0 {
			q.list = append(q.list, candidate{loss[i], int32(i)})
		}
	}
	heap.Init(&q)
	for t.total > c.limit && len(q.list) > 0 {
		next := heap.Pop(&q).(candidate)
		i := next.item
		if out[i] || next.loss != loss[i] {
			continue // a later entry has its place
		}
		out[i] = true
		t.remove(int(i))
		for _, e := range c.of(int(i)) {
			holder[e] ^= i
			if t.holders[e] == 1 {
				loss[holder[e]] += c.weigh(e)
				heap.Push(&q, candidate{loss[holder[e]], holder[e]})
			}
		}
	}
}

// takeBack takes back what was left out, but not for good, and fits under all caps.
func (p *problem) takeBack(out, given []bool, largest bool) {
	var tallies []holding
	for _, c := range p.caps {
		t := c.holding()
		for i := range out {
			if !out[i] {
				t.add(i)
			}
		}
		tallies = append(tallies, t)
	}
	var back []int
	for i := range out {
		if out[i] && !given[i] {
			back = append(back, i)
		}
	}
	slices.SortStableFunc(back, func(a, b int) int {
		if largest {
			a, b = b, a
		}
		return cmp.Compare(p.items.size(a), p.items.size(b))
	})
	for _, i := range back {
		fits := true
		for j := range tallies {
			fits = fits && tallies[j].total+tallies[j].gain(i) <= p.caps[j].limit
		}
		if !fits {
			continue
		}
		out[i] = false
		for j := range tallies {
			tallies[j].add(i)
		}
	}
}

// candidate is an item and what leaving it out takes off a count.
type candidate struct {
	loss int64
	item int32
}

// candidates is a heap: what takes off most comes first, then the largest, then
// the last in order.
type candidates struct {
	list []candidate
	size []int64 // of each item
}

func (q *candidates) Len() int      { return len(q.list) }
func (q *candidates) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *candidates) Push(x any)    { q.list = append(q.list, x.(candidate)) }
func (q *candidates) Less(i, j int) bool {
	a, b := q.list[i], q.list[j]
	if a.loss != b.loss {
		return a.loss > b.loss
	}
	if c := cmp.Compare(q.size[b.item], q.size[a.item]); c != 0 {
		return c < 0
	}
	return a.item > b.item
}

func (q *candidates) Pop() any {
	last := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return last
}
