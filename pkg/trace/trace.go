// Package trace leads from a number back to the lines that it was counted from.
//
// It takes a case and the evidence that the case was made from, and a client, a
// recording or both. It gives the downloads of these with all their requests,
// each with the part it has in the download, and the original lines, read again
// from the evidence by their reference: source, line number, byte offset.
//
// No line is given before the whole source that it stands in was read and its
// SHA-256, as stored and decompressed, was found to be that of the case. The
// lines come from that very reading. Each download is graded again from the
// requests of the case, by the functions of pkg/download that graded it first;
// what comes out otherwise is reported as a fault.
//
// It holds the lines that it gives, and no more of a source than a chunk. It
// writes to neither case nor evidence, and no raw text of a log: Table, Markdown
// and JSON escape all that comes from one.
package trace

import (
	"errors"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// Options say what is traced.
type Options struct {
	Client    string   // empty: all clients
	Recording string   // or a directory; empty: all recordings and directories
	Evidence  []string // folders, files and globs in which the sources are looked for
	Limit     int64    // lines given at most; 0: all
	Keep      int      // bytes of a line that are kept at most
	Reading   func(path string, bytes int64)
}

// Trace is what was found.
type Trace struct {
	Case        *casefile.Case
	Seal        string // SHA-256 of the case's seal, in hex
	Sources     []*Source
	Downloads   []*Download
	Directories []*Directory
	More        More
}

// More is what the limit left out.
type More struct{ Downloads, Directories, Lines int64 }

// Source is a source that lines stand in.
type Source struct {
	casefile.ManifestSource
	File   string // where it was found, as it was opened
	Moved  bool   // that is not where the case has it: it was found by its hash
	Unread string // why its lines cannot be given; empty: its hashes are right
}

// Download is a download with its requests.
type Download struct {
	download.Download            // as the case has it
	Proven, Reached   []Interval // of all its requests
	Sessions          int
	Given
}

// Interval is the bytes [From, To) of a recording.
type Interval = download.Interval

// Directory is a directory page that was shown to a client.
type Directory struct {
	casefile.ListingRow
	Given
}

// Given is the lines of a download or a directory.
type Given struct {
	Lines   []*Line
	Left    int64    // lines that the limit left out
	Differs []string // what the requests give otherwise than the case

	// Unchecked says why the case could not be compared with its requests in
	// all; empty: it was.
	Unchecked string

	most int64 // lines that the limit allows
}

func (g *Given) add(l *Line) {
	if int64(len(g.Lines)) < g.most {
		g.Lines = append(g.Lines, l)
	} else {
		g.Left++
	}
}

// Line is one request, and its line.
type Line struct {
	Source  *Source
	Request request.Request
	Part    download.Part
	Text    []byte // its first bytes; nil: see Source.Unread
	Length  int64  // of the whole line in bytes, without its terminator
}

// ErrNothing is the error where the case has nothing of what was asked for.
var ErrNothing = errors.New("the case has neither a download nor a directory page that was shown")

// Run traces. Its errors are about the case, or a *WrongHash; what could not be
// read stands in Sources, and what does not agree in Differs.
func Run(c *casefile.Case, o Options) (*Trace, error) {
	t := &Trace{Case: c}
	var err error
	if t.Seal, err = c.Intact(); err != nil {
		return nil, err
	}
	ch, err := choose(c, &o)
	if err != nil {
		return nil, err
	}
	if len(ch.downloads)+len(ch.directories) == 0 {
		return nil, ErrNothing
	}
	w, err := newWalk(c)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.run(ch); err != nil {
		return nil, err
	}
	t.Downloads, t.Directories, t.More = ch.downloads, ch.directories, ch.more
	return t, t.read(&o)
}

// given gives what there is of every download and directory.
func (t *Trace) given() []*Given {
	var all []*Given
	for _, d := range t.Downloads {
		all = append(all, &d.Given)
	}
	for _, d := range t.Directories {
		all = append(all, &d.Given)
	}
	return all
}

// Unread says whether lines of at least one source could not be given.
func (t *Trace) Unread() bool {
	for _, s := range t.Sources {
		if s.Unread != "" {
			return true
		}
	}
	return false
}

// Differs says whether the case does not agree with itself.
func (t *Trace) Differs() bool {
	for _, g := range t.given() {
		if len(g.Differs) > 0 {
			return true
		}
	}
	return false
}
