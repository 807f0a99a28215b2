package accesslog

import (
	"bytes"
	"strings"
)

// shapeEnd is where a shape that ends by itself ends, -1 if it is another.
func (f *field) shapeEnd(line []byte, pos int) int {
	i := pos
	switch f.shape {
	case shapeCLF, shapeFixed:
		if len(line)-pos < f.width {
			return -1
		}
		return pos + f.width
	case shapeNumber:
		for i < len(line) && line[i]-'0' <= 9 {
			i++
		}
		if i == pos && i < len(line) && line[i] == '-' {
			i++
		}
	case shapeStatus:
		if len(line)-pos >= 3 && line[pos]-'0' <= 9 && line[pos+1]-'0' <= 9 && line[pos+2]-'0' <= 9 {
			return pos + 3
		}
		if pos < len(line) && line[pos] == '-' {
			return pos + 1
		}
		return -1
	case shapeDecimal:
		points := 0
		for i < len(line) && (line[i]-'0' <= 9 || line[i] == '.' && points == 0 && i > pos) {
			points += b2i(line[i] == '.')
			i++
		}
		if i == pos && i < len(line) && line[i] == '-' {
			i++
		}
	case shapeSign:
		if pos < len(line) && (strings.IndexByte(f.signs, line[pos]) >= 0 || f.maybe && line[pos] == '-' || f.empty && line[pos] == '-') {
			return pos + 1
		}
	case shapeList:
		i = listEnd(line, pos)
	default:
		i = f.wordEnd(line, pos)
	}
	if i == pos && !f.empty {
		return -1
	}
	return i
}

// wordEnd is the end of a word: a space, a quote that is not escaped, or the
// control (a tab) that stands behind the field. Other controls are part of it:
// servers escape them, so one that is there (of an old server, of a damaged
// file) separates nothing, and to end the word there would lose the line.
func (f *field) wordEnd(line []byte, i int) int {
	for i < len(line) && !f.endsWord(line[i]) {
		if line[i] == '\\' && i+1 < len(line) && (line[i+1] == '"' || !f.endsWord(line[i+1])) {
			i++
		}
		i++
	}
	return i
}

func (f *field) endsWord(c byte) bool {
	return c == ' ' || c == '"' || c < ' ' && f.after != "" && c == f.after[0]
}

// listEnd is the end of words joined with ", " and " : ".
func listEnd(line []byte, i int) int {
	for end := i; ; {
		start := i
		for i < len(line) && line[i] > ' ' && line[i] != '"' && line[i] != ',' {
			i++
		}
		if i == start {
			if i < len(line) && line[i] == '"' {
				return end // the separator before a quote is of the format
			}
			return i
		}
		end = i
		switch rest := line[i:]; {
		case len(rest) >= 2 && rest[0] == ',' && rest[1] == ' ':
			i += 2
		case len(rest) >= 3 && rest[0] == ' ' && rest[1] == ':' && rest[2] == ' ':
			i += 3
		default:
			return i
		}
	}
}

// allows says whether a field whose end is known otherwise may have this value.
func (f *field) allows(v []byte) bool {
	switch {
	case len(v) == 0 && (f.role == roleUser || f.shape == shapeWord || f.shape == shapeList):
		return f.empty
	case f.shape == shapeWord:
		return f.wordEnd(v, 0) == len(v)
	case f.shape == shapeList:
		return listEnd(v, 0) == len(v)
	case f.role == roleJoined:
		return f.joinedAt(v) >= 0
	case f.slashless:
		return bytes.IndexByte(v, '/') < 0
	case f.http:
		return bytes.IndexByte(v, ' ') < 0 || bytes.HasPrefix(v, httpSlash)
	case f.shape == shapeFixed:
		return fits(f.pieces, v)
	case f.shape == shapeCLF:
		return fits(clfPieces, v)
	}
	return true
}
