// Package claim holds published statements against what was counted.
//
// It takes a Claim, and what a case shows: graded downloads with their clients,
// and the coverage. It gives counts by rule, unit of client and population,
// verdicts for both standards with their reasons, counter-examples, and the
// fewest exclusions under which the claim would hold. It never gives a bare yes
// or no, and it never counts a line twice or drops one in silence.
package claim

// Claim is one published statement.
type Claim struct {
	ID      string // short name, unique among the claims of a case
	Text    string // as it was published
	Source  string // who said it, and where
	Date    string // when, as the user wrote it
	Figures []Figure

	Relation   Relation
	Measure    Measure
	Unit       Unit
	Population Population
	From, To   int64  // period of the requests that count, microseconds since the epoch, UTC, To exclusive; both 0: all
	Subject    string // attribute whose distinct values are the subjects; needed with a figure of subjects
	Duration   string // attribute that holds a recording's length in seconds; needed with a figure of hours
}

// Figure is one number of a claim.
type Figure struct {
	Quantity Quantity
	N        int64 // 0 or more
}

// Quantity is what a figure counts.
type Quantity uint8

// The quantities.
const (
	Recordings Quantity = iota // distinct recordings
	Clients                    // distinct clients, in the claim's unit
	Pairs                      // pairs of client and recording
	Requests                   // requests of those pairs
	Subjects                   // distinct values of an attribute of those recordings
	Hours                      // length of those distinct recordings, rounded to the nearest hour
)

// Relation is what a claim says of its figures.
type Relation uint8

// The relations.
const (
	Exactly Relation = iota
	AtMost
	AtLeast
)

// Measure is what a claim means by downloaded.
type Measure uint8

// The measures.
const (
	Whole     Measure = iota // the whole recording was handed over
	AnyBytes                 // at least one byte was
	Requested                // it was asked for
)

// Unit is what counts as one client.
type Unit uint8

// The units. Requests of one unit are graded together.
const (
	UnitIP      Unit = iota // one address, or host name where the server logged names
	UnitIPAgent             // one address with one user agent
	UnitPrefix              // one IPv4 address, or the first 64 bits of an IPv6 address
	UnitASN                 // one autonomous system; addresses without one count as their prefix
)

// Population is whose requests count.
type Population uint8

// The populations.
const (
	All        Population = iota // all clients
	Unlabelled                   // those without a label
)

// Standard is how sure a download must be to contradict or to support.
type Standard uint8

// The standards.
const (
	Probable Standard = iota // graded likely or better
	Proven                   // graded complete
)

// Outcome is what became of a claim.
type Outcome uint8

// The outcomes, by how much they weigh where figures are put together: one that
// is contradicted contradicts, and all must be supported.
const (
	Undecidable Outcome = iota
	Supported
	Contradicted
)

var (
	quantityNames   = [...]string{"recordings", "clients", "pairs", "requests", "subjects", "hours"}
	relationNames   = [...]string{"exactly", "at_most", "at_least"}
	measureNames    = [...]string{"whole", "any_bytes", "requested"}
	unitNames       = [...]string{"ip", "ip+agent", "prefix", "asn"}
	populationNames = [...]string{"all", "unlabelled"}
	standardNames   = [...]string{"probable", "proven"}
	outcomeNames    = [...]string{"undecidable", "supported", "contradicted"}
)

func (q Quantity) String() string   { return quantityNames[q] }
func (r Relation) String() string   { return relationNames[r] }
func (m Measure) String() string    { return measureNames[m] }
func (u Unit) String() string       { return unitNames[u] }
func (p Population) String() string { return populationNames[p] }
func (s Standard) String() string   { return standardNames[s] }
func (o Outcome) String() string    { return outcomeNames[o] }
