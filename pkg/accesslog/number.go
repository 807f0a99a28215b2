package accesslog

import "math"

// wholeNumber reads text that is nothing but decimal digits.
func wholeNumber(text []byte) (n int64, ok bool) {
	if len(text) == 0 {
		return None, false
	}
	for _, c := range text {
		d := c - '0'
		if d > 9 || n > (math.MaxInt64-int64(d))/10 {
			return None, false
		}
		n = n*10 + int64(d)
	}
	return n, true
}

// orNone is wholeNumber, but "-" and nothing are None.
func orNone(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) == 1 && text[0] == '-' {
		return None, true
	}
	return wholeNumber(text)
}

// secondsAsMicros reads a decimal number such as 0.102 as a whole one of a unit 10^-6
// times as large: seconds become microseconds. More digits are dropped.
func secondsAsMicros(text []byte) (n int64, ok bool) {
	whole, scale, point := int64(0), int64(1e6), false
	if len(text) == 0 || text[0] == '.' || len(text) > 18 {
		return None, false
	}
	for i, c := range text {
		d := c - '0'
		switch {
		case c == '.' && !point && i+1 < len(text):
			point = true
		case d > 9:
			return None, false
		case !point && whole > 1e10:
			return None, false
		case !point:
			whole = whole*10 + int64(d)
		case scale > 1:
			scale /= 10
			n += int64(d) * scale
		}
	}
	return whole*1e6 + n, true
}

// threeDigits reads a status of three digits; "-" and nothing are 0.
func threeDigits(text []byte) (status int16, ok bool) {
	if len(text) == 0 || len(text) == 1 && text[0] == '-' {
		return 0, true
	}
	if len(text) != 3 {
		return 0, false
	}
	a, b, c := text[0]-'0', text[1]-'0', text[2]-'0'
	if a > 9 || b > 9 || c > 9 {
		return 0, false
	}
	return int16(a)*100 + int16(b)*10 + int16(c), true
}
