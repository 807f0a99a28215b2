package arch

import (
	"maps"
	"slices"
)

// Rules is the plan that Check holds a tree to.
type Rules struct {
	Module       string
	Rooms        map[string]Room   // by folder; every folder with code must be here
	Libraries    []Library         // packages of other modules; what is not here may not be imported
	Std          []Ban             // packages of the standard library that nobody imports
	Unsafe       map[string]string // file -> why it may import unsafe
	BlankImports map[string]string // package -> why it may be imported for its effect
	LongFiles    map[string]string // file -> why it is longer than MaxLines
	BadNames     map[string]string // package name -> why it is none
	MaxLines     int
}

// Room says what one package may do.
type Room struct {
	Imports []string          // folders of this module
	Why     string            // the reason, shown when another one is imported
	Ban     map[string]string // a package, a pkg.Func or "go" (starting goroutines) -> why not here
}

// Library says where a package of another module, and those below it, may be
// imported.
type Library struct {
	Prefix string
	Rooms  []string
	Why    string
}

// Ban is a package, with those below it except Except, and why it is banned.
type Ban struct {
	Prefix string
	Except []string
	Why    string
}

func (r Rules) bannedStd(name string) string {
	for _, b := range r.Std {
		if within(name, b.Prefix) && !slices.Contains(b.Except, name) {
			return b.Why
		}
	}
	return ""
}

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}

const module = "github.com/logrecount/recount"

// walk is the one way that data walks through the house. Rooms on one step do
// not know each other.
var walk = [][]string{
	{"pkg/evidence"},
	{"pkg/accesslog"},
	{"pkg/coverage"},
	{"pkg/recording", "pkg/client"},
	{"pkg/request"},
	{"pkg/download"},
	{"pkg/geo"},
	{"pkg/claim"},
	{"pkg/casefile"},
	{"pkg/report", "pkg/trace"},
}

const (
	whyWalk    = "data walks one way: a room may import what stands before it, never what stands after or beside it"
	whyNoFiles = "this room works on bytes and values: whoever calls it opens the files and reports the errors"
	whyPure    = "what happens here depends on the arguments only, so that any split and any machine gives the same result"
	whyRead    = "evidence is read, never written, moved or marked"
)

// House is the plan of this module.
func House() Rules {
	return Rules{
		Module:    module,
		Rooms:     rooms(),
		Libraries: libraries,
		Std:       bannedStd,
		Unsafe:    map[string]string{},
		BlankImports: map[string]string{
			"embed":       "go:embed needs it and it does nothing on import",
			"time/tzdata": "a Windows machine has no time zone database; it only adds one",
		},
		LongFiles: map[string]string{},
		BadNames: map[string]string{
			"util": whyNames, "utils": whyNames, "common": whyNames, "helpers": whyNames, "helper": whyNames,
			"models": whyNames, "model": whyNames, "misc": whyNames, "shared": whyNames, "base": whyNames,
		},
		MaxLines: 500,
	}
}

const whyNames = "a package is named for the thing it holds, in the words of the documentation"

func rooms() map[string]Room {
	all := map[string]Room{}
	var before []string
	for _, step := range walk {
		for _, dir := range step {
			all[dir] = Room{Imports: slices.Clone(before), Why: whyWalk, Ban: map[string]string{}}
		}
		before = append(before, step...)
	}
	allow := func(dir string, more ...string) {
		r := all[dir]
		r.Imports = append(r.Imports, more...)
		all[dir] = r
	}
	allow("pkg/evidence", "internal/inflate") // only evidence undoes compression
	// Escaping of hostile text is needed wherever text leaves the house.
	for _, dir := range []string{"pkg/casefile", "pkg/report", "pkg/trace"} {
		allow(dir, "internal/escape")
	}
	for _, dir := range []string{"pkg/accesslog", "pkg/coverage", "pkg/client", "pkg/request", "pkg/download", "pkg/claim"} {
		ban(all[dir], whyNoFiles, "os", "os/exec", "io/ioutil", "log", "log/slog")
	}
	for _, dir := range []string{"pkg/accesslog", "pkg/client", "pkg/request", "pkg/download", "pkg/claim"} {
		ban(all[dir], whyPure, "go", "time.Now", "math/rand", "math/rand/v2")
	}
	ban(all["pkg/evidence"], whyRead, "os.Create", "os.CreateTemp", "os.WriteFile", "os.Remove", "os.RemoveAll", "os.Rename",
		"os.Truncate", "os.Chmod", "os.Chown", "os.Chtimes", "os.Mkdir", "os.MkdirAll", "os.MkdirTemp", "os.Link", "os.Symlink")

	leaf := "it stands on its own, so that any room that may use it can"
	all["internal/escape"] = Room{Why: leaf}
	all["internal/inflate"] = Room{Why: leaf}
	all["internal/spill"] = Room{Why: leaf}
	all["internal/config"] = Room{Why: leaf}
	all["internal/arch"] = Room{Why: leaf}
	all["internal/truthlab"] = Room{Why: "it is tests only: what starts servers and opens sockets never comes near the product"}
	all["internal/yardstick"] = Room{Why: "made-up logs must not be made by the code that is measured on them"}
	all["internal/pipeline"] = Room{
		Imports: append(slices.Clone(before), "internal/spill", "internal/config", "internal/escape"),
		Why:     "the pipeline wires rooms; the command line and the tools stand outside",
	}
	all["cmd/recount"] = Room{
		Imports: []string{
			"internal/pipeline", "internal/config", "internal/escape",
			"pkg/report", "pkg/trace", "pkg/casefile", "pkg/claim", // show what a case holds
			"pkg/evidence", "pkg/accesslog", // detect and formats
		},
		Why: "commands are flags and glue: the work is done in the pipeline and in the rooms",
	}
	all["scripts/yardstick"] = Room{Imports: []string{"internal/yardstick"}, Why: "a tool of the checks, not of the product"}
	return all
}

