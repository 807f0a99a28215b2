package trace

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/logrecount/recount/internal/pipeline"
)

// packed holds the same two logs in every way in which sources come, by the
// path of what is on the disk.
func packed(t *testing.T, one, two string) map[string]string {
	t.Helper()
	var zst, tarred, zipped bytes.Buffer
	zw, err := zstd.NewWriter(&zst)
	check(t, err)
	_, err = zw.Write([]byte(one))
	check(t, err)
	check(t, zw.Close())
	tw, zipw := tar.NewWriter(&tarred), zip.NewWriter(&zipped)
	for _, m := range []struct{ name, text string }{{"a/one.log", one}, {"b/two.log", two}} {
		check(t, tw.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.text)), Typeflag: tar.TypeReg}))
		_, err := tw.Write([]byte(m.text))
		check(t, err)
		w, err := zipw.Create(m.name)
		check(t, err)
		_, err = w.Write([]byte(m.text))
		check(t, err)
	}
	check(t, tw.Close())
	check(t, zipw.Close())
	return map[string]string{
		"plain/one.log": one, "plain/two.log": two, "packed/one.log.gz": gzipped(t, one), "packed/one.log.zst": zst.String(),
		"logs.tar": tarred.String(), "logs.tar.gz": gzipped(t, tarred.String()), "logs.zip": zipped.String(),
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Two short logs: a comment, a line with CR, and another client's lines between.
var (
	logOne = get("192.0.2.1", "/a.wav", "200", "1000") + get("192.0.2.2", "/a.wav", "200", "1000") + "\r\n" +
		strings.TrimSuffix(get("192.0.2.1", "/a.wav", "206", "500"), "\n") + "\r\n"
	logTwo = get("192.0.2.2", "/b.wav", "200", "77") + get("192.0.2.1", "/b.wav", "404", "9") + strings.TrimSuffix(get("192.0.2.1", "/b.wav", "304", "0"), "\n")
)

// Lines come from sources of every kind, at their place.
func TestSources(t *testing.T) {
	lines := strings.Split(strings.ReplaceAll(logOne+logTwo, "\r", ""), "\n")
	one, two := lines[0]+"\n"+lines[3], lines[5]+"\n"+lines[6]
	for name, content := range packed(t, logOne, logTwo) { // each alone: the same lines would count once
		dir := files(t, map[string]string{name: content})
		c := analyse(t, pipeline.Options{Evidence: []string{dir}})
		tr := run(t, c, Options{Client: "192.0.2.1", Evidence: []string{dir}})
		want := one
		switch {
		case strings.HasPrefix(name, "logs."):
			want += "\n" + two
		case strings.HasSuffix(name, "two.log"):
			want = two
		}
		if got := texts(tr); got != want {
			t.Errorf("%s: lines:\n%s\nwant\n%s", name, got, want)
		}
		if len(tr.Sources) != strings.Count(want, "\n")/3+1 {
			t.Errorf("%s: %d sources", name, len(tr.Sources))
		}
		for _, s := range tr.Sources {
			if s.Unread != "" || s.Moved || !strings.HasSuffix(filepath.ToSlash(s.File), strings.SplitN(s.Path, "!", 2)[0]) {
				t.Errorf("%s: read from %q, moved %v, unread %q", s.Path, s.File, s.Moved, s.Unread)
			}
		}
	}
}

// One byte of a source, anywhere, and nothing is shown.
func TestWrongHash(t *testing.T) {
	content := packed(t, logOne, logTwo)
	for name, text := range content {
		t.Run(name, func(t *testing.T) {
			dir := files(t, map[string]string{name: text, "other/x.log": get("192.0.2.1", "/c.wav", "200", "5")})
			c := analyse(t, pipeline.Options{Evidence: []string{dir}})
			path := filepath.Join(dir, filepath.FromSlash(name))
			for at := 0; at < len(text); at += 1 + len(text)/8 {
				bad := []byte(text)
				bad[at] ^= 1
				check(t, os.WriteFile(path, bad, 0o644))
				for _, place := range []string{dir, path, filepath.Join(dir, "**")} {
					tr, err := Run(c, Options{Client: "192.0.2.1", Evidence: []string{dir, place}, Keep: 1 << 20})
					var wrong *WrongHash
					if !errors.As(err, &wrong) {
						t.Fatalf("byte %d, looked for in %s: %v", at, place, err)
					}
					if wrong.Path != name && !strings.HasPrefix(wrong.Path, name+"!") || len(wrong.Want) != 64 || len(wrong.Got) != 64 || wrong.Want == wrong.Got {
						t.Fatalf("byte %d: %+v", at, wrong)
					}
					for _, l := range tr.given()[0].Lines {
						if l.Source.Path == wrong.Path && l.Text != nil {
							t.Fatalf("byte %d: a line of %s was given", at, wrong.Path)
						}
					}
				}
			}
			for _, text := range []string{text + "\n", text[:len(text)-1], "", "x"} {
				check(t, os.WriteFile(path, []byte(text), 0o644))
				if _, err := Run(c, Options{Client: "192.0.2.1", Evidence: []string{dir}}); !errors.As(err, new(*WrongHash)) {
					t.Errorf("%d bytes: %v", len(text), err)
				}
			}
		})
	}
}

// A source is found at its path, by its name, or by its hash, wherever it is.
func TestPlaces(t *testing.T) {
	dir := files(t, map[string]string{"nginx/access.log": logOne, "apache/access.log": logTwo})
	c := analyse(t, pipeline.Options{Evidence: []string{dir}})
	moved := files(t, map[string]string{"deep/down/renamed": logOne, "nginx/access.log": "192.0.2.9 - -\n", "apache/access.log": logTwo, "same-size": strings.Repeat("x", len(logOne))})
	for name, o := range map[string]struct {
		evidence []string
		moved    string // the sources found by their hash
		unread   string
	}{
		"its folder":               {[]string{dir}, "", ""},
		"with a slash":             {[]string{dir + "/"}, "", ""},
		"another folder first":     {[]string{t.TempDir(), dir}, "", ""},
		"the folder above":         {[]string{filepath.Dir(dir)}, "", ""},
		"its files":                {[]string{dir + "/nginx/access.log", dir + "/apache/access.log"}, "", ""},
		"its files, one above":     {[]string{dir + "/nginx", dir + "/apache/access.log"}, "", ""},
		"a glob":                   {[]string{dir + "/*/access.log"}, "", ""},
		"one of them":              {[]string{dir + "/apache"}, "", "nginx/access.log"},
		"moved, something at home": {[]string{moved}, "nginx/access.log", ""},
		"moved, the file":          {[]string{moved + "/deep/down/renamed"}, "nginx/access.log", "apache/access.log"},
	} {
		t.Run(name, func(t *testing.T) {
			empty := o.evidence[0]
			if entries, err := os.ReadDir(empty); err == nil && len(entries) == 0 {
				check(t, os.WriteFile(filepath.Join(empty, "note"), []byte("x"), 0o644))
			}
			tr := run(t, c, Options{Client: "192.0.2.1", Evidence: o.evidence})
			var found, unread []string
			for _, s := range tr.Sources {
				if s.Moved {
					found = append(found, s.Path)
				}
				if s.Unread != "" {
					unread = append(unread, s.Path)
				}
			}
			if strings.Join(found, " ") != o.moved || strings.Join(unread, " ") != o.unread || tr.Unread() != (o.unread != "") {
				t.Errorf("moved %q, unread %q, want %q and %q", found, unread, o.moved, o.unread)
			}
			for _, g := range tr.given() {
				for _, l := range g.Lines {
					if (l.Text == nil) != (l.Source.Path == o.unread) {
						t.Errorf("%s line %d: %q", l.Source.Path, l.Request.Line, l.Text)
					}
				}
			}
		})
	}
	if _, err := Run(c, Options{Client: "192.0.2.1", Evidence: []string{"no such folder"}}); err == nil {
		t.Error("no such folder: no error")
	}
}

// What came from standard input is untraceable, also as an archive; so is what
// could not be read.
func TestUntraceable(t *testing.T) {
	content := packed(t, logOne, logTwo)
	for _, name := range []string{"plain/one.log", "logs.tar"} {
		dir := files(t, map[string]string{"other.log": logTwo})
		c := analyse(t, pipeline.Options{Evidence: []string{"-", dir}, Stdin: strings.NewReader(content[name])})
		check(t, os.WriteFile(filepath.Join(dir, "-"), []byte(content[name]), 0o644)) // of that name, but not it
		tr := run(t, c, Options{Client: "192.0.2.1", Recording: "/a.wav", Evidence: []string{dir}})
		if got := texts(tr); got != "?\n?" || !tr.Unread() || tr.Differs() || !strings.Contains(tr.Sources[0].Unread, "untraceable") {
			t.Errorf("%s: %q, %+v", name, got, tr.Sources[0])
		}
	}
}

// A file whose hash is right but that the references do not fit is an error.
func TestUnfit(t *testing.T) {
	dir := files(t, map[string]string{"access.log": logOne})
	c := analyse(t, pipeline.Options{Evidence: []string{dir}})
	tr := run(t, c, Options{Client: "192.0.2.1", Evidence: []string{dir}})
	for _, change := range []func(l *Line){
		func(l *Line) { l.Request.Line++ },
		func(l *Line) { l.Request.Line-- },
		func(l *Line) { l.Request.Offset++ },
		func(l *Line) { l.Request.Offset = 1 << 40 },
	} {
		again := &Trace{Case: c}
		d := *tr.Downloads[0]
		d.Lines = nil
		for _, l := range tr.Downloads[0].Lines {
			line := *l
			line.Text = nil
			d.Lines = append(d.Lines, &line)
		}
		change(d.Lines[1])
		again.Downloads = []*Download{&d}
		err := again.read(&Options{Evidence: []string{dir}, Keep: 100})
		if !errors.As(err, new(*unfit)) || !strings.Contains(err.Error(), "access.log") {
			t.Errorf("%v", err)
		}
		if texts(again) != "?\n?" {
			t.Errorf("lines were given: %s", texts(again))
		}
	}
}

// A file that is right, and unpacked comes out otherwise, is a wrong hash too.
func TestWrongStream(t *testing.T) {
	dir := files(t, map[string]string{"access.log.gz": gzipped(t, logOne)})
	c := analyse(t, pipeline.Options{Evidence: []string{dir}})
	tr := run(t, c, Options{Client: "192.0.2.1", Evidence: []string{dir}})
	source := *tr.Sources[0]
	source.StreamSHA256 = strings.Repeat("0", 64)
	line := &Line{Source: &source, Request: tr.Downloads[0].Lines[0].Request}
	again := &Trace{Case: c, Downloads: []*Download{{Given: Given{Lines: []*Line{line}}}}}
	var wrong *WrongHash
	if err := again.read(&Options{Evidence: []string{dir}, Keep: 100}); !errors.As(err, &wrong) || wrong.Want != source.StreamSHA256 || line.Text != nil {
		t.Errorf("%v, %q", err, line.Text)
	}
}
