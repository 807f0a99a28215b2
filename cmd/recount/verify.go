package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

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
from.

Each file is named with OK or with what is wrong. Whoever can write to a case can
also write a new SHA256SUMS; keep a copy of it, or its hash, elsewhere.`,
		Example: `  recount verify case
  recount verify case --evidence /mnt/image/var/log/nginx`,
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
	problems, err := casefile.Verify(dir)
	if err != nil {
		return err
	}
	files, err := sealed(dir)
	if err != nil {
		return err
	}
	wrong, err := printVerified(s.out, "case", files, problems)
	if err != nil {
		return err
	}
	hint := ""
	if o.evidence != "" {
		bad, h, err := verifyEvidence(dir, o.evidence, s.out)
		if err != nil {
			return err
		}
		wrong, hint = wrong+bad, h
	}
	switch {
	case wrong == 1:
		return &failure{errors.New("1 file is not as it was"), hint}
	case wrong > 1:
		return &failure{fmt.Errorf("%d files are not as they were", wrong), hint}
	}
	return nil
}

func verifyEvidence(dir, root string, w io.Writer) (wrong int, hint string, err error) {
	if info, err := os.Stat(root); err != nil {
		return 0, "", fmt.Errorf("evidence: %w", err)
	} else if !info.IsDir() {
		return 0, "", usage(fmt.Sprintf("%q is not a folder", root), "name the folder that the paths of the sources start from")
	}
	c, err := casefile.Open(dir)
	if err != nil {
		return 0, "", err
	}
	problems, err := casefile.VerifySources(c, root, func(path string) (io.ReadCloser, error) {
		if path == evidence.Stdin {
			return nil, errors.New("it was read from standard input and cannot be read again")
		}
		return os.Open(filepath.Join(root, filepath.FromSlash(path)))
	})
	if err != nil {
		return 0, "", err
	}
	m, err := c.Manifest()
	if err != nil {
		return 0, "", err
	}
	var paths []string
	for _, src := range m.Sources {
		paths = append(paths, src.Path)
	}
	missing := 0
	for _, p := range problems {
		if p.Kind == casefile.Missing {
			missing++
		}
	}
	if r, err := c.Run(); err == nil && missing > 0 && missing == len(paths) {
		hint = fmt.Sprintf("when the case was made the paths started from %q", r.Root)
	}
	wrong, err = printVerified(w, "evidence", paths, problems)
	return wrong, hint, err
}

// sealed lists the files that the seal names. Lines that it should not have are
// problems already, so they are passed over here.
func sealed(dir string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
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

// printVerified names every file with OK, and every problem, and counts the
// files that have one.
func printVerified(w io.Writer, what string, files []string, problems []casefile.Problem) (int, error) {
	bad := map[string]bool{}
	for _, p := range problems {
		bad[p.File] = true
	}
	for _, f := range files {
		if bad[f] {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: OK: %s\n", what, escape.Terminal(f)); err != nil {
			return 0, err
		}
	}
	for _, p := range problems {
		text := fmt.Sprintf("%s: %s: %s", what, strings.ToUpper(string(p.Kind)), escape.Terminal(p.File))
		if p.Detail != "" {
			text += ": " + escape.Terminal(p.Detail)
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return 0, err
		}
	}
	return len(bad), nil
}
