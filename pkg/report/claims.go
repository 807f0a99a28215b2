package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/claim"
)

// Claimed is what became of claims that were held against a case, as plain
// values. Texts may hold what a log holds, and what a user wrote.
type Claimed struct {
	Case     string          `json:"case"`
	Seal     string          `json:"seal_sha256"` // of the case's SHA256SUMS
	Tool     string          `json:"tool"`        // that made the case
	Standard string          `json:"standard"`    // that decides the exit code
	Claims   []*claim.Result `json:"claims"`
	Unread   []string        `json:"unread"` // evidence that the case could not use
	Limits   string          `json:"limits"`
}

// Claims draws verdicts for a terminal of that width.
func Claims(w io.Writer, c *Claimed, width int) error {
	return terminalSections(w, claimedSections(c), width)
}

// ClaimsMarkdown writes the same as Markdown.
func ClaimsMarkdown(w io.Writer, c *Claimed) error {
	var b bytes.Buffer
	b.WriteString("# Claims held against a case\n")
	markdownSections(&b, claimedSections(c))
	_, err := b.WriteTo(w)
	return err
}

func claimedSections(c *Claimed) []section {
	var all []section
	for _, r := range c.Claims {
		all = append(all, claimSections(r)...)
	}
	p := pairs{{"case", foreign(c.Case)}, {"made by", foreign(c.Tool)}, {"SHA-256 of its SHA256SUMS", own(c.Seal)}, {"decides the exit code", own("the standard " + c.Standard)}}
	blocks := []block{p}
	if len(c.Unread) > 0 {
		blocks = append(blocks, paragraph{own("Some evidence was damaged or unread, and is not in these figures:")}, list{foreigns(c.Unread)})
	}
	return append(all, section{"Case", append(blocks, paragraph{own(c.Limits)})})
}

// claimSections puts one verdict into the order of reading: the claim and the
// verdict in words, the figures, what shows it, what would make it true, what it
// depends on.
func claimSections(r *claim.Result) []section {
	all := []section{
		{"", claimHead(r)},
		{"What these logs allow", claimFigures(r)},
	}
	if len(r.Examples) > 0 {
		all = append(all, section{"Downloads that contradict it", claimExamples(r)})
	}
	if len(r.Exclusions) > 0 {
		all = append(all, section{"What would have to be left out", claimExclusions(r)})
	}
	all = append(all,
		section{"Parts of the logs of which it is exactly right", claimAlone(r)},
		section{"What each rule counts", claimMatrix(r)})
	if len(r.Profiles) > 0 {
		all = append(all, section{"What counts of audiences would say", claimProfiles(r)})
	}
	return append(all,
		section{"What the verdict depends on", claimAssumptions(r)},
		section{"What the logs cover", claimCoverage(r)})
}

