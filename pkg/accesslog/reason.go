package accesslog

// Reason says why a line is not a record. It is one byte, so that bad lines by
// the million cost nothing but their count.
type Reason uint8

// The reasons, in the order in which a line is read.
const (
	ReasonNone          Reason = iota
	ReasonTooLong              // longer than MaxLine
	ReasonUnknownFormat        // the source's format is not known
	ReasonNULBytes             // NUL bytes only
	ReasonBadTime              // no time in brackets, or one that is not a date
	ReasonMissingFields        // fewer fields before the time than the format has
	ReasonBadRequest           // the request is not in quotes
	ReasonCutOff               // the line ends before the status is whole
	ReasonBadStatus            // no three digits where the status stands
	ReasonBadBytes             // no number where the size stands
	ReasonBadTail              // something else after the size than the format has
	ReasonOtherFormat          // a line of another format than the one named
	ReasonBadJSON              // not one JSON object
	ReasonBadClient            // no client where it stands
	ReasonAmbiguous            // it can be read in two ways that say different things
	ReasonHeader               // not a reject: a line that names columns, counted with the comments
)

var reasonNames = [...]string{"", "too_long", "unknown_format", "nul_bytes", "bad_time", "missing_fields",
	"bad_request", "cut_off", "bad_status", "bad_bytes", "bad_tail", "other_format", "bad_json", "bad_client", "ambiguous", "header"}

func (r Reason) String() string { return reasonNames[r] }
