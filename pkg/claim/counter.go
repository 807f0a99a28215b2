package claim

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// Recording is one recording with all its requests. All is borrowed until Add
// returns.
type Recording struct {
	Index     int32             // place among all recordings of the case, from 0
	Requests  []request.Request // all, in the order of the requests table
	Inventory int64             // size by the inventory, or accesslog.None
	Values    []Value           // of Attributes
}

// Counter counts recordings, each under all views of a Plan. It is for one
// goroutine; several share a plan, and merge.
type Counter struct {
	*Plan
	tallies   []*tally    // by view
	timeless  []int64     // by view: requests that no period holds, as they have no time
	bases     []*based    // by claim
	profilers []*profiler // by audience of the plan
	forwarded forwarded
	repeated  int64 // recordings whose size only repeated
	hosts     int64 // recordings asked for on several hosts

	facts  facts
	sizer  download.Sizer // of the recording as it is
	other  download.Sizer // of the recording as a view sees it
	fold   *download.Fold
	bare   bool // the fold knows no headers
	memo   []grading
	spare  [][]graded
	ids    []int32
	sorted []int32
	order  []int32
	saved  []accesslog.Meaning
}

// graded results of one plain view, kept while the recording is at hand.
type grading struct {
	view  View
	pairs []graded
}

// Counter makes one more counter.
func (p *Plan) Counter() *Counter {
	c := &Counter{Plan: p, timeless: make([]int64, len(p.views)), forwarded: forwarded{}}
	for range p.views {
		c.tallies = append(c.tallies, newTally(len(p.attributes.Names)))
	}
	for i := range p.claims {
		c.bases = append(c.bases, newBased(&p.claims[i]))
	}
	for range p.audiences {
		c.profilers = append(c.profilers, newProfiler())
	}
	c.fold = download.NewFold(func(source int32) *download.Headers {
		if c.bare {
			return nil
		}
		return p.basis.Headers[source]
	})
	return c
}

// Add counts one recording.
func (c *Counter) Add(rec *Recording) error {
	if err := c.look(rec); err != nil {
		return err
	}
	if c.facts.sizing.Size.From == download.SizeRepeated {
		c.repeated++
	}
	if c.facts.hosts {
		c.hosts++
	}
	for i := range c.memo {
		c.spare = append(c.spare, c.memo[i].pairs[:0])
	}
	c.memo = c.memo[:0]
	for i, v := range c.views {
		if v.From != 0 || v.To != 0 {
			c.timeless[i] += c.facts.timeless
		}
		pairs := c.under(v, rec)
		if len(pairs) > 0 {
			c.tallies[i].add(pairs, func(p *graded) int32 { return c.unit(v.Unit, p.first, rec) }, rec.Values)
		}
	}
	for i, v := range c.audiences {
		c.profilers[i].add(c, rec, c.choose(v, rec))
	}
	for i := range c.claims {
		c.based(&c.claims[i], c.bases[i], rec)
	}
	return nil
}

