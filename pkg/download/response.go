package download

import (
	"bytes"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// unbounded stands for an upper bound that is not known.
const unbounded = int64(-1)

// response is what one answer with content may have handed over.
type response struct {
	lower, upper int64 // body bytes; upper may be unbounded
	start        int64 // position of its first byte, or accesslog.None
	planned      int64 // what the server set out to send, or accesslog.None
	finished     bool  // the log shows that all of it was handed over
	aborted      bool  // the log shows that it was not
	full         bool  // it set out to send the whole recording (200, 203)
	withHeaders  bool  // upper counts response headers too, so it does not show a cut exactly
	exact        bool  // upper is a count of body bytes, planned or accepted
}

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
func readResponse(r *request.Request, size int64, h *Headers) response {
	p := response{upper: r.Bytes, start: accesslog.None, planned: accesslog.None}
	p.full = r.Status != 206
	switch {
	case p.full:
		p.start = 0
	case r.RangeFrom != accesslog.RangeNone:
		p.start = r.RangeStart
	}
	if r.Bytes == accesslog.None {
		p.upper = size
		if size == accesslog.None {
			p.upper = unbounded
		}
		if r.Finished == accesslog.FinishedNo {
			p.cut(p.upper)
		}
		return p
	}
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		p.exact = true
		p.planned = r.Bytes
		p.finished = r.Finished == accesslog.FinishedYes
		p.readSent(r.Sent, h)
	case accesslog.MeaningAcceptedBody, accesslog.MeaningTransferred:
		p.exact = true
		p.lower = lessFraming(r.Bytes, r.Protocol)
		p.finished = r.Finished == accesslog.FinishedYes
	case accesslog.MeaningAcceptedWithHeaders:
		p.withHeaders = true
		p.lower = h.leastBody(r.Bytes)
		if size != accesslog.None && h.has(r.Bytes-size) {
			p.lower, p.upper = size, size
		}
	case accesslog.MeaningUnknown:
		p.withHeaders = true // it may
	}
	if p.finished {
		p.lower = p.upper
	}
	if r.Finished == accesslog.FinishedNo {
		p.cut(p.planned)
	}
	if p.start < 0 {
		p.lower = 0
	}
	return p
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
	case h.has(more):
		p.finished = true
	}
	p.lower = min(p.upper, h.leastBody(sent))
}

// cut marks the response as aborted: it stops at least one byte short of what
// was planned.
func (p *response) cut(planned int64) {
	p.aborted, p.finished = true, false
	if planned > 0 && p.upper >= planned {
		p.upper = planned - 1
	}
	p.lower = min(p.lower, max(p.upper, 0))
}

// lessFraming takes off what HTTP/2 adds to a count of accepted body bytes: a
// frame header of 9 bytes (RFC 9113, section 4.1) to each DATA frame, which
// nginx fills with 8 KiB (http2_chunk_size).
func lessFraming(n int64, protocol []byte) int64 {
	if !bytes.HasPrefix(protocol, []byte("HTTP/2")) {
		return n
	}
	return max(0, n-9*(n/8192+1))
}
