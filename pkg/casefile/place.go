package casefile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// mayWrite says whether a case may be put at w.path, now.
func (w *Writer) mayWrite() error {
	info, err := os.Lstat(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("case %q: %w", w.path, err)
	}
	if !w.opt.Force {
		return fmt.Errorf("%q exists; use --force to replace the case, or another folder with -o", w.path)
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is not a folder and is not replaced; use another folder with -o", w.path)
	}
	entries, err := os.ReadDir(w.path)
	if err != nil {
		return fmt.Errorf("case %q: %w", w.path, err)
	}
	if len(entries) == 0 {
		return nil
	}
	if !isCase(w.path) {
		return fmt.Errorf("%q is not a case and is not replaced; use another folder with -o", w.path)
	}
	return onlyCase(w.path)
}

// isCase says whether a folder looks like a case.
func isCase(dir string) bool {
	for _, name := range []string{manifestName, sealName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// litter is what desktops leave behind in folders they show.
var litter = []string{".DS_Store", "Thumbs.db", "desktop.ini"}

// onlyCase fails when a case holds files that are not its own: replacing it
// would delete somebody's notes.
func onlyCase(dir string) error {
	problems, err := Verify(dir)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if p.Kind == Extra && !slices.Contains(litter, filepath.Base(p.File)) {
			return fmt.Errorf("%q holds %q, which is not part of the case, and is not replaced; move that file away or use another folder with -o", dir, p.File)
		}
	}
	return nil
}

// makeSibling makes a new hidden folder beside path, on the same disk, so that
// a rename suffices. Its mode leaves room for the umask, as that of any folder
// a user makes.
func makeSibling(path, what string) (string, error) {
	parent, name := filepath.Split(path)
	if name == "" {
		return "", errors.New("it has no name; name a folder")
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return "", err
	}
	for {
		dir := filepath.Join(parent, fmt.Sprintf(".%s.%s-%04x", name, what, rand.Uint32()&0xffff))
		if err := os.Mkdir(dir, 0o777); !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
	}
}

// syncDir makes the names in a folder durable, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be opened for that
	}
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// Some network file systems refuse; the files themselves are durable.
	_ = f.Sync()
	return f.Close()
}
