package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// plainSyslogTag is a program with its number and a colon.
var plainSyslogTag = regexp.MustCompile(`(?s)^([A-Za-z0-9._/@-]+)(?:\[.*\])?:$`)

var plainSyslogNew = regexp.MustCompile(`(?s)^([^ ]+) [^ ]+ ([^ ]+) [^ ]+ [^ ]+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) (?:\x{ef}\x{bb}\x{bf})?(.*)$`)

var (
	plainSyslogOld  = regexp.MustCompile(`(?s)^(.{3} .. ..:..:..) (.*)$`)
	plainSyslogISO  = regexp.MustCompile(`(?s)^([^ ]{4}-[^ ]{2}-[^ ]{2}T[^ ]{2}:[^ ]{2}:[^ ]{2}[^ ]*) (.*)$`)
	plainSyslogPart = regexp.MustCompile(`(?s)^[^ ]{4}-[^ ]{2}-[^ ]{2}T[^ ]{2}:[^ ]{2}:[^ ]{2}`)
)

// plainSyslogLine is the plain twin of syslogLine.
type plainSyslogLine struct {
	stamp, tag, text string
	marked           bool
}

// plainSyslog is the plain twin of splitSyslog.
func plainSyslog(text string) (p plainSyslogLine, ok bool) {
	priority := regexp.MustCompile(`^<(\d{1,3})>`).FindStringSubmatch(text)
	if priority != nil {
		if plainNumber(priority[1]) > 191 {
			return p, false
		}
		text = text[len(priority[0]):]
	}
	if text == "" || text[0] == '<' {
		return p, false
	}
	if strings.HasPrefix(text, "1 ") {
		m := plainSyslogNew.FindStringSubmatch(text[2:])
		if m == nil || !plainSyslogPart.MatchString(m[1]) && (m[1] != "-" || priority == nil) {
			return p, false
		}
		return plainSyslogLine{m[1], m[2], m[3], true}, true
	}
	re := plainSyslogISO
	if text[0] >= 'A' {
		re = plainSyslogOld
	}
	m := re.FindStringSubmatch(text)
	if m == nil {
		return p, false
	}
	p.stamp = m[1]
	words := strings.SplitN(m[2], " ", 3)
	tag := plainSyslogTag.FindStringSubmatch(words[0])
	if tag != nil && len(words) > 1 {
		p.tag, p.text, p.marked = tag[1], strings.Join(words[1:], " "), true
		return p, true
	}
	if len(words) < 3 || words[0] == "" || words[1] == "" {
		return p, false
	}
	p.text = words[2]
	if tag = plainSyslogTag.FindStringSubmatch(words[1]); tag != nil {
		p.tag, p.marked = tag[1], true
		return p, true
	}
	p.tag = strings.TrimSuffix(words[1], ":")
	p.tag = regexp.MustCompile(`(?s)^([^\[]+)\[.*\]$`).ReplaceAllString(p.tag, "$1")
	return p, true
}

// plainSyslogTime is the time of the first line of a source; year 0: not given.
func plainSyslogTime(stamp string, year int, r *Record) bool {
	if stamp == "-" {
		return true
	}
	if regexp.MustCompile(`^[A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d$`).MatchString(stamp) {
		at, ok := plainLayout("2006 Jan 2 15:04:05", fmt.Sprint(max(year, 1972), " ", strings.Join(strings.Fields(stamp), " ")))
		if year == 0 {
			r.Flags |= FlagNoYear
			return ok
		}
		r.Time, r.LocalTime = at, true
		r.Flags |= FlagYearInferred
		return ok
	}
	m := regexp.MustCompile(`^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$`).FindStringSubmatch(stamp)
	if m == nil {
		return false
	}
	at, ok := plainLayout("2006-01-02 15:04:05", m[1]+" "+m[2])
	if !ok {
		return false
	}
	at += plainNumber((m[3] + "000000")[:6])
	if len(m[4]) > 1 {
		zone := strings.Replace(m[4]+"00", ":", "", 1)
		off := plainNumber(zone[1:3])*60 + plainNumber(zone[3:5])
		if zone[0] == '-' {
			off = -off
		}
		r.UTCOffsetMin = int16(off)
		at -= off * 60e6
	}
	r.Time, r.LocalTime = at, m[4] == ""
	return true
}

