package coverage

import "sort"

// Parallel logs: one server writes the same traffic twice, in two formats
// (Apache with two CustomLog, nginx with two access_log). No line of the one is
// a line of the other, so what is compared is what both must say: client, second,
// recording, kind of answer and status. That two requests agree in it proves
// nothing: the same scanner asks many servers for the same things at the same
// time. So two logs are taken for one stream only if one of them follows the
// other as a log that the same server wrote does, and no server beside it could:
//
//   - runs of at least twinRun requests of the one, one behind the other, over at
//     least twinSeconds different seconds, all have a counterpart of the same
//     second in the other. A request that is the second of its kind within a
//     second proves nothing and does not count towards twinRun: a client that
//     fetches pieces leaves as many of them with each of two balanced servers.
//   - counterparts stand in the order of the log, but for neighbours: many
//     processes write their lines in turn, and in another turn to the second log.
//   - between these runs at most one request in lackingShare has none, and of those
//     that have one, at most one in strayShare stands in shorter runs. A server
//     takes the times of both lines from one clock reading, and what is behind the
//     second is cut off and not rounded, so the seconds of one request are the same.
//     Of a client that asks two servers one behind the other, as many requests fall
//     on both sides of a full second as the delay is long: 10 ms make one in 100.
//   - at least twinOthers of them are not of the client that asked most. One client
//     that asks two servers for the same list in the same moment can leave anything,
//     and a request of another may be alike by chance; but what all clients of a
//     server ask for is not asked of another one as well.
//   - of the sizes that both log, at least half are as near to each other as
//     body, body with headers and TLS are.
//
// What has such runs and fails one of the last three is listed and not merged. So
// are logs of one server that hardly anybody used but one client.
const (
	twinRun      = 64
	twinSeconds  = 3
	twinOthers   = 16
	lackingShare = 256
	strayShare   = 16 // of the requests with a counterpart, at most one in so many stands outside of the runs

	// How far a counterpart may stand before one that should stand behind it: in
	// bytes of its log, or in seconds. Real servers under 48 requests at once
	// (internal/truthlab) had their two logs in another order by 36 lines and 11 KB
	// at most: nginx with 4 workers (93 of 15,600 lines) and Apache with its event
	// MPM (43 of 1,620). Where nginx keeps one of them in a buffer of 64 KiB for each
	// of the 4, nearly all lines were out of turn, by up to 1,139 lines and 352 KB.
	turnBytes   = 1 << 20
	turnSeconds = 2
)

// Twin is a request of one log that has a counterpart in another: an equal event
// of the same second, the first with the first, the second with the second.
type Twin struct {
	Number       int64 // of the request among those of its log
	Offset, Line int64 // its line
	Second       int64 // its time
	Client       uint32
	Sole         bool // the first of its kind within the second
	Sizes        Sizes
	OfOffset     int64 // the counterpart
	OfLine       int64
}

// Sizes says how the sizes of a request and its counterpart agree.
type Sizes uint8

// The answers.
const (
	SizesNotBoth Sizes = iota // one of them has none
	SizesNear
	SizesFar
)

// CompareSizes compares two sizes of what may be the same response; below 0 is
// none. A count with headers and TLS's overhead (29 bytes in a record of 16 KiB,
// or in smaller ones) has little more than the body.
func CompareSizes(a, b int64) Sizes {
	if a < 0 || b < 0 {
		return SizesNotBoth
	}
	if a > b {
		a, b = b, a
	}
	if b-a <= 8<<10+b/32 {
		return SizesNear
	}
	return SizesFar
}

// TwinRun is a run of requests of one log that all have counterparts.
type TwinRun struct {
	From, To         int64 // offsets of the first and the last request's line
	FromLine, ToLine int64
	OfOffset, OfLine int64 // of the first one's counterpart
	Requests         int64
}

// Following is how one log follows another.
type Following struct {
	Runs        []TwinRun
	Merged      int64 // requests in the runs
	Stray       int64 // with a counterpart, in shorter runs
	Lacking     int64 // between the first run and the last one, without a counterpart
	Sized, Near int64 // requests in the runs of which both logs have a size, and those whose sizes are near
	clients     clients
}

// clients counts the requests of clients. Of more than it has room for at least
// twinOthers are not of the one that asked most, whoever that is.
type clients struct {
	client [twinOthers + 1]uint32
	count  [twinOthers + 1]int64
	n      int
}

