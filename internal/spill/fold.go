package spill

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// Fold collects one value per key, merging what comes for the same key. When
// it holds more than its limit it writes itself to a store as a sorted run and
// starts afresh; Each merges the runs again. It is for one goroutine.
type Fold[V any] struct {
	store *Store
	limit int64
	codec Codec[V]
	size  int64
	items map[string]*V
	runs  [][]Block
}

// Codec writes and reads a value of a Fold.
type Codec[V any] struct {
	Append func(dst []byte, v *V) []byte
	Read   func(src []byte, v *V)
	Merge  func(into, from *V)
}

// blockTarget is the size at which a block of a fold's run is closed.
const blockTarget = 64 << 10

// itemOverhead is about what a map entry costs beside key and value.
const itemOverhead = 160

// NewFold makes a fold that holds about limit bytes.
func NewFold[V any](store *Store, limit int64, codec Codec[V]) *Fold[V] {
	return &Fold[V]{store: store, limit: limit, codec: codec, items: map[string]*V{}}
}

// At gives the value of key, to be changed in place before the next call; a new
// key starts with the zero value, and fresh is true.
func (f *Fold[V]) At(key []byte) (v *V, fresh bool, err error) {
	if v, ok := f.items[string(key)]; ok {
		return v, false, nil
	}
	if f.size > f.limit {
		if err := f.flush(); err != nil {
			return nil, false, err
		}
	}
	v = new(V)
	f.items[string(key)] = v
	f.size += int64(len(key)) + itemOverhead
	return v, true, nil
}

// flush writes the items as a sorted run.
func (f *Fold[V]) flush() error {
	var blocks []Block
	var buf, value []byte
	put := func() error {
		b, err := f.store.Put(buf)
		blocks = append(blocks, b)
		buf = buf[:0]
		return err
	}
	for _, key := range f.keys() {
		value = f.codec.Append(value[:0], f.items[key])
		buf = binary.AppendUvarint(buf, uint64(len(key)))
		buf = append(buf, key...)
		buf = binary.AppendUvarint(buf, uint64(len(value)))
		buf = append(buf, value...)
		if len(buf) >= blockTarget {
			if err := put(); err != nil {
				return err
			}
		}
	}
	if len(buf) > 0 {
		if err := put(); err != nil {
			return err
		}
	}
	f.runs = append(f.runs, blocks)
	f.items, f.size = map[string]*V{}, 0
	return nil
}

func (f *Fold[V]) keys() []string {
	keys := make([]string, 0, len(f.items))
	for k := range f.items {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}

// foldCursor walks over the items of one run, or of a map.
type foldCursor[V any] struct {
	fold  *Fold[V]
	keys  []string // of the map, for items that were not flushed
	run   []Block
	block []byte
	key   []byte
	value V
	err   error
}

func (c *foldCursor[V]) Next() bool {
	if c.fold.nextInMemory(c) {
		return true
	}
	for len(c.block) == 0 {
		if len(c.run) == 0 {
			return false
		}
		if c.block, c.err = c.fold.store.Get(c.run[0]); c.err != nil {
			return false
		}
		c.run = c.run[1:]
	}
	var value []byte
	c.key, c.block = cut(c.block)
	value, c.block = cut(c.block)
	var zero V
	c.value = zero
	c.fold.codec.Read(value, &c.value)
	return true
}

func (f *Fold[V]) nextInMemory(c *foldCursor[V]) bool {
	if len(c.keys) == 0 {
		return false
	}
	c.key = []byte(c.keys[0])
	c.value = *f.items[c.keys[0]]
	c.keys = c.keys[1:]
	return true
}

// cut takes a text with its length before it.
func cut(b []byte) (text, rest []byte) {
	n, k := binary.Uvarint(b)
	b = b[k:]
	return b[:n:n], b[n:]
}

func (c *foldCursor[V]) Err() error { return c.err }

// Each walks over all keys of the folds in byte order, once each, with the
// values merged. Key and value are valid until yield returns. The order in
// which equal keys are merged is not fixed, so Merge must not depend on it.
func Each[V any](folds []*Fold[V], yield func(key []byte, v *V) error) error {
	var cursors []*foldCursor[V]
	for _, f := range folds {
		cursors = append(cursors, &foldCursor[V]{fold: f, keys: f.keys()})
		for _, run := range f.runs {
			cursors = append(cursors, &foldCursor[V]{fold: f, run: run})
		}
	}
	m := NewMerge(cursors, func(a, b *foldCursor[V]) bool { return bytes.Compare(a.key, b.key) < 0 })
	c, ok := m.Next()
	for ok {
		key, value := c.key, c.value
		for {
			if c, ok = m.Next(); !ok || !bytes.Equal(c.key, key) {
				break
			}
			folds[0].codec.Merge(&value, &c.value)
		}
		if m.Err() != nil {
			break
		}
		if err := yield(key, &value); err != nil {
			return err
		}
	}
	return m.Err()
}
