package accesslog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	const (
		common   = "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5\n"
		combined = "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"-\" \"-\"\n"
		cut      = "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"-\" \"-"
		vhost    = "h.example:80 "
		rubbish  = "what is this\n"
	)
	test := func(sample, want string, parsed, lines int) {
		t.Helper()
		d := Detect([]byte(sample))
		got := "unknown"
		if d.Reading.Known() {
			got = d.Reading.Main.Name
		}
		if got != want || d.Best().Parsed != parsed || d.Lines != lines {
			t.Errorf("%.60q: %s, %d of %d lines, want %s, %d of %d", sample, got, d.Best().Parsed, d.Lines, want, parsed, lines)
		}
		if d.Reading.Known() != (d.Reading.NewParser() != nil) || d.Reading.Known() != (len(d.Reading.Formats) > 0) {
			t.Errorf("%.60q: reading %v", sample, d.Reading)
		}
	}
	test(common, "common", 1, 1)
	test(combined, "combined", 1, 1)
	test(vhost+common, "vhost_common", 1, 1)
	test(vhost+combined, "vhost_combined", 1, 1)
	test(strings.TrimSpace(combined)+" 5 6\n", "combinedio", 1, 1)
	test(strings.ReplaceAll(combined, "\n", "\r\n"), "combined", 1, 1)
	test("\x00\x00\x00"+combined, "combined", 1, 1)

	// Mixed: the most frequent is the main one, the first of equals.
	test(common+combined+combined, "combined", 3, 3)
	test(combined+common, "combined", 2, 2)
	test(common+combined, "common", 2, 2)
	test(vhost+combined+strings.Repeat(combined, 2), "combined", 3, 3)

	// The last line of a sample may be cut.
	test(cut, "combined", 1, 1)
	test(common+common+cut, "common", 3, 3)
	test(combined+combined+common[:len(common)-4], "combined", 2, 3)

	test(cut+"\n"+cut+"\n"+common+common, "common", 4, 4) // how a cut line went on is not known

	// Lines that are nothing do not count.
	test("", "unknown", 0, 0)
	test("\n\n  \n\t\n\x00\x00\n", "unknown", 0, 0)
	test("# comment\n\n"+common, "common", 1, 1)
	test("# comment only\n", "unknown", 0, 0)

	// A third text is told line by line: one line does not decide for all.
	const forwarded = "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"x\" \"y\" \"z\"\n"
	test(strings.Repeat(combined, 500)+forwarded, "combined", 501, 501)
	test(combined+strings.Repeat(forwarded, 500), "combined_forwarded", 501, 501)

	// Quoted as a whole, and nothing inside escaped.
	test(strings.Repeat("\""+strings.TrimSpace(combined)+"\"\n", 3), "combined", 3, 3)

	// A tenth of the lines must read.
	test(strings.Repeat(rubbish, 9)+common, "common", 1, 10)
	test(strings.Repeat(rubbish, 10)+common, "unknown", 1, 11)
	test(strings.Repeat(rubbish, 90)+strings.Repeat(combined, 10), "combined", 10, 100)
	test(strings.Repeat(rubbish, 91)+strings.Repeat(combined, 10), "unknown", 10, 101)
	test(strings.Repeat(rubbish, detectLines), "unknown", 0, detectLines)
	test(strings.Repeat(combined, detectLines+10), "combined", detectLines, detectLines)

	// Other things.
	test(`{"ts":1450000000.5,"request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/a"},"status":200,"size":5}`+"\n", "unknown", 0, 1)
	test("[Wed Oct 11 14:32:52.123 2000] [core:error] [pid 1] [client 192.0.2.1:80] AH00037: Symbolic link not allowed\n", "unknown", 0, 1)
	test("2015/03/03 08:12:07 [error] 812#0: *17 open() \"/srv/7\" failed, client: 192.0.2.1, request: \"GET / HTTP/1.1\"\n", "unknown", 0, 1)
	test("2002-05-02 17:42:15 192.0.2.1 - 10.0.0.5 80 GET /images/picture.jpg - 200 Mozilla/4.0\n", "unknown", 0, 1)
	test("Mon Mar 03 08:12:07 2015 1 192.0.2.1 5 /a.mp3 b _ o a user ftp 0 * c\n", "xferlog", 1, 1)
	test("192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 0.12 backend\n", "unknown", 0, 1)
}

