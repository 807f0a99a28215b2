package evidence

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func find(t *testing.T, name string, data []byte) Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o444); err != nil {
		t.Fatal(err)
	}
	s, err := Find([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	return s.Sources[0]
}

// Reading leaves the file as it was, down to its times.
func TestEvidenceUntouched(t *testing.T) {
	for name, data := range map[string][]byte{"plain": lines(0, 50), "whole": gz(t, 6, lines(0, 50)), "cut": gz(t, 6, lines(0, 50))[:500]} {
		src := find(t, name, data)
		old := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
		if err := os.Chtimes(src.File, old, old); err != nil {
			t.Fatal(err)
		}
		readAll(t, src, nil, 4096)
		info, err := os.Stat(src.File)
		if err != nil {
			t.Fatal(err)
		}
		after, _ := os.ReadFile(src.File)
		if !info.ModTime().Equal(old) || !bytes.Equal(after, data) {
			t.Errorf("%s: changed: %v", name, info.ModTime())
		}
	}
}

func TestOpenedReadOnly(t *testing.T) {
	src := find(t, "a.log", []byte("line\n"))
	if err := os.Chmod(src.File, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.file.Write([]byte("x")); err == nil {
		t.Error("the file can be written to")
	}
}

// Large reads of a plain file go to the file in one piece.
func TestLargeReads(t *testing.T) {
	data := lines(0, 5000)
	src := find(t, "a.log", data)
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	buf := make([]byte, len(data))
	if n, err := r.Read(buf); n != len(data) || err != nil || !bytes.Equal(buf, data) {
		t.Errorf("first read: %d of %d, %v", n, len(data), err)
	}
	if n := testing.AllocsPerRun(10, func() { r.Read(buf[:1]) }); n != 0 {
		t.Errorf("%v allocations for a read", n)
	}
}

func TestOpenErrors(t *testing.T) {
	src := find(t, "a.log", []byte("line\n"))
	if err := os.Remove(src.File); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Open(nil); err == nil || !strings.Contains(err.Error(), "a.log") {
		t.Errorf("a file that is gone: %v", err)
	}
	if err := os.Mkdir(src.File, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Open(nil); err == nil {
		t.Error("a folder in place of the file was opened")
	}
	if _, err := (Source{Path: Stdin, File: Stdin}).Open(nil); err == nil {
		t.Error("standard input without a reader was opened")
	}
}

// A file that nobody may read is found, and its Open says why it is not read.
func TestUnreadableFile(t *testing.T) {
	src := find(t, "a.log", []byte("line\n"))
	if err := os.Chmod(src.File, 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(src.File); err == nil {
		f.Close()
		t.Skip("this user may read everything")
	}
	s, err := Find([]string{src.File})
	if err != nil || len(s.Sources) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := s.Sources[0].Open(nil); !os.IsPermission(unwrapAll(err)) {
		t.Errorf("open: %v", err)
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if _, isPath := err.(*os.PathError); isPath || !ok {
			return err
		}
		err = u.Unwrap()
	}
}

// A log that is still written to is read, and a remark made.
func TestFileChanges(t *testing.T) {
	src := find(t, "a.log", lines(0, 10))
	if err := os.Chmod(src.File, 0o644); err != nil {
		t.Fatal(err)
	}
	change := func(what func(f *os.File)) *Reader {
		r, err := src.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(src.File, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		what(f)
		f.Close()
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
		return r
	}
	r := change(func(f *os.File) { f.WriteString("more\n") })
	if r.Damage() != nil || len(r.Warnings()) != 1 || r.RawBytes() != int64(len(lines(0, 10))+5) {
		t.Errorf("grown: %v, %q, %d bytes", r.Damage(), r.Warnings(), r.RawBytes())
	}
	r = change(func(f *os.File) { f.Truncate(600) })
	if r.Damage() == nil || !strings.Contains(r.Damage().Error(), "offset 600") {
		t.Errorf("cut while read: %v", r.Damage())
	}
}

func TestRawOnlyAtTheEnd(t *testing.T) {
	data := gz(t, 6, lines(0, 500))
	src := find(t, "a.gz", data)
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	buf := make([]byte, 100)
	r.Read(buf)
	if _, _, ok := r.Raw(); ok {
		t.Error("a hash in the middle")
	}
	var wg sync.WaitGroup
	wg.Go(func() { // for the race detector
		for range 100 {
			if n := r.RawBytes(); n < 0 || n > int64(len(data)) {
				t.Errorf("raw bytes %d of %d", n, len(data))
			}
		}
	})
	io.Copy(io.Discard, r)
	wg.Wait()
	if sum, n, ok := r.Raw(); !ok || n != src.Size || sum != sha256.Sum256(data) {
		t.Errorf("raw: %d bytes, %v", n, ok)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if n, err := r.Read(buf); n != 0 || err != io.EOF {
		t.Errorf("read after close: %d, %v", n, err)
	}
}

// A Reader that is closed before the end has no hash to give.
func TestClosedEarly(t *testing.T) {
	src := find(t, "a.gz", gz(t, 6, lines(0, 500)))
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Read(make([]byte, 10))
	r.Close()
	if _, _, ok := r.Raw(); ok {
		t.Error("a hash of what was not read")
	}
}
