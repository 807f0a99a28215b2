package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// entries lists what is in a folder, hidden files too.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// brokenFile fails once and is then well again, as a disk that was full for a
// moment.
type brokenFile struct {
	*os.File
	failWrite int // the write that fails, from 1; 0: none
	short     bool
	failSync  bool
	failClose bool
	lose      bool // writes vanish without an error
	writes    int
}

var errDisk = errors.New("no space left on device")

func (f *brokenFile) Write(p []byte) (int, error) {
	f.writes++
	switch {
	case f.lose && f.writes > 1:
		return len(p), nil
	case f.writes == f.failWrite && f.short:
		n, _ := f.File.Write(p[:len(p)/2])
		return n, nil
	case f.writes == f.failWrite:
		return 0, errDisk
	}
	return f.File.Write(p)
}

func (f *brokenFile) Sync() error {
	if f.failSync {
		return errDisk
	}
	return f.File.Sync()
}

func (f *brokenFile) Close() error {
	err := f.File.Close()
	if f.failClose {
		return errDisk
	}
	return err
}

// TestBrokenDisk: whatever fails once, Commit fails and names the output, an
// earlier case stays and nothing else is left.
func TestBrokenDisk(t *testing.T) {
	reqs := groups(groupRows + 10)
	tests := []struct {
		name   string
		file   string
		broken brokenFile
		want   string
	}{
		{"first write", "requests.parquet", brokenFile{failWrite: 1}, "table requests"},
		{"a write in the middle", "requests.parquet", brokenFile{failWrite: 20}, "table requests"},
		{"a write of the second group", "requests.parquet", brokenFile{failWrite: 90}, "table requests"},
		{"short write", "requests.parquet", brokenFile{failWrite: 20, short: true}, "table requests"},
		{"sync", "requests.parquet", brokenFile{failSync: true}, "table requests"},
		{"close", "requests.parquet", brokenFile{failClose: true}, "table requests"},
		{"lost writes", "requests.parquet", brokenFile{lose: true}, "table requests"},
		{"a small table", "agents.parquet", brokenFile{failWrite: 3}, "table agents"},
		{"summary", "summary.json", brokenFile{failWrite: 1}, "summary.json"},
		{"manifest", "manifest.json", brokenFile{failClose: true}, "manifest.json"},
		{"seal", "SHA256SUMS", brokenFile{failSync: true}, "SHA256SUMS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parent := t.TempDir()
			w, err := create(filepath.Join(parent, "case"), CreateOptions{}, func(path string) (diskFile, error) {
				f, err := os.Create(path)
				if filepath.Base(path) != tt.file {
					return f, err
				}
				b := tt.broken
				b.File = f
				return &b, err
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range reqs {
				if err = w.Requests().Append(&reqs[i]); err != nil {
					break
				}
			}
			if err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Append: %v; want %q named", err, tt.want)
			}
			err = w.Commit(&Summary{}, nil, &Manifest{}, &Run{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Commit: %v; want %q named", err, tt.want)
			}
			if left := entries(t, parent); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
			if err := w.Abort(); err != nil {
				t.Errorf("Abort: %v", err)
			}
			if err := w.Commit(&Summary{}, nil, &Manifest{}, &Run{}); err == nil {
				t.Error("a second Commit went well")
			}
		})
	}
}

// TestEveryWrite fails each write of a small table in turn.
func TestEveryWrite(t *testing.T) {
	reqs := groups(100)
	for n := 1; ; n++ {
		parent := t.TempDir()
		var b *brokenFile
		w, err := create(filepath.Join(parent, "case"), CreateOptions{Tables: []string{TableRequests}}, func(path string) (diskFile, error) {
			f, err := os.Create(path)
			if filepath.Base(path) != "requests.parquet" {
				return f, err
			}
			b = &brokenFile{File: f, failWrite: n}
			return b, err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range reqs {
			if err := w.Requests().Append(&reqs[i]); err != nil {
				t.Fatal(err)
			}
		}
		err = w.Commit(&Summary{}, nil, &Manifest{}, &Run{})
		if b.writes < n {
			if err != nil {
				t.Errorf("no write failed: %v", err)
			}
			if n < 20 {
				t.Errorf("only %d writes were tried", n)
			}
			return
		}
		if err == nil || len(entries(t, parent)) > 0 {
			t.Errorf("write %d failed: error %v, left %q", n, err, entries(t, parent))
		}
	}
}

func TestCreateErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	folder := filepath.Join(dir, "folder")
	if err := errors.Join(os.WriteFile(file, nil, 0o666), os.MkdirAll(filepath.Join(folder, "sub"), 0o777)); err != nil {
		t.Fatal(err)
	}
	old := write(t, CreateOptions{})
	notes := write(t, CreateOptions{})
	if err := os.WriteFile(filepath.Join(notes, "notes.txt"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	next := filepath.Join(dir, "next")
	tests := []struct {
		name string
		path string
		o    CreateOptions
		want string
	}{
		{"it exists", old, CreateOptions{}, "--force"},
		{"a file, forced", file, CreateOptions{Force: true}, "not a folder"},
		{"no case, forced", folder, CreateOptions{Force: true}, "is not a case"},
		{"somebody's notes, forced", notes, CreateOptions{Force: true}, `"notes.txt"`},
		{"compression", next, CreateOptions{Compression: "lzma"}, "snappy or zstd"},
		{"table", next, CreateOptions{Tables: []string{"request"}}, `unknown table "request"; the tables are requests,`},
		{"attribute taken", next, CreateOptions{Attributes: []string{"size"}}, `attribute "size"`},
		{"attribute twice", next, CreateOptions{Attributes: []string{"a", "a"}}, `attribute "a"`},
		{"attribute without a name", next, CreateOptions{Attributes: []string{""}}, `attribute ""`},
		{"below a file", filepath.Join(file, "case"), CreateOptions{}, "case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := Create(tt.path, tt.o)
			if err == nil {
				w.Abort()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
		})
	}
	if left := entries(t, dir); len(left) != 2 {
		t.Errorf("left behind: %q", left)
	}
}

func TestForce(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "case")
	put := func(o CreateOptions, text string) {
		t.Helper()
		w, err := Create(path, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add("report.html", []byte(text)); err != nil {
			t.Fatal(err)
		}
		commit(t, w)
		if left := entries(t, parent); len(left) != 1 || left[0] != "case" {
			t.Errorf("left behind: %q", left)
		}
		if got, err := os.ReadFile(filepath.Join(path, "report.html")); err != nil || string(got) != text {
			t.Errorf("report %q, %v; want %q", got, err, text)
		}
		if problems, err := Verify(path); len(problems) > 0 || err != nil {
			t.Errorf("Verify: %v, %v", problems, err)
		}
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	put(CreateOptions{Force: true}, "into an empty folder")
	put(CreateOptions{Force: true, Tables: []string{}}, "over a case")
	if err := os.WriteFile(filepath.Join(path, ".DS_Store"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	put(CreateOptions{Force: true}, "over a case that a desktop has shown")
}

// TestRace: what comes to the path while a case is made is not overwritten.
func TestRace(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "case")
	w, err := Create(path, CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(&Summary{}, nil, &Manifest{}, &Run{}); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("Commit: %v", err)
	}
	if left := entries(t, parent); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAbort(t *testing.T) {
	parent := t.TempDir()
	w, err := Create(filepath.Join(parent, "new", "case"), CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	reqs := groups(2*groupRows + 1)
	for i := range reqs {
		if err := w.Requests().Append(&reqs[i]); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
	if left := entries(t, filepath.Join(parent, "new")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAdd(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "case"), CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, name := range []string{"", ".", "..", "a/b", "../a", `a\b`, "tables", "SHA256SUMS", "c:x"} {
		if err := w.Add(name, nil); err == nil {
			t.Errorf("%q was added", name)
		}
	}
}

// TestSameBytes: the same rows give the same tables, whatever the processors,
// what was written before, and how fast tables were fed.
func TestSameBytes(t *testing.T) {
	reqs := append(someRequests(5000), groups(groupRows+500)...)
	tables := []string{TableRequests, TableAgents}
	for _, codec := range []string{"snappy", "zstd"} {
		var want []byte
		for _, procs := range []int{1, 2, 7} {
			before := runtime.GOMAXPROCS(procs)
			dir := filepath.Join(t.TempDir(), "case")
			w, err := Create(dir, CreateOptions{Tables: tables, Compression: codec})
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			wg.Go(func() {
				for i := range reqs {
					if err := w.Requests().Append(&reqs[i]); err != nil {
						t.Error(err)
						return
					}
				}
			})
			wg.Go(func() {
				for i := range procs * 10_000 { // noise for pools and caches
					if err := w.Agents().Append(&AgentRow{UserAgent: reqs[i%len(reqs)].Agent, Clients: int64(i * procs)}); err != nil {
						t.Error(err)
						return
					}
				}
			})
			wg.Wait()
			commit(t, w)
			runtime.GOMAXPROCS(before)
			got, err := os.ReadFile(filepath.Join(dir, "tables", "requests.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: another table with %d processors", codec, procs)
			}
		}
	}
}

// TestSameBytesWithoutDictionary: a column that begins with few distinct values,
// and later has too many for a dictionary, gives the same bytes each time.
func TestSameBytesWithoutDictionary(t *testing.T) {
	write := func() (string, []byte) {
		dir := filepath.Join(t.TempDir(), "case")
		w, err := Create(dir, CreateOptions{Tables: []string{TableAgents}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 * groupRows {
			row := AgentRow{UserAgent: []byte("curl"), Tags: "tool"}
			if i >= groupRows {
				row.Tags = fmt.Sprintf("%040d", i)
			}
			if err := w.Agents().Append(&row); err != nil {
				t.Fatal(err)
			}
		}
		commit(t, w)
		data, err := os.ReadFile(filepath.Join(dir, "tables", "agents.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		return dir, data
	}
	dir, first := write()
	for range 2 {
		if _, again := write(); !bytes.Equal(again, first) {
			t.Fatal("the bytes differ")
		}
	}
	n := 0
	for row, err := range openTable(t, dir, TableAgents).Rows("tags") {
		want := "tool"
		if n >= groupRows {
			want = fmt.Sprintf("%040d", n)
		}
		if err != nil || row[0] != want {
			t.Fatalf("row %d: %v, %v", n, row, err)
		}
		n++
	}
	if n != 6*groupRows {
		t.Errorf("%d rows", n)
	}
}
