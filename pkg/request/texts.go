package request

import (
	"bytes"
	"hash/maphash"
)

// texts is a dictionary: each distinct text once, in an arena. Index 0 is the
// absent text (nil). It is an open-addressing table because a Go map of
// strings would allocate per text and cost the collector one pointer each.
type texts struct {
	arena []byte
	ends  []uint32 // ends[i]: end of text i in arena; text i starts at ends[i-1]
	hash  []uint32 // of text i
	slots []uint32 // index+1, 0: free; the length is a power of two
}

var textSeed = maphash.MakeSeed() // the order of slots is never seen, so the seed may differ

func (t *texts) reset() {
	if t.slots == nil {
		t.slots = make([]uint32, 1<<12)
	}
	t.arena = t.arena[:0]
	t.ends = append(t.ends[:0], 0)
	t.hash = append(t.hash[:0], 0)
	clear(t.slots)
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) at(i uint32) []byte {
	if i == 0 {
		return nil
	}
	return t.arena[t.ends[i-1]:t.ends[i]:t.ends[i]]
}

// index gives the index of text, which it copies if it is new.
func (t *texts) index(text []byte) uint32 {
	if text == nil {
		return 0
	}
	h := uint32(maphash.Bytes(textSeed, text))
	mask := uint32(len(t.slots) - 1)
	for s := h & mask; ; s = (s + 1) & mask {
		i := t.slots[s]
		if i == 0 {
			return t.add(text, h, s)
		}
		if i--; t.hash[i] == h && bytes.Equal(t.at(i), text) && i != 0 {
			return i
		}
	}
}

func (t *texts) add(text []byte, h, slot uint32) uint32 {
	i := uint32(len(t.ends))
	t.arena = append(t.arena, text...)
	t.ends = append(t.ends, uint32(len(t.arena)))
	t.hash = append(t.hash, h)
	t.slots[slot] = i + 1
	if len(t.ends)*2 > len(t.slots) {
		t.grow()
	}
	return i
}

func (t *texts) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for i := 1; i < len(t.ends); i++ {
		s := t.hash[i] & mask
		for t.slots[s] != 0 {
			s = (s + 1) & mask
		}
		t.slots[s] = uint32(i) + 1
	}
}
