package casefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// VerifySources compares the stored bytes of every source with the manifest.
// Sources that are members of an archive are proven by the archive's own hash:
// it is the archive that is compared, and named if it differs. open opens a
// file by its path in the manifest; nil means the file of that path below root.
// Each file is read once, from start to end.
func VerifySources(c *Case, root string, open func(path string) (io.ReadCloser, error)) ([]Problem, error) {
	m, err := c.Manifest()
	if err != nil {
		return nil, err
	}
	if open == nil {
		open = func(path string) (io.ReadCloser, error) {
			if filepath.IsAbs(path) {
				return os.Open(path)
			}
			return os.Open(filepath.Join(root, filepath.FromSlash(path)))
		}
	}
	var problems []Problem
	for _, s := range m.StoredFiles() {
		if p, ok := verifySource(&s, open); !ok {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

// StoredFiles lists the files that the sources were read from, with what the
// manifest says of them: the sources that are files of their own, and the
// archives that the others are members of.
func (m *Manifest) StoredFiles() []ManifestFile {
	var files []ManifestFile
	for _, s := range m.Sources {
		if s.Archive == "" {
			files = append(files, ManifestFile{Name: s.Path, Bytes: s.Bytes, SHA256: s.SHA256})
		}
	}
	return append(files, m.Archives...)
}

func verifySource(s *ManifestFile, open func(path string) (io.ReadCloser, error)) (Problem, bool) {
	sum, n, err := hashFile(func() (io.ReadCloser, error) { return open(s.Name) })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Problem{s.Name, Missing, err.Error()}, false
	case err != nil:
		return Problem{s.Name, Unreadable, err.Error()}, false
	case n != s.Bytes:
		return Problem{s.Name, Changed, fmt.Sprintf("it has %d bytes, the manifest says %d", n, s.Bytes)}, false
	case sum != s.SHA256:
		return Problem{s.Name, Changed, "its SHA-256 is " + sum + ", the manifest says " + s.SHA256}, false
	}
	return Problem{}, true
}
