package claim

import (
	"cmp"
	"fmt"
	"slices"
)

// problem is a question in numbers: a set of items is to be kept, as many as
// can be, that covers no more than each cap and no less than each floor.
type problem struct {
	items  items
	caps   []bound
	floors []bound
}

// bound is a limit to what may, or must, be covered.
type bound struct {
	*cover
	limit int64
}

// newProblem leaves out the keys of out from the start.
func newProblem(q *Question, out []int32) *problem {
	p := &problem{items: itemsOf(q, out)}
	for _, f := range q.Figures {
		least, most := q.limits(f)
		lower, upper := newCover(q, p.items, f.Quantity, true), newCover(q, p.items, f.Quantity, false)
		cap, floor := upper, lower // Holds: both bounds are the number
		if q.Goal == NotContradicted {
			cap, floor = lower, upper // the number lies between them
		}
		p.caps = append(p.caps, bound{cap, most})
		if q.Relation == Exactly {
			p.floors = append(p.floors, bound{floor, least})
		}
	}
	return p
}

// reached says whether the goal is reached when the marked items are left out.
func (p *problem) reached(out []bool) bool {
	covered := func(c *cover) int64 {
		if out == nil {
			return c.all()
		}
		t := c.holding()
		for i := range out {
			if !out[i] {
				t.add(i)
			}
		}
		return t.total
	}
	for _, c := range p.caps {
		if covered(c.cover) > c.limit {
			return false
		}
	}
	for _, f := range p.floors {
		if covered(f.cover) < f.limit {
			return false
		}
	}
	return true
}

// tooFew says why no exclusion can help, where even all together is too little.
func (p *problem) tooFew(q *Question) string {
	for i, f := range p.floors {
		if all := f.all(); all < f.limit {
			what := q.Figures[i]
			return fmt.Sprintf("the logs show %s %s, the claim says exactly %s: leaving out can only lower that",
				map[Goal]string{Holds: "only", NotContradicted: "at most"}[q.Goal],
				neutral(what.Quantity).count(what.Quantity.bounds(all, all).Lower), group(what.N))
		}
	}
	return ""
}

// tooLarge gives the keys that go over a cap alone: they have to be left out.
func (p *problem) tooLarge() []int32 {
	var out []int32
	for i, key := range p.items.keys {
		if slices.ContainsFunc(p.caps, func(c bound) bool { return c.alone(i) > c.limit }) {
			out = append(out, key)
		}
	}
	return out
}

// solve finds the fewest items to leave out, and gives their keys.
func (p *problem) solve(limit int64) Exclusions {
	n := len(p.items.keys)
	if n > 0 && p.onlyNumber() {
		return p.anyOf()
	}
	out := p.bySize()
	e := Exclusions{Found: out != nil, AtLeast: p.leastOut(), Why: whyBySize}
	if e.Found {
		e.Keys = p.keysOf(out)
		e.Exact = len(e.Keys) == e.AtLeast
	}
	if n <= mostSearched || !e.Exact && len(p.floors) > 0 {
		p.search(&e, limit)
	}
	if !e.Found && !e.Exact {
		e.Why = "the search was given up: whether there is such a set is not known"
	}
	return e
}

const (
	whyAny    = "any set of this size will do; those with the fewest pairs are named"
	whyBySize = "what adds most to a count that is too high was left out first, and what could stay was taken back"
	whySearch = "all smaller sets were ruled out; of those of this size, the one that keeps the first in their order is named"
	whyTried  = "the one that keeps the first in their order, of those that were tried"
	whyNone   = "no set of exclusions makes it true"
)

// onlyNumber says whether all that matters is how many items are kept, and of
// which kind: nothing is shared and all weigh the same, as in a claim of clients
// alone.
func (p *problem) onlyNumber() bool {
	for _, b := range slices.Concat(p.caps, p.floors) {
		if len(b.shared) > 0 || b.weight != nil || slices.Max(b.own) > 1 {
			return false
		}
	}
	return len(p.caps) == 1
}

// anyOf solves a problem of which only the number of items matters: those that
// a floor needs stay first, then those with the most pairs.
func (p *problem) anyOf() Exclusions {
	needed := func(i int) int64 {
		if len(p.floors) == 0 {
			return 0
		}
		return p.floors[0].own[i]
	}
	var order []int
	for i := range p.items.keys {
		if p.caps[0].own[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(needed(b), needed(a)), cmp.Compare(p.items.size(b), p.items.size(a)))
	})
	stay := min(int64(len(order)), p.caps[0].limit)
	out := make([]bool, len(p.items.keys))
	for _, i := range order[stay:] {
		out[i] = true
	}
	if !p.reached(out) {
		return Exclusions{Exact: true, AtLeast: len(order) - int(stay), Why: whyNone}
	}
	e := Exclusions{Found: true, Exact: true, Keys: p.keysOf(out), AtLeast: len(order) - int(stay), Ways: OneWay, Why: whyAny}
	if 0 < stay && int(stay) < len(order) && needed(order[stay-1]) == needed(order[stay]) {
		e.Ways = SeveralWays
	}
	return e
}

// pure says whether all that an item adds to a cap counts for the floor too.
// An item of which that is not true can stay only if others make it good.
func (p *problem) pure(item int) bool {
	for j, f := range p.floors {
		if f.alone(item) < p.caps[j].alone(item) {
			return false
		}
	}
	return true
}

func (p *problem) keysOf(out []bool) []int32 {
	var keys []int32
	for i, is := range out {
		if is {
			keys = append(keys, p.items.keys[i])
		}
	}
	return keys
}

func sortedKeys(a, b []int32) []int32 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return all
}

// scale is what a weight of 1 is multiplied by, so that it can be divided among
// up to 16 items without a rest. Whole numbers make every machine agree.
const scale = 720720

// share gives for each item the part of the weight of its elements that falls
// to it when each element is divided among all that cover it. What a set of
// items covers is never less than the sum of their shares.
func (b bound) share() []int64 {
	s := b.scale()
	out := make([]int64, len(b.own))
	for i := range out {
		out[i] = b.own[i] * s
		for _, e := range b.of(i) {
			out[i] += b.weigh(e) * s / int64(b.degree[e])
		}
	}
	return out
}

func (b bound) scale() int64 {
	if b.all() < 1e12 {
		return scale
	}
	return 1 // weights so large that more would not fit
}

// leastOut is a number of items that have to be left out, whatever is kept: as
// many as can be kept if those with the smallest shares are, for each cap.
func (p *problem) leastOut() int {
	least := 0
	for _, c := range p.caps {
		if c.all() <= c.limit {
			continue
		}
		shares, most := c.share(), c.limit*c.scale()
		slices.Sort(shares)
		sum, kept := int64(0), 0
		for _, s := range shares {
			if sum += s; sum > most {
				break
			}
			kept++
		}
		least = max(least, len(shares)-kept)
	}
	return least
}
