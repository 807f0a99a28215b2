package accesslog

// str is the text of a string, nil if the value is none.
func (s *jsonScanner) str(slot int) []byte {
	v := s.values[slot]
	switch {
	case v.kind != jsonString:
		return nil
	case v.escaped:
		return s.unescaped(v.raw)
	}
	return v.raw
}

// field is a text that servers write as "" or "-" when they have none.
func (s *jsonScanner) field(slot int) []byte {
	text := absent(s.str(slot))
	if len(text) == 0 {
		return nil
	}
	return text
}

// list is the text of a string, or of an array of strings joined with ", " as
// the lines of one header are (RFC 9110, section 5.3); nil for all else.
func (s *jsonScanner) list(slot int) []byte {
	v := s.values[slot]
	if v.kind != jsonArray {
		return s.field(slot)
	}
	inner := jsonScanner{line: v.raw, pos: 1}
	start, count := len(s.scratch), 0
	for inner.next() == '"' {
		raw, escaped, _ := inner.text()
		if inner.next() == ']' && count == 0 && !escaped {
			if len(raw) == 0 {
				return nil
			}
			return raw
		}
		if count > 0 {
			s.scratch = append(s.scratch, ", "...)
		}
		s.scratch = appendJSONText(s.scratch, raw)
		count++
		if inner.next() == ']' {
			return s.scratch[start:len(s.scratch):len(s.scratch)]
		}
		inner.pos++
	}
	return nil
}

// target is a request target in the words of Record: what reads it undoes
// backslash escapes, and JSON has undone its own, so a backslash is doubled.
func (s *jsonScanner) target(text []byte) []byte {
	n := 0
	for _, c := range text {
		if c == '\\' {
			n++
		}
	}
	if n == 0 {
		return text
	}
	start := len(s.scratch)
	for _, c := range text {
		if c == '\\' {
			s.scratch = append(s.scratch, c)
		}
		s.scratch = append(s.scratch, c)
	}
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}
