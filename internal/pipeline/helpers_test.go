package pipeline

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logrecount/recount/internal/yardstick"
	"github.com/logrecount/recount/pkg/casefile"
)

const (
	nas       = "../../testdata/nas"
	corpus    = "../../../shared/corpus" // beside the repository; see its README
	samples   = "../../pkg/accesslog/testdata"
	nasLogs   = nas + "/logs"
	nasSizes  = nas + "/inventory.csv"
	nasTruth  = nas + "/truth.csv"
	tiny      = 1 << 20 // memory with which everything spills
	manyParts = 20
)

// mid is how many lines the made-up log has; fewer where each costs ten times as
// much.
var mid = func() int64 {
	if underRace {
		return 25_000
	}
	return 60_000
}()

// row is one row of a table by column.
type row = map[string]any

// analyse runs an analysis that must succeed. Out is a fresh folder unless o
// names one.
func analyse(t *testing.T, o Options) (dir string, out *Outcome) {
	t.Helper()
	if o.Out == "" {
		o.Out = filepath.Join(t.TempDir(), "case")
	}
	if o.Workers == 0 {
		o.Workers = 2
	}
	out, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return o.Out, out
}

// files writes files into a fresh folder.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// get is one request as a line of a combined log. second is within a day.
func get(client string, second int, target string, status int, size any) string {
	return entry(client, second, "GET "+target+" HTTP/1.1", status, size, "curl/8.5.0")
}

func entry(client string, second int, request string, status int, size any, agent string) string {
	return fmt.Sprintf("%s - - [18/Feb/2019:%02d:%02d:%02d +0100] %q %d %v \"-\" \"%s\"\n",
		client, second/3600, second/60%60, second%60, request, status, size, agent)
}

// day is the first second of entry's day, in UTC.
var day = time.Date(2019, 2, 17, 23, 0, 0, 0, time.UTC)

// table reads a table of a case.
func table(t *testing.T, dir, name string) []row {
	t.Helper()
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := c.Table(name)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	columns := tab.Columns()
	for values, err := range tab.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		r := row{}
		for i, v := range values {
			r[columns[i].Name] = v
		}
		rows = append(rows, r)
	}
	return rows
}

// show writes the given columns of rows, one row a line, for comparing.
func show(rows []row, columns ...string) string {
	var b strings.Builder
	for _, r := range rows {
		for i, c := range columns {
			if i > 0 {
				b.WriteByte(' ')
			}
			switch v := r[c].(type) {
			case nil:
				b.WriteString("null")
			case time.Time:
				b.WriteString(v.UTC().Format("15:04:05"))
			case string:
				if v == "" {
					v = `""`
				}
				b.WriteString(v)
			default:
				fmt.Fprint(&b, v)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// want compares two texts of many lines.
func want(t *testing.T, what, got, want string) {
	t.Helper()
	want = strings.TrimLeft(want, "\n")
	if got != want {
		t.Errorf("%s:\ngot\n%swant\n%s", what, got, want)
	}
}

// source gives the row of one source.
func sourceRow(t *testing.T, dir, path string) row {
	t.Helper()
	for _, r := range table(t, dir, casefile.TableSources) {
		if r["path"] == path {
			return r
		}
	}
	t.Fatalf("no source %q", path)
	return nil
}

// caseFiles hashes the files of a case that must be the same every time.
func caseFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch name {
		case "run.json":
			return nil
		case "SHA256SUMS":
			var kept []string
			for _, line := range strings.SplitAfter(string(data), "\n") {
				if !strings.HasSuffix(line, "  run.json\n") {
					kept = append(kept, line)
				}
			}
			data = []byte(strings.Join(kept, ""))
		}
		sums[filepath.ToSlash(name)] = fmt.Sprintf("%x", sha256.Sum256(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// sameCase compares two cases byte by byte.
func sameCase(t *testing.T, what, got, want string) {
	t.Helper()
	a, b := caseFiles(t, got), caseFiles(t, want)
	if len(b) < 12 {
		t.Fatalf("%s: a case of %d files", what, len(b))
	}
	for name, sum := range b {
		if a[name] != sum {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d files, want %d", what, len(a), len(b))
	}
}

// state is all that must not change about evidence.
func state(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v %d %d", path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %x", sha256.Sum256(data))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// empty wants nothing in a folder, hidden files included.
func empty(t *testing.T, what, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s: %s was left", what, e.Name())
	}
}

// settled wants as many goroutines as there were before.
func settled(t *testing.T, what string, before int) {
	t.Helper()
	var now int
	for range 200 {
		if now = runtime.NumGoroutine(); now <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 64<<10)
	t.Errorf("%s: %d goroutines, %d before\n%s", what, now, before, stacks[:runtime.Stack(stacks, true)])
}

// naiveLine is a line as plain code sees it.
type naiveLine struct {
	offset int64
	text   []byte // without LF, and without a CR before it
}

// naiveLines splits a stream in the plainest way.
func naiveLines(stream []byte) []naiveLine {
	var lines []naiveLine
	var offset int64
	for len(stream) > 0 {
		line := stream
		if i := bytes.IndexByte(stream, '\n'); i >= 0 {
			line = stream[:i+1]
		}
		stream = stream[len(line):]
		text := bytes.TrimSuffix(line, []byte("\n"))
		lines = append(lines, naiveLine{offset, bytes.TrimSuffix(text, []byte("\r"))})
		offset += int64(len(line))
	}
	return lines
}

// stream reads a file as a plain tool would: what of it can be decompressed.
func stream(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	case bytes.HasPrefix(data, []byte("BZh")):
		r = bzip2.NewReader(r)
	}
	plain, err := io.ReadAll(r)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return plain
}

// packed is text as gzip.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// madeUp is a log of the yardstick's kind and its inventory, made once.
var madeUp = sync.OnceValues(func() (log, inventory []byte) {
	var a, b bytes.Buffer
	o := yardstick.Options{Lines: mid, Seed: 7}
	if _, err := yardstick.WriteLog(&a, o); err != nil {
		panic(err)
	}
	if err := yardstick.WriteInventory(&b, o); err != nil {
		panic(err)
	}
	return a.Bytes(), b.Bytes()
})

// madeUpFiles writes the made-up log, and its inventory beside the evidence.
func madeUpFiles(t *testing.T) (log, inventory string) {
	t.Helper()
	l, inv := madeUp()
	dir := files(t, map[string]string{"logs/access.log": string(l), "inventory.csv": string(inv)})
	return filepath.Join(dir, "logs"), filepath.Join(dir, "inventory.csv")
}

func runInfo(t *testing.T, dir string) *casefile.Run {
	t.Helper()
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	run, err := c.Run()
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// scanned is an analysis that has gone through its first phase.
func scanned(t *testing.T, o Options) *analysis {
	t.Helper()
	a := &analysis{options: o}
	if err := a.prepare(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.close() })
	a.watch = watch(nil, 0)
	t.Cleanup(a.watch.end)
	if err := a.scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}
