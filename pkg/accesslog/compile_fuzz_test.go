package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// logged is a value of a request as a test made it up: the text that the
// server writes, and what must be read from it.
type loggedField struct {
	directive string
	value     string
	check     func(r *Record) string // what is wrong, or ""
}

// maker makes up lines of random formats of one server.
type maker struct {
	rnd    *rand.Rand
	nginx  bool
	escape func(string) string
	none   string // for an empty text

	lighttpd bool // Apache's directives, but for some
}

func (m maker) pick(of ...string) string { return of[m.rnd.IntN(len(of))] }

// hostile is hostile text. Without escapes a line break would end the line.
func (m maker) hostile(most int) string {
	text := hostileText(m.rnd, most)
	if m.none == "" {
		text = strings.ReplaceAll(text, "\n", "")
	}
	return text
}

func (m maker) name(apache, nginx string) string {
	if m.nginx {
		return nginx
	}
	return apache
}

func (m maker) apart(apache, lighttpd string) string {
	if m.lighttpd {
		return lighttpd
	}
	return apache
}

// text is a field of hostile text.
func (m maker) text(apache, nginx string, most int, get func(r *Record) []byte) loggedField {
	raw := m.hostile(most)
	if m.rnd.IntN(4) == 0 {
		raw = "-"
	}
	f := loggedField{directive: m.name(apache, nginx), value: m.escape(raw)}
	if get != nil {
		f.check = func(r *Record) string {
			got := get(r)
			if raw == "-" && got == nil || raw == "" && got == nil && m.none == "" {
				return ""
			}
			if string(Unescape(nil, got)) != raw {
				return fmt.Sprintf("%s: %q, want %q", f.directive, got, raw)
			}
			return ""
		}
	}
	return f
}

func (m maker) number(directive string, n int64, get func(r *Record) int64) loggedField {
	return loggedField{directive, strconv.FormatInt(n, 10), func(r *Record) string {
		if get != nil && get(r) != n {
			return fmt.Sprintf("%s: %d, want %d", directive, get(r), n)
		}
		return ""
	}}
}

// fields makes up the fields of one format.
func (m maker) fields() []loggedField {
	client := m.pick("1.2.3.4", "2001:db8::1", "::1", "203.0.113.200")
	method, status, size := m.pick("GET", "HEAD", "POST"), 100+m.rnd.IntN(900), m.rnd.Int64N(1<<40)
	list := []loggedField{
		{m.name(m.pick("%h", "%a"), "$remote_addr"), client, func(r *Record) string {
			if string(r.Client) != client {
				return fmt.Sprintf("client %q, want %q", r.Client, client)
			}
			return ""
		}},
		{m.name("%>s", "$status"), strconv.Itoa(status), func(r *Record) string {
			if int(r.Status) != status {
				return fmt.Sprintf("status %d, want %d", r.Status, status)
			}
			return ""
		}},
		m.number(m.name("%b", "$body_bytes_sent"), size, func(r *Record) int64 { return r.Bytes }),
		m.time(),
	}
	target := "/" + m.hostile(4)
	if strings.Contains(target, " HTTP/") {
		target = "/a"
	}
	is := func(r *Record) string {
		got := string(Unescape(nil, r.Target))
		if string(r.Method) != method || got != target {
			return fmt.Sprintf("request %s %q, want %s %q", r.Method, r.Target, method, target)
		}
		return ""
	}
	if m.rnd.IntN(4) > 0 {
		list = append(list, loggedField{m.name("%r", "$request"), method + " " + m.escape(target) + " HTTP/1.1", is})
	} else if m.nginx || m.lighttpd {
		target = strings.ReplaceAll(target, "?", "")
		list = append(list, loggedField{m.name("%m", "$request_method"), method, nil}, loggedField{m.name("%U", "$request_uri"), m.escape(target), is})
	} else {
		target = "/" + strings.ReplaceAll(m.hostile(4), "?", "")
		list = append(list, loggedField{"%m", method, nil}, loggedField{"%U", m.escape(target), func(r *Record) string {
			want := string(appendLoggedPath(nil, []byte(m.escape(target))))
			if string(r.Target) != want || string(r.Method) != method {
				return fmt.Sprintf("path %s %q, want %s %q", r.Method, r.Target, method, want)
			}
			return ""
		}})
	}
	user := m.text("%u", "$remote_user", 3, func(r *Record) []byte { return r.User })
	if user.value == "" {
		user.value = "-"
		if !m.nginx && !m.lighttpd {
			user.value = `""`
		}
		user.check = nil
	}
	for _, f := range []loggedField{
		user,
		{m.name("%l", "$scheme"), m.name("-", "https"), nil},
		m.text("%{Referer}i", "$http_referer", 3, func(r *Record) []byte { return r.Referrer }),
		m.text("%{User-Agent}i", "$http_user_agent", 3, func(r *Record) []byte { return r.Agent }),
		m.text("%{X-Forwarded-For}i", "$http_x_forwarded_for", 2, func(r *Record) []byte { return r.Forwarded }),
		m.text("%{Cookie}i", "$http_cookie", 2, nil),
		m.text(m.apart("%f", "%{X}e"), "$request_filename", 2, nil),
		m.number(m.name("%D", "$connection"), m.rnd.Int64N(1e9), nil),
		m.number(m.name("%O", "$bytes_sent"), m.rnd.Int64N(1e9), nil),
		{m.name("%X", "$pipe"), m.name(m.pick("X", "+", "-"), "."), nil},
		{m.name(m.apart("%{SSL_PROTOCOL}x", "%v"), "$upstream_response_time"), m.name("TLSv1.2", m.pick("-", "0.1", "0.1, 0.2 : 0.3")), nil},
	} {
		if m.rnd.IntN(3) == 0 {
			list = append(list, f)
		}
	}
	return list
}

