package pipeline

import (
	"io"

	"github.com/logrecount/recount/pkg/claim"
)

// Options are the settings of one analysis, as plain values.
type Options struct {
	Evidence []string  // paths, folders, globs, or "-"
	Stdin    io.Reader // read where Evidence holds "-"
	Out      string    // the case folder to make
	Force    bool      // replace an existing case

	Formats  []PerSource     // which format a source has, where the user says so; Value is what accesslog.ReadingByName takes
	Servers  []*ServerConfig // configurations of servers; their formats are offered to every source
	Zones    []PerSource     // time zone of sources whose times have none, an IANA name
	Years    []PerSource     // year of the first line of sources whose times have none
	Meanings []PerSource     // which bytes meaning a source has, where the user says so; Value is a meaning

	Clocks []PerSource // by how much the clock of a source was ahead of the time, as ParseClock takes it

	Exposure    Stretch      // the period that the logs should cover; empty: none was stated
	Declaration *Declaration // that these are all the logs; nil: nobody declared it
	Outages     []Stretch    // times in which nothing was logged, and why

	Recordings []string // globs, or one regular expression written as re:EXPR; empty: audio and video files
	Inventory  string   // CSV file with path, size and attributes; empty: none
	Geo        []string // MaxMind DB files

	Labels     []LabelEntry // what the user says of clients, beside the file
	LabelsFile string       // CSV file with network and label; empty: none

	Tables      []string // names of the tables to write; nil: all; empty and not nil: none
	Compression string   // of the tables: snappy or zstd

	Claims []claim.Claim // held against what was found; they need ClaimTables

	Workers int    // 0: one per processor
	Memory  int64  // budget in bytes; 0: 1 GiB
	Temp    string // folder for runs that do not fit in memory; empty: the system's

	ConfigFile   string // recount.yaml, when one was used
	ConfigSHA256 string
	Custody      map[string]any

	Version   string // of the tool, for the manifest
	Build     string
	Arguments []string // the command line, for run.json

	Progress func(Progress) // called now and then from one goroutine; nil: never
}

// memory is the budget in bytes.
func (o *Options) memory() int64 {
	if o.Memory <= 0 {
		return 1 << 30
	}
	return o.Memory
}

// PerSource is a setting for the sources whose path (as in the sources table)
// matches Glob; an empty Glob is every source. What is for an archive is for its
// members. The last that matches wins.
type PerSource struct {
	Glob  string
	Value string
}

// Progress is how far an analysis has come.
type Progress struct {
	Phase      string // scan, decide, group, write
	Source     string // path of the source being read
	Bytes      int64  // bytes of evidence read, as stored
	TotalBytes int64  // 0: not known (stdin)
	Requests   int64
	Rejects    int64
	Recordings int64 // in the group phase
}

// Stretch is a stretch of time as it was written: each end a date, which is meant
// whole, or a date and a time. Why and Served are for an outage.
type Stretch struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Why    string `json:"why,omitempty"`
	Served string `json:"served,omitempty"` // yes: the server went on, and was only not logged; no: nothing could be taken
}

// Declaration says that the evidence is all the logs of all ways to the
// recordings: who said so, when, and in which words.
type Declaration struct{ By, Date, Text string }
