package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Contents walks over what one file of the evidence holds: itself, or the
// members of an archive. One goroutine walks; RawBytes and Stop may be called
// from any other.
type Contents struct {
	source  Source
	outer   *Reader       // the file; all that is to say of an archive is in its notes
	members walker        // nil: the file itself is the source
	archive *Archive      // nil as long as members is
	names   names         // of the members so far
	limits  limits        //
	current *Reader       // the last that Next gave
	apart   *atomic.Int64 // stored bytes that a zip's members were read from
	links   int           // hard links to members
	done    bool
}

// Archive is what is to say of an archive as a whole. It is complete once Next
// has given io.EOF.
type Archive struct {
	Path     string // as Source.Path
	Kind     string // "tar", "zip", "tar+gzip" …
	Bytes    int64
	SHA256   [32]byte
	Members  int       // sources in it
	Problems []Problem // what it holds that is no source
	Damage   error
	Warnings []string
}

// limits bound what an archive can make us keep. None of them bounds the
// content: it only streams by.
type limits struct {
	entries   int   // in an archive, of any kind
	name      int   // bytes of a name
	names     int   // bytes of all names
	directory int64 // bytes of a zip's directory
	problems  int   // that are listed one by one
	pace
}

var standardLimits = limits{pace: standardPace, entries: 1_000_000, name: 64 << 10, names: 64 << 20, directory: 64 << 20, problems: 1000}

// walker goes through an archive from entry to entry.
type walker interface {
	// next gives the next entry, or nil at the end. The data of the entry
	// before need not have been read.
	next() *entry
}

// entry is one entry of an archive.
type entry struct {
	name    string // as stored
	size    int64  // bytes as an unpacking tool would write it, -1 if not known
	data    io.Reader
	again   again
	skip    bool   // it is neither source nor problem: a directory
	problem string // why it is no source, or
	err     error  // why this source cannot be read
	same    string // the name of the entry that it is a hard link to
}

// memberError says what is wrong with the data of a member. err is the cause.
type memberError struct {
	text string
	err  error
}

func (e *memberError) Error() string { return fmt.Sprintf("%s (%v)", e.text, e.err) }

func (e *memberError) Unwrap() error { return e.err }

// archiveKind tells an archive from the first bytes of a stream. Each magic
// number has bytes that no server writes into a log unescaped, so that no
// request can make a log look like an archive.
func archiveKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case isTar(head):
		return "tar"
	}
	return ""
}

// Contents opens a file of the evidence. The caller closes the Contents.
func (s Source) Contents(stdin io.Reader) (*Contents, error) {
	return s.contents(stdin, standardLimits)
}

func (s Source) contents(stdin io.Reader, l limits) (*Contents, error) {
	r, err := s.open(stdin, l)
	if err != nil {
		return nil, err
	}
	c := &Contents{source: s, outer: r, limits: l}
	kind := archiveKind(r.peek())
	switch {
	case kind == "tar":
		if r.raw.sum == nil {
			r.raw.startHash()
		}
		c.members = newTarWalk(r)
	case kind == "zip" && r.dec != nil:
		r.Close()
		return nil, fmt.Errorf("evidence %q is a zip in a %s and was not read: hand in the zip itself", s.Path, r.kind)
	case kind == "zip" && r.file == nil:
		return nil, errors.New("standard input is a zip, which can only be read as a file: save it and name the file")
	case kind == "zip":
		c.apart = new(atomic.Int64)
		r.raw.startHash()
		c.members = newZipWalk(r, c.apart, l)
	default:
		return c, nil
	}
	if r.kind != "" {
		kind += "+" + r.kind
	}
	c.archive = &Archive{Path: s.Path, Kind: kind}
	return c, nil
}

// MayBeArchive reports whether the source is, or may turn out to be, an archive.
func (s Source) MayBeArchive() bool {
	if s.Stdin() {
		return true
	}
	r, err := s.Open(nil)
	if err != nil {
		return false
	}
	defer r.Close()
	return archiveKind(r.peek()) != ""
}

