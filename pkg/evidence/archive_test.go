package evidence

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// item is an entry of an archive to be made.
type item struct {
	name string
	data []byte
	kind byte   // of a tar; 0: a regular file
	link string // its target
}

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Size: int64(len(i.data)), Mode: 0o644, Typeflag: i.kind, Linkname: i.link}
		if i.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(i.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for n, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		if n%3 == 2 {
			h.Method = zip.Store
		}
		if i.kind == tar.TypeSymlink {
			h.SetMode(os.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(i.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// content is what a file of the evidence turned out to hold.
type content struct {
	names   []string
	data    map[string][]byte
	damage  map[string]error // of members, those that cannot be read included
	hashes  map[string][32]byte
	archive *Archive
}

func walk(t testing.TB, s Source, stdin io.Reader, l limits) *content {
	t.Helper()
	c, err := s.contents(stdin, l)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := &content{data: map[string][]byte{}, damage: map[string]error{}, hashes: map[string][32]byte{}}
	for {
		src, r, err := c.Next()
		if err == io.EOF {
			break
		}
		name := src.Member
		if src.Archive != "" && src.Path != src.Archive+"!"+src.Member {
			t.Errorf("path %q of member %q", src.Path, src.Member)
		}
		got.names = append(got.names, name)
		if err != nil {
			got.damage[name] = err
			continue
		}
		got.data[name], err = io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if r.Damage() != nil {
			got.damage[name] = r.Damage()
		}
		if sum, _, ok := r.Raw(); ok {
			got.hashes[name] = sum
		}
	}
	got.archive = c.Archive()
	return got
}

func walkFile(t testing.TB, data []byte) *content {
	t.Helper()
	name := filepath.Join(os.TempDir(), fmt.Sprintf("recount-archive-test-%d", os.Getpid()))
	defer os.Remove(name)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	src, ahead := Source{Path: "a", File: name, Size: int64(len(data))}, standardLimits
	ahead.pace = testPace(len(data))
	got := walk(t, src, nil, standardLimits)
	if other := walk(t, src, nil, ahead); !reflect.DeepEqual(other, got) {
		t.Errorf("read ahead at pace %v, the archive gives %q, %v, %+v\nwant %q, %v, %+v", ahead.pace,
			other.names, other.damage, other.archive, got.names, got.damage, got.archive)
	}
	if got.archive != nil && (got.archive.SHA256 != sha256.Sum256(data) || got.archive.Bytes != int64(len(data))) {
		t.Errorf("the archive's hash or size is wrong: %d bytes of %d", got.archive.Bytes, len(data))
	}
	return got
}

func walkStdin(t testing.TB, data []byte) *content {
	t.Helper()
	got := walk(t, Source{Path: Stdin, File: Stdin, Size: -1}, bytes.NewReader(data), standardLimits)
	if got.archive != nil && (got.archive.SHA256 != sha256.Sum256(data) || got.archive.Bytes != int64(len(data))) {
		t.Errorf("standard input: the archive's hash or size is wrong: %d bytes of %d", got.archive.Bytes, len(data))
	}
	return got
}

// Each member is a source, in the order of the archive, whatever the wrapping.
func TestArchive(t *testing.T) {
	a, b, c := lines(0, 300), lines(300, 200), lines(500, 100)
	long := strings.Repeat("deep/", 40) + "access.log"
	items := []item{
		{name: "var/log/", kind: tar.TypeDir}, {name: "var/log/b.log", data: a}, {name: "./var//log/a.log.gz", data: gz(t, 6, b)},
		{name: "empty"}, {name: long, data: zst(t, c)}, {name: "x.xz", data: xzd(t, a)}, {name: "ünï.log", data: c},
	}
	want := map[string][]byte{"var/log/b.log": a, "var/log/a.log.gz": b, "empty": {}, long: c, "x.xz": a, "ünï.log": c}
	order := []string{"var/log/b.log", "var/log/a.log.gz", "empty", long, "x.xz", "ünï.log"}
	plain := tarOf(t, items...)
	for name, data := range map[string][]byte{
		"tar": plain, "tar+gzip": gz(t, 6, plain[:3000], plain[3000:]), "tar+zstd": zst(t, plain), "tar+xz": xzd(t, plain), "zip": zipOf(t, items...),
	} {
		got := []*content{walkFile(t, data)}
		if name != "zip" {
			got = append(got, walkStdin(t, data))
		}
		for _, g := range got {
			if !slices.Equal(g.names, order) {
				t.Errorf("%s: members %q", name, g.names)
			}
			for member, text := range want {
				if !bytes.Equal(g.data[member], text) {
					t.Errorf("%s: %s has %d bytes, want %d", name, member, len(g.data[member]), len(text))
				}
			}
			if g.hashes["x.xz"] != sha256.Sum256(items[5].data) || len(g.hashes) != 3 {
				t.Errorf("%s: the hash of a compressed member is not that of what is stored", name)
			}
			ar := g.archive
			if ar == nil || ar.Kind != name || ar.Members != len(want) || ar.Damage != nil || len(ar.Problems)+len(ar.Warnings) > 0 || len(g.damage) > 0 {
				t.Errorf("%s: %+v, %v", name, ar, g.damage)
			}
		}
	}
}

// A member can be opened alone, by the path that the walk gave it.
func TestOpenMember(t *testing.T) {
	items := []item{{name: "a", data: lines(0, 50)}, {name: "a", data: gz(t, 6, lines(50, 50))}, {name: "b", data: lines(9, 9)}}
	for kind, data := range map[string][]byte{"tar": tarOf(t, items...), "tar.gz": gz(t, 6, tarOf(t, items...)), "zip": zipOf(t, items...)} {
		src := find(t, "logs", data)
		got := readAll(t, Source{Path: "logs!a#2", File: src.File, Archive: "logs", Member: "a#2"}, nil, 700)
		if !bytes.Equal(got.data, lines(50, 50)) || got.kind != "gzip" {
			t.Errorf("%s: %d bytes, %s", kind, len(got.data), got.kind)
		}
		if _, err := (Source{File: src.File, Archive: "logs", Member: "c"}).Open(nil); err == nil || !strings.Contains(err.Error(), `no member "c"`) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestHostileNames(t *testing.T) {
	line := []byte("x\n")
	tests := []struct{ stored, want string }{
		{"/etc/passwd", "/etc/passwd"}, {"../../etc/passwd", "../../etc/passwd"}, {"a/../b", "a/../b"}, {`c:\win\a.log`, `c:\\win\\a.log`},
		{"a\x1b[2Jb", `a\x1b[2Jb`}, {"a\nb", `a\x0ab`}, {"\u202egol.a", `\xe2\x80\xaegol.a`}, {"\xff\xfe", `\xff\xfe`},
		{"same", "same"}, {"same", "same#2"}, {"./same", "same#3"}, {"same#2", "same#2#2"}, {"same", "same#4"},
		{"a!b", "a!b"}, {`lit\x1b`, `lit\\x1b`}, {"-", "-"},
	}
	var items []item
	var want []string
	for _, tt := range tests {
		items = append(items, item{name: tt.stored, data: line})
		want = append(want, tt.want)
	}
	for kind, got := range map[string]*content{"tar": walkFile(t, rawTar(items)), "zip": walkFile(t, zipOf(t, items...))} {
		if !slices.Equal(got.names, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", kind, got.names, want)
		}
	}
}

// rawTar writes headers that no library would.
func rawTar(items []item) []byte {
	var b bytes.Buffer
	for _, i := range items {
		b.Write(rawHeader(i.name, len(i.data), i.kind))
		b.Write(i.data)
		b.Write(make([]byte, -len(i.data)&511))
	}
	b.Write(make([]byte, 1024))
	return b.Bytes()
}

func rawHeader(name string, size int, kind byte) []byte {
	h := make([]byte, 512)
	copy(h[:100], name)
	copy(h[100:], "0000644\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	copy(h[136:], "00000000000\x00")
	h[156] = '0'
	if kind != 0 {
		h[156] = kind
	}
	copy(h[257:], "ustar\x0000")
	sum := 0
	copy(h[148:], "        ")
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}

// What is no log is listed, not read, and the rest is.
func TestArchiveProblems(t *testing.T) {
	log := lines(0, 20)
	inner := tarOf(t, item{name: "inner.log", data: log})
	sparse := rawHeader("sparse", 0, 'S')
	sum := 0
	copy(sparse[257:], "ustar  \x00")
	copy(sparse[148:], "        ")
	for _, c := range sparse {
		sum += int(c)
	}
	copy(sparse[148:], fmt.Sprintf("%06o\x00 ", sum))
	items := []item{
		{name: "first.log", data: log}, {name: "link", kind: tar.TypeSymlink, link: "first.log"}, {name: "hard", kind: tar.TypeLink, link: "first.log"},
		{name: "lost", kind: tar.TypeLink, link: "elsewhere"}, {name: "null", kind: tar.TypeChar}, {name: "pipe", kind: tar.TypeFifo},
		{name: "in.tar", data: inner}, {name: "in.tgz", data: gz(t, 6, inner)}, {name: "in.zip", data: zipOf(t, item{name: "a", data: log})},
		{name: "last.log", data: log},
	}
	got := walkFile(t, tarOf(t, items...))
	var problems []string
	for _, p := range got.archive.Problems {
		problems = append(problems, strings.TrimPrefix(p.Path, "a!"))
	}
	if want := "link lost null pipe in.tar in.tgz in.zip"; strings.Join(problems, " ") != want {
		t.Errorf("problems %q, want %q", problems, want)
	}
	if want := "first.log last.log"; strings.Join(got.names, " ") != want || len(got.archive.Warnings) != 1 {
		t.Errorf("members %q, warnings %q", got.names, got.archive.Warnings)
	}
	got = walkFile(t, append(sparse, tarOf(t, item{name: "x", data: log})...))
	if len(got.archive.Problems) != 1 || !strings.Contains(got.archive.Problems[0].Reason, "sparse") || !bytes.Equal(got.data["x"], log) {
		t.Errorf("sparse: %+v", got.archive)
	}
	got = walkFile(t, zipOf(t, item{name: "l", kind: tar.TypeSymlink, data: []byte("x")}, item{name: "d/"}, item{name: "in.tar", data: inner}, item{name: "x", data: log}))
	if len(got.archive.Problems) != 2 || !bytes.Equal(got.data["x"], log) {
		t.Errorf("zip: %+v", got.archive)
	}
}

// A zip within a gzip, or on standard input, is a clear error.
func TestZipElsewhere(t *testing.T) {
	z := zipOf(t, item{name: "a", data: lines(0, 50)})
	if _, err := (Source{Path: Stdin, File: Stdin, Size: -1}).Contents(bytes.NewReader(z)); err == nil || !strings.Contains(err.Error(), "save it") {
		t.Errorf("standard input: %v", err)
	}
	if _, err := find(t, "z.gz", gz(t, 6, z)).Contents(nil); err == nil || !strings.Contains(err.Error(), "hand in the zip itself") {
		t.Errorf("in a gzip: %v", err)
	}
}

// No line of a log makes it an archive: the magic numbers have bytes that
// servers write escaped.
func TestLogIsNoArchive(t *testing.T) {
	log := []byte(strings.Repeat("x", 257) + "ustar  00" + strings.Repeat("y", 300) + "\n")
	if got := walkFile(t, log); got.archive != nil || len(got.names) != 1 || !bytes.Equal(got.data[""], log) {
		t.Errorf("%+v", got.archive)
	}
	if got := walkFile(t, []byte("PK 192.0.2.1\n")); got.archive != nil {
		t.Errorf("%+v", got.archive)
	}
}

// allocated runs f and gives how many bytes it allocated in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
