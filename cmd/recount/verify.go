package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// sealName is the file of a case with the hashes of all its other files.
const sealName = "SHA256SUMS"

// verifyOptions holds the flags of verify as they are typed.
type verifyOptions struct {
	evidence string
}

func newVerifyCommand(s streams) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify CASE",
		Short: "Compare a case, and its evidence, with the hashes that were recorded",
		Long: `Compare every file of a case with SHA256SUMS. With --evidence also compare every
source with the hash in manifest.json: DIR is the folder that their paths start
from, as 'recount show CASE sources' prints them. Of an archive the file itself
is compared, which proves its members.

Each file is named with OK or with what is wrong. What was read from standard
input cannot be compared; that is no error. Whoever can write to a case can
also write a new SHA256SUMS; keep a copy of it, or its hash, elsewhere.`,
		Example: `  recount verify case
  recount verify case --evidence logs`,
		Args: arguments(1, 1, "one case"),
		RunE: func(_ *cobra.Command, args []string) error { return runVerify(&o, args[0], s) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *verifyOptions) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.evidence, "evidence", "", "compare the sources too; their paths start from `DIR`")
}

func runVerify(o *verifyOptions, dir string, s streams) error {
	if err := exists("case", dir); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, sealName)); errors.Is(err, fs.ErrNotExist) {
		return &failure{fmt.Errorf("case %q has no seal to verify: it lacks %s", dir, sealName), "name the folder that analyze wrote"}
	}
	problems, err := casefile.Verify(dir)
	if err != nil {
		return err
	}
	files, err := sealed(dir)
	if err != nil {
		return err
	}
	found := findings{}
	if err := found.print(s.out, "case", dir, files, problems); err != nil {
		return err
	}
	unchanged := plural(len(files), "file", "files")
	if o.evidence != "" {
		sources, skipped, err := verifyEvidence(dir, o.evidence, &found, s)
		if err != nil {
			return err
		}
		unchanged += " and " + plural(sources, "source", "sources")
		if skipped > 0 {
			found.skipped = "; " + plural(skipped, "source", "sources") + " cannot be compared"
		}
	}
	if wrong := found.text(); wrong != "" {
		return errors.New(wrong)
	}
	_, err = fmt.Fprintf(s.out, "%s are unchanged%s\n", unchanged, found.skipped)
	return err
}

// verifyEvidence compares the sources. It gives how many were compared, and how
// many cannot be.
func verifyEvidence(dir, root string, found *findings, s streams) (compared, skipped int, err error) {
	if err := exists("evidence folder", root); err != nil {
		return 0, 0, err
	}
	if info, err := os.Stat(root); err != nil {
		return 0, 0, fmt.Errorf("evidence: %w", err)
	} else if !info.IsDir() {
		return 0, 0, usage(fmt.Sprintf("%q is not a folder", root), "name the folder that the paths of the sources start from")
	}
	c, err := casefile.Open(dir)
	if err != nil {
		return 0, 0, err
	}
	m, err := c.Manifest()
	if err != nil {
		return 0, 0, err
	}
	cannot := map[string]string{}
	var paths []string
	for _, f := range m.StoredFiles() {
		switch {
		case f.Name == evidence.Stdin:
			cannot[f.Name] = "it was read from standard input"
		case f.SHA256 == "":
			cannot[f.Name] = "it could not be read, so it has no hash"
		default:
			paths = append(paths, f.Name)
		}
	}
	for _, src := range m.Sources {
		file := src.Path
		if src.Archive != "" {
			file = src.Archive // whose hash proves it
		}
		if _, ok := cannot[file]; ok {
			skipped++
		} else {
			compared++
		}
	}
	all, err := casefile.VerifySources(c, root, func(path string) (io.ReadCloser, error) {
		if why, ok := cannot[path]; ok {
			return nil, errors.New(why)
		}
		return os.Open(filepath.Join(root, filepath.FromSlash(path)))
	})
	if err != nil {
		return 0, 0, err
	}
	var problems []casefile.Problem
	missing := false
	for _, p := range all {
		if _, ok := cannot[p.File]; ok {
			continue
		}
		if p.Kind == casefile.Missing {
			p.Detail, missing = "", true // the system's text says no more
		}
		problems = append(problems, p)
	}
	// First, since a list of all the missing files may be long.
	if r, err := c.Run(); err == nil && missing && r.Root != "" {
		say(s.err, "hint", fmt.Sprintf("when the case was made the paths started from %q", r.Root))
	}
	for _, path := range slices.Sorted(maps.Keys(cannot)) {
		if _, err := fmt.Fprintf(s.out, "evidence: CANNOT BE COMPARED: %s: %s\n", escape.Terminal(path), cannot[path]); err != nil {
			return 0, 0, err
		}
	}
	return compared, skipped, found.print(s.out, "evidence", root, paths, problems)
}

// sealed lists the files that the seal names. Lines that it should not have are
// problems already, so they are passed over here.
func sealed(dir string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(dir, sealName))
	if err != nil {
		return nil, err
	}
	var files []string
	for line := range strings.Lines(string(b)) {
		if _, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			files = append(files, name)
		}
	}
	return files, nil
}

// findings counts what is wrong, for the line at the end.
type findings struct {
	missing                      []string // a phrase for the case and one for the evidence
	changed, foreign, unreadable int
	skipped                      string
}

// print names every file of a folder with OK or with what is wrong.
func (f *findings) print(w io.Writer, what, dir string, files []string, problems []casefile.Problem) error {
	bad := map[string]casefile.ProblemKind{}
	for _, p := range problems {
		bad[p.File] = p.Kind
	}
	for _, file := range files {
		if _, ok := bad[file]; ok {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: OK: %s\n", what, escape.Terminal(file)); err != nil {
			return err
		}
	}
	for _, p := range problems {
		text := fmt.Sprintf("%s: %s: %s", what, strings.ToUpper(string(p.Kind)), escape.Terminal(p.File))
		if p.Detail != "" {
			text += ": " + escape.Terminal(p.Detail)
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	missing := 0
	for _, kind := range bad {
		switch kind {
		case casefile.Missing:
			missing++
		case casefile.Extra:
			f.foreign++
		case casefile.Unreadable:
			f.unreadable++
		default:
			f.changed++
		}
	}
	if missing > 0 {
		f.missing = append(f.missing, fmt.Sprintf("%d of %s %s not found under %q", missing, plural(len(files), "file", "files"), were(missing), dir))
	}
	return nil
}

// text puts the findings into one line; it is empty where all is as it was.
func (f *findings) text() string {
	parts := slices.Clone(f.missing)
	for _, p := range []struct {
		n         int
		one, many string
	}{
		{f.changed, "1 file has changed", "%d files have changed"},
		{f.unreadable, "1 file cannot be read", "%d files cannot be read"},
		{f.foreign, "1 file does not belong to the case", "%d files do not belong to the case"},
	} {
		switch {
		case p.n == 1:
			parts = append(parts, p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf(p.many, p.n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + f.skipped
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
