package pipeline

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
	"github.com/logrecount/recount/pkg/report"
)

var monday = time.Date(2019, 2, 18, 0, 0, 0, 0, time.UTC)

// busyLines are the lines of a log with three lines a minute, from Monday on,
// without those that skip leaves out. Times are written in UTC.
func busyLines(days int, skip func(at time.Duration) bool) []string {
	r := rand.New(rand.NewPCG(9, 9))
	var lines []string
	for at := time.Duration(0); at < time.Duration(days)*24*time.Hour; at += time.Duration(1+r.IntN(40)) * time.Second {
		if !skip(at) {
			lines = append(lines, busyLine(monday.Add(at), len(lines)))
		}
	}
	return lines
}

func busyLine(at time.Time, n int) string {
	return fmt.Sprintf("203.0.113.%d - - [%s] \"GET /calls/%d.mp3 HTTP/1.1\" 200 1000 \"-\" \"curl\"\n", n%200, at.Format("02/Jan/2006:15:04:05 -0700"), n)
}

// gone says whether a time lies in an hour, given in hours from Monday on.
func gone(from, to float64) func(time.Duration) bool {
	return func(at time.Duration) bool { return at.Hours() >= from && at.Hours() < to }
}

// An hour that is missing in a busy log is found, to the second, however the log
// is cut into files, compressed, read and sorted; and nothing else is.
func TestGapAnySplit(t *testing.T) {
	lines := busyLines(2, gone(30, 31))
	whole := func(i, j int) string { return strings.Join(lines[i:j], "") }
	n := len(lines)
	var want []row
	for _, c := range []struct {
		name  string
		files map[string]string
	}{
		{"one", map[string]string{"access.log": whole(0, n)}},
		{"in the middle", map[string]string{"access.log.1": whole(0, n/2), "access.log": whole(n/2, n)}},
		{"dates", map[string]string{"access.log-20190219": whole(0, n/3), "access.log-20190220": whole(n/3, n/3+1), "access.log-20190221": whole(n/3+1, n)}},
		{"mixed up", map[string]string{"access.log.1": whole(n/4, n/2) + whole(0, n/4), "access.log": whole(n-1000, n) + whole(n/2, n-1000)}},
	} {
		for _, o := range []Options{{Workers: 1}, {Workers: 8, Memory: tiny}} {
			o.Evidence, o.Temp, o.Tables = []string{files(t, c.files)}, t.TempDir(), []string{casefile.TableGaps}
			dir, out := analyse(t, o)
			got := table(t, dir, casefile.TableGaps)
			if want == nil {
				want = got
				if len(got) != 1 || got[0]["group"] != "access.log" {
					t.Fatalf("gaps: %v", got)
				}
				g := out.Summary.Coverage.Gaps[0]
				from, to := monday.Add(30*time.Hour), monday.Add(31*time.Hour)
				if g.From > from.Format(time.RFC3339) || g.From < from.Add(-time.Minute).Format(time.RFC3339) ||
					g.To < to.Format(time.RFC3339) || g.To > to.Add(time.Minute).Format(time.RFC3339) {
					t.Errorf("gap from %s to %s", g.From, g.To)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d workers: %v, want %v", c.name, o.Workers, got, want)
			}
			if !slices.ContainsFunc(out.Summary.Warnings, func(w string) bool { return strings.Contains(w, "unexplained gaps (1)") }) {
				t.Errorf("%s: warnings %q", c.name, out.Summary.Warnings)
			}
		}
	}
}

// The whole case is the same for any number of workers, with everything that
// coverage finds in it.
func TestCoverageSameCase(t *testing.T) {
	lines := busyLines(4, gone(36, 37))
	half := len(lines) / 2
	back := slices.Clone(lines[half:])
	back = append(back, lines[half-500:half]...)
	evidence := files(t, map[string]string{
		"a/access.log":   strings.Join(back, ""),
		"a/access.log.2": strings.Join(lines[:half-500], "")[40:],
		"b/access.log":   strings.Join(busyLines(4, gone(60, 63)), ""),
	})
	var first string
	for _, workers := range []int{1, 2, 8} {
		o := Options{Evidence: []string{evidence}, Workers: workers, Temp: t.TempDir(), Memory: map[int]int64{8: tiny}[workers],
			Exposure: Stretch{From: "2019-02-18", To: "2019-02-21"}, Outages: []Stretch{{"2019-02-20T11:00", "2019-02-20T14:00", "new disk", "no"}},
			Clocks: []PerSource{{"b/*", "+1h"}}, Declaration: &Declaration{"A", "2019-03-01", "all"}}
		dir, out := analyse(t, o)
		if first == "" {
			first = dir
			c := out.Summary.Coverage
			var findings []string
			for _, g := range c.Groups {
				findings = append(findings, g.Findings...)
			}
			for _, want := range []string{
				"files are missing in the rotation: number 1 of 1 to 2",
				"a/access.log.2 begins with a line that cannot be read",
				"a/access.log: the time goes back by about",
			} {
				if !slices.ContainsFunc(findings, func(f string) bool { return strings.HasPrefix(f, want) }) {
					t.Errorf("no finding %q in %q", want, findings)
				}
			}
			if len(c.Gaps) != 3 || c.Gaps[0].Explained != "" || !strings.Contains(c.Gaps[0].Why, "; 1 lines of the log could not be read") || !strings.HasSuffix(c.Gaps[1].Why, "missing in the rotation between these times: number 1") || c.Gaps[2].Explained != "new disk" || c.Gaps[2].From[:16] != "2019-02-20T10:59" {
				t.Errorf("gaps %+v", c.Gaps)
			}
			if c.State != "partial" || len(c.Why) != 2 || !strings.Contains(c.Why[0], "unexplained gap") || !strings.Contains(c.Why[1], "unexplained gap") {
				t.Errorf("%s %q", c.State, c.Why)
			}
			continue
		}
		sameCase(t, fmt.Sprint(workers, " workers"), dir, first)
	}
}

// Coverage is full only with a period, without gaps in it, to both ends, and
// declared.
func TestCoverageState(t *testing.T) {
	declared := &Declaration{"A. Admin", "2019-03-01", "all of them"}
	gap, quiet := gone(36, 37), func(time.Duration) bool { return false }
	for _, c := range []struct {
		name     string
		skip     func(time.Duration) bool
		o        Options
		state    string
		why      string
		coveredS int64
	}{
		{"full", quiet, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-20"}, Declaration: declared}, "full", "", 3 * 86400},
		{"no period", quiet, Options{Declaration: declared}, "unknown", "no period was stated", 0},
		{"not declared", quiet, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-20"}}, "partial", "nobody declared", 3 * 86400},
		{"longer than the logs", quiet, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-27"}, Declaration: declared}, "partial", "the logs end at 2019-02-20T23:59", 3*86400 - 60},
		{"a gap in it", gap, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-20"}, Declaration: declared}, "partial", "there is an unexplained gap from 2019-02-19T11:5", 3*86400 - 3660},
		{"a gap outside", gap, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-18"}, Declaration: declared}, "full", "", 86400},
		{"a gap explained", gap, Options{Exposure: Stretch{From: "2019-02-18", To: "2019-02-20"}, Declaration: declared, Outages: []Stretch{{"2019-02-19 12:00", "2019-02-19 13:00", "power", "no"}}}, "full", "", 3*86400 - 3660},
	} {
		c.o.Tables = []string{}
		c.o.Evidence = []string{files(t, map[string]string{"access.log": strings.Join(busyLines(3, c.skip), "")})}
		_, out := analyse(t, c.o)
		cov := out.Summary.Coverage
		if cov.State != c.state || c.why == "" && len(cov.Why) > 0 || c.why != "" && !strings.Contains(strings.Join(cov.Why, "\n"), c.why) {
			t.Errorf("%s: %s %q; want %s %q", c.name, cov.State, cov.Why, c.state, c.why)
		}
		if e := cov.Exposure; e != nil && (e.CoveredS < c.coveredS || e.CoveredS > c.coveredS+60) {
			t.Errorf("%s: %d of %d seconds covered, want %d", c.name, e.CoveredS, e.Seconds, c.coveredS)
		}
		if e := cov.Exposure; e != nil && cov.Groups[0].CoveredS != nil && *cov.Groups[0].CoveredS > e.CoveredS {
			t.Errorf("%s: the group covers more than all", c.name)
		}
		if state, why := assess(cov, c.o.Declaration != nil); state != cov.State || !slices.Equal(why, cov.Why) {
			t.Errorf("%s: read back: %s %q, written %s %q", c.name, state, why, cov.State, cov.Why)
		}
	}
}

// A server's clock that was ahead wrote times that are too late: they are
// corrected to earlier ones, everywhere.
func TestClockOffset(t *testing.T) {
	at := monday.Add(12*time.Hour + 3*time.Minute + 20*time.Second)
	evidence := files(t, map[string]string{"nas/access.log": busyLine(at, 1), "web/access.log": busyLine(at, 2)})
	dir, out := analyse(t, Options{Evidence: []string{evidence}, Clocks: []PerSource{{"nas/*", "+3m20s"}}})
	var got []string
	for _, r := range table(t, dir, casefile.TableRequests) {
		got = append(got, fmt.Sprint(r["source"], " ", r["time_start"].(time.Time).Format(time.TimeOnly)))
	}
	want := []string{"1 12:00:00", "2 12:03:20"}
	if !slices.Equal(got, want) {
		t.Errorf("times %q, want %q", got, want)
	}
	if out.Summary.Coverage.First != "2019-02-18T12:00:00Z" || out.Summary.Coverage.Last != "2019-02-18T12:03:20Z" {
		t.Errorf("span %+v", out.Summary.Coverage)
	}
	if !slices.ContainsFunc(out.Summary.Assumptions, func(a casefile.Assumption) bool {
		return a.What == "clock of nas/access.log" && a.Value == "3 minutes ahead" && a.By == "user"
	}) {
		t.Errorf("assumptions %+v", out.Summary.Assumptions)
	}
	_, out = analyse(t, Options{Evidence: []string{evidence}, Clocks: []PerSource{{"", "-3m20s"}}})
	if out.Summary.Coverage.First != "2019-02-18T12:06:40Z" {
		t.Errorf("a clock that was behind: %s", out.Summary.Coverage.First)
	}
}

// The sample's lines all lie within seconds: there is nothing to find.
func TestCoverageOfSample(t *testing.T) {
	_, out := analyse(t, Options{Evidence: []string{nasLogs}})
	c := out.Summary.Coverage
	var groups []string
	for _, g := range c.Groups {
		groups = append(groups, fmt.Sprint(g.Group, " ", g.Sources))
		if len(g.Findings) > 0 {
			t.Errorf("%s: %q", g.Group, g.Findings)
		}
	}
	want := []string{"apache/access.log 3", "apache/other_vhosts_access.log 2", "apache/voice_access.log 1", "nginx/access.log 3"}
	if !slices.Equal(groups, want) || len(c.Gaps) > 0 || len(c.Findings) > 0 || c.State != "unknown" {
		t.Errorf("groups %q, gaps %v, findings %q, %s", groups, c.Gaps, c.Findings, c.State)
	}
}

// A clock that was set forward and back again is said beside the gap it looks
// like; changes of the zone, and a file that was cut off, are said as well.
func TestClockFindings(t *testing.T) {
	var b strings.Builder
	zone := time.FixedZone("", 3600)
	for i, at := range busyTimes(30 * time.Hour) {
		switch {
		case at > 12*time.Hour && at < 20*time.Hour:
			at += 70 * time.Minute
		case at >= 25*time.Hour:
			zone = time.FixedZone("", 7200)
		}
		b.WriteString(busyLine(monday.Add(at).In(zone), i))
	}
	text := b.String()
	_, out := analyse(t, Options{Evidence: []string{files(t, map[string]string{"access.log": text[:len(text)-9]})}, Tables: []string{}})
	g := out.Summary.Coverage.Groups[0]
	for _, want := range []string{"the time goes back by about ", "(+0100, +0200)", "does not end with the end of a line"} {
		if !slices.ContainsFunc(g.Findings, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("no %q in %q", want, g.Findings)
		}
	}
	gaps := out.Summary.Coverage.Gaps
	if len(gaps) != 1 || !strings.Contains(gaps[0].Why, "later the times of access.log go back by about as much (line") {
		t.Errorf("gaps %+v", gaps)
	}
}

func busyTimes(length time.Duration) (out []time.Duration) {
	r := rand.New(rand.NewPCG(4, 4))
	for at := time.Duration(0); at < length; at += time.Duration(1+r.IntN(40)) * time.Second {
		out = append(out, at)
	}
	return out
}

// Formats that stamp the start beside formats that stamp the end are said.
func TestMixedStamps(t *testing.T) {
	start, either := &accesslog.Format{Name: "s"}, &accesslog.Format{Name: "x", TimeAt: accesslog.TimeAtEither}
	end := &accesslog.Format{Name: "e", TimeAt: accesslog.TimeAtEnd}
	for _, c := range []struct {
		formats []*accesslog.Format
		want    bool
	}{{[]*accesslog.Format{start, start}, false}, {[]*accesslog.Format{start, either}, false}, {[]*accesslog.Format{either, end, end}, false}, {[]*accesslog.Format{start, either, end}, true}} {
		a := &analysis{}
		for i, f := range c.formats {
			s := &source{Source: evidence.Source{Path: fmt.Sprint(i, ".log")}, stats: newStats()}
			s.stats.form(f).records = 1
			a.sources = append(a.sources, s)
		}
		if got := a.mixedStamps(); (got != "") != c.want || c.want && !strings.Contains(got, "(0.log), others when it ends (2.log)") {
			t.Errorf("%v: %q", c.formats, got)
		}
	}
}

// What cannot be meant is refused before a line is read.
func TestCoverageUsage(t *testing.T) {
	evidence := filepath.Join(nasLogs, "apache")
	for name, o := range map[string]Options{
		`exposure: "2019" is no date and no time`:                  {Exposure: Stretch{From: "2019", To: "2019-01-01"}},
		"exposure: 2019-01-02 to 2019-01-01 ends before it begins": {Exposure: Stretch{From: "2019-01-02", To: "2019-01-01"}},
		"outage 2019-01-01 to 2019-01-02: it is not said why":      {Outages: []Stretch{{From: "2019-01-01", To: "2019-01-02"}}},
		"a declaration needs by, date and text":                    {Declaration: &Declaration{By: "A", Date: "2019-01-01"}},
		`declaration: date "May" is no date and no time`:           {Declaration: &Declaration{By: "A", Date: "May", Text: "all"}},
		`"3m" is no clock offset`:                                  {Clocks: []PerSource{{"", "3m"}}},
		`"" is no clock offset`:                                    {Clocks: []PerSource{{"", ""}}},
		`--clock-offset "nginx/*=+3m" matches no source`:           {Clocks: []PerSource{{"nginx/*", "+3m"}}},
	} {
		o.Evidence, o.Out = []string{evidence}, filepath.Join(t.TempDir(), "case")
		_, err := Run(t.Context(), o)
		if err == nil || err.Error() != name {
			t.Errorf("%v, want %s", err, name)
		}
		if _, err := os.Stat(o.Out); err == nil {
			t.Errorf("%s: a case", name)
		}
	}
}

// TestNoTime: of a log in which no line has a time, nothing is said of silences.
func TestNoTime(t *testing.T) {
	root := files(t, map[string]string{"a.log": "no log\nat all\n"})
	_, out := analyse(t, Options{Evidence: []string{root}})
	c := out.Summary.Coverage
	if len(c.Groups) != 1 || c.Groups[0].LongestSilenceS != nil {
		t.Errorf("%+v", c.Groups)
	}
	if text := string(report.Markdown(out.Summary)); strings.Contains(text, "No silence") || !strings.Contains(text, "| not known |") {
		t.Errorf("of silences the summary says:\n%s", text)
	}
}
