package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestDetections(t *testing.T) {
	list := []Detected{
		{
			Source: "a\x1b.log", Compression: "gzip", Format: "docker+combined", Title: "a title",
			Sample: DetectedSample{Bytes: 524288, Lines: 2000, Comments: 2}, Parsed: 1999,
			BytesMeaning: "unknown", MeaningWhy: "it may be this or that", TimeAt: "start", TimeZone: "logged",
			FirstTime: "2019-02-18T09:00:00Z", LastTime: "2019-02-18T10:00:00Z",
			Records:   []DetectedRecord{{Line: 1234, Fields: DetectedFields{{"client", "192.0.2.7"}, {"user_agent", "two  spaces\u202e " + strings.Repeat("x", 60)}}}},
			Rejects:   []DetectedReject{{Line: 7, Reason: "bad_time", Raw: "\x1b[2J" + strings.Repeat("y", 80)}},
			RunnersUp: []DetectedReading{{"combined", 1, 2000}, {"common", 500, 2000}, {"c", 1, 2}, {"d", 1, 2}, {"e", 1, 2}, {"f", 1, 2}, {"g", 1, 2}},
		},
		{Source: "empty.log", Format: "unknown", Notes: []string{"it is empty"}},
	}
	var b bytes.Buffer
	if err := Detections(&b, list, 60); err != nil {
		t.Fatal(err)
	}
	want := `a\x1b.log (gzip)
  format            docker+combined: a title
  lines that parse  1,999 of 2,000 (99.9 %)
  sample            the first 524,288 bytes; the rest was
                    not looked at; beside these lines 2
                    comment lines
  bytes meaning     unknown: it may be this or that
  time is that of   start
  time zone         logged
  first time        2019-02-18T09:00:00Z (of the sample)
  last time         2019-02-18T10:00:00Z (of the sample)
  runners-up        combined 1 of 2,000 (under 0.1 %);
                    common 500 of 2,000 (25 %); c 1 of 2 (50
                    %); d 1 of 2 (50 %); e 1 of 2 (50 %);
                    and 2 more
  record in line 1,234
    client      192.0.2.7
    user_agent  two  spaces\u202e xxxxxxxxxxxxxxxxxxxxxxxxxx
                xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  reject in line 7: bad_time
    \x1b[2Jyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…

empty.log
  note  it is empty
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}

	b.Reset()
	if err := JSON(&b, list); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Error("JSON holds what a terminal acts on")
	}
	var back []struct {
		Source  string
		Records []struct{ Fields map[string]string }
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back[0].Source != "a\x1b.log" || back[0].Records[0].Fields["client"] != "192.0.2.7" {
		t.Errorf("%v: %+v", err, back)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, of int64
		want  string
	}{
		{0, 0, "0 of 0"}, {0, 7, "0 of 7 (0 %)"}, {7, 7, "7 of 7 (100 %)"}, {1, 3, "1 of 3 (33.3 %)"},
		{9999, 10000, "9,999 of 10,000 (99.9 %)"}, {1, 10000, "1 of 10,000 (under 0.1 %)"}, {1, 1000, "1 of 1,000 (0.1 %)"},
	} {
		if got := share(c.n, c.of); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.n, c.of, got, c.want)
		}
	}
}

func TestLineFormatTable(t *testing.T) {
	all := LineFormats{
		Formats:  []LineFormat{{Name: "one", Title: "the first", Meaning: "planned", TimeAt: "start", TimeZone: "UTC", Stateless: true}},
		Wrappers: []LineWrapper{{Name: "docker", Title: "lines of a container", Stateless: true, Source: "its documentation"}},
	}
	var b bytes.Buffer
	if err := LineFormatTable(&b, all, 100); err != nil {
		t.Fatal(err)
	}
	want := `Format  What it is  Bytes meaning  Time   Zone  Lines
------------------------------------------------------------
one     the first   planned        start  UTC   in any order

Wrapper  What it is            Lines
-------------------------------------------
docker   lines of a container  in any order
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
	b.Reset()
	if err := LineWrapperPage(&b, all.Wrappers[0], 100); err != nil {
		t.Fatal(err)
	}
	want = `wrapper        docker
what it is     lines of a container
lines          in any order
documentation  its documentation
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
}
