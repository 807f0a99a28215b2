package accesslog

import "bytes"

// statusAt says whether the line goes on with a status, field i, or ends.
func (p *compiledParser) statusAt(i, pos int, line []byte) bool {
	f := &p.fields[i]
	end := f.shapeEnd(line, pos)
	if end < 0 {
		return len(line)-pos < 3
	}
	rest := line[end:]
	return bytes.HasPrefix(rest, f.bytes) || len(rest) < len(f.bytes)
}

// unescaped reads a line whose request holds quotes that the server did not
// escape: see clf.parseUnescaped.
func (p *compiledParser) unescaped(i, pos int, line []byte, r *Record) Reason {
	p.rescuing = true
	defer func() { p.rescuing = false }()
	f := &p.fields[i]
	found, reason := -1, ReasonBadRequest
	if f.statusNext {
		reason = ReasonBadStatus
	}
	r.Method, r.Target, r.Protocol, r.Status = nil, nil, nil, 0
	for at := pos + closingQuote(line[pos:]); at < len(line); {
		next := at + len(f.after)
		if next <= len(line) && string(line[at:next]) == f.after && (!f.statusNext || p.statusAt(i+1, next, line)) {
			reason = ReasonBadRequest
			p.attempt = *r
			if p.run(i+1, next, line, &p.attempt) == ReasonNone {
				if found >= 0 || p.attempt.Flags&FlagCutOff != 0 {
					return ReasonBadRequest // it reads in two ways, or not to its end
				}
				found = at
			}
		}
		n := bytes.IndexByte(line[at+1:], '"')
		if n < 0 {
			break
		}
		at += 1 + n
	}
	if found < 0 {
		return reason
	}
	if torn(line[pos:found]) {
		return ReasonBadRequest
	}
	r.Flags |= FlagUnescapedQuote
	splitRequest(line[pos:found:found], r)
	return p.run(i+1, found+len(f.after), line, r)
}

// torn says whether the begin of another line stands in a request: a time and
// the quote behind it.
func torn(request []byte) bool {
	var c clf
	return c.findTime(request) >= 0
}
