package accesslog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// webFormats are the formats of this file's tests.
var webFormats = []string{"iis", "iis_local", "iis_ftp", "cloudfront", "w3c", "gcs", "azure_storage", "alb", "elb", "nlb", "s3", "iis_native", "iis_native_ftp"}

// readingOf is the reading of a whole family.
func readingOf(t testing.TB, name string) Reading {
	t.Helper()
	f, ok := FormatByName(name)
	if !ok {
		t.Fatal(name)
	}
	return Reading{Formats: formatsOf(f.family()), Main: f}
}

// replay gives a parser that has seen the first n lines of a sample.
func replay(reading Reading, lines [][]byte, n int) Parser {
	var r Record
	p := reading.NewParser()
	for _, line := range lines[:n] {
		feed(p, line, &r)
	}
	return p
}

func feed(p Parser, line []byte, r *Record) Reason {
	if Comment(line) {
		if d, ok := p.(Director); ok {
			d.Directive(line)
		}
		return ReasonHeader
	}
	if Blank(line) {
		return ReasonHeader
	}
	return p.Parse(line, r)
}

func sampleLines(t testing.TB, name string) [][]byte {
	t.Helper()
	var lines [][]byte
	walk := NewLines(sampleFiles(t)[name])
	for line, ok := walk.Next(); ok; line, ok = walk.Next() {
		lines = append(lines, line.Text)
	}
	if len(lines) == 0 {
		t.Fatalf("no sample of %s", name)
	}
	return lines
}

// TestWebCut cuts every record of the samples at every byte: client, time,
// status and size are then as in the whole line, or there is no record.
func TestWebCut(t *testing.T) {
	for _, name := range webFormats {
		reading, lines := readingOf(t, name), sampleLines(t, name)
		cuts := 0
		for i, line := range lines {
			var whole, r Record
			p := replay(reading, lines, i)
			if feed(p, line, &whole) != ReasonNone {
				continue
			}
			want := render(&whole)
			head := fmt.Sprint(string(whole.Client), whole.Time, whole.UTCOffsetMin, whole.Status, string(whole.User))
			target, agent := string(whole.Target), string(whole.Agent)
			p = replay(reading, lines, i)
			for n := range line {
				if feed(p, line[:n], &r) != ReasonNone {
					continue
				}
				cuts++
				got := fmt.Sprint(string(r.Client), r.Time, r.UTCOffsetMin, r.Status, string(r.User))
				if got != head || pathOnly(string(r.Target)) != pathOnly(target) || r.Agent != nil && string(r.Agent) != agent && r.Flags&FlagCutOff != 0 {
					t.Errorf("%s: cut at %d of %s\ngot  %s\nwant %s", name, n, line, render(&r), want)
				}
				if r.Bytes != whole.Bytes && r.Bytes != None && !r.NumberAtEnd {
					t.Errorf("%s: cut at %d of %s: bytes %d", name, n, line, r.Bytes)
				}
			}
		}
		t.Logf("%s: %d cut lines are records", name, cuts)
	}
}

// pathOnly: a query is in no recording's name. In iis_native it may hold the
// comma that ends a line.
func pathOnly(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}

// TestWebAllocs: nothing is allocated per line, good or bad.
func TestWebAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	for _, name := range webFormats {
		p, lines := readingOf(t, name).NewParser(), sampleLines(t, name)
		var r Record
		all := func() {
			for _, line := range lines {
				if !Comment(line) || !strings.HasPrefix(string(line[:2]), "#") {
					feed(p, line, &r)
				}
			}
		}
		for _, line := range lines { // directives allocate, once per header
			feed(p, line, &r)
		}
		if n := testing.AllocsPerRun(10, all); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// BenchmarkWeb reads the good lines of each sample over and over.
func BenchmarkWeb(b *testing.B) {
	for _, name := range webFormats {
		b.Run(name, func(b *testing.B) {
			reading, lines := readingOf(b, name), sampleLines(b, name)
			var r Record
			// The first header and the records right behind it.
			p := reading.NewParser()
			var data []byte
			for i, line := range lines {
				if Comment(line) {
					if len(data) > 0 {
						break
					}
					feed(p, line, &r)
				} else if name == "iis" && i < 3 {
					continue
				} else if feed(p, line, &r) == ReasonNone && r.Flags&FlagCutOff == 0 {
					data = append(append(data, line...), '\n')
				}
			}
			data = bytes.Repeat(data, 1+(1<<20)/len(data))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				parseAll(p, &r, data)
			}
		})
	}
}

