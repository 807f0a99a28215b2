package recording

import (
	"bytes"
	"hash/maphash"
)

// pathCache remembers for the paths seen last the answer to one question, such
// as whether the patterns match them: logs repeat their paths, and a regular
// expression, or a look into a page of the inventory, costs about a microsecond.
// A path has one place, where it replaces what was there, so memory is bounded
// (about 4 MB) and a place's key is written into again and again.
type pathCache struct {
	seed  maphash.Seed
	slots []cacheSlot
}

type cacheSlot struct {
	key []byte
	yes bool
}

const (
	cacheSlots  = 1 << 15
	cacheMaxKey = 256 // longer paths are not kept
)

func newPathCache() *pathCache {
	return &pathCache{seed: maphash.MakeSeed(), slots: make([]cacheSlot, cacheSlots)}
}

// answer gives what ask says of a path, which is never empty.
func (c *pathCache) answer(path []byte, ask func(path []byte) bool) bool {
	if len(path) > cacheMaxKey {
		return ask(path)
	}
	slot := &c.slots[maphash.Bytes(c.seed, path)%cacheSlots]
	if !bytes.Equal(slot.key, path) {
		slot.yes = ask(path)
		slot.key = append(slot.key[:0], path...)
	}
	return slot.yes
}
