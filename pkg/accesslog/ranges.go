package accesslog

import "bytes"

// placeBody sets position and size of an answer from its headers: Content-Range
// first, else a single Range of the request. Only for 206 and 416 do they mean
// anything (RFC 9110, section 14.4).
func placeBody(r *Record, contentRange, requestRange []byte) {
	if r.Status != 206 && r.Status != 416 {
		return
	}
	setContentRange(r, contentRange)
	setRequestRange(r, requestRange)
}

// setContentRange takes the position over from the Content-Range of a response
// and, if it is known, the size of the whole object.
func setContentRange(r *Record, text []byte) {
	first, last, total, ok := parseContentRange(text)
	if !ok {
		return
	}
	if first != None {
		r.RangeStart, r.RangeEnd, r.RangeFrom = first, last, RangeContent
	}
	if total != None {
		r.ObjectSize, r.SizeFrom = total, TotalContentRange
	}
}

// setRequestRange takes the position over from the Range of a request. The
// Content-Range of the response is better, if it was logged.
func setRequestRange(r *Record, text []byte) {
	if r.RangeFrom == RangeContent {
		return
	}
	if first, last, ok := parseRequestRange(text); ok {
		r.RangeStart, r.RangeEnd, r.RangeFrom = first, last, RangeRequest
	}
}

// parseContentRange reads "bytes 0-499/1234", "bytes 0-499/*" and "bytes */1234"
// (RFC 9110, section 14.4). What is not said is None: the total of the second,
// the position of the third. A position behind its own end, or an end behind
// the total, makes all of it invalid. IIS logs the space as a plus.
func parseContentRange(text []byte) (first, last, total int64, ok bool) {
	text, ok = cutBytesUnit(text)
	if !ok || text[0] != ' ' && text[0] != '+' {
		return None, None, None, false
	}
	span, size, ok := bytes.Cut(text[1:], slash)
	if !ok {
		return None, None, None, false
	}
	total = None
	if string(size) != "*" {
		if total, ok = wholeNumber(size); !ok {
			return None, None, None, false
		}
	}
	if string(span) == "*" {
		return None, None, total, total != None
	}
	first, last, ok = parseSpan(span)
	if !ok || last == None || total != None && last >= total {
		return None, None, None, false
	}
	return first, last, total, true
}

// parseRequestRange reads "bytes=0-499" and "bytes=500-", whose last is None.
// Several ranges, and one that counts from the end ("bytes=-500"), have no
// place (RFC 9110, section 14.1.2).
func parseRequestRange(text []byte) (first, last int64, ok bool) {
	text, ok = cutBytesUnit(text)
	if !ok || text[0] != '=' {
		return None, None, false
	}
	return parseSpan(text[1:])
}

// cutBytesUnit takes off the unit, whose letters may be of either case (RFC
// 9110, section 14.1). Something stands behind it.
func cutBytesUnit(text []byte) (rest []byte, ok bool) {
	const unit = "bytes"
	if len(text) <= len(unit) {
		return nil, false
	}
	for i := range unit {
		if text[i]|0x20 != unit[i] {
			return nil, false
		}
	}
	return text[len(unit):], true
}

// parseSpan reads "0-499" and "500-", whose last is None.
func parseSpan(text []byte) (first, last int64, ok bool) {
	a, b, found := bytes.Cut(text, hyphen)
	first, ok = wholeNumber(a)
	switch {
	case !found || !ok:
		return None, None, false
	case len(b) == 0:
		return first, None, true
	}
	if last, ok = wholeNumber(b); !ok || first > last {
		return None, None, false
	}
	return first, last, true
}

var (
	slash  = []byte{'/'}
	hyphen = []byte{'-'}
)
