package casefile

import (
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// RequestTable takes the requests table, sorted by recording, client, time,
// source and line.
type RequestTable struct {
	table
	flags map[accesslog.Flags]string // names of the combinations seen
}

// Append writes one request.
func (t *RequestTable) Append(r *request.Request) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.int32(r.Source, true)
	g.int64(r.Line)
	g.int64(r.Offset)
	g.time(r.TimeStart)
	g.time(r.TimeEnd)
	g.int32(int32(r.UTCOffsetMin), r.Time() != accesslog.NoTime)
	g.bytes(r.Client)
	g.bytes(r.Forwarded)
	g.bytes(r.Method)
	g.bytes(r.Recording)
	g.bytes(r.URL)
	g.bytes(r.Host)
	g.bytes(r.Protocol)
	g.int32(int32(r.Status), r.Status != 0)
	g.int64(r.Bytes)
	g.string(r.Meaning.String())
	g.int64(r.RangeStart)
	g.int64(r.RangeEnd)
	g.string(r.RangeFrom.String())
	g.bool(r.Finished == accesslog.FinishedYes, r.Finished != accesslog.FinishedUnknown)
	g.int64(r.DurationUS)
	g.bytes(r.Agent)
	g.bytes(r.Referrer)
	g.bytes(r.User)
	g.string(t.flagText(r.Flags))
	g.string(r.Kind.String())
	g.int64(r.Sent)
	g.int64(r.ObjectSize)
	g.string(totalFrom(r).String())
	return t.end()
}

func (t *RequestTable) flagText(f accesslog.Flags) string {
	if f == 0 {
		return ""
	}
	s, ok := t.flags[f]
	if !ok {
		if t.flags == nil {
			t.flags = map[accesslog.Flags]string{}
		}
		s = strings.Join(f.Names(), ",")
		t.flags[f] = s
	}
	return s
}

// totalFrom is where the size of the whole was read.
func totalFrom(r *request.Request) accesslog.TotalFrom {
	if r.ObjectSize == accesslog.None {
		return accesslog.TotalNone
	}
	return max(r.SizeFrom, accesslog.TotalObject)
}
