package download

import (
	"bytes"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// Sizing is what is known of a recording's size.
type Sizing struct {
	Size  Size
	least int64 // the largest body seen, where Size does not come from an explicit total
	slack int64 // how much of least may be headers
}

// proves says whether handing over Size.Bytes proves a whole. A size that was
// only repeated by two clients is good evidence, but both may have been cut.
func (s Sizing) proves() bool { return s.Size.From != SizeUnknown && s.Size.From != SizeRepeated }

// enough says whether an upper bound reaches what may be the whole.
func (s Sizing) enough(upper int64) bool {
	if upper == unbounded {
		return true
	}
	if s.proves() {
		return upper >= s.Size.Bytes
	}
	return upper >= s.least-s.slack
}

// Sizer finds the size of one recording from its requests, which must come
// sorted by client. The order of trust is that of the SizeFrom constants.
type Sizer struct {
	object  int64
	planned int64
	body    largest // body sizes by accepted or transferred counts
	unknown largest // sizes that may hold headers
}

// largest is the largest number seen, and by how many clients.
type largest struct {
	n       int64
	clients int
	last    []byte
}

func (l *largest) add(n int64, client []byte) {
	switch {
	case n > l.n || l.clients == 0:
		l.n, l.clients = n, 1
		l.last = append(l.last[:0], client...)
	case n == l.n && !bytes.Equal(l.last, client):
		l.clients++
		l.last = append(l.last[:0], client...)
	}
}

// Reset starts the next recording.
func (s *Sizer) Reset() {
	s.object, s.planned = accesslog.None, accesslog.None
	s.body.n, s.body.clients = 0, 0
	s.unknown.n, s.unknown.clients = 0, 0
}

// Add counts one request.
func (s *Sizer) Add(r *request.Request) {
	s.object = max(s.object, r.ObjectSize)
	if r.Kind != request.KindContent && r.Kind != request.KindProbe || r.Bytes == accesslog.None {
		return
	}
	full := r.Status != 206
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		if full {
			s.planned = max(s.planned, r.Bytes)
		}
	case accesslog.MeaningAcceptedBody, accesslog.MeaningTransferred:
		if full && r.Finished == accesslog.FinishedYes {
			s.planned = max(s.planned, r.Bytes)
		}
		if full {
			s.body.add(r.Bytes, r.Client)
		}
	default:
		if full {
			s.unknown.add(r.Bytes, r.Client)
		}
	}
}

// Sizing decides. inventory is the size that the inventory gives, or
// accesslog.None.
func (s *Sizer) Sizing(inventory int64) Sizing {
	switch {
	case inventory != accesslog.None:
		return Sizing{Size: Size{inventory, SizeInventory}}
	case s.object != accesslog.None:
		return Sizing{Size: Size{s.object, SizeObject}}
	case s.planned != accesslog.None:
		return Sizing{Size: Size{s.planned, SizePlanned}}
	}
	top, slack := s.body, int64(0)
	if s.unknown.clients > 0 && (s.body.clients == 0 || s.unknown.n > s.body.n) {
		top, slack = s.unknown, headerSlack(s.unknown.n)
	}
	sizing := Sizing{Size: Size{accesslog.None, SizeUnknown}, least: top.n, slack: slack}
	if top.clients >= 2 {
		sizing.Size = Size{top.n, SizeRepeated}
	}
	return sizing
}

// headerSlack is by how much two counts of the same body may differ where
// headers, and TLS with its handshake, may be in them: 8 KiB and the share of
// TLS, but no more than half.
func headerSlack(n int64) int64 { return min(8<<10+n/tlsShare, n/2) }
