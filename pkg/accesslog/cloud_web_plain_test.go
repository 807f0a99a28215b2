package accesslog

import (
	"encoding/csv"
	"fmt"
	"html"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// plainWeb is what a plain twin reads of a line.
type plainWeb struct {
	client        string
	time          time.Time
	status, bytes string
	path          string // decoded; empty: not compared
}

// webDirectives stand before the lines of the W3C dialects in the tests here.
var webDirectives = map[string][]string{
	"iis": {"#Software: Microsoft Internet Information Services 8.5",
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken"},
	"cloudfront": {"#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query"},
	"w3c":        {"#Fields: date time c-ip cs-username cs-method cs-uri-stem cs(User-Agent) cs(Referer) sc-status sc-bytes time-taken"},
}

var (
	plainELB = regexp.MustCompile(`(?s)^(?:(?:https?|h2|grpcs|wss?) )?([^ ]+Z) [^ ]+ \[?([^ ]+?)\]?:\d{1,5} [^ ]+ [^ ]+ [^ ]+ [^ ]+ (\d{3}|-) (?:\d{3}|-) [^ ]+ (\d+|-1?) "(?:[A-Za-z_-]+ ([^ "]+) HTTP/[^" ]*|- [^"]*)" "(.*)$`)
	plainS3  = regexp.MustCompile(`(?s)^[^ ]+ [^ ]+ \[(.{26})\] ([^ ]+) [^ ]+ [^ ]+ ([^ ]+) ([^ ]+) (?:"[^ ]+ [^ ]+(?: HTTP/[^ ]*)?"|"-"|-) (\d{3}|-) [A-Za-z0-9.-]* (\d+|-) `)
	plainAz  = regexp.MustCompile(`(?s)^[12]\.0;([^;]*Z);[^;]*;[^;]*;(\d{3}|-?);(?:[^;"]*;){6}(?:"([^"]*)"|([^;]*));(?:"[^"]*"|[^;]*);[^;]*;[^;]*;\[?([^;]*?)\]?(?::\d{1,5})?;[^;]*;[^;]*;[^;]*;[^;]*;([^;]*);`)
	plainVal = regexp.MustCompile(`"(?:[^"]|"")*"|[^ \t"][^ \t]*`)
)

// plainTwins are regular expressions, strings.Fields and encoding/csv.
var plainTwins = map[string]func(line string) (plainWeb, bool){
	"iis": func(line string) (p plainWeb, ok bool) {
		split := func(c rune) bool { return c == ' ' || c == '\t' }
		f := strings.FieldsFunc(line, split)
		if len(f) != 17 {
			f = plainVal.FindAllString(line, -1)
		}
		if len(f) != 17 {
			return p, false
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[8], status: f[11], bytes: f[14], path: f[4]})
	},
	"cloudfront": func(line string) (p plainWeb, ok bool) {
		f := strings.Split(line, "\t")
		if len(f) != 12 {
			return p, false
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[4], status: f[8], bytes: f[3]})
	},
	"w3c": func(line string) (p plainWeb, ok bool) {
		f := plainVal.FindAllString(line, -1)
		if len(f) != 11 {
			return p, false
		}
		for i, v := range f {
			if v[0] == '"' {
				f[i] = v[1 : len(v)-1]
			}
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[2], status: f[8], bytes: f[9]})
	},
	"gcs": func(line string) (p plainWeb, ok bool) {
		f, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || len(f) != 17 {
			return p, false
		}
		us, err := strconv.ParseInt(f[0], 10, 64)
		return plainWeb{client: f[1], time: time.UnixMicro(us), status: f[6], bytes: f[8]}, err == nil
	},
	"azure_storage": func(line string) (p plainWeb, ok bool) {
		m := plainAz.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		return plainAt("2006-01-02T15:04:05Z", m[1], plainWeb{client: m[5], status: m[2], bytes: m[6]})
	},
	"alb": plainBalancer, "elb": plainBalancer,
	"s3": func(line string) (p plainWeb, ok bool) {
		m := plainS3.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		return plainAt("02/Jan/2006:15:04:05 -0700", m[1], plainWeb{client: m[2], status: m[5], bytes: m[6]})
	},
	"iis_native": func(line string) (p plainWeb, ok bool) {
		f := strings.Split(line, ", ")
		if len(f) != 15 || !strings.HasSuffix(line, ",") {
			return p, false
		}
		layout := "1/2/06 15:04:05"
		if len(f[2]) > 0 && strings.LastIndexByte(f[2], '/') == len(f[2])-5 {
			layout = "1/2/2006 15:04:05"
		}
		p, ok = plainAt(layout, f[2]+" "+f[3], plainWeb{client: f[0], status: f[10], bytes: f[9], path: f[13]})
		if p.time.Year() == 2069 || p.time.Year() == 1969 {
			ok = false // Go's own pivot
		}
		return p, ok
	},
}

