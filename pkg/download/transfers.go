package download

import (
	"bytes"
	"slices"
)

// transfers is the least number of times that every byte was handed over, by
// what is proven: the whole responses, and the thinnest place of the pieces.
func (v *version) transfers() int64 {
	if !v.sizing.proves() || v.sizing.Size.Bytes == 0 || len(v.pieces) == 0 {
		return v.wholes
	}
	return v.wholes + thinnest(v.pieces, v.sizing.Size.Bytes)
}

// thinnest is the least depth of the pieces over [0, size).
func thinnest(pieces []interval, size int64) int64 {
	type edge struct {
		at   int64
		step int64
	}
	edges := make([]edge, 0, 2*len(pieces))
	for _, p := range pieces {
		edges = append(edges, edge{p.from, 1}, edge{p.to, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	var depth, at int64
	least := int64(len(pieces))
	for _, e := range edges {
		if e.at > at && at < size {
			least = min(least, depth)
			at = e.at
		}
		depth += e.step
	}
	if at < size {
		return 0
	}
	return least
}

// agentSet numbers distinct user agents. Few pairs have more than one, so a
// list does until there are many.
type agentSet struct {
	list  [][]byte
	set   map[string]int
	count int64
}

const agentList = 16

func (a *agentSet) reset() { a.list, a.set, a.count = a.list[:0], nil, 0 }

// add gives the number of an agent, from 1. A missing one is no agent; its
// number is 0.
func (a *agentSet) add(agent []byte) int {
	if agent == nil {
		return 0
	}
	if a.set != nil {
		n, known := a.set[string(agent)]
		if !known {
			a.count++
			n = int(a.count)
			a.set[string(agent)] = n
		}
		return n
	}
	for i, known := range a.list {
		if bytes.Equal(known, agent) {
			return i + 1
		}
	}
	a.count++
	a.list = append(a.list, agent)
	if len(a.list) > agentList {
		a.set = make(map[string]int, 2*agentList)
		for i, known := range a.list {
			a.set[string(known)] = i + 1
		}
	}
	return int(a.count)
}
