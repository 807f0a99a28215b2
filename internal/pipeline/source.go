package pipeline

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/evidence"
)

// source is one source and all that becomes known of it. The reader fills the
// first part before and while it hands out chunks; the second is merged from
// the workers when the scan is over.
type source struct {
	evidence.Source
	reading    accesslog.Reading
	zone       *time.Location    // of times without one, by the user's word; nil: none given
	year       int               // of the first line, by the user's word; 0: none given
	arrival    int32             // its id while files are scanned, see arrivals
	group      uint32            // number of its rotation group, from 1
	ahead      int64             // by so many microseconds its clock was ahead, by the user's word
	tried      string            // what detection tried in vain
	meaning    accesslog.Meaning // by the user's word
	meaningSet bool
	pieces     []*piece
	begins     []begin          // of the pieces, once they are resolved
	worker     *worker          // that reads its lines in order; nil: any may read them
	parser     accesslog.Parser // of that worker
	err        string           // why it was not, or not wholly, read
	notes      []string
	bytes      int64
	sum        string
	streamLen  int64
	streamSum  string

	stats    stats
	copyOf   *source                         // the source with the same content, whose lines count instead; nil: none
	inferred map[*accesslog.Format]inference // of the formats that leave the bytes meaning open
	pools    map[*accesslog.Format]*pool     // of the log that the source is of
	headers  download.Headers                // lengths of headers that its log shows
}

// piece is one chunk of a source: its place, and how many lines it has, from
// which the line numbers of the chunks behind it follow.
type piece struct {
	offset  int64
	lines   int64 // in the piece; after resolve: in all pieces before it
	clock   coverage.Trace
	sketch  sketch
	rejects []spill.Block
}

// begin is where a piece of a source begins: in bytes, and how many lines are
// before it.
type begin struct{ offset, lines int64 }

// resolve turns the pieces' line counts into the number of lines before each.
func (s *source) resolve() {
	s.begins = make([]begin, 0, len(s.pieces))
	var before int64
	for _, p := range s.pieces {
		n := p.lines
		p.lines = before
		s.begins = append(s.begins, begin{p.offset, before})
		before += n
	}
}

// line turns a line number within a chunk into one within the source. offset
// is the line's, by which its chunk is found.
func (s *source) line(offset, inPiece int64) int64 {
	// Nearly all chunks are of one size: look there first. Tables ask for each of
	// their requests, in the order of recordings, and wait for the memory at each
	// step of a search, or where the begins lay in the pieces themselves.
	for i := int(offset / accesslog.ChunkSize); i < len(s.begins) && i <= int(offset/accesslog.ChunkSize)+1; i++ {
		if s.begins[i].offset <= offset && (i+1 == len(s.begins) || s.begins[i+1].offset > offset) {
			return s.begins[i].lines + inPiece
		}
	}
	i := sort.Search(len(s.begins), func(i int) bool { return s.begins[i].offset > offset }) - 1
	return s.begins[i].lines + inPiece
}

// newParser makes a parser for a chunk that is read now. That of a source whose
// lines are read in order goes on where it was: between two chunks of the source
// its worker may read others.
func (s *source) newParser() accesslog.Parser {
	if !s.reading.Known() || s.reading.Stateless() {
		return s.reading.NewParser()
	}
	if s.parser == nil {
		s.parser = s.reading.NewParser()
	}
	return s.parser
}

// formats lists the formats that lines of the source had, the most frequent
// first.
func (s *source) formats() []*accesslog.Format {
	return slices.SortedFunc(maps.Keys(s.stats.forms), func(a, b *accesslog.Format) int {
		return cmp.Or(cmp.Compare(s.stats.forms[b].records, s.stats.forms[a].records), strings.Compare(a.Name, b.Name))
	})
}

// formatText names them, each behind the source's wrapper if it has one.
func (s *source) formatText() string {
	var names []string
	for _, f := range s.formats() {
		names = append(names, accesslog.Reading{Main: f, Wrapper: s.reading.Wrapper}.Name())
	}
	return strings.Join(names, ",")
}

