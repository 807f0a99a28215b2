package accesslog

// TimeAt says which moment of a request a format's time is.
type TimeAt uint8

// The moments.
const (
	TimeAtStart  TimeAt = iota // the request was received
	TimeAtEnd                  // the line was written, after the response
	TimeAtEither               // one or the other, by server; the syntax does not tell
)

var timeAtNames = [...]string{"start", "end", "start or end"}

func (t TimeAt) String() string { return timeAtNames[t] }

// Format is one line format that can be read. The table of formats is the
// variable formats; a new format is one file and one line in it.
type Format struct {
	Name       string // as in --format and the sources table
	Title      string // one line for people
	Meaning    Meaning
	MeaningWhy string // why the format fixes the meaning, or why it does not
	TimeAt     TimeAt
	Stateless  bool   // a line can be read without the lines before it
	Source     string // the documentation that the entry was taken from

	family family
}

// family is a set of formats that one parser tells apart line by line, so that
// they may be mixed in one source.
type family uint8

// The families, and the parser of each.
const (
	familyCLF family = iota
)

func (f family) newParser(reading Reading) Parser {
	switch f {
	case familyCLF:
		return newCLF(reading)
	}
	return nil
}

// formats is the table, in the order of detection.
var formats = []*Format{
	formatCommon,
	formatCombined,
	formatVhostCommon,
	formatVhostCombined,
	formatCombinedIO,
	formatNginxCombined,
}

// Formats lists the table. The entries are shared: do not change them.
func Formats() []*Format { return append([]*Format(nil), formats...) }

// FormatByName finds a format of the table.
func FormatByName(name string) (*Format, bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// FormatNames lists the names of the table.
func FormatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
	}
	return names
}

// A Parser reads lines of one source. It keeps scratch space and is for one
// goroutine.
type Parser interface {
	// Parse reads a line without its terminator into r, whose slices are
	// then borrowed from line or from the parser until the next call. Any
	// reason but ReasonNone means that r is not to be used.
	Parse(line []byte, r *Record) Reason
}

// Reading says how a source is read: with which formats, and which of them is
// the main one. The zero Reading is a source of unknown format.
type Reading struct {
	Formats []*Format // formats that a line may have, all of one family
	Main    *Format   // the most frequent in the sample, or the one the user named
}

// Known says whether the source can be read at all.
func (r Reading) Known() bool { return r.Main != nil }

// NewParser makes a parser for one goroutine, nil if the format is unknown.
func (r Reading) NewParser() Parser {
	if !r.Known() {
		return nil
	}
	return r.Main.family.newParser(r)
}

// Only is the reading of a source whose format the user named.
func Only(f *Format) Reading { return Reading{Formats: []*Format{f}, Main: f} }
