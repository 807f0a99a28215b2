package arch

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// TestHouse holds this module to its plan.
func TestHouse(t *testing.T) {
	root := os.DirFS("../..")
	if !exists(root, "go.mod") || !exists(root, "internal/arch/arch.go") {
		t.Fatal("../.. is not the root of the module: nothing would be checked")
	}
	found, err := Check(root, House())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// TestRoomsOnDisk fails when a rule is for a folder that can't be right: the
// product's folders stand directly below pkg, internal, cmd and scripts.
func TestRoomsOnDisk(t *testing.T) {
	for dir := range House().Rooms {
		if strings.Count(dir, "/") != 1 {
			t.Errorf("room %q: rooms stand directly below pkg, internal, cmd or scripts", dir)
		}
	}
	for _, l := range House().Libraries {
		for _, dir := range l.Rooms {
			if _, ok := House().Rooms[dir]; !ok {
				t.Errorf("library %s is allowed in %q, which is no room", l.Prefix, dir)
			}
		}
	}
}

// TestCheckFinds shows that each rule can fail: a made-up file that breaks it
// is found, and the same tree without the breach is clean.
func TestCheckFinds(t *testing.T) {
	const ok = "// Package x is fine.\npackage x\n"
	tests := []struct {
		name, file, src, want string
	}{
		{"later room", "pkg/download/a.go", ok + `import _x "github.com/logrecount/recount/pkg/claim"`, "data walks one way"},
		{"room beside", "pkg/client/a.go", ok + `import "github.com/logrecount/recount/pkg/recording"`, "data walks one way"},
		{"pipeline from a room", "pkg/report/a.go", ok + `import "github.com/logrecount/recount/internal/pipeline"`, "data walks one way"},
		{"command past the pipeline", "cmd/recount/a.go", ok + `import "github.com/logrecount/recount/pkg/download"`, "flags and glue"},
		{"heavy library elsewhere", "pkg/report/a.go", ok + `import "github.com/apache/arrow/go/v17/arrow"`, "only the case folder knows Arrow"},
		{"gzip in spill", "internal/spill/a.go", ok + `import "github.com/klauspost/compress/gzip"`, "only evidence undoes compression"},
		{"unknown library", "pkg/report/a.go", ok + `import "example.org/left/pad"`, "every library has a line"},
		{"network", "pkg/geo/a.go", ok + `import "net/http"`, "no network access"},
		{"network below a room", "internal/pipeline/a.go", ok + `import "net"`, "no network access"},
		{"unsafe", "pkg/accesslog/a.go", ok + `import "unsafe"`, "memory safety"},
		{"init", "pkg/geo/a.go", ok + `func init() {}`, "nothing happens on import"},
		{"blank import", "pkg/geo/a.go", ok + `import _ "image/png"`, "blank import of image/png"},
		{"dot import", "pkg/geo/a.go", ok + `import . "strings"`, "dot import of strings"},
		{"package name", "pkg/geo/a.go", "// Package util is not fine.\npackage util\n", "named for the thing"},
		{"folder name", "pkg/helpers/a.go", ok, "folder named helpers"},
		{"no comment", "pkg/geo/a.go", "package geo\n", "no package comment"},
		{"new room", "pkg/attic/a.go", ok, "not in the table of rooms"},
		{"room inside a room", "pkg/geo/inner/a.go", ok, "not in the table of rooms"},
		{"new script", "scripts/thing/main.go", ok, "not in the table of rooms"},
		{"code in the root", "a.go", ok, "not in the table of rooms"},
		{"long file", "pkg/geo/a.go", ok + strings.Repeat("//\n", 500), "502 lines"},
		{"long test", "pkg/geo/a_test.go", "package x\n" + strings.Repeat("//\n", 500), "501 lines"},
		{"file in a parser", "pkg/accesslog/a.go", ok + `import "os"`, "works on bytes and values"},
		{"goroutine in a parser", "pkg/accesslog/a.go", ok + "func f() { go f() }", "a go statement"},
		{"clock in the fold", "pkg/download/a.go", ok + "import \"time\"\n\nvar x = time.Now()", "time.Now"},
		{"writing evidence", "pkg/evidence/a.go", ok + "import \"os\"\n\nvar x = os.Remove(\"a\")", "never written"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := Check(fstest.MapFS{tt.file: {Data: []byte(tt.src)}}, House())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range found {
				if strings.Contains(v.String(), tt.want) && strings.HasPrefix(v.Where, path.Dir(tt.file)) {
					return
				}
			}
			t.Errorf("want a violation with %q, got %v", tt.want, found)
		})
	}
}

func TestCheckAccepts(t *testing.T) {
	tree := fstest.MapFS{
		"pkg/download/a.go": {Data: []byte("// Package download is fine.\npackage download\n" +
			`import ("net/netip"; "net/url"; _ "embed"; "github.com/logrecount/recount/pkg/request")`)},
		"pkg/download/b.go":          {Data: []byte("package download\n\ntype t struct{}\n\nfunc (t) init() {}\n")},
		"pkg/download/a_test.go":     {Data: []byte("package download\nimport (\"net/http\"; \"example.org/x\")")},
		"pkg/download/testdata/b.go": {Data: []byte("package nonsense in a test")},
		"scripts/tools/go.mod":       {Data: []byte("module x\n")},
		"scripts/tools/main.go":      {Data: []byte("package main\nimport \"net\"\n")},
		".cache/a.go":                {Data: []byte("not Go")},
	}
	found, err := Check(tree, House())
	if err != nil || len(found) > 0 {
		t.Errorf("found %v, error %v", found, err)
	}
}

// TestExceptions shows that a list of exceptions works, and that a needless
// entry is found.
func TestExceptions(t *testing.T) {
	rules := House()
	rules.Unsafe = map[string]string{"pkg/geo/a.go": "measured"}
	rules.LongFiles = map[string]string{"pkg/geo/a.go": "a table", "pkg/geo/b.go": "was long once"}
	tree := fstest.MapFS{"pkg/geo/a.go": {Data: []byte("// Package geo is fine.\npackage geo\n\nimport \"unsafe\"\n" + strings.Repeat("//\n", 600))}}
	found, err := Check(tree, rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Where != "pkg/geo/b.go" {
		t.Errorf("want only the needless entry for pkg/geo/b.go, got %v", found)
	}
}

func TestCheckReportsSyntax(t *testing.T) {
	_, err := Check(fstest.MapFS{"pkg/geo/a.go": {Data: []byte("package")}}, House())
	if err == nil || !strings.Contains(err.Error(), "pkg/geo/a.go") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
