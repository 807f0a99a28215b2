package pipeline

import (
	"cmp"
	"encoding/binary"

	"github.com/zeebo/xxh3"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// event is a request as every log of its server has it: key is a hash of its
// client, second, recording, kind and status. The rest is its own.
type event struct {
	key    xxh3.Uint128
	log    int32 // number
	client uint32
	offset int64
	line   int64 // in its source
	second int64
	bytes  int64
	full   bool // see fullBody
}

// eventSize and twinSize are about what an item costs in a sorter, with the room
// into which it grows.
const (
	eventSize = 2 * 72
	twinSize  = 2 * 72
)

// eventMaker makes events. It keeps its space.
type eventMaker struct{ text []byte }

// event makes the event of a request of log number n. The second is that which
// the log wrote: what a format has behind it was cut off in one that has less. A
// request without client or time, or of which the log does not say the method, is
// like no other.
func (m *eventMaker) event(r *request.Request, n int32, l *parallelLog) event {
	i := l.index[r.Source]
	s := l.sources[i]
	t := r.TimeStart
	if s.reading.Formats[r.Format-1].TimeAt == accesslog.TimeAtEnd {
		t = r.TimeEnd
	}
	e := event{log: n, offset: l.begins[i] + r.Offset, line: s.line(r.Offset, r.Line), second: floorSecond(t), bytes: r.Bytes, full: fullBody(r)}
	e.client = uint32(xxh3.Hash(r.Client))
	kind := r.Kind
	if kind == request.KindProbe { // which is one by its size, and that of a count with headers is larger
		kind = request.KindContent
	}
	b := append(m.text[:0], byte(kind), byte(r.Status), byte(r.Status>>8))
	b = binary.AppendVarint(b, e.second)
	b = binary.AppendUvarint(b, uint64(len(r.Recording)))
	b = append(b, r.Recording...)
	b = append(b, r.Client...)
	if t == accesslog.NoTime || r.Client == nil || r.Flags&accesslog.FlagMethodUnknown != 0 {
		b = append(b, 0)
		b = binary.AppendVarint(b, int64(n))
		b = binary.AppendVarint(b, e.offset)
	}
	m.text = b
	e.key = xxh3.Hash128(b)
	return e
}

// floorSecond cuts off what is behind the second.
func floorSecond(us int64) int64 {
	s := us / 1e6
	if us%1e6 < 0 {
		s--
	}
	return s
}

// tell counts what one request tells.
func tell(t *coverage.Tells, r *request.Request) {
	if r.Kind != request.KindContent && r.Kind != request.KindProbe {
		return
	}
	count := func(n *int64, yes bool) {
		if yes {
			*n++
		}
	}
	t.Content++
	count(&t.Sizes, r.Bytes != accesslog.None)
	count(&t.Finished, r.Finished != accesslog.FinishedUnknown)
	count(&t.Both, r.Sent != accesslog.None && r.Bytes != accesslog.None)
	count(&t.Partial, r.Status == 206)
	count(&t.Ranges, r.Status == 206 && r.RangeFrom != accesslog.RangeNone)
	count(&t.Totals, r.ObjectSize != accesslog.None)
	count(&t.Agents, r.Agent != nil)
	count(&t.Duration, r.DurationUS != accesslog.None)
}

var sortableEvent = spill.Sortable[event]{
	Compare: func(a, b *event) int {
		switch {
		case a.key.Hi != b.key.Hi:
			return cmp.Compare(a.key.Hi, b.key.Hi)
		case a.key.Lo != b.key.Lo:
			return cmp.Compare(a.key.Lo, b.key.Lo)
		case a.log != b.log:
			return cmp.Compare(a.log, b.log)
		}
		return cmp.Compare(a.offset, b.offset)
	},
	Append: func(dst []byte, e *event) []byte {
		dst = binary.LittleEndian.AppendUint64(dst, e.key.Hi)
		dst = binary.LittleEndian.AppendUint64(dst, e.key.Lo)
		dst = binary.LittleEndian.AppendUint32(dst, e.client)
		return appendInts(dst, int64(e.log), e.offset, e.line, e.second, e.bytes, toInt(e.full))
	},
	Read: func(src []byte, e *event) []byte {
		e.key.Hi, e.key.Lo = binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		e.client = binary.LittleEndian.Uint32(src[16:])
		var log, full int64
		src = readInts(src[20:], &log, &e.offset, &e.line, &e.second, &e.bytes, &full)
		e.log, e.full = int32(log), full != 0
		return src
	},
}

// twin is a request of a log and its counterpart in another one, or in none.
type twin struct {
	log, other       int32 // numbers; other -1: no counterpart in any
	client           uint32
	sizes            coverage.Sizes
	sole, full       bool
	offset, line     int64
	second           int64
	ofOffset, ofLine int64
}

var sortableTwin = spill.Sortable[twin]{
	Compare: func(a, b *twin) int {
		switch {
		case a.log != b.log:
			return cmp.Compare(a.log, b.log)
		case a.offset != b.offset:
			return cmp.Compare(a.offset, b.offset)
		}
		return cmp.Compare(a.other, b.other)
	},
	Append: func(dst []byte, t *twin) []byte {
		return appendInts(dst, int64(t.log), int64(t.other), int64(t.client), int64(t.sizes), toInt(t.sole), toInt(t.full),
			t.offset, t.line, t.second, t.ofOffset, t.ofLine)
	},
	Read: func(src []byte, t *twin) []byte {
		var log, other, client, sizes, sole, full int64
		src = readInts(src, &log, &other, &client, &sizes, &sole, &full, &t.offset, &t.line, &t.second, &t.ofOffset, &t.ofLine)
		t.log, t.other, t.client, t.sizes, t.sole, t.full = int32(log), int32(other), uint32(client), coverage.Sizes(sizes), sole != 0, full != 0
		return src
	},
}

func appendInts(dst []byte, list ...int64) []byte {
	for _, n := range list {
		dst = binary.AppendVarint(dst, n)
	}
	return dst
}

func readInts(src []byte, list ...*int64) []byte {
	for _, n := range list {
		v, k := binary.Varint(src)
		*n, src = v, src[k:]
	}
	return src
}

func toInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
