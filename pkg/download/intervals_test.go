package download

import (
	"math/rand/v2"
	"testing"
	"testing/quick"
)

// bitmap is the plain twin of intervals.
type bitmap [256]bool

func (b *bitmap) add(from, to int64) {
	for i := from; i < to; i++ {
		b[i] = true
	}
}

func (b *bitmap) missing(size int64) (n int64) {
	for _, held := range b[:size] {
		if !held {
			n++
		}
	}
	return n
}

func (b *bitmap) prefix() (n int64) {
	for n < int64(len(b)) && b[n] {
		n++
	}
	return n
}

// Whatever is added in whatever order, the set is that of a bitmap; asking in
// between changes nothing.
func TestIntervalsAgainstBitmap(t *testing.T) {
	same := func(seed uint64) bool {
		rng := rand.New(rand.NewPCG(seed, 1))
		var set, other intervals
		var bits bitmap
		pieces := []interval{}
		for range rng.IntN(200) {
			from := rng.Int64N(250)
			to := from + rng.Int64N(min(256-from, 1+rng.Int64N(40)))
			if rng.IntN(3) == 0 && len(pieces) > 0 { // adjoining, as downloads come
				from = pieces[len(pieces)-1].to
				to = min(256, from+rng.Int64N(9))
			}
			pieces = append(pieces, interval{from, to})
			set.add(from, to)
			bits.add(from, to)
			if rng.IntN(10) == 0 && set.prefix() != bits.prefix() {
				return false
			}
		}
		other.addAll(&set)
		size := rng.Int64N(256)
		for _, s := range []*intervals{&set, &other} {
			if s.size() != 256-bits.missing(256) || s.missing(size) != bits.missing(size) || s.prefix() != bits.prefix() || s.covers(size) != (bits.missing(size) == 0) {
				return false
			}
			for i, iv := range s.set {
				if iv.from >= iv.to || i > 0 && iv.from <= s.set[i-1].to {
					return false // not sorted, or adjoining
				}
			}
		}
		// Depth, against counting each byte.
		least := int64(len(pieces))
		for at := range size {
			var n int64
			for _, p := range pieces {
				if p.from <= at && at < p.to {
					n++
				}
			}
			least = min(least, n)
		}
		return size == 0 || thinnest(pieces, size) == least
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 1000, Rand: newQuickRand()}); err != nil {
		t.Error(err)
	}
}

func TestIntervalsReset(t *testing.T) {
	var s intervals
	for i := range int64(1000) {
		s.add(1000-i, 1001-i)
	}
	if s.size() != 1000 || len(s.set) != 1 {
		t.Errorf("%d bytes in %d intervals", s.size(), len(s.set))
	}
	s.reset()
	s.add(5, 5)
	s.add(7, 6)
	if s.size() != 0 || s.end() != 0 || s.prefix() != 0 || s.missing(10) != 10 || s.covers(1) || !s.covers(0) {
		t.Error("an empty set")
	}
}
