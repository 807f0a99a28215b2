package coverage

import "math"

// A run of lines is a second copy only if it is as long as this, and its lines
// have as many distinct times. By chance, or because two servers were asked the
// same, no such run comes about twice.
const (
	LeastLines = 64
	LeastTimes = 3
)

// Item is what is sorted, by its numbers from the first to the last: an anchor
// (hash, source, line) or a pair of places (see Pairs).
type Item [3]uint64

const (
	shingle = 16                       // lines that an anchor's hash is of
	window  = LeastLines - shingle + 1 // shingles in a run of LeastLines
	factor  = 0x9E3779B97F4A7C15       // of the rolling hash
)

// passed is factor to the power of shingle.
var passed = func() uint64 {
	p := uint64(1)
	for range shingle {
		p *= factor
	}
	return p
}()

// Winnow chooses anchors among the lines of one source, so that two equal runs
// of LeastLines lines with more than one time share an anchor at least (Schleimer,
// Wilkerson, Aiken: Winnowing, SIGMOD 2003): of every window of shingles, the one
// with the least hash, the last if there are several. Only shingles in which the
// time changes may be chosen: bursts of equal lines within a second, and lines
// without a time, would else be millions of equal anchors.
type Winnow struct {
	source  uint64
	next    int64            // line
	hash    uint64           // of the last shingle lines
	keys    [shingle]Key     // they, by line modulo shingle
	changed int64            // the last line with another time than the one before
	ring    [ringSize]uint64 // hashes of shingles, by their first line modulo its length; none for those that may not be chosen
	least   int64            // first line of the one with the least hash in the window; -1: none
	chosen  int64            // first line of the one chosen last
}

const (
	ringSize = 64 // a power of two, not less than window
	none     = math.MaxUint64
)

const _ = uint(ringSize - window)

// NewWinnow begins a source.
func NewWinnow(source int32) *Winnow {
	return &Winnow{source: uint64(source), changed: -1, least: -1, chosen: -1}
}

// Add takes the next lines and appends the anchors that they give to items.
func (w *Winnow) Add(s Sketch, items []Item) []Item {
	for i := range s.Len() {
		key, line := s.Key(i), w.next
		w.next++
		slot := &w.keys[line&(shingle-1)]
		if before := w.keys[(line-1)&(shingle-1)]; line > 0 && before.time() != key.time() {
			w.changed = line
		}
		w.hash = w.hash*factor + uint64(key)
		if line >= shingle {
			w.hash -= passed * uint64(*slot)
		}
		*slot = key
		first := line - shingle + 1
		if first < 0 {
			continue
		}
		h := uint64(none)
		if w.changed > first {
			h = mix(w.hash)
		}
		w.ring[first&(ringSize-1)] = h
		if w.choose(first, h) {
			items = append(items, Item{w.ring[w.least&(ringSize-1)], w.source, uint64(w.least)})
		}
	}
	return items
}

// choose moves the window so that it ends with the shingle at first, and says
// whether another one is chosen with that: the one at w.least.
func (w *Winnow) choose(first int64, h uint64) bool {
	switch {
	case h != none && (w.least < 0 || h <= w.ring[w.least&(ringSize-1)]):
		w.least = first
	case w.least >= 0 && w.least <= first-window: // it has left the window
		w.least = -1
		for i := first - window + 1; i <= first; i++ {
			if n := w.ring[i&(ringSize-1)]; n != none && (w.least < 0 || n <= w.ring[w.least&(ringSize-1)]) {
				w.least = i
			}
		}
	}
	if first < window-1 || w.least < 0 || w.least == w.chosen {
		return false
	}
	w.chosen = w.least
	return true
}

// mix spreads a rolling hash, whose high bits depend on all of its lines and
// whose low ones hardly.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 32
	return h &^ (1 << 63) // so that it is never none
}
