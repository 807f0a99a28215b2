package accesslog

import "bytes"

// set takes the value of a field into the record.
func (p *compiledParser) set(f *field, v []byte, r *Record) Reason {
	switch f.role {
	case roleSkip:
		switch f.shape {
		case shapeFixed:
			if !p.other.read(f.pieces, v) {
				return f.reason()
			}
		case shapeCLF:
			if _, _, ok := p.skipped.parse(v); !ok {
				return f.reason()
			}
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
		if r.Host, _ = splitPort(p.value(v)); len(r.Host) == 0 { // no server_name
			r.Host = nil
		}
	case roleMethod:
		if v = absent(v); len(v) > 0 && isMethod(v) {
			r.Method = v
		}
	case roleTarget:
		r.Target = p.value(v)
	case rolePath, rolePathQuery:
		p.setPath(f, p.value(v), false, r)
	case roleJoined:
		return p.setJoined(f, v, r)
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
	case roleEncoding:
		setCoding(r, v)
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
		if f.alone {
			if !p.pieces.read(f, v, p.zoned, r) {
				return ReasonBadTime
			}
		} else if !p.parts.read(f.pieces, v) {
			return ReasonBadTime
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
		r.Time = n + micros
	}
	return ReasonNone
}