// under gives the graded pairs of a recording under a view.
func (c *Counter) under(v View, rec *Recording) []graded {
	v, none := c.plain(v, rec)
	if none {
		return nil
	}
	for i := range c.memo {
		if c.memo[i].view == v {
			return c.memo[i].pairs
		}
	}
	var pairs []graded
	if n := len(c.spare); n > 0 {
		pairs, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	pairs = c.grade(pairs, v, rec)
	c.memo = append(c.memo, grading{v, pairs})
	return pairs
}

// grade grades the requests that a view chooses.
func (c *Counter) grade(pairs []graded, v View, rec *Recording) []graded {
	if v.Without.Kind == WithoutMeaning {
		defer c.doubt(v.Without.Group, rec)()
	}
	c.bare = v.Without.Kind == WithoutHeaders
	c.fold.Common = c.basis.Common
	if v.Without.Kind == WithoutCommon {
		c.fold.Common = nil
	}
	if v.Without.Kind == WithoutSite {
		return c.gradeSites(pairs, v, rec)
	}
	return c.gradeChosen(pairs, c.choose(v, rec), v.Unit, c.sizingOf(v.Without.Kind, rec), rec, 0)
}

// sizingOf is what is known of the size, from all requests for the recording.
func (c *Counter) sizingOf(k Kind, rec *Recording) download.Sizing {
	inventory := rec.Inventory
	switch k {
	case WithoutMeaning:
	case WithoutInventory:
		inventory = accesslog.None
	case WithoutRepeated:
		sizing := c.facts.sizing
		if sizing.Size.From == download.SizeRepeated {
			sizing.Size = download.Size{Bytes: accesslog.None}
		}
		return sizing
	default:
		return c.facts.sizing
	}
	c.other.Reset()
	for i := range rec.Requests {
		c.other.Add(&rec.Requests[i])
	}
	return c.other.Sizing(inventory)
}

// doubt makes the size fields of some sources mean nothing, and gives what
// undoes that.
func (c *Counter) doubt(group int, rec *Recording) (undo func()) {
	c.saved = c.saved[:0]
	for i := range rec.Requests {
		r := &rec.Requests[i]
		c.saved = append(c.saved, r.Meaning)
		if c.doubts(group, r.Source) {
			r.Meaning = accesslog.MeaningUnknown
		}
	}
	return func() {
		for i := range rec.Requests {
			rec.Requests[i].Meaning = c.saved[i]
		}
	}
}

// gradeSites grades the recording as one of each host.
func (c *Counter) gradeSites(pairs []graded, v View, rec *Recording) []graded {
	var hosts [][]byte
	at := func(r *request.Request) int {
		return slices.IndexFunc(hosts, func(h []byte) bool { return sameText(h, r.Host) })
	}
	for i := range rec.Requests {
		if r := &rec.Requests[i]; at(r) < 0 {
			hosts = append(hosts, r.Host)
		}
	}
	chosen := slices.Clone(c.choose(v, rec))
	var here []int32
	for site := range hosts {
		c.other.Reset()
		for i := range rec.Requests {
			if at(&rec.Requests[i]) == site {
				c.other.Add(&rec.Requests[i])
			}
		}
		here = here[:0]
		for _, i := range chosen {
			if at(&rec.Requests[i]) == site {
				here = append(here, i)
			}
		}
		pairs = c.gradeChosen(pairs, here, v.Unit, c.other.Sizing(rec.Inventory), rec, int32(site))
	}
	return pairs
}

// choose gives the requests that a view counts, in their order.
func (c *Counter) choose(v View, rec *Recording) []int32 {
	c.order = c.order[:0]
	period := v.From != 0 || v.To != 0
	for i := range rec.Requests {
		if v.Population == Unlabelled && c.units.label[c.facts.clients[i]] >= 0 {
			continue
		}
		if period {
			if t := c.timeOf(&rec.Requests[i], v.Without.Kind); t == accesslog.NoTime || t < v.From || t >= v.To {
				continue
			}
		}
		c.order = append(c.order, int32(i))
	}
	return c.order
}

// gradeChosen puts the requests of each unit together and grades them. It sorts
// chosen.
func (c *Counter) gradeChosen(pairs []graded, chosen []int32, unit Unit, sizing download.Sizing, rec *Recording, site int32) []graded {
	if unit != UnitIP {
		slices.SortStableFunc(chosen, func(a, b int32) int {
			x, y := &rec.Requests[a], &rec.Requests[b]
			return cmp.Or(cmp.Compare(c.unit(unit, a, rec), c.unit(unit, b, rec)),
				cmp.Compare(x.Time(), y.Time()), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Line, y.Line))
		})
	}
	for len(chosen) > 0 {
		first := chosen[0]
		id := c.unit(unit, first, rec)
		c.fold.Begin(rec.Requests[first].Recording, rec.Requests[first].Client, sizing)
		n := 0
		for n < len(chosen) && c.unit(unit, chosen[n], rec) == id {
			c.fold.Add(&rec.Requests[chosen[n]])
			n++
		}
		d := c.fold.End()
		pairs = append(pairs, graded{first: first, site: site, mask: maskOf(&d), grade: d.Grade, basis: d.Basis, requests: d.Requests})
		chosen = chosen[n:]
	}
	return pairs
}

// unit numbers who sent a request.
func (c *Counter) unit(u Unit, i int32, rec *Recording) int32 {
	client := c.facts.clients[i]
	switch u {
	case UnitPrefix:
		return c.units.prefix[client]
	case UnitASN:
		return c.units.asn[client]
	case UnitIPAgent:
		for k := len(c.facts.agents); k < len(rec.Requests); k++ {
			r := &rec.Requests[k]
			if k > 0 && c.facts.clients[k] == c.facts.clients[k-1] && sameText(r.Agent, rec.Requests[k-1].Agent) {
				c.facts.agents = append(c.facts.agents, c.facts.agents[k-1])
				continue
			}
			c.facts.agents = append(c.facts.agents, c.units.agent(c.facts.clients[k], r.Agent))
		}
		return c.facts.agents[i]
	}
	return client
}

// Merge adds what another counter of the same plan counted.
func (c *Counter) Merge(o *Counter) {
	for i := range c.tallies {
		c.tallies[i].merge(o.tallies[i])
		c.timeless[i] += o.timeless[i]
	}
	for i := range c.bases {
		c.bases[i].merge(o.bases[i])
	}
	for i := range c.profilers {
		c.profilers[i].merge(o.profilers[i])
	}
	c.forwarded.merge(o.forwarded)
	c.repeated += o.repeated
	c.hosts += o.hosts
}

func (c *Counter) unknownClient(r *request.Request) error {
	return fmt.Errorf("the tables do not fit together: the requests have the client %q, which the clients table has not; verify the case", r.Client)
}
