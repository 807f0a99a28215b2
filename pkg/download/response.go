package download

import (
	"bytes"
	"math"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// unbounded stands for an upper bound that is not known.
const unbounded = accesslog.None

// response is what one answer with content may have handed over.
type response struct {
	lower, upper int64  // body bytes; upper may be unbounded
	start        int64  // position of its first byte, or accesslog.None
	slack        int64  // by how many bytes upper may be too large, as headers may be in it
	planned      int64  // what the server set out to send, or accesslog.None
	finished     bool   // the log shows that all of it was handed over
	aborted      bool   // the log shows that it was not
	doubt        string // why it may be something else than the recording, as a basis; "": nothing speaks for that
	full         bool   // it set out to send the whole recording (200, 203)
	transfer     bool   // it is of a file service, and may be the rest of a transfer that was resumed
	unlike       bool   // of an empty recording it logs bytes, and nothing shows that they are its headers
	methodless   bool   // the log does not say the method, so its body may be another text
	mayBeHead    bool   // and it may have had no body
	access       bool   // the log shows that the recording was read, but never how much of it
	why          why    // which of the rules below were used
}

// doubted says whether a response may be something else than the recording.
// One that does not say of which version it is may only not be joined with
// others: a whole is a whole of one of them.
func (p *response) doubted() bool { return p.doubt != "" && p.doubt != BasisOtherVersion }

// readResponse reads a request of kind content or probe. size is the
// recording's, or accesslog.None.
//
// What the size field means decides the bounds (design, section 4): a planned
// size says nothing of what was sent unless the log says that it finished; an
// accepted count is what it is; one with headers is less by the longest header
// seen; of an unknown one nothing is certain but that no more was sent.
//
// Of a partial response without position nothing is certain either: it may
// answer several ranges, and then the headings of its parts are counted as
// body (RFC 9110, section 14.6), up to all of it.
//
// A number that the source ends with may be short, so it is as if none was
// logged. So it is with the bytes of a body that was sent compressed.
func readResponse(r *request.Request, size int64, h *Headers) response {
	if r.Flags&accesslog.FlagAccessOnly != 0 {
		return readAccess(r, size)
	}
	if r.Flags&accesslog.FlagCoded != 0 {
		r = uncounted(r)
	}
	if methodless(r) {
		return readMethodless(r, size, h)
	}
	p := response{upper: r.Bytes, start: accesslog.None, planned: accesslog.None}
	if r.Flags&accesslog.FlagUnterminated != 0 {
		r = withoutLast(r)
		p.upper, p.why = r.Bytes, whyMayBeShort
	}
	if fileTransfer(r) {
		return readTransfer(r, size, p.why)
	}
	p.full = r.Status != 206
	switch {
	case p.full:
		p.start = 0
	case r.RangeFrom != accesslog.RangeNone && r.RangeStart >= 0:
		p.start = r.RangeStart
	}
	room := p.room(r, size)
	if r.Bytes == accesslog.None {
		p.upper = room // none is unbounded
		p.why |= whyNoCount
		switch {
		case r.Finished == accesslog.FinishedNo:
			p.cut(room)
		case r.Flags&accesslog.FlagCoded != 0 && !p.full && room > 0:
			p.upper = room - 1 // a part of the coded body is no whole
		case r.Flags&accesslog.FlagCoded != 0 && r.Finished == accesslog.FinishedYes && p.full && room != accesslog.None:
			p.lower, p.finished = room, true // all of the coded body is all of the recording
		}
		return p
	}
	p.finished = r.Finished == accesslog.FinishedYes
	p.aborted = r.Finished == accesslog.FinishedNo // and then a count that looks whole is not
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		p.planned = r.Bytes
		p.readSent(r.Sent, h)
		if p.finished {
			p.lower = p.upper
			p.why |= whyFinished
		}
	case accesslog.MeaningAcceptedBody, accesslog.MeaningTransferred:
		p.lower = lessFraming(r.Bytes, r.Protocol, smallFrame)
	case accesslog.MeaningUnknown:
		p.slack = headerSlack(r.Bytes)
		p.unlike = size == 0 && r.Bytes > 0
	case accesslog.MeaningAcceptedWithHeaders:
		p.slack = headerSlack(r.Bytes)
		p.lower = h.leastBody(r.Bytes)
		if size != accesslog.None && !p.aborted && h.prove(r.Bytes, size) {
			p.lower, p.upper = size, size
			p.why |= whyKnownHeaders
		} else {
			p.unlike = size == 0
		}
	}
	if p.aborted {
		p.cut(room)
	}
	p.fit(room, p.full || r.RangeFrom == accesslog.RangeContent && r.RangeEnd >= r.RangeStart)
	return p
}

