package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

var update = flag.Bool("update", false, "write the goldens again; read them line by line before keeping them")

func sample() *casefile.Summary {
	counts := map[string]casefile.RuleCount{
		"requested": {Requests: 1234567, Pairs: 57000, Recordings: 57000, Clients: 7},
		"any_bytes": {Requests: 1234000, Pairs: 56000, Recordings: 56000, Clients: 7},
		"possible":  {Requests: 1000, Pairs: 60, Recordings: 58, Clients: 6},
		"likely":    {Requests: 990, Pairs: 59, Recordings: 57, Clients: 6},
		"complete":  {Requests: 1, Pairs: 1, Recordings: 1, Clients: 1},
	}
	return &casefile.Summary{
		Tool: "recount", Version: "0.1.0", Counts: counts, Unlabelled: counts,
		Grades:     map[string]int64{"complete": 1, "likely": 58, "possible": 1, "partial": 55940, "none": 1000},
		Listings:   casefile.ListingCount{Requests: 40, Clients: 3, Directories: 1},
		Accounting: casefile.Accounting{Sources: 2, Bytes: 1000, StreamBytes: 1000000, Lines: 10, Requests: 5, Other: 1, Rejected: 1, Comments: 1, Blank: 1, Duplicates: 1},
		Coverage:   sampleCoverage(),
		Limits:     []string{"No line says whether a response was finished, so nothing can be graded complete from its size alone."},
		Warnings:   []string{"source 2, logs/\x1b[31m|evil|<b>: the stream ends early"},
		Assumptions: []casefile.Assumption{
			{What: "recordings", Value: "**/*.wav", By: "user"},
			{What: "bytes meaning of source 1", Value: "unknown", By: "default", Why: "the format does not fix it, and nothing was said about it on the command line or in recount.yaml"},
		},
		TopClients: []casefile.TopClient{
			{Client: "192.0.2.7", Country: "SE", Org: "Example | Nät", Complete: 1, Likely: 50, Requested: 56000, Requests: 1200000, FirstSeen: "2019-02-18T10:00:00Z", LastSeen: "2019-02-19T10:00:00Z"},
			{Client: "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", Likely: 8, Possible: 1, Partial: 1, Requested: 10, Requests: 11, FirstSeen: "2019-02-18T10:00:00Z", LastSeen: "2019-02-19T10:00:00Z"},
		},
		Tables: map[string]int64{"requests": 1234567, "downloads": 57000},
	}
}

func sampleCoverage() casefile.Coverage {
	covered, expected, longest := int64(86400), int64(1800), int64(3900)
	return casefile.Coverage{
		First: "2019-02-18T10:00:00Z", Last: "2019-02-19T10:00:00Z", Note: "first and last time of any line",
		PlausibleBeforeS: 1800, PlausibleAfterS: 1800,
		Exposure: &casefile.Exposure{From: "2013-02-01T00:00:00Z", To: "2019-02-19T00:00:00Z", Seconds: 190857600, CoveredS: 46800},
		State:    "partial", Why: []string{"the logs begin at 2019-02-18T10:00:00Z; the period begins at 2013-02-01T00:00:00Z"},
		Declaration: &casefile.Declaration{By: "A. Admin", Date: "2019-03-01", Text: "these are all the logs of both servers"},
		Groups: []casefile.CoverageGroup{
			{Group: "nas/access.log", Sources: 3, First: "2019-02-18T10:00:00Z", Last: "2019-02-19T10:00:00Z", Lines: 123456, LongestSilenceS: &longest, CoveredS: &covered,
				Findings: []string{"files are missing in the rotation: number 3 of 1 to 4"}},
			{Group: "ftp/xferlog", Sources: 1, Lines: 7, CoveredS: new(int64)},
		},
		Gaps: []casefile.CoverageGap{
			{From: "2013-02-01T00:00:00Z", To: "2019-02-18T10:00:00Z", ExpectedS: &expected, Why: "the period begins 2208 days 10 hours before the first line of any source"},
			{Group: "nas/access.log", From: "2019-02-18T12:00:00Z", To: "2019-02-18T13:05:00Z", ExpectedS: &expected, Why: "65 minutes without a line", Explained: "new disk"},
		},
		Findings: []string{"some sources stamp a request when it starts (ftp/xferlog), others when it ends (nas/access.log)"},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func TestMarkdown(t *testing.T) {
	golden(t, "summary.md", Markdown(sample()))
	golden(t, "empty.md", Markdown(&casefile.Summary{Tool: "recount", Version: "0.1.0"}))
}

func TestTerminal(t *testing.T) {
	for name, width := range map[string]int{"terminal80.txt": 80, "terminal160.txt": 160} {
		var b bytes.Buffer
		if err := Terminal(&b, sample(), width); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
		for line := range strings.Lines(b.String()) {
			if n := cells(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("%s: %d cells wide: %q", name, n, line)
			}
		}
	}
}

// Lines that are not accounted for must not pass for a result.
func TestAccountingOpen(t *testing.T) {
	s := sample()
	s.Accounting.Lines++
	if md := string(Markdown(s)); !strings.Contains(md, "add up to 10, not to 11") {
		t.Error(md)
	}
}

// No text of a log may reach a page or a terminal as it is.
func TestHostile(t *testing.T) {
	const evil = "\x1b[2Jevil\u202e\x00|<script>"
	s := sample()
	s.Warnings = []string{evil}
	s.Limits = []string{evil}
	s.Coverage = casefile.Coverage{
		First: evil, Last: evil, Note: evil, State: evil, Why: []string{evil}, Findings: []string{evil},
		Exposure: &casefile.Exposure{From: evil, To: evil}, Declaration: &casefile.Declaration{By: evil, Date: evil, Text: evil},
		Groups: []casefile.CoverageGroup{{Group: evil, First: evil, Last: evil, Findings: []string{evil}}},
		Gaps:   []casefile.CoverageGap{{Group: evil, From: evil, To: evil, Why: evil, Explained: evil}},
	}
	s.Assumptions = []casefile.Assumption{{What: evil, Value: evil, By: evil, Why: evil}}
	s.TopClients = []casefile.TopClient{{Client: evil, Country: evil, Org: evil, FirstSeen: evil, LastSeen: evil}}
	s.Tables = map[string]int64{evil: 1}
	s.Tool, s.Version = evil, evil
	var term bytes.Buffer
	if err := Terminal(&term, s, 400); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"terminal": term.String(), "markdown": string(Markdown(s))} {
		if strings.ContainsAny(out, "\x1b\x00\u202e") {
			t.Errorf("%s holds control characters: %q", name, out)
		}
		if name == "markdown" && strings.Contains(out, "<script>") {
			t.Errorf("%s holds HTML: %s", name, out)
		}
	}
}

// A part is never rounded to nothing or to the whole.
func TestCoveredShare(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 100, "0 %"}, {100, 100, "100 %"}, {50, 100, "50.0 %"}, {1, 1_000_000, "less than 0.1 %"}, {999_999, 1_000_000, "99.9 %"}, {1, 3, "33.3 %"}, {0, 0, "0 %"}} {
		if got := coveredShare(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

func TestGroup(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 57000: "57,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := group(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
