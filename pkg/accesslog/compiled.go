package accesslog

import (
	"bytes"
)

// compiledParser reads lines by a compiled format.
//
// A line is a record only if it can be read in one way. Of nearly every line the
// fields end where they first could, and no other way is left: readQuick reads
// those. Any other line is read again from its begin, with care. Most fields end
// where their shape or a quote that no escaped text can hold says so. Of a text
// that may hold what stands behind it (a user name with spaces) all readings up to
// the next such quote are weighed: the one with the shortest and the one with the
// longest texts must be the same, and then there is no other.
type compiledParser struct {
	*compiled
	clock   clfClock
	pieces  pieceClock
	skipped clfClock // of times that are passed over
	local   localClock
	parts   parts // of a time whose pieces do not stand together
	other   parts // of pieces that are passed over
	ident   []byte
	path    []byte // the target's path, decoded by the server, and its query
	query   []byte
	clean   bool  // the path stays as it was logged
	length  int64 // Content-Length of the response

	target []byte // scratch for a target put together
	texts  []byte // scratch for texts with JSON escapes

	search          // of a line that is read with care
	request  int    // where its request starts
	attempt  Record // of unescaped
	rescuing bool   // in unescaped
}

func newCompiled(c *compiled, r Reading) Parser {
	n := len(c.fields)
	p := &compiledParser{compiled: c, local: localClock{zone: r.location()}, search: search{ends: make([]int, n), longest: make([]int, n), kept: make([]int, n)}}
	p.pieces.local = p.local
	return p
}

// Parse implements Parser.
func (p *compiledParser) Parse(line []byte, r *Record) Reason {
	if len(line) < len(p.first) || string(line[:len(p.first)]) != p.first {
		r.Reset()
		if len(line) < len(p.first) && p.first[:len(line)] == string(line) {
			return ReasonCutOff
		}
		return ReasonMissingFields
	}
	if p.quick != nil {
		p.begin(r)
		if p.readQuick(line, r) {
			return p.whole(r)
		}
	}
	p.begin(r)
	return p.run(0, len(p.first), line, r)
}

// begin forgets the line before.
func (p *compiledParser) begin(r *Record) {
	r.Reset()
	p.ident, p.texts = nil, p.texts[:0]
	if p.late {
		p.path, p.query, p.length = nil, nil, None
		if p.apart {
			p.parts = parts{}
		}
	}
}

// run reads the line with care from field i on, which starts at pos.
func (p *compiledParser) run(i, pos int, line []byte, r *Record) Reason {
	for ; i < len(p.fields); i++ {
		f := &p.fields[i]
		var end int
		switch f.scan {
		case scanQuoted:
			n := closingQuote(line[pos:])
			if n < 0 {
				return p.cut(i, r)
			}
			if end = pos + n; n == 0 && f.user && f.isBareUser(line[pos:]) {
				end = pos + 2
			}
		case scanShape:
			if end = f.shapeEnd(line, pos); end < 0 {
				return p.misfit(i, pos, line, r)
			}
		case scanRest:
			if end = len(line); f.shape == shapeText && !f.user && closingQuote(line[pos:]) >= 0 {
				return f.reason() // the server escapes quotes: a line of another format
			}
		case scanWidth:
			end = len(line) - f.tail
			if f.quoted {
				n := closingQuote(line[pos:])
				if n < 0 {
					return p.cut(i, r)
				}
				end = pos + n - f.tail
			}
			if f.user && f.isBareUser(line[pos:]) {
				end = pos + 2
			}
			if end < pos || !f.allows(line[pos:end]) {
				return f.reason()
			}
		case scanSearch:
			if reason, done := p.searchSegment(i, pos, line, r); done {
				return reason
			}
			i = f.segment
			pos = p.ends[i] + len(p.fields[i].after)
			continue
		}
		if f.role == roleRequest {
			p.request = pos
		}
		next := end + len(f.after)
		if next > len(line) || string(line[end:next]) != f.after {
			return p.broken(i, pos, end, line, r)
		}
		if reason := p.set(f, line[pos:end:end], r); reason != ReasonNone {
			return reason
		}
		pos = next
	}
	if pos != len(line) {
		return ReasonBadTail
	}
	return p.whole(r)
}

// isBareUser says whether text starts with the "" of an empty user and goes on
// as it should.
func (f *field) isBareUser(text []byte) bool {
	return len(text) >= 2 && text[0] == '"' && text[1] == '"' && bytes.HasPrefix(text[2:], f.bytes)
}
