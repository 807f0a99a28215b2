// Package arch holds the plan of the house as a test: which package may import
// which, and the few bans that keep the promises of the documentation true
// (no network, no unsafe memory, nothing that happens on import).
//
// Check takes a source tree and the rules and gives the places that break
// them, each with the reason for the rule. It reads imports and syntax only:
// it builds nothing, runs nothing and needs no network. Test files are free to
// import what they need; only their length is looked at.
//
// The rules stand in rules.go. A new package, a new library or a file that has
// grown long needs a line there, with its reason: that line is the review.
package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Violation is one place that breaks a rule.
type Violation struct {
	Where  string // file:line, or a folder
	What   string
	Reason string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s (%s)", v.Where, v.What, v.Reason)
}

// Check gives the violations in the module whose root is fsys, in the order of
// the files' names. An error means that the tree could not be read or parsed.
func Check(fsys fs.FS, rules Rules) ([]Violation, error) {
	c := checker{rules: rules, fsys: fsys, fset: token.NewFileSet(), documented: map[string]bool{}, long: map[string]bool{}}
	err := fs.WalkDir(fsys, ".", c.visit)
	if err != nil {
		return nil, err
	}
	c.folders()
	return c.found, nil
}

type checker struct {
	rules      Rules
	fsys       fs.FS
	fset       *token.FileSet
	found      []Violation
	documented map[string]bool // folder with non-test code -> has a package comment
	long       map[string]bool // allow-listed long files that are long
}

func (c *checker) add(where, what, reason string) {
	c.found = append(c.found, Violation{where, what, reason})
}

func (c *checker) visit(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	base := path.Base(name)
	if d.IsDir() {
		if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
			return fs.SkipDir
		}
		if name != "." && exists(c.fsys, path.Join(name, "go.mod")) {
			return fs.SkipDir // a module of its own
		}
		return nil
	}
	if !strings.HasSuffix(base, ".go") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return nil
	}
	src, err := fs.ReadFile(c.fsys, name)
	if err != nil {
		return err
	}
	c.length(name, src)
	if strings.HasSuffix(base, "_test.go") {
		return nil
	}
	file, err := parser.ParseFile(c.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	c.file(path.Dir(name), file)
	return nil
}

func (c *checker) length(name string, src []byte) {
	lines := bytes.Count(src, []byte("\n"))
	if lines <= c.rules.MaxLines {
		return
	}
	c.long[name] = true
	if c.rules.LongFiles[name] == "" {
		c.add(name, fmt.Sprintf("%d lines", lines),
			fmt.Sprintf("files are questioned past %d lines: split it, or list it in LongFiles with a reason", c.rules.MaxLines))
	}
}

func (c *checker) file(dir string, file *ast.File) {
	c.documented[dir] = c.documented[dir] || file.Doc != nil
	if reason := c.rules.BadNames[file.Name.Name]; reason != "" {
		c.add(c.at(file.Name), "package "+file.Name.Name, reason)
	}
	for _, spec := range file.Imports {
		c.imported(dir, spec)
	}
	ban := c.rules.Rooms[dir].Ban
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				c.add(c.at(n), "func init", "nothing happens on import: tables are visible and passed on")
			}
		case *ast.GoStmt:
			if reason := ban["go"]; reason != "" {
				c.add(c.at(n), "a go statement", reason)
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				if reason := ban[x.Name+"."+n.Sel.Name]; reason != "" {
					c.add(c.at(n), x.Name+"."+n.Sel.Name, reason)
				}
			}
		}
		return true
	})
}

func (c *checker) imported(dir string, spec *ast.ImportSpec) {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return // the parser has refused it already
	}
	where := c.at(spec)
	what := "imports " + name
	if spec.Name != nil && spec.Name.Name == "_" && c.rules.BlankImports[name] == "" {
		c.add(where, "blank import of "+name, "nothing happens on import: register in a table instead")
	}
	if spec.Name != nil && spec.Name.Name == "." {
		c.add(where, "dot import of "+name, "a reader must see where a name comes from")
	}
	if name == "unsafe" && c.rules.Unsafe[c.fset.Position(spec.Pos()).Filename] == "" {
		c.add(where, what, "memory safety is not given up outside the files listed in Unsafe")
	}
	room := c.rules.Rooms[dir]
	if reason := room.Ban[name]; reason != "" {
		c.add(where, what, reason)
	}
	switch {
	case within(name, c.rules.Module):
		target := strings.TrimPrefix(name, c.rules.Module+"/")
		if !slices.Contains(room.Imports, target) {
			c.add(where, what, room.Why)
		}
	case strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
		c.library(dir, where, name)
	default:
		if reason := c.rules.bannedStd(name); reason != "" {
			c.add(where, what, reason)
		}
	}
}

// library checks the import of another module's package against its rule, the
// longest whose prefix fits.
func (c *checker) library(dir, where, name string) {
	best := -1
	for i, l := range c.rules.Libraries {
		if within(name, l.Prefix) && (best < 0 || len(l.Prefix) > len(c.rules.Libraries[best].Prefix)) {
			best = i
		}
	}
	if best < 0 {
		c.add(where, "imports "+name, "every library has a line in Libraries that says where it may be used and why")
		return
	}
	if l := c.rules.Libraries[best]; !slices.Contains(l.Rooms, dir) {
		c.add(where, "imports "+name, l.Why)
	}
}

// folders checks what only shows when the whole tree is known.
func (c *checker) folders() {
	dirs := make([]string, 0, len(c.documented))
	for dir := range c.documented {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if !c.documented[dir] {
			c.add(dir, "no package comment", "every package says what comes in, what goes out and what it never does")
		}
		if _, ok := c.rules.Rooms[dir]; !ok {
			c.add(dir, "not in the table of rooms", "a new room needs a line in Rooms: what it may import, and why")
		}
		if reason := c.rules.BadNames[path.Base(dir)]; reason != "" {
			c.add(dir, "folder named "+path.Base(dir), reason)
		}
	}
	for _, name := range sortedKeys(c.rules.LongFiles) {
		if !c.long[name] {
			c.add(name, "listed in LongFiles without need", "a list of exceptions holds only what is one")
		}
	}
}

func (c *checker) at(n ast.Node) string {
	p := c.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// within says whether a package is prefix or stands below it.
func within(name, prefix string) bool {
	return name == prefix || strings.HasPrefix(name, prefix+"/")
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}
