package accesslog

import (
	"bytes"
	"math"
)

// cutWord cuts text at its first space. A word is not empty; what stands
// behind the space may be.
func cutWord(text []byte) (word, rest []byte, ok bool) {
	i := bytes.IndexByte(text, ' ')
	if i <= 0 {
		return nil, nil, false
	}
	return text[:i:i], text[i+1:], true
}

// cutLastWord cuts text at its last space.
func cutLastWord(text []byte) (rest, word []byte, ok bool) {
	i := bytes.LastIndexByte(text, ' ')
	if i < 0 || i+1 == len(text) {
		return nil, nil, false
	}
	return text[:i], text[i+1:], true
}

// thousandfold is wholeNumber times 1000 (milliseconds as microseconds).
func thousandfold(text []byte) (int64, bool) {
	v, ok := wholeNumber(text)
	if !ok || v > math.MaxInt64/1000 {
		return None, false
	}
	return v * 1000, true
}

// isUpperWord says whether text is made of capitals, digits and underscores,
// as the result codes of Squid are.
func isUpperWord(text []byte) bool {
	for _, c := range text {
		if (c < 'A' || c > 'Z') && c != '_' && (c < '0' || c > '9') {
			return false
		}
	}
	return len(text) > 0
}

// isBareAddress says whether text is an address and has nothing in it that no
// address has, for formats in which a client does not end at a space.
func isBareAddress(text []byte) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != ':' && c != '.' && c != '%' && c != '-' && c != '_' {
			return false
		}
	}
	return isAddress(text)
}