func plainBalancer(line string) (p plainWeb, ok bool) {
	m := plainELB.FindStringSubmatch(line)
	if m == nil {
		return p, false
	}
	return plainAt("2006-01-02T15:04:05Z", m[1], plainWeb{client: m[2], status: m[3], bytes: m[4]})
}

func plainAt(layout, text string, p plainWeb) (plainWeb, bool) {
	t, err := time.Parse(layout, text)
	p.time = t
	return p, err == nil
}

func webParser(t testing.TB, name string) Parser {
	p := readingOf(t, name).NewParser()
	for _, d := range webDirectives[name] {
		p.(Director).Directive([]byte(d))
	}
	return p
}

// webParity: a whole record says what the twin reads; a line that the twin does
// not read is none. Times with a second of 60 are not the twin's business.
func webParity(t *testing.T, name string, line []byte) {
	t.Helper()
	var r Record
	parser := webParser(t, name)
	if Comment(line) || Blank(line) || parser.Parse(line, &r) != ReasonNone || r.Flags&FlagCutOff != 0 || r.Format.Name == "nlb" || r.Format.Name == "iis_ftp" {
		return
	}
	if name == "iis_native" && string(r.Method) != "" && r.Bytes == None {
		return // FTP
	}
	p, ok := plainTwins[name](string(line))
	if !ok {
		if strings.Contains(string(line), ":60") || strings.Contains(string(line), "/69") || strings.Contains(string(line), "1969") || strings.Contains(string(line), "2069") {
			return
		}
		t.Fatalf("%s: %q\nfast %s\nplain none", name, line, render(&r))
	}
	if _, err := netip.ParseAddr(string(r.Client)); err != nil || name == "azure_storage" && strings.Count(string(r.Client), ":") > 1 {
		return // garbled, or an address without brackets before its port
	}
	status, _ := strconv.Atoi(p.status)
	size, err := strconv.ParseInt(p.bytes, 10, 64)
	if err != nil || size < 0 {
		size = None
	}
	if name == "iis_native" && r.Bytes == None {
		size = None // FTP
	}
	if string(r.Client) != p.client || r.Time != p.time.UnixMicro() || int(r.Status) != status || r.Bytes != size {
		t.Fatalf("%s: %q\nfast  %s\nplain %+v", name, line, render(&r), p)
	}
	if p.path != "" && p.path != "-" && r.Target != nil {
		path, _, _ := strings.Cut(string(r.Target), "?")
		if got, err := url.PathUnescape(path); err != nil || got != strings.Trim(p.path, "") {
			t.Fatalf("%s: %q\npath %q, plain %q", name, line, got, p.path)
		}
	}
}

var twinNames = []string{"iis", "cloudfront", "w3c", "gcs", "azure_storage", "alb", "elb", "s3", "iis_native"}

func TestWebParity(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	for _, name := range twinNames {
		lines := append(sampleLines(t, name), []byte(knownWeb{}.line(name)))
		for _, line := range lines {
			webParity(t, name, line)
		}
		for range 4000 {
			line := append([]byte(nil), lines[rnd.IntN(len(lines))]...)
			for range 1 + rnd.IntN(3) {
				from := rnd.IntN(len(line) + 1)
				line = append(append(append([]byte(nil), line[:from]...), hostile[rnd.IntN(len(hostile))]...), line[min(len(line), from+rnd.IntN(4)):]...)
			}
			webParity(t, name, []byte(strings.ReplaceAll(string(line), "\n", "")))
		}
	}
}

func FuzzWebParity(f *testing.F) {
	seeds := 0
	for i, name := range twinNames {
		for _, line := range sampleLines(f, name) {
			f.Add(uint8(i), line)
			seeds++
		}
	}
	if seeds < 100 {
		f.Fatal("seeds are missing")
	}
	f.Fuzz(func(t *testing.T, which uint8, line []byte) {
		if len(line) > 1<<12 || strings.ContainsAny(string(line), "\r\n") {
			t.Skip()
		}
		webParity(t, twinNames[int(which)%len(twinNames)], line)
	})
}

// knownWeb is a request with a client's own values, as the server knew it.
type knownWeb struct{ path, user, agent, referrer string }

// plus is how IIS writes a text: what does not print, and spaces, as +.
func plus(text string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f {
			return '+'
		}
		return c
	}, text)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// escapeEdge is how CloudFront writes a text.
func escapeEdge(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c <= 32 || c >= 127 || strings.IndexByte("<>\"#%{}|\\^~[]`'", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return orDash(b.String())
}

// noControl drops what cannot be in a header or a URL at all.
func noControl(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, text)
}

