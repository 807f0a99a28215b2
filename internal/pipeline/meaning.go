package pipeline

import (
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
)

// inference is the bytes meaning that the lines of one format in a log show, and
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
