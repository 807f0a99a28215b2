package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Commit closes the tables, writes the other outputs and the seal, and renames
// the case into place. It sets s.Tables to the rows per table written. After an
// error there is no case, an earlier one is as it was, and what was written has
// been removed.
func (w *Writer) Commit(s *Summary, summaryMD []byte, m *Manifest, r *Run) error {
	if w.temp == "" {
		return errors.New("the case is already closed")
	}
	if err := w.commit(s, summaryMD, m, r); err != nil {
		return errors.Join(err, w.Abort())
	}
	return nil
}

func (w *Writer) commit(s *Summary, summaryMD []byte, m *Manifest, r *Run) error {
	if err := w.end(s); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		value any
	}{{summaryName, s}, {manifestName, m}, {runName, r}} {
		data, err := encodeJSON(f.value)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
		if err := w.writeFile(f.name, data); err != nil {
			return err
		}
	}
	if err := w.writeFile(summaryMDName, summaryMD); err != nil {
		return err
	}
	if err := w.writeFile(sealName, sealText(w.sums)); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Join(w.temp, tablesName), w.temp} {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return w.putInPlace()
}

// Written closes the tables and gives them to read, before there is a case: what
// follows from them can then be said in s, which Commit takes. No row may be
// added any more. The case that it gives is void after Commit or Abort.
func (w *Writer) Written(s *Summary, m *Manifest) (*Case, error) {
	if w.temp == "" {
		return nil, errors.New("the case is already closed")
	}
	if err := w.end(s); err != nil {
		return nil, err
	}
	return &Case{Dir: w.temp, manifest: *m, summary: s}, nil
}

// end closes the tables and sets s.Tables.
func (w *Writer) end(s *Summary) error {
	if err := w.closeTables(); err != nil {
		return err
	}
	s.Tables = map[string]int64{}
	for _, t := range w.tables {
		s.Tables[t.schema.Name] = t.rows
	}
	return nil
}

// closeTables ends all tables, side by side where they have encoders, and notes
// their hashes. Of several errors it gives the first: mostly all have one cause,
// such as a full disk.
func (w *Writer) closeTables() error {
	for _, t := range w.tables {
		t.finish()
	}
	var errs []error
	for _, t := range w.tables {
		if err := t.close(); err != nil {
			errs = append(errs, err)
			continue
		}
		w.sums[tablesName+"/"+t.schema.Name+tableExt] = t.sink.sum()
	}
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fmt.Errorf("%w (and %d more tables)", errs[0], len(errs)-1)
}

// encodeJSON gives v as people like to read it. Maps are in the order of their
// keys, so the bytes are the same every time.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// writeFile writes one small output, durably, and notes its hash.
func (w *Writer) writeFile(name string, data []byte) error {
	f, err := w.create(filepath.Join(w.temp, name))
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	s := newSink(f)
	s.Write(data)
	if err := s.close(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if name != sealName {
		w.sums[name] = s.sum()
	}
	return nil
}

// putInPlace renames the finished case to its path. An earlier case is moved
// aside first and deleted last; if the new one cannot take its place, it is
// moved back.
func (w *Writer) putInPlace() error {
	if err := w.mayWrite(); err != nil { // again: much time has passed
		return err
	}
	old := ""
	if _, err := os.Lstat(w.path); err == nil {
		aside, err := makeSibling(w.path, "old")
		if err != nil {
			return fmt.Errorf("move the old case aside: %w", err)
		}
		old = filepath.Join(aside, filepath.Base(w.path))
		if err := os.Rename(w.path, old); err != nil {
			return errors.Join(fmt.Errorf("move the old case aside: %w", err), os.Remove(aside))
		}
	}
	if err := os.Rename(w.temp, w.path); err != nil {
		err = fmt.Errorf("put the case in place: %w", err)
		if old != "" {
			if back := os.Rename(old, w.path); back != nil {
				return errors.Join(err, fmt.Errorf("the old case is now %q: %w", old, back))
			}
			err = errors.Join(err, os.Remove(filepath.Dir(old)))
		}
		return err
	}
	w.temp = ""
	if err := syncDir(filepath.Dir(w.path)); err != nil {
		return err
	}
	if old != "" {
		if err := os.RemoveAll(filepath.Dir(old)); err != nil {
			return fmt.Errorf("the new case is in place; remove the old one yourself: %w", err)
		}
	}
	return nil
}
