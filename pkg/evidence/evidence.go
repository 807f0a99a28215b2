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
//
// Archives (tar, compressed or not, and zip) are told by the first bytes too.
// Each regular file in one is a source of its own, read in the order of the
// archive and as it streams by: nothing is unpacked to disk, and what is kept
// in memory has limits however large the archive claims to be. An archive in an
// archive is not opened.
package evidence

// Set is the evidence of one analysis. It is made by Find and does not change.
type Set struct {
	// Root is the deepest folder (absolute, symbolic links resolved) that holds
	// every file and folder handed in; empty if there is only standard input.
	Root string

	// Sources are the files, sorted by Path bytewise, standard input last. No
	// file is in it twice. What a file holds, if it is an archive, is known when
	// it is read: see Source.Contents.
	Sources []Source

	// Unread lists what was handed in, or lies in a folder handed in, but is no
	// source: pipes, sockets, devices, folders that cannot be opened, symbolic
	// links that lead out of their folder. Sorted by Path.
	Unread []Problem

	folders []string // the folders handed in, resolved; Holds needs them
}

// Source is one file of the evidence, standard input, or a member of an archive.
type Source struct {
	ID   int32  // from 1, in the order of Set.Sources; of a member, whoever reads the archive gives it
	Path string // slash-separated and relative to Set.Root, so the same in another place; "-" for standard input; archive!member
	File string // what to open; "-" for standard input; of a member, the archive
	Size int64  // bytes as stored, -1 where that is not known beforehand

	Archive string // Path of the archive that it is a member of, or empty
	Member  string // its name there, in the way that Path ends: text, never a path to open
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