// spent says whether all requests of the source are second copies.
func (s *source) spent() bool { return s.stats.duplicates > 0 && s.stats.requests == 0 }

// zoneless says whether lines of the source have local times and do not say of
// which zone.
func (s *source) zoneless() bool {
	if s.stats.local > 0 {
		return true
	}
	for f := range s.stats.forms {
		if f.Zone == accesslog.ZoneLocal {
			return true
		}
	}
	return false
}

// stats are the counts of one source, or of a part of it.
type stats struct {
	lines, requests, other, rejected, comments, blank int64
	duplicates                                        int64 // the others are without them, once they are known

	first, last int64 // of the records' times
	forms       map[*accesslog.Format]*form
	cutOff      int64
	local       int64 // times without a zone, in formats of which other lines may have one
	ambiguous   int64 // local times that are repeated or skipped
	inferred    int64 // times whose year was inferred
	yearless    int64 // records that have no time because the log has no year and none was given
	timeless    int64 // records that have no time for another reason
	accessOnly  int64 // requests of which the log never shows how much
	methodless  int64 // requests whose method the log does not say
	offset      int32 // from UTC in minutes, of the line before; noOffset: none
	offsets     map[int16]bool
	beginsCut   bool // its first line could not be read
	cut         bool // its last line has no end
}

func newStats() stats {
	return stats{first: accesslog.NoTime, last: accesslog.NoTime, forms: map[*accesslog.Format]*form{}, offset: noOffset, offsets: map[int16]bool{}}
}

const noOffset = 1 << 16

// form is what one source shows of one format.
type form struct {
	records int64
	signs   download.Signs
	headers download.Headers // lengths, where the size with headers is logged beside that without
}

// form gives the counts of a format.
func (s *stats) form(f *accesslog.Format) *form {
	c := s.forms[f]
	if c == nil {
		c = new(form)
		s.forms[f] = c
	}
	return c
}

// flags counts the remarks about a record.
func (s *stats) flags(f accesslog.Flags) {
	if f&accesslog.FlagCutOff != 0 {
		s.cutOff++
	}
	if f&accesslog.FlagAmbiguousTime != 0 {
		s.ambiguous++
	}
	if f&accesslog.FlagYearInferred != 0 {
		s.inferred++
	}
}

// time counts what is to say of a record's time, and widens the span.
func (s *stats) time(r *accesslog.Record) {
	switch {
	case r.Time != accesslog.NoTime:
		if r.LocalTime {
			s.local++
		} else if int32(r.UTCOffsetMin) != s.offset {
			s.wrote(r)
		}
		s.seen(r.Time)
	case r.Flags&accesslog.FlagNoYear != 0:
		s.yearless++
	default:
		s.timeless++
	}
}

// wrote keeps which offsets from UTC a source has written.
func (s *stats) wrote(r *accesslog.Record) {
	s.offset = int32(r.UTCOffsetMin)
	if f := r.Format; f != nil && (f.Zone == accesslog.ZoneLogged || f.Zone == accesslog.ZoneOfLine) {
		s.offsets[r.UTCOffsetMin] = true
	}
}

// forgetRemarks drops what is to say of records, of which none counts.
func (s *stats) forgetRemarks() {
	s.cutOff, s.local, s.ambiguous, s.inferred, s.yearless, s.timeless = 0, 0, 0, 0, 0, 0
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
	s.local += o.local
	s.ambiguous += o.ambiguous
	s.inferred += o.inferred
	s.yearless += o.yearless
	s.timeless += o.timeless
	s.accessOnly += o.accessOnly
	s.methodless += o.methodless
	for offset := range o.offsets {
		s.offsets[offset] = true
	}
	s.beginsCut = s.beginsCut || o.beginsCut
	s.cut = s.cut || o.cut
	for f, c := range o.forms {
		mine := s.form(f)
		mine.records += c.records
		mine.signs.Merge(&c.signs)
		mine.headers.Merge(&c.headers)
	}
}

func hexSum(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
