package accesslog

import "bytes"

// searchSteps bounds the search of a line. A line that needs more can be read
// in so many ways that it is refused.
const searchSteps = 2000

// search reads the fields from i to the end of its segment, if there is one way
// only to do so. done: the line is finished, read or not.
func (p *compiledParser) search(i, pos int, line []byte, r *Record) (reason Reason, done bool) {
	f := &p.fields[i]
	last := &p.fields[f.segment]
	stop := len(line)
	if f.quoted {
		n := closingQuote(line[pos:])
		if n < 0 {
			return p.cut(i, r), true
		}
		stop = pos + n
	}
	found := p.oneWay(i, pos, stop, -1, line)
	if f.quoted && (stop+1 == len(line) || line[stop+1] == '"') && p.hasUser(i, f.segment) {
		// The quote may be the first of the "" of an empty user: then the
		// segment ends at the next one, and one of the two must be wrong.
		if stop+1 == len(line) {
			return p.cut(i, r), true
		}
		n := closingQuote(line[stop+2:])
		switch {
		case n >= 0 && found == noWay:
			found = p.oneWay(i, pos, stop+2+n, stop, line)
		case n >= 0:
			ends := append(p.kept[:0], p.ends...)
			if p.oneWay(i, pos, stop+2+n, stop, line) != noWay {
				found = manyWays
			}
			p.kept = ends
			copy(p.ends, ends)
		case found == noWay, i <= p.required:
			return p.cut(i, r), true
		}
	}
	switch found {
	case noWay:
		return p.fields[i].reason(), true
	case manyWays:
		return ReasonAmbiguous, true
	}
	if next := p.ends[f.segment] + len(last.after); last.last && next != len(line) {
		return ReasonBadTail, true
	}
	for k := i; k <= f.segment; k++ {
		g := &p.fields[k]
		end := p.ends[k]
		if reason := p.set(g, line[pos:end:end], r); reason != ReasonNone {
			return reason, true
		}
		pos = end + len(g.after)
	}
	return ReasonNone, false
}

// ways is how many ways there are to read a segment.
type ways uint8

const (
	noWay ways = iota
	oneWay
	manyWays
)

// oneWay reads the fields from i up to a stop. Of all ways to do so the one
// with the shortest texts and the one with the longest are compared.
func (p *compiledParser) oneWay(i, pos, stop, bareUser int, line []byte) ways {
	last := p.fields[i].segment
	p.limit, p.bareUser, p.left, p.from = stop, bareUser, searchSteps, i
	if !p.try(i, last, pos, line, p.ends, false) {
		if p.left < 0 {
			return manyWays
		}
		return noWay
	}
	if !p.try(i, last, pos, line, p.longest, true) {
		return manyWays
	}
	for k := i; k <= last; k++ {
		if p.ends[k] != p.longest[k] {
			return manyWays
		}
	}
	return oneWay
}

func (p *compiledParser) hasUser(i, last int) bool {
	for ; i <= last; i++ {
		if p.fields[i].user {
			return true
		}
	}
	return false
}

// try finds ends for the fields from i to last, each text as short or as long
// as it can be, the first field before the second and so on.
//
// A user name with spaces behind an ident is not taken into account, as in
// parseHead: else "1.2.3.4, 5.6.7.8 - -" might be a list that ends with a comma,
// an ident and a user name.
func (p *compiledParser) try(i, last, pos int, line []byte, ends []int, longest bool) bool {
	if i > last {
		return true
	}
	if p.left--; p.left < 0 {
		return false
	}
	f := &p.fields[i]
	goOn := func(end int) bool {
		if end < pos || end+len(f.after) > len(line) || string(line[end:end+len(f.after)]) != f.after {
			return false
		}
		if f.afterIdent && i > p.from && bytes.IndexByte(line[pos:end], ' ') >= 0 && !lastIsDash(line[:ends[i-1]]) {
			return false
		}
		ends[i] = end
		return p.try(i+1, last, end+len(f.after), line, ends, longest)
	}
	if f.scan >= scanWord && f.scan <= scanShape {
		end := f.shapeEnd(line, pos)
		return end >= 0 && goOn(end)
	}
	if p.bareUser >= 0 && pos == p.bareUser && f.user {
		return goOn(pos + 2)
	}
	if i == last { // it ends where the segment does
		end := p.limit - f.quoteAt
		return end >= pos && p.allowed(f, line[pos:end], pos) && goOn(end)
	}
	if f.scan == scanWidth {
		end := p.limit - f.tail
		return end >= pos && p.allowed(f, line[pos:end], pos) && goOn(end)
	}
	limit := p.limit - f.least + len(f.after)
	if limit < pos {
		return false
	}
	if f.shape == shapeWord || f.shape == shapeList {
		limit = min(limit, wordEnd(line, pos)+len(f.after))
	}
	if f.scan == scanQuoted {
		return false // its quote ends the segment
	}
	for from, to := pos, limit; from <= limit && to >= pos; {
		var n int
		if longest {
			n = lastIndex(line[pos:to], f.bytes)
		} else if n = index(line[from:limit], f.bytes); n >= 0 {
			n += from - pos
		}
		if n < 0 {
			return false
		}
		if end := pos + n; p.allowed(f, line[pos:end], pos) && goOn(end) {
			return true
		}
		if p.left < 0 {
			return false
		}
		if from = pos + n + 1; longest {
			from, to = pos, pos+n+len(f.after)-1
		}
	}
	return false
}

// lastIsDash says whether the last word of text is "-".
func lastIsDash(text []byte) bool {
	n := len(text)
	return n > 0 && text[n-1] == '-' && (n == 1 || text[n-2] == ' ')
}

// allowed says whether a field may have this value, which starts at pos.
func (p *compiledParser) allowed(f *field, v []byte, pos int) bool {
	if len(v) == 0 && (f.role == roleUser || f.shape == shapeWord) && !f.empty {
		return false
	}
	return p.bareUser < 0 || pos > p.bareUser || p.bareUser >= pos+len(v)
}

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

// index and lastIndex are those of bytes, quick for one byte.
func index(text, sep []byte) int {
	if len(sep) == 1 {
		return bytes.IndexByte(text, sep[0])
	}
	return bytes.Index(text, sep)
}

func lastIndex(text, sep []byte) int {
	if len(sep) == 1 {
		return bytes.LastIndexByte(text, sep[0])
	}
	return bytes.LastIndex(text, sep)
}
