package claim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/logrecount/recount/pkg/coverage"
)

// Around is what a claim's verdict needs beside the requests.
type Around struct {
	// Coverage says how far the logs cover a period; without one, the period
	// that was stated for the case.
	Coverage func(coverage.Period) (coverage.State, []string)
	// Unexplained is the same if what the user said of gaps is not believed; nil:
	// the user said nothing.
	Unexplained func(coverage.Period) (coverage.State, []string)
	// Standard is the one that the paragraph speaks of.
	Standard Standard
	// Account has what a paragraph says of the case: all but the claim, what
	// became of it, and the coverage.
	Account Account
}

// Rule is what one rule counts.
type Rule struct{ Requests, Pairs, Recordings, Clients int64 }

// Counts is what each rule counts of all requests, by address, for all clients.
// It must be what the case says.
func (c *Counter) Counts() map[string]Rule {
	out := map[string]Rule{}
	t := c.tallies[0]
	for i, name := range RuleNames {
		out[name] = Rule{t.requests.having(ruleMasks[i]), t.pairs.having(ruleMasks[i]), t.recordings.having(ruleMasks[i]), t.clients.count(ruleMasks[i])}
	}
	return out
}

// Results gives the verdicts, once all recordings were counted.
func (c *Counter) Results(a Around) []*Result {
	for _, p := range c.profilers {
		p.end()
	}
	agents := c.agentNames()
	var out []*Result
	for i := range c.claims {
		e := &evaluation{Counter: c, planned: &c.claims[i], based: c.bases[i], agents: agents}
		out = append(out, e.result(a))
	}
	return out
}

// evaluation is the judging of one claim.
type evaluation struct {
	*Counter
	*planned
	based   *based
	agents  map[int32]string
	state   coverage.State
	why     []string
	proxies []string
}

func (e *evaluation) result(a Around) *Result {
	c := &e.claim
	r := &Result{
		ID: c.ID, Text: c.Text, Source: c.Source, Date: c.Date,
		Relation: c.Relation.String(), Measure: c.Measure.String(), Unit: c.Unit.String(), Population: c.Population.String(),
		Subject: c.Subject, Duration: c.Duration, Notes: []string{}, Examples: []FigureExample{}, Profiles: []ProfileCount{},
	}
	for _, f := range c.Figures {
		r.Figures = append(r.Figures, Stated{f.Quantity.String(), f.N})
	}
	if c.From != 0 || c.To != 0 {
		r.Period = &Times{stamp(c.From), stamp(c.To)}
	}
	e.cover(a)
	r.Coverage = Coverage{e.state.String(), e.why}
	e.proxies = e.throughProxies()
	r.Proxies = e.proxies
	for s := range standardNames {
		r.Verdicts = append(r.Verdicts, e.verdict(e.view, Standard(s), e.state == coverage.Full))
	}
	r.Matrix = e.matrix()
	r.Examples = e.counterExamples(r.Verdicts)
	r.Exclusions = e.exclusions(r.Verdicts)
	r.Alone = e.alone()
	r.AloneCount = int64(len(e.based.alone))
	r.Assumptions = e.assumed(r.Verdicts, a)
	r.Notes = e.notes(a)
	r.Profiles = slices.Clone(e.profilers[e.audience].sums)
	r.Paragraph = Paragraph(e.account(a))
	return r
}

// cover finds out how far the logs cover the period.
func (e *evaluation) cover(a Around) {
	e.state, e.why = a.Coverage(coverage.Period{From: e.claim.From, To: e.claim.To})
	if n := e.timeless[e.at[e.view]]; n > 0 && e.state == coverage.Full {
		e.state = coverage.Partial
		e.why = append(slices.Clone(e.why), fmt.Sprintf("%d requests have no time, so they count in no period", n))
	}
	if e.why == nil {
		e.why = []string{}
	}
}

