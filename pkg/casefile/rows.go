package casefile

import "github.com/logrecount/recount/pkg/geo"

// The row types below are what the tables take, one per table; requests take
// request.Request and downloads take download.Download as they are. Texts may
// hold any bytes: the tables write them as valid UTF-8, each byte that is not
// as \xHH. Times are microseconds since the epoch, UTC, accesslog.NoTime for
// none; numbers are accesslog.None for none. A table copies what it keeps, so
// rows and their texts may be used again after Append returns.

// ClientRow is one client with all it did.
type ClientRow struct {
	Client   []byte
	Prefix   string // /64 for IPv6, the address itself for IPv4, empty for a host name
	Label    string
	Tags     string
	Requests int64
	Listings int64

	Complete, Likely, Possible, Partial int64 // recordings by grade, each in one of them
	Requested                           int64 // recordings asked for
	BytesUpper                          int64 // None: no bound for at least one download

	FirstSeen, LastSeen int64
	Behaviour           string
	Place               geo.Place
}

// RecordingRow is one recording and how many clients reached which grade.
type RecordingRow struct {
	Recording                   []byte
	Size                        int64
	SizeFrom                    string
	ClientsComplete             int64
	ClientsLikely               int64    // likely or better
	ClientsAny                  int64    // any byte
	FirstDownload, LastDownload int64    // of downloads possible or better
	ListedTo                    int64    // clients that were shown its directory
	Attributes                  [][]byte // in the order of the attribute columns; nil: none
}

// ListingRow is one client and one directory whose page it was shown.
type ListingRow struct {
	Client, Directory   []byte
	Requests            int64
	FirstSeen, LastSeen int64
	NamesExposed        int64 // names directly in the directory by the inventory; None without one
}

// SourceRow is one source and its closed accounting:
// Lines = Requests + Other + Rejected + Comments + Blank + Duplicates.
type SourceRow struct {
	Source       int32
	Path         string
	Bytes        int64
	SHA256       string
	StreamBytes  int64
	StreamSHA256 string
	Format       string
	Meaning      string
	MeaningWhy   string

	Lines, Requests, Other, Rejected, Comments, Blank, Duplicates int64

	FirstTime, LastTime int64
	Error               string
}

// RejectRow is one line that no format could read.
type RejectRow struct {
	Source               int32
	Line, Offset, Length int64
	Reason               string
	Raw                  []byte // the first 1 KiB
}

// AgentRow is one user agent and who used it.
type AgentRow struct {
	UserAgent         []byte // nil: none logged
	Clients, Requests int64
	Tags              string
}

// GapRow is one silence that is implausible, or one time that nothing covers.
type GapRow struct {
	Group     string // rotation group; empty: all sources
	From, To  int64
	Expected  int64 // seconds; None: the traffic around says nothing
	Why       string
	Explained string // empty: not at all
}

// OverlapRow is one run of lines that stands twice. Lines are numbered from 1,
// ToLine is inclusive.
type OverlapRow struct {
	Source           int32
	FromLine, ToLine int64
	OfSource         int32
	OfLine           int64
	Lines            int64 // in [FromLine, ToLine], those that are duplicates or would be
	Merged           bool
	Why              string
}
