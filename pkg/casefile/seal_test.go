package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFlip changes one byte of every file in several places: Verify must name
// the file.
func TestFlip(t *testing.T) {
	dir := write(t, CreateOptions{})
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sealName {
			return err
		}
		files++
		rel, _ := filepath.Rel(dir, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		n := int(info.Size())
		for _, at := range []int{0, 1, n / 4, n / 3, n / 2, 2 * n / 3, n - 9, n - 5, n - 2, n - 1} {
			for _, bit := range []byte{1, 0x20, 0x80} {
				flip(t, dir, path, at, func(b byte) byte { return b ^ bit }, filepath.ToSlash(rel))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != 14 {
		t.Errorf("%d files were tried, want 14", files)
	}
}

// TestFlipSeal changes every byte of the seal: Verify must name the seal or
// the file whose line it is.
func TestFlipSeal(t *testing.T) {
	dir := write(t, CreateOptions{Tables: []string{TableAgents}})
	path := filepath.Join(dir, sealName)
	seal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range seal {
		for _, bit := range []byte{1, 0x20} {
			flip(t, dir, path, at, func(b byte) byte { return b ^ bit }, sealName, lineOf(seal, at))
		}
		for _, to := range []byte("\n *") {
			flip(t, dir, path, at, func(byte) byte { return to }, sealName, lineOf(seal, at))
		}
	}
}

// flip changes one byte of the file at path, wants Verify to name one of files,
// and puts the byte back.
func flip(t *testing.T, dir, path string, at int, change func(byte) byte, files ...string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(data)
	if changed[at] = change(data[at]); changed[at] == data[at] {
		return
	}
	if err := os.WriteFile(path, changed, 0o666); err != nil {
		t.Fatal(err)
	}
	problems, err := Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(files, func(f string) bool { return names(problems, f) }) {
		t.Errorf("%s: byte %d from %q to %q: Verify gives %v", path, at, data[at], changed[at], problems)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func names(problems []Problem, file string) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.File == file })
}

// lineOf gives the path in the line of the seal that holds byte at.
func lineOf(seal []byte, at int) string {
	start := strings.LastIndexByte(string(seal[:at]), '\n') + 1
	line, _, _ := strings.Cut(string(seal[start:]), "\n")
	_, name, _ := strings.Cut(line, "  ")
	return name
}

func TestVerify(t *testing.T) {
	in := func(dir, name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	edit := func(dir string, f func(string) string) error {
		data, err := os.ReadFile(in(dir, sealName))
		if err != nil {
			return err
		}
		return os.WriteFile(in(dir, sealName), []byte(f(string(data))), 0o666)
	}
	sum := sha256.Sum256(nil)
	empty := hex.EncodeToString(sum[:])
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	without := func(name string) func(string) string {
		return func(s string) string {
			var lines []string
			for line := range strings.Lines(s) {
				if !strings.HasSuffix(line, "  "+name+"\n") {
					lines = append(lines, line)
				}
			}
			return strings.Join(lines, "")
		}
	}
	tests := []struct {
		name   string
		change func(dir string) error
		want   []string // file and kind of every problem
	}{
		{"nothing", func(string) error { return nil }, nil},
		{"missing", func(d string) error { return os.Remove(in(d, "tables/agents.parquet")) }, []string{"tables/agents.parquet missing"}},
		{"extra file", func(d string) error { return os.WriteFile(in(d, "notes"), nil, 0o666) }, []string{"notes extra"}},
		{"extra table", func(d string) error { return os.WriteFile(in(d, "tables/x.parquet"), nil, 0o666) }, []string{"tables/x.parquet extra"}},
		{"extra folder", func(d string) error { return os.Mkdir(in(d, "more"), 0o777) }, []string{"more extra"}},
		{"a folder for a file", func(d string) error {
			return errors.Join(os.Remove(in(d, "run.json")), os.Mkdir(in(d, "run.json"), 0o777))
		}, []string{"run.json changed"}},
		{"a link for a file", func(d string) error {
			if err := os.Symlink(outside, in(d, "link")); err != nil {
				t.Skip(err) // Windows, without the right to make links
			}
			return os.Rename(in(d, "link"), in(d, "summary.md"))
		}, []string{"summary.md changed"}},
		{"a table and its line gone", func(d string) error {
			return errors.Join(os.Remove(in(d, "tables/agents.parquet")), edit(d, without("tables/agents.parquet")))
		}, []string{"tables/agents.parquet unlisted"}},
		{"a file and its line gone", func(d string) error {
			return errors.Join(os.Remove(in(d, "run.json")), edit(d, without("run.json")))
		}, []string{"run.json unlisted"}},
		{"a line gone", func(d string) error { return edit(d, without("run.json")) }, []string{"run.json unlisted", "run.json extra"}},
		{"path up", func(d string) error {
			return edit(d, func(s string) string { return empty + "  ../outside\n" + s })
		}, []string{"SHA256SUMS malformed"}},
		{"absolute path", func(d string) error {
			return edit(d, func(s string) string { return empty + "  " + filepath.ToSlash(outside) + "\n" + s })
		}, []string{"SHA256SUMS malformed"}},
		{"path of Windows", func(d string) error {
			return edit(d, func(s string) string { return empty + `  ..\outside` + "\n" + s })
		}, []string{"SHA256SUMS malformed"}},
		{"roundabout path", func(d string) error {
			return edit(d, func(s string) string { return s + empty + "  tables/../zzz\n" })
		}, []string{"SHA256SUMS malformed"}},
		{"the seal in the seal", func(d string) error {
			return edit(d, func(s string) string { return empty + "  SHA256SUMS\n" + s })
		}, []string{"SHA256SUMS malformed"}},
		{"a line twice", func(d string) error {
			return edit(d, func(s string) string { return s + s[strings.LastIndex(s[:len(s)-1], "\n")+1:] })
		}, []string{"SHA256SUMS malformed"}},
		{"upper case", func(d string) error {
			return edit(d, func(s string) string { return strings.ToUpper(s[:64]) + s[64:] })
		}, []string{"SHA256SUMS malformed", "manifest.json unlisted", "manifest.json extra"}},
		{"no line feed at the end", func(d string) error {
			return edit(d, func(s string) string { return strings.TrimSuffix(s, "\n") })
		}, []string{"SHA256SUMS malformed"}},
		{"lines of Windows", func(d string) error {
			return edit(d, func(s string) string { return strings.Replace(s, "\n", "\r\n", 1) })
		}, []string{"manifest.json unlisted", "manifest.json\r missing", "manifest.json extra"}},
		{"comment", func(d string) error {
			return edit(d, func(s string) string { return "# sealed\n" + s })
		}, []string{"SHA256SUMS malformed"}},
		{"emptied", func(d string) error { return os.WriteFile(in(d, sealName), nil, 0o666) }, []string{
			"SHA256SUMS malformed", "SHA256SUMS malformed", "manifest.json unlisted", "run.json unlisted", "summary.json unlisted", "summary.md unlisted",
			"tables/agents.parquet unlisted", "manifest.json extra", "run.json extra", "summary.json extra", "summary.md extra", "tables/agents.parquet extra",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, CreateOptions{Tables: []string{TableAgents}})
			if err := tt.change(dir); err != nil {
				t.Fatal(err)
			}
			problems, err := Verify(dir)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.File+" "+string(p.Kind))
				if p.Detail == "" || p.String() == "" {
					t.Errorf("%v says nothing", p)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q\nwant %q", got, tt.want)
			}
		})
	}
	if _, err := Verify(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no seal") {
		t.Errorf("a folder without a seal: %v", err)
	}
}

func TestVerifySources(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "logs"), 0o777); err != nil {
		t.Fatal(err)
	}
	source := func(name, text string) ManifestSource {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		return ManifestSource{Path: name, Bytes: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
	}
	m := &Manifest{Sources: []ManifestSource{source("a.log", "one"), source("logs/b.log", "two"), source("c.log", "three"), source("d.log", "four")}}
	dir := filepath.Join(t.TempDir(), "case")
	w, err := Create(dir, CreateOptions{Tables: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(&Summary{}, nil, m, &Run{}); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := VerifySources(c, root, nil); len(problems) > 0 || err != nil {
		t.Errorf("%v, %v", problems, err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(root, "a.log"), []byte("One"), 0o666),
		os.WriteFile(filepath.Join(root, "logs", "b.log"), []byte("two and more"), 0o666),
		os.Remove(filepath.Join(root, "c.log")),
	)
	if err != nil {
		t.Fatal(err)
	}
	check := func(problems []Problem, err error, want ...string) {
		t.Helper()
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if err != nil || len(got) != len(want) {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
		for i, w := range want {
			if !strings.Contains(got[i], w) {
				t.Errorf("%q, want %q", got[i], w)
			}
		}
	}
	problems, err := VerifySources(c, root, nil)
	check(problems, err, `"a.log": changed: its SHA-256 is `, `"logs/b.log": changed: it has 12 bytes, the manifest says 3`, `"c.log": missing`)

	problems, err = VerifySources(c, "", func(path string) (io.ReadCloser, error) {
		if path == "d.log" {
			return nil, errors.New("a tape")
		}
		return io.NopCloser(strings.NewReader(map[string]string{"a.log": "one", "logs/b.log": "two", "c.log": "three"}[path])), nil
	})
	check(problems, err, `"d.log": unreadable: a tape`)
}