// TestDetectRare: a line that ends with its size among longer ones is taken for
// whole if the sample has three of them and one in a hundred, else for cut.
func TestDetectRare(t *testing.T) {
	const (
		cut      = `192.0.2.9 - - [10/Oct/2000:13:55:36 -0700] "GET /cut.mp3 HTTP/1.0" 200 18`
		combined = cut + "43200 \"-\" \"-\"\n"
	)
	test := func(short, long int, main, want string) {
		t.Helper()
		sample := strings.Repeat(combined, long) + strings.Repeat(cut+"\n", short)
		reading := Detect([]byte(sample)).Reading
		var r Record
		reading.NewParser().Parse([]byte(cut), &r)
		if got := fmt.Sprint(r.Format.Name, " ", r.Bytes, " ", r.Flags.Names()); got != want || reading.Main.Name != main {
			t.Errorf("%d of %d: %s in %s, want %s in %s", short, short+long, got, reading.Main.Name, want, main)
		}
	}
	const isCut, isWhole = "combined -1 [cut_off]", "common 18 []"
	test(0, 5, "combined", isCut) // perhaps behind the sample
	test(1, 100, "combined", isCut)
	test(2, 2, "combined", isCut)
	test(3, 4, "combined", isWhole)
	test(3, 297, "combined", isWhole)
	test(3, 298, "combined", isCut)
	test(8, 800, "combined", isCut)
	test(9, 891, "combined", isWhole) // one in a hundred
	test(3, 2, "common", isWhole)
	test(1, 0, "common", isWhole)
}

// TestDetectSamples: each sample of testdata is found as what it is named, and
// the lines by format add up.
func TestDetectSamples(t *testing.T) {
	for name, sample := range sampleFiles(t) {
		want := name
		if name == formatNginxCombined.Name {
			want = formatCombined.Name // the same syntax
		}
		if name == formatNginxMain.Name {
			want = formatCombinedForwarded.Name // the same
		}
		d := Detect(sample)
		if !d.Reading.Known() || d.Reading.Main.Name != want {
			t.Errorf("%s: %v", name, d.Reading.Main)
		}
		sum := 0
		for _, n := range d.Best().Formats {
			sum += n
		}
		if sum == 0 || sum > d.Best().Parsed || d.Best().Parsed > d.Lines {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestDetectBinary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	rubbish := make([]byte, 1<<20)
	for i := range rubbish {
		rubbish[i] = byte(rnd.Uint32())
	}
	if d := Detect(rubbish); d.Reading.Known() || d.Best().Parsed != 0 {
		t.Errorf("%+v", d)
	}
	if d := Detect(make([]byte, 1<<20)); d.Reading.Known() {
		t.Errorf("NUL bytes: %+v", d)
	}
	long := []byte(line("GET /" + strings.Repeat("a", MaxLine) + " HTTP/1.1"))
	if d := Detect(long); d.Reading.Known() || d.Lines != 1 {
		t.Errorf("a line that is too long: %+v", d)
	}
	if d := Detect(append(make([]byte, MaxLine+1), 'x')); d.Reading.Known() || d.Lines != 1 {
		t.Errorf("one long line: %+v", d)
	}
}

func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats() {
		if f.Name == "" || f.Title == "" || f.MeaningWhy == "" || f.Source == "" || seen[f.Name] {
			t.Errorf("format %q: incomplete, or twice", f.Name)
		}
		seen[f.Name] = true
		if got, ok := FormatByName(f.Name); !ok || got != f {
			t.Errorf("FormatByName(%q) = %v", f.Name, got)
		}
		if Only(f).NewParser() == nil || !Only(f).Known() {
			t.Errorf("%s: no parser", f.Name)
		}
		if m, ok := ParseMeaning(f.Meaning.String()); !ok || m != f.Meaning {
			t.Errorf("meaning %v", f.Meaning)
		}
	}
	// Of the general family the members stand together, the plain ones first.
	if !strings.Contains(fmt.Sprint(FormatNames()), "common combined vhost_common vhost_combined combinedio nginx_combined") {
		t.Errorf("%v", FormatNames())
	}
	if _, ok := FormatByName("no such format"); ok {
		t.Error("found a format that is not there")
	}
	if _, ok := ParseMeaning("no such meaning"); ok {
		t.Error("found a meaning that is not there")
	}
	if p := (Reading{}).NewParser(); p != nil || (Reading{}).Known() {
		t.Error("the zero reading has a parser")
	}
	Formats()[0] = nil
	if Formats()[0] == nil {
		t.Error("Formats gives the table itself")
	}
}

// TestNames: each value has a word, each word a value.
func TestNames(t *testing.T) {
	for r := ReasonNone; r <= ReasonHeader; r++ {
		if (r.String() == "") != (r == ReasonNone) {
			t.Errorf("reason %d: %q", r, r)
		}
	}
	if len(reasonNames) != int(ReasonHeader)+1 || len(meaningNames) != int(MeaningTransferred)+1 {
		t.Error("names and values differ")
	}
	all := FlagCutOff | FlagAmbiguousTime | FlagNULBytes | FlagUnescapedQuote
	if got := fmt.Sprint(all.Names()); got != "[cut_off ambiguous_time nul_bytes unescaped_quote]" {
		t.Error(got)
	}
	if Flags(0).Names() != nil {
		t.Error("no flags have names")
	}
	if TimeAtStart.String() != "start" || TimeAtEnd.String() != "end" || TimeAtEither.String() != "start or end" {
		t.Error("moments")
	}
	if RangeContent.String() != "content_range" || RangeRequest.String() != "request_range" || RangeNone.String() != "" {
		t.Error("sources of a position")
	}
}
