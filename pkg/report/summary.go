package report

import (
	"fmt"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/download"
)

// sections puts a summary into the order of reading: what was counted, what
// cannot be known, who, what became of every line, what to look at, what was
// taken for true.
func sections(s *casefile.Summary) []section {
	return append([]section{
		{"What was counted", counted(s)},
		{"Which time the logs cover", coverage(s.Coverage)},
		{"What cannot be known", unknown(s)},
		{"Clients that took most", topClients(s.TopClients)},
		{"What became of every line", accounting(s.Accounting)},
		{"Warnings", listOr(s.Warnings, "None.")},
		{"Assumptions", assumptions(s.Assumptions)},
		{"Tables in this case", tables(s.Tables)},
	}, claimsInSummary(s.Claims)...)
}

func counted(s *casefile.Summary) []block {
	out := []block{
		paragraph{own("One row is one rule. Each rule holds all that the rules below it hold. A pair is one client and one recording.")},
		ruleTable(s.Counts),
	}
	if len(s.Labels) > 0 {
		out = append(out, paragraph{own("Without the clients that were given a label:")}, ruleTable(s.Unlabelled))
		out = append(out, labels(s.Labels)...)
	}
	out = append(out, paragraph{own("Each pair has exactly one grade:")}, gradeTable(s.Grades))
	l := s.Listings
	if l.Requests == 0 {
		out = append(out, paragraph{own("No directory page was shown.")})
	} else {
		out = append(out, paragraph{own(shown(l) + ": such pages show names without any recording being asked for.")})
		if len(s.Labels) > 0 {
			out = append(out, paragraph{own("Without the clients that were given a label, " + shown(s.ListingsUnlabelled) + ".")})
		}
	}
	return out
}

func shown(l casefile.ListingCount) string {
	return fmt.Sprintf("%s %s shown to %s in %s", plural(l.Directories, "directory page", "directory pages"), were(l.Directories),
		plural(l.Clients, "client", "clients"), plural(l.Requests, "request", "requests"))
}

// namedLabels is how many labels are listed; summary.json has all.
const namedLabels = 50

func labels(all []casefile.LabelCount) []block {
	t := table{head: []column{
		{title: "Label"}, {title: "Networks", number: true, spare: 1}, {title: "Clients", number: true},
		{title: "Recordings", number: true}, {title: "Pairs", number: true},
	}}
	for _, l := range all[:min(len(all), namedLabels)] {
		likely := l.Counts["likely"]
		t.rows = append(t.rows, []text{foreign(l.Label), number(l.Networks), number(l.Clients), number(likely.Recordings), number(likely.Pairs)})
	}
	words := "What clients with a label took; recordings and pairs are those that are likely or complete."
	if more := len(all) - namedLabels; more > 0 {
		words += fmt.Sprintf(" %s more in summary.json.", plural(int64(more), "label is", "labels are"))
	}
	return []block{paragraph{own(words)}, t}
}

func ruleTable(counts map[string]casefile.RuleCount) table {
	t := table{head: []column{
		{title: "Rule"}, {title: "Recordings", number: true}, {title: "Clients", number: true},
		{title: "Pairs", number: true}, {title: "Requests", number: true}, {title: "What it counts"},
	}}
	for _, rule := range claim.Rules() {
		c := counts[rule.Name]
		t.rows = append(t.rows, []text{own(rule.Name), number(c.Recordings), number(c.Clients),
			number(c.Pairs), number(c.Requests), own(rule.Brief)})
	}
	return t
}

func gradeTable(counts map[string]int64) table {
	t := table{head: []column{{title: "Grade"}, {title: "Pairs", number: true}, {title: "What it means"}}}
	for _, g := range download.Grades() {
		t.rows = append(t.rows, []text{own(g.Name), number(counts[g.Name]), own(g.Means)})
	}
	return t
}

func unknown(s *casefile.Summary) []block {
	return listOr(s.Limits, "A log shows what a server planned to send or handed to its network, never what a client received. No further limit was recorded.")
}

