package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/casefile"
)

// shownGroups is how many rotation groups and gaps are shown; the summary has
// them all.
const shownGroups = 20

// coverage says which time the logs cover: the span, the state and why, the
// groups, the gaps, the findings.
func coverage(c casefile.Coverage) []block {
	span := "No line has a time"
	if c.First != "" {
		span = fmt.Sprintf("The records span %s to %s", c.First, c.Last)
	}
	if c.Note != "" {
		span += " (" + strings.TrimSuffix(c.Note, ".") + ")"
	}
	out := []block{paragraph{foreign(span + ".")}}
	if e := c.Exposure; e != nil {
		out = append(out, paragraph{foreign(fmt.Sprintf("The stated exposure period is %s to %s. The logs cover %s of it.", e.From, e.To, coveredShare(e.CoveredS, e.Seconds)))})
	}
	switch {
	case len(c.Why) > 0:
		out = append(out, paragraph{foreign("Coverage of the period is " + c.State + ":")}, list{foreigns(c.Why)})
	case c.State != "":
		out = append(out, paragraph{foreign("Coverage of the period is " + c.State + ".")})
	}
	if d := c.Declaration; d != nil {
		out = append(out, paragraph{foreign(fmt.Sprintf("Declared by %s, %s: %s", d.By, d.Date, d.Text))})
	}
	out = append(out, groupTable(c)...)
	if c.State != "" {
		out = append(out, gapTable(c)...)
	}
	findings := slices.Clone(c.Findings)
	for _, g := range c.Groups {
		for _, f := range g.Findings {
			findings = append(findings, g.Group+": "+f)
		}
	}
	if len(findings) > 0 {
		out = append(out, paragraph{own("Findings:")}, list{foreigns(findings)})
	}
	return out
}

// coveredShare is a part of a whole in percent, never rounded to none or to all.
func coveredShare(part, whole int64) string {
	switch {
	case whole <= 0 || part <= 0:
		return "0 %"
	case part >= whole:
		return "100 %"
	}
	tenths := int64(float64(part) / float64(whole) * 1000) // rounded down: less than the whole is at most 99.9 %
	if tenths < 1 {
		return "less than 0.1 %"
	}
	tenths = min(tenths, 999)
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

func groupTable(c casefile.Coverage) []block {
	if len(c.Groups) == 0 {
		return nil
	}
	t := table{head: []column{{title: "Log"}, {title: "Sources", number: true}, {title: "Lines", number: true, spare: 1},
		{title: "First"}, {title: "Last"}, {title: "Longest silence", spare: 2}}}
	if c.Exposure != nil {
		t.head = append(t.head, column{title: "Covered", number: true})
	}
	for _, g := range c.Groups[:min(len(c.Groups), shownGroups)] {
		longest := "not known"
		if g.LongestSilenceS != nil {
			longest = silence(*g.LongestSilenceS)
		}
		row := []text{foreign(g.Group), number(g.Sources), number(g.Lines), foreign(g.First), foreign(g.Last), own(longest)}
		if e := c.Exposure; e != nil {
			covered := int64(0)
			if g.CoveredS != nil {
				covered = *g.CoveredS
			}
			row = append(row, own(coveredShare(covered, e.Seconds)))
		}
		t.rows = append(t.rows, row)
	}
	out := []block{paragraph{own("The sources of one log, by the path they share:")}, t}
	if more := len(c.Groups) - shownGroups; more > 0 {
		out = append(out, paragraph{own(fmt.Sprintf("And %d more; summary.json has them all.", more))})
	}
	return out
}

func gapTable(c casefile.Coverage) []block {
	gaps := c.Gaps
	switch {
	case len(gaps) == 0 && c.First == "":
		return nil // nothing is known of silences
	case len(gaps) == 0:
		return []block{paragraph{own("No silence is longer than the traffic around makes plausible.")}}
	}
	t := table{head: []column{{title: "Gap in"}, {title: "From"}, {title: "To"}, {title: "Plausible", spare: 1}, {title: "Why"}, {title: "Explained"}}}
	for _, g := range gaps[:min(len(gaps), shownGroups)] {
		where, plausible := foreign(g.Group), "not known"
		if g.Group == "" {
			where = own("all together")
		}
		if g.ExpectedS != nil {
			plausible = silence(*g.ExpectedS)
		}
		explained := own("no")
		if g.Explained != "" {
			explained = foreign(g.Explained)
		}
		t.rows = append(t.rows, []text{where, foreign(g.From), foreign(g.To), own(plausible), foreign(g.Why), explained})
	}
	out := []block{paragraph{own("Gaps: silences that the traffic around makes implausible, and parts of the stated period that nothing covers.")}, t}
	if more := len(gaps) - shownGroups; more > 0 {
		out = append(out, paragraph{own(fmt.Sprintf("And %d more; the table gaps has them all.", more))})
	}
	return out
}

// silence writes a number of seconds for people.
func silence(s int64) string {
	switch {
	case s < 120:
		return "under 2 min"
	case s < 2*3600:
		return fmt.Sprintf("%d min", s/60)
	case s < 3*86400:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d d %d h", s/86400, s%86400/3600)
}
