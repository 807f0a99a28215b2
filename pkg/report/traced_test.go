package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/logrecount/recount/pkg/download"
)

func ptr[T any](v T) *T { return &v }

// sampleTrace has everything that a trace may have. evil stands wherever text
// of a log, or of a file's name, may.
func sampleTrace(evil string) *Traced {
	line := TracedLine{
		Source: 1, Path: "a.log" + evil, Line: 17, Offset: 3204, Length: ptr(int64(5000)), Text: ptr("192.0.2.7 GET" + evil), Base64: "/w==", Shown: 2000,
		Time: "2019-02-18T10:00:00Z", Kind: "content", Status: ptr(int64(206)), Session: 2, Start: ptr(int64(600)), Lower: 400, Upper: ptr(int64(400)),
		Proven: &TracedBytes{600, 999}, Completeness: "partial", Basis: "hole", Why: []string{"A partial response.", "It has a reason."},
	}
	unread := TracedLine{Source: 2, Path: "-", Line: 1, Kind: "read", Session: 1, Completeness: "possible", Basis: "access_only", Why: []string{"Read in place."}}
	missing := TracedLine{Source: 1, Path: "a.log", Line: 18, Offset: 8204, Length: ptr(int64(0)), Text: ptr(evil), Kind: "missing", Status: ptr(int64(404)), Completeness: "none", Basis: "missing", Why: []string{"Status 404."}}
	return &Traced{
		Case: "case" + evil, Seal: strings.Repeat("ab", 32), Tool: "recount" + evil, Limits: TraceLimits,
		Sources: []TracedSource{
			{Source: 1, Path: "a.tar!a.log" + evil, SHA256: strings.Repeat("cd", 32), StreamSHA256: strings.Repeat("ef", 32), Archive: "a.tar" + evil, ArchiveSHA: strings.Repeat("12", 32),
				File: "/mnt/a.tar" + evil, Moved: true, Right: true, Damage: "it was cut" + evil},
			{Source: 2, Path: "-", SHA256: strings.Repeat("34", 32), StreamSHA256: strings.Repeat("34", 32), Unread: "it came from standard input" + evil},
		},
		Downloads: []TracedDownload{{
			Client: "192.0.2.7" + evil, Recording: "/calls/a.wav" + evil, Completeness: "partial", Basis: "hole", Size: ptr(int64(1000)), SizeFrom: "content_range",
			Lower: 400, Upper: ptr(int64(900)), Proven: []TracedBytes{{600, 999}}, Reached: []TracedBytes{{0, 0}, {600, 999}}, Requests: 4, Content: 2, Sessions: 2, UserAgents: 2,
			Transfers: 2, EarlierCopy: true, FirstSeen: "2019-02-18T10:00:00Z", LastSeen: "2019-02-19T10:00:00Z",
			TracedLines: TracedLines{Lines: []TracedLine{line, unread, missing}, Left: 1, Differs: []string{"basis: the case says hole" + evil + ", its requests give aborted"}, Unchecked: "two agents look the same"},
		}, {
			Client: "c", Recording: "r", Completeness: "none", Basis: "missing", Requests: 1,
			TracedLines: TracedLines{Lines: []TracedLine{missing}, Differs: []string{}},
		}},
		Directories: []TracedDirectory{{
			Client: "192.0.2.7" + evil, Directory: "/calls/" + evil, Requests: 2, Names: ptr(int64(9)), FirstSeen: "2019-02-18T10:00:00Z", LastSeen: "2019-02-18T10:00:00Z",
			TracedLines: TracedLines{Lines: []TracedLine{}, Left: 2, Differs: []string{}},
		}},
		Left: TracedLeft{Downloads: 3, Directories: 1, Lines: 20},
	}
}

