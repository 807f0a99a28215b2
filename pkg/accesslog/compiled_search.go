package accesslog

import "bytes"

// searchSteps bounds the search of a line. A line that needs more can be read
// in so many ways that it is refused.
const searchSteps = 2000

// search is what the search of a segment keeps.
type search struct {
	ends     []int // of the fields of the segment, texts the shortest
	longest  []int // the same, texts the longest
	kept     []int // of a first reading
	from     int   // the first field of the segment
	limit    int   // the segment's stop
	bareUser int   // where a bare "" stands, -1 if nowhere
	left     int   // how many steps the search may still take
	unsure   int   // the first field whose end differs
}

// searchSegment reads the fields from i to the end of its segment, if there is
// one way only to do so. done: the line is finished, read or not.
func (p *compiledParser) searchSegment(i, pos int, line []byte, r *Record) (reason Reason, done bool) {
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
		return f.reason(), true
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
	p.limit, p.bareUser, p.left, p.from, p.unsure = stop, bareUser, searchSteps, i, i
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
			p.unsure = k
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
		if i == last && end != p.limit-p.fields[p.from].quoteAt {
			return false // the segment goes on
		}
		if f.afterIdent && i > p.from && bytes.IndexByte(line[pos:end], ' ') >= 0 && !lastIsDash(line[:ends[i-1]]) {
			return false
		}
		ends[i] = end
		return p.try(i+1, last, end+len(f.after), line, ends, longest)
	}
	if f.scan == scanShape {
		end := f.shapeEnd(line, pos)
		return end >= 0 && p.allowed(f, line[pos:end], pos) && goOn(end)
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
		limit = min(limit, f.wordEnd(line, pos)+len(f.after))
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
	return f.allows(v) && (p.bareUser < 0 || pos > p.bareUser || p.bareUser >= pos+len(v))
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
