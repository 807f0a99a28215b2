package coverage

import (
	"cmp"
	"container/heap"
)

// First turns runs, each a copy of an earlier place, into copies of which each
// line is in one at most, sorted by source and line from the last to the first.
// Where a line is a copy of two places, those are copies of each other too,
// though their own run may be short: a source that overlaps two others shows that
// what they share is the same. So of all lines that are tied together but the
// first is a second copy.
func First(runs []Copy) []Copy {
	h := lastFirst(runs)
	heap.Init(&h)
	var out []Copy
	for len(h) > 0 {
		c := heap.Pop(&h).(Copy)
		if len(h) == 0 || h[0].Source != c.Source || h[0].To <= c.From {
			out = append(out, c)
			continue
		}
		if end := h[0].To; end < c.To { // behind it there is only c
			out = append(out, c.part(end, c.To))
			heap.Push(&h, c.part(c.From, end))
			continue
		}
		d := heap.Pop(&h).(Copy)
		from := max(c.From, d.From)
		for _, one := range [...]Copy{c, d} {
			if one.From < from {
				heap.Push(&h, one.part(one.From, from))
			}
		}
		c, d = c.part(from, c.To), d.part(from, d.To)
		switch order := cmp.Or(cmp.Compare(c.OfSource, d.OfSource), cmp.Compare(c.Of, d.Of)); {
		case order > 0:
			c, d = d, c
			fallthrough
		case order < 0:
			heap.Push(&h, Copy{Source: d.OfSource, From: d.Of, To: d.Of + d.To - d.From, OfSource: c.OfSource, Of: c.Of})
		}
		heap.Push(&h, c)
	}
	return out
}

// part is the lines [from, to) of a copy.
func (c Copy) part(from, to int64) Copy {
	c.Of += from - c.From
	c.From, c.To = from, to
	return c
}

// lastFirst is a heap of copies, of which the one that ends last is at the top.
type lastFirst []Copy

func (h lastFirst) Len() int { return len(h) }
func (h lastFirst) Less(i, k int) bool {
	a, b := &h[i], &h[k]
	return cmp.Or(cmp.Compare(b.Source, a.Source), cmp.Compare(b.To, a.To), cmp.Compare(a.From, b.From),
		cmp.Compare(a.OfSource, b.OfSource), cmp.Compare(a.Of, b.Of)) < 0
}
func (h lastFirst) Swap(i, k int) { h[i], h[k] = h[k], h[i] }
func (h *lastFirst) Push(c any)   { *h = append(*h, c.(Copy)) }
func (h *lastFirst) Pop() any {
	old := *h
	last := len(old) - 1
	*h = old[:last]
	return old[last]
}