// syslogParity compares reader and twin for one line.
func syslogParity(t *testing.T, line []byte) {
	t.Helper()
	show := func(ok bool, stamp, tag, text any, marked bool, r *Record) string {
		if !ok {
			return "refused"
		}
		return fmt.Sprintf("%q %q %q %v: %d %d %v %v", stamp, tag, text, marked, r.Time, r.UTCOffsetMin, r.LocalTime, r.Flags.Names())
	}
	for _, year := range []int{0, 2015, 2016} {
		var r, s Record
		r.Reset()
		s.Reset()
		l, ok := splitSyslog(line)
		if ok {
			clock := newSyslogClock(Reading{Year: year})
			var at syslogTime
			if at, ok = clock.at(&l); ok {
				at.set(&r)
			}
		}
		p, plainOK := plainSyslog(wide(line))
		plainOK = plainOK && plainSyslogTime(p.stamp, year, &s)
		got := show(ok, string(l.stamp), string(l.tag), string(l.text), l.marked, &r)
		want := show(plainOK, string(narrow(p.stamp)), string(narrow(p.tag)), string(narrow(p.text)), p.marked, &s)
		if got != want {
			t.Fatalf("year %d\nline  %q\nfast  %s\nplain %s", year, line, got, want)
		}
	}
}

var syslogSeeds = []string{
	"Oct 11 22:14:15 host su: hello", "<0>Oct  1 22:14:15 host su[12]: hello: x", "<191>Feb 29 22:14:15 su: hello", "<14>Jun 04 10:32:02 nas WinFileService Event: x",
	"2003-10-11T22:14:15.003+02:00 host nginx[5]: x", "<1>2003-10-11T22:14:15 nginx: x", "2003-10-11T22:14:60Z h nginx: x", "2003-10-11T22:14:15,5-0330 h nginx: x",
	"<165>1 2003-10-11T22:14:15.003Z h a p m - x y", "1 2003-10-11T22:14:15.003Z h a p m - x y", "<165>1 - h a p m - x y", `<1>1 2003-10-11T22:14:15+01 h a p m [i a="] \" b"][j] x`,
	"Oct 11 22:14:15 2001:db8:: su: hello", "Oct 11 22:14:15 2001:db8::1 su: hello", "Oct 11 22:14:15 host fo(o): x", "<165>1 2003-10-11T22:14:15.003Z h a p m - \xef\xbb\xbfx",
}

