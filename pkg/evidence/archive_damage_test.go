package evidence

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
)

// An archive that was cut gives all that is before the cut, and says so.
func TestArchiveCut(t *testing.T) {
	a, b := lines(0, 40), lines(40, 40)
	items := []item{{name: "a", data: a}, {name: "b", data: b}, {name: "c", data: a}}
	plain := tarOf(t, items...)
	end := len(plain) - 1024
	for cut := 512; cut < len(plain)-512; cut += 97 {
		for how, got := range map[string]*content{"file": walkFile(t, plain[:cut]), "stdin": walkStdin(t, plain[:cut])} {
			checkCut(t, fmt.Sprintf("tar at %d, %s", cut, how), got, items)
			if got.archive.Damage == nil {
				t.Errorf("tar cut at %d of %d: no damage", cut, len(plain))
			}
			// What is there is used to the byte.
			have := 0
			for _, d := range got.data {
				have += len(d)
			}
			if have < min(cut, end)-3*1024 { // three headers and three paddings
				t.Errorf("tar cut at %d: %d bytes were used", cut, have)
			}
		}
	}
	packed := gz(t, 6, plain)
	for cut := 600; cut < len(packed); cut += 131 {
		got := walkFile(t, packed[:cut])
		if got.archive == nil {
			continue
		}
		checkCut(t, fmt.Sprintf("tar.gz at %d", cut), got, items)
		if got.archive.Damage == nil {
			t.Errorf("tar.gz cut at %d: no damage", cut)
		}
	}
	z := zipOf(t, items...)
	for cut := 50; cut < len(z); cut += 53 {
		got := walkFile(t, z[:cut])
		checkCut(t, fmt.Sprintf("zip at %d", cut), got, items)
		if got.archive.Damage == nil {
			t.Errorf("zip cut at %d of %d: no damage", cut, len(z))
		}
		if dir := bytes.Index(z, zipCentral); cut > dir+4 && (len(got.damage) > 0 || len(got.names) != 3) && !strings.Contains(fmt.Sprint(got.damage["c"]), "how long") {
			t.Errorf("zip cut in its directory at %d: %q %v", cut, got.names, got.damage)
		}
	}
}

// checkCut: each member has the beginning of its data, and damage if not all.
func checkCut(t *testing.T, what string, got *content, items []item) {
	t.Helper()
	if len(got.names) > len(items) {
		t.Errorf("%s: members %q", what, got.names)
		return
	}
	for i, name := range got.names {
		if name != items[i].name || !bytes.HasPrefix(items[i].data, got.data[name]) {
			t.Errorf("%s: member %q is wrong", what, name)
		}
		if len(got.data[name]) < len(items[i].data) && got.damage[name] == nil {
			t.Errorf("%s: %q has %d bytes of %d and no damage", what, name, len(got.data[name]), len(items[i].data))
		}
	}
}

func TestTarDamage(t *testing.T) {
	a, b := lines(0, 40), lines(40, 40)
	one, two := tarOf(t, item{name: "a", data: a}, item{name: "b", data: b}), tarOf(t, item{name: "c", data: a})
	bad := bytes.Clone(one)
	bad[(len(a)+511)/512*512+512+3] ^= 0x20 // in the header of b
	for _, tt := range []struct {
		name    string
		data    []byte
		members string
		damage  string
		warning string
	}{
		{"two archives", append(bytes.Clone(one), two...), "a b c", "", "another archive follows"},
		{"no padding between", append(bytes.Clone(one[:len(one)-512]), two...), "a b c", "damaged before", ""},
		{"garbage behind", append(bytes.Clone(one), "garbage"...), "a b", "neither zero nor an archive", ""},
		{"zeros behind", append(bytes.Clone(one), make([]byte, 9000)...), "a b", "", ""},
		{"header of the last damaged", bad, "a", "no further member", ""},
		{"header in the middle damaged", append(bad[:len(bad)-1024:len(bad)-1024], two...), "a c", "went on with the next header", ""},
		{"no end", one[:len(one)-1024], "a b", "without the mark of its end", ""},
	} {
		for how, got := range map[string]*content{"file": walkFile(t, tt.data), "gzip": walkFile(t, gz(t, 6, tt.data)), "stdin": walkStdin(t, tt.data)} {
			damage := fmt.Sprint(got.archive.Damage)
			if strings.Join(got.names, " ") != tt.members || len(got.damage) > 0 || (tt.damage == "") != (got.archive.Damage == nil) ||
				!strings.Contains(damage, tt.damage) || !strings.Contains(strings.Join(got.archive.Warnings, " "), tt.warning) {
				t.Errorf("%s, %s: %q, %v, %v, %q", tt.name, how, got.names, got.damage, got.archive.Damage, got.archive.Warnings)
			}
		}
	}
}

// patch changes a field of the header in a zip's directory of the n-th member.
func patch(z []byte, n, at int, v ...byte) []byte {
	z = bytes.Clone(z)
	from := 0
	for range n + 1 {
		from += bytes.Index(z[from:], zipCentral) + 1
	}
	copy(z[from-1+at:], v)
	return z
}

