package accesslog

import (
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// appendJSONText appends the text of a string whose escapes were found valid.
func appendJSONText(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		c = raw[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, _ := jsonHex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(r) {
				low, _ := jsonHex4(raw[i+2:])
				r = utf16.DecodeRune(r, low)
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// unescaped undoes the escapes of a string, into the scratch space.
func (s *jsonScanner) unescaped(raw []byte) []byte {
	start := len(s.scratch)
	s.scratch = appendJSONText(s.scratch, raw)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

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

// count reads a number of bytes: digits, as a number or as a string. A value
// that is missing, null, "" or "-" is None.
func (s *jsonScanner) count(slot int) (n int64, ok bool) {
	v := s.values[slot]
	switch v.kind {
	case jsonMissing, jsonNull:
		return None, true
	case jsonNumber:
	case jsonString:
		if len(v.raw) == 0 || string(v.raw) == "-" {
			return None, true
		}
	default:
		return None, false
	}
	return wholeNumber(v.raw)
}

// status reads an HTTP status, as a number or as a string. 0 and "-" stand for
// none.
func (s *jsonScanner) status(slot int) (status int16, ok bool) {
	n, ok := s.count(slot)
	if n == None {
		v := s.values[slot]
		return 0, ok && v.kind == jsonString && string(v.raw) == "-"
	}
	return int16(n), ok && (n == 0 && len(s.values[slot].raw) == 1 || n >= 100 && n <= 999)
}

// scaled reads a decimal number, perhaps with an exponent, times ten to the
// power of shift, rounded to the nearest. Negative numbers are refused.
func scaled(text []byte, shift int) (n int64, ok bool) {
	if len(text) == 0 || text[0]-'0' > 9 {
		return 0, false
	}
	i, digits := 0, 0
	point := false
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c-'0' > 9:
		case digits < 18:
			n = n*10 + int64(c-'0')
			if n > 0 {
				digits++
			}
			if point {
				shift--
			}
			continue
		case point: // digits beyond what is kept
			continue
		default:
			return 0, false
		}
		break
	}
	if i < len(text) {
		if text[i]|0x20 != 'e' || i+1 == len(text) {
			return 0, false
		}
		exponent, sign := text[i+1:], 1
		if exponent[0] == '-' || exponent[0] == '+' {
			if exponent[0] == '-' {
				sign = -1
			}
			exponent = exponent[1:]
		}
		e, ok := wholeNumber(exponent)
		if !ok || e > 99 {
			return 0, false
		}
		shift += sign * int(e)
	}
	for ; shift > 0 && n != 0; shift-- {
		if n > math.MaxInt64/10 {
			return 0, false
		}
		n *= 10
	}
	if shift >= 0 {
		return n, true
	}
	for ; shift < -1 && n != 0; shift++ {
		n /= 10
	}
	return (n + 5) / 10, true
}
