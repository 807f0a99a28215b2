//go:build linux

package truthlab

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// archive is the folder that a server serves, and what it held at any time.
// Each server has its own, as one scenario puts new files in place of old ones.
type archive struct {
	root       string
	recordings map[string]*recording // by canonical path
}

// recording is one file that is served, and all that it ever was.
type recording struct {
	path     string
	versions []version // the last is the present one
}

// version is what a recording was for a time.
type version struct {
	file string // a copy that is not served and stays
	size int64
}

// made is when the recordings were made, as the servers say in Last-Modified.
var made = time.Date(2018, 5, 1, 10, 0, 0, 0, time.UTC)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// The recordings that scenarios name.
const (
	headerOnly = "/calls/20180501-090000_header.wav"
	umlauts    = "/calls/Återuppringning på måndag ö.wav"
	small      = "/calls/20180501-100000_small.mp3"
	medium     = "/calls/20180501-110000_medium.wav"
	long       = "/calls/20180501-120000_long.wav"
	hours      = "/calls/20180501-130000_hours.wav"
	empty      = "/calls/20180501-140000_empty.wav"
	twoBytes   = "/calls/20180501-150000_two.wav"
	huge       = "/calls/20180501-160000_huge.wav" // sparse, of more than 4 GiB
	changing   = "/changing/20180501-170000.wav"   // has several versions
	growing    = "/changing/20180501-171000.wav"   // its second version is the longer one
	packed     = "/packed/20180501-180000.wav"     // servers that can, send it compressed
	slow       = "/slow/20180501-190000.wav"       // servers that can, send it slowly
	slowLong   = "/slow/20180501-200000.wav"
	playable   = "/calls/20180501-210000_playable.wav" // 20 seconds that a player plays
	lecture    = "/calls/20180501-220000_lecture.wav"  // half an hour that a player plays
	month      = "/2018/04/"                           // a folder to mirror
	inMonth    = month + "20180409-160000_1177_in-8808.wav"
)

// newArchive makes the recordings in a folder.
func newArchive(t *testing.T, dir string) *archive {
	t.Helper()
	a := &archive{root: filepath.Join(dir, "www"), recordings: map[string]*recording{}}
	for _, r := range []struct {
		path string
		size int64
	}{
		{headerOnly, 44}, {umlauts, 15_123}, {small, 9_120}, {medium, 1_250_017}, {long, 25_165_861}, {hours, 48_000_044},
		{empty, 0}, {twoBytes, 2}, {changing, 700_001}, {growing, 300_003}, {slow, mib + 200_000}, {slowLong, 24 * mib},
	} {
		a.put(t, r.path, noise(r.path, r.size))
	}
	for i := range 12 {
		path := fmt.Sprintf("%s201804%02d-%02d0000_1177_in-88%02d.wav", month, i+1, 8+i, i)
		a.put(t, path, noise(path, int64(640+1707*i)))
	}
	a.put(t, playable, speech(playable, 20))
	a.put(t, lecture, speech(lecture, 1800))
	a.put(t, packed, bytes.Repeat([]byte("RIFF silence, data that packs well\n"), 30_000))
	a.sparse(t, huge, 5*gib+17)
	write(t, filepath.Join(a.root, "login.html"), bytes.Repeat([]byte("<p>Log in first.</p>\n"), 70))
	write(t, filepath.Join(a.root, "calls/README.txt"), []byte("Recordings of calls. For staff only.\n"))
	return a
}

// put makes content the present version of a recording. Servers see the old
// file or the new one, never a part.
func (a *archive) put(t *testing.T, path string, content []byte) {
	t.Helper()
	r := a.recordings[path]
	if r == nil {
		r = &recording{path: path}
		a.recordings[path] = r
	}
	kept := filepath.Join(filepath.Dir(a.root), "kept", fmt.Sprintf("%s.%d", path, len(r.versions)))
	write(t, kept, content)
	stamp := made.Add(time.Duration(len(r.versions)) * time.Hour)
	if err := os.Chtimes(kept, stamp, stamp); err != nil {
		t.Fatal(err)
	}
	served := filepath.Join(a.root, path)
	must(t, os.MkdirAll(filepath.Dir(served), 0o755))
	must(t, os.Link(kept, served+".new"))
	must(t, os.Rename(served+".new", served))
	r.versions = append(r.versions, version{kept, int64(len(content))})
}

// sparse makes a recording that is mostly a hole, with some bytes behind 4 GiB.
func (a *archive) sparse(t *testing.T, path string, size int64) {
	t.Helper()
	a.put(t, path, nil)
	v := &a.recordings[path].versions[0]
	f, err := os.OpenFile(v.file, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(noise(path, 64*kib), 4*gib-1000)
	must(t, err)
	must(t, f.Truncate(size))
	must(t, f.Close())
	must(t, os.Chtimes(v.file, made, made))
	v.size = size
}

// present is the version of a recording that is served now.
func (a *archive) present(path string) (n int, v version) {
	r := a.recordings[path]
	return len(r.versions) - 1, r.versions[len(r.versions)-1]
}

// sizes are those that a recording ever had.
func (a *archive) sizes(path string) []int64 {
	var all []int64
	if r := a.recordings[path]; r != nil {
		for _, v := range r.versions {
			all = append(all, v.size)
		}
	}
	return all
}

// inventory writes the sizes as of now.
func (a *archive) inventory(t *testing.T, file string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("path,size\n")
	for _, path := range slices.Sorted(maps.Keys(a.recordings)) {
		_, v := a.present(path)
		fmt.Fprintf(&b, "%s,%d\n", path, v.size)
	}
	write(t, file, []byte(b.String()))
}

// holds says whether body is what stands in a version from a byte on.
func (v version) holds(from int64, body []byte) (bool, error) {
	f, err := os.Open(v.file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	there := make([]byte, len(body))
	if n, _ := f.ReadAt(there, from); n < len(body) {
		return false, nil
	}
	return bytes.Equal(there, body), nil
}

// noise is bytes that depend on the name only.
func noise(name string, size int64) []byte {
	b := make([]byte, size)
	rand.NewChaCha8(sha256.Sum256([]byte(name))).Read(b)
	return b
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, content, fs.FileMode(0o644)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
