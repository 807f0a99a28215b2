package claim

import (
	"cmp"
	"slices"
	"strings"
)

// keptNames is up to how many clients that stay are named beside those that
// would have to be left out.
const keptNames = 20

// exclusions gives, for each standard at which the claim is contradicted, the
// fewest clients without which it would match these logs, and without which it
// would no longer be contradicted.
func (e *evaluation) exclusions(verdicts []Verdict) []Excluded {
	out := []Excluded{}
	name := e.unitNames()
	for s, v := range verdicts {
		if v.Outcome != Contradicted.String() {
			continue
		}
		lower, upper := bounds(e.claim.Measure, Standard(s))
		q, clients := e.question(lower, upper)
		for _, goal := range []Goal{Holds, NotContradicted} {
			q.Goal = goal
			found := FewestExclusions(q)
			x := Excluded{
				Standard: v.Standard, Goal: goal.String(), Found: found.Found, Exact: found.Exact, AtLeast: found.AtLeast,
				Ways: found.Ways.String(), Why: found.Why, Clients: []string{}, Kept: []string{},
			}
			for _, n := range found.Keys {
				x.Clients = append(x.Clients, name(clients[n]))
			}
			if kept := len(clients) - len(found.Keys); found.Found && kept <= keptNames {
				for n, id := range clients {
					if _, left := slices.BinarySearch(found.Keys, int32(n)); !left {
						x.Kept = append(x.Kept, name(id))
					}
				}
			}
			slices.Sort(x.Clients)
			slices.Sort(x.Kept)
			x.N = int64(len(x.Clients))
			x.Words = exclusionWords(&x)
			out = append(out, x)
		}
	}
	return out
}

// question puts the pairs that count for a lower or an upper bound into numbers,
// clients and recordings from 0 in the order in which they stand in the case, and
// gives what the numbers of clients stand for.
func (e *evaluation) question(lower, upper mask) (q *Question, clients []int32) {
	all := e.based.pairs
	slices.SortFunc(all, e.compare)
	q = &Question{Figures: e.claim.Figures, Relation: e.claim.Relation}
	clientAt := map[int32]int32{}
	n := 0
	for _, p := range all {
		if p.mask&(lower|upper) != 0 {
			n++
		}
	}
	q.Pairs = make([]Pair, 0, n)
	last := int32(-1)
	recordings := int32(0)
	for _, p := range all {
		if p.mask&(lower|upper) == 0 {
			continue
		}
		if p.recording != last || recordings == 0 {
			last = p.recording
			recordings++
			if e.based.values != nil {
				v := e.based.values[p.recording]
				q.Subjects = append(q.Subjects, v.Subject)
				q.Seconds = append(q.Seconds, v.Seconds)
			}
		}
		n, known := clientAt[p.client]
		if !known {
			n = int32(len(clients))
			clientAt[p.client] = n
			clients = append(clients, p.client)
		}
		q.Pairs = append(q.Pairs, Pair{
			Client: n, Recording: recordings - 1, Lower: p.mask&lower != 0, Upper: p.mask&(upper|lower) != 0, Requests: p.requests,
		})
	}
	return q, clients
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
	would := map[string]string{Holds.String(): "it would match these logs", NotContradicted.String(): "it would no longer be contradicted"}[x.Goal]
	var how string
	switch {
	case !x.Found && x.Exact:
		return "there are no clients without which " + would + " (" + x.Why + ")"
	case !x.Found:
		return "no set of clients was found without which " + would + " (" + x.Why + ")"
	case x.Exact:
		how = "no fewer would do"
	case x.AtLeast > 0:
		how = "fewer may do, but not fewer than " + group(int64(x.AtLeast))
	default:
		how = "fewer may do"
	}
	if x.Ways == SeveralWays.String() {
		how += "; other sets of as many would do, too"
	}
	return "without " + counted(x.N, "client", "clients") + " " + would + " (" + how + ")"
}

var goalNames = [...]string{"holds", "not_contradicted"}

func (g Goal) String() string { return goalNames[g] }
