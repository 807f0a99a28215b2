package accesslog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	sample := "# a comment\n\n" +
		"192.0.2.7 - eva [18/Feb/2019:10:00:02 +0100] \"GET /calls/a.wav HTTP/1.1\" 200 1000 \"-\" \"curl\\x1b\"\n" +
		"rubbish\n" +
		"192.0.2.8 - - [18/Feb/2019:10:00:00 +0100] \"GET /calls/b.wav HTTP/1.1\" 304 - \"-\" \"-\"\n"
	d := Detect([]byte(sample))
	data := []byte(sample)
	e := d.Explain(data)
	clear(data) // the sample's memory is used again
	if e.Lines != 3 || e.Parsed != 2 || e.Comments != 1 || len(e.Records) != 2 || len(e.Rejects) != 1 {
		t.Fatalf("%+v", e)
	}
	if got := zonedTime(e.First, 0) + " " + zonedTime(e.Last, 60); got != "2019-02-18T09:00:00Z 2019-02-18T10:00:02+01:00" {
		t.Errorf("times %s", got)
	}
	if r := e.Rejects[0]; r.Line != 4 || r.Reason == ReasonNone || string(r.Raw) != "rubbish" {
		t.Errorf("reject %+v", r)
	}
	var got strings.Builder
	for _, r := range e.Records {
		fmt.Fprintf(&got, "%d %v\n", r.Line, r.Fields)
	}
	want := `3 [{format combined} {client 192.0.2.7} {time 2019-02-18T10:00:02+01:00} {method GET} {url_original /calls/a.wav} {protocol HTTP/1.1} {status 200} {bytes 1000} {user eva} {user_agent curl\x1b}]
5 [{format combined} {client 192.0.2.8} {time 2019-02-18T10:00:00+01:00} {method GET} {url_original /calls/b.wav} {protocol HTTP/1.1} {status 304} {bytes -}]
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", &got, want)
	}
}

// What is shown of a sample adds up to what was detected.
func TestExplainAgreesWithDetect(t *testing.T) {
	for name, sample := range sampleFiles(t) {
		sample = bytes.Repeat(sample, 1+3*detectLines/bytes.Count(sample, []byte("\n")))
		d := Detect(sample)
		if e := d.Explain(sample); !d.Reading.Known() || e.Parsed != d.Best().Parsed || e.Lines != d.Best().Lines {
			t.Errorf("%s: shown %d of %d, detected %d of %d", name, e.Parsed, e.Lines, d.Best().Parsed, d.Best().Lines)
		}
	}
}

func TestExplainUnknown(t *testing.T) {
	sample := []byte("bread, milk\nand something\n")
	d := Detect(sample)
	if e := d.Explain(sample); e.Lines != 2 || e.Parsed != 0 || e.Records != nil || e.First != NoTime {
		t.Errorf("%+v", e)
	}
	if got := d.Tried(); !strings.Contains(got, "none reads any of 2 lines") {
		t.Error(got)
	}
	line := "192.0.2.7 - - [18/Feb/2019:10:00:00 +0100] \"GET /a.wav HTTP/1.1\" 200 1000 \"-\" \"-\"\n"
	// UTF-16, with a byte order mark and without, of either order.
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", ""} {
		wide := strings.Join(strings.Split(line, ""), "\x00")
		for _, text := range []string{mark + wide + "\x00", mark + "\x00" + wide} {
			d := Detect([]byte(text))
			if got := d.Tried(); d.Reading.Known() || !strings.HasSuffix(got, "it looks like UTF-16: convert it, e.g. iconv -f UTF-16 -t UTF-8") {
				t.Errorf("%.8q: %s", text, got)
			}
		}
	}
	if d := Detect([]byte("\x00\x00\x00\x00" + line)); d.UTF16 || !d.Reading.Known() {
		t.Errorf("NUL bytes before a line: %+v", d)
	}
	d = Detect([]byte(line + strings.Repeat("rubbish\n", 20)))
	if got := d.Tried(); !strings.HasSuffix(got, "the nearest, combined, reads 1 of 21 lines") {
		t.Error(got)
	}
}

func TestFieldsOfEverything(t *testing.T) {
	r := Record{
		Format: formatCombined, Time: NoTime, Bytes: None, Sent: 1, ObjectSize: 2, RangeStart: 3, RangeEnd: 4, RangeFrom: RangeContent,
		Finished: FinishedNo, DurationUS: 5, Host: []byte("h"), Referrer: []byte("r"), Forwarded: []byte("f"), Flags: FlagAccessOnly | FlagRounded,
	}
	want := "[{format combined} {client -} {time -} {method -} {url_original -} {status -} {bytes -} {bytes_with_headers 1} {object_size 2} " +
		"{range_start 3} {range_end 4} {range_from content_range} {finished false} {duration_us 5} {host h} {referrer r} {forwarded_for f} {flags access_only,rounded}]"
	if got := fmt.Sprint(r.Fields()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadingByName(t *testing.T) {
	for _, f := range Formats() {
		r, err := ReadingByName(f.Name)
		if err != nil || r.Name() != f.Name || r.Wrapper != nil {
			t.Errorf("%s: %v %v", f.Name, r, err)
		}
		for _, w := range Wrappers() {
			if r, err := ReadingByName(w.Name + "+" + f.Name); err != nil || r.Name() != w.Name+"+"+f.Name {
				t.Errorf("%s in %s: %v %v", f.Name, w.Name, r, err)
			}
		}
	}
	for _, name := range []string{"", "nonsense", "+combined", "nonsense+combined", "combined+"} {
		if r, err := ReadingByName(name); err == nil {
			t.Errorf("%q is %s", name, r.Name())
		}
	}
	if got := (Reading{}).Name(); got != "unknown" {
		t.Error(got)
	}
}
