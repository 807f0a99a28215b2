package pipeline

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// openSources makes the sources, with what the user said of them.
func (a *analysis) openSources() error {
	for _, s := range a.set.Sources {
		src := &source{Source: s}
		name, ok, err := lastMatch(a.options.Formats, s.Path)
		if err != nil {
			return err
		}
		if ok {
			f, known := accesslog.FormatByName(name)
			if !known {
				return &UsageError{Err: fmt.Errorf("unknown format %q", name), Hint: "the formats are " + strings.Join(accesslog.FormatNames(), ", ")}
			}
			src.reading = accesslog.Only(f)
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
			if src.zone, err = time.LoadLocation(name); err != nil {
				return &UsageError{Err: fmt.Errorf("unknown time zone %q", name), Hint: "give an IANA name such as Europe/Stockholm, or UTC"}
			}
			src.reading.Zone = src.zone
		}
		a.sources = append(a.sources, src)
	}
	return nil
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
