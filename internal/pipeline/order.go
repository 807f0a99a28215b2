package pipeline

import (
	"bytes"
	"encoding/binary"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// byRequest is the order of requests: recording, client, time, source, offset.
var byRequest = spill.Order[*runCursor]{
	Code:   func(c *runCursor) uint64 { return code(c.Recording, c.same) },
	Before: before,
}

// A code tells at which letter, of codeLetter bytes each, a recording differs from
// the one it comes behind, more being less, and which letter it has there. With more
// bytes to a letter fewer rivals have the same code; those have to be compared, out
// of memory that no cache holds.
const (
	codeLetter = 5
	letterBits = 8*codeLetter + 3 // with how many bytes it has, so that a recording that ends is not compared again
)

// The letters of a recording have numbers that fit. It is no longer than three lines:
// Unicode NFC makes at most three bytes of one (unicode.org/faq/normalization.html).
const _ = uint(1<<(64-letterBits) - 3*accesslog.MaxLine/codeLetter - 2)

// code is the code of a recording that begins with so many bytes as the one it
// comes behind.
func code(recording []byte, same int) uint64 {
	at := same / codeLetter
	from := at * codeLetter
	left := len(recording) - from
	var eight uint64 // bytes from there on, zeros behind the end
	switch {
	case left >= 8:
		eight = binary.BigEndian.Uint64(recording[from:])
	case len(recording) >= 8:
		eight = binary.BigEndian.Uint64(recording[len(recording)-8:]) << (8 * (8 - left))
	default:
		eight = numberOf(recording[from:])
	}
	return ^uint64(at)<<letterBits | eight>>(64-8*codeLetter)<<3 | uint64(min(left, codeLetter))
}

// sameBytes is how many bytes of a recording are the same as of another with the
// same code.
func sameBytes(code uint64) int {
	return int(^code>>letterBits)*codeLetter + int(code&7)
}

// before compares two requests whose recordings have the same code. Runs lie close
// to each other when there are many, so without codes each comparison would go
// through the same long beginnings.
func before(a, b *runCursor, same uint64) (before bool, later uint64) {
	p, q := &a.Key, &b.Key
	n := sameBytes(same)
	n += request.Shared(p.Recording[n:], q.Recording[n:])
	switch pEnds, qEnds := n == len(p.Recording), n == len(q.Recording); {
	case pEnds && qEnds:
		return sooner(p, q), code(p.Recording, n)
	case pEnds || !qEnds && p.Recording[n] < q.Recording[n]:
		return true, code(q.Recording, n)
	}
	return false, code(p.Recording, n)
}

// sooner compares two requests for the same recording.
func sooner(p, q *request.Key) bool {
	if d := bytes.Compare(p.Client, q.Client); d != 0 {
		return d < 0
	}
	if p.Time != q.Time {
		return p.Time < q.Time
	}
	if p.Source != q.Source {
		return p.Source < q.Source
	}
	return p.Offset < q.Offset
}