func (m maker) time() loggedField {
	is := func(r *Record) string {
		if r.Time != 971211336e6 {
			return fmt.Sprintf("time %d", r.Time)
		}
		return ""
	}
	choice := m.rnd.IntN(4)
	if m.nginx {
		return []loggedField{{"[$time_local]", at, is}, {"$time_local", at[1 : len(at)-1], is}, {"$msec", "971211336.000", is}, {"$time_iso8601", "2000-10-10T13:55:36-07:00", is}}[choice]
	}
	return []loggedField{{"%t", at, is}, {"%{%d/%b/%Y:%T %z}t", at[1 : len(at)-1], is}, {"%{sec}t", "971211336", is}, {"[%{%F %T}t.%{msec_frac}t]", "[2000-10-10 20:55:36.000]", is}}[choice]
}

// line makes up a format and a line of it.
func (m maker) line() (format, line string, fields []loggedField) {
	fields = m.fields()
	m.rnd.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	var f, l strings.Builder
	if m.rnd.IntN(4) == 0 {
		return m.object(fields)
	}
	between := m.pick(" ", " ", " ", "\t", " | ", ",", ", ", ";", " -> ")
	quoting := m.rnd.IntN(4)
	for i, x := range fields {
		if i > 0 {
			f.WriteString(between)
			l.WriteString(between)
		}
		quote := ""
		if quoting > 0 && x.directive[0] != '[' && m.rnd.IntN(quoting+1) > 0 {
			quote = `"`
		}
		f.WriteString(quote + x.directive + quote)
		l.WriteString(quote + x.value + quote)
	}
	if m.rnd.IntN(2) == 0 {
		f.WriteString(`"`)
		l.WriteString(`"`)
	}
	return f.String(), l.String(), fields
}

// object makes up a format that writes a JSON object, and a line of it. Values
// that are no numbers stand in quotes.
func (m maker) object(fields []loggedField) (format, line string, _ []loggedField) {
	f, l := "{", "{"
	for i, x := range fields {
		quote := `"`
		if _, err := strconv.ParseFloat(x.value, 64); err == nil && m.rnd.IntN(2) == 0 || strings.HasPrefix(x.directive, "$upstream") {
			quote = ""
		}
		key := fmt.Sprintf(`"k%d":%s`, i, quote)
		if i > 0 {
			key = m.pick(",", ", ") + key
		}
		f, l = f+key+x.directive+quote, l+key+x.value+quote
	}
	return f + "}", l + "}", fields
}

// checkMade reads a line that was made up. It gives back all that was put in,
// or it is refused; cut anywhere too, it never gives another client, time,
// status or size.
func checkMade(t *testing.T, format, line string, fields []loggedField, cuts bool) (compiled, read bool) {
	t.Helper()
	f, err := CompileFormat(format)
	if err != nil {
		return false, false
	}
	p := newBoth(f)
	var r Record
	if reason := p.parse(t, []byte(line), &r); reason == ReasonNone {
		read = true
		for _, x := range fields {
			if x.check == nil {
				continue
			}
			if wrong := x.check(&r); wrong != "" && r.Flags&FlagCutOff == 0 {
				t.Fatalf("%s\n%s\n%s\n%s", format, line, wrong, render(&r))
			}
		}
		if r.Flags&^FlagUnescapedQuote != 0 {
			t.Fatalf("%s\n%s\n%s", format, line, render(&r))
		}
		if !cuts || strings.HasPrefix(format, "escape=none") {
			return true, true
		}
		whole := r
		whole.Client = bytes.Clone(r.Client)
		for n := range line {
			if p.parse(t, []byte(line[:n]), &r) != ReasonNone || r.TextAtEnd {
				continue // a line without its end is not used then
			}
			if !bytes.Equal(r.Client, whole.Client) || r.Time != whole.Time || r.Status != whole.Status || r.Bytes != whole.Bytes && r.Bytes != None && !r.NumberAtEnd {
				t.Fatalf("cut at %d\n%s\n%s\n%s\n%s", n, format, line, render(&r), render(&whole))
			}
		}
	}
	return true, read
}

