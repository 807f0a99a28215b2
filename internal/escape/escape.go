// Package escape makes hostile text safe to store and to show. In: text as a
// client sent it and a server logged it, any bytes. Out: the same text for a
// table, a terminal, a CSV cell, a Markdown cell or a page, in which nothing
// acts: no terminal escape, no formula, no markup, no mark that turns the
// reading direction, no character that cannot be seen. It never drops anything:
// what cannot stand as it is, is written out, as in \x1b or \u202e.
//
// A backslash that was in the text stays as it is, so an escaped text can look
// like one that had a backslash; what the log really holds is shown by its
// reference. UTF8, Terminal and CSV leave what they made unchanged when they
// are applied again; Markdown and HTML do not.
//
// All functions may be called from any goroutine.
package escape

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// UTF8 is b as valid UTF-8: each byte that is not part of a character is
// written as \xHH with upper-case digits. Everything else is unchanged.
func UTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string(AppendUTF8(nil, b))
}

// AppendUTF8 appends UTF8(b) to dst. It allocates only to grow dst.
func AppendUTF8(dst, b []byte) []byte {
	if utf8.Valid(b) { // fast for ASCII
		return append(dst, b...)
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			dst = appendByte(dst, b[0])
		} else {
			dst = append(dst, b[:n]...)
		}
		b = b[n:]
	}
	return dst
}

const (
	upperHex = "0123456789ABCDEF"
	lowerHex = "0123456789abcdef"
)

func appendByte(dst []byte, c byte) []byte {
	return append(dst, '\\', 'x', upperHex[c>>4], upperHex[c&15])
}

// Terminal is s with everything written out that a terminal or an editor would
// act on or hide: control characters, marks for the reading direction, line and
// paragraph separators, format characters, variation selectors, private and
// unassigned characters (\n, \x1b, \u202e, \U000e0041), and bytes that are not
// UTF-8 (as UTF8 writes them, so it does not matter which comes first). Spaces
// and all that can be seen is unchanged.
func Terminal(s string) string {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return s
	}
	dst := make([]byte, i, len(s)+16)
	copy(dst, s)
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = appendByte(dst, s[i])
		case visible(r):
			dst = append(dst, s[i:i+n]...)
		default:
			dst = appendRune(dst, r)
		}
		i += n
	}
	return string(dst)
}

// visible reports whether a character shows as what it is. The default
// ignorable characters that are not format characters (fillers, joiners) and
// the variation selectors are letters and marks to Unicode, but cannot be seen.
func visible(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) &&
		!unicode.Is(unicode.Variation_Selector, r)
}

func appendRune(dst []byte, r rune) []byte {
	switch {
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r < 0x80:
		return append(dst, '\\', 'x', lowerHex[r>>4], lowerHex[r&15])
	}
	digits, letter := 4, byte('u')
	if r > 0xffff {
		digits, letter = 8, 'U'
	}
	dst = append(dst, '\\', letter)
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, lowerHex[r>>(4*i)&15])
	}
	return dst
}

// CSV is Terminal(s) with a leading ' where a spreadsheet would take the cell
// for a formula (OWASP, CSV injection). Quotes and separators are the business
// of encoding/csv. It is for text: a negative number must not come here.
func CSV(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	out := Terminal(s)
	switch r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + out
	}
	return out
}

// HTML is Terminal(s) for the text of an element or for an attribute in quotes.
func HTML(s string) string { return html.EscapeString(Terminal(s)) }

// markdown escapes what CommonMark, and GitHub's tables, strike-through and
// formulas, take for markup. Angle brackets and ampersands become entities
// because not every Markdown knows a backslash before them.
var markdown = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	// Bare addresses become links without any markup.
	"://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "@", `\@`,
)

// Markdown is Terminal(s) for a cell of a table: it can neither end the cell
// nor become markup, HTML, a link or an image.
func Markdown(s string) string { return markdown.Replace(Terminal(s)) }