func topClients(clients []casefile.TopClient) []block {
	if len(clients) == 0 {
		return []block{paragraph{own("No client asked for a recording.")}}
	}
	var label, country, org bool
	for _, c := range clients {
		label = label || c.Label != ""
		country = country || c.Country != ""
		org = org || c.Org != ""
	}
	t := table{head: []column{{title: "Client"}}}
	if label {
		t.head = append(t.head, column{title: "Label"})
	}
	if country {
		t.head = append(t.head, column{title: "Country", spare: 2})
	}
	if org {
		t.head = append(t.head, column{title: "Network", spare: 4})
	}
	t.head = append(t.head, column{title: "Complete", number: true}, column{title: "Likely", number: true},
		column{title: "Possible", number: true}, column{title: "Partial", number: true, spare: 1},
		column{title: "Requested", number: true}, column{title: "Requests", number: true, spare: 3},
		column{title: "First seen", spare: 5}, column{title: "Last seen", spare: 6})
	for _, c := range clients {
		row := []text{foreign(c.Client)}
		if label {
			row = append(row, foreign(c.Label))
		}
		if country {
			row = append(row, foreign(c.Country))
		}
		if org {
			row = append(row, foreign(c.Org))
		}
		t.rows = append(t.rows, append(row, number(c.Complete), number(c.Likely), number(c.Possible), number(c.Partial),
			number(c.Requested), number(c.Requests), foreign(c.FirstSeen), foreign(c.LastSeen)))
	}
	return []block{
		paragraph{own("Recordings by grade, each in one of them; requested counts all.")},
		t,
		paragraph{own("Sorted by recordings possible or better, then by complete, likely, partial and requests. The rest of those requested are probes or got no content.")},
	}
}

func accounting(a casefile.Accounting) []block {
	parts := a.Requests + a.Other + a.Rejected + a.Comments + a.Blank + a.Duplicates
	t := table{head: []column{{title: "Lines"}, {title: "Number", number: true}, {title: "What they are"}}}
	for _, r := range []struct {
		name  string
		n     int64
		means string
	}{
		{"requests", a.Requests, "concern a recording or a directory page"},
		{"other", a.Other, "were read and concern neither"},
		{"rejected", a.Rejected, "could not be read; kept in the table rejects"},
		{"comments", a.Comments, "are the log's own comments"},
		{"blank", a.Blank, "are empty"},
		{"duplicates", a.Duplicates, "second copies of lines, which count once"},
		{"all", a.Lines, "lines of all sources"},
	} {
		t.rows = append(t.rows, []text{own(r.name), number(r.n), own(r.means)})
	}
	closed := "The parts add up to the whole: no line was dropped."
	if parts != a.Lines {
		closed = fmt.Sprintf("The parts add up to %s, not to %s: some lines are not accounted for. Do not use these figures; report this as a fault of the tool.",
			group(parts), group(a.Lines))
	}
	return []block{
		paragraph{own(fmt.Sprintf("%s with %s, %s unpacked.", plural(a.Sources, "source", "sources"),
			plural(a.Bytes, "byte", "bytes"), plural(a.StreamBytes, "byte", "bytes")))},
		t,
		paragraph{own(closed)},
	}
}

func assumptions(as []casefile.Assumption) []block {
	if len(as) == 0 {
		return []block{paragraph{own("None.")}}
	}
	t := table{head: []column{{title: "What"}, {title: "Taken as"}, {title: "By"}, {title: "Why"}}}
	for _, a := range as {
		t.rows = append(t.rows, []text{foreign(a.What), foreign(a.Value), foreign(a.By), foreign(a.Why)})
	}
	return []block{t}
}

func tables(rows map[string]int64) []block {
	if len(rows) == 0 {
		return []block{paragraph{own("None were written.")}}
	}
	t := table{head: []column{{title: "Table"}, {title: "Rows", number: true}}}
	for _, name := range sortedKeys(rows) {
		t.rows = append(t.rows, []text{foreign(name), number(rows[name])})
	}
	return []block{t}
}

func listOr(items []string, none string) []block {
	if len(items) == 0 {
		return []block{paragraph{own(none)}}
	}
	return []block{list{foreigns(items)}}
}
