package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// apacheEscape writes as Apache's ap_escape_logitem does (2.0.46 and later):
// quote and backslash with a backslash, the C escapes, \xhh in lower case for
// other controls and what is not ASCII.
func apacheEscape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '"', c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\b':
			b.WriteString(`\b`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\v':
			b.WriteString(`\v`)
		case c < ' ', c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// nginxEscape writes as nginx's escape=default does: \xXX in upper case for
// quote, backslash, controls and all above 126.
func nginxEscape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c == '"' || c == '\\' || c < ' ' || c > 126 {
			fmt.Fprintf(&b, `\x%02X`, c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// hostile are pieces of which the values of the tests are put together.
var hostile = []string{
	`"`, `\`, `\\"`, `'`, ` `, `  `, `-`, `- -`, `[`, `]`, `] "`, ` [10/Oct/2000:13:55:36 -0700] "`, `[01/Jan/1990:00:00:00 +0000]`,
	`" 200 5`, `" 404 9 "-" "-"`, ` 200 5 `, `" 099 5`, ` "-" "1.2.3.4"`, `" 200 5 "-" "-" 6 7`, `"-"`, `1.2.3.4`, `h.example:80`, `::1`, `,`, `#`, `a`, `B7`, `%22`,
	` HTTP/1.1`, ` HTTP/1.1" 200 5 "-" "-`, "\n", "\r", "\r\n1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5", "\x00",
	"\x1b[0m", "\x7f", "\x80", "\xff", "\u202e", "å", "\b\v\t", `\x22`, `\n`, `\`, `=cmd|' /C calc'!A0`, `<script>`,
}

func hostileText(rnd *rand.Rand, most int) string {
	var b strings.Builder
	for range rnd.IntN(most + 1) {
		b.WriteString(hostile[rnd.IntN(len(hostile))])
	}
	return b.String()
}

// A request of a client, as the server knew it before it wrote the line.
type known struct {
	host, client, user               string
	method, target, referrer, agent  string
	status, bytes, in, out           int
	vhost, combined, io, nginx, http bool
}

// logged writes the line that Apache or nginx writes.
func (k known) logged() string {
	escape, empty := apacheEscape, `""`
	if k.nginx {
		escape, empty = nginxEscape, "-"
	}
	user := escape(k.user)
	if user == "" {
		user = empty
	}
	var b strings.Builder
	if k.vhost {
		b.WriteString(k.host + " ")
	}
	fmt.Fprintf(&b, `%s - %s [10/Oct/2000:13:55:36 -0700] "%s %s`, k.client, user, k.method, escape(k.target))
	if k.http {
		b.WriteString(" HTTP/1.1")
	}
	fmt.Fprintf(&b, `" %d `, k.status)
	if k.bytes < 0 {
		b.WriteString("-")
	} else {
		fmt.Fprint(&b, k.bytes)
	}
	if k.combined {
		fmt.Fprintf(&b, ` "%s" "%s"`, escape(k.referrer), escape(k.agent))
		if k.io {
			fmt.Fprintf(&b, ` %d %d`, k.in, k.out)
		}
	}
	return b.String()
}

func (k known) format() *Format {
	switch {
	case k.vhost && k.combined:
		return formatVhostCombined
	case k.vhost:
		return formatVhostCommon
	case k.combined && k.io:
		return formatCombinedIO
	case k.combined:
		return formatCombined
	}
	return formatCommon
}

// check compares what was read with what was known. A line may be refused only
// where its head can be read in two ways.
func (k known) check(t *testing.T, line string, r *Record, reason Reason) {
	t.Helper()
	if reason != ReasonNone {
		named := !isAddress([]byte(k.client))
		if reason == ReasonMissingFields && (k.vhost || named) {
			return
		}
		t.Fatalf("refused (%s): %s", reason, line)
	}
	same := func(name string, got []byte, want string) {
		t.Helper()
		if want == "-" && got == nil {
			return
		}
		if text := string(Unescape(nil, got)); got == nil || text != want {
			t.Fatalf("%s %q, want %q: %s", name, text, want, line)
		}
	}
	if host, _ := splitPort([]byte(k.host)); k.vhost {
		same("host", r.Host, string(host))
	} else if r.Host != nil {
		t.Fatalf("host %q: %s", r.Host, line)
	}
	same("client", r.Client, k.client)
	switch {
	case k.user == "" && k.nginx:
		same("user", r.User, "-")
	case k.user == "":
		same("user", r.User, `""`)
	default:
		same("user", r.User, k.user)
	}
	same("method", r.Method, k.method)
	same("target", r.Target, k.target)
	if k.combined {
		same("referrer", r.Referrer, k.referrer)
		same("agent", r.Agent, k.agent)
	}
	if k.http != (r.Protocol != nil) || r.Status != int16(k.status) || r.Bytes != int64(k.bytes) || r.Format != k.format() || r.Flags != 0 {
		t.Fatalf("%s: %s", render(r), line)
	}
	if k.io && k.combined && !k.vhost && r.Sent != int64(k.out) {
		t.Fatalf("%s: %s", render(r), line)
	}
	if r.Time != 971211336e6 || r.UTCOffsetMin != -420 {
		t.Fatalf("%s: %s", render(r), line)
	}
	k.together(t, line, r)
}

// together puts the spans of a record together again: they must give the line.
func (k known) together(t *testing.T, line string, r *Record) {
	t.Helper()
	span := func(b []byte) string {
		if b == nil {
			return "-"
		}
		return string(b)
	}
	var b strings.Builder
	if k.vhost {
		b.WriteString(string(r.Host) + strings.TrimPrefix(k.host, string(r.Host)) + " ")
	}
	fmt.Fprintf(&b, `%s - %s [10/Oct/2000:13:55:36 -0700] "%s %s`, r.Client, span(r.User), r.Method, r.Target)
	if r.Protocol != nil {
		fmt.Fprintf(&b, " %s", r.Protocol)
	}
	fmt.Fprintf(&b, `" %d `, r.Status)
	if r.Bytes == None {
		b.WriteString("-")
	} else {
		fmt.Fprint(&b, r.Bytes)
	}
	if k.combined {
		fmt.Fprintf(&b, ` "%s" "%s"`, span(r.Referrer), span(r.Agent))
		if k.io {
			fmt.Fprintf(&b, ` %d %d`, k.in, r.Sent)
		}
	}
	if b.String() != line {
		t.Fatalf("\nput together %s\nline         %s", b.String(), line)
	}
}

// hostileRequest makes up a request of random hostile values.
func hostileRequest(rnd *rand.Rand) known {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	k := known{
		host:     pick("h.example", "h.example:80", "[::1]:443", "[2001:db8::5]", "10.0.0.5", "10.0.0.5:8080", "localhost"),
		client:   pick("1.2.3.4", "2001:db8::1", "::1", "c.example", "fe80::1%eth0"),
		user:     hostileText(rnd, 4),
		method:   pick("GET", "POST", "HEAD", "M-SEARCH"),
		target:   "/" + hostileText(rnd, 5),
		referrer: hostileText(rnd, 4),
		agent:    hostileText(rnd, 4),
		status:   100 + rnd.IntN(900),
		bytes:    rnd.IntN(1<<40) - 1,
		in:       rnd.IntN(2000),
		out:      rnd.IntN(1 << 40),
		vhost:    rnd.IntN(3) == 0,
		combined: rnd.IntN(3) > 0,
		nginx:    rnd.IntN(2) == 0,
		http:     rnd.IntN(8) > 0,
	}
	if rnd.IntN(2) == 0 {
		k.user = "-"
	}
	if rnd.IntN(4) == 0 {
		k.bytes = -1
	}
	k.io = k.combined && !k.vhost && rnd.IntN(3) == 0
	k.sane()
	return k
}

// sane takes away what no log can tell: a protocol at the end of an HTTP/0.9
// target.
func (k *known) sane() {
	last := k.target[strings.LastIndexByte(k.target, ' ')+1:]
	if strings.HasPrefix(last, "HTTP/") && last != k.target {
		k.http = true
	}
}

// TestFieldShift: no value of a client can move into another field, as long as
// the server escapes.
func TestFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	p := anyCLF().NewParser()
	var r Record
	refused := 0
	const n = 20000
	for range n {
		k := hostileRequest(rnd)
		line := k.logged()
		reason := p.Parse([]byte(line), &r)
		if reason != ReasonNone {
			refused++
		}
		k.check(t, line, &r, reason)
	}
	if refused > n/10 {
		t.Errorf("%d of %d refused", refused, n)
	}
}

func FuzzFieldShift(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for i, text := range hostile {
		f.Add(text, "/"+text, hostile[(i+7)%len(hostile)], text, uint16(i*37%900), int64(i*1000), uint8(i))
	}
	f.Fuzz(func(t *testing.T, user, target, referrer, agent string, status uint16, size int64, shape uint8) {
		if target == "" || size < -1 {
			t.Skip()
		}
		k := known{
			host: "h.example:80", client: "1.2.3.4", user: user, method: "GET", target: target, referrer: referrer, agent: agent,
			status: 100 + int(status)%900, bytes: int(size), in: 5, out: int(size / 2),
			vhost: shape&1 != 0, combined: shape&2 != 0, nginx: shape&8 != 0, http: true,
		}
		k.io = k.combined && !k.vhost && shape&4 != 0
		if k.io && k.out < 0 {
			k.out = 0
		}
		var r Record
		line := k.logged()
		k.check(t, line, &r, anyCLF().NewParser().Parse([]byte(line), &r))
	})
}

func TestUnescape(t *testing.T) {
	test := func(text, want string) {
		t.Helper()
		if got := string(Unescape(nil, []byte(text))); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	test(``, "")
	test(`plain`, "plain")
	test(`\"\\`, `"\`)
	test(`\\"`, `\"`)
	test(`\\x41`, `\x41`)
	test(`\b\n\r\t\v`, "\b\n\r\t\v")
	test(`\x00\xff\xFF\xAb`, "\x00\xff\xff\xab")
	test(`\xg1\x1`, `\xg1\x1`)
	test(`\x`, `\x`)
	test(`\x4`, `\x4`)
	test(`\`, `\`)
	test(`a\`, `a\`)
	test(`\a\0\u0041`, `\a\0\u0041`)
	test("\xe5\\", "\xe5\\")
	if got := string(Unescape([]byte("x="), []byte(`\x41`))); got != "x=A" {
		t.Errorf("appended: %q", got)
	}
}

// TestUnescapeRoundTrip: what a server escaped comes back.
func TestUnescapeRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range 20000 {
		text := hostileText(rnd, 6)
		if i%2 == 0 {
			random := make([]byte, rnd.IntN(12))
			for j := range random {
				random[j] = byte(rnd.Uint32())
			}
			text = string(random)
		}
		for name, escape := range map[string]func(string) string{"Apache": apacheEscape, "nginx": nginxEscape} {
			escaped := escape(text)
			if got := string(Unescape(nil, []byte(escaped))); got != text {
				t.Fatalf("%s: %q written as %s came back as %q", name, text, escaped, got)
			}
			if i := closingQuote([]byte(escaped + `" 200`)); i != len(escaped) {
				t.Fatalf("%s: %s closed at %d", name, escaped, i)
			}
		}
	}
}

func FuzzUnescape(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for _, text := range hostile {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, escape := range []func(string) string{apacheEscape, nginxEscape} {
			if got := Unescape(nil, []byte(escape(string(text)))); !bytes.Equal(got, text) {
				t.Fatalf("%q came back as %q", text, got)
			}
		}
		if got := Unescape(nil, text); len(got) > len(text) {
			t.Fatalf("%q grew to %q", text, got)
		}
	})
}
