package claim

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// profiler counts the requests of one population and period by the comparison
// profiles.
type profiler struct {
	countings []*Counting // in the order of ProfileList
	sums      []ProfileCount
}

func newProfiler() *profiler {
	p := &profiler{}
	prefixes, clients := users{}, users{}
	for _, profile := range ProfileList() {
		c := NewCounting(profile)
		c.users = clients
		if profile.byPrefix() {
			c.users = prefixes
		}
		p.countings = append(p.countings, c)
	}
	return p
}

// add counts the chosen requests for the recording at hand. Those without a time
// are in no window, and are passed over.
func (p *profiler) add(c *Counter, rec *Recording, chosen []int32) {
	c.bare = false
	for _, i := range chosen {
		r := &rec.Requests[i]
		if r.Time() == accesslog.NoTime {
			continue
		}
		e := c.event(r, rec.Index, c.facts.clients[i])
		for _, counting := range p.countings {
			counting.Add(e)
		}
	}
}

// event is what a profile looks at of a request.
func (c *Counter) event(r *request.Request, recording, id int32) Event {
	e := Event{
		Recording: recording, Client: id, Prefix: c.units.prefix[id], Time: r.Time(), Status: r.Status,
		Get: string(r.Method) == "GET", Probe: r.Kind == request.KindProbe || r.RangeFrom != accesslog.RangeNone && r.RangeStart == 0 && r.RangeEnd == 1,
		Start: accesslog.None, Bytes: accesslog.None, Size: accesslog.None,
	}
	e.Agent, e.Bot = c.units.agentAlone(r.Agent)
	if size := c.facts.sizing.Size; size.From != download.SizeUnknown {
		e.Size = size.Bytes
	}
	if r.Status != 200 && r.Status != 206 {
		return e
	}
	if e.Start, e.Bytes, e.Whole = c.fold.Alone(r, c.facts.sizing); !e.Whole && e.Size != accesslog.None {
		e.Bytes = min(e.Bytes, e.Size-1) // headers may be counted, too
	}
	return e
}

func (p *profiler) merge(o *profiler) {
	for i, counting := range p.countings {
		counting.Merge(o.countings[i])
	}
}

// end sums up, and forgets by whom was counted.
func (p *profiler) end() {
	if p.sums != nil {
		return
	}
	for i, w := range Profiles() {
		sum := p.countings[i].Sum()
		p.sums = append(p.sums, ProfileCount{
			Profile: w.Name, Counts: w.Counts, Window: w.Window, Downloads: sum.Downloads, Recordings: sum.Recordings, Clients: sum.Clients,
		})
	}
	p.countings = nil
}

// agentAlone numbers a user agent, and says whether it is known for a bot or a
// tool.
func (u *units) agentAlone(agent []byte) (n int32, bot bool) {
	u.mu.RLock()
	known, ok := u.agents[string(agent)]
	u.mu.RUnlock()
	if !ok {
		tags := client.TagsOf(agent)
		u.mu.Lock()
		defer u.mu.Unlock()
		if known, ok = u.agents[string(agent)]; !ok {
			known = numberedAgent{int32(len(u.agents)), tags.Has(client.TagBot) || tags.Has(client.TagTool)}
			u.agents[string(agent)] = known
		}
	}
	return known.n, known.bot
}

// numberedAgent is a user agent by its number.
type numberedAgent struct {
	n   int32
	bot bool
}
