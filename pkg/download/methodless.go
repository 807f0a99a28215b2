package download

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// Some logs name the file and not the method (a JSON log of nginx without
// $request and $request_method). A full answer may then be one to HEAD, which
// has no body, or to a method whose body is another text. So nothing of it is
// proven: it counts upwards only, and teaches no size. But a HEAD sends nothing,
// so where what was sent is counted, a count that reaches the size makes the
// whole likely; else the whole is possible.

// methodless says whether the log of a request does not say its method.
func methodless(r *request.Request) bool { return r.Flags&accesslog.FlagMethodUnknown != 0 }

// countsBody says whether the size field of a request counts the body that was
// sent, and neither headers nor what was planned.
func countsBody(r *request.Request) bool {
	return r.Bytes != accesslog.None && r.Flags&accesslog.FlagUnterminated == 0 &&
		(r.Meaning == accesslog.MeaningAcceptedBody || r.Meaning == accesslog.MeaningTransferred)
}

// readMethodless is readResponse for such a request. What may have been a HEAD
// has no position.
func readMethodless(r *request.Request, size int64, h *Headers) response {
	q := *r
	q.Flags &^= accesslog.FlagMethodUnknown
	p := readResponse(&q, size, h)
	p.lower, p.finished, p.methodless = 0, false, true
	if p.mayBeHead = !countsBody(r); p.mayBeHead {
		p.start = accesslog.None
	}
	return p
}

// addMethodless lets a request of which it is not known whether its body is the
// recording say no more than that others had as many bytes.
func (s *Sizer) addMethodless(r *request.Request) {
	switch {
	case r.Status == 206 || r.Bytes == accesslog.None:
	case countsBody(r):
		s.body.add(lessFraming(r.Bytes, r.Protocol, fullFrame), r.Client)
	default:
		s.unknown.add(r.Bytes, r.Client)
	}
}
