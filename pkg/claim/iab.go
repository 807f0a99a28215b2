package claim

import (
	"cmp"
	"slices"
)

// windowed marks the requests at which a download is counted under the podcast
// measurement guidelines of the IAB, version 2.3: the first in each window at
// which the whole file has been handed over. The guidelines ask for one minute
// of it, or for 100 % of the file where its length in time is not known; that is
// always so here.
//
// Pieces (206) are put together within a window. Where no window is open (the
// rolling ones), they are put together within the 24 hours from the first piece;
// the window opens at the request that makes up the whole. A last-touch window
// is extended by each request that passes the filters, also by a piece.
func (p Profile) windowed(events []Event) []bool {
	out := make([]bool, len(events))
	var pieces union
	var first, touched int64 // when the pieces began; when the window was opened or extended
	open := false
	for i := range events {
		e := &events[i]
		if open && p.past(touched, e.Time) {
			open = false
			pieces.clear()
		}
		if open {
			if p == IABLastTouch {
				touched = e.Time
			}
			continue
		}
		if pieces.any && p.past(first, e.Time) {
			pieces.clear()
		}
		if !pieces.any {
			first = e.Time
		}
		if pieces.add(e) {
			out[i], open, touched = true, true, e.Time
		}
	}
	return out
}

// past says whether a window that was opened or extended at a time is over.
func (p Profile) past(at, now int64) bool {
	if p == IABCalendar {
		return dayOf(at) != dayOf(now)
	}
	return now-at > day
}

// union is what of a recording was handed over.
type union struct {
	any   bool       // anything was added
	parts [][2]int64 // sorted, no two touch
}

func (u *union) clear() { u.any, u.parts = false, u.parts[:0] }

// add takes an answer, and says whether the recording is whole with it. Where
// its size is not known no piece makes it up. A piece without its place makes up
// the whole only if it is as long.
func (u *union) add(e *Event) bool {
	u.any = true
	switch {
	case e.Whole:
		return true
	case e.Size < 0 || e.Bytes < 0:
		return false
	case e.Bytes >= e.Size:
		return true
	}
	if e.Start < 0 {
		return false
	}
	u.insert(e.Start, e.Start+e.Bytes)
	return u.parts[0][0] <= 0 && u.parts[0][1] >= e.Size
}

// insert puts a part among the others, which are sorted and apart.
func (u *union) insert(from, to int64) {
	i, _ := slices.BinarySearchFunc(u.parts, from, func(p [2]int64, from int64) int { return cmp.Compare(p[1], from) })
	j := i // the first behind that it does not touch
	for ; j < len(u.parts) && u.parts[j][0] <= to; j++ {
		from, to = min(from, u.parts[j][0]), max(to, u.parts[j][1])
	}
	u.parts = slices.Replace(u.parts, i, j, [2]int64{from, to})
}
