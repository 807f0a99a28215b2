package report

import (
	"io"

	"github.com/logrecount/recount/pkg/claim"
)

// Rules writes what the rules, the words of a claim and the comparison profiles
// mean, for a terminal of that width.
func Rules(w io.Writer, width int) error {
	return terminalSections(w, rules(), width)
}

func rules() []section {
	says := func(s string) block { return paragraph{own(s)} }
	words := func(lead string, list []claim.Wording) []block {
		named := pairs{}
		for _, w := range list {
			named = append(named, pair{w.Name, own(w.Means)})
		}
		return []block{says(lead), named}
	}
	all := []section{
		{"What is counted", append(words("A rule says which downloads count. Each rule holds all that the rules below it hold, so the numbers can only fall from line to line.", claim.Rules()),
			says("'recount help completeness' explains the grades."))},
		{"What a claim says", words("A claim gives one or more numbers, of:", claim.Quantities())},
		{"What it says of its numbers", words("It says one of these of all its numbers. For each number there are two bounds: the least and the most that the logs allow.", claim.Relations())},
		{"What it means by downloaded", words("Unless it says otherwise, that the whole was.", claim.Measures())},
		{"How sure it must be", words("Verdicts are always given by both standards.", claim.Standards())},
		{"What one client is", words("Requests of one unit are graded together.", claim.Units())},
		{"Whose requests count", words("Every number is given for both.", claim.Populations())},
		{"What may become of it", append(words("One figure that is contradicted contradicts the claim; it is supported only if all figures are.", claim.Outcomes()),
			says("Coverage is full only if a period was stated, no gap in it is unexplained, and somebody has declared that these are all the logs of all ways to the recordings; who, and when, is kept in the case. Where the column of clients holds a proxy or a delivery network, or may hold one, figures of clients and of pairs are undecidable."),
			says(claim.Limits))},
	}
	profiles := []block{says("These are published ways of counting an audience. They leave out bots, tools and repeats by design and so count a leak too low. They stand beside a claim for comparison and never decide it.")}
	for _, p := range claim.Profiles() {
		profiles = append(profiles, heading{own(p.Name)}, pairs{{"counts", own(p.Counts)}, {"one user", own(p.User)}, {"window", own(p.Window)},
			{"leaves out", own(p.Leaves)}, {"source", own(p.Source)}})
	}
	return append(all, section{"Comparison profiles", profiles})
}
