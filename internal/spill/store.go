// Package spill keeps sorted runs: in memory while a budget lasts, on disk
// after that. Blocks of bytes come in; the same blocks come out, wherever they
// were kept, so that what is made of them does not depend on the memory.
//
// It knows nothing of what the blocks hold. The temporary file is made when it
// is first needed, and is gone when the Store is closed; where the system
// allows it has no name, so that even a killed run leaves nothing behind.
package spill

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Store holds the blocks of many runs. It is safe for concurrent use.
type Store struct {
	budget int64
	dir    string
	inMem  atomic.Int64
	onDisk atomic.Int64

	mu   sync.Mutex
	file *os.File
	name string // not yet removed; empty where the file has no name
	end  int64
}

// NewStore makes a store that keeps up to budget bytes in memory and the rest
// in a file in dir (the system's temporary folder if empty).
func NewStore(budget int64, dir string) *Store { return &Store{budget: budget, dir: dir} }

// Widen lets n bytes more stay in memory. Nothing else may use the store meanwhile.
func (s *Store) Widen(n int64) { s.budget += n }

// SpilledBytes is how many bytes went to disk.
func (s *Store) SpilledBytes() int64 { return s.onDisk.Load() }

// HeldBytes is how many bytes of blocks are in memory.
func (s *Store) HeldBytes() int64 { return s.inMem.Load() }

// Block is one block of a run, in memory or on disk.
type Block struct {
	data   []byte
	offset int64
	size   int
}

// Size is how many bytes the block has.
func (b Block) Size() int { return b.size }

// Put keeps a copy of data as a block.
func (s *Store) Put(data []byte) (b Block, err error) {
	n := int64(len(data))
	if s.inMem.Add(n) <= s.budget {
		return Block{data: bytes.Clone(data), size: len(data)}, nil
	}
	s.inMem.Add(-n)
	s.mu.Lock()
	if s.file == nil {
		err = s.open()
	}
	f, at := s.file, s.end
	s.end += n
	s.mu.Unlock()
	if err != nil {
		return Block{}, err
	}
	if _, err := f.WriteAt(data, at); err != nil {
		return Block{}, fmt.Errorf("spill to %q: %w; give --temp a folder with more room, or more --memory", s.folder(), err)
	}
	s.onDisk.Add(n)
	return Block{offset: at, size: len(data)}, nil
}

// Get gives a block's bytes, which must not be changed. They stay valid as
// long as they are referred to.
func (s *Store) Get(b Block) ([]byte, error) { return s.GetIn(nil, b) }

// GetIn is Get for who reads many blocks one after the other: what lies on disk
// is read into buf if that is large enough, and is valid as long as buf is left
// alone.
func (s *Store) GetIn(buf []byte, b Block) ([]byte, error) {
	if b.data != nil || b.size == 0 {
		return b.data, nil
	}
	data := slices.Grow(buf[:0], b.size)[:b.size]
	if _, err := s.file.ReadAt(data, b.offset); err != nil {
		return nil, fmt.Errorf("read back from %q: %w", s.folder(), err)
	}
	return data, nil
}

// Release gives back the room that a block held, which must not be used again:
// memory, or where the system can do that, the disk's.
func (s *Store) Release(b Block) {
	switch {
	case b.data != nil:
		s.inMem.Add(-int64(b.size))
	case b.size > 0 && s.file != nil:
		punch(s.file, b.offset, int64(b.size))
	}
}

// Try says whether a store could keep blocks in dir.
func Try(dir string) error {
	s := NewStore(0, dir)
	return errors.Join(s.open(), s.Close())
}

// open makes the temporary file.
func (s *Store) open() error {
	f, err := os.CreateTemp(s.dir, "recount-*.run")
	if err != nil {
		return fmt.Errorf("temporary file: %w; give --temp a folder that can be written", err)
	}
	s.file, s.name = f, f.Name()
	if runtime.GOOS != "windows" && os.Remove(s.name) == nil {
		s.name = ""
	}
	return nil
}

func (s *Store) folder() string {
	if s.dir == "" {
		return os.TempDir()
	}
	return s.dir
}

// Close removes the file. Blocks on disk cannot be read any more.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file, s.name = nil, ""
	return err
}
