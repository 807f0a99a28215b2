package accesslog

import "bytes"

// placeBody sets position and size of an answer from its headers: Content-Range
// first, else a single Range of the request. Only 206 has a place, and 416 says
// which one was asked for.
func placeBody(r *Record, contentRange, requestRange []byte) {
	if r.Status != 206 && r.Status != 416 {
		return
	}
	first, last, total, ok := parseContentRange(contentRange)
	if ok && total != None {
		r.ObjectSize, r.SizeFrom = total, TotalContentRange
	}
	if ok && first != None && r.Status == 206 {
		r.RangeStart, r.RangeEnd, r.RangeFrom = first, last, RangeContent
		return
	}
	if first, last, ok = parseRequestRange(requestRange); ok {
		r.RangeStart, r.RangeEnd, r.RangeFrom = first, last, RangeRequest
	}
}

// parseContentRange reads "bytes 0-499/1234", "bytes 0-499/*" and "bytes */1234"
// (RFC 9110, section 14.4).
func parseContentRange(text []byte) (first, last, total int64, ok bool) {
	text, ok = bytes.CutPrefix(text, bytesUnit)
	if !ok {
		return None, None, None, false
	}
	span, size, ok := bytes.Cut(text, slash)
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
	a, b, found := bytes.Cut(span, hyphen)
	first, ok = wholeNumber(a)
	last, okLast := wholeNumber(b)
	if !found || !ok || !okLast || first > last || total != None && last >= total {
		return None, None, None, false
	}
	return first, last, total, true
}

// parseRequestRange reads "bytes=0-499" and "bytes=500-". Several ranges and
// one from the end have no place (RFC 9110, section 14.1.2).
func parseRequestRange(text []byte) (first, last int64, ok bool) {
	text, ok = bytes.CutPrefix(text, bytesEquals)
	if !ok {
		return None, None, false
	}
	a, b, _ := bytes.Cut(text, hyphen)
	if len(a)+1+len(b) != len(text) {
		return None, None, false
	}
	if first, ok = wholeNumber(a); !ok {
		return None, None, false
	}
	if len(b) == 0 {
		return first, None, true
	}
	if last, ok = wholeNumber(b); !ok || first > last {
		return None, None, false
	}
	return first, last, true
}

var (
	bytesUnit   = []byte("bytes ")
	bytesEquals = []byte("bytes=")
	slash       = []byte{'/'}
	hyphen      = []byte{'-'}
)

// compareLength compares the body with the Content-Length that was sent: a body
// of that length came to its end, a shorter one did not. The length of a full
// answer that was not compressed is the object's size.
func compareLength(r *Record, length int64, encoded bool) {
	if length == None {
		return
	}
	if r.Status == 200 && !encoded && r.SizeFrom == TotalNone {
		r.ObjectSize, r.SizeFrom = length, TotalContentLength
	}
	if r.Status != 200 && r.Status != 206 || string(r.Method) != "GET" && string(r.Method) != "POST" {
		return
	}
	switch {
	case r.Bytes == length:
		r.Finished = FinishedYes
	case r.Bytes != None && r.Bytes < length:
		r.Finished = FinishedNo
	}
}

// hostOnly takes the port off an address as Go's net/http and others write it:
// 192.0.2.1:80, [2001:db8::1]:80. An address without port is left whole.
func hostOnly(text []byte) []byte {
	host, withPort := splitPort(text)
	if withPort && len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

// oneClient says whether text can be one client: not a list, nothing that a
// log cannot hold.
func oneClient(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c == ',' || c == '"' || c == 0x7f {
			return false
		}
	}
	return len(text) > 0
}
