package claim

import (
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
)

// Plan says under which views the requests of a case are counted, so that all
// claims are answered in one walk over them.
type Plan struct {
	basis      Basis
	units      *units
	attributes Attributes
	sources    map[int32]*Source
	groups     []meaningGroup
	views      []View
	at         map[View]int
	audiences  []View // of which only population and period are set: what profiles count
	claims     []planned
}

// planned is a claim and its views.
type planned struct {
	claim    Claim
	view     View
	without  []assumption // that can be left out while requests are graded
	subject  int          // place in Attributes, or -1
	duration int
	audience int // place in audiences
}

// attribute is the place of the attribute that a quantity is of.
func (p *planned) attribute(q Quantity) int {
	switch q {
	case Subjects:
		return p.subject
	case Hours:
		return p.duration
	}
	return -1
}

// meaningGroup is sources whose bytes meaning is doubted together.
type meaningGroup struct {
	what, value, by string
	sources         map[int32]bool
}

// alike is up to how many sources are doubted one by one. More are doubted
// together with those that have the same meaning on the same ground.
const alike = 12

// NewPlan plans for claims. Their attributes must be among those of the case.
func NewPlan(claims []Claim, b Basis) *Plan {
	p := &Plan{basis: b, units: newUnits(b.Clients), sources: map[int32]*Source{}, at: map[View]int{}}
	for i := range b.Sources {
		p.sources[b.Sources[i].ID] = &b.Sources[i]
	}
	p.groupMeanings()
	p.add(View{})
	for _, c := range claims {
		p.plan(c)
	}
	return p
}

// plan adds the views of one claim.
func (p *Plan) plan(c Claim) {
	pl := planned{claim: c, view: View{Unit: c.Unit, Population: c.Population, From: c.From, To: c.To}, subject: -1, duration: -1}
	for _, f := range c.Figures {
		switch f.Quantity {
		case Subjects:
			pl.subject = p.attribute(c.Subject, false)
		case Hours:
			pl.duration = p.attribute(c.Duration, true)
		}
	}
	for _, population := range []Population{All, Unlabelled} {
		for unit := range unitNames {
			p.add(View{Unit: Unit(unit), Population: population, From: c.From, To: c.To})
		}
	}
	pl.without = p.assumptions(&pl)
	for _, a := range pl.without {
		for _, v := range a.views {
			p.add(v)
		}
	}
	audience := View{Population: c.Population, From: c.From, To: c.To}
	if pl.audience = slices.Index(p.audiences, audience); pl.audience < 0 {
		pl.audience = len(p.audiences)
		p.audiences = append(p.audiences, audience)
	}
	p.claims = append(p.claims, pl)
}

func (p *Plan) add(v View) {
	if _, known := p.at[v]; !known {
		p.at[v] = len(p.views)
		p.views = append(p.views, v)
	}
}

func (p *Plan) attribute(name string, duration bool) int {
	for i, n := range p.attributes.Names {
		if n == name && p.attributes.Duration[i] == duration {
			return i
		}
	}
	p.attributes.Names = append(p.attributes.Names, name)
	p.attributes.Duration = append(p.attributes.Duration, duration)
	return len(p.attributes.Names) - 1
}

// Attributes are those whose values Counter.Add needs, in this order.
func (p *Plan) Attributes() Attributes { return p.attributes }

