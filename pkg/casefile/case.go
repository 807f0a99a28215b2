package casefile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Case is a case that has been written. It holds no file open.
type Case struct {
	Dir      string
	manifest Manifest
	summary  *Summary // of a case that is not sealed yet; nil: read it
}

// Open opens a case. It does not compare it with its seal; see Verify.
func Open(dir string) (*Case, error) {
	if !isCase(dir) {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("open case: %w", err)
		}
		return nil, fmt.Errorf("%q is not a case: it lacks %s or %s; name the folder that analyze wrote", dir, manifestName, sealName)
	}
	c := &Case{Dir: dir}
	if err := readJSON(dir, manifestName, &c.manifest); err != nil {
		return nil, err
	}
	return c, nil
}

// Manifest gives manifest.json.
func (c *Case) Manifest() (*Manifest, error) {
	m := c.manifest
	return &m, nil
}

// Summary reads summary.json.
func (c *Case) Summary() (*Summary, error) {
	if c.summary != nil {
		return c.summary, nil
	}
	s := new(Summary)
	return s, readJSON(c.Dir, summaryName, s)
}

// Has says whether the case was written with a table.
func (c *Case) Has(table string) (bool, error) {
	s, err := c.Summary()
	if err != nil {
		return false, err
	}
	_, ok := s.Tables[table]
	return ok, nil
}

// Run reads run.json.
func (c *Case) Run() (*Run, error) {
	r := new(Run)
	return r, readJSON(c.Dir, runName, r)
}

func readJSON(dir, name string, v any) error {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return fmt.Errorf("open case: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("case %q: %s is damaged: %w; verify the case", dir, name, err)
	}
	return nil
}
