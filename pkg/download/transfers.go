package download

import (
	"bytes"
	"slices"
)

// transfers is the least number of times that every byte was handed over, by
// what is proven: the whole responses, and the thinnest place of the pieces.
func (f *Fold) transfers() int64 {
	if !f.sizing.proves() || len(f.pieces) == 0 {
		return f.wholes
	}
	return f.wholes + thinnest(f.pieces, f.sizing.Size.Bytes)
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

// agentSet counts distinct user agents. Few pairs have more than one, so a
// list does until there are many.
type agentSet struct {
	list  [][]byte
	set   map[string]struct{}
	none  bool
	count int64
}

const agentList = 16

func (a *agentSet) reset() {
	a.list, a.set, a.none, a.count = a.list[:0], nil, false, 0
}

// add counts an agent and says whether it is new. A missing one is no agent,
// but it is new once.
func (a *agentSet) add(agent []byte) bool {
	if agent == nil {
		fresh := !a.none
		a.none = true
		return fresh
	}
	if a.set != nil {
		if _, ok := a.set[string(agent)]; ok {
			return false
		}
		a.set[string(agent)] = struct{}{}
		a.count++
		return true
	}
	for _, known := range a.list {
		if bytes.Equal(known, agent) {
			return false
		}
	}
	a.count++
	a.list = append(a.list, agent)
	if len(a.list) > agentList {
		a.set = map[string]struct{}{}
		for _, known := range a.list {
			a.set[string(known)] = struct{}{}
		}
	}
	return true
}
