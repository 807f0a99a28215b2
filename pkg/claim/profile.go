package claim

import (
	"cmp"
	"slices"
)

// Profile is a published way of counting an audience, beside which a claim can
// be laid. Profiles count what people may have listened to and leave out bots,
// tools and repeats by design; so they count a leak too low, and never decide.
type Profile uint8

// The profiles.
const (
	IABCalendar   Profile = iota // iab-2.3, window of the calendar day, UTC
	IABFirstTouch                // iab-2.3, window of 24 hours from the first request
	IABLastTouch                 // iab-2.3, window of 24 hours that each request extends
	Counter51                    // counter-5.1
	ODL                          // odl
)

var profileNames = [...]string{"iab-2.3 calendar", "iab-2.3 first-touch", "iab-2.3 last-touch", "counter-5.1", "odl"}

func (p Profile) String() string { return profileNames[p] }

// ProfileList lists the profiles in the order in which they are shown.
func ProfileList() []Profile {
	return []Profile{IABCalendar, IABFirstTouch, IABLastTouch, Counter51, ODL}
}

// Event is one request for a recording, as far as a profile looks at it.
// Recordings, clients, prefixes and user agents are numbered from 0.
type Event struct {
	Recording int32
	Client    int32 // its address
	Prefix    int32 // its address if that is IPv4, else the first 64 bits
	Agent     int32 // the user agent it sent
	Time      int64 // microseconds since the epoch, UTC
	Get       bool  // the method is GET
	Status    int16 // 0: none
	Bot       bool  // the user agent or the address is known for a bot or a tool
	Probe     bool  // the bytes 0-1 were asked for, or two bytes at most sent
	Start     int64 // of the body in the recording; -1: not known
	Bytes     int64 // of the body, at most; -1: not known
	Size      int64 // of the recording; -1: not known
	Whole     bool  // this answer alone may have been the whole
}

// Audience is what a profile counts.
type Audience struct{ Downloads, Recordings, Clients int64 }

// Counting counts events by one profile. The events of a recording must follow
// each other, in any order among themselves. The memory it takes is that of
// the events of one recording and of the clients that were counted.
type Counting struct {
	profile Profile
	events  []Event
	users   users // that were counted
	bit     uint8 // of the profile in users
	sum     Audience
}

// NewCounting starts to count by a profile.
func NewCounting(p Profile) *Counting {
	return &Counting{profile: p, users: users{}, bit: 1 << p}
}

// users are clients or prefixes with their user agents, by whom they were
// counted: a bit for each profile. Profiles that know the same users share them.
type users map[user]uint8

type user struct{ who, agent int32 }

// Add takes one event.
func (c *Counting) Add(e Event) {
	if len(c.events) > 0 && c.events[0].Recording != e.Recording {
		c.close()
	}
	if c.profile.passes(&e) {
		c.events = append(c.events, e)
	}
}

// Merge adds what another counting by the same profile has counted of other
// recordings.
func (c *Counting) Merge(o *Counting) {
	c.close()
	o.close()
	c.sum.Downloads += o.sum.Downloads
	c.sum.Recordings += o.sum.Recordings
	for u, by := range o.users {
		if by&c.bit != 0 {
			c.users[u] |= c.bit
		}
	}
}

// Sum ends the counting. Clients are the distinct users that the profile knows,
// by address and user agent.
func (c *Counting) Sum() Audience {
	c.close()
	c.sum.Clients = 0
	for _, by := range c.users {
		if by&c.bit != 0 {
			c.sum.Clients++
		}
	}
	return c.sum
}

// passes says whether a profile looks at a request at all.
func (p Profile) passes(e *Event) bool {
	if !e.Get || e.Bot {
		return false
	}
	switch p {
	case Counter51:
		return e.Status == 200 || e.Status == 304
	case ODL:
		return !e.Probe
	}
	return (e.Status == 200 || e.Status == 206) && !e.Probe
}

// user is whom a profile takes for one user.
func (p Profile) user(e *Event) user {
	if p.byPrefix() {
		return user{e.Prefix, e.Agent}
	}
	return user{e.Client, e.Agent}
}

func (p Profile) byPrefix() bool { return p == IABCalendar || p == IABFirstTouch || p == IABLastTouch }

// close counts the events of one recording, user by user.
func (c *Counting) close() {
	slices.SortStableFunc(c.events, func(a, b Event) int {
		u, v := c.profile.user(&a), c.profile.user(&b)
		return cmp.Or(cmp.Compare(u.who, v.who), cmp.Compare(u.agent, v.agent), cmp.Compare(a.Time, b.Time))
	})
	before := c.sum.Downloads
	for rest := c.events; len(rest) > 0; {
		user, n := c.profile.user(&rest[0]), 1
		for n < len(rest) && c.profile.user(&rest[n]) == user {
			n++
		}
		if downloads := c.profile.count(rest[:n]); downloads > 0 {
			c.sum.Downloads += downloads
			c.users[user] |= c.bit
		}
		rest = rest[n:]
	}
	if c.sum.Downloads > before {
		c.sum.Recordings++
	}
	c.events = c.events[:0]
}

// count counts the downloads in the events of one user and one recording, which
// are sorted by time.
func (p Profile) count(events []Event) int64 {
	n := int64(0)
	for _, counts := range p.marks(events) {
		if counts {
			n++
		}
	}
	return n
}

// marks says of each event whether a download is counted at it.
func (p Profile) marks(events []Event) []bool {
	switch p {
	case Counter51:
		return lastOfEach(events, doubleClick)
	case ODL:
		return firstOfDay(events)
	}
	return p.windowed(events)
}

const (
	second = int64(1_000_000)
	day    = 86_400 * second

	// doubleClick is how far two clicks may be apart that are one action (COUNTER
	// Code of Practice, double-click filtering: "a maximum of 30 seconds").
	doubleClick = 30 * second
)

// lastOfEach marks the events that are not followed by another within a time:
// the first of two is always removed and the second kept, and so on.
func lastOfEach(events []Event, within int64) []bool {
	out := make([]bool, len(events))
	for i := range events {
		out[i] = i+1 == len(events) || events[i+1].Time-events[i].Time > within
	}
	return out
}

func firstOfDay(events []Event) []bool {
	out := make([]bool, len(events))
	for i := range events {
		out[i] = i == 0 || dayOf(events[i].Time) != dayOf(events[i-1].Time)
	}
	return out
}

// dayOf numbers the days of UTC.
func dayOf(t int64) int64 {
	d := t / day
	if t < 0 && t%day != 0 {
		d--
	}
	return d
}
