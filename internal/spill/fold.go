package spill

import (
	"bytes"
	"encoding/binary"
)

// Fold collects one value per key, merging what comes for the same key. When
// it holds more than its limit it writes itself to a store as a sorted run and
// starts afresh; Each merges the runs again. It is for one goroutine.
type Fold[V any] struct {
	store *Store
	limit int64
	codec Codec[V]
	held  held[V]
	runs  tiers
	buf   []byte // of the block that is written
}

// Codec writes and reads a value of a Fold, which must hold no pointers.
type Codec[V any] struct {
	Append func(dst []byte, v *V) []byte
	Read   func(src []byte, v *V)
	Merge  func(into, from *V)
}

// NewFold makes a fold that holds about limit bytes.
func NewFold[V any](store *Store, limit int64, codec Codec[V]) *Fold[V] {
	return &Fold[V]{store: store, limit: limit, codec: codec, held: newHeld[V]()}
}

// At gives the value of key, to be changed in place before the next call; a new
// key starts with the zero value, and fresh is true.
func (f *Fold[V]) At(key []byte) (v *V, fresh bool, err error) {
	v, hash := f.held.find(key)
	if v != nil {
		return v, false, nil
	}
	if f.held.size > f.limit {
		if err := f.flush(); err != nil {
			return nil, false, err
		}
	}
	return f.held.add(key, hash), true, nil
}

// flush writes the items as a sorted run.
func (f *Fold[V]) flush() error {
	run, err := f.makeRun(&foldCursor[V]{fold: f, order: f.held.sorted()})
	if err != nil {
		return err
	}
	f.held.clear()
	return f.runs.add(run, f.merge)
}

// merge makes one run of many and gives back their room.
func (f *Fold[V]) merge(runs []sortedRun) (sortedRun, error) {
	var cursors []*foldCursor[V]
	for _, run := range runs {
		cursors = append(cursors, f.open(run))
	}
	run, err := f.makeRun(cursors...)
	f.store.release(runs)
	return run, err
}

// makeRun writes all items of cursors as a run. Each is the key, with the number
// of its first bytes that it shares with the one before, and the value.
func (f *Fold[V]) makeRun(cursors ...*foldCursor[V]) (sortedRun, error) {
	w := runWriter{store: f.store, buf: f.buf[:0]}
	var last, value []byte
	err := each(cursors, f.codec, func(key []byte, v *V) error {
		shared := shared(last, key)
		value = f.codec.Append(value[:0], v)
		w.buf = binary.AppendUvarint(w.buf, uint64(shared))
		w.buf = appendText(w.buf, key[shared:])
		w.buf = appendText(w.buf, value)
		last = append(last[:shared], key[shared:]...)
		ended, err := w.ended()
		if ended {
			last = last[:0]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = w.flush()
	f.buf = w.buf
	return w.run, err
}

// shared is how many bytes two keys begin with alike.
func shared(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// Clear empties the fold: the store gets back the room of its runs, and what it held
// in memory is for the keys to come.
func (f *Fold[V]) Clear() {
	f.store.release(f.runs.all())
	f.runs = tiers{}
	f.held.clear()
}

// foldCursor walks over the items of one run, or over those in memory.
type foldCursor[V any] struct {
	fold   *Fold[V]
	order  []ordered // of the items in memory
	reader runReader
	key    []byte // valid until Next
	value  *V
	read   V // of a run
}

func (f *Fold[V]) open(run sortedRun) *foldCursor[V] {
	return &foldCursor[V]{fold: f, reader: runReader{blocks: f.store.NewReader(), run: run}}
}

func (c *foldCursor[V]) Next() bool {
	if len(c.order) > 0 {
		it := c.fold.held.item(c.order[0].number)
		c.key, c.value, c.order = c.fold.held.key(it), &it.value, c.order[1:]
		return true
	}
	fresh, ok := c.reader.more()
	if !ok {
		return false
	}
	if fresh {
		c.key = c.key[:0]
	}
	n, k := binary.Uvarint(c.reader.rest)
	rest, b := cut(c.reader.rest[k:])
	c.key = append(c.key[:n], rest...)
	value, b := cut(b)
	c.reader.rest = b
	var zero V
	c.read = zero
	c.fold.codec.Read(value, &c.read)
	c.value = &c.read
	return true
}

func (c *foldCursor[V]) Err() error { return c.reader.err }

// cut takes a text with its length before it.
func cut(b []byte) (text, rest []byte) {
	n, k := binary.Uvarint(b)
	b = b[k:]
	return b[:n:n], b[n:]
}

// Each walks over all keys of the folds in byte order, once each, with the
// values merged. Key and value are valid until yield returns. The order in
// which equal keys are merged is not fixed, so Merge must not depend on it.
func Each[V any](folds []*Fold[V], yield func(key []byte, v *V) error) error {
	var cursors []*foldCursor[V]
	for _, f := range folds {
		cursors = append(cursors, &foldCursor[V]{fold: f, order: f.held.sorted()})
		for _, run := range f.runs.all() {
			cursors = append(cursors, f.open(run))
		}
	}
	if len(cursors) == 0 {
		return nil
	}
	return each(cursors, folds[0].codec, yield)
}

func each[V any](cursors []*foldCursor[V], codec Codec[V], yield func(key []byte, v *V) error) error {
	m := NewMerge(cursors, func(a, b *foldCursor[V]) bool { return bytes.Compare(a.key, b.key) < 0 })
	var key []byte
	c, ok := m.Next()
	for ok {
		key = append(key[:0], c.key...)
		value := *c.value
		for {
			if c, ok = m.Next(); !ok || !bytes.Equal(c.key, key) {
				break
			}
			codec.Merge(&value, c.value)
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
