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
	from    int64            // the first line that anchors are given of
	next    int64            // line
	last    Key              // of the line before
	hash    uint64           // of the last shingle lines
	keys    [shingle]Key     // they, by line modulo shingle
	changed int64            // the last line with another time than the one before
	ring    [ringSize]uint64 // hashes of shingles, by their first line modulo its length; none for those that may not be chosen
	least   int64            // first line of the shingle with the least hash in the window
	value   uint64           // that hash; none: there is no such shingle
	chosen  int64            // first line of the one chosen last
}

const (
	ringSize = 64 // a power of two, not less than window
	none     = math.MaxUint64
)

const _ = uint(ringSize - window)

// lead is how many lines are read before the first that anchors are given of. When
// that comes, all that is kept is of whole shingles, as if all lines had been read:
// the last shingle with a line from before the lead has left the window.
const lead = 2*shingle + window

// NewWinnow begins at a line of a source, counted from 0. From there on it gives the
// anchors that it would give if it had begun at the first.
func NewWinnow(source int32, from int64) *Winnow {
	return &Winnow{source: uint64(source), from: from, next: max(from-lead, 0), changed: -1, value: none, chosen: -1}
}

// Next is the line that Add has to be given next; at first it may be one before that
// which NewWinnow was told.
func (w *Winnow) Next() int64 { return w.next }

// Add takes the next lines and appends the anchors that they give to items.
// What changes with every line is kept in variables: that halves its time.
func (w *Winnow) Add(s Sketch, items []Item) []Item {
	line, last, hash, changed, least, value := w.next, w.last, w.hash, w.changed, w.least, w.value
	for ; len(s) >= lineSize; s = s[lineSize:] {
		key := s.Key(0)
		if key.time() != last.time() && line > 0 {
			changed = line
		}
		slot := &w.keys[line&(shingle-1)]
		hash = hash*factor + uint64(key) - passed*uint64(*slot) // the first shingle lines leave zeros
		*slot, last = key, key
		first := line - shingle + 1
		line++
		if first < 0 {
			continue
		}
		h := uint64(none)
		if changed > first {
			h = mix(hash)
		}
		w.ring[first&(ringSize-1)] = h
		if h <= value {
			least, value = first, h
		} else if least <= first-window { // it has left the window
			least, value = w.leastOf(first)
		}
		if value != none && least != w.chosen && first >= window-1 {
			w.chosen = least
			if line > w.from {
				items = append(items, Item{value, w.source, uint64(least)})
			}
		}
	}
	w.next, w.last, w.hash, w.changed, w.least, w.value = line, last, hash, changed, least, value
	return items
}

// leastOf finds the least hash in the window that ends with the shingle at
// first.
func (w *Winnow) leastOf(first int64) (least int64, value uint64) {
	value = none
	for i := first - window + 1; i <= first; i++ {
		if h := w.ring[i&(ringSize-1)]; h <= value {
			least, value = i, h
		}
	}
	return least, value
}

// mix spreads a rolling hash, whose high bits depend on all of its lines and
// whose low ones hardly.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 32
	return h &^ (1 << 63) // so that it is never none
}
