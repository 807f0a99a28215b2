package accesslog

import "bytes"

// taken takes a text into the record.
func (p *compiledParser) taken(s *step, v []byte, r *Record) bool {
	if s.check || s.unlike && len(v) == 0 {
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
	case roleClientLast:
		if len(v) <= 1 || s.seps != ' '*ones || bytes.IndexByte(v, ',') >= 0 {
			return p.allowedAndSet(s, v, r)
		}
		if r.Client = v; s.field.list { // one address
			r.Forwarded = v
		}
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
