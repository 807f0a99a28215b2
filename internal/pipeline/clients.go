package pipeline

import (
	"encoding/binary"
	"math"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
)

// clientTotal is what one client did, summed over recordings in any order.
type clientTotal struct {
	requests, listings  int64
	grades              [download.GradeComplete + 1]int64 // recordings by grade
	requested, anyBytes int64                             // recordings
	upper               int64
	open                int64 // downloads without an upper bound
	first, last         int64
	tags                client.Tags // of its user agents
}

// add counts a posting of the client.
func (t *clientTotal) add(e *posting) {
	t.requests += e.requests
	t.listings += e.listings
	t.tags |= e.tags
	t.seen(e.first, e.last)
	if !e.download {
		return
	}
	t.grades[e.grade]++
	t.requested++
	if e.any {
		t.anyBytes++
	}
	if e.upper == accesslog.None {
		t.open++
	} else {
		t.upper = plus(t.upper, e.upper)
	}
}

// plus adds two numbers that are not negative. A log can hold any number of
// bytes, so what does not fit stops at the largest.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// seen widens the client's time. The numbers are kept one higher, so that the
// zero value is no time.
func (t *clientTotal) seen(first, last int64) {
	if first == accesslog.NoTime {
		return
	}
	if t.first == 0 || first+1 < t.first {
		t.first = first + 1
	}
	if t.last == 0 || last+1 > t.last {
		t.last = last + 1
	}
}

// times gives the client's first and last time.
func (t *clientTotal) times() (first, last int64) {
	if t.first == 0 {
		return accesslog.NoTime, accesslog.NoTime
	}
	return t.first - 1, t.last - 1
}

// reaches says whether the client has a download of this grade or better.
func (t *clientTotal) reaches(g download.Grade) bool {
	for ; int(g) < len(t.grades); g++ {
		if t.grades[g] > 0 {
			return true
		}
	}
	return false
}

var clientCodec = spill.Codec[clientTotal]{
	Append: func(dst []byte, t *clientTotal) []byte {
		for _, v := range t.fields() {
			dst = binary.AppendVarint(dst, *v)
		}
		return binary.AppendUvarint(dst, uint64(t.tags))
	},
	Read: func(src []byte, t *clientTotal) {
		for _, v := range t.fields() {
			n, k := binary.Varint(src)
			*v, src = n, src[k:]
		}
		tags, _ := binary.Uvarint(src)
		t.tags = client.Tags(tags)
	},
	Merge: func(into, from *clientTotal) {
		first, last := from.times()
		f := into.fields()
		for i, v := range from.fields() {
			if f[i] != &into.first && f[i] != &into.last {
				*f[i] = plus(*f[i], *v)
			}
		}
		into.seen(first, last)
		into.tags |= from.tags
	},
}

// fields are the numbers of a total.
func (t *clientTotal) fields() [8 + download.GradeComplete + 1]*int64 {
	fields := [8 + download.GradeComplete + 1]*int64{&t.requests, &t.listings, &t.requested, &t.anyBytes, &t.upper, &t.open, &t.first, &t.last}
	for i := range t.grades {
		fields[8+i] = &t.grades[i]
	}
	return fields
}
