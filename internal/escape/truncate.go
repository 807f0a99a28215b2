package escape

import (
	"strings"
	"unicode"
)

// Truncate is Terminal(s), cut so that with a … at its end it takes no more
// than width cells of a terminal.
func Truncate(s string, width int) string {
	s = Terminal(s)
	if width <= 0 {
		return ""
	}
	used, keep := 0, 0 // keep: bytes that fit together with the …
	for i, r := range s {
		c := cells(r)
		if used+c > width {
			return s[:keep] + "…"
		}
		used += c
		if used < width {
			keep = i + len(string(r))
		}
	}
	return s
}

// Pad is Truncate(s, width), filled with spaces to width cells.
func Pad(s string, width int) string {
	s = Truncate(s, width)
	used := 0
	for _, r := range s {
		used += cells(r)
	}
	return s + strings.Repeat(" ", max(0, width-used))
}

// cells is how wide a terminal shows a character: East Asian letters and
// emoji are two cells, marks above or below another character none.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide holds the blocks of Unicode's East Asian Width W and F (UAX 11), in the
// rough: whole blocks, where a few characters may be narrow.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x231a, Hi: 0x231b, Stride: 1},
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, {Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x18cff, Stride: 1}, {Lo: 0x1b000, Hi: 0x1b2ff, Stride: 1},
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, {Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1faff, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}
