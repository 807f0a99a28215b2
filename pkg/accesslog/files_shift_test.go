package accesslog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// fileText puts hostile pieces together, less the bytes that the server does
// not let through.
func fileText(rnd *rand.Rand, without string) string {
	var b strings.Builder
	for range rnd.IntN(5) {
		b.WriteString(fileHostile[rnd.IntN(len(fileHostile))])
	}
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' || strings.ContainsRune(without, c) {
			return '_'
		}
		return c
	}, b.String())
}

// haproxyEscape writes as HAProxy does: #XX for what is not printable, quotes
// and hashes; braces and bars too in captured headers.
func haproxyEscape(text, more string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < ' ' || c >= 0x7f || strings.IndexByte(`"#`+more, c) >= 0 {
			fmt.Fprintf(&b, "#%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// TestFilesShift: no name, user or header that a client chooses moves into the
// client, the status or the bytes. A line may be refused.
func TestFilesShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(31, 32))
	lines := map[*Format]func() string{
		formatHAProxy: func() string {
			return fmt.Sprintf(`1.2.3.4:5 [06/Feb/2009:12:14:14.655] fe be/s 1/2/3/4/5 206 777 %s - ---- 1/1/1/1/1 0/0 {%s} "GET /%s HTTP/1.1"`,
				fileText(rnd, ""), haproxyEscape(fileText(rnd, ""), "{|}"), haproxyEscape(fileText(rnd, ""), ""))
		},
		formatSquid: func() string {
			return fmt.Sprintf(`1234057254.655    5 1.2.3.4 TCP_MISS/206 777 GET http://%s %s DIRECT/1.1.1.1 audio/mpeg`, fileText(rnd, ""), fileText(rnd, " "))
		},
		formatXferlog: func() string {
			return fmt.Sprintf("Fri Feb  6 12:14:14 2009 5 1.2.3.4 777 /%s b _ o a %s ftp 0 * c", fileText(rnd, ""), fileText(rnd, ""))
		},
		formatVsftpd: func() string {
			return fmt.Sprintf(`Fri Feb  6 12:14:14 2009 [pid 7] [%s] OK DOWNLOAD: Client "1.2.3.4", "/%s", 777 bytes, 1.00Kbyte/sec`, fileText(rnd, "]"), fileText(rnd, ""))
		},
		formatSamba: func() string {
			return fmt.Sprintf("2009-02-06T12:14:14Z nas smbd_audit: u%s|1.2.3.4|pread|ok|/%s", fileText(rnd, "|"), fileText(rnd, ""))
		},
		formatSynology: func() string {
			return fmt.Sprintf("2009-02-06T12:14:14Z nas FileStation Event: download, Path: /%s, File/Folder: File, Size: 777 Bytes, User: u%s, IP: 1.2.3.4",
				fileText(rnd, ""), fileText(rnd, ","))
		},
		formatSynologyCSV: func() string {
			name := "/" + fileText(rnd, "")
			if rnd.IntN(2) == 0 {
				name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
			}
			return fmt.Sprintf(`FTP,2009/02/06 12:14:14,1.2.3.4,u%s,download,File,777 Bytes,%s`, fileText(rnd, `,"`), name)
		},
		formatQNAP: func() string {
			return fmt.Sprintf("2009-02-06T12:14:14Z nas qulogd[7]: conn log: Users: u%s, Source IP: 1.2.3.4, Computer name: ---, Connection type: FTP, Accessed resources: /%s, Action: Read",
				fileText(rnd, ""), fileText(rnd, ""))
		},
	}
	second := int64(1233922454e6) // 2009-02-06T12:14:14Z
	for _, f := range fileFormats {
		line := lines[f.format]
		if line == nil {
			continue // lighttpd and Squid's common escape as Apache does: TestFieldShift; QNAP's CSV: TestQNAPCSVShift
		}
		p := f.reading().NewParser()
		var r Record
		records := 0
		for range 5000 {
			text := line()
			if p.Parse([]byte(text), &r) != ReasonNone {
				continue
			}
			records++
			status, size := int16(226), int64(777)
			switch f.format {
			case formatHAProxy, formatSquid:
				status = 206
			case formatSamba, formatQNAP:
				status, size = 0, None
			}
			at := r.Time/1e6*1e6 == second
			if f.format == formatSquid {
				at = r.Time == 1234057254655e3
			}
			if string(r.Client) != "1.2.3.4" || r.Status != status || r.Bytes != size || !at {
				t.Fatalf("%s\n%s", text, render(&r))
			}
			if m := string(r.Method); m != "GET" && m != "RETR" && m != "READ" {
				t.Fatalf("%s\n%s", text, render(&r))
			}
		}
		if records < 500 {
			t.Errorf("%s: %d of 5000 read", f.format.Name, records)
		}
	}
}

// TestAppendEscapedPath: what is written comes back when a target is decoded.
func TestAppendEscapedPath(t *testing.T) {
	test := func(path, want string) {
		t.Helper()
		if got := string(appendEscapedPath(nil, []byte(path))); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
	test("/a/b.mp3", "/a/b.mp3")
	test("/50% ?#\\\"\x00\x7f.mp3", "/50%25%20%3F%23%5C%22%00%7F.mp3")
	test("http://x/å", "/http://x/å")
	test("", "/")
}

// TestLighttpdDetect: a log of lighttpd is known by its hosts; one of another
// server is not taken for it.
func TestLighttpdDetect(t *testing.T) {
	const tail = " [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n"
	test := func(sample, want string) {
		t.Helper()
		if got := Detect([]byte(sample)).Reading; !got.Known() || got.Main.Name != want {
			t.Errorf("%s: %v, want %s", sample, got.Main, want)
		}
	}
	test("1.2.3.4 nas.example -"+tail, "lighttpd")
	test("1.2.3.4 10.0.0.5 -"+tail, "lighttpd")
	test("1.2.3.4 nas.example -"+tail+"1.2.3.4 nas.example -"+tail+"1.2.3.4 - -"+tail, "lighttpd")
	test("1.2.3.4 nas -"+tail, "combined") // an ident has no dots, a host may have none
	test("1.2.3.4 - -"+tail, "combined")
	test("1.2.3.4 - -"+tail+"1.2.3.4 - -"+tail+"1.2.3.4 h.example -"+tail, "combined")
	test("nas.example 1.2.3.4 - -"+tail, "vhost_combined")
	test("10.0.0.5 1.2.3.4 - -"+tail, "vhost_combined")
	// Varnish's ncsa is combined; the target is a URL with host.
	test("1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] \"GET http://nas.example/a.mp3 HTTP/1.1\" 200 5 \"-\" \"curl\"\n", "combined")
}
