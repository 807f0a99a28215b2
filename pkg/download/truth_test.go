package download

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/request"
)

// truth is what one client was really handed.
type truth struct {
	bytes    int64 // distinct
	whole    bool  // all of them
	together bool  // in one session
	times    int64 // each at least so often
}

func (w *world) truth(client string) truth {
	var all []interval
	var sessions [][]interval
	last := map[string]int64{} // end of the session that stands at open
	open := map[string]int{}
	var mine []transfer
	for _, t := range w.transfers {
		if string(t.req.Client) == client {
			mine = append(mine, t)
		}
	}
	slices.SortStableFunc(mine, func(a, b transfer) int { return cmp.Compare(a.req.Time(), b.req.Time()) })
	for _, t := range mine {
		if t.req.Kind != request.KindContent && t.req.Kind != request.KindProbe {
			continue
		}
		agent := string(t.req.Agent)
		at := t.req.Time()
		if before, ok := last[agent]; !ok || at-before > 24*hour {
			open[agent] = len(sessions)
			sessions = append(sessions, nil)
		}
		last[agent] = max(at, t.req.TimeEnd, last[agent])
		sessions[open[agent]] = append(sessions[open[agent]], t.handed...)
		all = append(all, t.handed...)
	}
	v := truth{bytes: union(all)}
	v.whole = v.bytes == w.size
	for _, s := range sessions {
		v.together = v.together || union(s) == w.size
	}
	v.times = depth(all, w.size)
	return v
}

// union is how many bytes the intervals hold together; plainly.
func union(ivs []interval) int64 {
	ivs = slices.Clone(ivs)
	slices.SortFunc(ivs, func(a, b interval) int { return cmp.Compare(a.from, b.from) })
	var n, end int64
	for _, iv := range ivs {
		if iv.to > end {
			n += iv.to - max(iv.from, end)
			end = iv.to
		}
	}
	return n
}

// depth is the least number of intervals over any byte of [0, size); plainly.
func depth(ivs []interval, size int64) int64 {
	at := []int64{0}
	for _, iv := range ivs {
		at = append(at, iv.from, iv.to)
	}
	least := int64(len(ivs))
	for _, x := range at {
		if x >= size {
			continue
		}
		var n int64
		for _, iv := range ivs {
			if iv.from <= x && x < iv.to {
				n++
			}
		}
		least = min(least, n)
	}
	return least
}

// judge holds one download against the truth.
func judge(d Download, v truth, provable bool) error {
	bounded := d.BytesUpper != unbounded
	switch {
	case d.Grade == GradeComplete && !v.together:
		return fmt.Errorf("complete that was not")
	case v.whole && d.Grade < GradePossible && !(d.Grade == GradeProbe && v.bytes <= probeBytes): // two bytes are a probe, ever
		return fmt.Errorf("a whole below possible")
	case provable && (d.Grade == GradeComplete) != v.together:
		return fmt.Errorf("the log could prove it")
	case d.BytesLower > v.bytes:
		return fmt.Errorf("bytes_lower too high")
	case bounded && d.BytesUpper < v.bytes:
		return fmt.Errorf("bytes_upper too low")
	case bounded && d.BytesLower > d.BytesUpper:
		return fmt.Errorf("lower above upper")
	case d.Size.From != SizeUnknown && d.Size.From != SizeRepeated && (!bounded || d.BytesUpper > d.Size.Bytes):
		return fmt.Errorf("upper above the size")
	case d.Grade == GradeProbe && v.bytes > 2, d.Grade == GradeNone && v.bytes > 0:
		return fmt.Errorf("bytes were taken")
	case d.Transfers > v.times:
		return fmt.Errorf("too many transfers")
	}
	return nil
}
