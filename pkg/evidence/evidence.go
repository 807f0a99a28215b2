// Package evidence turns what the user hands in (paths, folders, globs, "-"
// for standard input) into sources, and sources into bytes. In: arguments.
// Out: a Set of sources in a fixed order, and for each a Reader that gives its
// decompressed stream, counts and hashes what is stored, and says what was
// damaged. It never writes to evidence, never locks it, never changes its
// access time where the system lets it choose, and never touches the network.
//
// Damage is not an error of reading: everything that can be read is given
// first, then the stream ends, and Reader.Damage says what was not read. A
// source that ends in the middle is the normal state of a log that was copied
// while a disk filled up or a server burned.
//
// Compression is told by the first bytes, never by the name, and is undone
// once: a gzip inside a gzip stays one.
package evidence

// Set is the evidence of one analysis. It is made by Find and does not change.
type Set struct {
	// Root is the deepest folder (absolute, symbolic links resolved) that holds
	// every file and folder handed in; empty if there is only standard input.
	Root string

	// Sources are sorted by Path bytewise, standard input last. No file is in
	// it twice.
	Sources []Source

	// Unread lists what was handed in, or lies in a folder handed in, but is no
	// source: pipes, sockets, devices, folders that cannot be opened, symbolic
	// links that lead out of their folder. Sorted by Path.
	Unread []Problem

	folders []string // the folders handed in, resolved; Holds needs them
}

// Source is one file of the evidence, or standard input. (A member of an
// archive is to become a source as well: Path is then archive!member and File
// the archive.)
type Source struct {
	ID   int32  // from 1, in the order of Set.Sources
	Path string // slash-separated and relative to Set.Root, so the same in another place; "-" for standard input
	File string // what to open; "-" for standard input
	Size int64  // bytes as stored, -1 for standard input
}

// Stdin is the argument, and the Path, that stands for standard input.
const Stdin = "-"

// Stdin reports whether the source is standard input.
func (s Source) Stdin() bool { return s.File == Stdin }

// Problem is something that was handed in and is not read.
type Problem struct {
	Path   string // as Source.Path
	Reason string
}

// Bytes is the sum of the sizes as stored; known is false if standard input is
// among them.
func (s *Set) Bytes() (total int64, known bool) {
	known = true
	for _, src := range s.Sources {
		if src.Size < 0 {
			known = false
			continue
		}
		total += src.Size
	}
	return total, known
}
