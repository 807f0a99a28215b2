package claim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/coverage"
)

// Account is what the paragraph of a verdict is made of. Its texts are the
// user's, and are given back as they are: whoever shows the paragraph escapes it.
type Account struct {
	Claim     *Claim
	Judgement Judgement

	Sources     int64 // that were read
	Lines       int64 // in them
	First, Last int64 // the first and the last time of any line, microseconds since the epoch; both 0: no line has a time

	Coverage   coverage.State
	Exposure   coverage.Period // the period that was stated
	Why        []string        // why coverage is not full, clauses without a full stop
	Gaps       []coverage.Gap  // in the logs, at any time
	DeclaredBy string          // who declared that these are all the logs
	DeclaredOn string          // when, as the user wrote it
	Declared   string          // and in which words

	Labelled int64 // clients that were left out since they have a label; with the population unlabelled
}

// Paragraph says in plain sentences what was counted and by which definition,
// from which hours of logs, what came of it, and what cannot be known. The
// sentences are to be shown together: none of them is true without the others.
func Paragraph(a *Account) []string {
	out := []string{a.counted(), a.hours(), a.covered(), a.result()}
	out = append(out, a.findings()...)
	return append(out,
		"A server's log shows what was handed to the network, not what arrived, and not who listened.",
		"Copies taken before these logs begin, and other ways to the recordings, are not in them; and an address is not a person: it may stand for many people, and one person may have many addresses.")
}

func (a *Account) counted() string {
	var what []string
	for _, f := range a.Claim.Figures {
		what = append(what, neutral(f.Quantity).many)
	}
	how := map[Measure]string{
		AnyBytes:  "downloads of at least one byte",
		Requested: "requests for recordings, whatever the answer",
		Whole:     "downloads that were whole, unless a transfer was cut and the log cannot show it (standard probable)",
	}[a.Claim.Measure]
	if a.Claim.Measure == Whole && a.Judgement.Standard == Proven {
		how = "downloads of which the log proves that every byte was handed over (standard proven)"
	}
	unit := [...]string{
		UnitIP: "one address", UnitIPAgent: "one address with one user agent",
		UnitPrefix: "one IPv4 address or the first 64 bits of an IPv6 address", UnitASN: "one network",
	}[a.Claim.Unit]
	who := "all clients count, bots and tools too"
	if a.Claim.Population == Unlabelled {
		who = counted(a.Labelled, "client with a label is", "clients with a label are") + " left out"
	}
	return fmt.Sprintf("Counted are %s in %s; one client is %s, and %s.", listed(what), how, unit, who)
}

func (a *Account) hours() string {
	lines := fmt.Sprintf("%s in %s were read", counted(a.Lines, "line", "lines"), counted(a.Sources, "source", "sources"))
	if a.First == 0 && a.Last == 0 {
		return lines + ", none of which has a time."
	}
	lines += ", from " + stamp(a.First) + " to " + stamp(a.Last)
	if a.Claim.From != 0 || a.Claim.To != 0 {
		lines += ", and requests from " + stamp(a.Claim.From) + " until before " + stamp(a.Claim.To) + " count"
	}
	return lines + "."
}

func (a *Account) covered() string {
	switch a.Coverage {
	case coverage.Full:
		text := fmt.Sprintf("They cover the stated period, %s to %s", stamp(a.Exposure.From), stamp(a.Exposure.To))
		if explained := a.explained(); len(explained) > 0 {
			text += ", except for gaps that the user explained: " + strings.Join(explained, "; ")
		} else {
			text += ", and no gap was found in it"
		}
		return fmt.Sprintf("%s; that these are all the logs of all ways to the recordings rests on the word of %s (%s): “%s”.", text, a.DeclaredBy, a.DeclaredOn, a.Declared)
	case coverage.Partial:
		text := fmt.Sprintf("It is not established that they cover the stated period, %s to %s", stamp(a.Exposure.From), stamp(a.Exposure.To))
		if len(a.Why) > 0 {
			text += ": " + strings.Join(a.Why, "; ")
		}
		return text + "."
	}
	return "No period was stated, so it is open how much of the exposure these logs cover."
}

// explained names the gaps in the period that the user explained, each once.
func (a *Account) explained() []string {
	var out []string
	for _, g := range a.Gaps {
		text := stamp(g.From) + " to " + stamp(g.To) + " (" + g.Explained + ")"
		if g.Explained != "" && g.From < a.Exposure.To && g.To > a.Exposure.From && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// findings are the reasons, those that contradict first. Where figures come to
// different ends, each says to which.
func (a *Account) findings() []string {
	all := slices.Clone(a.Judgement.Findings)
	slices.SortStableFunc(all, func(x, y Finding) int { return cmp.Compare(y.Outcome, x.Outcome) })
	var out []string
	for _, f := range all {
		reason := strings.ToUpper(f.Reason[:1]) + f.Reason[1:] + "."
		if all[0].Outcome != all[len(all)-1].Outcome {
			reason = fmt.Sprintf("The figure of %s alone is %s: %s.", neutral(f.Figure.Quantity).many, f.Outcome, f.Reason)
		}
		out = append(out, reason)
	}
	return out
}

func (a *Account) result() string {
	switch {
	case a.Judgement.Outcome == Contradicted:
		return "By these logs the claim is contradicted."
	case a.Judgement.Outcome == Supported:
		return "By these logs the claim is supported."
	case a.Judgement.Matches:
		return "The claim matches within the logs handed in; that does not decide it."
	}
	return "These logs do not decide the claim."
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return group(n) + " " + many
}

// listed puts words into a list: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
