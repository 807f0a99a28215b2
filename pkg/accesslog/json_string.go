package accesslog

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	jsonOnes  = 0x0101010101010101
	jsonHighs = 0x8080808080808080
)

// text reads a string, whose quote stands at pos, eight bytes at a time up to
// the next one that needs a look: a quote, a backslash or a control character.
// Bytes beyond ASCII are taken as they are, UTF-8 or not (RFC 8259, section 8.1,
// asks for it): nginx with escape=json writes what a client sent (nginx
// ngx_escape_json), and a client must not be able to make a reject of its line.
// Such a byte ends no string, so it shifts no field.
func (s *jsonScanner) text() (raw []byte, escaped, ok bool) {
	line, start := s.line, s.pos+1
	for i := start; ; {
		for i+8 <= len(line) {
			w := binary.LittleEndian.Uint64(line[i:])
			q, b := w^(jsonOnes*'"'), w^(jsonOnes*'\\')
			special := ((q-jsonOnes)&^q | (b-jsonOnes)&^b | (w-jsonOnes*' ')&^w) & jsonHighs
			if special != 0 {
				i += bits.TrailingZeros64(special) / 8
				break
			}
			i += 8
		}
		for i < len(line) && line[i] >= ' ' && line[i] != '"' && line[i] != '\\' {
			i++
		}
		if i >= len(line) {
			return nil, false, s.fail(jsonCut)
		}
		switch c := line[i]; {
		case c == '"':
			s.pos = i + 1
			return line[start:i:i], escaped, true
		case c == '\\':
			n, state := jsonEscape(line[i:])
			if state != jsonWhole {
				return nil, false, s.fail(state)
			}
			escaped = true
			i += n
		default:
			return nil, false, s.fail(jsonBad)
		}
	}
}

// jsonEscape measures the escape that text starts with. Half of a surrogate
// pair is refused.
func jsonEscape(text []byte) (n int, state jsonState) {
	if len(text) < 2 {
		return 0, jsonCut
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, jsonWhole
	case 'u':
	default:
		return 0, jsonBad
	}
	r, state := jsonHex4(text[2:])
	if state != jsonWhole || r < 0xD800 || r > 0xDFFF {
		return 6, state
	}
	if r > 0xDBFF {
		return 0, jsonBad
	}
	rest := text[6:]
	for i, c := range []byte(`\u`) {
		if len(rest) == i {
			return 0, jsonCut
		}
		if rest[i] != c {
			return 0, jsonBad
		}
	}
	low, state := jsonHex4(rest[2:])
	if state == jsonWhole && (low < 0xDC00 || low > 0xDFFF) {
		state = jsonBad
	}
	return 12, state
}

func jsonHex4(text []byte) (r rune, state jsonState) {
	for i := range 4 {
		if i == len(text) {
			return 0, jsonCut
		}
		d := hexDigit(text[i])
		if d < 0 {
			return 0, jsonBad
		}
		r = r<<4 | rune(d)
	}
	return r, jsonWhole
}

// unescaped undoes the escapes of a string, into the scratch space.
func (s *jsonScanner) unescaped(raw []byte) []byte {
	start := len(s.scratch)
	s.scratch = appendJSONText(s.scratch, raw)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

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
