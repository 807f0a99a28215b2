package accesslog

import (
	"bytes"
	"math"
)

// set takes the value of a field into the record.
func (p *compiledParser) set(f *field, v []byte, r *Record) Reason {
	switch f.role {
	case roleSkip:
		if f.shape == shapeFixed && !p.other.read(f.pieces, v) {
			return f.reason()
		}
	case roleTime:
		var ok bool
		if r.Time, r.UTCOffsetMin, ok = p.clock.parse(v); !ok {
			return ReasonBadTime
		}
	case roleRequest:
		splitRequest(p.plain(v), r)
	case roleStatus:
		if len(v) == 3 {
			if r.Status = statusOf(v[0]-'0', v[1]-'0', v[2]-'0'); r.Status < 0 {
				return ReasonBadStatus
			}
		}
	case roleBytes, roleSent, roleDuration, roleEpoch:
		return p.setNumber(f, v, r)
	case roleClient:
		if r.Client = absent(v); len(r.Client) == 0 {
			return ReasonBadClient
		}
	case roleReferrer:
		r.Referrer = p.value(v)
	case roleAgent:
		r.Agent = p.value(v)
	case roleUser:
		r.User = p.value(v)
	case roleIdent:
		p.ident = absent(v)
	default:
		return p.setOther(f, v, r)
	}
	return ReasonNone
}

func (p *compiledParser) setOther(f *field, v []byte, r *Record) Reason {
	switch f.role {
	case roleClientLast:
		v = p.value(v)
		if f.list {
			r.Forwarded = v
		}
		if i := bytes.LastIndexByte(v, ','); i >= 0 {
			v = v[i+1:]
		}
		if r.Client = bytes.Trim(v, " "); len(r.Client) == 0 || bytes.IndexByte(r.Client, ' ') >= 0 {
			return ReasonBadClient
		}
	case roleHost:
		if r.Host = p.value(v); r.Host != nil {
			r.Host, _ = splitPort(r.Host)
		}
	case roleMethod:
		if v = absent(v); len(v) > 0 && isMethod(v) {
			r.Method = v
		}
	case roleTarget:
		r.Target = p.value(v)
	case rolePath:
		p.path = p.value(v)
	case rolePathQuery:
		if p.path = p.value(v); p.path != nil {
			if i := bytes.IndexByte(p.path, '?'); i >= 0 {
				p.path, p.query = p.path[:i], p.path[i:]
			}
		}
	case roleQuery:
		p.query = p.value(v)
	case roleProtocol:
		r.Protocol = p.value(v)
	case roleForwarded:
		r.Forwarded = p.value(v)
	case roleRange:
		setRequestRange(r, v)
	case roleContentRange:
		setContentRange(r, v)
	case roleContentLength:
		if n, ok := digits(v); ok {
			p.length = n
		}
	case roleConnection:
		switch {
		case v[0] == 'X':
			r.Finished = FinishedNo
		case v[0] == '+' || !f.maybe:
			r.Finished = FinishedYes
		}
	case roleCompletion:
		switch string(v) {
		case "OK":
			r.Finished = FinishedYes
		case "":
			r.Finished = FinishedNo
		}
	case roleMonth:
		if p.parts.month = longMonth(v); p.parts.month == 0 {
			return ReasonBadTime
		}
	case rolePieces:
		// Lines come in bursts of the same second: see clfClock.
		if p.same = f.alone && p.lastKnown && string(v) == string(p.last[:len(v)]); p.same {
			return ReasonNone
		}
		if !p.parts.read(f.pieces, v) {
			return ReasonBadTime
		}
		if p.lastKnown = false; f.alone {
			copy(p.last[:], v)
		}
	}
	return ReasonNone
}

func (p *compiledParser) setNumber(f *field, v []byte, r *Record) Reason {
	n, ok := None, true
	var micros int64
	switch {
	case len(v) == 0, v[0] == '-':
	case f.shape == shapeDecimal:
		n, micros, ok = decimal(v)
	default:
		n, ok = digits(v)
	}
	if !ok {
		return f.reason()
	}
	switch f.role {
	case roleBytes:
		r.Bytes = n
	case roleSent:
		r.Sent = n
	case roleDuration:
		if n = times(n, f.scale); n != None {
			n += micros
		}
		r.DurationUS = n
	case roleEpoch:
		if n = times(n, f.scale); n == None {
			return ReasonBadTime
		}
		p.epoch = n + micros
	}
	return ReasonNone
}

// value is a text, nil if the log had nothing: "-", or where escapes are those
// of JSON or none the empty text.
func (p *compiledParser) value(v []byte) []byte {
	if len(v) == 0 && p.unlike {
		return nil
	}
	return p.plain(absent(v))
}

// plain is a text with the escapes that Unescape knows. JSON's \u00XX and \f are
// written as \xXX, and of a format without escapes each backslash is doubled,
// into scratch space that is as good as the line.
func (p *compiledParser) plain(v []byte) []byte {
	if !p.unlike || bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	start := len(p.texts)
	if p.raw {
		for _, c := range v {
			if c == '\\' {
				p.texts = append(p.texts, c)
			}
			p.texts = append(p.texts, c)
		}
		return p.texts[start:len(p.texts):len(p.texts)]
	}
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] != '\\' || i+1 == len(v):
			p.texts = append(p.texts, v[i])
		case v[i+1] == 'f':
			p.texts = append(p.texts, `\x0c`...)
			i++
		case v[i+1] == 'u' && i+5 < len(v):
			p.texts = append(append(p.texts, `\x`...), v[i+4:i+6]...)
			i += 5
		default:
			p.texts = append(p.texts, v[i], v[i+1])
			i++
		}
	}
	return p.texts[start:len(p.texts):len(p.texts)]
}

// digits reads a number that fits.
func digits(v []byte) (int64, bool) {
	var n int64
	for _, c := range v {
		d := int64(c - '0')
		if d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, len(v) > 0
}

// decimal reads seconds with up to six digits behind the point.
func decimal(v []byte) (whole, micros int64, ok bool) {
	i := bytes.IndexByte(v, '.')
	if i < 0 {
		whole, ok = digits(v)
		return whole, 0, ok
	}
	if whole, ok = digits(v[:i]); !ok {
		return 0, 0, false
	}
	scale := int64(100000)
	for _, c := range v[i+1:] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		micros += int64(c-'0') * scale
		scale /= 10
	}
	return whole, micros, true
}
