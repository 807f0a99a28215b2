package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Find resolves the arguments to sources: files, folders with all that is in
// them (hidden files too), globs that the shell did not expand (with ** for any
// depth), and "-" for standard input. The order of the arguments does not
// matter, nor how often a file is named.
//
// A name that does not exist, a glob without a match and a folder without a
// file are errors. A file that cannot be opened is not: its Open says so.
func Find(args []string) (*Set, error) {
	if len(args) == 0 {
		return nil, errors.New(`no evidence: name log files, folders or globs, or "-" for standard input`)
	}
	f := finder{files: map[string]found{}}
	stdin := false
	for _, arg := range args {
		if arg == Stdin {
			stdin = true
			continue
		}
		if err := f.argument(arg); err != nil {
			return nil, err
		}
	}
	set := f.set()
	if stdin {
		set.Sources = append(set.Sources, Source{Path: Stdin, File: Stdin, Size: -1})
	}
	if len(set.Sources) == 0 {
		p := set.Unread[0]
		return nil, fmt.Errorf("no evidence can be read: %q is %s", p.Path, p.Reason)
	}
	for i := range set.Sources {
		set.Sources[i].ID = int32(i + 1)
	}
	return set, nil
}

// finder gathers what the arguments name. Paths are absolute, and every part of
// them but the last is resolved, so that one file has one path and only a link
// can give it a second.
type finder struct {
	files   map[string]found // by resolved path
	tops    []string         // folders that Root must hold
	folders []string         // folders handed in
	unread  map[string]string
}

type found struct {
	path string
	link bool
	size int64
}

func (f *finder) argument(arg string) error {
	if arg == "" {
		return errors.New("an evidence argument is empty: name a file, a folder or a glob")
	}
	_, err := os.Lstat(arg)
	switch {
	case err == nil:
		return f.named(arg)
	case !errors.Is(err, fs.ErrNotExist) && !isGlob(arg):
		return fmt.Errorf("evidence %q cannot be reached: %w", arg, err)
	case !isGlob(arg):
		return fmt.Errorf("evidence %q does not exist: check the path", arg)
	}
	matches, err := doublestar.FilepathGlob(arg, doublestar.WithNoFollow())
	if err != nil {
		return fmt.Errorf("evidence glob %q cannot be read (%w): quote special characters with a backslash", arg, err)
	}
	if len(matches) == 0 {
		return fmt.Errorf("evidence glob %q matches no file: check the path, ** stands for folders of any depth", arg)
	}
	for _, m := range matches {
		if err := f.named(m); err != nil {
			return err
		}
	}
	return nil
}

func isGlob(arg string) bool { return strings.ContainsAny(arg, "*?[{") }

// named adds one file or folder that exists.
func (f *finder) named(arg string) error {
	path, err := canonical(arg)
	if err != nil {
		return fmt.Errorf("evidence %q cannot be reached: %w", arg, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("evidence %q is a symbolic link to nothing: hand in the file itself", arg)
		}
		return fmt.Errorf("evidence %q cannot be reached: %w", arg, err)
	}
	if !info.IsDir() {
		f.tops = append(f.tops, filepath.Dir(path))
		return f.file(path, info)
	}
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("evidence %q cannot be reached: %w", arg, err)
	}
	f.tops = append(f.tops, root)
	f.folders = append(f.folders, root)
	if !f.folder(root) {
		return fmt.Errorf("evidence folder %q holds no file: check the path", arg)
	}
	return nil
}

// canonical makes a path absolute and resolves all of it but its last part.
func canonical(arg string) (string, error) {
	abs, err := filepath.Abs(arg)
	if err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.Base(abs)), nil
}

// file adds a file by its path; info is of what the path leads to.
func (f *finder) file(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		f.problem(path, kind(info.Mode())+`, not a regular file: to read a pipe, hand it in as standard input with "-"`)
		return nil
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("evidence %q cannot be reached: %w", path, err)
	}
	n := found{path: path, link: real != path, size: info.Size()}
	// Of two names for one file, the one that is no link counts, then the
	// smaller, so that the order of the arguments does not matter.
	if old, ok := f.files[real]; ok && (!old.link || n.link && old.path <= n.path) {
		return nil
	}
	f.files[real] = n
	return nil
}

// folder adds what lies below root and reports whether there was anything.
func (f *finder) folder(root string) bool {
	any := false
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			f.problem(path, "not readable: "+reason(err))
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			f.link(root, path)
		default:
			info, err := d.Info()
			if err == nil {
				err = f.file(path, info)
			}
			if err != nil {
				f.problem(path, "not readable: "+reason(err))
			}
		}
		any = true
		return nil
	})
	return any
}

// link adds what a symbolic link in a folder leads to: a file of that folder is
// a source, everything else is listed and not read.
func (f *finder) link(root, path string) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		f.problem(path, "a symbolic link that leads nowhere: "+reason(err))
		return
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		f.problem(path, "a symbolic link that leads nowhere: "+reason(err))
	case info.IsDir():
		f.problem(path, "a symbolic link to a folder, which is not followed: hand in the folder itself")
	case !below(root, real):
		f.problem(path, "a symbolic link out of the folder, which is not followed: hand in its target itself")
	default:
		if err := f.file(path, info); err != nil {
			f.problem(path, "not readable: "+reason(err))
		}
	}
}

func (f *finder) problem(path, why string) {
	if f.unread == nil {
		f.unread = map[string]string{}
	}
	f.unread[path] = why
}

// set makes the Set, without standard input and without IDs.
func (f *finder) set() *Set {
	s := &Set{Root: ancestor(f.tops), folders: f.folders}
	for _, n := range f.files {
		s.Sources = append(s.Sources, Source{Path: s.relative(n.path), File: n.path, Size: n.size})
	}
	slices.SortFunc(s.Sources, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
	for path, why := range f.unread {
		s.Unread = append(s.Unread, Problem{Path: s.relative(path), Reason: why})
	}
	slices.SortFunc(s.Unread, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	return s
}

// relative is the path of a source below Root. A file that is called "-" keeps
// apart from standard input.
func (s *Set) relative(path string) string {
	rel := path
	if s.Root != "" {
		if r, err := filepath.Rel(s.Root, path); err == nil {
			rel = r
		}
	}
	rel = filepath.ToSlash(rel)
	if rel == Stdin {
		return "./" + Stdin
	}
	return rel
}

// ancestor is the deepest folder that holds all folders, empty if there is none
// (nothing handed in, or two drives).
func ancestor(folders []string) string {
	if len(folders) == 0 {
		return ""
	}
	top := folders[0]
	for _, f := range folders[1:] {
		for !below(top, f) {
			up := filepath.Dir(top)
			if up == top {
				return ""
			}
			top = up
		}
	}
	return top
}

// below reports whether path is folder or lies in it; both are clean and absolute.
func below(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// kind names what is not a regular file.
func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something special"
}

// reason is the cause of a file error without its path, which stands beside it.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}
