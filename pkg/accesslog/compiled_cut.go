package accesslog

import "bytes"

// broken is a line that does not go on behind field i as the format does.
func (p *compiledParser) broken(i, pos, end int, line []byte, r *Record) Reason {
	f := &p.fields[i]
	rest := line[end:]
	if len(rest) >= len(f.after) || string(rest) != f.after[:len(rest)] {
		switch {
		case !p.rescue || p.rescuing:
		case f.role == roleRequest:
			return p.unescaped(i, pos, line, r)
		case f.role == roleStatus && i > 0 && p.fields[i-1].role == roleRequest:
			return p.unescaped(i-1, p.request, line, r)
		}
		return f.reason()
	}
	if len(rest) == 0 {
		return p.cut(i, r) // the field itself may go on
	}
	if reason := p.set(f, line[pos:end:end], r); reason != ReasonNone {
		return reason
	}
	return p.cut(i+1, r)
}

// misfit is a field whose shape is another: perhaps the line ends before it.
func (p *compiledParser) misfit(i, pos int, line []byte, r *Record) Reason {
	f, rest := &p.fields[i], len(line)-pos
	if rest == 0 || (f.shape == shapeCLF || f.shape == shapeFixed || f.shape == shapeStatus) && rest < max(f.width, 3) {
		return p.cut(i, r)
	}
	if f.role == roleStatus && p.rescue && !p.rescuing && i > 0 && p.fields[i-1].role == roleRequest {
		return p.unescaped(i-1, p.request, line, r)
	}
	return f.reason()
}

// cut keeps a line that ends before field i is whole, if all that must be
// known stands before it. Where nothing is escaped a line's end says nothing.
func (p *compiledParser) cut(i int, r *Record) Reason {
	if i <= p.required || p.raw {
		return ReasonCutOff
	}
	r.Flags |= FlagCutOff
	return p.finish(r)
}

// whole is a line that was read to its end.
func (p *compiledParser) whole(r *Record) Reason {
	r.TextAtEnd = p.open
	switch p.end {
	case roleBytes:
		r.NumberAtEnd = r.Bytes != None
	case roleSent:
		r.NumberAtEnd = r.Sent != None
	}
	return p.finish(r)
}

// finish puts together what takes several fields.
func (p *compiledParser) finish(r *Record) Reason {
	r.Format = p.format
	if p.headless && !headFits(r.Client, p.ident, r.User) {
		return ReasonMissingFields
	}
	if !p.late {
		return ReasonNone
	}
	switch {
	case !p.apart:
	case p.time != timePieces:
		r.Time += p.parts.micros
	case !p.parts.at(p.zoned, &p.local, r):
		return ReasonBadTime
	}
	switch {
	case p.path == nil:
	case p.clean && len(p.query) == 0:
		r.Target = p.path
	default:
		r.Target = p.loggedTarget(p.path, p.query)
	}
	if p.length != None && r.Status == 200 && r.Flags&FlagCoded == 0 && r.SizeFrom == TotalNone {
		r.ObjectSize, r.SizeFrom = p.length, TotalContentLength
	}
	return ReasonNone
}

// headFits refuses heads that are those of another format, or could be: see
// parseHead.
func headFits(client, ident, user []byte) bool {
	if len(client) > 0 && client[len(client)-1] == ',' {
		return false
	}
	if ident == nil && user == nil {
		return true
	}
	host, withPort := splitPort(client)
	named := !isAddress(host)
	space := bytes.IndexByte(user, ' ')
	if space >= 0 && ident != nil {
		return false
	}
	return !named || !withPort && (ident == nil || !isAddress(ident)) && (space != 1 || user[0] != '-')
}
