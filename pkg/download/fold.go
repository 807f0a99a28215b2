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
	versions []*version // the recording's own first
	spare    []*session
	best     *version // by which the download is graded; nil: none
	count    int      // of the sessions of all versions
	agents   agentSet
	noneKind request.Kind
}

// NewFold makes a fold. headers gives what was learned of a source's headers,
// nil for nothing.
func NewFold(headers func(source int32) *Headers) *Fold { return &Fold{headers: headers} }

// Begin starts a pair. recording and client are kept until the next Begin.
func (f *Fold) Begin(recording, client []byte, sizing Sizing) {
	f.sizing = sizing
	f.d = Download{Recording: recording, Client: client, Size: sizing.Size, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime}
	for _, v := range f.versions {
		f.spare = append(f.spare, v.sessions...)
	}
	f.versions = f.versions[:0]
	f.addVersion(sizing)
	f.best, f.count = nil, 0
	f.agents.reset()
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
	case request.KindNoContent:
		if f.sizing.toAnyMethod(r) {
			f.d.ContentRequests++
			p, s = f.content(r, agent)
		}
	case request.KindNotModified:
		f.d.EarlierCopy = true
	case request.KindError:
		if r.Status == 416 && r.RangeFrom != accesslog.RangeNone && f.ends(r) {
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

// ends says whether a range starts exactly where the recording ends.
func (f *Fold) ends(r *request.Request) bool {
	if total := stated(r); total.From != SizeUnknown {
		return r.RangeStart == total.Bytes
	}
	return f.sizing.proves() && r.RangeStart == f.sizing.Size.Bytes
}

// content counts an answer with content in its version and session.
func (f *Fold) content(r *request.Request, agent int) (response, *session) {
	total := stated(r)
	v := f.versionOf(total)
	p := readResponse(r, v.sizing.proven(), f.headers(r.Source))
	switch {
	case r.Kind == request.KindNoContent:
		p.doubt, p.lower, p.finished = BasisOtherMethod, 0, false
	case f.common(&p, r, total):
		p.doubt = BasisCommonSize
	case total.From == SizeUnknown && len(v.sizing.others) > 0:
		p.doubt = BasisOtherVersion
	}
	s := f.session(v, agent, r)
	if v.add(s, p) {
		p.why |= whyResumes
	}
	return p, s
}

// common says whether a response is as long as those for very many recordings,
// and not as the inventory has it.
func (f *Fold) common(p *response, r *request.Request, total Size) bool {
	size := total.Bytes
	if p.full {
		size = r.Bytes
	}
	if r.Meaning == accesslog.MeaningAcceptedWithHeaders {
		return f.nearCommon(size)
	}
	return f.Common[size] && f.sizing.Size != Size{size, SizeInventory}
}

// headersVary is by how many bytes the headers of one page differ at most from
// one client to another.
const headersVary = 256

// nearCommon is common for a count with headers, which differ a little.
func (f *Fold) nearCommon(count int64) bool {
	for size := range f.Common {
		if count >= size-headersVary && count <= size+headersVary {
			return true
		}
	}
	return false
}

// CountsWhole says whether a count of a full response may be that of a body of
// this size: headers and TLS may be in it. So recordings that are all of one size
// are not taken for a log-in page.
func CountsWhole(meaning accesslog.Meaning, count, size int64) bool {
	return count == size || meaning == accesslog.MeaningAcceptedWithHeaders && size > 0 && count > size && count-size <= maxHeader+size/tlsShare
}

// session gives the session that a request belongs to: the last one of the
// same user agent, if it ended not too long ago.
func (f *Fold) session(v *version, agent int, r *request.Request) *session {
	for len(v.current) <= agent {
		v.current = append(v.current, nil)
	}
	s := v.current[agent]
	if s == nil || s.over(r.Time()) {
		if n := len(f.spare); n > 0 {
			s, f.spare = f.spare[n-1], f.spare[:n-1]
		} else {
			s = new(session)
		}
		s.reset()
		f.count++
		s.number, s.version = f.count, v
		v.sessions = append(v.sessions, s)
		v.current[agent] = s
	}
	s.last = max(s.last, r.Time(), r.TimeEnd) // accesslog.NoTime is the least
	return s
}

// End gives the download: the best that any version shows; at least the bytes
// of one of them, and at most those of all.
func (f *Fold) End() Download {
	d := &f.d
	d.UserAgents = f.agents.count
	d.Grade, d.Basis = GradeNone, noneBasis(f.noneKind)
	for _, v := range f.versions {
		if len(v.sessions) == 0 {
			continue
		}
		t := v.end()
		if t.grade > d.Grade {
			d.Grade, d.Basis, d.Size, f.best = t.grade, t.basis, v.sizing.Size, v
		}
		d.BytesLower = max(d.BytesLower, t.lower)
		d.Transfers = plus(d.Transfers, t.transfers)
		if d.BytesUpper == unbounded || t.upper == unbounded {
			d.BytesUpper = unbounded
		} else {
			d.BytesUpper = plus(d.BytesUpper, t.upper)
		}
	}
	return *d
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