// withoutLast is the request without the number that its line ends with.
func withoutLast(r *request.Request) *request.Request {
	q := *r
	if q.Sent != accesslog.None {
		q.Sent = accesslog.None
	} else {
		q.Bytes = accesslog.None
	}
	return &q
}

// uncounted is a request whose body was sent compressed without what counts
// that body: its bytes, its length and its positions are not the recording's
// (RFC 9110, sections 8.4 and 14.1). All of that body is all of the recording,
// in a 206 too. An object's size that was logged by itself stays.
func uncounted(r *request.Request) *request.Request {
	q := *r
	q.Bytes, q.Sent = accesslog.None, accesslog.None
	if q.Status == 206 && q.RangeStart == 0 && (q.RangeFrom == accesslog.RangeRequest && q.RangeEnd == accesslog.None ||
		q.RangeFrom == accesslog.RangeContent && q.SizeFrom == accesslog.TotalContentRange && q.RangeEnd == q.ObjectSize-1) {
		q.Status = 200
	}
	if q.RangeFrom != accesslog.RangeNone {
		q.RangeStart, q.RangeEnd, q.RangeFrom = accesslog.None, accesslog.None, accesslog.RangeNone
	}
	if q.SizeFrom > accesslog.TotalObject {
		q.ObjectSize, q.SizeFrom = accesslog.None, accesslog.TotalNone
	}
	return &q
}

// room is the most that the response can hold of the recording: from its start
// to the end of its range, or of the recording; accesslog.None if neither is
// known.
func (p *response) room(r *request.Request, size int64) int64 {
	room := size
	if size != accesslog.None {
		room = max(0, size-max(p.start, 0))
	}
	if !p.full && p.start >= 0 && r.RangeEnd >= p.start {
		asked := plus(r.RangeEnd-p.start, 1)
		if room == accesslog.None || asked < room {
			room = asked
		}
	}
	return room
}

// fit holds the bounds within the room, as headers are not part of it, and
// takes for the whole room what finished and is as long: a full response, or a
// partial one whose range the server stated.
func (p *response) fit(room int64, stated bool) {
	if room != accesslog.None {
		if p.upper > room {
			p.upper = room
			p.why |= whyRoom
		}
		if stated && p.finished && p.upper == room {
			p.lower = room
			p.why |= whyFinished
		}
	}
	p.lower = min(p.lower, p.upper)
	if p.start < 0 {
		p.lower = 0
	}
}

// readSent uses a count with headers that was logged beside the planned size
// (Apache %O beside %b): together they show a cut, or that there was none.
func (p *response) readSent(sent int64, h *Headers) {
	if sent == accesslog.None {
		return
	}
	switch more := sent - p.planned; {
	case more < 0:
		p.cut(p.planned)
		p.upper = min(p.upper, sent)
		p.why |= whySentLess
	case h.has(more) && !p.aborted:
		p.finished = true
		p.why |= whySentAll
	}
	p.why |= whySent
	p.lower = min(p.upper, h.leastBody(sent))
}

// cut marks the response as aborted: it stops at least one byte short of what
// was planned, which is its own plan, or else all that it had room for. One
// without position may have lacked no more than the last heading of its parts.
func (p *response) cut(room int64) {
	p.aborted, p.finished = true, false
	p.why |= whyCut
	if p.start < 0 {
		room = accesslog.None
	}
	for _, planned := range [...]int64{p.planned, room} {
		if planned > 0 && p.upper >= planned {
			p.upper = planned - 1
		}
	}
	p.lower = min(p.lower, max(p.upper, 0))
}

// HTTP/2 puts a frame header of 9 bytes (RFC 9113, section 4.1) before each
// DATA frame, and nginx counts it. It fills frames with 8 KiB
// (http2_chunk_size) where the client's window allows, but that is no proof: for
// a lower bound they are taken to hold 1 KiB on average. So a whole response of
// which the log does not say that it finished is likely, and not proven. The
// frame headers of HTTP/3 are no longer (RFC 9114, section 7.1).
const (
	frameHead  = 9
	fullFrame  = 8192
	smallFrame = 1024
)

// lessFraming takes the frame headers off a count of accepted body bytes.
func lessFraming(n int64, protocol []byte, frame int64) int64 {
	if !framed(protocol) {
		return n
	}
	frames := n / (frame + frameHead)
	if n%(frame+frameHead) > 0 {
		frames++
	}
	return max(0, n-frameHead*frames)
}

func framed(protocol []byte) bool {
	return bytes.HasPrefix(protocol, []byte("HTTP/2")) || bytes.HasPrefix(protocol, []byte("HTTP/3"))
}

// plus adds two numbers that are not negative. A log can hold any number, so
// what does not fit stops at the largest.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