// verdict judges the claim under a view.
func (e *evaluation) verdict(v View, s Standard, full bool) Verdict {
	t := e.tallies[e.at[v]]
	j := e.judge(t, s, full)
	out := Verdict{Standard: s.String(), Outcome: j.Outcome.String()}
	for _, f := range j.Findings {
		fv := FigureVerdict{Quantity: f.Figure.Quantity.String(), N: f.Figure.N, Lower: f.Bounds.Lower, Outcome: f.Outcome.String(), Reason: f.Reason}
		if f.Bounds.Upper != Unbounded {
			fv.Upper = &f.Bounds.Upper
		}
		out.Figures = append(out.Figures, fv)
	}
	return out
}

func (e *evaluation) judge(t *tally, s Standard, full bool) Judgement {
	var all []Bounds
	for _, f := range e.claim.Figures {
		all = append(all, t.bounds(f.Quantity, e.claim.Measure, s, e.planned.attribute(f.Quantity)))
	}
	return Decide(&e.claim, s, all, full, len(e.proxies) > 0)
}

// account is what the paragraph is made of: the verdict at the standard that
// decides.
func (e *evaluation) account(a Around) *Account {
	account := a.Account
	account.Claim = &e.claim
	account.Judgement = e.judge(e.tallies[e.at[e.view]], a.Standard, e.state == coverage.Full)
	account.Coverage, account.Why = e.state, e.why
	if e.claim.From != 0 || e.claim.To != 0 {
		account.Exposure = coverage.Period{From: e.claim.From, To: e.claim.To}
	}
	if e.claim.Population == Unlabelled {
		for _, label := range e.units.label {
			if label >= 0 {
				account.Labelled++
			}
		}
	}
	return &account
}

// matrix counts by rule, unit and population.
func (e *evaluation) matrix() []Cell {
	out := []Cell{}
	for population := range populationNames {
		for unit := range unitNames {
			v := View{Unit: Unit(unit), Population: Population(population), From: e.claim.From, To: e.claim.To}
			t := e.tallies[e.at[v]]
			for i, name := range RuleNames {
				m := ruleMasks[i]
				out = append(out, Cell{
					Rule: name, Unit: unitNames[unit], Population: populationNames[population],
					Recordings: t.recordings.having(m), Clients: t.clients.count(m), Pairs: t.pairs.having(m), Requests: t.requests.having(m),
					Matches: e.equals(t, m),
				})
			}
		}
	}
	return out
}

// equals says whether a count is exactly what the claim says.
func (e *evaluation) equals(t *tally, m mask) bool {
	for _, f := range e.claim.Figures {
		if n, _ := t.count(f.Quantity, m, e.planned.attribute(f.Quantity)); n != f.N {
			return false
		}
	}
	return true
}

// counterExamples gives, for each figure of which too many are shown, the surest.
func (e *evaluation) counterExamples(verdicts []Verdict) []FigureExample {
	out := []FigureExample{}
	for i, x := range e.based.examples {
		f := x.figure
		standard := ""
		for _, v := range verdicts { // the proven one comes last
			if v.Figures[i].Lower > f.N {
				standard = v.Standard
			}
		}
		if standard == "" {
			continue
		}
		items, left := x.surest()
		for k := range items {
			items[k].Path = e.source(items[k].Source).Path
		}
		out = append(out, FigureExample{Quantity: f.Quantity.String(), N: f.N, Standard: standard, Items: items, Left: left})
	}
	return out
}

// throughProxies names the clients that count and stand for several.
func (e *evaluation) throughProxies() []string {
	out := []string{}
	_, upper := bounds(e.claim.Measure, Probable)
	counted := map[int32]bool{}
	for id, f := range e.forwarded {
		if f.several {
			counted[id] = false
		}
	}
	if len(counted) == 0 {
		return out
	}
	own := View{From: e.claim.From, To: e.claim.To, Population: e.claim.Population}
	clients := &e.tallies[e.at[own]].clients
	for id := range counted {
		if clients.of(id)&upper != 0 {
			out = append(out, e.basis.Clients[id].Name)
		}
	}
	slices.Sort(out)
	return out
}

