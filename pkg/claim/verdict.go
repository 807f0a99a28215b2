package claim

// Judgement is what became of a claim under one standard.
type Judgement struct {
	Standard Standard
	Outcome  Outcome
	Matches  bool      // every figure would be supported if the coverage were full
	Findings []Finding // one for each figure, in their order
}

// Finding is what became of one figure.
type Finding struct {
	Figure  Figure
	Bounds  Bounds
	Outcome Outcome
	Matches bool   // it would be supported if the coverage were full
	Reason  string // one sentence without its full stop, with the numbers
}

// Judge holds one figure against its bounds by the table of the design:
//
//	relation    contradicted                      supported
//	at_most N   lower > N                         upper <= N, coverage full
//	at_least N  upper < N, coverage full          lower >= N
//	exactly N   lower > N, or as for at_least     lower = upper = N, coverage full
//
// and undecidable otherwise. More requests than the logs show can have been
// made, never fewer: so the lower bound needs no coverage to count, and the
// upper bound counts only where coverage is full. The lower bound is never
// above the upper one.
//
// The reason has neutral words; Decide says them for a claim's measure.
func Judge(f Figure, r Relation, b Bounds, full bool) (Outcome, string) {
	return judge(f, r, b, full, neutral(f.Quantity))
}

// Decide holds a claim against the bounds of its figures, one for each and in
// their order, under one standard. full: the coverage is full. proxied: the
// column of clients holds, or may hold, a proxy or a delivery network, so that
// nothing counted by client can be decided.
func Decide(c *Claim, s Standard, bounds []Bounds, full, proxied bool) Judgement {
	v := Judgement{Standard: s, Matches: len(c.Figures) > 0}
	var outcomes []Outcome
	for i, f := range c.Figures {
		found := Finding{Figure: f, Bounds: bounds[i]}
		if proxied && f.Quantity.byClient() {
			found.Reason = proxyReason
		} else {
			found.Outcome, found.Reason = judge(f, c.Relation, bounds[i], full, measured(c, f.Quantity, s))
			found.Matches = matches(f, c.Relation, bounds[i])
		}
		v.Matches = v.Matches && found.Matches
		v.Findings = append(v.Findings, found)
		outcomes = append(outcomes, found.Outcome)
	}
	v.Outcome = Combine(outcomes)
	return v
}

// Combine puts the outcomes of several figures together: one that is
// contradicted contradicts, and all must be supported. Of none at all nothing
// can be said.
func Combine(outcomes []Outcome) Outcome {
	all := len(outcomes) > 0
	for _, o := range outcomes {
		if o == Contradicted {
			return Contradicted
		}
		all = all && o == Supported
	}
	if all {
		return Supported
	}
	return Undecidable
}

// byClient says whether a quantity counts clients, or by client.
func (q Quantity) byClient() bool { return q == Clients || q == Pairs }

const proxyReason = "the addresses in these logs are, or may be, those of a proxy or a delivery network, so that clients cannot be counted"

// matches says whether the bounds are what the claim says, as far as the logs
// go that were handed in.
func matches(f Figure, r Relation, b Bounds) bool {
	switch r {
	case AtMost:
		return b.Upper <= f.N
	case AtLeast:
		return b.Lower >= f.N
	}
	return b.Lower == f.N && b.Upper == f.N
}

func judge(f Figure, r Relation, b Bounds, full bool, p phrases) (Outcome, string) {
	says := "; the claim says " + r.words() + " " + group(f.N)
	switch {
	case r != AtLeast && b.Lower > f.N:
		return Contradicted, p.least(b.Lower) + says
	case r != AtMost && b.Upper < f.N && full:
		return Contradicted, p.most(b.Upper) + ", in logs that cover the whole period" + says
	case r == AtLeast && b.Lower >= f.N:
		return Supported, p.least(b.Lower) + says
	case matches(f, r, b) && full:
		return Supported, p.within(r, b) + ", in logs that cover the whole period" + says
	case matches(f, r, b):
		return Undecidable, "matches within the logs handed in: " + p.within(r, b) + says +
			"; but more may be in logs that are missing"
	case b.Upper < f.N: // not at_most, which it would match
		return Undecidable, p.most(b.Upper) + ", in the logs handed in" + says +
			"; more may be in logs that are missing"
	}
	return Undecidable, p.between(b) + says + "; these logs cannot tell which of these numbers it is"
}

func (r Relation) words() string {
	return [...]string{"exactly", "at most", "at least"}[r]
}
