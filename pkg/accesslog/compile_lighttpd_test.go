package accesslog

import (
	"strings"
	"testing"
)

// TestCompileLighttpd reads lines as mod_accesslog.c writes them.
func TestCompileLighttpd(t *testing.T) {
	test := func(format, line, want string) {
		t.Helper()
		f, err := CompileFormat(format)
		if err != nil {
			t.Error(err)
			return
		}
		f.Name = "f"
		var r Record
		if got := outcome(&r, Only(f).NewParser().Parse([]byte(line), &r)); got != want {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", format, line, got, want)
		}
	}
	const is = `f host="h.example" client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
	const head = `1.2.3.4 h.example:80 - ` + at + ` ` + get + ` 200 5`
	test(`lighttpd:`+lighttpdText, head+` "r" "\"\xFF\""`, is+` referrer="r" agent="\\\"\\xFF\\\""`)
	test(`lighttpd:%h %V %u %t \"%r\" %>s %b`, head, is+` number_at_end`)
	test(`lighttpd:%h %V %u %t "%r" %>s %B %O %D %X "%{Range}i"`, head+` 305 1234 X "bytes=0-"`, is+` sent=305 range_start=0 duration_us=1234 range_from=request_range finished=2`)
	test(`lighttpd:%h %V %u %t "%r" %>s %b %X "%{Content-Range}o" "%{Range}i" %{usec}T %k %I`, strings.Replace(head, "200 5", "206 5", 1)+` + "bytes 2-6/9" "bytes=2-" 1250 0 77`,
		strings.Replace(is, "status=200", "status=206", 1)+` object_size=9 range_start=2 range_end=6 duration_us=1250 range_from=content_range finished=1`)
	test(`lighttpd:%a %{sec}t %m %U?%q %H %s %b "%{Cookie}i"`, `1.2.3.4 971211336 GET /a%20b?x HTTP/1.1 200 - "c"`, `f client="1.2.3.4" time=2000-10-10T20:55:36+00:00 method="GET" target="/a%20b?x" protocol="HTTP/1.1" status=200`)
	test(`lighttpd:%h %t "%r" %s %b %f`, `1.2.3.4 `+at+` `+get+` 200 5 /srv/a "b" 404 9`, `f client="1.2.3.4"`+atIs+isG+` status=200 bytes=5`)
	// In the default, field 2 is a text that holds no space: a host with one is
	// no host, and what comes after does not shift.
	test(`lighttpd:`+lighttpdText, `1.2.3.4 h "x" - `+at+` `+get+` 200 5 "r" "u"`, `<missing_fields>`)

	f := mustCompile(t, `lighttpd:`+lighttpdText)
	if f.Meaning != MeaningAcceptedBody || f.TimeAt != TimeAtEnd || !strings.HasPrefix(f.Source, "lighttpd ") || f.Title != "lighttpd format string" || !strings.Contains(f.Escaping, `\xHH`) || f.Name != `lighttpd:`+lighttpdText {
		t.Errorf("%+v", f)
	}
	for s, at := range map[string]TimeAt{`%{begin:sec}t`: TimeAtStart, `%{end:sec}t`: TimeAtEnd, `%{%s}t`: TimeAtEnd} {
		if f := mustCompile(t, `lighttpd:%h "%r" %s %O `+s+` -`); f.TimeAt != at || f.Meaning != MeaningAcceptedWithHeaders {
			t.Errorf("%s: %+v", s, f)
		}
	}
	if f := mustCompile(t, lighttpdText); f.Meaning != MeaningPlanned || f.TimeAt != TimeAtStart {
		t.Errorf("without the prefix it is Apache's: %+v", f)
	}
	if r, err := ReadingByName("syslog+lighttpd:" + lighttpdText); err != nil || r.Wrapper != wrapSyslog || r.Main.TimeAt != TimeAtEnd {
		t.Errorf("%+v, %v", r, err)
	}
	for s, want := range map[string]string{`%h %t "%r" %s "%f"`: "not escaped", `%h %t "%r" %s %P`: "no directive of lighttpd", `%h %t "%r" %!200s`: "no directive", `%h %{a`: "closing brace", `%h %`: "middle", ``: "no directive", `%t "%r" %s`: "cannot give the client"} {
		if _, err := CompileFormat("lighttpd:" + s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", s, err, want)
		}
	}
}

// lighttpdEscape is accesslog_append_escaped: Apache's, but for the case of the
// digits.
func lighttpdEscape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := apacheEscape(text[i : i+1]); {
		case strings.HasPrefix(c, `\x`):
			b.WriteString(`\x` + strings.ToUpper(c[2:]))
		default:
			b.WriteString(c)
		}
	}
	return b.String()
}
