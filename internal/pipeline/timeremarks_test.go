package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/evidence"
)

// TestTimeRemarks: what of a source's times its log does not say reaches the
// summary, as a warning and as an assumption.
func TestTimeRemarks(t *testing.T) {
	local := &accesslog.Format{Name: "local", Zone: accesslog.ZoneLocal}
	logged := &accesslog.Format{Name: "logged", Zone: accesslog.ZoneLogged}
	byLine := &accesslog.Format{Name: "by line", Zone: accesslog.ZoneOfLine}
	count := func(s *source, r accesslog.Record) {
		s.stats.flags(r.Flags)
		s.stats.time(&r)
	}
	stockholm, err := Zone("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		format   *accesslog.Format
		set      func(*source)
		warnings string
		assumed  string
	}{
		{"offsets logged", logged, func(s *source) { s.zone = stockholm }, "", ""},
		{"no zone given", local, func(*source) {}, "a.log: times have no zone and were taken as UTC; give --timezone", "time zone of a.log: UTC by default"},
		{"zone given", local, func(s *source) { s.zone = stockholm }, "", "time zone of a.log: Europe/Stockholm by user"},
		{"UTC given", local, func(s *source) { s.zone = time.UTC }, "", "time zone of a.log: UTC by user"},
		{"autumn", logged, func(s *source) { s.stats.flags(accesslog.FlagAmbiguousTime | accesslog.FlagCutOff) },
			"a.log: 1 lines fall into an hour that is repeated in autumn, of which the first was assumed, or skipped in spring", ""},
		{"no years", byLine, func(s *source) { count(s, accesslog.Record{Time: accesslog.NoTime, Flags: accesslog.FlagNoYear}) },
			"a.log: the log has no years, and none was given: 1 lines were read and have no time, only their order; give the year of its first line with --year", ""},
		{"year given", byLine, func(s *source) {
			count(s, accesslog.Record{Flags: accesslog.FlagYearInferred, LocalTime: true})
			s.year, s.zone = 2019, time.UTC
		}, "", "time zone of a.log: UTC by user; years of a.log: inferred from the order of lines, from 2019 on by inferred"},
		{"zones of lines", byLine, func(s *source) { count(s, accesslog.Record{}) }, "", ""},
		{"no zone in one line", byLine, func(s *source) { count(s, accesslog.Record{}); count(s, accesslog.Record{LocalTime: true}) },
			"a.log: times have no zone and were taken as UTC; give --timezone", "time zone of a.log: UTC by default"},
		{"no times", logged, func(s *source) { count(s, accesslog.Record{Time: accesslog.NoTime}) },
			"a.log: 1 lines were read and have no time; the log gives them none", ""},
	} {
		s := &source{Source: evidence.Source{Path: "a.log"}, stats: newStats()}
		s.stats.form(c.format).records = 1
		c.set(s)
		other := newStats()
		other.merge(&s.stats)
		s.stats = other
		a := &analysis{sources: []*source{s}}
		var warnings, assumed []string
		a.timeRemarks(s, func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) })
		for _, as := range a.timeAssumptions() {
			assumed = append(assumed, as.What+": "+as.Value+" by "+as.By)
		}
		if got := strings.Join(warnings, "; "); got != c.warnings {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.warnings)
		}
		if got := strings.Join(assumed, "; "); got != c.assumed {
			t.Errorf("%s: assumptions %q, want %q", c.name, got, c.assumed)
		}
	}
}

// TestFormatText: formats are named by frequency, each behind the wrapper.
func TestFormatText(t *testing.T) {
	s := &source{stats: newStats()}
	for name, n := range map[string]int64{"combined": 5, "common": 7, "combinedio": 5} {
		f, _ := accesslog.FormatByName(name)
		s.stats.form(f).records = n
	}
	if got := s.formatText(); got != "common,combined,combinedio" {
		t.Error(got)
	}
	s.reading.Wrapper = &accesslog.Wrapper{Name: "docker"}
	if got := s.formatText(); got != "docker+common,docker+combined,docker+combinedio" {
		t.Error(got)
	}
}

// TestZone: only names that mean the same on every machine.
func TestZone(t *testing.T) {
	for _, name := range []string{"", "Local", "localtime", "posixrules", "CET+1", "../UTC", "Nowhere/Town"} {
		if z, err := Zone(name); err == nil {
			t.Errorf("%q is %v", name, z)
		}
	}
	for _, year := range []string{"", "19", "-2019", "1969", "2019 ", "10000", "x"} {
		if y, err := Year(year); err == nil {
			t.Errorf("%q is %d", year, y)
		}
	}
}

// TestTimeSettings: zone and year reach the reading and the manifest, also
// where the format is the user's word.
func TestTimeSettings(t *testing.T) {
	root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000), "b.log": get("192.0.2.2", 1, "/a/x.wav", 200, 1000)})
	o := Options{
		Evidence: []string{root}, Formats: []PerSource{{"a.log", "combined"}},
		Zones: []PerSource{{"", "UTC"}, {"a.log", "Europe/Stockholm"}}, Years: []PerSource{{"a.log", "2019"}},
	}
	a := &analysis{options: o}
	var err error
	if a.set, err = evidence.Find(o.Evidence); err != nil {
		t.Fatal(err)
	}
	if err := a.checkSettings(); err != nil {
		t.Fatal(err)
	}
	for i, s := range a.set.Sources {
		a.addSource(s, place{file: i})
	}
	a.settle()
	if r := a.sources[0].reading; r.Zone.String() != "Europe/Stockholm" || r.Year != 2019 || r.Name() != "combined" {
		t.Errorf("a.log: %+v", r)
	}
	if s := a.sources[1]; s.zone != time.UTC || s.year != 0 || s.reading.Known() {
		t.Errorf("b.log: %+v", s.reading)
	}
	dir, out := analyse(t, o)
	if w := strings.Join(out.Summary.Warnings, "\n"); strings.Contains(w, "zone") || strings.Contains(w, "year") {
		t.Errorf("times with an offset need neither zone nor year:\n%s", w)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"timezone": [`, `"value": "Europe/Stockholm"`, `"year": [`, `"value": "2019"`} {
		if !strings.Contains(string(manifest), want) {
			t.Errorf("the manifest does not hold %s", want)
		}
	}
}