func TestSyslogParity(t *testing.T) {
	for _, seed := range syslogSeeds {
		for n := range len(seed) + 1 {
			syslogParity(t, []byte(seed[:n]))
		}
	}
	rnd := rand.New(rand.NewPCG(61, 62))
	pieces := append([]string{":", ": ", "[", "]", "]: ", "<", ">", "<192>", "1 ", "-", "- ", `"`, `\`, "T", "Z", "+01:00", "Jan", "32", "00", "  ", "\xef\xbb\xbf"}, hostile...)
	for range 20000 {
		line := []byte(syslogSeeds[rnd.IntN(len(syslogSeeds))])
		for range 1 + rnd.IntN(2) {
			from := rnd.IntN(len(line) + 1)
			line = slices.Replace(line, from, min(len(line), from+rnd.IntN(3)), []byte(pieces[rnd.IntN(len(pieces))])...)
		}
		syslogParity(t, bytes.ReplaceAll(line, []byte{'\n'}, nil))
	}
}

// TestSplitSyslog: tag and text, in brackets where it is not certain that the
// tag is one.
func TestSplitSyslog(t *testing.T) {
	test := func(line, want string) {
		t.Helper()
		l, ok := splitSyslog([]byte(line))
		got := "none"
		switch {
		case ok && l.marked:
			got = string(l.tag) + " " + string(l.text)
		case ok:
			got = "(" + string(l.tag) + ") " + string(l.text)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	test("Oct 11 22:14:15 host su: hello", "su hello")
	test("<0>Oct 11 22:14:15 host su: hello", "su hello")
	test("Oct 11 22:14:15 su[12]: hello: x", "su hello: x")
	test("Oct 11 22:14:15 2001:db8::1 su: hello", "su hello")
	test("Oct 11 22:14:15 2001:db8:: su: hello", "su hello")
	test("Oct 11 22:14:15 host haproxy[1]:  x", "haproxy  x")
	test("Oct 11 22:14:15 host no tag", "(no) tag")
	test("Oct 11 22:14:15 host foo(bar): x", "(foo(bar)) x")
	test("<192>Oct 11 22:14:15 host su: hello", "none")
	test("<x>Oct 11 22:14:15 host su: hello", "none")
	test("Oct 11 22:14:15 host su:x", "none")
	test("Oct 11 22-14-15 host su: x", "none")
	test("2003-10-11T22:14:15 host su: x", "su x")
	test("2003-10-11T22:14:15Z host su: x", "su x")
	test("2003-10-11 22:14:15 host su: x", "none")
	test("<165>1 2003-10-11T22:14:15.003Z h a p m - x y", "a x y")
	test("1 2003-10-11T22:14:15.003Z h a p m - x y", "a x y")
	test("<165>1 - h a p m - x y", "a x y")
	test("1 - h a p m - x y", "none") // with neither priority nor time it may be anything
	test("<165>1 2003-10-11T22:14:15.003Z h a p m - \xef\xbb\xbfx", "a x")
	test(`<165>1 2003-10-11T22:14:15.003Z h a p m [i a="] \" b"] x`, "a x")
	test(`<165>1 2003-10-11T22:14:15.003Z h a p m [i a="b] x`, "none")
	test("<165>1 2003-10-11T22:14:15.003Z h a p m", "none")
	test("<165>2 2003-10-11T22:14:15.003Z h a p m - x", "none")
	for _, line := range []string{"", "<", "<>", "<1", "<1>", "Oct 11 22:14:15 ", "Oct 11 22:14:15 h", "2003-10-11T22:14:15Z", "<165>1 "} {
		test(line, "none")
	}
}

// TestLogPrefix: time, offset, tag and message of prefixes, or a refusal.
func TestLogPrefix(t *testing.T) {
	test := func(line, want string) {
		t.Helper()
		p := newLogPrefix(Reading{Year: 2015, Zone: time.FixedZone("", 3600)})
		var r Record
		r.Reset()
		tag, message, ok := p.cut([]byte(line), &r)
		got := "refused"
		if ok {
			zone := time.FixedZone("", int(r.UTCOffsetMin)*60)
			got = fmt.Sprintf("%s %s %q %v", time.UnixMicro(r.Time).In(zone).Format("2006-01-02T15:04:05.999999-07:00"), tag, message, r.Flags.Names())
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
	}
	const old = "2015-06-04T10:32:02+01:00"
	test("Jun  4 10:32:02 nas smbd_audit: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun  4 10:32:02 nas smbd_audit[77]: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun 04 10:32:02 smbd_audit[77]: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun  4 10:32:02 nas WinFileService Event: x", old+` WinFileService "Event: x" [year_inferred]`)
	test("2022-02-09T20:53:37+01:00 nas a: m", `2022-02-09T20:53:37+01:00 a "m" []`)
	test("<0>2022-02-09T20:53:37.123456789-0330 nas a: m", `2022-02-09T20:53:37.123456-03:30 a "m" []`)
	test("2022-02-09T20:53:37 nas a: m", `2022-02-09T20:53:37+01:00 a "m" []`)
	test("<191>1 2022-02-09T20:53:37Z nas a 77 ID7 - m n", `2022-02-09T20:53:37+00:00 a "m n" []`)
	test("<191>1 2022-02-09T20:53:37Z - a - - [x y=\"]\\\" \"][z] \xef\xbb\xbfm", `2022-02-09T20:53:37+00:00 a "m" []`)
	for _, line := range []string{
		"", "<", "<14>", "<1x>Jun  4 10:32:02 nas a: m", "<12345>Jun  4 10:32:02 nas a: m", "Jun 31 10:32:02 nas a: m", "Jun  4 24:32:02 nas a: m",
		"Jux  4 10:32:02 nas a: m", "Jun  4 10:32:02 nas", "Feb 29 10:32:02 nas a: m", // 2015 has none
		"2022-02-30T20:53:37Z nas a: m", "2022-02-09T20:53:37. nas a: m", "2022-02-09T20:53:37+25:00 nas a: m", "2022-02-09 nas a: m",
		"<191>1 2022-02-09T20:53:37Z nas a 77 - m", "<191>1 2022-02-09T20:53:37Z nas a 77 - [x m",
	} {
		test(line, "refused")
	}
}

// TestLogPrefixWithoutYear: no year is made up, and the rest of the prefix is read.
func TestLogPrefixWithoutYear(t *testing.T) {
	p := newLogPrefix(Reading{})
	for _, c := range []struct {
		line  string
		time  int64
		local bool
		flags Flags
	}{
		{"Feb 29 10:32:02 nas a: m", NoTime, false, FlagNoYear},
		{"Feb 29 10:32:02 nas a: m", NoTime, false, FlagNoYear},
		{"<191>1 - nas a 77 - - m", NoTime, false, 0},
		{"1970-01-01T00:00:02Z nas a: m", 2e6, false, 0},
		{"1970-01-01T00:00:02 nas a: m", 2e6, true, 0},
		{"Jan  1 10:32:02 nas a: m", NoTime, false, FlagNoYear},
	} {
		var r Record
		r.Reset()
		tag, text, ok := p.cut([]byte(c.line), &r)
		if !ok || string(tag) != "a" || string(text) != "m" || r.Time != c.time || r.LocalTime != c.local || r.Flags != c.flags {
			t.Errorf("%s: %v %q %q %d %v %v", c.line, ok, tag, text, r.Time, r.LocalTime, r.Flags.Names())
		}
	}
	var r Record
	if _, _, ok := p.cut([]byte("Feb 30 10:32:02 nas a: m"), &r); ok {
		t.Error("30 February was read")
	}
}
