package accesslog

import "strings"

// piece is a part of a time, of fixed width, and the text behind it.
type piece struct {
	kind   pieceKind
	spaced bool // its first digit may be a space
	lower  bool // am or pm
	after  string
}

type pieceKind uint8

const (
	pieceSkip1 pieceKind = iota // a digit that says nothing more
	pieceSkip2
	pieceSkip3
	pieceSkip4
	pieceWeekday // three letters
	pieceDay
	pieceMonth // two digits
	pieceMonthName
	pieceYear
	pieceYear2
	pieceHour
	pieceHour12
	pieceHalf // AM or PM
	pieceMinute
	pieceSecond
	pieceZone // +0100
	pieceZoneColon
	pieceMilli
	pieceMicro
	pieceKinds
)

var pieceWidths = [pieceKinds]int{1, 2, 3, 4, 3, 2, 2, 3, 4, 2, 2, 2, 2, 2, 2, 5, 6, 3, 6}

// strftimePieces are what is of fixed width, as the C locale writes it: httpd
// does not choose another.
var strftimePieces = map[byte]piece{
	'd': {kind: pieceDay}, 'e': {kind: pieceDay, spaced: true}, 'm': {kind: pieceMonth}, 'b': {kind: pieceMonthName}, 'h': {kind: pieceMonthName},
	'Y': {kind: pieceYear}, 'y': {kind: pieceYear2}, 'H': {kind: pieceHour}, 'k': {kind: pieceHour, spaced: true}, 'I': {kind: pieceHour12}, 'l': {kind: pieceHour12, spaced: true},
	'p': {kind: pieceHalf}, 'P': {kind: pieceHalf, lower: true}, 'M': {kind: pieceMinute}, 'S': {kind: pieceSecond}, 'z': {kind: pieceZone},
	'a': {kind: pieceWeekday}, 'j': {kind: pieceSkip3}, 'U': {kind: pieceSkip2}, 'V': {kind: pieceSkip2}, 'W': {kind: pieceSkip2}, 'C': {kind: pieceSkip2}, 'g': {kind: pieceSkip2},
	'G': {kind: pieceSkip4}, 'u': {kind: pieceSkip1}, 'w': {kind: pieceSkip1},
}

// strftimeLong are those that stand for others, in the C locale.
var strftimeLong = map[byte]string{
	'T': "%H:%M:%S", 'R': "%H:%M", 'D': "%m/%d/%y", 'F': "%Y-%m-%d", 'r': "%I:%M:%S %p", 'c': "%a %b %e %H:%M:%S %Y", 'x': "%m/%d/%y", 'X': "%H:%M:%S",
}

// strftimeOther are the letters that E and O may stand before (POSIX); in the C
// locale they change nothing.
var strftimeOther = map[byte]string{'E': "cCxXyY", 'O': "deHImMSuUVwWy"}

// strftime adds the fields and texts of a strftime format, as apr_strftime
// writes them in the C locale.
//
// Source: POSIX strftime; glibc for %k, %l, %P and %s.
func (t *template) strftime(whole, layout string, at TimeAt) error {
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			t.text(layout[i : i+1])
			continue
		}
		i++
		if i < len(layout) && strftimeOther[layout[i]] != "" {
			if i+1 == len(layout) || strings.IndexByte(strftimeOther[layout[i]], layout[i+1]) < 0 {
				return t.errorf("%%%s in %s: strftime has no such letter behind %c", layout[i:min(i+2, len(layout))], whole, layout[i])
			}
			i++
		}
		if i == len(layout) {
			return t.errorf("%s ends in its middle", whole)
		}
		c := layout[i]
		if p, ok := strftimePieces[c]; ok {
			t.field(field{text: whole, shape: shapeFixed, role: rolePieces, at: at, pieces: []piece{p}})
			continue
		}
		if long := strftimeLong[c]; long != "" {
			if err := t.strftime(whole, long, at); err != nil {
				return err
			}
			continue
		}
		switch c {
		case '%':
			t.text("%")
		case 't':
			t.text("\t")
		case 'B':
			t.field(field{text: whole, shape: shapeWord, role: roleMonth, at: at})
		case 'A', 'Z':
			t.field(field{text: whole, shape: shapeWord, role: roleSkip, at: at})
		case 's':
			t.field(field{text: whole, shape: shapeNumber, role: roleEpoch, scale: 1e6, at: at})
		case 'n':
			return t.errorf("%s breaks the line: one record in two lines cannot be read", whole)
		case '-', '_', '0', '^', '#':
			return t.errorf("%%%c in %s is a flag of glibc that changes how wide the next part is: only the usual widths can be read", c, whole)
		default:
			return t.errorf("%%%c in %s is not supported: what it writes is not standardised (a part of the second is %%{msec_frac}t or %%{usec_frac}t)", c, whole)
		}
	}
	return nil
}
