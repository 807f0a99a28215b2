package spill

import (
	"os"
	"syscall"
	"testing"
)

// holeDir is a folder on a file system that makes holes, as ext4, xfs, btrfs and tmpfs
// do: the usual one for temporary files, or the memory's.
func holeDir(t *testing.T) string {
	for _, parent := range []string{"", "/dev/shm"} {
		dir, err := os.MkdirTemp(parent, "recount-holes-*")
		if err != nil {
			continue
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		s := NewStore(0, dir)
		defer s.Close()
		if _, err := s.Put(make([]byte, 1<<13)); err != nil {
			t.Fatal(err)
		}
		if syscall.Fallocate(int(s.file.Fd()), keepSize|punchHole, 0, 1<<12) == nil {
			return dir
		}
	}
	t.Fatal("neither the folder for temporary files nor /dev/shm makes holes; set TMPDIR to one that does")
	return ""
}

// TestReleaseOnDisk: what was released takes no room on the disk any more, and
// what was not is still there.
func TestReleaseOnDisk(t *testing.T) {
	s := NewStore(0, holeDir(t))
	defer s.Close()
	text := make([]byte, 1<<20)
	for i := range text {
		text[i] = byte(i % 251)
	}
	first, err := s.Put(text)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Put(text)
	if err != nil {
		t.Fatal(err)
	}
	room := func() int64 {
		if err := s.file.Sync(); err != nil {
			t.Fatal(err)
		}
		var info syscall.Stat_t
		if err := syscall.Fstat(int(s.file.Fd()), &info); err != nil {
			t.Fatal(err)
		}
		return info.Blocks * 512
	}
	before := room()
	s.Release(first)
	if after := room(); after > before-int64(len(text))/2 {
		t.Errorf("%d bytes on disk before, %d after a block of %d was released", before, after, len(text))
	}
	if got, err := s.Get(second); err != nil || string(got) != string(text) {
		t.Errorf("the other block is gone: %v", err)
	}
}