// alone lists the parts of the logs of which the claim is exactly right.
func (e *evaluation) alone() []Alone {
	out := []Alone{}
	keys := slices.SortedFunc(maps.Keys(e.based.alone), func(a, b alone) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.n, b.n)) })
	for _, k := range keys {
		t := e.based.alone[k]
		for i := len(RuleNames) - 1; i >= 0; i-- {
			if !e.equals(t, ruleMasks[i]) || e.nothing() {
				continue
			}
			a := Alone{Rule: RuleNames[i]}
			a.Kind, a.Name = e.partName(k)
			for _, f := range e.claim.Figures {
				a.Figures = append(a.Figures, Stated{f.Quantity.String(), f.N})
			}
			out = append(out, a)
		}
	}
	return append(out, e.networksAlone()...)
}

// nothing says whether the claim says that there was nothing: that is true of
// very many days.
func (e *evaluation) nothing() bool {
	return !slices.ContainsFunc(e.claim.Figures, func(f Figure) bool { return f.N > 0 })
}

func (e *evaluation) partName(a alone) (kind, name string) {
	switch a.kind {
	case partSource:
		return "source", e.source(int32(a.n)).Path
	case partLabel:
		return "label", e.units.labels[a.n]
	}
	return "day", time.UnixMicro(a.n * dayUS).UTC().Format(time.DateOnly)
}

// assumed judges the claim again without each assumption.
func (e *evaluation) assumed(verdicts []Verdict, a Around) []Assumed {
	out := []Assumed{}
	for _, w := range e.without {
		if w.kind == WithoutRepeated && e.repeated == 0 || w.kind == WithoutSite && e.hosts == 0 {
			continue // it is made of no recording
		}
		x := Assumed{What: w.what, Value: w.value, By: w.by, Without: w.without}
		for _, v := range w.views {
			for s := range standardNames {
				again := e.verdict(v, Standard(s), e.state == coverage.Full && !w.kind.ofTime())
				if to := x.outcome(Standard(s)); *to == "" || again.Outcome != verdicts[s].Outcome {
					*to = again.Outcome
				}
				x.Changes = x.Changes || again.Outcome != verdicts[s].Outcome
			}
		}
		out = append(out, x)
	}
	for _, x := range e.coverageAssumed(a) {
		for s := range standardNames {
			again := e.verdict(e.view, Standard(s), false)
			*x.outcome(Standard(s)) = again.Outcome
			x.Changes = x.Changes || again.Outcome != verdicts[s].Outcome
		}
		out = append(out, x)
	}
	return out
}

// coverageAssumed lists what the coverage rests on: without any of it, it is not
// full. A period of the claim's own is a part of the claim.
func (e *evaluation) coverageAssumed(a Around) []Assumed {
	var out []Assumed
	full := e.state == coverage.Full
	if e.claim.From == 0 && e.claim.To == 0 && (full || a.Account.Exposure.Given()) {
		value := "as stated"
		if p := a.Account.Exposure; p.Given() {
			value = stamp(p.From) + " to " + stamp(p.To)
		}
		out = append(out, Assumed{What: "exposure period", Value: value, By: "user", Without: "it is not known when the recordings lay open"})
	}
	if full && a.Unexplained != nil {
		if state, _ := a.Unexplained(coverage.Period{From: e.claim.From, To: e.claim.To}); state != coverage.Full {
			out = append(out, Assumed{What: "outages", Value: "as explained", By: "user", Without: "it is not known why the logs are silent then"})
		}
	}
	if full || a.Account.DeclaredBy != "" {
		value := "these are all the logs"
		if by := a.Account.DeclaredBy; by != "" {
			value += ": " + by + ", " + a.Account.DeclaredOn
		}
		out = append(out, Assumed{What: "declaration", Value: value, By: "user", Without: "there may be other logs and other ways"})
	}
	return out
}