func quoteW3C(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// line writes the request as the server of a format does: client 192.0.2.17,
// 2015-03-04 00:00:01 UTC, status 200, 1843200 bytes.
func (k knownWeb) line(name string) string {
	raw := "/" + strings.ReplaceAll(url.PathEscape(k.path), "%2F", "/") // as the client sent it
	agent, referrer := noControl(k.agent), noControl(k.referrer)
	switch name {
	case "iis":
		return fmt.Sprintf("2015-03-04 00:00:01 10.0.0.5 GET /%s - 443 %s 192.0.2.17 %s %s 200 0 0 1843200 300 900", plus(k.path), orDash(plus(k.user)), orDash(plus(k.agent)), orDash(plus(k.referrer)))
	case "cloudfront":
		return strings.Join([]string{"2015-03-04", "00:00:01", "LAX1", "1843200", "192.0.2.17", "GET", "d1.cloudfront.net", escapeEdge(raw), "200", escapeEdge(k.referrer), escapeEdge(k.agent), "-"}, "\t")
	case "w3c":
		return fmt.Sprintf("2015-03-04 00:00:01 192.0.2.17 %s GET %s %s %s 200 1843200 5", quoteW3C(noControl(k.user)), raw, quoteW3C(agent), quoteW3C(referrer))
	case "gcs":
		double := func(text string) string { return strings.ReplaceAll(text, `"`, `""`) }
		return fmt.Sprintf(`"1425427201000000","192.0.2.17","1","","GET","%s","200","0","1843200","9","h.example","%s","%s","id","GET_Object","b","%s"`, double(raw), double(referrer), double(agent), double(noControl(k.path)))
	case "azure_storage":
		q := func(text string) string { return `"` + html.EscapeString(text) + `"` }
		return fmt.Sprintf(`1.0;2015-03-04T00:00:01.0000000Z;GetBlob;AnonymousSuccess;200;9;9;anonymous;;a;blob;%s;%s;id;0;192.0.2.17:5;v;1;0;300;1843200;0;;;"e";m;;%s;%s;%s`,
			q("https://a.example"+raw), q(noControl(k.path)), q(agent), q(referrer), q(noControl(k.user)))
	case "alb":
		return fmt.Sprintf(`https 2015-03-04T00:00:01.000000Z app/a/b 192.0.2.17:5 10.0.0.1:80 0.0 0.1 0.0 200 200 3 1843200 "GET https://h.example:443%s HTTP/1.1" "%s" ECDHE-RSA TLSv1.2 arn "Root=1" "h" "c" 0 2015-03-04T00:00:00.900000Z "f" "-" "-" "-" "-"`, raw, orDash(agent))
	case "elb":
		return fmt.Sprintf(`2015-03-04T00:00:01.000000Z lb 192.0.2.17:5 10.0.0.1:80 0.0 0.1 0.0 200 200 3 1843200 "GET https://h.example:443%s HTTP/1.1" "%s" - -`, raw, orDash(agent))
	case "s3":
		return fmt.Sprintf(`o b [04/Mar/2015:00:00:01 +0000] 192.0.2.17 - ID REST.GET.OBJECT %s "GET %s HTTP/1.1" 200 - 1843200 1843200 9 9 "%s" "%s" - host= SigV4 - - h TLSv1.2 - -`, orDash(strings.ReplaceAll(raw[1:], "%", "%25")), raw, orDash(referrer), orDash(agent))
	case "iis_native":
		return fmt.Sprintf("192.0.2.17, %s, 3/4/15, 0:00:01, W3SVC1, NAS, 10.0.0.5, 9, 300, 1843200, 200, 0, GET, /%s, -,", orDash(plus(k.user)), plus(k.path))
	}
	return ""
}

// check: the line is refused, or says what was known.
func (k knownWeb) check(t *testing.T, name string) (refused bool) {
	t.Helper()
	var r Record
	line := k.line(name)
	if webParser(t, name).Parse([]byte(line), &r) != ReasonNone {
		return true
	}
	if string(r.Client) != "192.0.2.17" || r.Time != 1425427201e6 || r.Status != 200 || r.Bytes != 1843200 {
		t.Fatalf("%s: %s\n%s", name, line, render(&r))
	}
	want := "/" + k.path
	if name == "iis" || name == "iis_native" {
		want = "/" + plus(k.path)
	}
	path, _, _ := strings.Cut(string(r.Target), "?")
	got, err := url.PathUnescape(path)
	if name == "s3" && (k.path == "" || k.path == "-" || k.path[0] == '/') {
		return false // a key that is none, or begins with a slash
	}
	if err != nil || got != want {
		t.Fatalf("%s: %s\npath %q, want %q", name, line, got, want)
	}
	return false
}

// TestWebFieldShift: no value of a client moves into another field, as long as
// the server escapes as documented.
func TestWebFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, name := range twinNames {
		refused := 0
		const n = 4000
		for range n {
			k := knownWeb{hostileText(rnd, 4), hostileText(rnd, 3), hostileText(rnd, 4), hostileText(rnd, 3)}
			if k.check(t, name) {
				refused++
			}
		}
		t.Logf("%s: %d of %d refused", name, refused, n)
	}
}

func FuzzWebFieldShift(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for i, text := range hostile {
		f.Add(uint8(i), text, hostile[(i+3)%len(hostile)], text, hostile[(i+7)%len(hostile)])
	}
	f.Fuzz(func(t *testing.T, which uint8, path, user, agent, referrer string) {
		knownWeb{path, user, agent, referrer}.check(t, twinNames[int(which)%len(twinNames)])
	})
}
