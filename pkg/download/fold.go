package download

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// sessionGap is how long a client may be silent before its next request for
// the same recording is of another session, in microseconds.
const sessionGap = 24 * 3600 * 1_000_000

// Fold puts together the requests of one client for one recording: Begin, Add
// in order of time, End. It is used again for the next pair and is for one
// goroutine.
type Fold struct {
	// Common holds the body sizes that very many recordings were answered
	// with, as by a log-in page or an error page. Such a response counts as
	// possible at most, unless the inventory gives the recording that size.
	Common map[int64]bool

	headers  func(source int32) *Headers
	sizing   Sizing
	d        Download
	sessions []*session // of this pair
	current  []*session // the last of each user agent, by its number in agents; nil: none yet
	spare    []*session
	all      intervals // lower bounds of all sessions
	upper    intervals
	agents   agentSet
	wholes   int64 // responses that were proven whole
	longest  int64 // the most bytes that one transfer without position proves
	pieces   []interval
	noneKind request.Kind
}

// NewFold makes a fold. headers gives what was learned of a source's headers,
// nil for nothing.
func NewFold(headers func(source int32) *Headers) *Fold { return &Fold{headers: headers} }

// Begin starts a pair. recording and client are kept until the next Begin.
func (f *Fold) Begin(recording, client []byte, sizing Sizing) {
	f.sizing = sizing
	f.d = Download{Recording: recording, Client: client, Size: sizing.Size, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime}
	f.spare = append(f.spare, f.sessions...)
	f.sessions, f.current = f.sessions[:0], f.current[:0]
	f.all.reset()
	f.upper.reset()
	f.agents.reset()
	f.wholes, f.longest, f.pieces = 0, 0, f.pieces[:0]
	f.noneKind = request.KindContent
}

// Add counts one request.
func (f *Fold) Add(r *request.Request) { f.add(r) }

// add counts one request, and gives what its answer may have handed over and
// the session that it is of. Without content there is no session.
func (f *Fold) add(r *request.Request) (p response, s *session) {
	f.d.Requests++
	if f.d.Requests == 1 {
		f.d.FirstSource, f.d.FirstLine = r.Source, r.Line
	}
	f.seen(r.TimeStart)
	f.seen(r.TimeEnd)
	agent := f.agents.add(r.Agent)
	switch r.Kind {
	case request.KindContent, request.KindProbe:
		f.d.ContentRequests++
		p, s = f.content(r, agent)
	case request.KindNotModified:
		f.d.EarlierCopy = true
	case request.KindError:
		if r.Status == 416 && f.sizing.proves() && r.RangeFrom != accesslog.RangeNone && r.RangeStart == f.sizing.Size.Bytes {
			f.d.EarlierCopy = true
			p.why = whyHeldAll
		}
	}
	if f.noneKind == request.KindContent || telling(r.Kind) > telling(f.noneKind) {
		f.noneKind = r.Kind
	}
	return p, s
}

// seen widens the time of the download.
func (f *Fold) seen(t int64) {
	if t == accesslog.NoTime {
		return
	}
	if f.d.FirstSeen == accesslog.NoTime || t < f.d.FirstSeen {
		f.d.FirstSeen = t
	}
	if f.d.LastSeen == accesslog.NoTime || t > f.d.LastSeen {
		f.d.LastSeen = t
	}
}

// content counts an answer with content in its session.
func (f *Fold) content(r *request.Request, agent int) (response, *session) {
	p := readResponse(r, f.sizing.proven(), f.headers(r.Source))
	p.common = p.full && f.Common[r.Bytes] && f.sizing.Size != Size{r.Bytes, SizeInventory}
	s := f.session(agent, r)
	if s.add(p, f.sizing) {
		p.why |= whyResumes
	}
	if whole(p, f.sizing) {
		f.wholes++
	} else if p.start >= 0 && p.lower > 0 {
		f.pieces = append(f.pieces, interval{p.start, plus(p.start, p.lower)})
	}
	if p.transfer {
		f.longest = max(f.longest, p.lower)
	}
	return p, s
}

// session gives the session that a request belongs to: the last one of the
// same user agent, if it ended not too long ago.
func (f *Fold) session(agent int, r *request.Request) *session {
	for len(f.current) <= agent {
		f.current = append(f.current, nil)
	}
	s := f.current[agent]
	if s == nil || s.over(r.Time()) {
		if n := len(f.spare); n > 0 {
			s, f.spare = f.spare[n-1], f.spare[:n-1]
		} else {
			s = new(session)
		}
		s.reset()
		f.sessions = append(f.sessions, s)
		s.number = len(f.sessions)
		f.current[agent] = s
	}
	s.last = max(s.last, r.Time(), r.TimeEnd) // accesslog.NoTime is the least
	return s
}

// End gives the download.
func (f *Fold) End() Download {
	d := &f.d
	d.UserAgents = f.agents.count
	d.Grade, d.Basis = GradeNone, noneBasis(f.noneKind)
	var unplaced int64
	open, ranged := false, false
	for _, s := range f.sessions {
		if grade, basis := s.grade(f.sizing); grade > d.Grade || d.Grade == GradeNone {
			d.Grade, d.Basis = grade, basis
		}
		f.all.addAll(&s.lower)
		f.upper.addAll(&s.upper)
		unplaced = plus(unplaced, s.unplaced)
		open, ranged = open || s.open, ranged || s.ranged
	}
	sum := plus(f.upper.size(), unplaced)
	f.bounds(sum, open)
	if d.ContentRequests == 0 {
		return *d
	}
	// Full responses all start at 0, so only with a partial one can two add up.
	if d.Grade < GradePossible && len(f.sessions) > 1 && ranged && (open || f.sizing.fills(&f.upper, unplaced)) {
		d.Grade, d.Basis = GradePossible, BasisAcrossSessions
	}
	if d.Grade <= GradePossible && !open && sum <= probeBytes && !f.sizing.tiny() {
		d.Grade, d.Basis = GradeProbe, BasisProbe
	}
	d.Transfers = f.transfers()
	return *d
}

// probeBytes is the most that a probe may have taken.
const probeBytes = 2

// bounds sets the bytes taken: at least the union of what is placed, or the
// longest transfer of a file (of HTTP a response without position proves
// nothing); at most the union of all that may be placed and the sum of the rest,
// and never more than the size.
func (f *Fold) bounds(sum int64, open bool) {
	d := &f.d
	d.BytesLower = max(f.all.size(), f.longest)
	d.BytesUpper = sum
	if open {
		d.BytesUpper = unbounded
	}
	if f.sizing.proves() {
		size := f.sizing.Size.Bytes
		d.BytesLower = min(d.BytesLower, size)
		if open || d.BytesUpper > size {
			d.BytesUpper = size
		}
	}
	if d.BytesUpper != unbounded {
		d.BytesLower = min(d.BytesLower, d.BytesUpper)
	}
}

// telling orders the kinds of requests without content by how much they say,
// for the basis of a download of grade none.
func telling(k request.Kind) int {
	switch k {
	case request.KindNotModified:
		return 7
	case request.KindHead:
		return 6
	case request.KindDenied:
		return 5
	case request.KindRedirect:
		return 4
	case request.KindNoContent:
		return 3
	case request.KindError:
		return 2
	case request.KindMissing:
		return 1
	}
	return 0
}

func noneBasis(k request.Kind) string { return k.String() }