func makers(rnd *rand.Rand) map[string]maker {
	return map[string]maker{
		"apache": {rnd: rnd, escape: apacheEscape, none: "-"},
		"nginx":  {rnd: rnd, nginx: true, escape: nginxEscape, none: "-"},
		"none":   {rnd: rnd, nginx: true, escape: func(s string) string { return s }},
		"json":   {rnd: rnd, nginx: true, escape: nginxJSONEscape},

		"lighttpd": {rnd: rnd, lighttpd: true, escape: lighttpdEscape, none: "-"},
	}
}

// prefix is what stands before a format of the maker.
func (m maker) prefix(name string) string {
	switch {
	case name == "none" || name == "json":
		return "escape=" + name + " "
	case m.lighttpd:
		return lighttpdPrefix
	}
	return ""
}

// TestCompileMade: random formats, lines of hostile values.
func TestCompileMade(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	for name, m := range makers(rnd) {
		compiled, read := 0, 0
		const n = 3000
		for i := range n {
			format, line, fields := m.line()
			format = m.prefix(name) + format
			c, r := checkMade(t, format, line, fields, i%8 == 0)
			compiled += b2i(c)
			read += b2i(r)
		}
		t.Logf("%s: %d formats, %d compiled, %d lines read", name, n, compiled, read)
		if compiled < n/4 || read < compiled/4 {
			t.Errorf("%s: %d formats, %d compiled, %d lines read", name, n, compiled, read)
		}
	}
}

func FuzzCompileMade(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, i*7, i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, a, b uint64, cuts bool) {
		rnd := rand.New(rand.NewPCG(a, b))
		for name, m := range makers(rnd) {
			format, line, fields := m.line()
			format = m.prefix(name) + format
			checkMade(t, format, line, fields, cuts)
		}
	})
}

// FuzzCompileFormat: no format string and no line makes the compiler or the
// scanner fail, and what is read is part of the line.
func FuzzCompileFormat(f *testing.F) {
	seeds := 0
	for _, s := range stockFormats {
		f.Add(s, `1.2.3.4 - - `+at+` `+get+` 200 5 "r" "u"`)
		seeds++
	}
	f.Add("lighttpd:"+lighttpdText, `1.2.3.4 h - `+at+` `+get+` 200 5 "r" "u"`)
	f.Add(`lighttpd:%a %{sec}t %m %U?%q %H %s %b %f`, `1.2.3.4 971211336 GET /a?x HTTP/1.1 200 - /srv/"a"`)
	for _, s := range objectFormats {
		f.Add(s, `{"t":"2000-10-10T13:55:36-07:00","c":"1.2.3.4","r":"GET /a HTTP/1.1","s":200,"b":5,"ua":"\",\"s\":404"}`)
		seeds++
	}
	rnd := rand.New(rand.NewPCG(31, 32))
	for _, m := range makers(rnd) {
		for range 20 {
			format, line, _ := m.line()
			f.Add(format, line)
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, format, line string) {
		if len(format) > 1000 || len(line) > 2000 || strings.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		made, err := CompileFormat(format)
		if err != nil {
			return
		}
		var r Record
		p := newBoth(made)
		for _, text := range []string{line, line, line[:len(line)/2]} {
			if p.parse(t, []byte(text), &r) != ReasonNone {
				continue
			}
			if len(r.Client) == 0 || r.Time == NoTime || r.Format != made || !strings.Contains(text, string(r.Client)) && !strings.HasPrefix(format, "escape=json") {
				t.Fatalf("%q\n%q\n%s", format, text, render(&r))
			}
		}
	})
}

// TestCompiledAllocs: nothing is allocated per line, good or bad.
func TestCompiledAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	data := timingLog(1<<15, true)
	for _, sample := range sampleFiles(t) {
		data = append(append(data, sample...), '\n')
	}
	for _, c := range fieldCases {
		data = append(append(data, c.line...), '\n')
	}
	formats := []string{`%{X-Forwarded-For}i %l %u %t "%r" %>s %b`, `%h %l %u [%{%d/%b/%Y:%T}t %{%z}t] "%m %U%q %H" %>s %b "%{Referer}i" "%{User-Agent}i"`,
		`escape=none ` + nginxCombinedText, `escape=json ` + nginxCombinedText, `$http_x_forwarded_for - $remote_user [$time_local] "$request_method $uri$is_args$args" $status $body_bytes_sent`}
	for _, s := range stockFormats {
		formats = append(formats, s)
	}
	formats = append(formats, objectFormats...)
	formats = append(formats, "lighttpd:"+lighttpdText)
	data = append(data, `{"t":"2000-10-10T13:55:36-07:00","c":"1.2.3.4","r":"GET /a HTTP/1.1","s":200,"b":5,"ua":"\u001b\",\"s\":404"}`+"\n"...)
	for _, s := range formats {
		p := Only(mustCompile(t, s)).NewParser()
		var r Record
		if n := testing.AllocsPerRun(5, func() { parseAll(p, &r, data) }); n != 0 {
			t.Errorf("%s: %v allocations", s, n)
		}
	}
}
