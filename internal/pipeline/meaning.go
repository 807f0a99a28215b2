package pipeline

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

// inference is the bytes meaning that a source's lines of one format show, and
// why. The meaning may be unknown all the same.
type inference struct {
	meaning accesslog.Meaning
	why     string
}

// settled says whether the bytes meaning of a format's lines is fixed by the
// format or by the user's word. A format that fixes it has fields that only mean
// one thing, and a glob easily covers one source too many; so the word counts
// only where the format leaves it open.
func (s *source) settled(f *accesslog.Format) bool {
	return f.Meaning != accesslog.MeaningUnknown || s.meaningSet
}

// meaningOf is the bytes meaning of a line's size field: what the format fixes,
// else the user's word, else what was inferred, once it was.
func (s *source) meaningOf(f *accesslog.Format) accesslog.Meaning {
	switch {
	case f.Meaning != accesslog.MeaningUnknown:
		return f.Meaning
	case s.meaningSet:
		return s.meaning
	}
	return s.inferred[f].meaning
}

// formatNumber is the number of a format among those that a source's lines may
// have, from 1; 0 if it is none of them.
func (s *source) formatNumber(f *accesslog.Format) uint8 {
	return uint8(slices.Index(s.reading.Formats, f) + 1)
}

// wordUsed says whether the user's word on the bytes meaning counts for at least
// one of the source's formats.
func (s *source) wordUsed() bool {
	used := s.meaningSet && len(s.stats.forms) == 0
	for f := range s.stats.forms {
		used = used || s.meaningSet && f.Meaning == accesslog.MeaningUnknown
	}
	return used
}

// meaningBy says what the bytes meaning of a source rests on: format, user or
// inferred.
func (s *source) meaningBy() string {
	if s.wordUsed() {
		return "user"
	}
	for f := range s.stats.forms {
		if s.inferred[f].meaning != accesslog.MeaningUnknown {
			return "inferred"
		}
	}
	return "format"
}

// meaningText says what the source's size field counts, and why.
func (s *source) meaningText() (meaning, why string) {
	if s.meaningSet && len(s.stats.forms) == 0 {
		return s.meaning.String(), "by the user's word"
	}
	var meanings, whys []string
	for _, f := range s.formats() {
		m := s.meaningOf(f)
		if !slices.Contains(meanings, m.String()) {
			meanings = append(meanings, m.String())
		}
		switch shown := s.inferred[f]; {
		case m == f.Meaning && shown.why == "":
			whys = append(whys, f.Name+": "+f.MeaningWhy)
		case s.settled(f):
			whys = append(whys, f.Name+": by the user's word")
		case m == accesslog.MeaningUnknown:
			whys = append(whys, f.Name+": "+f.MeaningWhy+"; "+shown.why)
		default:
			whys = append(whys, f.Name+": "+shown.why)
		}
	}
	if len(meanings) == 0 {
		return accesslog.MeaningUnknown.String(), "no line could be read"
	}
	return strings.Join(meanings, ","), strings.Join(whys, "; ")
}

// inferMeanings finds out what the size fields count that neither format nor
// user has settled, and takes over the lengths of headers where they are
// counted.
func (a *analysis) inferMeanings(all *runs) error {
	cuts, err := a.lookForCuts(all)
	if err != nil {
		return err
	}
	all.meanings = make([][]accesslog.Meaning, len(a.sources))
	for _, s := range a.sources {
		s.inferred = map[*accesslog.Format]inference{}
		for f, c := range s.stats.forms {
			if !s.settled(f) {
				meaning, why := c.signs.Infer(cuts[cutsKey{s.ID, s.formatNumber(f)}])
				s.inferred[f] = inference{meaning, why}
			}
			if s.meaningOf(f) == accesslog.MeaningAcceptedWithHeaders {
				s.stats.headers.Merge(&c.signs.Headers)
			}
		}
	}
	for i, s := range a.sources {
		s.inferAsCopy()
		all.meanings[i] = make([]accesslog.Meaning, len(s.reading.Formats)+1)
		for n, f := range s.reading.Formats {
			all.meanings[i][n+1] = s.meaningOf(f)
		}
	}
	return nil
}

// inferAsCopy takes over what was inferred for the source with the same content,
// for the sources table: what was learned is all from that one.
func (s *source) inferAsCopy() {
	if s.copyOf == nil {
		return
	}
	for f := range s.inferred {
		for of, shown := range s.copyOf.inferred {
			if f.Name == of.Name {
				s.inferred[f] = shown
			}
		}
	}
}

// cutsKey names a format of a source.
type cutsKey struct {
	source int32
	format uint8
}

// lookForCuts reads the requests of all recordings whose size is known, for the
// formats of sources where that may decide; for most evidence there is none.
func (a *analysis) lookForCuts(all *runs) (map[cutsKey]*download.Cuts, error) {
	cuts := map[cutsKey]*download.Cuts{}
	for _, s := range a.sources {
		for f, c := range s.stats.forms {
			if !s.settled(f) && c.signs.NeedsCuts() {
				cuts[cutsKey{s.ID, s.formatNumber(f)}] = new(download.Cuts)
			}
		}
	}
	if len(cuts) == 0 {
		return nil, nil
	}
	var name []byte
	size := accesslog.None
	m := all.merge(nil, nil)
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if name == nil || !bytes.Equal(name, c.req.Recording) {
			for one := range maps.Values(cuts) {
				one.End()
				one.Begin()
			}
			name, size = c.req.Recording, a.sizeOf(c.req.Recording)
		}
		if one := cuts[cutsKey{c.req.Source, c.req.Format}]; one != nil && size != accesslog.None {
			one.Add(&c.req, size)
		}
	}
	for one := range maps.Values(cuts) {
		one.End()
	}
	return cuts, m.Err()
}
