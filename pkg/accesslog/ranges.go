package accesslog

import "bytes"

// setContentRange reads the Content-Range of a response: the position and, if
// it is known, the size of the whole object (RFC 9110, section 14.4).
func setContentRange(r *Record, v []byte) {
	rest, ok := bytes.CutPrefix(v, []byte("bytes "))
	if !ok {
		return
	}
	span, total, ok := bytes.Cut(rest, []byte("/"))
	if !ok {
		return
	}
	size, known := digits(total)
	if !known && string(total) != "*" {
		return
	}
	first, last, ok := bytes.Cut(span, []byte("-"))
	from, ok1 := digits(first)
	to, ok2 := digits(last)
	switch placed := ok && ok1 && ok2 && from <= to && (!known || to < size); {
	case placed:
		r.RangeStart, r.RangeEnd, r.RangeFrom = from, to, RangeContent
	case string(span) != "*" || !known:
		return
	}
	if known {
		r.ObjectSize, r.SizeFrom = size, TotalContentRange
	}
}

// setRequestRange reads the Range of a request if it asks for one range with a
// start. The Content-Range of the response is better, if it was logged.
func setRequestRange(r *Record, v []byte) {
	if r.RangeFrom == RangeContent {
		return
	}
	rest, ok := bytes.CutPrefix(v, []byte("bytes="))
	if !ok {
		return
	}
	first, last, ok := bytes.Cut(rest, []byte("-"))
	from, ok1 := digits(first)
	if !ok || !ok1 {
		return
	}
	to, ok2 := digits(last)
	switch {
	case ok2 && from <= to:
		r.RangeEnd = to
	case len(last) > 0:
		return
	}
	r.RangeStart, r.RangeFrom = from, RangeRequest
}
