package pipeline

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// TestLines: ends of lines, comments, blank lines, NUL bytes.
func TestLines(t *testing.T) {
	one := func(n int) string { return get("192.0.2.1", n, fmt.Sprintf("/a/%d.wav", n), 200, 100+n) }
	crlf := func(line string) string { return strings.TrimSuffix(line, "\n") + "\r\n" }
	log := one(1) + // line 1
		crlf(one(2)) +
		"\n" + // 3: blank
		" \t \r\n" + // 4: blank
		"# a comment\n" + // 5
		"\x00\x00\x00" + one(6) + // NUL bytes before a line
		"\x00\x00\n" + // 7: nothing but NUL bytes
		"\x00# another comment\n" + // 8
		"rubbish\r\n" + // 9
		crlf(one(10)) +
		"\r\r\n" + // 11: a CR alone is no line
		strings.TrimSuffix(one(12), "\n") // no newline at the end
	root := files(t, map[string]string{"a.log": log})
	for _, workers := range []int{1, 4} {
		dir, _ := analyse(t, Options{Evidence: []string{root}, Workers: workers})
		accounts(t, dir, root)
		want(t, "source", show(table(t, dir, casefile.TableSources), "lines", "requests", "rejected", "comments", "blank"), "12 5 3 2 2\n")
		want(t, "requests", show(table(t, dir, casefile.TableRequests), "line", "recording", "bytes", "flags"), `
1 /a/1.wav 101 null
10 /a/10.wav 110 null
12 /a/12.wav 112 null
2 /a/2.wav 102 null
6 /a/6.wav 106 nul_bytes
`)
		want(t, "rejects", show(table(t, dir, casefile.TableRejects), "line", "length", "reason", "raw"),
			"7 2 nul_bytes \x00\x00\n9 7 bad_time rubbish\n11 1 bad_time \r\n")
	}
}

// TestByteOrderMark: a mark before a line is no part of it: not of a client,
// nor of a directive.
func TestByteOrderMark(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	root := files(t, map[string]string{
		"a.log": mark + get("192.0.2.1", 1, "/a/1.wav", 200, 101) + get("192.0.2.1", 2, "/a/2.wav", 200, 102) + mark + "# a comment\n" + mark + "\n",
		"b.log": mark + "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes\r\n2019-02-03 04:05:06 192.0.2.1 GET /b/1.wav 200 103\r\n",
	})
	dir, _ := analyse(t, Options{Evidence: []string{root}})
	accounts(t, dir, root)
	want(t, "source", show(table(t, dir, casefile.TableSources), "lines", "requests", "rejected", "comments", "blank"), "4 2 0 1 1\n2 1 0 1 0\n")
	want(t, "requests", show(table(t, dir, casefile.TableRequests), "client", "recording", "bytes", "flags"), `
192.0.2.1 /a/1.wav 101 null
192.0.2.1 /a/2.wav 102 null
192.0.2.1 /b/1.wav 103 null
`)
}

// TestLongLines: a line that is too long is one reject, wherever it stands, and
// the lines behind it keep their numbers.
func TestLongLines(t *testing.T) {
	record := func(n, length int) string { // a record of so many bytes without its end
		head := strings.TrimSuffix(get("192.0.2.1", n, fmt.Sprintf("/a/%d.wav", n), 200, n), "\"\n")
		return head + strings.Repeat("x", length-len(head)-1) + "\""
	}
	const most = accesslog.MaxLine
	for _, c := range []struct {
		name, log         string
		requests, rejects string
	}{
		{"in the middle", get("192.0.2.1", 1, "/a/1.wav", 200, 1) + record(2, most+1) + "\n" + get("192.0.2.1", 3, "/a/3.wav", 200, 3),
			"1 /a/1.wav\n3 /a/3.wav\n", fmt.Sprint("2 too_long ", most+1, "\n")},
		{"just not too long", record(1, most) + "\n" + record(2, most) + "\r\n" + record(3, most) + "\n" + get("192.0.2.1", 4, "/a/4.wav", 200, 3),
			"1 /a/1.wav\n2 /a/2.wav\n3 /a/3.wav\n4 /a/4.wav\n", ""},
		{"with CR", record(1, most+1) + "\r\n" + get("192.0.2.1", 2, "/a/2.wav", 200, 3), "2 /a/2.wav\n", fmt.Sprint("1 too_long ", most+1, "\n")},
		{"at the end", get("192.0.2.1", 1, "/a/1.wav", 200, 1) + record(2, most+1), "1 /a/1.wav\n", fmt.Sprint("2 too_long ", most+1, "\n")},
		{"very long, twice", strings.Repeat("y", 5<<20) + "\n" + strings.Repeat("z", 3<<20) + "\n" + get("192.0.2.1", 3, "/a/3.wav", 200, 1) + "\n" + get("192.0.2.1", 5, "/a/5.wav", 200, 1),
			"3 /a/3.wav\n5 /a/5.wav\n", fmt.Sprint("1 too_long ", 5<<20, "\n2 too_long ", 3<<20, "\n")},
		// logrotate's copytruncate: the log begins with a hole.
		{"small hole first", strings.Repeat("\x00", 600<<10) + get("192.0.2.1", 1, "/a/1.wav", 200, 1) + get("192.0.2.1", 2, "/a/2.wav", 200, 1),
			"1 /a/1.wav\n2 /a/2.wav\n", ""},
		{"large hole first", strings.Repeat("\x00", 2<<20) + get("192.0.2.1", 1, "/a/1.wav", 200, 1) + get("192.0.2.1", 2, "/a/2.wav", 200, 1),
			"2 /a/2.wav\n", fmt.Sprint("1 too_long ", 2<<20+len(get("192.0.2.1", 1, "/a/1.wav", 200, 1))-1, "\n")},
		{"nothing else", strings.Repeat("y", 2<<20), "", fmt.Sprint("1 too_long ", 2<<20, "\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Other sources around it, so that workers come from and go to them.
			other := get("192.0.2.9", 1, "/other.wav", 200, 1)
			root := files(t, map[string]string{"1.log": strings.Repeat(other, 500), "2.log": c.log, "3.log": other})
			for _, workers := range []int{1, 3} {
				dir, _ := analyse(t, Options{Evidence: []string{root}, Workers: workers})
				accounts(t, dir, root)
				var requests, rejects []row
				for _, r := range table(t, dir, casefile.TableRequests) {
					if r["source"] == int64(2) {
						requests = append(requests, r)
					}
				}
				for _, r := range table(t, dir, casefile.TableRejects) {
					if r["source"] == int64(2) {
						rejects = append(rejects, r)
					}
				}
				want(t, "requests", show(requests, "line", "recording"), c.requests)
				want(t, "rejects", show(rejects, "line", "reason", "length"), c.rejects)
			}
		})
	}
}

