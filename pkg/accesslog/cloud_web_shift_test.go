package accesslog

import (
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

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
// 2015-03-04 00:00:01 UTC, and status and bytes as webOutcome says.
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
	case "iis_ftp":
		return fmt.Sprintf("2015-03-04 00:00:01 192.0.2.17 %s 10.0.0.5 21 RETR %s 226 0 0 1843200 d1678a06 /%s", orDash(plus(k.user)), orDash(plus(k.path)), plus(k.path))
	case "iis_native_ftp":
		return fmt.Sprintf("192.0.2.17, %s, 3/4/15, 0:00:01, MSFTPSVC1, NAS, 10.0.0.5, 9, 300, 1843200, 226, 0, [7]sent, /%s, -,", orDash(plus(k.user)), plus(k.path))
	case "nlb":
		return fmt.Sprintf("tls 2.0 2015-03-04T00:00:01 net/a/b c 192.0.2.17:5 10.0.0.1:443 9 2 98 1843200 - arn:aws:acm:x - ECDHE-RSA tlsv12 - %s h2 h2 %s", orDash(noControl(k.path)), quoteW3C(agent))
	case "iis_native":
		return fmt.Sprintf("192.0.2.17, %s, 3/4/15, 0:00:01, W3SVC1, NAS, 10.0.0.5, 9, 300, 1843200, 200, 0, GET, /%s, -,", orDash(plus(k.user)), plus(k.path))
	}
	return ""
}

// webOutcome is the status and the bytes of the lines that knownWeb writes.
func webOutcome(name string) (status int16, size int64) {
	switch name {
	case "iis_ftp", "iis_native_ftp":
		return 226, None // which bytes are counted is not documented
	case "nlb":
		return 0, 1843200
	}
	return 200, 1843200
}

// check: the line is refused, or says what was known.
func (k knownWeb) check(t *testing.T, name string) (refused bool) {
	t.Helper()
	var r Record
	line := k.line(name)
	if webParser(t, name).Parse([]byte(line), &r) != ReasonNone {
		return true
	}
	status, size := webOutcome(name)
	if string(r.Client) != "192.0.2.17" || r.Time != 1425427201e6 || r.Status != status || r.Bytes != size {
		t.Fatalf("%s: %s\n%s", name, line, render(&r))
	}
	if name == "nlb" {
		if r.Method != nil || r.Target != nil {
			t.Fatalf("%s: %s\n%s", name, line, render(&r))
		}
		return false
	}
	want := "/" + k.path
	switch name {
	case "iis", "iis_native", "iis_ftp", "iis_native_ftp":
		want = "/" + plus(k.path)
	}
	if name == "iis_ftp" && (k.path == "" || k.path == "-") {
		return false // no name: it concerns no file
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
