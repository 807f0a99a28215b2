package claim

import "fmt"

// Goal is what leaving something out is to reach.
type Goal uint8

// The goals.
const (
	// Holds: the bounds become what the claim says. It then matches within the
	// logs handed in, and is supported if the coverage is full.
	Holds Goal = iota
	// NotContradicted: no lower bound is above the claim any more, and where it
	// says exactly, no upper bound is below it.
	NotContradicted
)

// Question asks what would have to be left out for a claim to be true.
type Question struct {
	Pairs    []Pair   // each client and recording once; with Keys once for each key
	Keys     []int32  // of each pair, from 0: its network, label, source, day or what else may be left out; nil: its client
	Figures  []Figure // all of them at once
	Relation Relation
	Goal     Goal
	Subjects []int32 // of each recording, from 0, -1 for none: it may be one of its own; needed with a figure of subjects
	Seconds  []int64 // of each recording, below 0 for not known; needed with a figure of hours
	Limit    int64   // steps of the search; 0: enough for about a second
}

// Exclusions is the answer.
type Exclusions struct {
	Found   bool
	Keys    []int32 // what to leave out, ascending; empty with Found: it is true as it is
	AtLeast int     // fewer than so many do not reach the goal, whichever they are
	Exact   bool    // Found: no smaller set reaches the goal; else: none at all does. False: the search was given up
	Ways    Ways    // whether another set of the same size reaches it too
	Why     string  // how the set was chosen, or why there is none: a sentence without its full stop
}

// Ways says whether a set of exclusions is the only one of its size.
type Ways uint8

// The ways.
const (
	WaysUnknown Ways = iota
	OneWay
	SeveralWays
)

var waysNames = [...]string{"unknown", "one", "several"}

func (w Ways) String() string { return waysNames[w] }

// defaultLimit is how many steps a search takes before it is given up, a step
// being a node of the tree or a recording counted or taken back. It takes about
// half a second. Steps are counted and not time, so that every machine gives
// the same answer.
const defaultLimit = 40_000_000

// mostSearched is how many keys the exact search takes at most: its tables grow
// with their square.
const mostSearched = 512

// FewestExclusions finds the fewest keys without whose pairs a claim would
// reach the goal. Which set of recordings or clients that is is hard to find in
// general (it is the minimum k-union problem), so there are two ways: an exact
// search by branch and bound, as far as its steps go, and a rule that leaves out
// what adds most to a count that is too high. Of several smallest sets the
// search takes the one that keeps the first keys; where only clients are
// claimed any set of the size will do, and those with the fewest recordings are
// left out.
func FewestExclusions(q *Question) Exclusions {
	if q.Relation == AtLeast {
		return withoutMore(q)
	}
	p := newProblem(q, nil)
	if p.reached(nil) {
		return Exclusions{Found: true, Exact: true, Ways: OneWay, Why: "nothing has to be left out"}
	}
	if why := p.tooFew(q); why != "" {
		return Exclusions{Exact: true, Why: why}
	}
	out := p.tooLarge()
	if len(out) > 0 {
		p = newProblem(q, out)
	}
	e := p.solve(q.limit())
	e.AtLeast += len(out)
	if e.Found {
		e.Keys = sortedKeys(e.Keys, out)
	}
	return e
}

func (q *Question) limit() int64 {
	if q.Limit > 0 {
		return q.Limit
	}
	return defaultLimit
}

// withoutMore answers for at_least: leaving out only lowers what is counted.
func withoutMore(q *Question) Exclusions {
	for i, b := range Count(q) {
		have := b.Lower
		if q.Goal == NotContradicted {
			have = b.Upper
		}
		if f := q.Figures[i]; have < f.N {
			return Exclusions{Exact: true, Why: fmt.Sprintf("the logs show %s %s, the claim says at least %s: leaving out can only lower that",
				map[Goal]string{Holds: "only", NotContradicted: "at most"}[q.Goal], neutral(f.Quantity).count(have), group(f.N))}
		}
	}
	return Exclusions{Found: true, Exact: true, Ways: OneWay, Why: "nothing has to be left out"}
}

// Count gives the bounds of each figure over all pairs.
func Count(q *Question) []Bounds {
	var out []Bounds
	items := itemsOf(q, nil)
	for _, f := range q.Figures {
		lower, upper := newCover(q, items, f.Quantity, true), newCover(q, items, f.Quantity, false)
		b := f.Quantity.bounds(lower.all(), upper.all())
		if f.Quantity == Hours && q.unbounded() {
			b.Upper = Unbounded
		}
		out = append(out, b)
	}
	return out
}

// bounds rounds what was counted as the quantity is said: hours to the nearest.
func (q Quantity) bounds(lower, upper int64) Bounds {
	if q == Hours {
		return Bounds{hours(lower), hours(upper)}
	}
	return Bounds{lower, upper}
}

// limits gives the least and the most of what is counted that is said as a
// figure says it. No number of hours is as much as a length that is not known.
func (q *Question) limits(f Figure) (least, most int64) {
	if f.Quantity == Hours {
		n := min(f.N, 1<<40) // more than any log holds, and its seconds are a number still
		return min(n*3600-1800, q.boundless()), min(n*3600+1799, q.boundless()-1)
	}
	return f.N, f.N
}
