package accesslog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// wrapLine writes a line as a wrapper does. kind is a wrapper's name, or one
// of its variants behind a slash.
func wrapLine(kind, text string) string {
	switch kind {
	case "docker":
		quoted, err := json.Marshal(text + "\n")
		if err != nil {
			panic(err)
		}
		return `{"log":` + string(quoted) + `,"stream":"stdout","time":"2015-03-03T08:12:07.25Z"}`
	case "cri":
		return "2015-03-03T08:12:07.25Z stdout F " + text
	case "syslog":
		return "<134>Mar  3 08:12:07 web1 nginx: " + text
	case "syslog/bare":
		return "Mar 13 08:12:07 web1 nginx[123]: " + text
	case "syslog/nohost":
		return "<190>Mar 13 08:12:07 nginx: " + text
	case "syslog/iso":
		return "2015-03-03T08:12:07.25+01:00 web1 nginx[5]: " + text
	case "syslog/5424":
		return `<165>1 2015-03-03T08:12:07.25Z web1 nginx 5 - [x@1 a="\"]b"][y] ` + text
	case "syslog/5424nil":
		return `<165>1 2015-03-03T08:12:07Z - - - - - ` + text
	case "quoted":
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	case "quoted/csv":
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	panic(kind)
}

var wrapKinds = []string{"docker", "cri", "syslog", "syslog/bare", "syslog/nohost", "syslog/iso", "syslog/5424", "syslog/5424nil", "quoted", "quoted/csv"}

func wrapLines(kind string, data []byte) []byte {
	var b bytes.Buffer
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		b.WriteString(wrapLine(kind, strings.TrimSuffix(line, "\r")) + "\n")
	}
	return b.Bytes()
}

// TestWrapped: a sample reads the same inside each wrapper as bare, is found
// as what it is, and whatever is cut off its lines, no field is another.
func TestWrapped(t *testing.T) {
	samples := sampleFiles(t)
	for _, f := range Formats() {
		if !f.Stateless || f == formatNginxCombined {
			continue
		}
		sample := samples[f.Name]
		sample = bytes.ToValidUTF8(bytes.ReplaceAll(sample, []byte("\x00"), nil), []byte("?")) // what Docker cannot hold
		bare := Detect(sample).Reading
		for _, kind := range wrapKinds {
			wrapper, _, _ := strings.Cut(kind, "/")
			data := wrapLines(kind, sample)
			reading := Detect(data).Reading
			if want := wrapper + "+" + bare.Name(); reading.Name() != want {
				t.Errorf("%s in %s: %s", f.Name, kind, reading.Name())
				continue
			}
			p, q := reading.NewParser(), bare.NewParser()
			var r, s Record
			for _, line := range strings.Split(string(sample), "\n") {
				line = strings.TrimSuffix(line, "\r")
				if Blank([]byte(line)) {
					continue
				}
				reason := p.Parse([]byte(wrapLine(kind, line)), &r)
				got, want := outcome(&r, reason), outcome(&s, q.Parse([]byte(line), &s))
				if got != want && !(wrapper == "quoted" && reason == ReasonOtherFormat) {
					t.Fatalf("%s\nline %s\ngot  %s\nwant %s", kind, line, got, want)
				}
			}
		}
	}
}

func TestWrapHostile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(41, 42))
	for _, kind := range wrapKinds {
		wrapper, _, _ := strings.Cut(kind, "/")
		reading := anyCLF()
		for _, w := range wrappers {
			if w.Name == wrapper {
				reading.Wrapper = w
			}
		}
		p := reading.NewParser()
		var r Record
		for range 500 {
			k := hostileRequest(rnd)
			line := wrapLine(kind, k.logged())
			reason := p.Parse([]byte(line), &r)
			if reason == ReasonOtherFormat && wrapper == "quoted" {
				continue
			}
			k.check(t, k.logged(), &r, reason)
		}
	}
}

