package accesslog

import "bytes"

// taken takes a text into the record.
func (p *compiledParser) taken(s *step, v []byte, r *Record) bool {
	if s.check || s.unlike && (len(v) == 0 || bytes.IndexByte(v, '\\') >= 0) {
		return p.allowedAndSet(s, v, r)
	}
	switch s.take {
	case roleClient:
		if len(v) <= 1 && (len(v) == 0 || v[0] == '-') {
			return false
		}
		r.Client = v
	case roleIdent:
		p.ident = absent(v)
	case roleUser:
		if len(v) == 0 || s.field.afterIdent && bytes.IndexByte(v, ' ') >= 0 {
			return false
		}
		r.User = absent(v)
	case roleRequest:
		splitRequest(v, r)
	case roleTarget:
		r.Target = absent(v)
	case rolePath, rolePathQuery:
		p.setPath(s.field, absent(v), false, r)
	case roleQuery:
		p.query = absent(v)
	case roleProtocol:
		r.Protocol = absent(v)
	case roleReferrer:
		r.Referrer = absent(v)
	case roleAgent:
		r.Agent = absent(v)
	case roleHost:
		if len(v) == 0 {
			return p.allowedAndSet(s, v, r)
		}
		if r.Host = absent(v); v[len(v)-1]-'0' <= 9 {
			r.Host, _ = splitPort(r.Host)
		}
	case roleForwarded:
		r.Forwarded = absent(v)
	case roleJoined:
		return p.setJoined(s.field, v, r) == ReasonNone
	case roleContentLength:
		if n, ok := digits(v); ok {
			p.length = n
		}
	case roleRange, roleContentRange:
		return len(v) == 1 && v[0] == '-' || p.allowedAndSet(s, v, r)
	default:
		return p.allowedAndSet(s, v, r)
	}
	return true
}

func (p *compiledParser) allowedAndSet(s *step, v []byte, r *Record) bool {
	f := s.field
	return f.allows(v) && (!f.afterIdent || bytes.IndexByte(v, ' ') < 0) && p.set(f, v, r) == ReasonNone
}

// number takes a number, None or with millionths, into the record.
func (s *step) number(n, micros int64, r *Record) bool {
	if n > s.most {
		n = None
	}
	if n != None {
		n = n*s.scale + micros
	}
	switch s.role {
	case roleSent:
		r.Sent = n
	case roleDuration:
		r.DurationUS = n
	case roleEpoch:
		r.Time = n
		return n != None
	}
	return true
}

// decimal reads digits, a point and up to six digits behind it, or "-", into the
// record and gives its end, -1 if it is none.
func (s *step) decimal(line []byte, pos int, r *Record) int {
	n, end := someDigits(line, pos)
	micros := int64(0)
	switch {
	case end-pos > 18:
		return -1
	case end == pos:
		if n = None; end < len(line) && line[end] == '-' {
			end++
		} else if !s.empty {
			return -1
		}
	case end < len(line) && line[end] == '.':
		end++
		scale := int64(1e6)
		for end < len(line) && line[end]-'0' <= 9 {
			if scale /= 10; scale == 0 {
				return -1
			}
			micros += int64(line[end]-'0') * scale
			end++
		}
	}
	if s.role != roleSkip && !s.number(n, micros, r) {
		return -1
	}
	return end
}
