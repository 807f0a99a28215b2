package pipeline

import (
	"encoding/hex"
	"slices"
	"sort"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/evidence"
)

// source is one source and all that becomes known of it. The reader fills the
// first part before and while it hands out chunks; the second is merged from
// the workers when the scan is over.
type source struct {
	evidence.Source
	reading    accesslog.Reading
	meaning    accesslog.Meaning // by the user's word
	meaningSet bool
	pieces     []*piece
	err        string // why it was not, or not wholly, read
	notes      []string
	bytes      int64
	sum        string
	streamLen  int64
	streamSum  string

	stats stats
}

// piece is one chunk of a source: its place, and how many lines it has, from
// which the line numbers of the chunks behind it follow.
type piece struct {
	offset int64
	lines  int64 // in the piece; after resolve: in all pieces before it
}

// resolve turns the pieces' line counts into the number of lines before each.
func (s *source) resolve() {
	var before int64
	for _, p := range s.pieces {
		n := p.lines
		p.lines = before
		before += n
	}
}

// line turns a line number within a chunk into one within the source. offset
// is the line's, by which its chunk is found.
func (s *source) line(offset, inPiece int64) int64 {
	i := sort.Search(len(s.pieces), func(i int) bool { return s.pieces[i].offset > offset }) - 1
	return s.pieces[i].lines + inPiece
}

// meaningOf is the bytes meaning of a line's size field: what the format fixes,
// else the user's word. A format that fixes it has fields that only mean one
// thing, and a glob easily covers one source too many.
func (s *source) meaningOf(f *accesslog.Format) accesslog.Meaning {
	if f.Meaning == accesslog.MeaningUnknown && s.meaningSet {
		return s.meaning
	}
	return f.Meaning
}

// wordUsed says whether the user's word on the bytes meaning counts for at least
// one of the source's formats.
func (s *source) wordUsed() bool {
	used := s.meaningSet && len(s.stats.formats) == 0
	for name := range s.stats.formats {
		f, _ := accesslog.FormatByName(name)
		used = used || s.meaningSet && f.Meaning == accesslog.MeaningUnknown
	}
	return used
}

// formats lists the names of the formats that lines of the source had, the
// most frequent first.
func (s *source) formats() []string {
	var names []string
	for name := range s.stats.formats {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := *s.stats.formats[b] - *s.stats.formats[a]; d != 0 {
			if d > 0 {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	})
	return names
}

// stats are the counts of one source, or of a part of it.
type stats struct {
	lines, requests, other, rejected, comments, blank int64

	first, last int64 // of the records' times
	formats     map[string]*int64
	headers     download.Headers
	cutOff      int64
}

func newStats() stats {
	return stats{first: accesslog.NoTime, last: accesslog.NoTime, formats: map[string]*int64{}}
}

// format gives the counter of a format.
func (s *stats) format(name string) *int64 {
	n := s.formats[name]
	if n == nil {
		n = new(int64)
		s.formats[name] = n
	}
	return n
}

// seen widens the span of time.
func (s *stats) seen(t int64) {
	if t == accesslog.NoTime {
		return
	}
	if s.first == accesslog.NoTime || t < s.first {
		s.first = t
	}
	if s.last == accesslog.NoTime || t > s.last {
		s.last = t
	}
}

// merge adds another part's counts.
func (s *stats) merge(o *stats) {
	s.lines += o.lines
	s.requests += o.requests
	s.other += o.other
	s.rejected += o.rejected
	s.comments += o.comments
	s.blank += o.blank
	s.cutOff += o.cutOff
	s.seen(o.first)
	s.seen(o.last)
	for name, n := range o.formats {
		*s.format(name) += *n
	}
	s.headers.Merge(&o.headers)
}

func hexSum(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
