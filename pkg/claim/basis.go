package claim

import (
	"github.com/logrecount/recount/pkg/download"
)

// Basis is what the downloads of a case rest on beside their requests.
type Basis struct {
	Clients   []Client // all of the case; texts as its tables have them
	Sources   []Source // all of the case
	Headers   map[int32]*download.Headers
	Common    map[int64]bool // body sizes that very many recordings were answered with
	Inventory bool           // sizes were taken from an inventory
}

// Client is one client of the case.
type Client struct {
	Name   string
	Prefix string // what is counted in its place by prefix; empty: the name
	Label  string // empty: none
	ASN    int64  // 0 or less: not known
}

// Source is one source of the case.
type Source struct {
	ID        int32
	Path      string
	Meaning   string // what its size field counts
	MeaningBy string // user, format or inferred: what that rests on
	Zone      string // the zone its times were taken in, where the log does not say; empty: the log says
	ZoneBy    string // user or default
	Clock     int64  // microseconds that were added to its times by the user's word
}
