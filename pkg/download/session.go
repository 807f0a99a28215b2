package download

import "github.com/logrecount/recount/pkg/accesslog"

// The basis of a grade: the code in the basis column.
const (
	BasisOneResponse      = "one_response"      // one response was proven to hand over the whole
	BasisRangeUnion       = "range_union"       // placed pieces, each proven, cover the whole
	BasisPlannedSize      = "planned_size"      // the server set out to send the whole; a cut would not show
	BasisMeaningUnknown   = "meaning_unknown"   // the size field reaches the size, but may be planned or hold headers
	BasisSizeRepeated     = "size_repeated"     // as many bytes as others took, and nobody took more
	BasisSizeUnknown      = "size_unknown"      // a full response, but the size is not known
	BasisSizeContradicted = "size_contradicted" // as many bytes as the size says, but others took more
	BasisRangeFits        = "range_fits"        // a piece without position that is as long as the whole
	BasisResumeFits       = "resume_fits"       // a piece without position that fits the end of what was there
	BasisRangeSum         = "range_sum"         // pieces without position add up to the size
	BasisAcrossSessions   = "across_sessions"   // only pieces of different sessions add up
	BasisOtherMethod      = "other_method"      // as many bytes as the recording has, to a method that asks for none of it (OPTIONS)
	BasisOtherVersion     = "other_version"     // a full response as long as another version of the file, or another page
	BasisCommonSize       = "common_size"       // a full response of a size that very many recordings were answered with
	BasisMethodUnknown    = "method_unknown"    // as many bytes as the whole were sent, but the method is not logged
	BasisMayBeHead        = "may_be_head"       // neither the method nor how much was sent is logged
	BasisAccessOnly       = "access_only"       // it was read, but the log never shows how much
	BasisHole             = "hole"              // pieces leave something out
	BasisAborted          = "aborted"           // the transfer was cut
	BasisProbe            = "probe"             // two bytes or fewer
)

// session is the answers with content to one user agent without a long pause.
type session struct {
	number   int       // within the pair, from 1
	version  *version  // that it is of
	last     int64     // time of the last, or accesslog.NoTime
	lower    intervals // placed and proven
	upper    intervals // placed
	unplaced int64     // upper bounds of what has no position
	open     bool      // at least one response has no upper bound
	ranged   bool      // there was a piece: a 206, or a transfer of a file, which may have been resumed
	parted   bool      // there was what is a piece for certain
	doubt    string    // why a piece may be of something else, as a basis; "": none may
	best     Grade     // of single responses and resumed ones
	basis    string
}

func (s *session) reset() {
	s.last = accesslog.NoTime
	s.lower.reset()
	s.upper.reset()
	s.unplaced, s.open, s.ranged, s.parted, s.doubt, s.best, s.basis = 0, false, false, false, "", GradePartial, BasisAborted
}

// over says whether a request at time t comes too late to be of the session.
// Requests without a time are taken to belong together.
func (s *session) over(t int64) bool {
	if t == accesslog.NoTime || s.last == accesslog.NoTime || t <= s.last {
		return false
	}
	return uint64(t)-uint64(s.last) > sessionGap // the difference may be too large for an int64
}

// whole says whether one response is proven to have handed over everything.
func whole(p response, sizing Sizing) bool {
	if p.aborted || p.doubted() || p.access || p.unlike || p.methodless || p.start != 0 {
		return false
	}
	if !sizing.proves() {
		return p.full && p.finished
	}
	return p.lower >= sizing.Size.Bytes
}

// add counts one response, and says whether it may be the rest of what the
// session already had.
func (s *session) add(p response, sizing Sizing) (resumes bool) {
	s.raise(gradeResponse(p, sizing))
	s.ranged = s.ranged || !p.full && !p.access
	s.parted = s.parted || p.parted()
	if p.upper == unbounded {
		s.open = true
		return false
	}
	if p.start < 0 {
		if resumes = s.resumes(p, sizing); resumes {
			s.raise(GradeLikely, BasisResumeFits)
		}
		s.unplaced = plus(s.unplaced, p.upper)
		return resumes
	}
	if p.doubt != "" && !whole(p, sizing) {
		s.doubt = p.doubt
	} else {
		s.lower.add(p.start, plus(p.start, p.lower))
	}
	s.upper.add(p.start, plus(p.start, p.upper))
	return false
}

// parted says whether a response is a piece for certain.
func (p *response) parted() bool {
	return !p.full && !p.access && (!p.transfer || p.start > 0)
}

func (s *session) raise(grade Grade, basis string) {
	if grade > s.best {
		s.best, s.basis = grade, basis
	}
}

// gradeResponse grades what one response shows alone.
func gradeResponse(p response, sizing Sizing) (Grade, string) {
	switch {
	case whole(p, sizing):
		return GradeComplete, BasisOneResponse
	case p.aborted || p.start > 0:
		return GradePartial, BasisAborted
	case !sizing.enough(p.upper):
		if p.full && !p.doubted() && (p.finished || sizing.otherVersion(&p)) { // what came to its end was not cut
			return GradePossible, BasisOtherVersion
		}
		return GradePartial, BasisAborted
	case p.access:
		return GradePossible, BasisAccessOnly
	case p.mayBeHead:
		return GradePossible, BasisMayBeHead
	case p.doubted():
		return GradePossible, p.doubt
	case !p.full && !p.transfer && !sizing.proves():
		return GradePossible, BasisRangeSum // it may have been the whole, but what that is nobody knows
	case p.methodless:
		return GradeLikely, BasisMethodUnknown
	case !p.full && !p.transfer:
		return GradeLikely, BasisRangeFits
	case sizing.Contradicted:
		return GradeLikely, BasisSizeContradicted
	case p.planned != accesslog.None:
		return GradeLikely, BasisPlannedSize
	case sizing.Size.From == SizeUnknown:
		return GradeLikely, BasisSizeUnknown
	case sizing.Size.From == SizeRepeated:
		return GradeLikely, BasisSizeRepeated
	}
	return GradeLikely, BasisMeaningUnknown
}

// resumes says whether a piece without position, if it reaches to the end,
// begins inside what the session already had from the start of the file.
func (s *session) resumes(p response, sizing Sizing) bool {
	if !sizing.proves() || p.aborted || p.access || p.mayBeHead {
		return false
	}
	had := s.upper.prefix()
	return had > 0 && p.upper > 0 && sizing.Size.Bytes-p.upper <= had
}

// grade grades the session as a whole.
func (s *session) grade(sizing Sizing) (Grade, string) {
	if size := sizing.Size.Bytes; sizing.proves() && s.ranged && size > 0 && s.best < GradeComplete {
		switch {
		case s.lower.covers(size):
			return GradeComplete, BasisRangeUnion
		case s.doubt != "" && s.best < GradePossible && s.upper.covers(size):
			return GradePossible, s.doubt
		case s.doubt == "" && s.best < GradeLikely && s.upper.covers(size):
			return GradeLikely, BasisMeaningUnknown
		}
	}
	if s.best < GradePossible && s.ranged && (s.open || sizing.fills(&s.upper, s.unplaced)) {
		return GradePossible, BasisRangeSum
	}
	if s.best == GradePartial && s.parted {
		return GradePartial, BasisHole
	}
	return s.best, s.basis
}