// claimsInSummary is the verdicts as the summary shows them: the claim and the
// verdict in words, and the figures. The rest is for 'recount claim'.
func claimsInSummary(claims []*claim.Result) []section {
	var blocks []block
	for _, r := range claims {
		blocks = append(append(blocks, claimHead(r)...), claimFigures(r)...)
		for _, x := range r.Exclusions {
			blocks = append(blocks, paragraph{foreign(exclusionSentence(&x))})
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return []section{{"Claims", append(blocks, paragraph{own("'recount claim CASE' answers again from the case, with the downloads that contradict a claim and all that its verdict depends on; summary.json has the same.")})}}
}

// claimHead is the claim as it was stated, and the verdict in words.
func claimHead(r *claim.Result) []block {
	stated := ClaimInWords(r)
	if r.Text != "" {
		stated = "“" + r.Text + "”, taken as: " + stated
	}
	said := ""
	switch {
	case r.Source != "" && r.Date != "":
		said = " (" + r.Source + ", " + r.Date + ")"
	case r.Source+r.Date != "":
		said = " (" + r.Source + r.Date + ")"
	}
	name := "Claim " + r.ID
	if r.ID == "claim" {
		name = "Claim" // it was given none
	}
	out := []block{paragraph{foreign(name + said + ": " + stated + " — " + verdictInWords(r) + ".")}}
	if len(r.Paragraph) > 0 {
		out = append(out, paragraph{foreign(strings.Join(r.Paragraph, " "))})
	}
	return out
}

// verdictInWords says both standards in one sentence, or in one word where they
// agree.
func verdictInWords(r *claim.Result) string {
	probable, proven := outcomeOf(r, "probable"), outcomeOf(r, "proven")
	if probable == proven {
		return strings.ToUpper(probable) + ", by what is probable and by what is proven"
	}
	return strings.ToUpper(probable) + " by what is probable, and " + strings.ToUpper(proven) + " by what is proven"
}

func outcomeOf(r *claim.Result, standard string) string {
	for _, v := range r.Verdicts {
		if v.Standard == standard {
			return v.Outcome
		}
	}
	return ""
}

// ClaimInWords says what a claim means: "exactly 55 recordings and exactly 7
// clients, taken whole, by all clients, in all of the logs". What the user wrote
// in it is not escaped.
func ClaimInWords(r *claim.Result) string {
	how := strings.ReplaceAll(r.Relation, "_", " ")
	var figures []string
	for _, f := range r.Figures {
		figures = append(figures, how+" "+figureWords(f.Quantity, f.N))
	}
	words := figures[0]
	if n := len(figures); n > 1 {
		words = strings.Join(figures[:n-1], ", ") + " and " + figures[n-1]
	}
	words += map[string]string{"whole": ", recordings taken whole", "any_bytes": ", recordings taken at least in part", "requested": ", recordings asked for, whatever the answer"}[r.Measure]
	words += map[string]string{"ip": "", "ip+agent": ", a client being an address with a user agent", "prefix": ", a client being an address, or the /64 of an IPv6 one", "asn": ", a client being a network (AS)"}[r.Unit]
	if r.Population == "unlabelled" {
		words += ", without the clients that were given a label"
	}
	if r.Period != nil {
		words += ", from " + r.Period.From + " until just before " + r.Period.To
	}
	if r.Subject != "" {
		words += ", a subject being a value of " + r.Subject
	}
	return words
}

func figureWords(quantity string, n int64) string {
	if n == 1 {
		return "1 " + strings.TrimSuffix(quantity, "s")
	}
	return group(n) + " " + quantity
}

func claimFigures(r *claim.Result) []block {
	t := table{head: []column{
		{title: "Standard"}, {title: "Figure"}, {title: "Claimed", number: true}, {title: "At least", number: true}, {title: "At most", number: true}, {title: "Verdict"}, {title: "Why"},
	}}
	for _, v := range r.Verdicts {
		for _, f := range v.Figures {
			most := own("not known")
			if f.Upper != nil {
				most = number(*f.Upper)
			}
			t.rows = append(t.rows, []text{own(v.Standard), own(f.Quantity), number(f.N), number(f.Lower), most, own(f.Outcome), foreign(f.Reason)})
		}
	}
	out := []block{
		paragraph{own("At least: what the logs show at that standard; probable: graded likely or better, proven: graded complete. At most: with all that may have been whole, and with those who showed that they held a copy before.")},
		t,
	}
	if len(r.Proxies) > 0 {
		out = append(out, paragraph{foreign("These clients came with several addresses for which they were forwarded, so each is a proxy or a CDN, and stands for an unknown number of clients: " + strings.Join(firstOf(r.Proxies), ", ") + ".")})
	}
	if len(r.Notes) > 0 {
		out = append(out, list{foreigns(r.Notes)})
	}
	return out
}

// shownItems is how many of a list are shown on paper and on a terminal.
const shownItems = 10

// shownNames is how many clients that would have to be left out are named.
const shownNames = 40

func firstOf(names []string) []string { return first(names, shownItems) }

func first(names []string, n int) []string {
	if len(names) <= n {
		return names
	}
	return append(append([]string(nil), names[:n]...), fmt.Sprintf("and %s more", group(int64(len(names)-n))))
}

func claimExamples(r *claim.Result) []block {
	var out []block
	for _, f := range r.Examples {
		n := int64(len(f.Items)) + f.Left
		shown := f.Items[:min(len(f.Items), shownItems)]
		t := table{head: []column{{title: "Recording"}, {title: "Client"}, {title: "Grade"}, {title: "Basis", spare: 1}, {title: "First line"}}}
		for _, x := range shown {
			t.rows = append(t.rows, []text{foreign(x.Recording), foreign(x.Client), own(x.Completeness), own(x.Basis), foreign(fmt.Sprintf("%s:%d", x.Path, x.Line))})
		}
		head := fmt.Sprintf("More than %s, at the standard %s; the surest %s first", figureWords(f.Quantity, f.N), f.Standard, plural(n, "download", "downloads"))
		if n > shownItems {
			head = fmt.Sprintf("More than %s, at the standard %s; the surest %d of the %s that are enough to show it (--format json has more)", figureWords(f.Quantity, f.N), f.Standard, len(shown), group(n))
		}
		out = append(out, paragraph{own(head + ":")}, t)
	}
	return append(out, paragraph{own("'recount trace' shows the lines of each and what they prove.")})
}

func claimExclusions(r *claim.Result) []block {
	var out []block
	for i, x := range r.Exclusions {
		out = append(out, paragraph{foreign(exclusionSentence(&x))})
		switch {
		case x.N == 0:
		case i > 0 && slices.Equal(x.Clients, r.Exclusions[i-1].Clients):
			out = append(out, paragraph{own("These are the same clients.")})
		case len(x.Kept) > 0:
			out = append(out, paragraph{foreign("Left out: " + strings.Join(first(x.Clients, shownNames), ", ") + ". What stays: " + strings.Join(x.Kept, ", ") + ".")})
		default:
			out = append(out, paragraph{foreign("Left out: " + strings.Join(first(x.Clients, shownNames), ", ") + ".")})
		}
	}
	return append(out, paragraph{own("This says what somebody would have to leave out of the count. It does not say that leaving it out is right. The sizes of recordings are still taken from all requests: without the lines of these clients they may be others, and so may the grades.")})
}

// exclusionSentence says at which standard, and under which condition.
func exclusionSentence(x *claim.Excluded) string {
	return "At the standard " + x.Standard + ": " + x.Words + "."
}

func claimAlone(r *claim.Result) []block {
	switch {
	case r.AloneCount == 0:
		return []block{paragraph{own("No request counts, so there are none.")}}
	case len(r.Alone) == 0:
		return []block{paragraph{own(fmt.Sprintf("None, of %s (sources, labels and days by UTC) that were counted each on its own, and of no network alone or left out.", plural(r.AloneCount, "part", "parts")))}}
	}
	var items []text
	for _, a := range r.Alone[:min(len(r.Alone), shownItems)] {
		var figures []string
		for _, f := range a.Figures {
			figures = append(figures, figureWords(f.Quantity, f.N))
		}
		items = append(items, foreign(fmt.Sprintf(aloneWords(&a), a.Kind, a.Name, a.Rule, strings.Join(figures, ", "))))
	}
	if more := len(r.Alone) - shownItems; more > 0 {
		items = append(items, own(fmt.Sprintf("and %s more", group(int64(more)))))
	}
	return []block{list{items}}
}

func aloneWords(a *claim.Alone) string {
	if a.Without {
		return "without the %s %s, by the rule %s: %s"
	}
	return "for the %s %s alone, by the rule %s: %s"
}

// claimMatrix leaves out what says the same again: a unit that counts all rules
// as the addresses do, and unlabelled clients where none is labelled.
func claimMatrix(r *claim.Result) []block {
	t := table{head: []column{{title: "Population"}, {title: "Unit"}, {title: "Rule"}, {title: "Recordings", number: true}, {title: "Clients", number: true}, {title: "Pairs", number: true, spare: 1}, {title: "As claimed"}}}
	cells := map[string][]claim.Cell{}
	var keys []string
	for _, c := range r.Matrix {
		key := c.Population + " " + c.Unit
		if cells[key] == nil {
			keys = append(keys, key)
		}
		cells[key] = append(cells[key], c)
	}
	var same []string
	labelled := false
	for _, unit := range []string{"ip", "ip+agent", "prefix", "asn"} {
		labelled = labelled || sameCells(cells, []string{"all " + unit}, "unlabelled "+unit) == ""
	}
	if !labelled {
		keys = keys[:len(keys)/2]
		same = append(same, "without labelled clients everything counts the same")
	}
	for i, key := range keys {
		if like := sameCells(cells, keys[:i], key); like != "" {
			same = append(same, fmt.Sprintf("%s counts as %s", key, like))
			continue
		}
		for _, c := range cells[key] {
			as := ""
			if c.Matches {
				as = "yes"
			}
			t.rows = append(t.rows, []text{own(c.Population), own(c.Unit), own(c.Rule), number(c.Recordings), number(c.Clients), number(c.Pairs), own(as)})
		}
	}
	out := []block{
		paragraph{own("One row is one rule; each rule holds what the ones below it hold. Requests of one unit are graded together. As claimed: exactly the claim's figures.")},
		t,
	}
	if len(same) > 0 {
		out = append(out, paragraph{own("Left out, as the numbers are the same: " + strings.Join(same, "; ") + ".")})
	}
	return out
}

// sameCells names the first of keys whose numbers are those of key.
func sameCells(cells map[string][]claim.Cell, keys []string, key string) string {
	for _, k := range keys {
		same := true
		for i, c := range cells[key] {
			o := cells[k][i]
			same = same && o.Recordings == c.Recordings && o.Clients == c.Clients && o.Pairs == c.Pairs && o.Requests == c.Requests
		}
		if same {
			return k
		}
	}
	return ""
}

func claimProfiles(r *claim.Result) []block {
	t := table{head: []column{{title: "Profile"}, {title: "Downloads", number: true}, {title: "Recordings", number: true}, {title: "Clients", number: true}, {title: "When it counts a repeat"}}}
	for _, p := range r.Profiles {
		t.rows = append(t.rows, []text{own(p.Profile), number(p.Downloads), number(p.Recordings), number(p.Clients), own(p.Window)})
	}
	return []block{paragraph{own("Made for audiences, they leave out what a leak must count, and decide nothing here. 'recount help rules' says what each counts.")}, t}
}

func claimAssumptions(r *claim.Result) []block {
	if len(r.Assumptions) == 0 {
		return []block{paragraph{own("On no assumption that could be left out.")}}
	}
	t := table{head: []column{{title: "Assumption"}, {title: "Taken as"}, {title: "By"}, {title: "Without it"}, {title: "Probable"}, {title: "Proven"}, {title: "Changes"}}}
	changes := 0
	for _, a := range r.Assumptions {
		as := "no"
		if a.Changes {
			as = "yes"
			changes++
		}
		t.rows = append(t.rows, []text{foreign(a.What), foreign(a.Value), own(a.By), own(a.Without), own(a.Probable), own(a.Proven), own(as)})
	}
	words := "The verdict is the same without any one of them."
	switch {
	case changes == 1:
		words = "The verdict changes without one of them."
	case changes > 1:
		words = fmt.Sprintf("The verdict changes without %d of them, each alone.", changes)
	}
	return []block{paragraph{own("Each was left out alone, and everything graded again. " + words)}, t,
		paragraph{own("A case was made on some more, such as what a recording is and which lines are second copies. They cannot be left out of it; its summary lists them.")}}
}

func claimCoverage(r *claim.Result) []block {
	out := []block{paragraph{own("Coverage: " + r.Coverage.State + ".")}}
	if len(r.Coverage.Why) > 0 {
		out = append(out, list{foreigns(r.Coverage.Why)})
	}
	return out
}
