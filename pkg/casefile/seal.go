package casefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ProblemKind says what is wrong with a file.
type ProblemKind string

// The kinds of problems.
const (
	Missing    ProblemKind = "missing"    // listed, and not there
	Changed    ProblemKind = "changed"    // there, with another hash
	Extra      ProblemKind = "extra"      // there, and not listed
	Unlisted   ProblemKind = "unlisted"   // every case has it, and the seal does not list it
	Malformed  ProblemKind = "malformed"  // not as it is written
	Unreadable ProblemKind = "unreadable" // there, and cannot be read
)

// Problem is one difference between a case or its evidence and its hashes.
type Problem struct {
	File   string // path in the case, or path of a source
	Kind   ProblemKind
	Detail string
}

func (p Problem) String() string {
	s := fmt.Sprintf("%q: %s", p.File, p.Kind)
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	return s
}

// sealText gives the seal: a line per file, as sha256sum writes it, in the
// order of the paths.
func sealText(sums map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return b.Bytes()
}

// Verify compares every file of a case with its seal. Whoever can write to a
// case can seal it anew; keep a copy of SHA256SUMS, or its hash, elsewhere.
// The error is for what keeps Verify from doing its work.
func Verify(dir string) ([]Problem, error) {
	data, err := os.ReadFile(filepath.Join(dir, sealName))
	if err != nil {
		return nil, fmt.Errorf("case %q has no seal to verify: %w", dir, err)
	}
	sums, problems := parseSeal(data)
	for _, name := range []string{manifestName, runName, summaryName, summaryMDName} {
		if _, ok := sums[name]; !ok {
			problems = append(problems, Problem{name, Unlisted, sealName + " does not list it"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if p, ok := verifyFile(dir, name, sums[name]); !ok {
			problems = append(problems, p)
		}
	}
	problems = append(problems, missingTables(dir, sums)...)
	extra, err := extraFiles(dir, sums)
	return append(problems, extra...), err
}

// SealSum is the SHA-256 of a case's seal, in hex: it stands for the whole case.
func SealSum(dir string) (string, error) {
	sum, _, err := hashFile(func() (io.ReadCloser, error) { return os.Open(filepath.Join(dir, sealName)) })
	if err != nil {
		return "", fmt.Errorf("case %q: %w", dir, err)
	}
	return sum, nil
}

// parseSeal reads the seal as strictly as it is written: lower-case hashes, two
// spaces, paths in order that stay inside the case. What is not so has been
// changed, even where sha256sum would let it pass.
func parseSeal(data []byte) (map[string]string, []Problem) {
	sums := map[string]string{}
	var problems []Problem
	bad := func(line int, format string, args ...any) {
		problems = append(problems, Problem{sealName, Malformed, fmt.Sprintf("line %d: ", line) + fmt.Sprintf(format, args...)})
	}
	text, whole := strings.CutSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	if !whole {
		bad(len(lines), "it does not end in a line feed")
	}
	last := ""
	for i, line := range lines {
		sum, name, ok := strings.Cut(line, "  ")
		switch {
		case !ok || len(sum) != sha256.Size*2 || strings.Trim(sum, "0123456789abcdef") != "":
			bad(i+1, "%q is not a SHA-256, two spaces and a path", line)
		case !plainPath(name):
			bad(i+1, "the path %q leaves the case", name)
		case name == sealName:
			bad(i+1, "it lists itself")
		case name <= last:
			bad(i+1, "the path %q is not in order", name)
		default:
			sums[name], last = sum, name
		}
	}
	return sums, problems
}

// plainPath says whether a slash-separated path names a file below the folder
// it is taken from, on every system.
func plainPath(name string) bool {
	return name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "\\:\x00") && filepath.IsLocal(filepath.FromSlash(name)) && path.Clean(name) == name
}

func verifyFile(dir, name, want string) (Problem, bool) {
	p := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(p)
	if os.IsNotExist(err) {
		return Problem{name, Missing, sealName + " lists it"}, false
	}
	if err == nil && !info.Mode().IsRegular() {
		return Problem{name, Changed, "it is not a plain file"}, false
	}
	var got string
	if err == nil {
		got, _, err = hashFile(func() (io.ReadCloser, error) { return os.Open(p) })
	}
	if err != nil {
		return Problem{name, Unreadable, err.Error()}, false
	}
	if got != want {
		return Problem{name, Changed, "its SHA-256 is " + got + ", " + sealName + " says " + want}, false
	}
	return Problem{}, true
}

// missingTables names tables that the summary counts and the seal does not
// list: somebody took out both.
func missingTables(dir string, sums map[string]string) []Problem {
	var s Summary
	if err := readJSON(dir, summaryName, &s); err != nil {
		return nil // its hash says that it was changed
	}
	var problems []Problem
	for _, t := range slices.Sorted(maps.Keys(s.Tables)) {
		name := tablesName + "/" + t + tableExt
		if _, ok := sums[name]; !ok {
			problems = append(problems, Problem{name, Unlisted, summaryName + " counts its rows, " + sealName + " does not list it"})
		}
	}
	return problems
}

// extraFiles names what is in the folder and not in the seal.
func extraFiles(dir string, sums map[string]string) ([]Problem, error) {
	var problems []Problem
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if _, ok := sums[name]; ok || name == "." || name == sealName || d.IsDir() && name == tablesName {
			return nil
		}
		problems = append(problems, Problem{name, Extra, sealName + " does not list it"})
		return nil
	})
	if err != nil {
		return problems, fmt.Errorf("verify case %q: %w", dir, err)
	}
	return problems, nil
}

// hashFile gives the SHA-256 and the length of what open opens.
func hashFile(open func() (io.ReadCloser, error)) (sum string, n int64, err error) {
	f, err := open()
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}
