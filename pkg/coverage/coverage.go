// Package coverage says which time the sources really cover, and which of
// their lines stand there twice.
//
// It takes the times and the hashes of lines, per source and in their order,
// and gives second copies of lines, the spans of rotation groups, silences that
// the traffic around makes implausible, and faults of the clock. It knows
// nothing of recordings or clients. It never takes two lines for one because
// they are alike: only runs that cannot have come about twice are merged.
package coverage

// Period is a stretch of time, from its first microsecond since the epoch, UTC,
// to the one behind its last. The zero value is none.
type Period struct{ From, To int64 }

// Given says whether there is a period.
func (p Period) Given() bool { return p != Period{} }

// Span is the time that the sources of one rotation group cover. First and Last
// are the earliest and the latest time of any line, accesslog.NoTime for none.
type Span struct {
	Group       string // the path that the sources share; empty: all sources together
	First, Last int64

	// The longest plausible silence before the first and behind the last line:
	// by so much may they miss the ends of a period.
	Before, After int64
}

// Gap is a silence that the traffic before and after makes implausible, or a
// part of a stated period that nothing covers.
type Gap struct {
	Group     string // rotation group; empty: all sources together
	From, To  int64  // the last line before and the first behind it, or where the period begins or ends
	Expected  int64  // the longest silence that is plausible there, in microseconds; accesslog.None: not known
	Why       string // what the finding rests on
	Explained string // how the user explains it; empty: not at all
}

// State says how far the logs cover a period.
type State uint8

// The states of coverage.
const (
	Unknown State = iota // no period was stated, so there is nothing to measure by
	Partial              // a period was stated, and something of it is not covered, or nobody declared that the logs are all
	Full                 // a period was stated, no gap in it is unexplained, and a declaration says that these are all the logs
)

var stateNames = [...]string{"unknown", "partial", "full"}

func (s State) String() string { return stateNames[s] }
