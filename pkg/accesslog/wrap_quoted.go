package accesslog

import "bytes"

// wrapQuoted is a line that a tool put into double quotes: with \" and \\ in
// it, with "" as CSV has it, or, where a quote inside is neither, as it was. A
// line that can be read both ways, with different results, is refused.
var wrapQuoted = &Wrapper{
	Name: "quoted", Title: "the whole line in double quotes", Stateless: true,
	Source: `RFC 4180 for "" in quotes; the C escapes \" and \\ of many exports`,
	peels: func(line []byte) bool {
		_, ok := new(quoted).unquote(line)
		return ok
	},
	parser: func(_ Reading, inner Parser) Parser { return &quoted{wrapped: newWrapped(inner)} },
}

type quoted struct {
	wrapped
	scratch []byte
}

// Parse implements Parser.
func (p *quoted) Parse(line []byte, r *Record) Reason {
	r.Reset()
	text, ok := p.unquote(line)
	if !ok {
		return ReasonOtherFormat
	}
	return p.parse(text, r)
}

func (p *quoted) unquote(line []byte) (text []byte, ok bool) {
	n := len(line)
	if n < 3 || line[0] != '"' || line[n-1] != '"' {
		return nil, false
	}
	text = line[1 : n-1 : n-1]
	backslash, quote := bytes.IndexByte(text, '\\') >= 0, bytes.IndexByte(text, '"') >= 0
	if !backslash && !quote {
		return text, true
	}
	csv, c := p.csv(text), p.c(text)
	switch {
	case csv && c: // no quotes, and each backslash twice: or is it once, and two of them?
		return nil, false
	case csv:
		p.scratch = p.scratch[:0]
		for {
			i := bytes.IndexByte(text, '"')
			if i < 0 {
				p.scratch = append(p.scratch, text...)
				return p.scratch, true
			}
			p.scratch = append(p.scratch, text[:i+1]...)
			text = text[i+2:]
		}
	case c:
		p.scratch = p.scratch[:0]
		for {
			i := bytes.IndexByte(text, '\\')
			if i < 0 {
				p.scratch = append(p.scratch, text...)
				return p.scratch, true
			}
			p.scratch = append(append(p.scratch, text[:i]...), text[i+1])
			text = text[i+2:]
		}
	case closingQuote(text) >= 0: // nothing was escaped
		return text, true
	}
	return nil, false
}

// csv says whether all quotes stand in pairs.
func (p *quoted) csv(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			return true
		}
		if i+1 == len(text) || text[i+1] != '"' {
			return false
		}
		text = text[i+2:]
	}
}

// c says whether each quote and backslash has a backslash before it.
func (p *quoted) c(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return false
		case '\\':
			if i++; i == len(text) || text[i] != '"' && text[i] != '\\' {
				return false
			}
		}
	}
	return true
}
