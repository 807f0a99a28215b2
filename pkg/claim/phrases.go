package claim

import (
	"strconv"
	"strings"
)

// phrases say a number of one quantity, as it is counted under one measure and
// one standard.
type phrases struct {
	one, many string // what is counted
	sure      string // what happened to it, for the lower bound
	may       string // and what can have happened, for the upper one
	caveat    string // what the lower bound takes for granted; empty: nothing
}

func (p phrases) count(n int64) string {
	if n == 1 {
		return "1 " + p.one
	}
	return group(n) + " " + p.many
}

func (p phrases) least(n int64) string {
	return join("at least", p.count(n), agree(n, p.sure)) + p.caveat
}

func (p phrases) most(n int64) string { return join("at most", p.count(n), agree(n, p.may)) }

// between says both bounds.
func (p phrases) between(b Bounds) string {
	if b.Upper == Unbounded {
		return p.least(b.Lower) + ", and how many more is not known"
	}
	if b.Lower == b.Upper {
		return join("exactly", p.count(b.Lower), agree(b.Lower, p.sure)) + p.caveat
	}
	return join("between", group(b.Lower), "and", p.count(b.Upper), p.sure) + p.caveat
}

// agree puts the verb of what happened to n things into its number.
func agree(n int64, happened string) string {
	if rest, ok := strings.CutPrefix(happened, "were "); ok && n == 1 {
		return "was " + rest
	}
	return happened
}

// within says what of the bounds a claim rests on that they match.
func (p phrases) within(r Relation, b Bounds) string {
	switch r {
	case AtMost:
		return p.most(b.Upper)
	case AtLeast:
		return p.least(b.Lower)
	}
	return p.between(b)
}

func join(words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// neutral names a quantity without saying what happened to it.
func neutral(q Quantity) phrases {
	n := nouns[q]
	return phrases{one: n[0], many: n[1]}
}

var nouns = [...][2]string{
	Recordings: {"recording", "recordings"},
	Clients:    {"client", "clients"},
	Pairs:      {"pair of client and recording", "pairs of client and recording"},
	Requests:   {"request", "requests"},
	Subjects:   {"subject", "subjects"},
	Hours:      {"hour of recordings", "hours of recordings"},
}

// measured says a quantity of a claim under its measure and a standard.
func measured(c *Claim, q Quantity, s Standard) phrases {
	p := neutral(q)
	p.sure, p.may = happened[c.Measure][q][0], happened[c.Measure][q][1]
	if c.Measure == Whole && s == Probable {
		p.caveat = ", unless a transfer was cut unseen"
	}
	if q == Subjects {
		p.one, p.many = "value of "+c.Subject, "different values of "+c.Subject
	}
	return p
}

// happened says what the lower and the upper bound of each quantity mean, by
// measure.
var happened = [...][6][2]string{
	Whole: {
		Recordings: {"were handed over whole", "can have been handed over whole"},
		Clients:    {"were handed a whole recording", "can have been handed a whole recording"},
		Pairs:      {"were whole downloads", "can have been whole downloads"},
		Requests:   {"were of whole downloads", "can have been of whole downloads"},
		Subjects:   {"were in recordings handed over whole", "were in recordings that can have been handed over whole"},
		Hours:      {"were handed over whole", "can have been handed over whole"},
	},
	AnyBytes: {
		Recordings: {"were handed over at least in part", "can have been handed over at least in part"},
		Clients:    {"were handed at least a part of a recording", "can have been handed a part of a recording"},
		Pairs:      {"were downloads of at least a part", "can have been downloads of a part"},
		Requests:   {"were of downloads of at least a part", "can have been of downloads of a part"},
		Subjects:   {"were in recordings handed over at least in part", "were in recordings that can have been handed over at least in part"},
		Hours:      {"were handed over at least in part", "can have been handed over at least in part"},
	},
	Requested: {
		Recordings: {"were asked for", "were asked for"},
		Clients:    {"asked for a recording", "asked for a recording"},
		Pairs:      {"were asked for", "were asked for"},
		Requests:   {"were for a recording", "were for a recording"},
		Subjects:   {"were in recordings asked for", "were in recordings asked for"},
		Hours:      {"were asked for", "were asked for"},
	},
}

// group writes a number with a comma between thousands: 57,000.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
