package accesslog

import "strings"

// apacheTime reads %t and %{...}t. The time is that of t.at unless it says
// begin: or end:.
func (t *template) apacheTime(whole, arg string, conditional bool) error {
	at := t.at
	if rest, ok := strings.CutPrefix(arg, "begin"); ok && (rest == "" || rest[0] == ':') {
		at, arg = TimeAtStart, strings.TrimPrefix(rest, ":")
	} else if rest, ok := strings.CutPrefix(arg, "end"); ok && (rest == "" || rest[0] == ':') {
		at, arg = TimeAtEnd, strings.TrimPrefix(rest, ":")
	}
	number := func(shape shape, r role, scale int64) {
		t.field(field{text: whole, shape: shape, role: r, scale: scale, at: at, maybe: conditional})
	}
	fraction := func(kind pieceKind) {
		t.field(field{text: whole, shape: shapeFixed, role: rolePieces, at: at, maybe: conditional, pieces: []piece{{kind: kind}}})
	}
	switch arg {
	case "":
		if conditional {
			return t.errorf("%s stands under a condition, and a line without it has no time", whole)
		}
		t.text("[")
		t.field(field{text: whole, shape: shapeCLF, role: roleTime, at: at})
		t.text("]")
	case "sec":
		number(shapeNumber, roleEpoch, 1e6)
	case "msec":
		number(shapeNumber, roleEpoch, 1e3)
	case "usec":
		number(shapeNumber, roleEpoch, 1)
	case "msec_frac":
		fraction(pieceMilli)
	case "usec_frac":
		fraction(pieceMicro)
	default:
		if conditional {
			return t.errorf("%s stands under a condition, and a line without it has no time", whole)
		}
		return t.strftime(whole, arg, at)
	}
	return nil
}