func TestDockerPieces(t *testing.T) {
	const line = `192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 5`
	reading := Reading{Formats: formatsOf("clf"), Main: formatCommon, Wrapper: wrapDocker}
	p := reading.NewParser()
	var r Record
	piece := func(stream, text string, want Reason) {
		t.Helper()
		quoted, _ := json.Marshal(text)
		if got := p.Parse([]byte(`{"log":`+string(quoted)+`,"stream":"`+stream+`","time":"2015-03-03T08:12:07.25Z"}`), &r); got != want {
			t.Errorf("%s %q: %s, want %s", stream, text, got, want)
		}
	}
	piece("stdout", line+"\n", ReasonNone)
	piece("stdout", line+"\r\n", ReasonNone)
	piece("stdout", line, ReasonCutOff)
	piece("stderr", line+"\n", ReasonNone)
	piece("stdout", line, ReasonCutOff)
	piece("stdout", line+"\n", ReasonCutOff) // the end of the long line, though it looks like a line
	piece("stdout", line+"\n", ReasonNone)
	piece("stdin", line+"\n", ReasonOtherFormat)
	piece("stdout", "\n", ReasonMissingFields)
	if reading.Stateless() {
		t.Error("pieces need their order")
	}

	reading.Wrapper = wrapCRI
	p = reading.NewParser()
	for _, c := range []struct {
		tag  string
		want Reason
	}{{"stdout F", ReasonNone}, {"stdout P", ReasonCutOff}, {"stderr F", ReasonNone}, {"stdout P", ReasonCutOff}, {"stdout F", ReasonCutOff}, {"stdout F", ReasonNone},
		{"stdout F:x", ReasonNone}, {"stdout X", ReasonOtherFormat}, {"stdin F", ReasonOtherFormat}} {
		if got := p.Parse([]byte("2016-10-06T00:17:09.669794202Z "+c.tag+" "+line), &r); got != c.want {
			t.Errorf("%s: %s, want %s", c.tag, got, c.want)
		}
	}
	if p.Parse([]byte("2016-13-06T00:17:09.669794202Z stdout F "+line), &r) != ReasonBadTime {
		t.Error("a month of 13")
	}
}

// timeless is a format whose lines have no time, noTime its parser.
var timeless = &Format{Name: "timeless", TimeOfWrapper: true}

type noTime struct{ format *Format }

func (p noTime) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format, r.Client = p.format, line
	return ReasonNone
}

func TestWrapperTime(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip(err)
	}
	var p Parser
	start := func(w *Wrapper, reading Reading) { p = w.parser(reading, noTime{timeless}) }
	test := func(line, want string) {
		t.Helper()
		var r Record
		if got := outcome(&r, p.Parse([]byte(line), &r)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
	}
	start(wrapSyslog, Reading{Year: 2014})
	test("Nov  1 10:00:00 h x: a", `timeless client="a" time=2014-11-01T10:00:00+00:00 flags=year_inferred local_time`)
	test("Dec 31 23:59:59 h x: a", `timeless client="a" time=2014-12-31T23:59:59+00:00 flags=year_inferred local_time`)
	test("Jan  1 00:00:00 h x: a", `timeless client="a" time=2015-01-01T00:00:00+00:00 flags=year_inferred local_time`)
	test("Dec 31 23:59:59 h x: a", `timeless client="a" time=2014-12-31T23:59:59+00:00 flags=year_inferred local_time`)
	test("Jan  1 00:00:01 h x: a", `timeless client="a" time=2015-01-01T00:00:01+00:00 flags=year_inferred local_time`)
	test("Mar  2 00:00:01 h x: a", `timeless client="a" time=2015-03-02T00:00:01+00:00 flags=year_inferred local_time`)
	test("Feb 29 00:00:01 h x: a", "<bad_time>")
	test("Mar  1 00:00:01 h x: a", `timeless client="a" time=2015-03-01T00:00:01+00:00 flags=year_inferred local_time`)
	test("Feb  1 00:00:01 h x: a", `timeless client="a" time=2015-02-01T00:00:01+00:00 flags=year_inferred local_time`) // came late
	test("Jan  1 00:00:01 h x: a", `timeless client="a" time=2016-01-01T00:00:01+00:00 flags=year_inferred local_time`)
	test("<13>1 2020-02-01T00:00:01.5+02:00 h x - - - a", `timeless client="a" time=2020-02-01T00:00:01.5+02:00`)
	test("<13>1 - h x - - - a", `timeless client="a"`)
	test("1 - h x - - - a", "<other_format>")
	test("1 2020-02-01T00:00:01Z h x - - - a", `timeless client="a" time=2020-02-01T00:00:01+00:00`)
	test("2020-02-01T00:00:01 h x: a", `timeless client="a" time=2020-02-01T00:00:01+00:00 local_time`)
	test("Feb  1 00:00:01 h x a", "<other_format>")
	test("2020-02-01T00:00:01.5+02:00 h x: a", `timeless client="a" time=2020-02-01T00:00:01.5+02:00`)
	test("Foo  1 00:00:01 h x: a", "<bad_time>")
	test("Feb  1 24:00:01 h x: a", "<bad_time>")
	start(wrapSyslog, Reading{})
	test("Nov  1 10:00:00 h x: a", `timeless client="a" flags=no_year`)
	test("Feb 29 10:00:00 h x: a", `timeless client="a" flags=no_year`)
	test("Feb 30 10:00:00 h x: a", "<bad_time>")
	start(wrapSyslog, Reading{Year: 2015, Zone: stockholm})
	test("Oct 25 02:30:00 h x: a", `timeless client="a" time=2015-10-25T02:30:00+02:00 flags=ambiguous_time,year_inferred local_time`)
	start(wrapCRI, Reading{})
	test("2016-10-06T00:17:09.669794202Z stdout F a", `timeless client="a" time=2016-10-06T00:17:09.669794+00:00`)
	start(wrapDocker, Reading{})
	test(`{"log":"a\n","stream":"stdout","attrs":{"x":"y"},"time":"2016-10-06T00:17:09.669794202Z"}`, `timeless client="a" time=2016-10-06T00:17:09.669794+00:00`)
	test(`{"log":"a\n","stream":"stdout"}`, "<bad_time>")
	test(`{"log":"a\n","stream":"stdout","time":"2016-10-06T00:17`, "<cut_off>")
	test(`{"stream":"stdout","time":"2016-10-06T00:17:09Z"}`, "<other_format>")
	test(`a`, "<bad_json>")
}

