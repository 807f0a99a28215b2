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

// The first byte of a posting is the grade of the download, or that there is none,
// and what else it tells.
const (
	postingGrade   = 7
	postingNone    = 7 // there is no download
	postingAny     = 1 << (iota + 1)
	postingBounded // the upper count of bytes is told
	postingTimed
	postingAgent
	postingOne // one request in a whole second, without tags: these are not told
)

const _ = uint(postingNone - 1 - download.GradeComplete) // each grade has a number of its own

// second is in microseconds. Most logs have whole seconds.
const second = 1_000_000

// append writes a posting: what it tells, the client, numbers. Its time is told by
// the seconds since another.
func (e *posting) append(dst, name []byte, since int64) []byte {
	tells := e.tells()
	dst = append(dst, tells)
	dst = append(binary.AppendUvarint(dst, uint64(len(name))), name...)
	if tells&postingOne == 0 {
		dst = binary.AppendUvarint(dst, uint64(e.requests))
		dst = binary.AppendUvarint(dst, uint64(e.tags))
	}
	switch {
	case !e.download:
		dst = binary.AppendUvarint(dst, uint64(e.listings))
	case tells&postingBounded != 0:
		dst = binary.AppendUvarint(dst, uint64(e.upper))
	}
	if tells&postingTimed != 0 {
		dst = binary.AppendVarint(dst, e.first/second-since)
		if tells&postingOne == 0 {
			dst = binary.AppendVarint(dst, e.first%second)
			dst = binary.AppendUvarint(dst, uint64(e.last-e.first))
		}
	}
	if tells&postingAgent != 0 {
		dst = binary.AppendUvarint(dst, uint64(e.agent))
	}
	return dst
}

// tells is the first byte of a posting.
func (e *posting) tells() byte {
	b := byte(postingNone)
	if e.download {
		b = byte(e.grade)
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
	if e.requests == 1 && e.tags == 0 && e.first == e.last && e.first%second == 0 {
		b |= postingOne
	}
	return b
}

// read reads a posting that append wrote. The client's name is borrowed from src.
func (e *posting) read(src []byte, since int64) (name, rest []byte) {
	tells := src[0]
	size, src := number(src[1:])
	name, src = src[:size:size], src[size:]
	*e = nothing
	e.requests = 1
	var n uint64
	if tells&postingOne == 0 {
		n, src = number(src)
		e.requests = int64(n)
		n, src = number(src)
		e.tags = client.Tags(n)
	}
	if tells&postingGrade == postingNone {
		n, src = number(src)
		e.listings = int64(n)
	} else {
		e.download, e.any, e.grade, e.upper = true, tells&postingAny != 0, download.Grade(tells&postingGrade), accesslog.None
		if tells&postingBounded != 0 {
			n, src = number(src)
			e.upper = int64(n)
		}
	}
	if tells&postingTimed != 0 {
		seconds, k := binary.Varint(src)
		src = src[k:]
		e.first = (since + seconds) * second
		e.last = e.first
		if tells&postingOne == 0 {
			micros, k := binary.Varint(src)
			n, src = number(src[k:])
			e.first += micros
			e.last = e.first + int64(n)
		}
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
