package claim

import (
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// View is one way of counting the same requests: whose, when, what is one client,
// and which assumption is not made.
type View struct {
	Unit       Unit
	Population Population
	From, To   int64 // both 0: all requests
	Without    Without
}

// Without names an assumption that a View does not make.
type Without struct {
	Kind  Kind
	Group int // for WithoutMeaning: of the sources whose meaning is not believed
}

// Kind is what kind of assumption.
type Kind uint8

// The kinds of assumptions that can be left out while requests are graded.
const (
	WithoutNothing   Kind = iota
	WithoutMeaning        // what the size fields of some sources count
	WithoutInventory      // sizes by the inventory: they come from the log
	WithoutRepeated       // sizes that several answers repeat
	WithoutHeaders        // learned lengths of response headers
	WithoutCommon         // that one size on very many recordings is no recording
	WithoutSite           // that all hosts are one site: host and path are the recording
	WithoutZoneEarly      // that a local time is of a certain zone: it is UTC+14, the easternmost
	WithoutZoneLate       // the same: it is UTC-12, the westernmost
	WithoutClock          // that a clock was wrong by so much
)

// eastMost and westMost are the zones furthest from UTC that are in use on land
// or at sea (IANA time zone database), in microseconds.
const (
	eastMost = 14 * 3600 * 1_000_000
	westMost = 12 * 3600 * 1_000_000
)

// graded is what one unit took of one recording.
type graded struct {
	first    int32 // its first request, among those of the recording
	site     int32 // of recordings that are told apart by host: which
	mask     mask
	grade    download.Grade
	basis    string
	requests int64
}

// facts say of the recording at hand what tells views apart.
type facts struct {
	clients     []int32 // by request
	agents      []int32 // by request, once they are asked for
	sources     []int32 // distinct
	first, last int64   // times; NoTime: none has one
	timeless    int64   // requests without a time
	oneAgent    bool    // no client has two
	onePrefix   bool    // no two clients share one
	oneASN      bool
	labelled    int  // clients with a label
	distinct    int  // clients
	hosts       bool // several
	headers     bool // counts with headers are among them
	meanings    bool // counts whose meaning is known are among them
	sizing      download.Sizing
}

// look finds the facts.
func (c *Counter) look(rec *Recording) error {
	f := &c.facts
	*f = facts{clients: f.clients[:0], agents: f.agents[:0], sources: f.sources[:0], first: accesslog.NoTime, last: accesslog.NoTime, oneAgent: true}
	c.ids = c.ids[:0]
	c.sizer.Reset()
	client := int32(-1)
	from := 0 // where the client at hand begins
	for i := range rec.Requests {
		r := &rec.Requests[i]
		c.sizer.Add(r)
		if i == 0 || string(r.Client) != string(rec.Requests[i-1].Client) {
			var ok bool
			if client, ok = c.units.byName.find(r.Client); !ok {
				return c.unknownClient(r)
			}
			from = i
			c.ids = append(c.ids, client)
			f.distinct++
			if c.units.label[client] >= 0 {
				f.labelled++
			}
		} else if f.oneAgent && !sameText(r.Agent, rec.Requests[from].Agent) {
			f.oneAgent = false
		}
		f.clients = append(f.clients, client)
		if n := len(f.sources); n == 0 || f.sources[n-1] != r.Source && !slices.Contains(f.sources, r.Source) {
			f.sources = append(f.sources, r.Source)
		}
		if t := r.Time(); t == accesslog.NoTime {
			f.timeless++
		} else {
			if f.first == accesslog.NoTime || t < f.first {
				f.first = t
			}
			f.last = max(f.last, t) // NoTime is the least
		}
		f.hosts = f.hosts || !sameText(r.Host, rec.Requests[0].Host)
		f.headers = f.headers || r.Meaning == accesslog.MeaningAcceptedWithHeaders || r.Sent != accesslog.None
		f.meanings = f.meanings || r.Meaning != accesslog.MeaningUnknown
		c.forwarded.add(client, r.Forwarded)
	}
	f.sizing = c.sizer.Sizing(rec.Inventory)
	f.onePrefix = c.apart(c.units.prefix)
	f.oneASN = c.apart(c.units.asn)
	return nil
}

// apart says whether no two of the clients at hand are one in another unit.
func (c *Counter) apart(unit []int32) bool {
	if len(c.ids) < 2 {
		return true
	}
	c.sorted = c.sorted[:0]
	for _, id := range c.ids {
		c.sorted = append(c.sorted, unit[id])
	}
	slices.Sort(c.sorted)
	for i := range c.sorted[1:] {
		if c.sorted[i] == c.sorted[i+1] {
			return false
		}
	}
	return true
}

// sameText also tells nothing from an empty text.
func sameText(a, b []byte) bool { return (a == nil) == (b == nil) && string(a) == string(b) }

// plain gives a view that counts the recording at hand the same and of which
// less is special; none is true where it counts nothing of it.
func (c *Counter) plain(v View, rec *Recording) (_ View, none bool) {
	f := &c.facts
	if v.Unit == UnitIPAgent && f.oneAgent || v.Unit == UnitPrefix && f.onePrefix || v.Unit == UnitASN && f.oneASN {
		v.Unit = UnitIP
	}
	if v.Population == Unlabelled {
		if f.labelled == f.distinct {
			return v, true
		}
		if f.labelled == 0 {
			v.Population = All
		}
	}
	if !c.matters(v.Without, v, rec) {
		v.Without = Without{}
	}
	if v.From != 0 || v.To != 0 {
		switch shifted := v.Without.Kind >= WithoutZoneEarly; {
		case f.first == accesslog.NoTime:
			return v, true
		case shifted:
		case f.first >= v.To || f.last < v.From:
			return v, true
		case f.timeless == 0 && f.first >= v.From && f.last < v.To:
			v.From, v.To = 0, 0
		}
	}
	return v, false
}

// matters says whether leaving out an assumption may change anything of the
// recording at hand.
func (c *Counter) matters(w Without, v View, rec *Recording) bool {
	f := &c.facts
	switch w.Kind {
	case WithoutMeaning:
		return f.meanings && slices.ContainsFunc(f.sources, func(id int32) bool { return c.doubts(w.Group, id) })
	case WithoutInventory:
		return rec.Inventory != accesslog.None
	case WithoutRepeated:
		return f.sizing.Size.From == download.SizeRepeated
	case WithoutHeaders:
		return f.headers
	case WithoutCommon:
		return len(c.basis.Common) > 0
	case WithoutSite:
		return f.hosts
	case WithoutZoneEarly, WithoutZoneLate:
		return (v.From != 0 || v.To != 0) && slices.ContainsFunc(f.sources, func(id int32) bool { return c.source(id).Zone != "" })
	case WithoutClock:
		return (v.From != 0 || v.To != 0) && slices.ContainsFunc(f.sources, func(id int32) bool { return c.source(id).Clock != 0 })
	}
	return false
}

// timeOf is the time of a request, as a view sees it.
func (c *Counter) timeOf(r *request.Request, k Kind) int64 {
	t := r.Time()
	if t == accesslog.NoTime || k < WithoutZoneEarly {
		return t
	}
	s := c.source(r.Source)
	switch {
	case k == WithoutClock:
		return t - s.Clock
	case s.Zone == "":
		return t
	case k == WithoutZoneEarly:
		return t + int64(r.UTCOffsetMin)*60_000_000 - eastMost
	}
	return t + int64(r.UTCOffsetMin)*60_000_000 + westMost
}
