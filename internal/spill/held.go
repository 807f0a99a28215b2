package spill

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"reflect"
	"slices"
)

// held is the items of a fold that are in memory: keys one behind the other,
// values in pieces that stay where they are, and a table with open addressing
// that finds them. Next to a map of pointers it takes half
// of the time, it is no work for the collector, and what it takes is known.
type held[V any] struct {
	seed    maphash.Seed
	slots   []slot
	items   [][]item[V] // pieces of itemsPiece
	keys    [][]byte    // pieces, of which those behind filling are empty
	filling int
	long    [][]byte // keys longer than leastKeys, each on its own
	n       int
	each    int64 // bytes that an item takes beside its key
	size    int64 // bytes that the items take, with the slots they need
	order   []ordered
}

// slot points to an item; number is one higher, 0: free. Both halves of the hash
// are used: the low one finds the slot, the high one says whether it may be it.
type slot struct{ tag, number uint32 }

type item[V any] struct {
	value      V
	piece      uint32 // of the keys, or longKey and the number among the long ones
	from, size uint32
}

// ordered is an item's place when the items are sorted, and some bytes of its key.
type ordered struct {
	prefix uint64
	number uint32
}

const (
	itemsPiece = 256
	leastKeys  = 4 << 10 // bytes of the first piece of keys
	moreKeys   = 6       // each of so many further ones is twice as large
	longKey    = 1 << 31
	leastSlots = 256
	slotSize   = 36 // bytes of an item's slots, on average, and of its place in the order
)

func newHeld[V any]() held[V] {
	return held[V]{seed: maphash.MakeSeed(), each: int64(reflect.TypeFor[item[V]]().Size()) + slotSize}
}

// find gives the value of key; nil: it is not held. The hash is for add.
func (h *held[V]) find(key []byte) (v *V, hash uint64) {
	hash = maphash.Bytes(h.seed, key)
	if len(h.slots) == 0 {
		return nil, hash
	}
	tag, mask := uint32(hash>>32), uint64(len(h.slots)-1)
	for at := hash & mask; h.slots[at].number != 0; at = (at + 1) & mask {
		if h.slots[at].tag != tag {
			continue
		}
		if it := h.item(h.slots[at].number - 1); bytes.Equal(h.key(it), key) {
			return &it.value, hash
		}
	}
	return nil, hash
}

// add adds a key that is not held, with the zero value.
func (h *held[V]) add(key []byte, hash uint64) *V {
	if 4*h.n >= 3*len(h.slots) {
		h.grow()
	}
	piece, from := h.keep(key)
	if h.n/itemsPiece == len(h.items) {
		h.items = append(h.items, make([]item[V], itemsPiece))
	}
	it := h.item(uint32(h.n))
	*it = item[V]{piece: piece, from: from, size: uint32(len(key))}
	h.n++
	h.put(slot{uint32(hash >> 32), uint32(h.n)}, hash)
	h.size += int64(len(key)) + h.each
	return &it.value
}

// keep copies a key behind the others.
func (h *held[V]) keep(key []byte) (piece, from uint32) {
	if len(key) > leastKeys {
		h.long = append(h.long, bytes.Clone(key))
		return longKey | uint32(len(h.long)-1), 0
	}
	for h.filling < len(h.keys) && cap(h.keys[h.filling])-len(h.keys[h.filling]) < len(key) {
		h.filling++
	}
	if h.filling == len(h.keys) {
		h.keys = append(h.keys, make([]byte, 0, leastKeys<<min(h.filling, moreKeys)))
	}
	to := &h.keys[h.filling]
	from = uint32(len(*to))
	*to = append(*to, key...)
	return uint32(h.filling), from
}

func (h *held[V]) put(s slot, hash uint64) {
	mask := uint64(len(h.slots) - 1)
	at := hash & mask
	for h.slots[at].number != 0 {
		at = (at + 1) & mask
	}
	h.slots[at] = s
}

// grow doubles the slots.
func (h *held[V]) grow() {
	h.slots = make([]slot, max(leastSlots, 2*len(h.slots)))
	for i := range uint32(h.n) {
		hash := maphash.Bytes(h.seed, h.key(h.item(i)))
		h.put(slot{uint32(hash >> 32), i + 1}, hash)
	}
}

func (h *held[V]) item(number uint32) *item[V] {
	return &h.items[number/itemsPiece][number%itemsPiece]
}

func (h *held[V]) key(it *item[V]) []byte {
	if it.piece&longKey != 0 {
		return h.long[it.piece&^longKey]
	}
	return h.keys[it.piece][it.from : it.from+it.size : it.from+it.size]
}

// sorted gives the items in the order of their keys, until the next add.
func (h *held[V]) sorted() []ordered {
	h.order = slices.Grow(h.order[:0], h.n)
	for i := range uint32(h.n) {
		h.order = append(h.order, ordered{number: i})
	}
	h.sort(h.order, 0)
	return h.order
}

// fewAlike is how many keys that begin alike are sorted by comparing them whole.
const fewAlike = 16

// sort sorts items whose keys share their first bytes, depth of them: by the
// bytes behind those that all share, then each that share these too. Keys that
// share much, as user agents do, would else be compared whole again and again,
// each time far from the last place in memory.
func (h *held[V]) sort(order []ordered, depth int) {
	if len(order) <= fewAlike {
		slices.SortFunc(order, h.compare)
		return
	}
	first := h.key(h.item(order[0].number))
	alike := len(first)
	for _, o := range order[1:] {
		if alike = depth + shared(first[depth:alike], h.key(h.item(o.number))[depth:]); alike == depth {
			break
		}
	}
	for i := range order {
		var next [8]byte
		copy(next[:], h.key(h.item(order[i].number))[alike:])
		order[i].prefix = binary.BigEndian.Uint64(next[:])
	}
	slices.SortFunc(order, func(a, b ordered) int { return cmp.Compare(a.prefix, b.prefix) })
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && order[to].prefix == order[from].prefix {
			to++
		}
		h.sortAlike(order[from:to], alike)
		from = to
	}
}

// sortAlike sorts items whose keys share depth bytes and the eight behind them, of
// which a key that is shorter has zeros: then they are compared whole.
func (h *held[V]) sortAlike(order []ordered, depth int) {
	short := slices.ContainsFunc(order, func(o ordered) bool { return len(h.key(h.item(o.number))) < depth+8 })
	switch {
	case len(order) == 1:
	case short:
		slices.SortFunc(order, h.compare)
	default:
		h.sort(order, depth+8)
	}
}

func (h *held[V]) compare(a, b ordered) int {
	return bytes.Compare(h.key(h.item(a.number)), h.key(h.item(b.number)))
}

// clear empties it and keeps its space, but for that of long keys.
func (h *held[V]) clear() {
	clear(h.slots)
	for i := range h.keys {
		h.keys[i] = h.keys[i][:0]
	}
	h.n, h.size, h.filling, h.long = 0, 0, 0, nil
}