func (a *Assumed) outcome(s Standard) *string {
	if s == Proven {
		return &a.Proven
	}
	return &a.Probable
}

// notes says what a reader of the figures must know beside them.
func (e *evaluation) notes(a Around) []string {
	out := []string{}
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if n := e.timeless[e.at[e.view]]; n > 0 {
		add("%d requests have no time; they count in no period", n)
	}
	own, first, last := e.claim.From != 0 || e.claim.To != 0, a.Account.First, a.Account.Last
	switch p := a.Account.Exposure; {
	case first == 0 && last == 0:
	case own && (last < e.claim.From || first >= e.claim.To):
		add("no line of these logs lies in the period of the claim: they are from %s to %s", stamp(first), stamp(last))
	case !own && p.Given() && (last < p.From || first >= p.To):
		add("no line of these logs lies in the stated exposure period, %s to %s; the claim names no period, so all requests count", stamp(p.From), stamp(p.To))
	case !own && p.Given() && (first < p.From || last >= p.To):
		add("the claim names no period, so requests before and after the stated exposure period count, too")
	}
	if e.claim.Population == Unlabelled && len(e.units.labels) == 0 {
		add("no client has a label, so clients without one are all clients")
	}
	if e.based.allDays {
		add("the logs have lines of more than %d days; days were not counted alone", mostDays)
	}
	if e.claim.Unit == UnitASN && !slices.ContainsFunc(e.basis.Clients, func(c Client) bool { return c.ASN > 0 }) {
		add("no network (AS) of any client is known, so prefixes were counted")
	}
	for _, f := range e.claim.Figures {
		_, upper := bounds(e.claim.Measure, Probable)
		_, without := e.tallies[e.at[e.view]].count(f.Quantity, upper, e.planned.attribute(f.Quantity))
		if without == 0 {
			continue
		}
		if f.Quantity == Hours {
			add("the length of %d recordings that may have been taken is not known (%s); the hours have no upper bound", without, e.claim.Duration)
		} else {
			add("%d recordings that may have been taken have no %s; each may be of a subject of its own", without, e.claim.Subject)
		}
	}
	if e.claim.Measure == Whole && slices.ContainsFunc(e.claim.Figures, func(f Figure) bool { return f.Quantity == Requests }) {
		add("requests are all those of the pairs that count, whatever became of each")
	}
	return out
}

// agentNames gives the names of clients with their user agents by their number,
// if a claim counts those.
func (p *Plan) agentNames() map[int32]string {
	if !slices.ContainsFunc(p.claims, func(c planned) bool { return c.claim.Unit == UnitIPAgent }) {
		return nil
	}
	texts := make([]string, len(p.units.agents))
	for text, a := range p.units.agents {
		texts[a.n] = text
	}
	out := make(map[int32]string, len(p.units.withAgent))
	for key, n := range p.units.withAgent {
		name := p.basis.Clients[key.client].Name
		if key.agent >= 0 {
			name += " with " + texts[key.agent]
		}
		out[n] = name
	}
	return out
}

// unitNames names who counts as one client.
func (e *evaluation) unitNames() func(n int32) string {
	var of []int32
	switch e.claim.Unit {
	case UnitIP:
		return func(n int32) string { return e.basis.Clients[n].Name }
	case UnitIPAgent:
		return func(n int32) string { return e.agents[n] }
	case UnitPrefix:
		of = e.units.prefix
	case UnitASN:
		of = e.units.asn
	}
	first := map[int32]*Client{}
	for i, n := range of {
		if first[n] == nil {
			first[n] = &e.basis.Clients[i]
		}
	}
	return func(n int32) string {
		c := first[n]
		if e.claim.Unit == UnitASN && c.ASN > 0 {
			return fmt.Sprintf("AS%d", c.ASN)
		}
		return cmp.Or(c.Prefix, c.Name)
	}
}

// stamp writes a time in UTC.
func stamp(t int64) string {
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

func joined(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), ", ")
}
