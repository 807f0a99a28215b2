package casefile

import "github.com/logrecount/recount/pkg/claim"

// Summary is summary.json: every headline figure. It holds nothing that
// depends on the machine, the workers or the memory.
type Summary struct {
	Tool               string               `json:"tool"`
	Version            string               `json:"version"`
	Counts             map[string]RuleCount `json:"counts"` // by rule, all clients; see claim.RuleNames
	Unlabelled         map[string]RuleCount `json:"counts_unlabelled"`
	Labels             []LabelCount         `json:"labels"`   // in byte order; empty: none were given
	Grades             map[string]int64     `json:"grades"`   // downloads by completeness
	Listings           ListingCount         `json:"listings"` // directory pages shown
	ListingsUnlabelled ListingCount         `json:"listings_unlabelled"`
	Accounting         Accounting           `json:"accounting"`
	Coverage           Coverage             `json:"coverage"`
	Claims             []*claim.Result      `json:"claims"` // those of recount.yaml
	Assumptions        []Assumption         `json:"assumptions"`
	Warnings           []string             `json:"warnings"`
	Unread             []string             `json:"unread,omitempty"` // evidence that was not, or not wholly, read, and why
	Limits             []string             `json:"limits"`           // what these logs cannot show
	TopClients         []TopClient          `json:"top_clients"`
	Tables             map[string]int64     `json:"tables"` // rows per table written
}

// RuleCount is what one rule counts: the pairs of client and recording that
// meet it, the distinct recordings and clients among them, and the requests
// those pairs made.
type RuleCount struct {
	Requests   int64 `json:"requests"`
	Pairs      int64 `json:"pairs"`
	Recordings int64 `json:"recordings"`
	Clients    int64 `json:"clients"`
}

// LabelCount is what the clients of one label did.
type LabelCount struct {
	Label    string               `json:"label"`
	Networks int64                `json:"networks"` // entries that gave it
	Clients  int64                `json:"clients"`  // with a request for a recording or a directory page
	Counts   map[string]RuleCount `json:"counts"`   // by rule
	Listings ListingCount         `json:"listings"`
}

// ListingCount counts directory pages.
type ListingCount struct {
	Requests    int64 `json:"requests"`
	Clients     int64 `json:"clients"`
	Directories int64 `json:"directories"`
}

// Accounting is the sum over the sources table.
type Accounting struct {
	Sources     int64 `json:"sources"`
	Bytes       int64 `json:"bytes"`
	StreamBytes int64 `json:"stream_bytes"`
	Lines       int64 `json:"lines"`
	Requests    int64 `json:"requests"`
	Other       int64 `json:"other"`
	Rejected    int64 `json:"rejected"`
	Comments    int64 `json:"comments"`
	Blank       int64 `json:"blank"`
	Duplicates  int64 `json:"duplicates"`
}

// Assumption is something taken for true.
type Assumption struct {
	What  string `json:"what"`
	Value string `json:"value"`
	By    string `json:"by"` // user, format, inferred, default
	Why   string `json:"why"`
}

// TopClient is one line of the list of clients that took most.
type TopClient struct {
	Client    string `json:"client"`
	Label     string `json:"label,omitempty"`
	Country   string `json:"country,omitempty"`
	Org       string `json:"as_org,omitempty"`
	Complete  int64  `json:"complete"`
	Likely    int64  `json:"likely"`
	Possible  int64  `json:"possible"`
	Partial   int64  `json:"partial"`
	Requested int64  `json:"requested"`
	Requests  int64  `json:"requests"`
	FirstSeen string `json:"first_seen"`
	LastSeen  string `json:"last_seen"`
}

// Manifest is manifest.json: what was read, with which settings, by which
// build, so that somebody else can do it again.
type Manifest struct {
	Tool          string           `json:"tool"`
	Version       string           `json:"version"`
	Build         string           `json:"build"` // Go version and the revision the binary was built from
	Configuration any              `json:"configuration"`
	ConfigSHA256  string           `json:"config_sha256,omitempty"` // of recount.yaml, when one was used
	Custody       map[string]any   `json:"custody,omitempty"`
	Sources       []ManifestSource `json:"sources"`
	Archives      []ManifestFile   `json:"archives,omitempty"` // of which sources are members; Name is the path
	Databases     []ManifestFile   `json:"databases"`          // geo databases
	Inventory     *ManifestFile    `json:"inventory,omitempty"`
	CommonSizes   []int64          `json:"common_sizes,omitempty"` // body sizes that very many recordings were answered with
	Notes         []string         `json:"notes,omitempty"`
	Assumptions   []Assumption     `json:"assumptions"`      // as in the summary
	Claims        []ManifestClaim  `json:"claims,omitempty"` // that were held against the case when it was made
}

// ManifestClaim is what the verdict of one claim rests on.
type ManifestClaim struct {
	ID          string          `json:"id"`
	Assumptions []claim.Assumed `json:"assumptions"`
}

// ManifestSource names one source and its hashes.
type ManifestSource struct {
	Source       int32  `json:"source"`
	Path         string `json:"path"`
	Bytes        int64  `json:"bytes"`
	SHA256       string `json:"sha256"`
	StreamBytes  int64  `json:"stream_bytes"`
	StreamSHA256 string `json:"stream_sha256"`
	Format       string `json:"format"`
	Meaning      string `json:"bytes_meaning"`
	MeaningBy    string `json:"bytes_meaning_by,omitempty"` // user, format or inferred
	Zone         string `json:"zone,omitempty"`             // its times were taken in, where the log does not say
	ZoneBy       string `json:"zone_by,omitempty"`          // user or default
	Clock        int64  `json:"clock_us,omitempty"`         // microseconds that were added to its times, by the user's word
	Error        string `json:"error,omitempty"`
	Archive      string `json:"archive,omitempty"` // path of the archive it is a member of: its hash proves it

	Headers *ManifestHeaders `json:"headers,omitempty"` // nil: none were learned
}

// ManifestHeaders is what was learned of the response headers of a source: by
// how many bytes full responses have more than their body, whose size is known.
type ManifestHeaders struct {
	Responses int64   `json:"responses"` // that showed a length
	Longest   int64   `json:"longest"`   // in bytes
	Lengths   []int64 `json:"lengths"`   // those that were seen often enough to be believed
}

// ManifestFile names a file other than evidence that the result depends on.
type ManifestFile struct {
	Name   string `json:"name"`
	Kind   string `json:"kind,omitempty"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Detail string `json:"detail,omitempty"`
}

// Run is run.json: what is not reproducible.
type Run struct {
	Started    string   `json:"started"`
	Ended      string   `json:"ended"`
	Seconds    float64  `json:"seconds"`
	Host       string   `json:"host"`
	OS         string   `json:"os"`
	Arch       string   `json:"arch"`
	CPUs       int      `json:"cpus"`
	Workers    int      `json:"workers"`
	Memory     int64    `json:"memory"`
	SpillBytes int64    `json:"spill_bytes"`
	Root       string   `json:"evidence_root"`
	Arguments  []string `json:"arguments"`
}