func (c *clients) add(client uint32, count int64) {
	for i, known := range c.client[:c.n] {
		if known == client {
			c.count[i] += count
			return
		}
	}
	if c.n < len(c.client) {
		c.client[c.n], c.count[c.n] = client, count
		c.n++
	}
}

func (c *clients) merge(o *clients) {
	for i, client := range o.client[:o.n] {
		c.add(client, o.count[i])
	}
}

// others is how many requests are not of the client that asked most, at least.
func (c *clients) others() int64 {
	var all, most int64
	for _, n := range c.count[:c.n] {
		all += n
		most = max(most, n)
	}
	return all - most
}

// Doubt says why the two logs are not taken for one stream, empty if they are.
func (f *Following) Doubt() string {
	switch {
	case len(f.Runs) == 0:
		return "no run of requests is the same"
	case f.clients.others() < twinOthers:
		return "nearly all are of one client, which may have asked two servers for the same"
	case f.Lacking*lackingShare > f.Merged, f.Stray*strayShare > f.Merged:
		return "other requests between them are in one log only"
	case f.Near*2 < f.Sized:
		return "their sizes differ too much"
	}
	return ""
}

// Holds says whether the request at offset is in one of the runs.
func (f *Following) Holds(offset int64) bool {
	i := sort.Search(len(f.Runs), func(i int) bool { return f.Runs[i].To >= offset })
	return i < len(f.Runs) && f.Runs[i].From <= offset
}

// Follower finds out how one log follows another. The zero value is ready.
type Follower struct {
	found       Following
	strayBefore int64 // strays before the end of the last run
	lastNumber  int64 // of the last run

	run     TwinRun // at hand
	from    int64   // number of its first request
	last    int64   // and of its last
	sole    int64
	seconds [twinSeconds]int64
	spread  int // of the seconds
	most    int64
	at      int64 // second of the counterpart that stands furthest
	sized   int64
	near    int64
	clients clients
}

// Add takes the next request of the log that has a counterpart.
func (f *Follower) Add(t *Twin) {
	if f.run.Requests > 0 && (t.Number != f.last+1 || f.outOfTurn(t)) {
		f.end()
	}
	if f.run.Requests == 0 {
		f.run = TwinRun{From: t.Offset, FromLine: t.Line, OfOffset: t.OfOffset, OfLine: t.OfLine}
		f.from, f.most = t.Number, -1
		f.sole, f.spread, f.sized, f.near, f.clients = 0, 0, 0, 0, clients{}
	}
	f.run.To, f.run.ToLine, f.last = t.Offset, t.Line, t.Number
	f.run.Requests++
	if t.OfOffset > f.most {
		f.most, f.at = t.OfOffset, t.Second
	}
	if t.Sole {
		f.sole++
	}
	f.clients.add(t.Client, 1)
	f.second(t.Second)
	switch t.Sizes {
	case SizesNear:
		f.near++
		f.sized++
	case SizesFar:
		f.sized++
	}
}

// outOfTurn says whether a counterpart stands too far before one that it should
// stand behind.
func (f *Follower) outOfTurn(t *Twin) bool {
	return t.OfOffset < f.most-turnBytes && max(t.Second-f.at, f.at-t.Second) > turnSeconds
}

// second counts different seconds, as many as are needed.
func (f *Follower) second(s int64) {
	if f.spread == twinSeconds {
		return
	}
	for _, seen := range f.seconds[:f.spread] {
		if seen == s {
			return
		}
	}
	f.seconds[f.spread] = s
	f.spread++
}

// end ends the run at hand.
func (f *Follower) end() {
	if f.sole < twinRun || f.spread < twinSeconds {
		f.found.Stray += f.run.Requests
		f.run = TwinRun{}
		return
	}
	if len(f.found.Runs) > 0 {
		f.found.Lacking += f.from - f.lastNumber - 1 - (f.found.Stray - f.strayBefore)
	}
	f.lastNumber, f.strayBefore = f.last, f.found.Stray
	f.found.Runs = append(f.found.Runs, f.run)
	f.found.Merged += f.run.Requests
	f.found.Sized += f.sized
	f.found.Near += f.near
	f.found.clients.merge(&f.clients)
	f.run = TwinRun{}
}

// End gives what was found.
func (f *Follower) End() Following {
	if f.run.Requests > 0 {
		f.end()
	}
	return f.found
}
