package pipeline

import (
	"bytes"
	"errors"
	"maps"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/recording"
	"github.com/logrecount/recount/pkg/request"
)

// A log-in page or a soft error is answered with 200 for every path, always
// with the same body, and the same headers where those are counted. So one size
// on very many recordings is no recording.
const (
	commonLeast = 25 // recordings with the size, at least
	commonShare = 20 // and one recording for so many full responses in all
)

// bodySizes counts full responses by their size, roughly: sizes share counters.
// It has a fixed size and counts add up, so it costs nothing to merge, and it
// shows whether an exact count is worth while.
type bodySizes struct {
	counters [1 << 12]uint32 // few enough for the fastest cache
	all      int64
}

func (b *bodySizes) add(r *request.Request) {
	if fullBody(r) {
		b.counters[sizeSlot(r.Bytes)]++
		b.all++
	}
}

// fullBody says whether a request was answered with a full response whose size
// was logged.
func fullBody(r *request.Request) bool {
	return r.Kind == request.KindContent && r.Status != 206 && r.Bytes > 0
}

// sizeSlot spreads sizes over the counters.
func sizeSlot(n int64) uint16 { return uint16(uint64(n) * 0x9E3779B97F4A7C15 >> (64 - 12)) }

// merge adds the counts of another part. A counter stops at its largest value.
func (b *bodySizes) merge(o *bodySizes) {
	for i, n := range o.counters {
		b.counters[i] = max(b.counters[i], b.counters[i]+n) // the sum, unless it went over
	}
	b.all += o.all
}

// commonSizes finds the body sizes that very many recordings were answered
// with. Where the inventory gives a recording that very size, it is not counted.
// The runs are read only if the rough counts allow that there is one.
func (a *analysis) commonSizes(all *runs) (map[int64]bool, error) {
	rough := &a.sizes
	least := max(commonLeast, (rough.all-all.twice.fullBodies()+commonShare-1)/commonShare)
	if int64(slices.Max(rough.counters[:])) < least {
		return nil, nil
	}
	counts, err := a.countSizes(all, func(n int64) bool { return int64(rough.counters[sizeSlot(n)]) >= least })
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(counts, func(_, n int64) bool { return n < least })
	common := map[int64]bool{}
	for size := range counts {
		common[size] = true
	}
	return common, nil
}

// countSizes counts, of each suspect size, the recordings that were answered
// with it.
func (a *analysis) countSizes(all *runs, suspect func(int64) bool) (map[int64]int64, error) {
	counts := map[int64]int64{}
	here := map[int64]bool{} // of the recording at hand
	var name []byte
	known := accesslog.None
	listed := a.inventory.Cursor()
	r := new(request.Request)
	m := all.merge(nil, nil)
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if err := c.read(r); err != nil {
			return nil, err
		}
		if !fullBody(r) {
			continue
		}
		if !bytes.Equal(name, r.Recording) {
			name, known = r.Recording, sizeIn(listed, r.Recording)
			clear(here)
		}
		if !download.CountsWhole(r.Meaning, r.Bytes, known) && !here[r.Bytes] && suspect(r.Bytes) {
			here[r.Bytes] = true
			counts[r.Bytes]++
		}
	}
	return counts, errors.Join(m.Err(), listed.Err())
}

// sizeIn is a recording's size by the inventory.
func sizeIn(listed *recording.Cursor, path []byte) int64 {
	if listed.Find(path) {
		return listed.Size()
	}
	return accesslog.None
}
