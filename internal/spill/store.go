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
	use  *use
	dir  string
	held atomic.Int64 // bytes of its own blocks in memory

	mu   sync.Mutex
	file *os.File
	name string // not yet removed; empty where the file has no name
	end  int64
}

// use is what a store, and those apart from it, take of memory and disk.
type use struct {
	budget int64
	inMem  atomic.Int64
	onDisk atomic.Int64
}

// NewStore makes a store that keeps up to budget bytes in memory and the rest
// in a file in dir (the system's temporary folder if empty).
func NewStore(budget int64, dir string) *Store { return &Store{use: &use{budget: budget}, dir: dir} }

// Apart makes a store that shares the budget of s and has a file of its own. It is
// for blocks that are all given back at once, by Close: to give back each of
// 36,000 blocks of 24 KiB took two seconds of the system's time, to remove a file
// that has them takes a tenth of one.
func (s *Store) Apart() *Store { return &Store{use: s.use, dir: s.dir} }

// Widen lets n bytes more stay in memory, of this store and those apart. Nothing
// else may use them meanwhile.
func (s *Store) Widen(n int64) { s.use.budget += n }

// SpilledBytes is how many bytes went to disk, with those apart.
func (s *Store) SpilledBytes() int64 { return s.use.onDisk.Load() }

// HeldBytes is how many bytes of blocks are in memory, with those apart.
func (s *Store) HeldBytes() int64 { return s.use.inMem.Load() }

// Block is one block of a run, in memory or on disk.
type Block struct {
	data   []byte
	offset int64
	size   int
}

// InMemory says whether the block is there and not on disk.
func (b Block) InMemory() bool { return b.data != nil }

// Size is how many bytes the block has.
func (b Block) Size() int { return b.size }

// Put keeps a copy of data as a block.
func (s *Store) Put(data []byte) (b Block, err error) {
	n := int64(len(data))
	if s.use.inMem.Add(n) <= s.use.budget {
		s.held.Add(n)
		return Block{data: bytes.Clone(data), size: len(data)}, nil
	}
	s.use.inMem.Add(-n)
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
	s.use.onDisk.Add(n)
	return Block{offset: at, size: len(data)}, nil
}

// Get gives a block's bytes, which must not be changed. They stay valid as
// long as they are referred to.
func (s *Store) Get(b Block) ([]byte, error) { return s.GetIn(nil, b) }

// GetIn is Get for who has memory to use again: what lies on disk is read into buf
// if that is large enough, and is valid as long as buf is left alone. What lies in
// memory stays there, and must not be given as buf.
func (s *Store) GetIn(buf []byte, b Block) ([]byte, error) {
	if b.data != nil || b.size == 0 {
		return b.data, nil
	}
	data := slices.Grow(buf[:0], b.size)[:b.size]
	if _, err := s.file.ReadAt(data, b.offset); err != nil {
		return nil, fmt.Errorf("read back from %q: %w; give --temp a folder on another disk", s.folder(), err)
	}
	return data, nil
}

// Reader reads many blocks, one after the other, in memory that is used again. It
// is for one goroutine.
type Reader struct {
	store *Store
	buf   []byte // of a block that was not in memory
}

// NewReader makes a reader of blocks of the store.
func (s *Store) NewReader() Reader { return Reader{store: s} }

// Get gives a block's bytes, which must not be changed, until it is called again.
func (r *Reader) Get(b Block) ([]byte, error) {
	data, err := r.store.GetIn(r.buf, b)
	if err == nil && b.data == nil {
		r.buf = data
	}
	return data, err
}

// Release gives back the room that a block held, which must not be used again:
// memory, or where the system can do that, the disk's.
func (s *Store) Release(b Block) {
	switch {
	case b.data != nil:
		s.held.Add(-int64(b.size))
		s.use.inMem.Add(-int64(b.size))
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

// Discard gives back the memory of all blocks, which must not be used again. Their
// room on disk is given back by Close, which may take longer.
func (s *Store) Discard() { s.use.inMem.Add(-s.held.Swap(0)) }

// Close gives back the room of all blocks, which must not be used again, and
// removes the file. It may be called more than once, and for none.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	s.Discard()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file, s.name, s.end = nil, "", 0
	return err
}
