package accesslog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Parser reads lines of one source. It keeps scratch space and is for one
// goroutine. The parser of a format that is not stateless must get all lines
// of its source, in order.
type Parser interface {
	// Parse reads a line without its terminator into r, whose slices are
	// then borrowed from line or from the parser until the next call. Any
	// reason but ReasonNone means that r is not to be used; ReasonHeader
	// means that the line is no request but was understood.
	Parse(line []byte, r *Record) Reason
}

// A Director is a Parser that wants to see the comment lines too: they say how
// the lines behind them are to be read (#Fields of the W3C format).
type Director interface {
	Directive(line []byte)
}

// Reading says how a source is read: with which formats, and which of them is
// the main one. The zero Reading is a source of unknown format.
type Reading struct {
	Formats []*Format      // formats that a line may have, all of one family, or all given
	Main    *Format        // the most frequent in the sample, or the one the user named
	Zone    *time.Location // of times that the log gives no zone for; nil: UTC
	Wrapper *Wrapper       // what stands around each line; nil: nothing
	Rare    []*Format      // of Formats, those that the sample hardly showed, see rare
	Year    int            // of the first line, where times have none; 0: not known (see syslogClock)
}

// Name is how a reading is shown: the format, behind its wrapper if it has one.
func (r Reading) Name() string {
	switch {
	case !r.Known():
		return "unknown"
	case r.Wrapper != nil:
		return r.Wrapper.Name + "+" + r.Main.Name
	}
	return r.Main.Name
}

// Known says whether the source can be read at all.
func (r Reading) Known() bool { return r.Main != nil }

// Stateless says whether lines can be read in any order.
func (r Reading) Stateless() bool {
	if !r.Known() || r.Wrapper == nil {
		return r.Known() && r.Main.Stateless
	}
	return r.Main.Stateless && (r.Wrapper.Stateless || r.Wrapper.OrderForTime && !r.Main.TimeOfWrapper)
}

// rare says whether a format was hardly shown by the sample of a source whose
// main format is another. Where a line is whole in it, and the begin of a line
// of the main format too, it is then taken for one that was cut off there (a
// full disk, a crash): a size at its end may be short.
func (r Reading) rare(f *Format) bool { return slices.Contains(r.Rare, f) }

// NewParser makes a parser for one goroutine, nil if the format is unknown.
func (r Reading) NewParser() Parser {
	if !r.Known() {
		return nil
	}
	inner := r.newInner()
	if r.Wrapper != nil {
		return r.Wrapper.parser(r, inner)
	}
	return inner
}

func (r Reading) newInner() Parser {
	switch {
	case r.Main.parser != nil && len(r.Formats) > 1:
		return newSeveral(r)
	case r.Main.parser != nil:
		return r.Main.parser(r)
	}
	for _, e := range table {
		if e.format == r.Main {
			return e.parser(r)
		}
	}
	return nil
}

// location is the zone of times without one.
func (r Reading) location() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// Only is the reading of a source whose format the user named.
func Only(f *Format) Reading { return Reading{Formats: []*Format{f}, Main: f} }

// ReadingByName is the reading that a user names: a format of the table, a
// LogFormat string of Apache or a log_format string of nginx (see
// CompileFormat), a description of JSON lines (see CompileJSON), or one of them
// in a wrapper, as in "docker+combined".
func ReadingByName(name string) (Reading, error) {
	for _, w := range wrappers {
		if inner, ok := strings.CutPrefix(name, w.Name+"+"); ok {
			f, err := namedFormat(inner)
			r := Only(f)
			r.Wrapper = w
			return r, err
		}
	}
	f, err := namedFormat(name)
	return Only(f), err
}

func namedFormat(name string) (*Format, error) {
	if f, ok := FormatByName(name); ok {
		return f, nil
	}
	switch {
	case strings.HasPrefix(name, "json:"):
		return CompileJSON(name)
	case strings.ContainsAny(name, "%$"), strings.HasPrefix(name, lighttpdPrefix):
		return CompileFormat(name)
	}
	return nil, fmt.Errorf("unknown format %q", name)
}

// Wrapper is what another program put around each line of a log: syslog, a
// container engine. Its parser takes it off and reads the rest.
type Wrapper struct {
	Name      string // before the format in the sources table, as in "syslog+combined"
	Title     string
	Stateless bool
	Source    string

	// OrderForTime: not stateless, but only for formats whose time is the
	// wrapper's.
	OrderForTime bool

	peels  func(line []byte) bool // whether it is around a line
	parser func(r Reading, inner Parser) Parser
}

// wrappers lists them, in the order of detection.
var wrappers = []*Wrapper{wrapDocker, wrapCRI, wrapSyslog, wrapQuoted}

// Wrappers lists the wrappers. The entries are shared: do not change them.
func Wrappers() []*Wrapper { return append([]*Wrapper(nil), wrappers...) }