// Next gives the next source and its Reader, which ends at the next call. The
// error is io.EOF after the last source. Another error says why this source
// cannot be read: there is no Reader, and Next goes on.
func (c *Contents) Next() (Source, *Reader, error) {
	if c.done {
		return Source{}, nil, io.EOF
	}
	if c.members == nil {
		c.done = true
		return c.source, c.outer, nil
	}
	for {
		c.leave()
		e := c.members.next()
		if e == nil || !c.admit(e) {
			c.end()
			return Source{}, nil, io.EOF
		}
		if e.skip {
			continue
		}
		if len(e.name) > c.limits.name {
			e.name = e.name[:64] + "…"
			e.problem = fmt.Sprintf("its name has more than %d KiB", c.limits.name>>10)
		}
		name := c.names.add(e.name)
		src := Source{Path: c.source.Path + "!" + name, File: c.source.File, Size: e.size, Archive: c.source.Path, Member: name}
		if e.problem != "" {
			c.problem(src.Path, e.problem)
			continue
		}
		if e.same != "" {
			c.link(src.Path, e.same)
			continue
		}
		if e.err != nil {
			c.archive.Members++
			return src, nil, e.err
		}
		r := &Reader{path: src.Path, pace: c.limits.pace}
		r.raw.src = e.data
		r.start(e.again)
		if kind := archiveKind(r.peek()); kind != "" {
			r.Close()
			c.problem(src.Path, "a "+kind+" in an archive, which is not opened: unpack it and hand it in as a file of its own")
			continue
		}
		c.archive.Members++
		c.current = r
		return src, r, nil
	}
}

// admit holds an entry against the limits.
func (c *Contents) admit(e *entry) bool {
	switch {
	case c.names.entries >= c.limits.entries:
		c.outer.damaged("it has more than %d entries: what follows %q was not read; unpack it and hand in the logs", c.limits.entries, c.names.last)
	case c.names.bytes+len(e.name) > c.limits.names:
		c.outer.damaged("the names in it have more than %d MiB: what follows entry %d was not read; unpack it and hand in the logs", c.limits.names>>20, c.names.entries)
	default:
		c.names.entries++
		return true
	}
	return false
}

// link notes a hard link to a member: nothing is missing then.
func (c *Contents) link(path, to string) {
	if c.names.has(to) {
		c.links++
		return
	}
	c.problem(path, fmt.Sprintf("a hard link to %q, which is not in the archive before it", memberName(to)))
}

func (c *Contents) problem(path, why string) {
	list := &c.archive.Problems
	switch n := len(*list); {
	case n < c.limits.problems:
		*list = append(*list, Problem{path, why})
	case n == c.limits.problems:
		*list = append(*list, Problem{c.source.Path, "more of its entries were not read, for reasons like these; they are not listed"})
	}
}

// leave ends the Reader that Next gave last.
func (c *Contents) leave() {
	if c.current != nil {
		c.current.Close()
		c.current = nil
	}
}

// end reads what is left of the archive, so that its hash covers all of it.
func (c *Contents) end() {
	c.done = true
	if c.links > 0 {
		c.outer.warn("%d of its entries are hard links to its members, which were not read twice", c.links)
	}
	a, r := c.archive, c.outer
	if !r.ended {
		r.finish()
	}
	a.SHA256, a.Bytes, _ = r.Raw()
	a.Damage, a.Warnings = r.Damage(), r.Warnings()
}

// Archive is nil if the file is no archive.
func (c *Contents) Archive() *Archive { return c.archive }

// RawBytes is how many bytes of the file were read so far.
func (c *Contents) RawBytes() int64 {
	n := c.outer.RawBytes()
	if c.apart != nil {
		n = max(n, min(c.apart.Load(), c.outer.size))
	}
	return n
}

// Stop makes a walk end soon, even where it is passing over a large member.
func (c *Contents) Stop() { c.outer.raw.stop.Store(true) }

// Close closes the file. What the Archive has to say stays. Where standard input
// is an archive, a member may be read ahead of whoever reads it, and Close waits
// for its read under way: hand in a standard input whose reads can be ended.
func (c *Contents) Close() error {
	c.leave()
	c.done = true
	return c.outer.Close()
}

// openMember walks to one member of an archive.
func (s Source) openMember(stdin io.Reader, l limits) (*Reader, error) {
	c, err := Source{Path: s.Archive, File: s.File, Size: -1}.contents(stdin, l)
	if err != nil {
		return nil, err
	}
	for {
		src, r, err := c.Next()
		switch {
		case err == io.EOF:
			c.Close()
			return nil, fmt.Errorf("evidence %q has no member %q", s.File, s.Member)
		case src.Member != s.Member:
			continue
		case err != nil:
			c.Close()
			return nil, err
		}
		c.current = nil // it closes the Contents, not the other way round
		r.whole = c
		return r, nil
	}
}
