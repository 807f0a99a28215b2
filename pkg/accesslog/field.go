package accesslog

import (
	"bytes"
	"math"
)

// absent turns the "-" of a log into nil.
func absent(text []byte) []byte {
	if len(text) == 1 && text[0] == '-' {
		return nil
	}
	return text
}

// closingQuote finds the first quote that no backslash escapes, -1 if there is
// none. Apache writes \" and \\ (ap_escape_logitem); nginx writes \x22.
func closingQuote(text []byte) int {
	from := 0
	for {
		i := bytes.IndexByte(text[from:], '"')
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || text[i-1] != '\\' {
			return i
		}
		n := i - 1
		for n > 0 && text[n-1] == '\\' {
			n--
		}
		if (i-n)%2 == 0 {
			return i
		}
		from = i + 1
	}
}

// statusFollows says whether tail starts as the text behind a request does.
func statusFollows(tail []byte) bool {
	return len(tail) >= 5 && tail[0] == ' ' && tail[4] == ' ' && tail[1]-'0' <= 9 && tail[2]-'0' <= 9 && tail[3]-'0' <= 9 ||
		len(tail) >= 3 && tail[0] == ' ' && tail[1] == '-' && tail[2] == ' '
}

// parseStatus reads ` 200 ` and gives what stands behind. A status that ends
// the line is not delimited, so it may be cut.
func parseStatus(tail []byte, r *Record) ([]byte, Reason) {
	if len(tail) >= 5 && tail[0] == ' ' && tail[4] == ' ' {
		a, b, c := tail[1]-'0', tail[2]-'0', tail[3]-'0'
		if a <= 9 && b <= 9 && c <= 9 {
			if r.Status = statusOf(a, b, c); r.Status < 0 {
				return nil, ReasonBadStatus
			}
			return tail[5:], ReasonNone
		}
	}
	if len(tail) >= 3 && tail[0] == ' ' && tail[1] == '-' && tail[2] == ' ' {
		return tail[3:], ReasonNone
	}
	if len(tail) > 0 && tail[0] != ' ' || len(tail) >= 5 {
		return nil, ReasonBadStatus
	}
	if string(tail) == " -" {
		return nil, ReasonCutOff
	}
	for _, c := range tail[min(1, len(tail)):] {
		if c < '0' || c > '9' {
			return nil, ReasonBadStatus
		}
	}
	return nil, ReasonCutOff
}

// statusOf is the status of three digits: 0, none, of the 000 and the 009 that
// nginx writes where it sent no status (009 to HTTP/0.9), and -1 of any other
// below 100, which no server writes.
//
// Source: RFC 9110, section 15; nginx ngx_http_log_status.
func statusOf(a, b, c byte) int16 {
	switch {
	case a > 0:
		return int16(a)*100 + int16(b)*10 + int16(c)
	case b == 0 && (c == 0 || c == 9):
		return 0
	}
	return -1
}

// parseSize reads a number or "-" up to a space or the end of the line.
func parseSize(tail []byte, n *int64) (rest []byte, atEnd, ok bool) {
	if len(tail) == 0 {
		return nil, false, true
	}
	if tail[0] == '-' {
		*n = None
		switch {
		case len(tail) == 1:
			return nil, true, true
		case tail[1] == ' ':
			return tail[2:], false, true
		}
		return nil, false, false
	}
	if v, digits := upToEight(eightAt(tail, 0)); digits > 0 && digits < 8 && digits < len(tail) && tail[digits] == ' ' { // nearly all
		*n = v
		return tail[digits+1:], false, true
	}
	var v int64
	for i, c := range tail {
		d := c - '0'
		if d > 9 {
			if c != ' ' || i == 0 {
				return nil, false, false
			}
			*n = v
			return tail[i+1:], false, true
		}
		if v > (math.MaxInt64-int64(d))/10 {
			return nil, false, false
		}
		v = v*10 + int64(d)
	}
	*n = v
	return nil, true, true
}

// splitRequest reads `METHOD target PROTOCOL`. The target may hold spaces (a
// server logs the request line as it came); HTTP/0.9 has no protocol. What is
// not a request line at all (a TLS handshake on a plain port, "-") leaves all
// three nil.
func splitRequest(request []byte, r *Record) {
	s := bytes.IndexByte(request, ' ')
	if s <= 0 || !isMethod(request[:s]) {
		return
	}
	target := request[s+1:]
	if e := bytes.LastIndexByte(target, ' '); e >= 0 && bytes.HasPrefix(target[e+1:], httpSlash) {
		r.Protocol = target[e+1:]
		target = target[:e]
	}
	if len(target) == 0 {
		r.Protocol = nil
		return
	}
	r.Method = request[:s:s]
	r.Target = target[:len(target):len(target)]
}

var httpSlash = []byte("HTTP/")

// isMethod says whether text is a token of letters and a few marks, as methods
// are (RFC 9110, section 9.1 and 5.6.2).
func isMethod(text []byte) bool {
	if len(text) > 32 {
		return false
	}
	for _, c := range text {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Unescape appends text with the escapes that servers write undone: \" \\ \b
// \n \r \t \v of Apache (ap_escape_logitem) and \xhh of Apache, nginx and
// lighttpd. Anything else after a backslash is left as it is.
func Unescape(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		n := 2
		switch c := text[i+1]; c {
		case '"', '\\':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'v':
			dst = append(dst, '\v')
		case 'x':
			hi, lo := -1, -1
			if i+3 < len(text) {
				hi, lo = hexDigit(text[i+2]), hexDigit(text[i+3])
			}
			if hi < 0 || lo < 0 {
				dst = append(dst, '\\', 'x')
				break
			}
			dst = append(dst, byte(hi<<4|lo))
			n = 4
		default:
			dst = append(dst, '\\', c)
		}
		text = text[i+n:]
	}
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
