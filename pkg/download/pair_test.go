package download

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// The tests write a request as a chain: get(206, 500).at(0, 499).planned().
// Without more it is a GET over HTTP/1.1 by client "a" with agent "x", its size
// counts accepted body bytes, and it comes a second after the one before it.

const (
	none   = accesslog.None
	second = int64(1_000_000)
	hour   = 3600 * second
	start  = 1_500_000_000 * second
)

type req struct {
	request.Request
	wait       int64      // since the request before
	handedOver []interval // in a simulation
}

func get(status int16, bytes int64) *req {
	return &req{wait: second, Request: request.Request{
		Source: 1, Recording: []byte("/r.wav"), URL: []byte("/r.wav"), Client: []byte("a"), Agent: []byte("x"),
		Method: []byte("GET"), Protocol: []byte("HTTP/1.1"), Status: status,
		TimeEnd: accesslog.NoTime, Bytes: bytes, Sent: none, ObjectSize: none, Meaning: accesslog.MeaningAcceptedBody,
		RangeStart: none, RangeEnd: none, DurationUS: none,
	}}
}

func (q *req) planned() *req  { q.Meaning = accesslog.MeaningPlanned; return q }
func (q *req) headers() *req  { q.Meaning = accesslog.MeaningAcceptedWithHeaders; return q }
func (q *req) unknown() *req  { q.Meaning = accesslog.MeaningUnknown; return q }
func (q *req) transfer() *req { q.Meaning = accesslog.MeaningTransferred; return q }
func (q *req) done() *req     { q.Finished = accesslog.FinishedYes; return q }
func (q *req) cut() *req      { q.Finished = accesslog.FinishedNo; return q }

func (q *req) method(m string) *req   { q.Method = []byte(m); return q }
func (q *req) protocol(p string) *req { q.Protocol = []byte(p); return q }
func (q *req) h2() *req               { return q.protocol("HTTP/2.0") }
func (q *req) sent(n int64) *req      { q.Sent = n; return q }
func (q *req) object(n int64) *req    { q.ObjectSize = n; return q }
func (q *req) total(from accesslog.TotalFrom, n int64) *req {
	q.ObjectSize, q.SizeFrom = n, from
	return q
}

// ftp is a transfer of a file service, read a file that was read in place.
func (q *req) ftp() *req { q.Method, q.Protocol = []byte("RETR"), nil; return q.transfer() }
func (q *req) read() *req {
	q.Method, q.Protocol, q.Flags = []byte("READ"), nil, q.Flags|accesslog.FlagAccessOnly
	return q
}

func (q *req) by(client string) *req { q.Client = []byte(client); return q }
func (q *req) later(us int64) *req   { q.wait = us; return q }

func (q *req) agent(a string) *req {
	q.Agent = []byte(a)
	if a == "" {
		q.Agent = nil
	}
	return q
}

// at gives the position by Content-Range, asked by the Range header.
func (q *req) at(from, to int64) *req {
	q.RangeFrom, q.RangeStart, q.RangeEnd = accesslog.RangeContent, from, to
	return q
}

func (q *req) asked(from, to int64) *req {
	q.RangeFrom, q.RangeStart, q.RangeEnd = accesslog.RangeRequest, from, to
	return q
}

// timed gives each request its time and kind, as the pipeline would.
func timed(reqs []*req) []*request.Request {
	out := make([]*request.Request, len(reqs))
	at := start
	for i, q := range reqs {
		r := &q.Request
		at += q.wait
		r.TimeStart, r.Line, r.Offset = at, int64(i+1), int64(100*i)
		r.Kind = kindOf(r)
		out[i] = r
	}
	return out
}

// sorted puts requests of one recording into the order in which they are
// folded: client, time, source, offset.
func sorted(reqs []*request.Request) []*request.Request {
	reqs = slices.Clone(reqs)
	slices.SortStableFunc(reqs, func(a, b *request.Request) int {
		return cmp.Or(slices.Compare(a.Client, b.Client), cmp.Compare(a.Time(), b.Time()),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Offset, b.Offset))
	})
	return reqs
}

// learned makes headers of which each length was seen three times.
func learned(lengths ...int64) *Headers {
	h := &Headers{}
	for _, n := range lengths {
		for range learnedFrom {
			h.Learn(n)
		}
	}
	return h
}

// foldAll gives the downloads of all clients of one recording, in their order.
func foldAll(reqs []*request.Request, inventory int64, h *Headers) []Download {
	reqs = sorted(reqs)
	var sizer Sizer
	sizer.Reset()
	for _, r := range reqs {
		sizer.Add(r)
	}
	return foldSized(reqs, sizer.Sizing(inventory), h)
}

// foldSized is foldAll with the size decided. The requests must be sorted.
func foldSized(reqs []*request.Request, sizing Sizing, h *Headers) []Download {
	var all []Download
	f := NewFold(func(int32) *Headers { return h })
	for i, r := range reqs {
		if i == 0 || string(r.Client) != string(reqs[i-1].Client) {
			if i > 0 {
				all = append(all, f.End())
			}
			f.Begin(r.Recording, r.Client, sizing)
		}
		f.Add(r)
	}
	if len(reqs) > 0 {
		all = append(all, f.End())
	}
	return all
}

// show is a download as the tables below expect it: grade, basis, and the
// bytes from lower to upper, "?" if there is no bound.
func show(d Download) string {
	upper := "?"
	if d.BytesUpper != unbounded {
		upper = fmt.Sprint(d.BytesUpper)
	}
	return fmt.Sprintf("%v %s %d..%s", d.Grade, d.Basis, d.BytesLower, upper)
}

// describe lists requests for a failed test.
func describe(reqs []*request.Request) string {
	s := ""
	for _, r := range reqs {
		s += fmt.Sprintf("\n\t%s %s %s %s %s %d %d bytes=%d(%v) sent=%d range=%v %d-%d finished=%d", r.Client, r.Agent, r.Method, r.Protocol,
			r.Kind, r.TimeStart/second, r.Status, r.Bytes, r.Meaning, r.Sent, r.RangeFrom != 0, r.RangeStart, r.RangeEnd, r.Finished)
	}
	return s
}
