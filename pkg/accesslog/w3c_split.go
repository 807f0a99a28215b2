package accesslog

import "bytes"

// split cuts the line into as many values as there are columns. A line with
// fewer values is cut off if those that a record needs are whole and another
// one follows them. A line with more is refused: which one is too much cannot
// be told.
func (p *w3c) split(line []byte) (reason Reason, cut bool) {
	want, open, ok := len(p.columns.kinds), false, true
	p.spaced = -1
	switch {
	case p.dialect == formatCloudFront:
		p.splitTabs(line)
	case p.dialect == formatIISFTP, p.software == softwareNetScaler:
		p.splitPlain(line)
	case p.dialect == formatIIS && p.software != softwareAdvanced:
		if p.splitPlain(line); len(p.values) > want {
			if open, ok = p.splitQuoted(line); ok && (open || len(p.values) != want || !p.quotedSafely()) {
				return ReasonBadTail, false
			}
		} else if len(p.values) == want && bytes.Contains(line, spaceQuote) && !p.exact(want) {
			return ReasonBadTail, false // perhaps a cut line with quoted values
		}
	default:
		open, ok = p.splitQuoted(line)
	}
	switch {
	case !ok, len(p.values) > want:
		return ReasonBadTail, false
	case len(p.values) == want && !open:
		return ReasonNone, false
	}
	if !open && len(p.values) > 0 {
		p.values = p.values[:len(p.values)-1]
	}
	if p.columns.need >= len(p.values) {
		return ReasonCutOff, false
	}
	return ReasonNone, true
}

var spaceQuote = []byte(` "`)

// splitPlain cuts a line into its values. They are separated by runs of spaces
// and tabs; IIS and NetScaler write + for a space in a value and do not quote.
func (p *w3c) splitPlain(line []byte) {
	p.values = p.values[:0]
	tabs := bytes.IndexByte(line, '\t') >= 0
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		n := bytes.IndexByte(line[i:], ' ')
		if n < 0 {
			n = len(line) - i
		}
		if tabs {
			if t := bytes.IndexByte(line[i:i+n], '\t'); t >= 0 {
				n = t
			}
		}
		p.values = append(p.values, line[i:i+n:i+n])
		if len(p.values) > len(p.columns.kinds) {
			return
		}
		i += n
	}
}

// splitTabs is for CloudFront: one tab between values, none in them.
func (p *w3c) splitTabs(line []byte) {
	p.values = p.values[:0]
	for {
		n := bytes.IndexByte(line, '\t')
		if n < 0 {
			p.values = append(p.values, line)
			return
		}
		p.values = append(p.values, line[:n:n])
		if line = line[n+1:]; len(p.values) > len(p.columns.kinds) {
			return
		}
	}
}

// splitQuoted knows quoted values, in which a quote is doubled (the draft's
// string). A value whose quote is not closed is left out and open is set; false
// is returned for a closing quote that no separator follows.
func (p *w3c) splitQuoted(line []byte) (open, ok bool) {
	p.values, p.spaced = p.values[:0], -1
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		if len(p.values) > len(p.columns.kinds) {
			return false, true
		}
		start, end := i, i
		if line[i] == '"' {
			start++
			if end = closingDoubled(line, start); end < 0 {
				return true, true
			}
			if i = end + 1; i < len(line) && line[i] != ' ' && line[i] != '\t' {
				return false, false
			}
			if p.spaced < 0 && bytes.IndexByte(line[start:end], ' ') >= 0 {
				p.spaced = len(p.values)
			}
		} else {
			for i < len(line) && line[i] != ' ' && line[i] != '\t' {
				i++
			}
			end = i
		}
		p.values = append(p.values, line[start:end:end])
	}
	return false, true
}

// closingDoubled finds the quote that ends a value in which quotes are
// doubled, -1 if there is none.
func closingDoubled(text []byte, from int) int {
	for {
		i := bytes.IndexByte(text[from:], '"')
		if i < 0 {
			return -1
		}
		if i += from; i+1 == len(text) || text[i+1] != '"' {
			return i
		}
		from = i + 2
	}
}

// exact says whether the first n values look as their columns must.
func (p *w3c) exact(n int) bool {
	for i, kind := range p.columns.kinds[:n] {
		v, ok := p.values[i], true
		switch kind {
		case w3cAddress, w3cClient:
			_, ok = p.client(v)
		case w3cNumber, w3cBytes, w3cMillis:
			_, ok = orNone(v)
		case w3cTaken:
			_, ok = orNone(v)
			ok = ok || p.dialect == formatCloudFront
		case w3cStem:
			ok = len(v) > 0 && (v[0] == '/' || v[0] == '*' || v[0] == '-')
		case w3cStatus:
			ok = len(v) == 3
		}
		if !ok {
			return false
		}
	}
	return true
}

// quotedSafely says whether an IIS line that only fits with quoted values may
// be read so. IIS does not quote, but what rewrote its log may have. A raw space
// in a user name would shift what follows, and a quoted value behind it could
// make up for it. So between the user name and the first quoted value with a
// space no column may hold what counts but the client, and only the client may
// look like an address.
func (p *w3c) quotedSafely() bool {
	if p.spaced < 0 || p.spaced >= len(p.columns.kinds) {
		return false
	}
	switch p.columns.kinds[p.spaced] {
	case w3cText, w3cAgent, w3cReferrer:
	default:
		return false
	}
	from := max(0, int(p.columns.at[w3cUser]), int(p.columns.at[w3cStem]))
	for i := from; i < p.spaced; i++ {
		switch p.columns.kinds[i] {
		case w3cStatus, w3cBytes, w3cTime, w3cDate, w3cMethod:
			return false
		case w3cClient:
		default:
			if isAddress(p.values[i]) {
				return false
			}
		}
	}
	return true
}
