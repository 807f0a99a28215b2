package pipeline

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// openSources makes the sources, with what the user said of them.
func (a *analysis) openSources() error {
	for _, setting := range []struct {
		flag   string
		values []PerSource
	}{
		{"--format", a.options.Formats}, {"--bytes-meaning", a.options.Meanings},
		{"--timezone", a.options.Zones}, {"--year", a.options.Years},
	} {
		if err := a.everyGlobMatches(setting.flag, setting.values); err != nil {
			return err
		}
	}
	for _, s := range a.set.Sources {
		src := &source{Source: s}
		name, ok, err := lastMatch(a.options.Formats, s.Path)
		if err != nil {
			return err
		}
		if ok {
			var known bool
			if src.reading, known = accesslog.ReadingByName(name); !known {
				return &UsageError{Err: fmt.Errorf("unknown format %q", name), Hint: "the formats are " + strings.Join(accesslog.FormatNames(), ", ")}
			}
		}
		name, ok, err = lastMatch(a.options.Meanings, s.Path)
		if err != nil {
			return err
		}
		if ok {
			if src.meaning, src.meaningSet = accesslog.ParseMeaning(name); !src.meaningSet {
				return &UsageError{Err: fmt.Errorf("unknown bytes meaning %q", name), Hint: "the meanings are planned, accepted_body, accepted_with_headers, transferred, unknown"}
			}
		}
		name, ok, err = lastMatch(a.options.Zones, s.Path)
		if err != nil {
			return err
		}
		if ok {
			if src.zone, err = Zone(name); err != nil {
				return err
			}
		}
		name, ok, err = lastMatch(a.options.Years, s.Path)
		if err != nil {
			return err
		}
		if ok {
			if src.year, err = Year(name); err != nil {
				return err
			}
		}
		src.reading.Zone, src.reading.Year = src.zone, src.year
		a.sources = append(a.sources, src)
	}
	return nil
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
func (a *analysis) everyGlobMatches(flag string, settings []PerSource) error {
	for _, s := range settings {
		found := false
		for _, src := range a.set.Sources {
			_, ok, err := lastMatch([]PerSource{s}, src.Path)
			if err != nil {
				return err
			}
			found = found || ok
		}
		if !found {
			return &UsageError{Err: fmt.Errorf("%s %q matches no source", flag, s.Glob+"="+s.Value), Hint: "the sources are " + a.sourceNames()}
		}
	}
	return nil
}

// sourceNames lists the first sources.
func (a *analysis) sourceNames() string {
	var names []string
	for i, s := range a.set.Sources {
		if i == 10 {
			names = append(names, fmt.Sprintf("and %d more", len(a.set.Sources)-i))
			break
		}
		names = append(names, fmt.Sprintf("%q", s.Path))
	}
	return strings.Join(names, ", ")
}

// lastMatch gives the value of the last setting that is for this source. A glob
// without a slash is matched against the file's name.
func lastMatch(settings []PerSource, source string) (value string, ok bool, err error) {
	for _, s := range settings {
		name := source
		if !strings.Contains(s.Glob, "/") {
			name = path.Base(source)
		}
		match := s.Glob == ""
		if !match {
			if match, err = doublestar.Match(s.Glob, name); err != nil {
				return "", false, &UsageError{Err: fmt.Errorf("glob %q: %w", s.Glob, err)}
			}
		}
		if match {
			value, ok = s.Value, true
		}
	}
	return value, ok, nil
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