func TestTrace(t *testing.T) {
	var b bytes.Buffer
	for width, name := range map[int]string{80: "traced80.txt", 160: "traced160.txt"} {
		b.Reset()
		if err := Trace(&b, sampleTrace(""), width); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
	b.Reset()
	if err := TraceMarkdown(&b, sampleTrace("")); err != nil {
		t.Fatal(err)
	}
	golden(t, "traced.md", b.Bytes())
}

// No text of a log acts, nor passes for what recount says itself.
func TestTraceHostile(t *testing.T) {
	for _, evil := range []string{
		"\x1b[2J\u202e\x00\u200b", "\n  completeness  complete: it was taken\n", "\r## Download 1 of 1\r", "```\n# heading\n````````\n<script>|",
		strings.Repeat(" ", 300) + "DOWNLOAD 1 OF 1", "\n\n- **completeness:** complete", strings.Repeat("e\u0301", 5000), "\xff\xfe", "````",
	} {
		for _, width := range []int{60, 100} {
			var b bytes.Buffer
			if err := Trace(&b, sampleTrace(evil), width); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if cells(line) > width {
					t.Errorf("%.20q: a line of %d cells where %d are: %q", evil, cells(line), width, line)
				}
				if strings.ContainsAny(line, "\x1b\x00\r\u202e\u200b") {
					t.Errorf("%.20q: a character that acts: %q", evil, line)
				}
			}
			if strings.Contains(b.String(), "\nDOWNLOAD 1 OF 1\n") || strings.Contains(b.String(), "\n  completeness  complete") {
				t.Errorf("%.20q passes for ours:\n%s", evil, &b)
			}
		}
		var b bytes.Buffer
		if err := TraceMarkdown(&b, sampleTrace(evil)); err != nil {
			t.Fatal(err)
		}
		fence := ""
		for line := range strings.Lines(b.String()) {
			switch line = strings.TrimSuffix(line, "\n"); {
			case strings.ContainsAny(line, "\x1b\x00\r\u202e\u200b"):
				t.Errorf("%.20q: a character that acts: %q", evil, line)
			case fence == "" && strings.HasPrefix(line, "```"):
				fence = line
			case line == fence:
				fence = ""
			case fence == "" && (strings.Contains(line, "<script>") || strings.HasPrefix(line, "## Download 1 of 1") || strings.HasPrefix(line, "# heading")):
				t.Errorf("%.20q passes for ours: %q", evil, line)
			case fence != "" && strings.HasPrefix(strings.TrimLeft(line, " "), fence):
				t.Errorf("%.20q closes its fence: %q", evil, line)
			}
		}
		if fence != "" {
			t.Errorf("%.20q: a fence stays open", evil)
		}
		b.Reset()
		if err := JSON(&b, sampleTrace(evil)); err != nil {
			t.Fatal(err)
		}
		var back Traced
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || strings.ContainsAny(b.String(), "\x1b\x00\r\u202e\u200b") {
			t.Errorf("%.20q: %v", evil, err)
		}
		if want := "192.0.2.7 GET" + evil; utf8.ValidString(evil) && *back.Downloads[0].Lines[0].Text != want {
			t.Errorf("%.20q does not come back: %q", evil, *back.Downloads[0].Lines[0].Text)
		}
	}
}

// The help page has every word, and its grades.
func TestCompleteness(t *testing.T) {
	var b bytes.Buffer
	if err := Completeness(&b, 80); err != nil {
		t.Fatal(err)
	}
	golden(t, "completeness80.txt", b.Bytes())
	for _, w := range append(download.Grades(), download.Bases()...) {
		for _, s := range []string{"\n" + w.Name + "\n", w.Means, w.Proves, w.Cannot} {
			if s[0] != '\n' {
				s = strings.Join(strings.Fields(s), " ")
			}
			if text := b.String(); !strings.Contains(text, s) && !strings.Contains(strings.Join(strings.Fields(text), " "), s) {
				t.Errorf("%s: the page does not hold %q", w.Name, s)
			}
		}
	}
}
