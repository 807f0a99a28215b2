package download

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// This file simulates servers: for each transfer it knows which bytes were
// handed to the network, and writes the request as that server would log it.
// What the fold makes of the log is then held against the truth.
//
// Not simulated, because no log shows it: bytes that never left the socket
// buffer; a transfer cut so near its end that headers and missing bytes
// together are exactly the length of headers learned; several versions of a
// file.

// server is how one source logs.
type server struct {
	meaning   accesslog.Meaning // what is logged as the bytes meaning
	counts    accesslog.Meaning // what the size field really counts; differs where the meaning is unknown
	both      bool              // %O beside %b
	completes bool              // logs whether the response finished
	ranges    accesslog.RangeFrom
	noBytes   bool
	object    bool  // logs the size of the object
	endOnly   bool  // logs the time of the end, and no duration
	tls       int64 // bytes of a record; 0: no TLS
	base      int64 // length of the headers, without what varies
	framed    bool  // HTTP/2 for some requests
	headers   Headers
}

// transfer is one request, as it was and as it was logged.
type transfer struct {
	req    request.Request
	handed []interval // bytes of the recording that were handed over
}

// world is one recording of one size, its servers and all that was done.
type world struct {
	size      int64
	inventory int64
	servers   []*server
	transfers []transfer
	provable  bool // the logs show everything that the grade complete needs
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

func simulate(rng *rand.Rand) *world {
	w := &world{inventory: none, provable: true}
	w.size = 1 + rng.Int64N(pick(rng, int64(5), 100, 9000, 60_000, 3_000_000, 6<<30))
	if rng.IntN(2) == 0 {
		w.inventory = w.size
	}
	for range pick(rng, 1, 1, 1, 2) {
		s := newServer(rng)
		s.learn(rng, w.inventory != none)
		w.servers = append(w.servers, s)
	}
	for c := range 1 + rng.IntN(4) {
		w.client(rng, fmt.Sprint("client", c))
	}
	for _, s := range w.servers {
		exact := s.meaning == accesslog.MeaningAcceptedBody && !s.framed || s.meaning == accesslog.MeaningPlanned && s.completes
		w.provable = w.provable && exact && s.ranges == accesslog.RangeContent && !s.noBytes
	}
	w.provable = w.provable && w.inventory != none
	for _, t := range w.transfers {
		if t.req.Meaning == accesslog.MeaningPlanned && t.req.Finished == accesslog.FinishedNo {
			w.provable = false // how far a planned response came before it was cut is not logged
		}
		if t.req.Status == 206 && t.req.RangeFrom == accesslog.RangeNone {
			w.provable = false // nor are the places of several ranges
		}
	}
	return w
}

func newServer(rng *rand.Rand) *server {
	s := &server{base: 200 + rng.Int64N(200), completes: rng.IntN(2) == 0, object: rng.IntN(10) == 0, noBytes: rng.IntN(20) == 0}
	s.counts = pick(rng, accesslog.MeaningPlanned, accesslog.MeaningAcceptedBody, accesslog.MeaningAcceptedWithHeaders)
	s.meaning = s.counts
	if rng.IntN(5) == 0 {
		s.meaning = accesslog.MeaningUnknown
	}
	s.ranges = pick(rng, accesslog.RangeNone, accesslog.RangeContent, accesslog.RangeRequest)
	s.both = s.meaning == accesslog.MeaningPlanned && rng.IntN(2) == 0
	s.framed = s.counts == accesslog.MeaningAcceptedBody && rng.IntN(3) == 0
	s.endOnly = s.counts != accesslog.MeaningPlanned && rng.IntN(2) == 0
	s.tls = pick(rng, int64(0), 0, 4096, 16384)
	return s
}

// head is the length of one response's headers: a number more or less, now and
// then a cookie.
func (s *server) head(rng *rand.Rand) int64 {
	n := s.base + rng.Int64N(3)
	if rng.IntN(50) == 0 {
		n += rng.Int64N(100)
	}
	return n
}

// wire is how many bytes %O counts when so many of the body went out.
func (s *server) wire(rng *rand.Rand, head, body int64) int64 {
	n := head + body
	if s.tls > 0 {
		n += (n + s.tls - 1) / s.tls * 29
		if rng.IntN(3) == 0 {
			n += 1500 + rng.Int64N(4000) // the handshake, with the first request of a connection
		}
	}
	return n
}

// learn is what other requests to the server show of its headers.
func (s *server) learn(rng *rand.Rand, inventory bool) {
	if !s.both && !(s.meaning == accesslog.MeaningAcceptedWithHeaders && inventory) {
		return
	}
	for range 100 {
		size := rng.Int64N(100_000)
		body := size
		if rng.IntN(3) == 0 {
			body = rng.Int64N(size + 1)
		}
		s.headers.Learn(s.wire(rng, s.head(rng), body) - size)
	}
	s.headers.Learn(s.base + 200)
	if s.tls > 0 {
		s.headers.Learn(5500 + s.base + 100_000/s.tls*29 + 29) // a handshake was seen
	}
}

// client does what one client does: some requests, a while apart, now and then
// a day later or with another program.
func (w *world) client(rng *rand.Rand, name string) {
	at := start + rng.Int64N(1000)*hour
	agent := "agent"
	for range 1 + rng.IntN(6) {
		at += rng.Int64N(3) * rng.Int64N(hour)
		switch rng.IntN(8) {
		case 0:
			at += 30 * hour
		case 1:
			agent = fmt.Sprint("agent", rng.IntN(3))
		}
		t := w.transfer(rng, name)
		t.req.Client, t.req.Agent = []byte(name), []byte(agent)
		took := rng.Int64N(hour)
		t.req.TimeStart, t.req.TimeEnd = at, at+took
		if w.servers[t.req.Source-1].endOnly {
			t.req.TimeStart = accesslog.NoTime
		} else if rng.IntN(2) == 0 {
			t.req.TimeEnd = accesslog.NoTime
		}
		t.req.Line = int64(len(w.transfers) + 1)
		t.req.Offset = 100 * t.req.Line
		w.transfers = append(w.transfers, t)
	}
}

// transfer is one request and its answer.
func (w *world) transfer(rng *rand.Rand, client string) transfer {
	source := rng.IntN(len(w.servers))
	s := w.servers[source]
	q := get(200, none)
	r := &q.Request
	r.Source, r.Meaning = int32(source+1), s.meaning
	if s.object {
		r.ObjectSize = w.size
	}
	if rng.IntN(12) == 0 {
		r.Status = pick(rng, int16(304), 404, 403, 301, 416, 500)
		return transfer{req: finishKind(q)}
	}
	if rng.IntN(20) == 0 {
		r.Method = []byte("HEAD")
		r.Bytes = pick(rng, none, w.size)
		return transfer{req: finishKind(q)}
	}
	if s.framed && rng.IntN(2) == 0 {
		q.h2()
	}
	asked, logged := w.ask(rng, client)
	var plan []interval // of the body: pieces of the recording, and -1 for headings
	switch len(asked) {
	case 0:
		plan = []interval{{0, w.size}}
	case 1:
		r.Status = 206
		plan = asked
		switch {
		case rng.IntN(15) == 0: // If-Range did not match
			r.Status, plan = 200, []interval{{0, w.size}}
			if s.ranges == accesslog.RangeRequest {
				q.asked(logged.from, logged.to)
			}
		case s.ranges == accesslog.RangeContent:
			q.at(asked[0].from, asked[0].to-1)
		case s.ranges == accesslog.RangeRequest && logged.from >= 0:
			q.asked(logged.from, logged.to)
		}
	default:
		r.Status = 206
		for _, iv := range asked {
			heading := 80 + rng.Int64N(30)
			plan = append(plan, interval{-heading, 0}, iv)
		}
		plan = append(plan, interval{-40, 0})
	}
	w.send(rng, s, q, plan)
	t := transfer{req: finishKind(q)}
	t.handed = q.handedOver
	return t
}

// ask is what a client asks for: nothing (the whole), a range, or several.
// logged is the range as the request writes it.
func (w *world) ask(rng *rand.Rand, client string) (asked []interval, logged interval) {
	from := rng.Int64N(w.size)
	if rng.IntN(2) == 0 {
		from = w.resume(rng, client, from)
	}
	to := from + 1 + rng.Int64N(w.size-from)
	switch rng.IntN(8) {
	case 0, 1, 2:
		return nil, interval{}
	case 3: // to the end
		return []interval{{from, w.size}}, interval{from, none}
	case 4: // farther than the end
		return []interval{{from, w.size}}, interval{from, w.size + 1000}
	case 5: // the last bytes: the log has no position
		return []interval{{from, w.size}}, interval{none, none}
	case 6:
		if mid := (from + to) / 2; mid > from && to > mid {
			if rng.IntN(2) == 0 {
				return []interval{{mid, to}, {from, mid}}, interval{none, none}
			}
			return []interval{{from, mid}, {mid, to}}, interval{none, none}
		}
	}
	return []interval{{from, to}}, interval{from, to - 1}
}

// resume is where the client's transfer before stopped, as a download manager
// goes on.
func (w *world) resume(rng *rand.Rand, client string, otherwise int64) int64 {
	for i := len(w.transfers) - 1; i >= 0; i-- {
		t := &w.transfers[i]
		if string(t.req.Client) == client && len(t.handed) > 0 {
			if at := t.handed[len(t.handed)-1].to; at < w.size {
				return max(0, at-pick(rng, int64(0), 0, 1))
			}
		}
	}
	return otherwise
}

// send hands the planned body over, whole or cut, and logs it.
func (w *world) send(rng *rand.Rand, s *server, q *req, plan []interval) {
	var planned int64
	for _, iv := range plan {
		planned += iv.to - iv.from
	}
	head := s.head(rng)
	sent, wire := planned, s.wire(rng, head, planned)
	for tries := 20 * (rng.IntN(5) / 3); tries > 0; tries-- { // two in five are cut, where the cut can show
		cut := rng.Int64N(planned)
		if rng.IntN(4) == 0 {
			cut = max(0, planned-1-rng.Int64N(20)) // nearly all
		}
		less := s.wire(rng, head, cut)
		if !s.headers.has(less-planned) && !s.headers.has(less-w.size) {
			sent, wire = cut, less
			break
		}
	}
	if s.completes {
		q.Finished = accesslog.FinishedYes
		if sent < planned {
			q.Finished = accesslog.FinishedNo
		}
	}
	switch s.counts {
	case accesslog.MeaningPlanned:
		q.Bytes = planned
	case accesslog.MeaningAcceptedBody:
		q.Bytes = sent
		if framed(q.Protocol) {
			q.Bytes += (sent + 8191) / 8192 * 9
		}
	case accesslog.MeaningAcceptedWithHeaders:
		q.Bytes = wire
	}
	if s.both {
		q.Sent = wire
	}
	if s.noBytes {
		q.Bytes, q.Sent = none, none
	}
	for _, iv := range plan {
		n := min(iv.to-iv.from, sent)
		if n <= 0 {
			break
		}
		sent -= n
		if iv.from >= 0 {
			q.handedOver = append(q.handedOver, interval{iv.from, iv.from + n})
		}
	}
}

func finishKind(q *req) request.Request {
	q.Kind = kindOf(&q.Request)
	return q.Request
}

// check holds every download of a world against the truth.
func (w *world) check() error {
	reqs := make([]*request.Request, len(w.transfers))
	for i := range w.transfers {
		reqs[i] = &w.transfers[i].req
	}
	reqs = sorted(reqs)
	var sizer Sizer
	sizer.Reset()
	for _, r := range reqs {
		sizer.Add(r)
	}
	sizing := sizer.Sizing(w.inventory)
	f := NewFold(func(source int32) *Headers { return &w.servers[source-1].headers })
	for from := 0; from < len(reqs); {
		client := reqs[from].Client
		f.Begin(reqs[from].Recording, client, sizing)
		n := from
		for ; n < len(reqs) && string(reqs[n].Client) == string(client); n++ {
			f.Add(reqs[n])
		}
		d, v := f.End(), w.truth(string(client))
		if err := judge(d, v, w.provable); err != nil {
			return fmt.Errorf("%s: %w: got %s, %d transfers, size %d %v; the truth is %+v%s", client, err, show(d), d.Transfers, d.Size.Bytes, d.Size.From, v, describe(reqs[from:n]))
		}
		from = n
	}
	return nil
}

// shrink drops transfers as long as the world fails all the same.
func (w *world) shrink() error {
	err := w.check()
	for again := true; again; {
		again = false
		for i := range w.transfers {
			less := *w
			less.transfers = slices.Delete(slices.Clone(w.transfers), i, i+1)
			if e := less.check(); e != nil {
				w.transfers, err, again = less.transfers, e, true
				break
			}
		}
	}
	return err
}

func TestSimulatedServers(t *testing.T) {
	worlds := 60_000
	if testing.Short() || raceDetector {
		worlds = 4_000
	}
	failed := 0
	seen := map[string]int{}
	for seed := range worlds {
		w := simulate(rand.New(rand.NewPCG(uint64(seed), 7)))
		if w.check() == nil {
			w.tally(seen)
			continue
		}
		t.Errorf("seed %d: %v", seed, w.shrink())
		for i, s := range w.servers {
			t.Logf("server %d: %+v", i+1, *s)
		}
		if failed++; failed == 3 {
			t.FailNow()
		}
	}
	// A simulation that does not reach a rule does not test it.
	for _, basis := range []string{BasisOneResponse, BasisRangeUnion, BasisPlannedSize, BasisMeaningUnknown, BasisSizeRepeated, BasisSizeUnknown, BasisRangeFits,
		BasisResumeFits, BasisRangeSum, BasisAcrossSessions, BasisHole, BasisAborted, BasisProbe, "head", "not_modified", "missing"} {
		if seen[basis] < worlds/2000 {
			t.Errorf("basis %s only %d times", basis, seen[basis])
		}
	}
	t.Log(seen)
}

// tally counts the bases of all downloads.
func (w *world) tally(seen map[string]int) {
	var reqs []*request.Request
	for i := range w.transfers {
		reqs = append(reqs, &w.transfers[i].req)
	}
	for _, d := range foldAll(reqs, w.inventory, &w.servers[0].headers) {
		seen[d.Basis]++
	}
}
