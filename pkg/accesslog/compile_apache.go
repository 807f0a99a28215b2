package accesslog

import (
	"slices"
	"strings"
)

// CompileApache makes a format of a LogFormat string of Apache httpd, as the
// documentation writes it or as it stands in a configuration (with \" for
// quotes).
//
// Source: Apache mod_log_config (custom log formats), mod_logio, mod_ssl.
func CompileApache(name, s string) (*Format, error) {
	t := newTemplate("Apache", s)
	t.object = writesObject(s)
	if err := t.directives(s, t.directive); err != nil {
		return nil, err
	}
	return t.build(name)
}

// directives takes a format string apart. read reads the directive that a text
// starts with, adds it, and gives its length.
func (t *template) directives(s string, read func(s string) (int, error)) error {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '%':
			n, err := read(s[i:])
			if err != nil {
				return err
			}
			i += n
		case c == '\\' && i+1 < len(s):
			switch s[i+1] {
			case 't':
				t.text("\t")
			case 'r':
				t.text("\r")
			case 'n':
				t.text("\n")
			case '"', '\\':
				t.text(s[i+1 : i+2])
			default:
				t.text(s[i : i+2])
			}
			i += 2
		default:
			t.text(s[i : i+1])
			i++
		}
	}
	if len(t.fields) == 0 {
		return t.errorf("no directive (%%h, %%t, %%r) stands in it")
	}
	return t.breaks()
}

// breaks refuses a line break, but at the end: there it makes an empty line
// behind each record.
func (t *template) breaks() error {
	last := &t.texts[len(t.texts)-1]
	*last = strings.TrimRight(*last, "\r\n")
	for _, text := range t.texts {
		if strings.IndexByte(text, '\n') >= 0 {
			return t.errorf("a line break (\\n) stands in its middle: one record in two lines cannot be read; put a tab (\\t) there")
		}
	}
	return nil
}

// directive reads one directive, %, then conditions, which request of a
// redirected one, an argument in braces and a letter.
func (t *template) directive(s string) (int, error) {
	var (
		arg         string
		conditional bool
		final       = true // of %s: not told, or told to be the last
		original    bool
	)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i == 1:
			t.text("%")
			return 2, nil
		case c == '!', c == ',':
		case c == '<':
			final, original = false, true
		case c == '>':
			final, original = true, false
		case c >= '0' && c <= '9':
			conditional = true
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return 0, t.errorf("%q has no closing brace", s)
			}
			arg = s[i+1 : i+end]
			i += end
		case c == '^':
			if i+3 > len(s) {
				return 0, t.errorf("%q ends in the middle of a directive", s)
			}
			return i + 3, t.caret(s[:i+3], s[i+1:i+3], conditional)
		default:
			whole := s[:i+1]
			if c == 's' {
				rank := 1
				if strings.Contains(whole, ">") && final {
					rank = 0
				}
				t.field(field{text: whole, shape: shapeStatus, role: roleStatus, rank: rank + b2i(original), maybe: conditional})
				return i + 1, nil
			}
			return i + 1, t.letter(whole, c, arg, conditional)
		}
	}
	return 0, t.errorf("%q ends in the middle of a directive", s)
}

// caret reads the directives of three characters.
func (t *template) caret(whole, name string, conditional bool) error {
	f := field{text: whole, maybe: conditional}
	switch name {
	case "ti", "to":
	case "FB", "FU":
		f.shape = shapeNumber
	default:
		return t.errorf("%s is no directive that is known", whole)
	}
	t.field(f)
	return nil
}

func (t *template) letter(whole string, c byte, arg string, conditional bool) error {
	f := field{text: whole, maybe: conditional}
	switch c {
	case 'a', 'h':
		f.shape, f.role, f.rank = shapeWord, roleClient, b2i(c == 'h')
		if arg == "c" {
			f.rank += 5 // of the connection: a proxy, where mod_remoteip is used
		}
	case 'A', 'L':
		f.shape = shapeWord
	case 'p', 'P':
		// Apache writes an argument that it does not know as it is.
		if known := map[byte]string{'p': "canonical local remote", 'P': "pid tid hextid"}[c]; arg != "" && !slices.Contains(strings.Fields(known), strings.ToLower(arg)) {
			return t.constant(whole, arg, conditional)
		}
		if f.shape = shapeNumber; c == 'P' {
			f.shape = shapeWord
		}
	case 'B', 'b':
		f.shape, f.role, f.rank = shapeNumber, roleBytes, b2i(c == 'b')
	case 'O':
		f.shape, f.role = shapeNumber, roleSent
	case 'I', 'S', 'k':
		f.shape = shapeNumber
	case 'C', 'e', 'n', 'f', 'R':
	case 'x', 'c':
		if c == 'c' && arg == "" {
			f.shape, f.role, f.signs = shapeSign, roleConnection, "X+-"
		}
		if arg == "SSL_PROTOCOL" || strings.HasPrefix(arg, "SSL_CIPHER") {
			f.shape = shapeWord
		}
	case 'D':
		f.shape, f.role, f.scale = shapeNumber, roleDuration, 1
	case 'T':
		f.shape, f.role, f.scale, f.rank = shapeNumber, roleDuration, 1e6, 2
		switch strings.ToLower(arg) {
		case "ms":
			f.scale, f.rank = 1e3, 1
		case "us":
			f.scale, f.rank = 1, 0
		case "", "s":
		default:
			return t.constant(whole, arg, conditional)
		}
	case 'H':
		f.role, f.http = roleProtocol, true
	case 'i':
		f.header(arg)
	case 'o':
		f.replyHeader(arg)
	case 'l':
		f.shape, f.role = shapeWord, roleIdent
	case 'm':
		f.shape, f.role = shapeWord, roleMethod
	case 'q':
		f.role = roleQuery
	case 'r':
		f.role = roleRequest
	case 'u':
		f.role, f.user = roleUser, true
	case 'U':
		f.role, f.rooted = rolePath, true
	case 'v':
		f.shape, f.role, f.slashless = shapeWord, roleHost, true
	case 'V':
		f.role, f.rank, f.slashless = roleHost, 1, true
	case 'X':
		f.shape, f.role, f.signs = shapeSign, roleConnection, "X+-"
	case 't':
		return t.apacheTime(whole, arg, conditional)
	default:
		return t.errorf("%s is no directive that is known", whole)
	}
	t.field(f)
	return nil
}

// constant adds an argument that Apache does not know and writes as it is.
func (t *template) constant(whole, arg string, conditional bool) error {
	if conditional {
		return t.errorf("%s: Apache does not know %q", whole, arg)
	}
	t.text(arg)
	return nil
}

// header says what a header of the request is.
func (f *field) header(name string) {
	switch strings.ToLower(name) {
	case "referer":
		f.role = roleReferrer
	case "user-agent":
		f.role = roleAgent
	case "x-forwarded-for":
		f.role, f.list = roleForwarded, true
	case "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip":
		f.shape, f.role, f.rank = shapeText, roleClientLast, 3
	case "host":
		f.role, f.rank = roleHost, 2
	case "range":
		f.role = roleRange
	}
}

// replyHeader says what a header of the response is.
func (f *field) replyHeader(name string) {
	switch strings.ToLower(name) {
	case "content-range":
		f.role = roleContentRange
	case "content-length":
		f.role = roleContentLength
	case "content-encoding":
		f.role = roleEncoding
	}
}
