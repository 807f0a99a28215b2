package pipeline

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// checkSettings finds mistakes in what the user said of sources, before a line
// is read.
func (a *analysis) checkSettings() error {
	o := &a.options
	for _, s := range o.Formats {
		if _, err := accesslog.ReadingByName(s.Value); err != nil {
			return &UsageError{Err: err, Hint: FormatHint}
		}
	}
	for _, s := range o.Meanings {
		if _, known := accesslog.ParseMeaning(s.Value); !known {
			return &UsageError{Err: fmt.Errorf("unknown bytes meaning %q", s.Value), Hint: "the meanings are planned, accepted_body, accepted_with_headers, transferred, unknown"}
		}
	}
	for _, s := range o.Zones {
		if _, err := Zone(s.Value); err != nil {
			return err
		}
	}
	for _, s := range o.Years {
		if _, err := Year(s.Value); err != nil {
			return err
		}
	}
	for _, s := range o.Clocks {
		if _, err := ParseClock(s.Value); err != nil {
			return err
		}
	}
	if err := a.checkTimes(); err != nil {
		return err
	}
	for _, list := range [][]PerSource{o.Formats, o.Meanings, o.Zones, o.Years, o.Clocks} {
		for _, s := range list {
			if !doublestar.ValidatePattern(s.Glob) {
				return &UsageError{Err: fmt.Errorf("glob %q: %w", s.Glob, doublestar.ErrBadPattern)}
			}
		}
	}
	err := a.everyGlobMatches(a.set.Sources)
	if err == nil {
		return nil
	}
	for _, s := range a.set.Sources {
		if s.MayBeArchive() {
			return nil // what it holds is known when it was read
		}
	}
	return err
}

// FormatHint says what a format may be.
const FormatHint = "'recount formats' lists the names; a LogFormat or log_format string, lighttpd:..., or json:..., is taken too"

// everyGlobMatched looks again when the members of archives are known.
func (a *analysis) everyGlobMatched() error {
	sources := slices.Clone(a.set.Sources)
	for _, s := range a.sources {
		sources = append(sources, s.Source)
	}
	return a.everyGlobMatches(sources)
}

// Zone finds a time zone by its IANA name. The names that stand for the zone of
// this machine are refused: the figures would depend on where they are made.
func Zone(name string) (*time.Location, error) {
	switch name {
	case "", "Local", "localtime", "posixrules":
	default:
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, &UsageError{Err: fmt.Errorf("unknown time zone %q", name), Hint: "give an IANA name such as Europe/Stockholm, or UTC"}
}

// Year reads the year of a source's first line.
func Year(s string) (int, error) {
	year, err := strconv.Atoi(s)
	if err != nil || year < 1970 || year > 9999 {
		return 0, &UsageError{Err: fmt.Errorf("%q is no year of a log", s), Hint: "give the year of the first line, such as 2019"}
	}
	return year, nil
}

// everyGlobMatches refuses a setting that is for no source: it is a mistake
// whose only sign would be other figures.
func (a *analysis) everyGlobMatches(sources []evidence.Source) error {
	for _, list := range []struct {
		flag     string
		settings []PerSource
	}{
		{"--format", a.options.Formats}, {"--bytes-meaning", a.options.Meanings},
		{"--timezone", a.options.Zones}, {"--year", a.options.Years}, {"--clock-offset", a.options.Clocks},
	} {
		for _, s := range list.settings {
			if !slices.ContainsFunc(sources, s.matches) {
				return &UsageError{Err: fmt.Errorf("%s %q matches no source", list.flag, s.Glob+"="+s.Value), Hint: "the sources are " + sourceNames(sources)}
			}
		}
	}
	return nil
}

// addSource makes a source known, with what the user said of it. It may be called
// from any goroutine.
func (a *analysis) addSource(s evidence.Source, at place) *source {
	src := &source{Source: s}
	// The values are good: checkSettings has seen them.
	if name, ok := lastMatch(a.options.Formats, s); ok {
		src.reading, _ = accesslog.ReadingByName(name)
	}
	if name, ok := lastMatch(a.options.Meanings, s); ok {
		src.meaning, src.meaningSet = accesslog.ParseMeaning(name)
	}
	if name, ok := lastMatch(a.options.Zones, s); ok {
		src.zone, _ = Zone(name)
	}
	if name, ok := lastMatch(a.options.Years, s); ok {
		src.year, _ = Year(name)
	}
	if text, ok := lastMatch(a.options.Clocks, s); ok {
		src.ahead, _ = ParseClock(text)
	}
	src.reading.Zone, src.reading.Year = src.zone, src.year
	a.arrivals.add(src, at)
	return src
}

// sourceNames lists the first sources.
func sourceNames(sources []evidence.Source) string {
	var names []string
	for i, s := range sources {
		if i == 10 {
			names = append(names, fmt.Sprintf("and %d more", len(sources)-i))
			break
		}
		names = append(names, fmt.Sprintf("%q", s.Path))
	}
	return strings.Join(names, ", ")
}

// lastMatch gives the value of the last setting that is for this source.
func lastMatch(settings []PerSource, source evidence.Source) (value string, ok bool) {
	for _, s := range settings {
		if s.matches(source) {
			value, ok = s.Value, true
		}
	}
	return value, ok
}

// matches reports whether a setting is for a source. A glob without a slash is
// matched against the file's name. What is for an archive is for its members.
func (s PerSource) matches(source evidence.Source) bool {
	if s.Glob == "" {
		return true
	}
	names := []string{source.Path, source.Archive}
	if !strings.Contains(s.Glob, "/") {
		names = []string{path.Base(source.Path), path.Base(source.Archive), path.Base(source.Member)}
	}
	return slices.ContainsFunc(names, func(name string) bool {
		match, err := doublestar.Match(s.Glob, name)
		return match && err == nil && name != "" && name != "."
	})
}

// hashReader hashes what is read through it.
type hashReader struct {
	r    io.Reader
	hash hash.Hash
	n    int64
}

func newHashReader(r io.Reader) *hashReader { return &hashReader{r: r, hash: sha256.New()} }

func (h *hashReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	h.n += int64(n)
	return n, err
}

func (h *hashReader) file(name string) *casefile.ManifestFile {
	return &casefile.ManifestFile{Name: name, Bytes: h.n, SHA256: fmt.Sprintf("%x", h.hash.Sum(nil))}
}
