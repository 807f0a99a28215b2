package accesslog

import (
	"bytes"
	"slices"
)

// several reads a source whose lines may be of any of the formats that a
// server's configuration gives: a server whose format was changed goes on in
// the same file. The format that reads a line whole is taken. A line that two
// read whole and differently is refused as ambiguous. A cut reading counts
// only where no format reads the line whole.
//
// The outcome depends on the line alone: the format of the line before is
// tried first, but those that could read the line too (rivals) are asked.
type several struct {
	formats []*Format
	parsers []Parser
	rivals  [][]int // of each format, those that may read a whole line of it too
	others  [][]int // of each format, all others
	rare    []bool  // see Reading.Rare
	main    int
	last    int // the format that read the line before
	other   Record
}

func newSeveral(reading Reading) Parser {
	p := &several{}
	for _, f := range reading.Formats {
		// Under two names, one format.
		if slices.ContainsFunc(p.formats, func(g *Format) bool { return g.Title == f.Title && g.Fields == f.Fields }) {
			continue
		}
		if f == reading.Main {
			p.main = len(p.formats)
		}
		p.formats = append(p.formats, f)
		p.parsers = append(p.parsers, f.parser(reading))
		p.rare = append(p.rare, reading.rare(f))
	}
	p.rivals, p.others = make([][]int, len(p.formats)), make([][]int, len(p.formats))
	for i := range p.formats {
		for j := range p.formats {
			if i == j {
				continue
			}
			p.others[i] = append(p.others[i], j)
			if !apart(p.parsers[i], p.parsers[j]) {
				p.rivals[i] = append(p.rivals[i], j)
			}
		}
	}
	p.last = p.main
	return p
}

// Parse implements Parser.
func (p *several) Parse(line []byte, r *Record) Reason {
	if p.parsers[p.last].Parse(line, r) == ReasonNone && r.Flags&FlagCutOff == 0 {
		return p.whole(p.last, line, r)
	}
	var why Reason
	cut, clash := false, false
	for i, parser := range p.parsers {
		reason := parser.Parse(line, &p.other)
		switch {
		case reason != ReasonNone:
			if i == p.main {
				why = reason
			}
		case p.other.Flags&FlagCutOff == 0:
			*r, p.last = p.other, i
			return p.whole(i, line, r)
		case !cut:
			*r, cut = p.other, true
		default:
			clash = clash || !agree(r, &p.other)
			if i == p.main {
				*r = p.other
			}
		}
	}
	switch {
	case clash:
		return ReasonAmbiguous
	case cut:
		return ReasonNone
	}
	return why
}

// whole settles a line that format i read whole.
func (p *several) whole(i int, line []byte, r *Record) Reason {
	rivals, first, rare := p.rivals[i], i, p.rare[i]
	if r.Flags&FlagUnescapedQuote != 0 {
		rivals = p.others[i] // each may take another quote for the request's end
	}
	if len(rivals) == 0 && !rare { // nearly every line
		return ReasonNone
	}
	for _, j := range rivals {
		if p.parsers[j].Parse(line, &p.other) != ReasonNone || p.other.Flags&FlagCutOff != 0 {
			continue
		}
		if !agree(r, &p.other) {
			return ReasonAmbiguous
		}
		first, rare = min(first, j), rare && p.rare[j]
	}
	r.Format = p.formats[first]
	if rare && r.NumberAtEnd && i != p.main {
		// See Reading.Rare.
		if p.parsers[p.main].Parse(line, &p.other) == ReasonNone && p.other.Flags&FlagCutOff != 0 {
			*r = p.other
		}
	}
	return ReasonNone
}

// agree says whether two readings of a line say the same.
func agree(a, b *Record) bool {
	if a.Format.TimeAt != b.Format.TimeAt || a.Bytes != None && a.Format.Meaning != b.Format.Meaning {
		return false
	}
	same := func(x, y []byte) bool { return (x == nil) == (y == nil) && bytes.Equal(x, y) }
	return same(a.Client, b.Client) && same(a.Host, b.Host) && same(a.User, b.User) &&
		same(a.Method, b.Method) && same(a.Target, b.Target) && same(a.Protocol, b.Protocol) &&
		same(a.Referrer, b.Referrer) && same(a.Agent, b.Agent) && same(a.Forwarded, b.Forwarded) &&
		a.Time == b.Time && a.UTCOffsetMin == b.UTCOffsetMin && a.LocalTime == b.LocalTime &&
		a.Status == b.Status && a.Bytes == b.Bytes && a.Sent == b.Sent &&
		a.ObjectSize == b.ObjectSize && a.SizeFrom == b.SizeFrom &&
		a.RangeStart == b.RangeStart && a.RangeEnd == b.RangeEnd && a.RangeFrom == b.RangeFrom &&
		a.NumberAtEnd == b.NumberAtEnd && a.Finished == b.Finished && a.DurationUS == b.DurationUS && a.Flags == b.Flags
}

// apart says whether no line can be read whole by both: then a line that one
// of them read needs no second look. It walks along both formats as long as
// their fields end at the same byte of a line, whatever it is. They are apart
// if then one goes on with another text, or ends where the other goes on: a
// short format and the same with more behind it, which is what most
// configurations have. Where that is not shown the answer is no, and costs a
// second look, not a record. A line whose request holds quotes that were not
// escaped is not covered, see whole.
func apart(one, two Parser) bool {
	a, ok := one.(*compiledParser)
	b, both := two.(*compiledParser)
	if !ok || !both || a.raw != b.raw || a.json != b.json {
		return false
	}
	if a.first != b.first {
		return differ(a.first, b.first)
	}
	for i := range min(len(a.fields), len(b.fields)) {
		f, g := &a.fields[i], &b.fields[i]
		switch {
		case !f.endsLike(g):
			return false
		case f.after == g.after:
			continue
		case f.role == roleRequest, g.role == roleRequest, f.role == roleStatus, g.role == roleStatus:
			return false // another quote may be tried for the request's end: see unescaped
		}
		return differ(f.after, g.after) || f.last && len(f.after) < len(g.after) || g.last && len(g.after) < len(f.after)
	}
	return false
}

// differ says whether no text can begin with both.
func differ(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] != b[:n]
}

// endsLike says whether two fields that start at the same byte of a line end at
// the same one too, in each line.
func (f *field) endsLike(g *field) bool {
	switch f.scan {
	case scanQuoted: // at the next quote, but for the "" of an empty user
		return g.scan == scanQuoted && !f.user && !g.user
	case scanShape: // where the shape ends; only a control behind a word ends it too
		if f.shape == shapeWord && f.after != g.after && (f.endsAtControl() || g.endsAtControl()) {
			return false
		}
	case scanWidth: // so many bytes before the next quote, or the line's end
		if f.tail != g.tail || f.quoted != g.quoted || f.user != g.user || f.after != g.after {
			return false
		}
	default:
		return false
	}
	return f.scan == g.scan && f.shape == g.shape && f.signs == g.signs && f.empty == g.empty && f.maybe == g.maybe && f.width == g.width
}

// endsAtControl says whether a control, such as a tab, stands behind the field.
func (f *field) endsAtControl() bool { return f.after != "" && f.after[0] < ' ' }
