package trace

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// read reads the lines from the evidence. A source whose hash is wrong is an
// error, and then no line is given at all.
func (t *Trace) read(o *Options) error {
	m, err := t.Case.Manifest()
	if err != nil {
		return err
	}
	files := t.files(m)
	places := &places{args: o.Evidence}
	var wrong []error
	for _, f := range files {
		if why := cannot(&f.ManifestFile); why != "" {
			f.unread(why, "")
			continue
		}
		if o.Reading != nil {
			o.Reading(f.Name, f.Bytes)
		}
		switch err := places.find(f, o.Keep); {
		case errors.As(err, new(*WrongHash)):
			wrong = append(wrong, err)
		case err != nil:
			return err
		}
	}
	return errors.Join(wrong...)
}

// files says which files must be read, in the order of their sources, and sets
// Sources.
func (t *Trace) files(m *casefile.Manifest) []*stored {
	byID := map[int32]*wanted{}
	var list []*wanted
	for _, g := range t.given() {
		for _, l := range g.Lines {
			w := byID[l.Source.Source]
			if w == nil {
				w = &wanted{Source: l.Source}
				byID[l.Source.Source] = w
				list = append(list, w)
			}
			w.lines = append(w.lines, l)
		}
	}
	slices.SortFunc(list, func(a, b *wanted) int { return cmp.Compare(a.Source.Source, b.Source.Source) })
	var files []*stored
	byName := map[string]*stored{}
	for _, w := range list {
		t.Sources = append(t.Sources, w.Source)
		slices.SortFunc(w.lines, func(a, b *Line) int { return cmp.Compare(a.Request.Offset, b.Request.Offset) })
		name := cmp.Or(w.Archive, w.Path)
		f := byName[name]
		if f == nil {
			f = &stored{ManifestFile: casefile.ManifestFile{Name: name}, archive: w.Archive != ""}
			for _, known := range m.StoredFiles() {
				if known.Name == name {
					f.ManifestFile = known
				}
			}
			byName[name] = f
			files = append(files, f)
		}
		f.sources = append(f.sources, w)
	}
	return files
}

// places is where the sources are looked for.
type places struct {
	args []string
	all  []evidence.Source // all files below args; nil: not listed yet
}

// find reads a file's lines from where it is: at its path below one of the
// folders or among the files given, else wherever a file with the right hash
// is. What is at the right place with a wrong hash, and nowhere with the right
// one, is a *WrongHash.
func (p *places) find(f *stored, keep int) error {
	var wrong error
	why := ""
	tried := map[string]bool{}
	try := func(file string, own bool) (found bool, err error) {
		if tried[file] {
			return false, nil
		}
		tried[file] = true
		err = f.read(file, keep)
		switch {
		case err == nil:
			for _, w := range f.sources {
				w.File, w.Moved = file, !own
			}
			return true, nil
		case errors.As(err, new(*WrongHash)):
			if own && wrong == nil {
				wrong = err
			}
		case errors.As(err, new(*unfit)):
			return false, err
		case own:
			why = err.Error()
		}
		return false, nil
	}
	for _, file := range p.own(f.Name) {
		if found, err := try(file, true); found || err != nil {
			return err
		}
	}
	files, err := p.list()
	if err != nil {
		return err
	}
	for _, src := range files {
		if own := hasTail(src.File, f.Name); own || src.Size == f.Bytes {
			if found, err := try(src.File, own); found || err != nil {
				return err
			}
		}
	}
	if wrong == nil {
		f.unread(cmp.Or(why, "it is not in the evidence given, neither at its path nor elsewhere by its hash"), "")
	}
	return wrong
}

// own lists the files that are at the right place by their names.
func (p *places) own(path string) []string {
	local := filepath.FromSlash(path)
	var files []string
	for _, arg := range p.args {
		info, err := os.Stat(arg)
		switch {
		case err != nil: // a glob, which list knows
		case !info.IsDir():
			if filepath.Base(arg) == filepath.Base(local) {
				files = append(files, arg)
			}
		case filepath.IsLocal(local):
			file := filepath.Join(arg, local)
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				files = append(files, file)
			}
		}
	}
	return files
}

// hasTail says whether a file's path ends in the path of a source.
func hasTail(file, path string) bool {
	return strings.HasSuffix(filepath.ToSlash(file), "/"+path)
}

// list lists all files that were given.
func (p *places) list() ([]evidence.Source, error) {
	if p.all != nil {
		return p.all, nil
	}
	set, err := evidence.Find(p.args)
	if err != nil {
		return nil, err
	}
	p.all = set.Sources
	return p.all, nil
}
