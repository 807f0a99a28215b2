package claim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// exclusions gives, for each standard at which the claim is contradicted by too
// many, the fewest exclusions under which it would hold.
func (e *evaluation) exclusions(verdicts []Verdict, names func([]int32) ([]string, error)) ([]Excluded, error) {
	out := []Excluded{}
	if e.claim.Relation == AtLeast {
		return out, nil
	}
	name := e.unitNames()
	for s, v := range verdicts {
		if !slices.ContainsFunc(v.Figures, func(f FigureVerdict) bool { return f.Lower > f.N }) {
			continue
		}
		pairs, clients, recordings := e.numbered(Standard(s))
		found, ok := FewestExclusions(pairs, e.claim.Figures, e.claim.Relation)
		if !ok {
			continue
		}
		x := Excluded{Standard: v.Standard, Exact: found.Exact, Clients: []string{}, Recordings: []string{}}
		for _, n := range found.Clients {
			x.Clients = append(x.Clients, name(clients[n]))
		}
		slices.Sort(x.Clients)
		var places []int32
		for _, n := range found.Recordings {
			places = append(places, recordings[n])
		}
		if len(places) > 0 {
			slices.Sort(places)
			paths, err := names(places)
			if err != nil {
				return nil, err
			}
			x.Recordings = paths
		}
		x.Words = exclusionWords(&x)
		out = append(out, x)
	}
	return out, nil
}

// numbered gives the pairs that count at a standard, with clients and recordings
// numbered from 0 in the order of their names' tables, and what the numbers
// stand for.
func (e *evaluation) numbered(s Standard) (pairs []Pair, clients, recordings []int32) {
	lower, upper := bounds(e.claim.Measure, s)
	all := e.based.pairs
	slices.SortFunc(all, func(a, b pairMask) int {
		return e.compare(a, b)
	})
	clientAt := map[int32]int32{}
	for _, p := range all {
		if p.mask&(lower|upper) == 0 {
			continue
		}
		if len(recordings) == 0 || recordings[len(recordings)-1] != p.recording {
			recordings = append(recordings, p.recording)
		}
		n, known := clientAt[p.client]
		if !known {
			n = int32(len(clients))
			clientAt[p.client] = n
			clients = append(clients, p.client)
		}
		pairs = append(pairs, Pair{Client: n, Recording: int32(len(recordings) - 1), Lower: p.mask&lower != 0, Upper: p.mask&(upper|lower) != 0})
	}
	return pairs, clients, recordings
}

// compare orders pairs by recording and client, the same in every run: numbers
// of addresses with user agents are given as they come.
func (e *evaluation) compare(a, b pairMask) int {
	if a.recording != b.recording || e.claim.Unit != UnitIPAgent {
		return cmp.Or(cmp.Compare(a.recording, b.recording), cmp.Compare(a.client, b.client))
	}
	return strings.Compare(e.agents[a.client], e.agents[b.client])
}

// exclusionWords writes exclusions as a condition.
func exclusionWords(x *Excluded) string {
	words := "without "
	switch clients, recordings := len(x.Clients), len(x.Recordings); {
	case recordings == 0:
		words += counted(clients, "client")
	case clients == 0:
		words += counted(recordings, "recording")
	default:
		words += counted(clients, "client") + " and " + counted(recordings, "recording")
	}
	return words
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
