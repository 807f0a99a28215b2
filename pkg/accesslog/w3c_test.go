package accesslog

import (
	"testing"
	"time"
)

// w3cOutcome reads lines in order and gives what the last one came to.
func w3cOutcome(reading Reading, lines ...string) string {
	var r Record
	var reason Reason
	p := reading.NewParser()
	for _, line := range lines {
		reason = feed(p, []byte(line), &r)
	}
	return outcome(&r, reason)
}

func TestW3C(t *testing.T) {
	test := func(want string, lines ...string) {
		t.Helper()
		if got := w3cOutcome(readingOf(t, "w3c"), lines...); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", lines, got, want)
		}
	}
	const fields = "#Fields: date time c-ip cs-method cs-uri-stem sc-status"
	const line = "2015-03-04 00:00:01 192.0.2.17 GET /a.mp3 200"
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, fields, line)
	test(`<missing_fields>`, line)
	test(`iis client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, "#Software: Microsoft Internet Information Services 8.5", fields, line)
	test(`iis client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, fields, "#Software: Microsoft HTTP Server API 2.0", line)
	test(`<cut_off>`, fields, line[:len(line)-4])
	test(`<bad_tail>`, fields, line+" 0")
	// The date of a file without a column for it is that of #Date.
	test(`<bad_time>`, "#Fields: time c-ip cs-method cs-uri-stem sc-status", line[11:])
	test(`w3c client="192.0.2.17" time=2015-03-03T00:00:01+00:00 method="GET" target="/a.mp3" status=200`,
		"#Date: 2015-03-03 00:00:00", "#Fields: time c-ip cs-method cs-uri-stem sc-status", line[11:])
	// A line that is refused does not move the day.
	test(`w3c client="192.0.2.17" time=2015-03-03T23:00:02+00:00 method="GET" target="/a.mp3" status=200`,
		"#Date: 2015-03-03 23:00:00", "#Fields: time c-ip cs-method cs-uri-stem sc-status", "00:00:01 nobody GET /a.mp3 200", "23:00:02 192.0.2.17 GET /a.mp3 200")
	// #GMT-Offset holds for what follows, up to a new header.
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01-08:00 method="GET" target="/a.mp3" status=200`, "#GMT-Offset: -0800", fields, line)
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+05:30 method="GET" target="/a.mp3" status=200`, "#GMT-Offset:  +0530", "#Software: x", fields, line)
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, "#GMT-Offset: -0800", fields, "#Version: 1.0", fields, line)
	for _, bad := range []string{"", "-8", "-08:00", "0800", "-1500", "-0860", "-0800 PST"} {
		test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, "#GMT-Offset: -0800", "#GMT-Offset: "+bad, fields, line)
	}
	test(`<bad_time>`, "#Date: 2015-03-03 00:00:00", "#Version: 1.0", "#Fields: time c-ip cs-method cs-uri-stem sc-status", line[11:])
	// #Fields may come again with other columns, with or without #Date.
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, "#Fields: time c-ip", "#Date: 2015-03-04", fields, "#Fields: sc-status cs-uri-stem cs-method c-ip time", "200 /a.mp3 GET 192.0.2.17 00:00:01")
	test(`<bad_time>`, fields, line, "#Fields: cs-method date time c-ip cs-uri-stem sc-status", line)
	test(`<missing_fields>`, fields, line, "#Fields: date time c-ip cs-method sc-status", line)
	// Values in quotes, a quote in them doubled.
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200 agent="x \"\" 404 y"`, fields+" cs(User-Agent)", `"2015-03-04" "00:00:01" 192.0.2.17 "GET" "/a.mp3" "200" "x "" 404 y"`)
	test(`<bad_tail>`, fields+" cs(User-Agent)", `2015-03-04 00:00:01 192.0.2.17 GET "/a.mp3"x 200 -`)
	// Of two columns of one name the first counts.
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`, fields+" c-ip sc-status", line+" 192.0.2.18 404")
	// Local columns count only without those in UTC.
	test(`w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a.mp3" status=200`,
		"#Fields: date-local time-local date-utc time-utc c-ip cs-method cs-uri-stem sc-status", "2015-03-03 16:00:01 "+line)
}

func TestW3CNamed(t *testing.T) {
	const fields = "#Fields: date time c-ip cs-method cs-uri-stem sc-status"
	const line = "2015-03-04 00:00:01 192.0.2.17 GET /a%20.mp3 200"
	test := func(format *Format, want string, lines ...string) {
		t.Helper()
		if got := w3cOutcome(Only(format), lines...); got != want {
			t.Errorf("%s: %q\ngot  %s\nwant %s", format.Name, lines, got, want)
		}
	}
	test(formatIIS, `iis client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a%2520.mp3" status=200`, fields, line)
	test(formatW3C, `w3c client="192.0.2.17" time=2015-03-04T00:00:01+00:00 method="GET" target="/a%20.mp3" status=200`, fields, line)
	test(formatCloudFront, `<other_format>`, "#Software: Microsoft Internet Information Services 8.5", fields, line)
	test(formatW3C, `<other_format>`, fields+" sc-win32-status", line+" 0")
	test(formatELB, `<other_format>`, "https 2020-01-01T00:55:04.127531Z app/a 192.0.2.17:1 - 0.1 0.1 0.1 200 200 1 2 \"GET http://h:80/ HTTP/1.1\" \"-\" - -")
}

// TestLocalZone: formats without a zone take that of the reading, and the hour
// that comes twice is flagged.
func TestLocalZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip(err)
	}
	local := func(name string) Reading {
		r := readingOf(t, name)
		r.Zone = zone
		return r
	}
	const native = ", -, 10/25/15, 2:30:00, W3SVC1, NAS, 10.0.0.5, 9, 300, 5, 200, 0, GET, /a.mp3, -,"
	if got, want := w3cOutcome(local("iis_native"), "192.0.2.17"+native), `iis_native client="192.0.2.17" time=2015-10-25T02:30:00+02:00 method="GET" target="/a.mp3" status=200 bytes=5 duration_us=9000 flags=ambiguous_time`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := w3cOutcome(local("iis_local"), "#Software: IIS Advanced Logging Module", "#Fields: date-local time-local c-ip cs-method cs-uri-stem sc-status", "2015-07-01 12:00:00.5 192.0.2.17 GET /a.mp3 200"),
		`iis_local client="192.0.2.17" time=2015-07-01T12:00:00.5+02:00 method="GET" target="/a.mp3" status=200`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
