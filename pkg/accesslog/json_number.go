package accesslog

import "math"

// number reads a number. One that ends the line is cut: an object is open.
func (s *jsonScanner) number() bool {
	if s.pos < len(s.line) && s.line[s.pos] == '-' {
		s.pos++
	}
	first := s.pos
	if n := s.digits(); n == 0 || n > 1 && s.line[first] == '0' {
		return s.badOrCut()
	}
	if s.pos < len(s.line) && s.line[s.pos] == '.' {
		s.pos++
		if s.digits() == 0 {
			return s.badOrCut()
		}
	}
	if s.pos < len(s.line) && s.line[s.pos]|0x20 == 'e' {
		s.pos++
		if s.pos < len(s.line) && (s.line[s.pos] == '+' || s.line[s.pos] == '-') {
			s.pos++
		}
		if s.digits() == 0 {
			return s.badOrCut()
		}
	}
	if s.pos == len(s.line) {
		return s.fail(jsonCut)
	}
	return true
}

func (s *jsonScanner) digits() int {
	start := s.pos
	for s.pos < len(s.line) && s.line[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos - start
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
