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
// open opens a source by its path in the manifest; nil means the file of that
// path below root. Each source is read once, from start to end.
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
	for i := range m.Sources {
		if p, ok := verifySource(&m.Sources[i], open); !ok {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

func verifySource(s *ManifestSource, open func(path string) (io.ReadCloser, error)) (Problem, bool) {
	sum, n, err := hashFile(func() (io.ReadCloser, error) { return open(s.Path) })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Problem{s.Path, Missing, err.Error()}, false
	case err != nil:
		return Problem{s.Path, Unreadable, err.Error()}, false
	case n != s.Bytes:
		return Problem{s.Path, Changed, fmt.Sprintf("it has %d bytes, the manifest says %d", n, s.Bytes)}, false
	case sum != s.SHA256:
		return Problem{s.Path, Changed, "its SHA-256 is " + sum + ", the manifest says " + s.SHA256}, false
	}
	return Problem{}, true
}
