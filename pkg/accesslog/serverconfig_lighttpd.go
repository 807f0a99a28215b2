package accesslog

import (
	"fmt"
	"strings"
)

// lighttpd reads the settings of lighttpd: key = value, one a line, in the
// blocks of conditions too. A value that is put together from variables is
// told, and not read. Where the log has no format of its own, it has the
// default.
//
// Source: lighttpd configuration file syntax; mod_accesslog.
func (c *config) lighttpd(data string) {
	formats, logs := 0, 0
	for n := 1; data != ""; n++ {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		if value, ok := lighttpdSetting(line, "accesslog.filename"); ok {
			if text, ok := lighttpdString(value); ok && text == "" {
				c.remark(n, `accesslog.filename = "": where it applies, no requests are logged by design`)
			} else if logs == 0 {
				logs = n
			}
		}
		if value, ok := lighttpdSetting(line, "accesslog.format"); ok {
			formats++
			if text, ok := lighttpdString(value); ok {
				c.add(n, fmt.Sprintf("accesslog.format:%d", n), text, CompileLighttpd)
			} else {
				c.remark(n, "accesslog.format is not one text in quotes, and is not read: give it as --format 'lighttpd:...'")
			}
		}
		if strings.HasPrefix(strings.TrimSpace(line), "include_shell") {
			c.remark(n, "%s is not read", strings.TrimSpace(line))
		}
	}
	if logs > 0 && formats == 0 {
		c.add(logs, fmt.Sprintf("accesslog.filename:%d", logs), lighttpdText, CompileLighttpd)
	}
}

// lighttpdSetting is what stands behind "key =" (or "key :=", "key +=") in a
// line, outside of quotes and comments.
func lighttpdSetting(line, key string) (value string, ok bool) {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			return "", false
		case strings.HasPrefix(line[i:], key) && (i == 0 || strings.IndexByte(" \t{", line[i-1]) >= 0):
			value = strings.TrimLeft(line[i+len(key):], " \t")
			value = strings.TrimPrefix(strings.TrimPrefix(value, ":"), "+")
			return strings.CutPrefix(value, "=")
		}
	}
	return "", false
}

// lighttpdString is a text in quotes with nothing joined to it. Only the quote
// is escaped there; the other backslashes are for the format.
func lighttpdString(value string) (text string, ok bool) {
	value = strings.TrimSpace(value)
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return "", false
	}
	end := 1
	for end < len(value) && value[end] != value[0] {
		end += 1 + b2i(value[end] == '\\')
	}
	if end >= len(value) {
		return "", false
	}
	rest := strings.TrimLeft(value[end+1:], " \t\r")
	if rest != "" && rest[0] != '#' && rest[0] != '}' {
		return "", false
	}
	return value[1:end], true
}
