package evidence

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Holds reports whether path, which need not exist yet, is one of the sources
// or lies in a folder that was handed in: nothing may be written there.
// Symbolic links are resolved, and folders are compared as the system sees
// them, so another spelling of the same place is found too.
func (s *Set) Holds(path string) (bool, error) {
	real, err := resolve(path)
	if err != nil {
		return false, err
	}
	if info, err := os.Stat(real); err == nil {
		for _, src := range s.Sources {
			if src.Stdin() {
				continue
			}
			if of, err := os.Stat(src.File); err == nil && os.SameFile(info, of) {
				return true, nil
			}
		}
	}
	var folders []fs.FileInfo
	for _, f := range s.folders {
		info, err := os.Stat(f)
		if err != nil {
			return false, err
		}
		folders = append(folders, info)
	}
	for dir := real; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil {
			for _, f := range folders {
				if os.SameFile(info, f) {
					return true, nil
				}
			}
		}
		if filepath.Dir(dir) == dir {
			return false, nil
		}
	}
}

// resolve makes path absolute and resolves the part of it that exists; a link
// to something that does not exist yet is followed to where that would be.
func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for links := 0; ; {
		real, err := filepath.EvalSymlinks(abs)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if to, err := os.Readlink(abs); err == nil {
			if links++; links > 40 {
				return "", &fs.PathError{Op: "resolve", Path: path, Err: errors.New("too many symbolic links")}
			}
			if !filepath.IsAbs(to) {
				to = filepath.Join(filepath.Dir(abs), to)
			}
			abs = to
			continue
		}
		up := filepath.Dir(abs)
		if up == abs {
			return filepath.Join(abs, rest), nil
		}
		rest = filepath.Join(filepath.Base(abs), rest)
		abs = up
	}
}
