package accesslog

import "bytes"

// setPath takes a path that the server decoded, with a query behind it or without;
// nil for none. clean: it has no query and stays as it was logged.
func (p *compiledParser) setPath(f *field, v []byte, clean bool, r *Record) {
	switch {
	case f.role == rolePath && p.queried:
		p.path, p.clean = v, clean
		return
	case f.role == rolePath && !clean:
		r.Target = p.loggedTarget(v, nil)
		return
	case clean && !f.dashed:
		r.Target = v
		return
	}
	path, query := v, []byte(nil)
	if i := bytes.IndexByte(v, '?'); i >= 0 {
		path, query = v[:i], v[i:]
	} else if n := len(v); f.dashed && n > 1 && v[n-1] == '-' {
		path = v[:n-1]
	}
	if clean || staysLogged(path) {
		r.Target = v[:len(path)+len(query)]
		return
	}
	r.Target = p.loggedTarget(path, query)
}

// setJoined takes a host or port and the target behind it.
func (p *compiledParser) setJoined(f *field, v []byte, r *Record) Reason {
	at := f.joinedAt(v)
	if at < 0 {
		return ReasonBadRequest
	}
	if reason := p.set(&f.joined[0], v[:at:at], r); reason != ReasonNone {
		return reason
	}
	return p.set(&f.joined[1], v[at:], r)
}

// loggedTarget makes a target of a path that the server decoded and a query, with
// its question mark or without.
func (p *compiledParser) loggedTarget(path, query []byte) []byte {
	if len(query) == 0 && staysLogged(path) {
		return path
	}
	p.target = appendLoggedPath(p.target[:0], path)
	if len(query) > 0 {
		if query[0] != '?' {
			p.target = append(p.target, '?')
		}
		p.target = append(p.target, query...)
	}
	return p.target
}

// staysLogged says whether appendLoggedPath would change nothing.
func staysLogged(path []byte) bool {
	for i := firstSpecial(path, 0); i < len(path); i++ {
		if loggedEscaped[path[i]] {
			return false
		}
	}
	return true
}
