package trace

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// WrongHash is the error of a source that is not what the case was made from.
type WrongHash struct {
	Path string // of the source, or of the archive that it is in, in the case
	File string // that was read
	What string // what is not the same
	Want string // by the case
	Got  string
	Why  error // what was wrong with the reading; nil: nothing
}

func (e *WrongHash) Error() string {
	text := fmt.Sprintf("source %q: %s of the file %q is %s, and the case has %s: this is not what the case was made from, and no line is shown",
		e.Path, e.What, e.File, e.Got, e.Want)
	if e.Why != nil {
		text += fmt.Sprintf(" (%v)", e.Why)
	}
	return text
}

// stored is a file that sources are read from: one of them, or an archive that
// they are in.
type stored struct {
	casefile.ManifestFile
	archive bool
	sources []*wanted
}

// wanted is a source, and the lines that are wanted of it, by their offsets.
type wanted struct {
	*Source
	lines []*Line
}

// cannot says why a file cannot be traced at all; empty if it can.
func cannot(f *casefile.ManifestFile) string {
	switch {
	case f.Name == evidence.Stdin:
		return "it came from standard input, which cannot be read again: untraceable"
	case f.SHA256 == "":
		return "it could not be read when the case was made, so there is no hash to compare with"
	}
	return ""
}

func (f *stored) unread(why, file string) {
	for _, w := range f.sources {
		w.Unread, w.File = why, file
	}
}

// read reads the file from start to end, and gives the lines out once all hashes
// are right. The error is a *WrongHash, an *unfit, or says why the file cannot
// be read.
func (f *stored) read(file string, keep int) error {
	c, err := evidence.Source{Path: f.Name, File: file, Size: -1}.Contents(nil)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("it is not there any more")
	}
	if err != nil {
		return err
	}
	defer c.Close()
	var whole [32]byte // hash of the file
	var damage error
	picks := make([]*pick, len(f.sources))
	buf := make([]byte, 0, accesslog.ChunkCap)
	for {
		src, r, err := c.Next()
		if err == io.EOF {
			break
		}
		i := slices.IndexFunc(f.sources, func(w *wanted) bool { return w.Path == src.Path })
		if err != nil || i < 0 && c.Archive() != nil {
			continue // nothing is wanted of it
		}
		p := newPick(nil, keep) // of a file that is something else, for its hash
		if i >= 0 {
			p = newPick(f.sources[i].lines, keep)
			picks[i] = p
		}
		if err := p.read(r, buf); err != nil {
			return err
		}
		damage = r.Damage()
		var packed bool
		if whole, _, packed = r.Raw(); !packed {
			whole = p.sum()
		}
	}
	if a := c.Archive(); a != nil {
		whole, damage = a.SHA256, a.Damage
	}
	if got := hex.EncodeToString(whole[:]); got != f.SHA256 {
		return &WrongHash{f.Name, file, "the SHA-256", f.SHA256, got, damage}
	}
	for i, w := range f.sources {
		if err := picks[i].check(w, file, damage); err != nil {
			return err
		}
	}
	for _, p := range picks {
		p.give()
	}
	return nil
}

// check says what is wrong with a source whose file is right. A nil pick is of
// a source that is not in its archive.
func (p *pick) check(w *wanted, file string, damage error) error {
	if p == nil {
		return &unfit{w.Path, "it is not in the archive, though the archive's hash is right"}
	}
	stream := p.sum()
	if got := hex.EncodeToString(stream[:]); got != w.StreamSHA256 {
		return &WrongHash{w.Path, file, "the SHA-256 of what is unpacked", w.StreamSHA256, got, damage}
	}
	return p.complete(w.Path)
}
