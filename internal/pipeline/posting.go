package pipeline

import (
	"encoding/binary"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// posting is what one client did with one recording or directory, or only that it
// had a user agent.
type posting struct {
	download bool           // of a recording; without it, the next three are not told
	any      bool           // as by anyBytes
	grade    download.Grade // of the download
	upper    int64          // bytes of the download; or None
	requests int64
	listings int64 // of a directory
	first    int64 // NoTime: no time is known
	last     int64
	tags     client.Tags // of its user agents
	agent    int32       // number of a user agent; or noNumber
}

// nothing is the posting of a client that did nothing.
var nothing = posting{first: accesslog.NoTime, last: accesslog.NoTime, agent: noNumber}

// postingOf is the posting of a download.
func postingOf(d *download.Download, tags client.Tags, agent int32) posting {
	return posting{
		download: true, any: anyBytes(d), grade: d.Grade, upper: d.BytesUpper, requests: d.Requests,
		first: d.FirstSeen, last: d.LastSeen, tags: tags, agent: agent,
	}
}

// postingBytes is what a posting takes at most beside its client.
const postingBytes = 64

// page counts a request for a directory.
func (e *posting) page(r *request.Request) {
	e.requests++
	if r.Kind == request.KindListing {
		e.listings++
	}
	t := r.Time()
	if t == accesslog.NoTime {
		return
	}
	if e.first == accesslog.NoTime || t < e.first {
		e.first = t
	}
	e.last = max(e.last, t)
}

// What the first byte of a posting says beside the grade.
const (
	postingGrade    = 7
	postingDownload = 1 << (iota + 2)
	postingAny
	postingBounded // the upper count of bytes is told
	postingTimed
	postingAgent
)

// second is in microseconds. Most logs have whole seconds.
const second = 1_000_000

// append writes a posting: what it tells, the client, numbers. Its time is told by
// the seconds since another.
func (e *posting) append(dst, name []byte, since int64) []byte {
	dst = append(dst, e.tells())
	dst = append(binary.AppendUvarint(dst, uint64(len(name))), name...)
	dst = binary.AppendUvarint(dst, uint64(e.requests))
	dst = binary.AppendUvarint(dst, uint64(e.tags))
	switch {
	case !e.download:
		dst = binary.AppendUvarint(dst, uint64(e.listings))
	case e.upper != accesslog.None:
		dst = binary.AppendUvarint(dst, uint64(e.upper))
	}
	if e.first != accesslog.NoTime {
		dst = binary.AppendVarint(dst, e.first/second-since)
		dst = binary.AppendVarint(dst, e.first%second)
		dst = binary.AppendUvarint(dst, uint64(e.last-e.first))
	}
	if e.agent != noNumber {
		dst = binary.AppendUvarint(dst, uint64(e.agent))
	}
	return dst
}

// tells is the first byte of a posting.
func (e *posting) tells() (b byte) {
	if e.download {
		b |= postingDownload | byte(e.grade)
		if e.any {
			b |= postingAny
		}
		if e.upper != accesslog.None {
			b |= postingBounded
		}
	}
	if e.first != accesslog.NoTime {
		b |= postingTimed
	}
	if e.agent != noNumber {
		b |= postingAgent
	}
	return b
}

// read reads a posting that append wrote. The client's name is borrowed from src.
func (e *posting) read(src []byte, since int64) (name, rest []byte) {
	tells := src[0]
	size, src := number(src[1:])
	name, src = src[:size:size], src[size:]
	*e = nothing
	n, src := number(src)
	e.requests = int64(n)
	n, src = number(src)
	e.tags = client.Tags(n)
	switch {
	case tells&postingDownload == 0:
		n, src = number(src)
		e.listings = int64(n)
	case tells&postingBounded == 0:
		e.upper = accesslog.None
	default:
		n, src = number(src)
		e.upper = int64(n)
	}
	if tells&postingDownload != 0 {
		e.download, e.any, e.grade = true, tells&postingAny != 0, download.Grade(tells&postingGrade)
	}
	if tells&postingTimed != 0 {
		seconds, k := binary.Varint(src)
		micros, m := binary.Varint(src[k:])
		n, src = number(src[k+m:])
		e.first = (since+seconds)*second + micros
		e.last = e.first + int64(n)
	}
	if tells&postingAgent != 0 {
		n, src = number(src)
		e.agent = int32(n)
	}
	return name, src
}

// number reads a uvarint; most are one byte.
func number(src []byte) (uint64, []byte) {
	if src[0] < 0x80 {
		return uint64(src[0]), src[1:]
	}
	n, k := binary.Uvarint(src)
	return n, src[k:]
}