// groupMeanings finds the sources whose bytes meaning is taken for true: by the
// user, by inference or, as nobody proves that a log is of its format, by that.
func (p *Plan) groupMeanings() {
	var open []*Source
	for i := range p.basis.Sources {
		s := &p.basis.Sources[i]
		if s.MeaningBy != "" && s.Meaning != accesslog.MeaningUnknown.String() {
			open = append(open, s)
		}
	}
	for _, s := range open {
		if len(open) <= alike {
			p.groups = append(p.groups, meaningGroup{"bytes meaning of " + s.Path, s.Meaning, s.MeaningBy, map[int32]bool{s.ID: true}})
			continue
		}
		i := slices.IndexFunc(p.groups, func(g meaningGroup) bool { return g.value == s.Meaning && g.by == s.MeaningBy })
		if i < 0 {
			i = len(p.groups)
			p.groups = append(p.groups, meaningGroup{"", s.Meaning, s.MeaningBy, map[int32]bool{}})
		}
		p.groups[i].sources[s.ID] = true
		p.groups[i].what = fmt.Sprintf("bytes meaning of %d sources", len(p.groups[i].sources))
	}
}

func (p *Plan) doubts(group int, source int32) bool { return p.groups[group].sources[source] }

// source gives a source of the case; one that it does not name has no
// properties.
func (p *Plan) source(id int32) *Source {
	if s := p.sources[id]; s != nil {
		return s
	}
	return &Source{ID: id}
}

// assumption is one that a claim rests on, and the views that do not make it;
// a verdict changes if it does under one of them.
type assumption struct {
	what, value, by, without string
	views                    []View
	kind                     Kind
}

// assumptions lists what can be left out of a claim.
func (p *Plan) assumptions(pl *planned) []assumption {
	var out []assumption
	add := func(what, value, by, without string, ws ...Without) {
		a := assumption{what: what, value: value, by: by, without: without, kind: ws[0].Kind}
		for _, w := range ws {
			v := pl.view
			v.Without = w
			a.views = append(a.views, v)
		}
		out = append(out, a)
	}
	for i, g := range p.groups {
		add(g.what, g.value, g.by, "what the size field counts is not known", Without{WithoutMeaning, i})
	}
	if p.basis.Inventory {
		add("sizes of recordings", "as in the inventory", "user", "sizes are taken from the log alone", Without{Kind: WithoutInventory})
	}
	add("sizes of recordings", "what several clients got and nobody exceeded", "inferred", "such sizes are not known", Without{Kind: WithoutRepeated})
	if len(p.basis.Headers) > 0 {
		add("lengths of response headers", "as learned from full responses", "inferred", "how long headers are is not known", Without{Kind: WithoutHeaders})
	}
	if len(p.basis.Common) > 0 {
		add("sizes on very many recordings", "a log-in page or an error page", "inferred", "they count as recordings", Without{Kind: WithoutCommon})
	}
	add("hosts", "one site", "default", "the same path on another host is another recording", Without{Kind: WithoutSite})
	if pl.claim.Population == Unlabelled && len(p.units.labels) > 0 {
		v := pl.view
		v.Population = All
		out = append(out, assumption{"labels", fmt.Sprintf("%d", len(p.units.labels)), "user", "labelled clients count like all others", []View{v}, WithoutNothing})
	}
	zones, by, clocks := p.clocks()
	if zones != "" {
		add("time zone of times without one", zones, by, "they may be of any zone, from UTC+14 to UTC-12", Without{Kind: WithoutZoneEarly}, Without{Kind: WithoutZoneLate})
	}
	if clocks {
		add("clock offset", "as given", "user", "the clocks were right", Without{Kind: WithoutClock})
	}
	return out
}

// clocks says which zones were taken for times without one, on whose word, and
// whether times were corrected.
func (p *Plan) clocks() (zones, by string, corrected bool) {
	taken, by := map[string]bool{}, "default"
	for i := range p.basis.Sources {
		s := &p.basis.Sources[i]
		if s.Zone != "" {
			taken[s.Zone] = true
		}
		if s.ZoneBy == "user" {
			by = "user"
		}
		corrected = corrected || s.Clock != 0
	}
	return joined(taken), by, corrected
}

// ofTime says whether an assumption is one of times. Without it nobody knows
// whether the logs reach the ends of a period, or where their gaps lie, so
// coverage is not full.
func (k Kind) ofTime() bool { return k >= WithoutZoneEarly }
