// Package download puts together all requests of one client for one recording
// and says what was taken, and how sure that is.
//
// It takes the requests of one recording, its size if known, and what the
// sources' size fields mean; it gives one Download per client. It is a pure
// fold: it knows no files, no tables and no geography. The rules are those of
// section 4 of the design and are explained at each step.
package download

// Grade is the completeness of a download, from least to most.
type Grade uint8

// The grades.
const (
	GradeNone     Grade = iota // asked, no content
	GradeProbe                 // two body bytes or fewer, ever
	GradePartial               // some content, not the whole
	GradePossible              // whole only if pieces are added whose position is not logged, or of sessions apart
	GradeLikely                // whole unless the transfer was cut, and this log cannot show a cut
	GradeComplete              // the log proves that every byte was handed over in one session
)

var gradeNames = [...]string{"none", "probe", "partial", "possible", "likely", "complete"}

func (g Grade) String() string { return gradeNames[g] }

// SizeFrom says where the size of a recording was read.
type SizeFrom uint8

// The sources of a size, the best first.
const (
	SizeUnknown SizeFrom = iota
	SizeInventory
	SizeObject
	SizeContentRange
	SizeContentLength
	SizePlanned
	SizeRepeated
)

var sizeFromNames = [...]string{"", "inventory", "object_size", "content_range", "content_length", "planned", "repeated"}

func (s SizeFrom) String() string { return sizeFromNames[s] }

// ParseSizeFrom is the inverse of String.
func ParseSizeFrom(s string) (SizeFrom, bool) {
	for from, name := range sizeFromNames {
		if name == s {
			return SizeFrom(from), true
		}
	}
	return SizeUnknown, false
}

// Size is the size of a recording in bytes; Bytes is accesslog.None when From
// is SizeUnknown.
type Size struct {
	Bytes int64
	From  SizeFrom
}

// Download is what one client took of one recording. Times are microseconds
// since the epoch, UTC, or accesslog.NoTime.
type Download struct {
	Recording, Client []byte // borrowed from the requests

	Requests        int64
	ContentRequests int64
	FirstSeen       int64
	LastSeen        int64
	Size            Size
	BytesLower      int64
	BytesUpper      int64 // accesslog.None: no bound is known
	Grade           Grade
	Basis           string // one of the Basis constants
	Transfers       int64  // the least number of times that every byte was handed over
	EarlierCopy     bool   // a 304, or a 416 at exactly the size: the client held something before
	UserAgents      int64  // distinct user agents
	FirstSource     int32
	FirstLine       int64
}