func ban(r Room, why string, names ...string) {
	for _, n := range names {
		r.Ban[n] = why
	}
}

// bannedStd holds what no package of the product imports.
var bannedStd = []Ban{
	{"net", []string{"net/netip", "net/url"}, whyOffline},
	{"crypto/tls", nil, whyOffline},
	{"log/syslog", nil, whyOffline},
	{"expvar", nil, whyOffline},
	{"plugin", nil, "code that is not in the binary cannot be examined with it"},
	{"encoding/gob", nil, "the meaning of what is written must not hang on Go types"},
}

const whyOffline = "no network access during analysis: evidence and what is learned from it stay on the machine"

// libraries lists where each library may be used. Heavy ones have one room
// each, so that they can be replaced, and so that the rest builds without them.
var libraries = []Library{
	{"github.com/apache/arrow/go/v17", []string{"pkg/casefile"}, "only the case folder knows Arrow and Parquet"},
	{"github.com/oschwald/geoip2-golang/v2", []string{"pkg/geo"}, "only geo knows MaxMind databases"},
	{"github.com/oschwald/maxminddb-golang/v2", []string{"pkg/geo"}, "only geo knows MaxMind databases"},
	{"github.com/olekukonko/tablewriter", []string{"pkg/report"}, "only the report draws tables"},
	{"github.com/spf13/cobra", []string{"cmd/recount"}, "only the command line knows flags"},
	{"github.com/spf13/pflag", []string{"cmd/recount"}, "only the command line knows flags"},
	{"github.com/schollz/progressbar/v3", []string{"cmd/recount"}, "only the command line has a terminal"},
	{"github.com/mattn/go-isatty", []string{"cmd/recount"}, "only the command line has a terminal"},
	{"golang.org/x/term", []string{"cmd/recount"}, "only the command line has a terminal"},
	{"github.com/goccy/go-yaml", []string{"internal/config"}, "only the configuration is YAML"},
	{"github.com/klauspost/compress", []string{"pkg/evidence"}, "only evidence undoes compression"},
	{"github.com/klauspost/compress/s2", []string{"internal/spill"}, "runs on disk are packed; evidence never is s2"},
	{"github.com/klauspost/compress/zstd", []string{"pkg/evidence", "internal/spill"}, "evidence is unpacked, runs on disk are packed"},
	{"github.com/ulikunitz/xz", []string{"pkg/evidence"}, "only evidence undoes compression"},
	{"github.com/bmatcuk/doublestar/v4", []string{"pkg/evidence", "pkg/recording", "internal/pipeline"}, "globs choose evidence, recordings and the sources a setting is for"},
	{"github.com/zeebo/xxh3", []string{"pkg/coverage", "pkg/request", "internal/spill", "internal/pipeline"}, "fast hashes find second copies of lines and texts"},
	{"github.com/cespare/xxhash/v2", []string{"pkg/coverage", "pkg/request", "internal/spill", "internal/pipeline"}, "fast hashes find second copies of lines and texts"},
	{"golang.org/x/text", []string{"pkg/recording", "internal/escape"}, "Unicode normal forms are for names"},
	{"golang.org/x/sync", []string{"internal/pipeline"}, "workers live in the pipeline"},
	{"golang.org/x/sys", []string{"internal/pipeline", "pkg/casefile"}, "what the standard library has no name for"},
}
