package recording

import (
	"encoding/binary"
	"errors"
)

// arena keeps many short texts in a few large blocks: one allocation per
// megabyte, no pointer per text for the garbage collector to follow, and never
// a copy of what is there already.
type arena struct {
	blocks [][]byte
	full   int // blocks before the one that is filled
	used   int // bytes of that one
}

// textRef says where a text lies: block number and offset in units of
// arenaAlign, so that 32 bits reach 16 GiB. 0 is no text.
type textRef uint32

const (
	arenaBlock   = 1 << 20
	arenaAlign   = 4
	arenaUnits   = arenaBlock / arenaAlign
	arenaMaxText = 1 << 16
	arenaBlocks  = 1 << 32 / arenaUnits
	arenaMost    = 12 << 30 // of texts, where there is another place for them
)

var (
	errTextTooLong = errors.New("a field is longer than 64 KiB")
	errArenaFull   = errors.New("its texts come to more than 16 GiB")
)

// add copies a text in: its length as a varint, then its bytes.
func (a *arena) add(text []byte) (textRef, error) {
	if len(text) > arenaMaxText {
		return 0, errTextTooLong
	}
	if a.used+binary.MaxVarintLen32+len(text) > arenaBlock {
		a.full, a.used = a.full+1, 0
	}
	if a.full == len(a.blocks) {
		if a.full == arenaBlocks {
			return 0, errArenaFull
		}
		a.blocks = append(a.blocks, make([]byte, arenaBlock))
	}
	if a.full == 0 && a.used == 0 {
		a.used = arenaAlign // so that no text has reference 0
	}
	block := a.blocks[a.full]
	ref := textRef(a.full*arenaUnits + a.used/arenaAlign)
	a.used += binary.PutUvarint(block[a.used:], uint64(len(text)))
	a.used += copy(block[a.used:], text)
	a.used = (a.used + arenaAlign - 1) &^ (arenaAlign - 1)
	return ref, nil
}

// text gives the bytes at ref, nil for 0. They are never to be changed.
func (a *arena) text(ref textRef) []byte {
	if ref == 0 {
		return nil
	}
	b := a.blocks[ref/arenaUnits][ref%arenaUnits*arenaAlign:]
	if n := int(b[0]); n < 0x80 {
		return b[1 : 1+n : 1+n]
	}
	n, w := binary.Uvarint(b)
	return b[w : w+int(n) : w+int(n)]
}

// bytes is how much of the blocks is used.
func (a *arena) bytes() int64 { return int64(a.full)*arenaBlock + int64(a.used) }

// reset forgets all texts and keeps their room for others.
func (a *arena) reset() { a.full, a.used = 0, 0 }

// column is a list that grows in blocks: growing copies nothing and leaves no
// garbage behind, which would double the peak of a large inventory.
type column[T any] struct {
	blocks [][]T
	n      int
}

const columnBlock = 1 << 16

func (c *column[T]) add(v T) {
	if c.n%columnBlock == 0 {
		c.blocks = append(c.blocks, make([]T, columnBlock))
	}
	c.blocks[c.n/columnBlock][c.n%columnBlock] = v
	c.n++
}

func (c *column[T]) set(i int, v T) { c.blocks[i/columnBlock][i%columnBlock] = v }

func (c *column[T]) at(i int) T { return c.blocks[i/columnBlock][i%columnBlock] }

// pick gives the values at the places in order, and lets go of the column.
func (c *column[T]) pick(order []uint32) []T {
	out := make([]T, len(order))
	for i, from := range order {
		out[i] = c.at(int(from))
	}
	*c = column[T]{}
	return out
}