// TestWrapperTimeOrder: a record of a format that logs its times, and is read
// in any order, gets no year from the lines before it.
func TestWrapperTimeOrder(t *testing.T) {
	timed := &Format{Name: "timed", Stateless: true}
	for _, c := range []struct {
		format    *Format
		stateless bool
		want      string
	}{
		{timed, true, `timed client="a"`},
		{timeless, false, `timeless client="a" time=2014-11-01T10:00:00+00:00 flags=year_inferred local_time`},
	} {
		reading := Reading{Main: &Format{Stateless: true, TimeOfWrapper: c.format.TimeOfWrapper}, Wrapper: wrapSyslog, Year: 2014}
		if reading.Stateless() != c.stateless {
			t.Errorf("%s: stateless %v", c.format.Name, reading.Stateless())
		}
		var r Record
		if got := outcome(&r, wrapSyslog.parser(reading, noTime{c.format}).Parse([]byte("Nov  1 10:00:00 h x: a"), &r)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestUnquote(t *testing.T) {
	test := func(line, want string) {
		t.Helper()
		got, ok := new(quoted).unquote([]byte(line))
		if !ok {
			got = []byte("none")
		}
		if string(got) != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	test(`"a b"`, `a b`)
	test(`"a ""b"" c"`, `a "b" c`)
	test(`"a \"b\" c"`, `a "b" c`)
	test(`"a \"b\\\"c\" \\x22"`, `a "b\"c" \x22`)
	test(`"a ""b\""c"" \x22"`, `a "b\"c" \x22`)
	test(`"DOMAIN\user"`, `DOMAIN\user`)
	test(`"DOMAIN\\user"`, "none") // one backslash, or two
	test(`"a "b" c"`, `a "b" c`)   // nothing was escaped
	test(`"a "b""`, `a "b"`)
	test(`"a "b\"c" d"`, `a "b\"c" d`)
	test(`"a \"b" c"`, `a \"b" c`)
	test(`"a \"b"" c"`, `a \"b"" c`)
	test(`"a \"b\" \x22 c"`, "none")
	test(`"a`, "none")
	test(`a"`, "none")
	test(`""`, "none")
	test(`"`, "none")
	test(`"a\"`, `a\`)
}

// TestDetectWrapped: a wrapper around lines of an unknown format stays unknown,
// and detection does not take longer by wrappers that are not there.
func TestDetectWrapped(t *testing.T) {
	var b bytes.Buffer
	for i := range 200 {
		fmt.Fprintf(&b, "# %d\nGC: paused %d ms\n\n{\"level\":\"info\"}\n", i, i)
	}
	for _, kind := range wrapKinds {
		if got := Detect(wrapLines(kind, b.Bytes())).Reading; got.Known() {
			t.Errorf("%s: %s", kind, got.Name())
		}
	}
	for _, w := range wrappers {
		if peelable(timingLog(1<<16, true), w) {
			t.Errorf("%s around a bare log", w.Name)
		}
	}
	if n, bare := len(readings(timingLog(1<<16, true), nil)), len(readings(nil, nil)); n != bare {
		t.Errorf("%d readings of a bare log, %d without wrappers", n, bare)
	}
}

func BenchmarkWrapped(b *testing.B) {
	sample := timingLog(1<<18, true)
	for _, kind := range wrapKinds {
		b.Run(kind, func(b *testing.B) {
			data := wrapLines(kind, sample)
			p := Detect(data).Reading.NewParser()
			var r Record
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				parseAll(p, &r, data)
			}
		})
	}
}

func FuzzWrapped(f *testing.F) {
	for _, kind := range wrapKinds {
		f.Add([]byte(wrapLine(kind, `192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 5`)))
	}
	for _, line := range syslogSeeds {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		syslogParity(t, line)
		for _, w := range wrappers {
			reading := anyCLF()
			reading.Wrapper, reading.Year = w, 2015
			var r Record
			p := reading.NewParser()
			first := outcome(&r, p.Parse(line, &r))
			if again := outcome(&r, reading.NewParser().Parse(line, &r)); again != first {
				t.Fatalf("%s: %s, then %s", w.Name, first, again)
			}
			w.peels(line)
		}
	})
}
