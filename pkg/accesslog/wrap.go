package accesslog

import "bytes"

// wrapped is the part that the parsers of all wrappers share.
type wrapped struct {
	inner    Parser
	director Director // inner, if it wants to see directives
}

func newWrapped(inner Parser) wrapped {
	w := wrapped{inner: inner}
	w.director, _ = inner.(Director)
	return w
}

// parse reads what the wrapper held. A directive is for a parser that wants
// it, and a line without text is no line of the format.
func (w *wrapped) parse(text []byte, r *Record) Reason {
	if Blank(text) {
		r.Reset()
		return ReasonMissingFields
	}
	if w.director != nil && isDirective(text) {
		w.director.Directive(text)
		return ReasonHeader
	}
	return w.inner.Parse(text, r)
}

// parseAt is parse for a wrapper that has a time, which is the record's if its
// format has none.
func (w *wrapped) parseAt(text []byte, t jsonTime, r *Record) Reason {
	reason := w.parse(text, r)
	if reason == ReasonNone && r.Time == NoTime {
		t.set(r)
	}
	return reason
}

// isDirective says whether a line is one like "#Fields: date time".
func isDirective(text []byte) bool {
	if len(text) < 3 || text[0] != '#' {
		return false
	}
	i := bytes.IndexByte(text, ':')
	return i > 1 && bytes.IndexByte(text[:i], ' ') < 0
}

// peelable says whether a wrapper is around the lines of a sample: around a
// tenth of them, as a format must read a tenth.
func peelable(sample []byte, w *Wrapper) bool {
	lines := NewLines(sample)
	tried, peeled := 0, 0
	for tried < detectLines {
		line, ok := lines.Next()
		if !ok {
			break
		}
		text := SkipNUL(SkipMark(line.Text))
		if Blank(text) || Comment(text) {
			continue
		}
		tried++
		if len(text) <= MaxLine && w.peels(text) {
			peeled++
		}
	}
	return peeled > 0 && peeled*10 >= tried
}
