package spill

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

// Whatever the budget, the blocks come back as they were put.
func TestStoreBudget(t *testing.T) {
	for _, budget := range []int64{0, 1, 1000, 5000, 1 << 30} {
		dir := t.TempDir()
		s := NewStore(budget, dir)
		var blocks []Block
		var want [][]byte
		var total int64
		for i := range 200 {
			data := bytes.Repeat([]byte{byte(i)}, i%97)
			b, err := s.Put(data)
			if err != nil {
				t.Fatal(err)
			}
			blocks, want = append(blocks, b), append(want, bytes.Clone(data))
			total += int64(len(data))
			clear(data) // the store must hold a copy
		}
		for range 2 {
			for i, b := range blocks {
				if got, err := s.Get(b); err != nil || !bytes.Equal(got, want[i]) {
					t.Fatalf("budget %d, block %d: %d bytes, %v", budget, i, len(got), err)
				}
			}
		}
		if in, spilled := s.HeldBytes(), s.SpilledBytes(); in > budget || in+spilled != total {
			t.Errorf("budget %d: %d bytes in memory and %d on disk, of %d", budget, in, spilled, total)
		}
		if names := list(t, dir); runtime.GOOS != "windows" && len(names) > 0 {
			t.Errorf("the file has a name: %v", names)
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if names := list(t, dir); len(names) > 0 {
			t.Errorf("left behind: %v", names)
		}
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestStoreRelease(t *testing.T) {
	s := NewStore(100, t.TempDir())
	defer s.Close()
	first, _ := s.Put(make([]byte, 100))
	if second, _ := s.Put(make([]byte, 100)); second.data != nil || s.SpilledBytes() != 100 {
		t.Error("over the budget")
	} else {
		s.Release(second) // of disk: nothing comes back
	}
	s.Release(first)
	if third, _ := s.Put(make([]byte, 100)); third.data == nil {
		t.Error("the room was given back")
	}
	if empty, err := s.Put(nil); err != nil {
		t.Error(err)
	} else if data, err := s.Get(empty); err != nil || len(data) != 0 {
		t.Error("an empty block", data, err)
	}
}

// What cannot be written or read says where, and what to do.
func TestStoreErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such")
	s := NewStore(0, missing)
	for range 2 {
		if _, err := s.Put([]byte("x")); err == nil || !strings.Contains(err.Error(), "--temp") || !strings.Contains(err.Error(), missing) {
			t.Errorf("unwritable: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	dir := t.TempDir()
	s = NewStore(0, dir)
	b, err := s.Put([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	s.file.Close() // the disk goes away
	if _, err := s.Put([]byte("y")); err == nil || !strings.Contains(err.Error(), "--temp") || !strings.Contains(err.Error(), fmt.Sprintf("%q", dir)) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Get(b); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", dir)) {
		t.Errorf("read: %v", err)
	}
	s.Close()
	if _, err := s.Get(b); err == nil {
		t.Error("read after Close")
	}
	if NewStore(0, "").folder() != os.TempDir() {
		t.Error("no folder is the system's")
	}
}

func TestStoreConcurrent(t *testing.T) {
	s := NewStore(20_000, t.TempDir())
	defer s.Close()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			var blocks []Block
			for i := range 100 {
				b, err := s.Put(bytes.Repeat([]byte{byte(g), byte(i)}, i))
				if err != nil {
					t.Error(err)
					return
				}
				blocks = append(blocks, b)
				k := (i * 7) % len(blocks)
				if got, err := s.Get(blocks[k]); err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(g), byte(k)}, k)) {
					t.Errorf("block %d of %d: %v", k, g, err)
				}
			}
		})
	}
	wg.Wait()
}

// Of stores that share a budget, one gives back what is its own.
func TestStoreApart(t *testing.T) {
	dir := t.TempDir()
	s := NewStore(100, dir)
	defer s.Close()
	apart := s.Apart()
	mine, _ := s.Put(bytes.Repeat([]byte("m"), 60))
	theirs, _ := apart.Put(bytes.Repeat([]byte("t"), 40))
	spilled, err := apart.Put(bytes.Repeat([]byte("s"), 50))
	if err != nil || mine.data == nil || theirs.data == nil || spilled.data != nil || s.HeldBytes() != 100 || s.SpilledBytes() != 50 {
		t.Fatalf("%d bytes in memory, %d on disk, %v", s.HeldBytes(), s.SpilledBytes(), err)
	}
	blocks := apart.NewReader()
	for _, want := range []struct {
		b    Block
		text string
	}{{spilled, "s"}, {theirs, "t"}, {spilled, "s"}, {theirs, "t"}} {
		if got, err := blocks.Get(want.b); err != nil || string(got[:1]) != want.text || len(got) != want.b.Size() {
			t.Errorf("%q, %v", got, err)
		}
	}
	for range 2 {
		if err := apart.Close(); err != nil || s.HeldBytes() != 60 {
			t.Errorf("%d bytes are held, %v", s.HeldBytes(), err)
		}
	}
	if got, err := s.Get(mine); err != nil || string(got[:1]) != "m" {
		t.Errorf("%q, %v", got, err)
	}
	other := s.Apart() // what was given back by itself is not given back again
	first, _ := other.Put(make([]byte, 10))
	_, err = other.Put(make([]byte, 20))
	other.Release(first)
	if err = errors.Join(err, other.Close()); err != nil || s.HeldBytes() != 60 {
		t.Errorf("%d bytes are held, %v", s.HeldBytes(), err)
	}
	var none *Store
	if err := none.Close(); err != nil {
		t.Error(err)
	}
}
