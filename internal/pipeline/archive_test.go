package pipeline

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// readTree reads the files below root, in the order of their names.
func readTree(t *testing.T, root string) (names []string, data map[string]string) {
	t.Helper()
	data = map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		data[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, data
}

func tarred(t *testing.T, names []string, data map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data[name])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(data[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, names []string, data map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(data[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func manifestOf(t *testing.T, dir string) *casefile.Manifest {
	t.Helper()
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestArchivesAreTheSame: logs in an archive come to the same case as the logs
// as files, but for the paths of the sources.
func TestArchivesAreTheSame(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	_, log := readTree(t, logs)
	names, data := readTree(t, nasLogs)
	names, data["z/made-up.log.gz"] = append(names, "z/made-up.log.gz"), packed(t, log["access.log"])
	names, data["z/none.log"] = append(names, "z/none.log"), ""
	plain, want := analyse(t, Options{Evidence: []string{files(t, data)}, Inventory: inventory})
	tarball := tarred(t, names, data)
	for kind, text := range map[string]string{"tar": tarball, "tar+gzip": packed(t, tarball), "zip": zipped(t, names, data)} {
		root := files(t, map[string]string{"logs": text})
		o := Options{Evidence: []string{root}, Inventory: inventory, Workers: 3}
		dir, got := analyse(t, o)
		again, _ := analyse(t, Options{Evidence: []string{root}, Inventory: inventory, Workers: 1, Memory: tiny})
		sameCase(t, kind+", other workers", again, dir)
		for _, name := range casefile.TableNames() {
			a, b := table(t, plain, name), table(t, dir, name)
			if len(a) != len(b) {
				t.Errorf("%s: %s has %d rows, want %d", kind, name, len(b), len(a))
				continue
			}
			for i := range a {
				for column, v := range a[i] {
					if column == "path" {
						v = "logs!" + v.(string)
					}
					if column != "meaning_why" && fmt.Sprint(b[i][column]) != fmt.Sprint(v) {
						t.Fatalf("%s: %s row %d: %s is %v, want %v", kind, name, i, column, b[i][column], v)
					}
				}
			}
		}
		if got.Summary.Accounting != want.Summary.Accounting || fmt.Sprint(got.Summary.Counts, got.Summary.Grades) != fmt.Sprint(want.Summary.Counts, want.Summary.Grades) {
			t.Errorf("%s: %+v, want %+v", kind, got.Summary.Accounting, want.Summary.Accounting)
		}
		m := manifestOf(t, dir)
		if len(m.Archives) != 1 || m.Archives[0].Name != "logs" || m.Archives[0].Bytes != int64(len(text)) || !strings.HasPrefix(m.Archives[0].Detail, kind+",") {
			t.Errorf("%s: archives %+v", kind, m.Archives)
		}
		if problems, err := casefile.VerifySources(open(t, dir), root, nil); err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", kind, problems, err)
		}
		path := filepath.Join(root, "logs")
		flipped := []byte(text)
		flipped[len(flipped)/2] ^= 1
		if err := os.WriteFile(path, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		if problems, err := casefile.VerifySources(open(t, dir), root, nil); err != nil || len(problems) != 1 || problems[0].File != "logs" || problems[0].Kind != casefile.Changed {
			t.Errorf("%s, a bit flipped: %v %v", kind, problems, err)
		}
	}
}

func open(t *testing.T, dir string) *casefile.Case {
	t.Helper()
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestArchiveSettings: what is said of sources reaches the members, by their
// paths, their names, or that of their archive; a glob for nothing is found.
func TestArchiveSettings(t *testing.T) {
	line := get("192.0.2.1", 1, "/a.wav", 200, 1000)
	data := map[string]string{"var/a.log": line, "b.log": line, "c.txt": line}
	root := files(t, map[string]string{"x.tar": tarred(t, []string{"var/a.log", "b.log", "c.txt"}, data), "plain.log": line})
	for glob, reached := range map[string][]string{
		"*.log": {"plain.log", "x.tar!b.log", "x.tar!var/a.log"}, "b.log": {"x.tar!b.log"}, "x.tar": {"x.tar!b.log", "x.tar!c.txt", "x.tar!var/a.log"},
		"x.tar!var/*": {"x.tar!var/a.log"}, "**/a.log": {"x.tar!var/a.log"}, "*.txt": {"x.tar!c.txt"},
	} {
		dir, _ := analyse(t, Options{Evidence: []string{root}, Meanings: []PerSource{{glob, "planned"}}})
		var got []string
		for _, r := range table(t, dir, casefile.TableSources) {
			if r["bytes_meaning"] == "planned" {
				got = append(got, r["path"].(string))
			}
		}
		if slices.Sort(got); !slices.Equal(got, reached) {
			t.Errorf("%s: %q, want %q", glob, got, reached)
		}
	}
	_, err := Run(t.Context(), Options{Evidence: []string{root}, Out: filepath.Join(t.TempDir(), "case"), Meanings: []PerSource{{"d.log", "planned"}}})
	if err == nil || !strings.Contains(err.Error(), "matches no source") {
		t.Errorf("a glob for nothing: %v", err)
	}
}

// TestDamagedArchive: what can be read is counted, and all that cannot is named.
func TestDamagedArchive(t *testing.T) {
	log := func(client string) string {
		var lines strings.Builder
		for i := range 200 {
			lines.WriteString(get(client, i, fmt.Sprintf("/%d.wav", i), 200, 1000))
		}
		return lines.String()
	}
	text := log("192.0.2.1")
	tarball := tarred(t, []string{"a.log", "inner.tar", "b.log"}, map[string]string{"a.log": text, "inner.tar": tarred(t, []string{"x"}, map[string]string{"x": text}), "b.log": log("192.0.2.2")})
	cut := tarball[:len(tarball)-5000]
	dir, out := analyse(t, Options{Evidence: []string{files(t, map[string]string{"x.tar": cut})}})
	if !out.Damaged {
		t.Error("not damaged")
	}
	unread := strings.Join(out.Unread, "\n")
	for _, part := range []string{"x.tar!b.log: ", "the archive ends", "x.tar: ", "members may be missing", "x.tar!inner.tar: a tar in an archive"} {
		if !strings.Contains(unread, part) {
			t.Errorf("no %q in\n%s", part, unread)
		}
	}
	var lines int64
	for _, r := range table(t, dir, casefile.TableSources) {
		n := r["lines"].(int64)
		lines += n
		sum := int64(0)
		for _, c := range []string{"requests", "other", "rejected", "comments", "blank", "duplicates"} {
			sum += r[c].(int64)
		}
		if sum != n {
			t.Errorf("%v: %d lines, %d accounted for", r["path"], n, sum)
		}
	}
	if lines < 300 || lines >= 400 {
		t.Errorf("%d lines", lines)
	}
	_, out = analyse(t, Options{Evidence: []string{"-"}, Stdin: strings.NewReader(packed(t, tarball))})
	if a := out.Summary.Accounting; a.Sources != 2 || a.Requests != 400 {
		t.Errorf("standard input: %+v", a)
	}
	_, out = analyse(t, Options{Evidence: []string{"-"}, Stdin: strings.NewReader(zipped(t, []string{"a"}, map[string]string{"a": text}))})
	if !out.Damaged || !strings.Contains(strings.Join(out.Unread, ""), "save it and name the file") {
		t.Errorf("a zip on standard input: %q", out.Unread)
	}
}

// TestZipBadOffset: a member whose header is said to lie behind the end of the
// file is told as unread, and those behind it are read.
func TestZipBadOffset(t *testing.T) {
	names, logs := []string{"a.log", "b.log", "c.log"}, map[string]string{}
	for _, name := range names {
		logs[name] = get("192.0.2.1", 1, "/a/x.wav", 200, 1000)
	}
	data := []byte(zipped(t, names, logs))
	entry := []byte("PK\x01\x02") // of the directory; the offset stands 42 bytes behind
	second := bytes.Index(data, entry)
	second += 4 + bytes.Index(data[second+4:], entry)
	copy(data[second+42:], []byte{0, 0, 0xF0, 0x7F})
	_, out := analyse(t, Options{Evidence: []string{files(t, map[string]string{"logs.zip": string(data)})}})
	if a := out.Summary.Accounting; a.Sources != 3 || a.Lines != 2 || !out.Damaged {
		t.Errorf("accounting %+v, damaged %v, unread %q", a, out.Damaged, out.Unread)
	}
}