// TestCutOff: where a log ends in the middle of a line.
func TestCutOff(t *testing.T) {
	combined := get("192.0.2.1", 1, "/a/whole.wav", 200, 1000)
	line := func(target string) string { return get("192.0.2.2", 2, target, 200, 4321) }
	upTo := func(line, end string) string { return line[:strings.Index(line, end)+len(end)] }
	common := func(target string, n int) string {
		return fmt.Sprintf("192.0.2.3 - - [18/Feb/2019:10:00:00 +0100] \"GET %s HTTP/1.1\" 200 %d", target, n)
	}
	root := files(t, map[string]string{
		"a.log": combined + strings.TrimSuffix(line("/a/newline.wav"), "\n"),    // whole, but for its newline
		"b.log": combined + upTo(line("/b/agent.wav"), "curl"),                  // inside the agent
		"c.log": combined + upTo(line("/c/size.wav"), " 200 43"),                // inside the number
		"d.log": combined + upTo(line("/d/status.wav"), "HTTP/1.1\" 20"),        // inside the status
		"e.log": common("/e/whole.wav", 1111) + "\n" + common("/e/last.wav", 9), // a whole common line looks like that
		"g.log": combined + upTo(line("/g/status.wav"), "HTTP/1.1\" 200"),       // right behind the status
	})
	dir, out := analyse(t, Options{Evidence: []string{root}})
	accounts(t, dir, root)
	var got []row
	for _, r := range table(t, dir, casefile.TableRequests) {
		if r["recording"] != "/a/whole.wav" {
			got = append(got, r)
		}
	}
	want(t, "requests", show(got, "recording", "status", "bytes", "user_agent", "flags"), `
/a/newline.wav 200 4321 curl/8.5.0 null
/b/agent.wav 200 4321 null cut_off
/c/size.wav 200 null null cut_off
/e/last.wav 200 9 null unterminated
/e/whole.wav 200 1111 null null
`)
	want(t, "rejects", show(table(t, dir, casefile.TableRejects), "source", "line", "reason"), "4 2 cut_off\n6 2 cut_off\n")
	if n := strings.Count(strings.Join(out.Summary.Warnings, "\n"), "cut off behind the status"); n != 2 {
		t.Errorf("%d warnings of cut lines: %q", n, out.Summary.Warnings)
	}
}

// TestCutGzip: the last line of a gzip that ends early. Its number may be short,
// though the format allows a line to end with it.
func TestCutGzip(t *testing.T) {
	common := func(n int) string {
		return fmt.Sprintf("192.0.2.3 - - [18/Feb/2019:10:00:%02d +0100] \"GET /a/%d.wav HTTP/1.1\" 200 12345678\n", n%60, n)
	}
	var text bytes.Buffer
	w, err := gzip.NewWriterLevel(&text, gzip.NoCompression) // so that a cut falls between any two bytes
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		if _, err := io.WriteString(w, common(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := text.String()
	var inNumber bool
	for back := 9; back < 110; back += 3 {
		root := files(t, map[string]string{"a.gz": whole[:len(whole)-back]})
		text := string(stream(t, root+"/a.gz"))
		last := text[strings.LastIndexByte(text, '\n')+1:]
		dir, _ := analyse(t, Options{Evidence: []string{root}, Tables: []string{"requests", "sources", "rejects"}})
		n := int64(strings.Count(text, "\n")) + 1
		s := sourceRow(t, dir, "a.gz")
		if last == "" {
			n--
		}
		if s["lines"] != n || s["stream_bytes"] != int64(len(text)) || s["error"] == nil {
			t.Fatalf("%d bytes short: %v, want %d lines, %d bytes", back, s, n, len(text))
		}
		_, number, found := strings.Cut(last, "\" 200 ")
		if !found || number == "" {
			continue
		}
		inNumber = true
		for _, r := range table(t, dir, casefile.TableRequests) {
			if r["line"] == n && (r["bytes"] != nil || r["flags"] != "cut_off") {
				t.Errorf("%d bytes short: %q gives %v bytes, flags %v", back, last, r["bytes"], r["flags"])
			}
		}
	}
	if !inNumber {
		t.Error("no cut fell into a number")
	}
}
