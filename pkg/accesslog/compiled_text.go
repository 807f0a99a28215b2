package accesslog

import (
	"bytes"
	"math"
)

// value is a text, nil if the log had nothing: "-", or where escapes are those
// of JSON or none the empty text.
func (p *compiledParser) value(v []byte) []byte {
	if len(v) == 0 && p.unlike {
		return nil
	}
	return p.plain(absent(v))
}

// plain is a text with the escapes that Unescape knows. JSON's \u00XX and \f are
// written as \xXX, and of a format without escapes each backslash is doubled,
// into scratch space that is as good as the line.
func (p *compiledParser) plain(v []byte) []byte {
	if !p.unlike || bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	start := len(p.texts)
	if p.raw {
		for _, c := range v {
			if c == '\\' {
				p.texts = append(p.texts, c)
			}
			p.texts = append(p.texts, c)
		}
		return p.texts[start:len(p.texts):len(p.texts)]
	}
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] != '\\' || i+1 == len(v):
			p.texts = append(p.texts, v[i])
		case v[i+1] == 'f':
			p.texts = append(p.texts, `\x0c`...)
			i++
		case v[i+1] == 'u' && i+5 < len(v):
			p.texts = append(append(p.texts, `\x`...), v[i+4:i+6]...)
			i += 5
		default:
			p.texts = append(p.texts, v[i], v[i+1])
			i++
		}
	}
	return p.texts[start:len(p.texts):len(p.texts)]
}

// digits reads a number that fits.
func digits(v []byte) (int64, bool) {
	var n int64
	if len(v) <= 18 { // nearly always, and then it fits
		for _, c := range v {
			d := c - '0'
			if d > 9 {
				return 0, false
			}
			n = n*10 + int64(d)
		}
		return n, len(v) > 0
	}
	for _, c := range v {
		d := int64(c - '0')
		if d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, len(v) > 0
}

// decimal reads seconds with up to six digits behind the point.
func decimal(v []byte) (whole, micros int64, ok bool) {
	i := bytes.IndexByte(v, '.')
	if i < 0 {
		whole, ok = digits(v)
		return whole, 0, ok
	}
	if whole, ok = digits(v[:i]); !ok {
		return 0, 0, false
	}
	scale := int64(100000)
	for _, c := range v[i+1:] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		micros += int64(c-'0') * scale
		scale /= 10
	}
	return whole, micros, true
}

// times multiplies, None where it does not fit with a part of scale added.
func times(n, scale int64) int64 {
	if n == None || n > mostTimes(scale) {
		return None
	}
	return n * scale
}

// mostTimes is the largest number that times takes.
func mostTimes(scale int64) int64 { return (math.MaxInt64 - scale) / scale }
