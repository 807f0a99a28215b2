package spill

import (
	"errors"
	"syscall"
	"testing"
)

// TestReleaseOnDisk: what was released takes no room on the disk any more, and
// what was not is still there.
func TestReleaseOnDisk(t *testing.T) {
	s := NewStore(0, t.TempDir())
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
	switch err := syscall.Fallocate(int(s.file.Fd()), keepSize|punchHole, 4<<20, 4096); {
	case errors.Is(err, syscall.EOPNOTSUPP): // ext4, xfs, btrfs and tmpfs do
		t.Skip("the file system makes no holes")
	case err != nil:
		t.Fatal(err)
	}
	s.Release(first)
	if after := room(); after > before-int64(len(text))/2 {
		t.Errorf("%d bytes on disk before, %d after a block of %d was released", before, after, len(text))
	}
	if got, err := s.Get(second); err != nil || string(got) != string(text) {
		t.Errorf("the other block is gone: %v", err)
	}
}
