package accesslog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Parts of the lines of the tables.
const (
	at   = `[10/Oct/2000:13:55:36 -0700]`
	atIs = ` time=2000-10-10T13:55:36-07:00`
	get  = `"GET /a HTTP/1.1"`
	isG  = ` method="GET" target="/a" protocol="HTTP/1.1"`
)

// fieldCases are lines and what is read from them, with any format of the
// family allowed.
var fieldCases = []struct{ line, want string }{
	// Formats.
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u"`},
	{`h.example 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example 1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u"`, `vhost_combined host="h.example" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 7`, `combinedio client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 sent=7 referrer="r" agent="u" number_at_end`},
	{`h.example 1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 7`, `<bad_tail>`},

	// A hyphen is nothing, an empty text is a text.
	{`1.2.3.4 - - ` + at + ` "-" - - "-" "-"`, `combined client="1.2.3.4"` + atIs},
	{`1.2.3.4 - - ` + at + ` "-" - - "-" "-" - -`, `combinedio client="1.2.3.4"` + atIs},
	{`1.2.3.4 - - ` + at + ` "-" - -`, `common client="1.2.3.4"` + atIs},
	{`1.2.3.4 - - ` + at + ` "" 400 0 "" ""`, `combined client="1.2.3.4"` + atIs + ` status=400 bytes=0 referrer="" agent=""`},

	// Client, ident and user.
	{`::1 - - ` + at + ` ` + get + ` 200 5`, `common client="::1"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`2001:db8::1%eth0 - - ` + at + ` ` + get + ` 200 5`, `common client="2001:db8::1%eth0"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`c.example - bob ` + at + ` ` + get + ` 200 5`, `common client="c.example" user="bob"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 ident bob ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="bob"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 ident - ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - bob smith ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="bob smith"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 -  bob ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user=" bob"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - bob  ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="bob "` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - "" ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="\"\""` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - b[o]b ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="b[o]b"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - b\"o\\b ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="b\\\"o\\\\b"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - [01/Jan/1990:00:00:00 +0000] ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="[01/Jan/1990:00:00:00 +0000]"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - [01/Jan/1990:00:00:00 +0000] \"GET /x\" 200 1 ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="[01/Jan/1990:00:00:00 +0000] \\\"GET /x\\\" 200 1"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - [01/Jan/1990:00:00:00 +0000] \x22GET /x\x22 ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="[01/Jan/1990:00:00:00 +0000] \\x22GET /x\\x22"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`1.2.3.4 - [[[[ ` + at + ` ` + get + ` 200 5`, `common client="1.2.3.4" user="[[[["` + atIs + isG + ` status=200 bytes=5 number_at_end`},

	// Virtual hosts.
	{`h.example:443 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example:443 c.example - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example" client="c.example"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example:443 1.2.3.4 ident bob smith ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example" client="1.2.3.4" user="bob smith"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example ::1 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example" client="::1"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`[::1]:443 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="[::1]" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`[::1] 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="[::1]" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`::1 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="::1" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`10.0.0.5:80 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="10.0.0.5" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example:123456 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example:123456" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},
	{`h.example: 1.2.3.4 - - ` + at + ` ` + get + ` 200 5`, `vhost_common host="h.example:" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 number_at_end`},

	// Heads that could be read in two ways, or not at all.
	{`h.example c.example - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example 1.2.3.4 - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example:80 c.example - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example - - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example:80 - - bob ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`10.0.0.5 1.2.3.4 bob smith ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4 ident bob smith ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4, 5.6.7.8 - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`unknown, 5.6.7.8 - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4, 5.6.7.8, 9.9.9.9 - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example 1.2.3.4 -  ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`h.example 1.2.3.4  - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4 - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4 ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{` - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4  - - ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4 - -` + at + ` ` + get + ` 200 5`, `<missing_fields>`},
	{`1.2.3.4 -  ` + at + ` ` + get + ` 200 5`, `<missing_fields>`},

	// Requests.
	{line(`GET /a b  c HTTP/1.1`), isLine(` method="GET" target="/a b  c" protocol="HTTP/1.1"`)},
	{line(`GET /a`), isLine(` method="GET" target="/a"`)},
	{line(`GET /a b`), isLine(` method="GET" target="/a b"`)},
	{line(`GET /a HTTP/1.0 HTTP/1.1`), isLine(` method="GET" target="/a HTTP/1.0" protocol="HTTP/1.1"`)},
	{line(`GET /a HTTP/1.1 `), isLine(` method="GET" target="/a HTTP/1.1 "`)},
	{line(`GET  HTTP/1.1`), isLine(``)},
	{line(`GET HTTP/1.1`), isLine(` method="GET" target="HTTP/1.1"`)},
	{line(`GET `), isLine(``)},
	{line(`GET`), isLine(``)},
	{line(` /a HTTP/1.1`), isLine(``)},
	{line(`get /a HTTP/2.0`), isLine(` method="get" target="/a" protocol="HTTP/2.0"`)},
	{line(`VERSION-CONTROL /a HTTP/1.1`), isLine(` method="VERSION-CONTROL" target="/a" protocol="HTTP/1.1"`)},
	{line(`OPTIONS * HTTP/1.0`), isLine(` method="OPTIONS" target="*" protocol="HTTP/1.0"`)},
	{line(`GET http://h.example/a HTTP/1.1`), isLine(` method="GET" target="http://h.example/a" protocol="HTTP/1.1"`)},
	{line(`\x16\x03\x01\x02 \x01`), isLine(``)},
	{line("\x16\x03\x01 \x01"), isLine(``)},
	{line(`G3T /a HTTP/1.1`), isLine(``)},
	{line(`GET /\x00\xff HTTP/1.1`), isLine(` method="GET" target="/\\x00\\xff" protocol="HTTP/1.1"`)},
	{line("GET /\xe5 HTTP/1.1"), isLine(` method="GET" target="/\xe5" protocol="HTTP/1.1"`)},
	{line(strings.Repeat("A", 32) + ` /a`), isLine(` method="` + strings.Repeat("A", 32) + `" target="/a"`)},
	{line(strings.Repeat("A", 33) + ` /a`), isLine(``)},
	{line(`GET /\"a\" HTTP/1.1`), isLine(` method="GET" target="/\\\"a\\\"" protocol="HTTP/1.1"`)},
	{line(`GET /a\\`), isLine(` method="GET" target="/a\\\\"`)},
	{line(`GET /a\\\"`), isLine(` method="GET" target="/a\\\\\\\""`)},
	{line(`GET /\" 200 7 \"-\" \"-\"`), isLine(` method="GET" target="/\\\" 200 7 \\\"-\\\" \\\"-\\\""`)},

	// Quotes that the server did not escape.
	{line(`GET /"a" HTTP/1.1`), isLine(` method="GET" target="/\"a\"" protocol="HTTP/1.1"`) + ` flags=unescaped_quote`},
	{line(`GET /a"b" 404 9 "c HTTP/1.1`), isLine(` method="GET" target="/a\"b\" 404 9 \"c" protocol="HTTP/1.1"`) + ` flags=unescaped_quote`},
	{line(`GET /a"b" 404 9 "x" "c HTTP/1.1`), isLine(` method="GET" target="/a\"b\" 404 9 \"x\" \"c" protocol="HTTP/1.1"`) + ` flags=unescaped_quote`},
	{`1.2.3.4 - - ` + at + ` "GET /a"b" 404 9 "x" "c" 200 5`, `<bad_request>`}, // common, or combinedio
	{`1.2.3.4 - - ` + at + ` "GET /a"b" 404 9 "c`, `<bad_request>`},            // cut: the status may be of the target
	{`1.2.3.4 - - ` + at + ` "GET /a"b" 404 `, `<bad_request>`},
	{`1.2.3.4 - - ` + at + ` "GET /to1.2.3.5 - - ` + at + ` "GET /b HTTP/1.1" 200 5 "-" "-"`, `<bad_request>`}, // torn
	{`1.2.3.4 - - ` + at + ` "GET /a HTTP/1.1" 2001.2.3.5 - - ` + at + ` "GET /b HTTP/1.1" 200 5 "-" "-"`, `<bad_request>`},

	// Status.
	{`1.2.3.4 - - ` + at + ` ` + get + ` - 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 000 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 009 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` bytes=5 referrer="r" agent="u"`}, // nginx, to HTTP/0.9
	{`1.2.3.4 - - ` + at + ` ` + get + ` 099 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 001 5`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 090 `, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` "GET /"a" HTTP/1.1" 099 5`, `<bad_request>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 100 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` status=100 bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 999 5 "r" "u"`, `combined client="1.2.3.4"` + atIs + isG + ` status=999 bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 20 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 2000 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 2x0 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` OK 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + `200 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + `  200 5 "r" "u"`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` x`, `<bad_status>`},
	{`1.2.3.4 - - ` + at + ` ` + get + `x`, `<bad_status>`},

	// Bytes.
	{sized(`-`), `combined client="1.2.3.4"` + atIs + isG + ` status=200`},
	{sized(`0`), `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=0`},
	{sized(`007`), `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=7`},
	{sized(`9223372036854775807`), `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=9223372036854775807`},
	{sized(`9223372036854775808`), `<bad_bytes>`},
	{sized(`99999999999999999999`), `<bad_bytes>`},
	{sized(`18446744073709551616`), `<bad_bytes>`},
	{sized(`-5`), `<bad_bytes>`},
	{sized(`+5`), `<bad_bytes>`},
	{sized(`5.0`), `<bad_bytes>`},
	{sized(`5k`), `<bad_bytes>`},
	{sized(``), `<bad_bytes>`},
	{sized(`--`), `<bad_bytes>`},

	// Referrer and agent.
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "a\"b" "c\\"`, `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="a\\\"b" agent="c\\\\"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u\" 99 99"`, `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u\\\" 99 99"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "` + "\x1b[31m\u202e" + `"`, `combined client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="\x1b[31m\u202e"`},

	// Tails that no format has.
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 0.12`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 - "r" "u"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5  "r" "u"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r"  "u"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" u`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" `, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 `, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 7 `, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 7 8`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 99999999999999999999`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "x"`, `combined_forwarded client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "-"`, `combined_forwarded client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "9.9.9.9, 2001:db8::5"`, `combined_forwarded client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u" forwarded="9.9.9.9, 2001:db8::5"`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "9.9.9`, `combined_forwarded client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5 referrer="r" agent="u" flags=cut_off`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "x" "y"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "x" `, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "x"y`, `<bad_tail>`},
	{`h.example:80 1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" "x"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u"x`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r"1.2.3.5 - - ` + at + ` ` + get + ` 200 6 "-" "-"`, `<bad_tail>`}, // torn
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u1.2.3.5 - - ` + at + ` ` + get + ` 200 6 "-" "-"`, `<bad_tail>`},
	{`1.2.3.4 - - ` + at + ` ` + get + ` 200 51.2.3.5 - - ` + at + ` ` + get + ` 200 6 "-" "-"`, `<bad_bytes>`},

	// Not of the family.
	{``, `<bad_time>`},
	{`[`, `<cut_off>`},
	{`Unmatched! The rat the cat the dog chased killed ate the malt!`, `<bad_time>`},
	{`1.2.3.4 - - ` + at + ` GET /a HTTP/1.1 200 5`, `<bad_request>`},
	{`1.2.3.4 - - ` + at + `x`, `<bad_request>`},
	{`1.2.3.4 - - ` + at + `"GET /a HTTP/1.1" 200 5`, `<bad_request>`},
	{`1.2.3.4 - - [2000-10-10T13:55:36-07:00] "GET /a HTTP/1.1" 200 5`, `<bad_time>`},
	{`1.2.3.4 - - 10/Oct/2000:13:55:36 -0700 "GET /a HTTP/1.1" 200 5`, `<bad_time>`},
	{`[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] client denied`, `<bad_time>`},
}

// line is a combined line of a request, isLine what else is read from it.
func line(request string) string {
	return `1.2.3.4 - - ` + at + ` "` + request + `" 200 5 "-" "-"`
}

func isLine(request string) string {
	return `combined client="1.2.3.4"` + atIs + request + ` status=200 bytes=5`
}

func sized(size string) string {
	return `1.2.3.4 - - ` + at + ` ` + get + ` 200 ` + size + ` "-" "-"`
}

func TestCLFFields(t *testing.T) {
	p := anyCLF().NewParser()
	var r Record
	for _, c := range fieldCases {
		if got := outcome(&r, p.Parse([]byte(c.line), &r)); got != c.want {
			t.Errorf("\nline %s\ngot  %s\nwant %s", c.line, got, c.want)
		}
	}
}

// TestCLFNamed: a user who names a format gets lines of that format, and lines
// that are the begin of one.
func TestCLFNamed(t *testing.T) {
	const (
		head, vhost = `1.2.3.4 - - ` + at + ` ` + get, `h:80 1.2.3.4 - - ` + at + ` ` + get
		whole, cut  = "whole", "cut"
		other       = "<other_format>"
	)
	test := func(name, line, want string) {
		t.Helper()
		f, ok := FormatByName(name)
		if !ok {
			t.Fatalf("no format %q", name)
		}
		var r Record
		reason := Only(f).NewParser().Parse([]byte(line), &r)
		got := "<" + reason.String() + ">"
		switch {
		case reason != ReasonNone:
		case r.Format != f:
			t.Errorf("only %s: %s: a record of %s", name, line, r.Format.Name)
		case r.Flags&FlagCutOff != 0:
			got = cut
		default:
			got = whole
		}
		if got != want {
			t.Errorf("only %s: %s: %s, want %s", name, line, got, want)
		}
	}
	for _, c := range []struct{ line, common, combined, vhostCommon, vhostCombined, combinedIO string }{
		{head + ` 200 5`, whole, cut, other, other, cut},
		{head + ` 200 `, cut, cut, other, other, cut},
		{head + ` 200 5 `, other, cut, other, other, cut},
		{head + ` 200 5 "-`, other, cut, other, other, cut},
		{head + ` 200 5 "-" "`, other, cut, other, other, cut},
		{head + ` 200 5 "-" "-"`, other, whole, other, other, cut},
		{head + ` 200 5 "-" "-" `, "<bad_tail>", "<bad_tail>", "<bad_tail>", "<bad_tail>", cut},
		{head + ` 200 5 "-" "-" 6`, "<bad_tail>", "<bad_tail>", "<bad_tail>", "<bad_tail>", cut},
		{head + ` 200 5 "-" "-" 6 `, "<bad_tail>", "<bad_tail>", "<bad_tail>", "<bad_tail>", cut},
		{head + ` 200 5 "-" "-" 6 7`, other, other, other, other, whole},
		{vhost + ` 200 5`, other, other, whole, cut, other},
		{vhost + ` 200 `, other, other, cut, cut, other},
		{vhost + ` 200 5 "-`, other, other, other, cut, other},
		{vhost + ` 200 5 "-" "-"`, other, other, other, whole, other},
		{head + ` 20`, "<cut_off>", "<cut_off>", "<cut_off>", "<cut_off>", "<cut_off>"},
	} {
		test("common", c.line, c.common)
		test("combined", c.line, c.combined)
		test("nginx_combined", c.line, c.combined)
		test("vhost_common", c.line, c.vhostCommon)
		test("vhost_combined", c.line, c.vhostCombined)
		test("combinedio", c.line, c.combinedIO)
	}
}

// TestCLFNamedSize: a number at the end of a cut line may be short, so it is
// none.
func TestCLFNamedSize(t *testing.T) {
	var r Record
	p := Only(formatCombined).NewParser()
	if reason := p.Parse([]byte(`1.2.3.4 - - `+at+` `+get+` 200 18`), &r); reason != ReasonNone || r.Bytes != None || r.NumberAtEnd {
		t.Errorf("%s", outcome(&r, reason))
	}
	p = Only(formatCombinedIO).NewParser()
	if reason := p.Parse([]byte(`1.2.3.4 - - `+at+` `+get+` 200 18 "-" "-" 7`), &r); reason != ReasonNone || r.Bytes != 18 || r.Sent != None {
		t.Errorf("%s", outcome(&r, reason))
	}
}

// TestCLFRare: a line that is whole in a format that the sample hardly showed
// is a cut one of the main format.
func TestCLFRare(t *testing.T) {
	const head, vhost = `1.2.3.4 - - ` + at + ` ` + get, `h:80 1.2.3.4 - - ` + at + ` ` + get
	test := func(main *Format, line, want string, rare ...*Format) {
		t.Helper()
		var r Record
		reading := Reading{Formats: formatsOf("clf"), Main: main, Rare: rare}
		got := reading.NewParser().Parse([]byte(line), &r).String()
		if got == "" {
			got = fmt.Sprint(r.Format.Name, " ", r.Bytes, " ", r.Flags.Names()) + fmt.Sprint(r.NumberAtEnd)
		}
		if got != want {
			t.Errorf("%s, rare %d: %s: %s, want %s", main.Name, len(rare), line, got, want)
		}
	}
	test(formatCombined, head+` 200 18`, "common 18 []true")
	test(formatCombined, head+` 200 18`, "combined -1 [cut_off]false", formatCommon)
	test(formatCombined, head+` 304 -`, "combined -1 [cut_off]false", formatCommon)
	test(formatCombined, head+` 200 18`, "common 18 []true", formatVhostCommon)
	test(formatCombined, vhost+` 200 18`, "vhost_combined -1 [cut_off]false", formatVhostCommon)
	test(formatVhostCombined, vhost+` 200 18`, "vhost_combined -1 [cut_off]false", formatCommon, formatVhostCommon)
	test(formatCombined, head+` 200 18 "-" "-" 5 6`, "combinedio 18 []true", formatCombinedIO)
	test(formatCombinedIO, head+` 200 18 "-" "-"`, "combined 18 []false", formatCombined)
	test(formatCombinedForwarded, head+` 200 18`, "combined_forwarded -1 [cut_off]false", formatCommon)
	test(formatCombinedForwarded, head+` 200 18 "-" "-"`, "combined_forwarded 18 [cut_off]false", formatCombined)
	test(formatCombinedForwarded, head+` 200 18 "-" "-"`, "combined 18 []false", formatCommon)
	test(formatCombinedForwarded, head+` 200 18 "-`, "combined_forwarded 18 [cut_off]false")
	test(formatCombinedForwarded, vhost+` 200 18 "-" "-"`, "vhost_combined 18 []false", formatCombined)
	test(formatCommon, vhost+` 200 18`, "vhost_common 18 []true", formatVhostCommon)
	test(formatCombined, head+` 200 99999999999999999999`, "bad_bytes", formatCommon)
}

// TestCLFCut cuts a line of each format at every byte. What is read from the
// begin must never differ from what is read from the whole.
func TestCLFCut(t *testing.T) {
	const (
		head = ` - a\"nna [b] [10/Oct/2000:13:55:36 -0700] "GET /calls/\"1\" 2.mp3 HTTP/1.1" 200 1843200`
		tail = ` "https://nas.example/?a=\"b\"" "Mozilla/5.0 \\ (X11) \"200 5\""`
	)
	for _, c := range []struct{ format, line string }{
		{"common", `192.0.2.17` + head},
		{"combined", `192.0.2.17` + head + tail},
		{"combinedio", `192.0.2.17` + head + tail + ` 412 1843514`},
		{"vhost_common", `nas.example:443 192.0.2.17` + head},
		{"vhost_combined", `nas.example:443 192.0.2.17` + head + tail},
		{"vhost_combined", `[2001:db8::5]:443 192.0.2.17` + head + tail},
		{"nginx_combined", `192.0.2.17` + head + tail},
		{"combined_forwarded", `192.0.2.17` + head + tail + ` "1.2.3.4, 5.6.7.8"`},
	} {
		format, _ := FormatByName(c.format)
		for _, reading := range []Reading{anyCLF(), Only(format)} {
			named := len(reading.Formats) == 1
			if format == formatNginxCombined && !named {
				continue
			}
			p := reading.NewParser()
			var whole, r Record
			if reason := p.Parse([]byte(c.line), &whole); reason != ReasonNone || whole.Format != format {
				t.Fatalf("%s: %s", c.line, outcome(&whole, reason))
			}
			for n := range c.line {
				text := []byte(c.line[:n])
				reason := reading.NewParser().Parse(text, &r)
				if want := cutReason(c.line, n, named); reason != want {
					t.Errorf("named %v %q: reason %q, want %q", named, text, reason, want)
					continue
				}
				if reason == ReasonNone {
					checkCut(t, named, text, &whole, &r)
				}
			}
		}
	}
}

// cutReason is the documented reason for a line of n bytes of a whole one.
func cutReason(line string, n int, named bool) Reason {
	status := strings.Index(line, ` 200 1843200`)
	switch {
	case n <= strings.LastIndex(line[:status], `[10/Oct`):
		if open := strings.LastIndexByte(line[:n], '['); open >= 0 && !strings.Contains(line[open:n], "]") {
			return ReasonCutOff // a bracket of the user or the host is open, which may be the time's
		}
		return ReasonBadTime
	case n < status+len(` 200 `):
		return ReasonCutOff
	}
	// One number behind the agent is a cut combinedio only by the user's word.
	if end := strings.LastIndexByte(line, '"'); !named && end > status && n > end+1 && n <= end+len(`" 412 `) {
		return ReasonBadTail
	}
	// A space behind the agent may be the begin of anything.
	if strings.HasSuffix(line, `8"`) && !named && n == len(line)-len(`"1.2.3.4, 5.6.7.8"`) {
		return ReasonBadTail
	}
	return ReasonNone
}

// checkCut compares a record of a cut line with the whole line's.
func checkCut(t *testing.T, named bool, text []byte, whole, r *Record) {
	t.Helper()
	same := func(name string, got, want []byte, orNil bool) {
		if !bytes.Equal(got, want) && (!orNil || got != nil) {
			t.Errorf("%q: %s %q, want %q", text, name, got, want)
		}
	}
	same("host", r.Host, whole.Host, false)
	same("client", r.Client, whole.Client, false)
	same("user", r.User, whole.User, false)
	same("method", r.Method, whole.Method, false)
	same("target", r.Target, whole.Target, false)
	same("protocol", r.Protocol, whole.Protocol, false)
	same("referrer", r.Referrer, whole.Referrer, true)
	same("agent", r.Agent, whole.Agent, true)
	same("forwarded", r.Forwarded, whole.Forwarded, true)
	if r.Time != whole.Time || r.UTCOffsetMin != whole.UTCOffsetMin || r.Status != whole.Status {
		t.Errorf("%q: %s", text, render(r))
	}
	common := r.Format == formatCommon || r.Format == formatVhostCommon
	if r.Bytes != whole.Bytes && r.Bytes != None && !(common && r.NumberAtEnd && r.Flags&FlagCutOff == 0) {
		t.Errorf("%q: bytes %d", text, r.Bytes)
	}
	if r.Sent != whole.Sent && r.Sent != None && !r.NumberAtEnd {
		t.Errorf("%q: sent %d", text, r.Sent)
	}
	// What ends where a shorter format ends cannot be told to be cut.
	shorter := r.NumberAtEnd || !named && (whole.Format == formatCombinedIO || whole.Format == formatCombinedForwarded) && r.Format == formatCombined && r.Agent != nil
	if shorter == (r.Flags&FlagCutOff != 0) {
		t.Errorf("%q: flags %v of %s", text, r.Flags.Names(), render(r))
	}
}
