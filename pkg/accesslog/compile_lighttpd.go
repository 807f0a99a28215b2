package accesslog

import "strings"

// lighttpdPrefix stands before a format string of lighttpd, which looks like
// one of Apache and means something else.
const lighttpdPrefix = "lighttpd:"

// lighttpdText is what lighttpd writes without accesslog.format.
const lighttpdText = `%h %V %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`

// lighttpdLetters are the directives of lighttpd. %P is none: it writes nothing.
const lighttpdLetters = "habBACDefHkilmnoOIpqrstTuUvVX"

// CompileLighttpd makes a format of an accesslog.format string of lighttpd, as
// it stands in a configuration or without its backslashes. It looks like
// Apache's, but %b counts the body bytes that the network accepted, %t is the
// time at which the line is written, and %U is the target as it was sent.
//
// Source: lighttpd mod_accesslog (documentation, mod_accesslog.c of 1.4.59).
func CompileLighttpd(name, s string) (*Format, error) {
	t := newTemplate("lighttpd", s)
	t.at, t.object = TimeAtEnd, writesObject(s)
	if err := t.directives(s, t.lighttpd); err != nil {
		return nil, err
	}
	return t.build(name)
}

// lighttpd reads one directive: %, perhaps < or > or an argument in braces, and
// a letter.
func (t *template) lighttpd(s string) (int, error) {
	arg, i := "", 1
	switch rest := s[1:]; {
	case strings.HasPrefix(rest, "%"):
		t.text("%")
		return 2, nil
	case strings.HasPrefix(rest, "<"), strings.HasPrefix(rest, ">"):
		i++
	case strings.HasPrefix(rest, "{"):
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return 0, t.errorf("%q has no closing brace", s)
		}
		arg, i = rest[1:end], end+2
	}
	if i >= len(s) {
		return 0, t.errorf("%q ends in the middle of a directive", s)
	}
	whole, c := s[:i+1], s[i]
	if strings.IndexByte(lighttpdLetters, c) < 0 {
		return 0, t.errorf("%s is no directive of lighttpd that is known", whole)
	}
	f := field{text: whole}
	switch c {
	case 'f': // the only text that is not escaped
		if i+1 < len(s) {
			return 0, t.errorf("%s is not escaped by lighttpd: only at the end of a line can it be told where it ends", whole)
		}
		f.shape = shapeRaw
	case 's':
		f.shape, f.role = shapeStatus, roleStatus
	case 'u':
		f.role = roleUser
	case 'U':
		f.role = roleTarget
	case 'q':
		if t.joinQuery(whole) {
			return i + 1, nil
		}
	case 'T':
		units := map[string]string{"sec": "s", "msec": "ms", "usec": "us"}
		if unit, ok := units[arg]; ok {
			arg = unit
		}
		return i + 1, t.letter(whole, c, arg, false)
	default:
		return i + 1, t.letter(whole, c, arg, false)
	}
	t.field(f)
	return i + 1, nil
}

// joinQuery adds the query to the target that stands before it at once, or with
// a question mark between them.
func (t *template) joinQuery(whole string) bool {
	n := len(t.fields)
	if n == 0 || t.fields[n-1].role != roleTarget || t.texts[n] != "" && t.texts[n] != "?" {
		return false
	}
	t.fields[n-1].text += t.texts[n] + whole
	t.texts[n] = ""
	return true
}
