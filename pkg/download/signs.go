package download

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// Signs gathers what the lines of one format in one log show of what their size
// field counts. The zero value is ready. Signs of two parts of a log merge to
// those of the whole, in any order.
//
// Only responses over HTTP/1 are compared: the frames of HTTP/2 make every
// count larger.
type Signs struct {
	Headers Headers // by how much full responses are above the known size

	compared    int64 // full responses for recordings whose size is known beforehand
	equal       int64 // of them, as long as the recording
	short       int64 // shorter
	over        int64 // longer, by what headers and TLS can add
	far         int64 // longer by more
	least, most int64 // by how much, of over

	headed              int64 // answers 304, which have no body (RFC 9110, section 15.4.5), with a number above 0
	leastHead, mostHead int64
	absent, zero        int64 // answers 304 and to HEAD without a number, and with the number 0
}

// fewest is how many lines must show a sign.
const fewest = 3

// leastHeader is the shortest that the headers of a file's response are taken
// to be: a date, a length and a type are in all of them. What an ID3v1 tag (128
// bytes) or the head of a WAV file (44 bytes) adds is shorter or always the same.
const leastHeader = 100

// Add counts one request. size is that of the recording as the inventory has
// it, or accesslog.None.
func (g *Signs) Add(r *request.Request, size int64) {
	if r.Flags&(accesslog.FlagUnterminated|accesslog.FlagCutOff|accesslog.FlagMethodUnknown|accesslog.FlagCoded) != 0 {
		return
	}
	switch {
	case r.Kind == request.KindNotModified || r.Kind == request.KindHead:
		g.bodiless(r)
	case size > 0 && canCompare(r):
		g.compare(r.Bytes-size, size)
	}
}

// canCompare says whether a request was answered with a full response whose
// size can be held against the recording's.
func canCompare(r *request.Request) bool {
	return r.Kind == request.KindContent && r.Status == 200 && r.Bytes != accesslog.None &&
		r.Finished != accesslog.FinishedNo && !framed(r.Protocol)
}

// bodiless counts an answer that has no body.
func (g *Signs) bodiless(r *request.Request) {
	switch {
	case r.Bytes == accesslog.None:
		g.absent++
	case r.Bytes == 0:
		g.zero++
	case r.Kind == request.KindNotModified:
		if g.headed == 0 || r.Bytes < g.leastHead {
			g.leastHead = r.Bytes
		}
		g.mostHead = max(g.mostHead, r.Bytes)
		g.headed++
	}
}

// compare counts a full response that is longer than the recording by so much.
func (g *Signs) compare(more, size int64) {
	g.compared++
	switch {
	case more == 0:
		g.equal++
	case more < 0:
		g.short++
	case more > maxHeader+size/tlsShare:
		g.far++
	default:
		if g.over == 0 || more < g.least {
			g.least = more
		}
		g.most = max(g.most, more)
		g.over++
		g.Headers.Learn(more)
	}
}

// Merge adds the signs of another part.
func (g *Signs) Merge(o *Signs) {
	if o.over > 0 && (g.over == 0 || o.least < g.least) {
		g.least = o.least
	}
	if o.headed > 0 && (g.headed == 0 || o.leastHead < g.leastHead) {
		g.leastHead = o.leastHead
	}
	g.most, g.mostHead = max(g.most, o.most), max(g.mostHead, o.mostHead)
	g.compared += o.compared
	g.equal += o.equal
	g.short += o.short
	g.over += o.over
	g.far += o.far
	g.headed += o.headed
	g.absent += o.absent
	g.zero += o.zero
	g.Headers.Merge(&o.Headers)
}