func TestZipDamage(t *testing.T) {
	a, b := lines(0, 40), lines(40, 40)
	items := []item{{name: "a", data: a}, {name: "b", data: b}, {name: "c", data: a}}
	z := zipOf(t, items...)
	for _, tt := range []struct {
		name string
		data []byte
		want string // of the damage of b
		all  bool   // of b was used
	}{
		{"encrypted", patch(z, 1, 8, 1), "encrypted", false},
		{"method", patch(z, 1, 10, 99), "method 99", false},
		{"checksum", patch(z, 1, 16, 1, 2, 3, 4), "checksum", true},
		{"size", patch(z, 1, 24, 1, 0, 0, 0), "the archive says 1", true},
		{"packed data cut", patch(z, 1, 20, 100, 0, 0, 0), "after", false},
		{"offset out of the file", patch(z, 1, 42, 0xff, 0xff, 0xff, 0x7f), "header", false},
		{"overlap", patch(z, 1, 42, 0, 0, 0, 0), "made to swell", false},
		{"huge", patch(z, 1, 20, 0xfe, 0xff, 0xff, 0xff), "", true},
	} {
		got := walkFile(t, tt.data)
		if !bytes.Equal(got.data["a"], a) && tt.name != "overlap" {
			t.Errorf("%s: a has %d bytes", tt.name, len(got.data["a"]))
		}
		if tt.want != "" && (got.damage["b"] == nil || !strings.Contains(got.damage["b"].Error(), tt.want)) {
			t.Errorf("%s: %v", tt.name, got.damage["b"])
		}
		if bytes.Equal(got.data["b"], b) != tt.all {
			t.Errorf("%s: b has %d bytes of %d", tt.name, len(got.data["b"]), len(b))
		}
	}
	// In a zip that was cut, the directory of a zip inside it may be the last.
	inner := zipOf(t, item{name: "inner.log", data: b})
	outer := zipOf(t, item{name: "a", data: a}, item{name: "b", data: b}, item{name: "in.zip", data: inner})
	cut := outer[:bytes.Index(outer, inner)+len(inner)]
	got := walkFile(t, cut)
	if got.archive.Damage == nil || !bytes.Equal(got.data["a"], a) || !bytes.Equal(got.data["b"], b) {
		t.Errorf("cut behind an inner zip: %q, %v", got.names, got.archive.Damage)
	}
}

// What an archive claims to hold does not become memory.
func TestBombs(t *testing.T) {
	zeros := make([]byte, 1<<20)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.Create("zeros")
	for range 32 {
		f.Write(zeros)
	}
	w.Close()
	big := append(rawHeader("huge", 1<<33-1, 0), zeros...)
	many := func() []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for i := range 3000 {
			w.WriteHeader(&tar.Header{Name: fmt.Sprint("f", i), Typeflag: tar.TypeReg})
		}
		w.Close()
		return b.Bytes()
	}()
	small := standardLimits
	small.entries, small.names, small.directory, small.problems = 1000, 10_000, 20_000, 10
	for name, tt := range map[string]struct {
		data   []byte
		damage string
		limits limits
	}{
		"zip of zeros":        {b.Bytes(), "", standardLimits},
		"tar in a small gzip": {gz(t, 9, tarOf(t, item{name: "z", data: make([]byte, 32<<20)})), "", standardLimits},
		"size is a lie":       {big, "unexpected end", standardLimits},
		"many entries":        {many, "more than 1000 entries", small},
		"names":               {many, "the names in it", func() limits { l := small; l.entries, l.names = 1e6, 5000; return l }()},
		"directory": {zipOf(t, func() (items []item) {
			for i := range 1000 {
				items = append(items, item{name: fmt.Sprint(i)})
			}
			return
		}()...), "its directory", small},
	} {
		src := find(t, "bomb", tt.data)
		grown := allocated(func() {
			c, err := src.contents(nil, tt.limits)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for {
				_, r, err := c.Next()
				if err == io.EOF {
					break
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					t.Fatal(err)
				}
			}
			if d := c.Archive().Damage; (d != nil) != (tt.damage != "") || d != nil && !strings.Contains(d.Error(), tt.damage) {
				t.Errorf("%s: %v", name, d)
			}
		})
		if grown > 24<<20 {
			t.Errorf("%s: %d MiB were allocated", name, grown>>20)
		}
	}
	// Problems beyond what can be listed are one line.
	var items []item
	for i := range 50 {
		items = append(items, item{name: fmt.Sprint(i), kind: tar.TypeFifo})
	}
	got := walk(t, find(t, "pipes", tarOf(t, items...)), nil, small)
	if n := len(got.archive.Problems); n != 11 {
		t.Errorf("%d problems are listed", n)
	}
	got = walk(t, find(t, "name", tarOf(t, item{name: strings.Repeat("n", 70<<10)}, item{name: "x"})), nil, standardLimits)
	if len(got.archive.Problems) != 1 || len(got.archive.Problems[0].Path) > 100 || len(got.names) != 1 {
		t.Errorf("a name of 70 KiB: %d problems, %d members", len(got.archive.Problems), len(got.names))
	}
}

// FuzzArchive: whatever the bytes, the walk ends, and the hash covers all.
func FuzzArchive(f *testing.F) {
	items := []item{{name: "a", data: lines(0, 5)}, {name: "l", kind: tar.TypeSymlink, link: "a"}, {name: "b", data: lines(5, 5)}}
	z := zipOf(f, items...)
	binary.LittleEndian.PutUint16(z[6:], 0)
	for _, seed := range [][]byte{tarOf(f, items...), z, zipOf(f, items...), gz(f, 6, tarOf(f, items...)), z[:len(z)-30], rawTar(items)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := walkFile(t, data)
		seen := map[string]bool{}
		for _, n := range got.names {
			if seen[n] {
				t.Errorf("the name %q twice", n)
			}
			seen[n] = true
		}
		if archiveKind(data) == "tar" {
			if other := walkStdin(t, data); len(other.names) != len(got.names) || (other.archive.Damage == nil) != (got.archive.Damage == nil) {
				t.Errorf("the file has %q, standard input %q", got.names, other.names)
			}
		}
	})
}