// TestMethodKnown: of the HTTP formats only those whose administrator chose the
// fields may leave the method out.
func TestMethodKnown(t *testing.T) {
	for _, f := range Formats() {
		lines, reading := sampleLines(t, f.Name), Reading{Formats: formatsOf(f.family()), Main: f}
		for i, line := range lines {
			var r Record
			if feed(replay(reading, lines, i), line, &r) == ReasonNone && r.MethodUnknown() && r.Format != formatNginxJSON && r.Format != formatAccessJSON {
				t.Errorf("%s: %s\n%s", f.Name, line, render(&r))
			}
		}
	}
	var r Record
	line := "o b [04/Mar/2015:00:00:01 +0000] 192.0.2.17 - ID REST.HEAD.OBJECT a.mp3 - 200 - - 1843200 9 9 - - - "
	if reason := newS3(Reading{}).Parse([]byte(line), &r); reason != ReasonNone || string(r.Method) != "HEAD" {
		t.Errorf("S3 without a request: %s, %s", reason, render(&r))
	}
}

// TestFileServices: a format whose lines have the words of file services as
// methods says that it is of one; pkg/request believes them nowhere else.
func TestFileServices(t *testing.T) {
	for _, f := range Formats() {
		lines, reading := sampleLines(t, f.Name), Reading{Formats: formatsOf(f.family()), Main: f}
		words, others := 0, 0
		p := reading.NewParser()
		for _, line := range lines {
			var r Record
			if feed(p, line, &r) != ReasonNone || r.Format != f || r.Method == nil {
				continue
			}
			switch string(r.Method) {
			case "RETR", "READ", "STOR", "WRITE", "DELE", "RENAME", "MKD", "LIST":
				words++
			default:
				others++
			}
		}
		if (words > others) != f.FileService {
			t.Errorf("%s: %d lines with the words of file services, %d with other methods, file service %v", f.Name, words, others, f.FileService)
		}
	}
}

func TestEscapedPath(t *testing.T) {
	test := func(path, want string) {
		t.Helper()
		if got := string(appendEscapedPart(nil, []byte(path))); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
		if escapesNothing([]byte(path)) != (path == want) {
			t.Errorf("%q: plain", path)
		}
		// Decoded once it is the path again, as a reader of URLs does it.
		var back []byte
		for i := 0; i < len(want); i++ {
			if want[i] == '%' {
				back = append(back, byte(hexDigit(want[i+1])<<4|hexDigit(want[i+2])))
				i += 2
				continue
			}
			back = append(back, want[i])
		}
		if string(back) != path {
			t.Errorf("%q came back as %q", path, back)
		}
	}
	test("/a/b.mp3", "/a/b.mp3")
	test("/50%_a?b#c d.mp3", "/50%25_a%3Fb%23c%20d.mp3")
	test("/%41\\x41\x00\x7f", "/%2541%5Cx41%00%7F")
	test("/påsk\xff+", "/påsk\xff+")
	decoded := func(text, want string) {
		t.Helper()
		if got := string(appendDecodedPath(nil, []byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	decoded("a%2520b", "a%20b")
	decoded("a%20b", "a%20b")
	decoded("a%253Fb%3Fc%23", "a%3Fb%3Fc%23")
	decoded("a%zz%", "a%zz%")
	decoded("p%25C3%25A5", "p%C3%A5")
}

// TestS3Referer: a referer that begins with a space is no end of one.
func TestS3Referer(t *testing.T) {
	const head = `o b [04/Mar/2015:00:00:01 +0000] 192.0.2.17 - ID REST.GET.OBJECT a.mp3 "GET /a.mp3 HTTP/1.1" 200 - 5 5 9 9 `
	test := func(tail, referrer, agent string) {
		t.Helper()
		var r Record
		if reason := newS3(Reading{}).Parse([]byte(head+tail), &r); reason != ReasonNone || string(r.Referrer) != referrer || string(r.Agent) != agent || r.Bytes != 5 {
			t.Errorf("%s: %s, %s", tail, reason, render(&r))
		}
	}
	test(`"x" "y" -`, "x", "y")
	test(`" " "y" -`, " ", "y")
	test(`"" "y" -`, "", "y")
	test(`"" "" -`, "", "")
	test(`" "y"z"`, "", "")
	test(`" "`, "", "")
	test(`"" "`, "", "")
	test(`"`, "", "")
}

func TestNumbers(t *testing.T) {
	test := func(text string, want int64, wantOK bool) {
		t.Helper()
		if n, ok := secondsAsMicros([]byte(text)); ok != wantOK || ok && n != want {
			t.Errorf("%q: %d %v", text, n, ok)
		}
	}
	test("0.102", 102000, true)
	test("12", 12e6, true)
	test("1.0000019", 1000001, true)
	test("", 0, false)
	test(".5", 0, false)
	test("5.", 0, false)
	test("1.2.3", 0, false)
	test("-1", 0, false)
	test("99999999999999999", 0, false)
	if n, ok := wholeNumber([]byte("9223372036854775807")); !ok || n != 9223372036854775807 {
		t.Error(n, ok)
	}
	if _, ok := wholeNumber([]byte("9223372036854775808")); ok {
		t.Error("overflow")
	}
}
