package download

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// A file may be replaced while the logs go on. What shows that is a total which
// the log states: the size of the object, the total in Content-Range, the
// Content-Length or the plan of a full response; never the bytes that went out,
// as a cut has any number of them. Pieces of different versions never join.

// stated is the size of the whole that a request states by itself. The length
// of a response is that only where all of it was to be sent: an error page, or
// a 206, has a length of its own.
func stated(r *request.Request) Size {
	if r.Flags&accesslog.FlagCoded != 0 {
		r = uncounted(r)
	}
	if r.ObjectSize != accesslog.None {
		from := SizeObject + SizeFrom(max(r.SizeFrom, accesslog.TotalObject)-accesslog.TotalObject)
		if from != SizeContentLength || r.Status == 200 || r.Status == 203 {
			return Size{r.ObjectSize, from}
		}
	}
	if r.Kind == request.KindContent && r.Status != 206 && r.Bytes != accesslog.None && r.Flags&accesslog.FlagAccessOnly == 0 && !methodless(r) && wasPlan(r) {
		return Size{r.Bytes, SizePlanned}
	}
	return Size{accesslog.None, SizeUnknown}
}

// wasPlan says whether the size field of a full response is what the server
// set out to send: by its meaning, or because it counts body bytes and the
// response finished.
func wasPlan(r *request.Request) bool {
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		return true
	case accesslog.MeaningAcceptedBody, accesslog.MeaningTransferred:
		return r.Finished == accesslog.FinishedYes && !framed(r.Protocol) && !fileTransfer(r)
	}
	return false
}

// version is what one client took of one version of a recording.
type version struct {
	sizing   Sizing
	doubtful bool       // it may be another page, answered under the same path
	sessions []*session // of this pair
	current  []*session // the last of each user agent, by its number; nil: none yet
	lower    intervals  // placed and proven, of all sessions
	upper    intervals  // placed
	wholes   int64      // responses that were proven whole
	longest  int64      // the most bytes that one response proves whose place, or version, is not known
	pieces   []interval // proven pieces, as often as they came
}

// own gives the size of the version that a stated total makes beside the
// recording's size, if it makes one. An object's size and the total in
// Content-Range are of the file that was sent. A plan or a Content-Length may be
// that of a log-in page, so a better source of the size outweighs it, unless it
// knows a version of that size too.
func (s Sizing) own(total Size) (Size, bool) {
	if total.From == SizeUnknown || total.Bytes == s.Size.Bytes {
		return Size{}, false
	}
	for _, other := range s.others {
		if other.Bytes == total.Bytes {
			total.From = other.From
		}
	}
	if total.From <= SizeContentRange {
		return total, true
	}
	return total, s.Size.From >= SizeContentLength && s.Size.From <= SizePlanned && total.Bytes < s.Size.Bytes
}

// otherVersion says whether a response that is too short for the recording is
// as long as a total that the log states somewhere.
func (s Sizing) otherVersion(p *response) bool {
	for _, total := range s.others {
		if total.Bytes > 0 && p.upper >= total.Bytes && p.upper <= plus(total.Bytes, p.slack) {
			return true
		}
	}
	return false
}

// versionOf gives the version that a response with this total is of: the
// recording's own, or one that the total makes.
func (f *Fold) versionOf(total Size) *version {
	size, own := f.sizing.own(total)
	if !own {
		return f.versions[0]
	}
	for _, v := range f.versions[1:] {
		if v.sizing.Size == size {
			return v
		}
	}
	v := f.addVersion(Sizing{Size: size})
	v.doubtful = size.From > SizeContentRange
	return v
}

// addVersion starts a version.
func (f *Fold) addVersion(sizing Sizing) *version {
	n := len(f.versions)
	if n < cap(f.versions) {
		f.versions = f.versions[:n+1]
	} else {
		f.versions = append(f.versions, nil)
	}
	v := f.versions[n]
	if v == nil {
		v = new(version)
		f.versions[n] = v
	}
	v.sizing, v.doubtful = sizing, false
	v.sessions, v.current = v.sessions[:0], v.current[:0]
	v.lower.reset()
	v.upper.reset()
	v.wholes, v.longest, v.pieces = 0, 0, v.pieces[:0]
	return v
}

// add counts one response in the session it belongs to, and says whether it may
// be the rest of what the session already had.
func (v *version) add(s *session, p response) (resumes bool) {
	resumes = s.add(p, v.sizing)
	if whole(p, v.sizing) {
		v.wholes++
	} else if p.start >= 0 && p.lower > 0 && p.doubt == "" {
		v.pieces = append(v.pieces, interval{p.start, plus(p.start, p.lower)})
	}
	if p.transfer || p.doubt == BasisOtherVersion {
		v.longest = max(v.longest, p.lower)
	}
	return resumes
}

// taken is what was taken of one version.
type taken struct {
	grade        Grade
	basis        string
	lower, upper int64 // upper may be unbounded
	transfers    int64
}

// end gives what was taken of the version. It must have a session.
func (v *version) end() taken {
	t := taken{grade: GradeNone}
	var unplaced int64
	open, ranged := false, false
	for _, s := range v.sessions {
		if grade, basis := s.grade(v.sizing); grade > t.grade {
			t.grade, t.basis = grade, basis
		}
		v.lower.addAll(&s.lower)
		v.upper.addAll(&s.upper)
		unplaced = plus(unplaced, s.unplaced)
		open, ranged = open || s.open, ranged || s.ranged
	}
	sum := plus(v.upper.size(), unplaced)
	t.lower, t.upper = v.bounds(sum, open)
	// Full responses all start at 0, so only with a partial one can two add up.
	if t.grade < GradePossible && len(v.sessions) > 1 && ranged && (open || v.sizing.fills(&v.upper, unplaced)) {
		t.grade, t.basis = GradePossible, BasisAcrossSessions
	}
	if t.grade <= GradePossible && !open && sum <= probeBytes && !v.sizing.tiny() {
		t.grade, t.basis = GradeProbe, BasisProbe
	}
	t.transfers = v.transfers()
	if v.doubtful {
		t.transfers = 0
	}
	t.grade, t.basis = v.held(t.grade, t.basis)
	return t
}

// held gives a grade, or the best that the version allows.
func (v *version) held(grade Grade, basis string) (Grade, string) {
	if v.doubtful && grade == GradeComplete {
		return GradeLikely, BasisPlannedSize
	}
	return grade, basis
}

// probeBytes is the most that a probe may have taken.
const probeBytes = 2

// bounds gives the bytes taken: at least the union of what is placed, or the
// longest transfer of a file, or piece of an unknown version (of HTTP a response
// without position proves nothing); at most the union of all that may be placed and the sum of the rest,
// and never more than the size.
func (v *version) bounds(sum int64, open bool) (lower, upper int64) {
	lower, upper = max(v.lower.size(), v.longest), sum
	if open {
		upper = unbounded
	}
	if v.sizing.proves() {
		size := v.sizing.Size.Bytes
		lower = min(lower, size)
		if open || upper > size {
			upper = size
		}
	}
	if upper != unbounded {
		lower = min(lower, upper)
	}
	return lower, upper
}
