package accesslog

import "math"

// NoTime stands where a record has no time. All times are microseconds since
// the Unix epoch in UTC.
const NoTime int64 = math.MinInt64

// None stands where a number was not logged (the log had "-" or nothing). It
// is never written as 0.
const None int64 = -1

// Record holds the fields of one line as a format's parser read them.
//
// Every byte slice is borrowed from the line (or from the parser's scratch
// space) and is valid until the parser's next call. A nil slice means that the
// log had "-" or no such field. Texts are as logged: escapes such as \" and
// \x22 are not undone (see Unescape).
type Record struct {
	Format *Format // the format of this very line; formats of one family may be mixed in one source

	Client    []byte // the client column as logged
	Host      []byte // virtual host, without port
	User      []byte
	Method    []byte
	Target    []byte // request target, as logged
	Protocol  []byte // HTTP/1.1
	Referrer  []byte
	Agent     []byte
	Forwarded []byte // X-Forwarded-For as logged

	Time         int64 // as logged, or NoTime; Format.TimeAt says whether start or end
	UTCOffsetMin int16 // the offset the log wrote; valid when Time is
	LocalTime    bool  // the log wrote none, though other lines of the format may have one (ZoneOfLine); valid when Time is

	Status     int16     // 0: none
	Bytes      int64     // the format's size field, or None; Format.Meaning says what it counts
	Sent       int64     // bytes with headers accepted by the network (Apache %O) when logged beside Bytes, or None
	ObjectSize int64     // size of the whole object when the log states it, or None
	SizeFrom   TotalFrom // where ObjectSize was read

	RangeStart int64 // first byte, or None
	RangeEnd   int64 // last byte (inclusive), or None
	RangeFrom  RangeFrom
	Finished   Finished
	DurationUS int64 // microseconds, or None
	Flags      Flags

	// NumberAtEnd: the line ends with a number. If the source was cut there,
	// the number may be short.
	NumberAtEnd bool

	// TextAtEnd: the line ends with the client or the target, or with texts of
	// which a part may look like the whole. If the source was cut there, they may
	// be others, and the record must not be used.
	TextAtEnd bool
}

// MethodUnknown says whether the line names a file and not the method with
// which it was asked for: HEAD looks like GET then, and so does all else.
func (r *Record) MethodUnknown() bool {
	return r.Method == nil && r.Target != nil && !r.Format.FileService
}

// Meaning says what a size field counts: the "bytes meaning".
type Meaning uint8

// The bytes meanings. For their sources see the formats that fix them.
const (
	MeaningUnknown             Meaning = iota
	MeaningPlanned                     // the size of the response as planned, not what was sent (Apache %b)
	MeaningAcceptedBody                // body bytes the network stack accepted (nginx $body_bytes_sent)
	MeaningAcceptedWithHeaders         // the same with response headers, and TLS overhead if any (Apache %O)
	MeaningTransferred                 // bytes of a file transfer (xferlog)
)

var meaningNames = [...]string{"unknown", "planned", "accepted_body", "accepted_with_headers", "transferred"}

func (m Meaning) String() string { return meaningNames[m] }

// Reset makes r a record without anything.
func (r *Record) Reset() {
	*r = Record{Bytes: None, Sent: None, ObjectSize: None, RangeStart: None, RangeEnd: None, DurationUS: None, Time: NoTime}
}

// ParseMeaning is the inverse of String.
func ParseMeaning(s string) (Meaning, bool) {
	for i, n := range meaningNames {
		if n == s {
			return Meaning(i), true
		}
	}
	return MeaningUnknown, false
}

// TotalFrom says where the size of a whole object was read.
type TotalFrom uint8

// The sources of a total, the best first.
const (
	TotalNone          TotalFrom = iota
	TotalObject                  // a field for the object's size (S3)
	TotalContentRange            // behind the slash of Content-Range
	TotalContentLength           // Content-Length of a full response
)

var totalNames = [...]string{"", "object_size", "content_range", "content_length"}

func (t TotalFrom) String() string { return totalNames[t] }

// ParseTotalFrom is the inverse of String.
func ParseTotalFrom(s string) (TotalFrom, bool) {
	for i, name := range totalNames {
		if name == s {
			return TotalFrom(i), true
		}
	}
	return TotalNone, false
}

// RangeFrom says where the position of a partial response was read.
type RangeFrom uint8

// The sources of a position.
const (
	RangeNone    RangeFrom = iota
	RangeContent           // Content-Range of the response
	RangeRequest           // a single Range header of the request
)

var rangeFromNames = [...]string{"", "content_range", "request_range"}

func (r RangeFrom) String() string { return rangeFromNames[r] }

// Finished says whether the log shows that the response came to its end.
type Finished uint8

// The three answers.
const (
	FinishedUnknown Finished = iota
	FinishedYes
	FinishedNo
)

// Flags are remarks about a record, for the requests table.
type Flags uint16

// The flags.
const (
	FlagCutOff         Flags = 1 << iota // the line ends inside a field after the status
	FlagAmbiguousTime                    // the local time is repeated (autumn) or skipped (spring), and no offset was logged
	FlagNULBytes                         // NUL bytes before the line were skipped
	FlagUnescapedQuote                   // the request holds quotes that the server did not escape
	FlagUnterminated                     // the source ends with this line's last number, without a line end: it may go on
	FlagAccessOnly                       // the line proves that something was read, but never how much
	FlagRounded                          // the size was rounded by the server
	FlagYearInferred                     // the log has no year; it was inferred from the order of lines
	FlagNoYear                           // the log has no year, none was given, and so the record has no time
	FlagMethodUnknown                    // the log does not say the method: see MethodUnknown
	FlagCoded                            // the body was sent compressed, so its bytes cannot be held against the size of the file
)

var flagNames = [...]string{"cut_off", "ambiguous_time", "nul_bytes", "unescaped_quote", "unterminated", "access_only", "rounded", "year_inferred", "no_year", "method_unknown", "content_coded"}

// Names lists the flags that are set, in a fixed order.
func (f Flags) Names() []string {
	var names []string
	for i, n := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}
