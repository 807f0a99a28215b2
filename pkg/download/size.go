package download

import (
	"bytes"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// Sizing is what is known of a recording's size.
type Sizing struct {
	Size Size

	// Contradicted: the log shows more of the recording than its size. Either
	// may be wrong, or there were two versions, so nothing is proven by it.
	Contradicted bool

	floor int64 // no whole is smaller, by what was seen, where Size does not come from an explicit total
}

// proves says whether handing over Size.Bytes proves a whole. A size that was
// only repeated by two clients is good evidence, but both may have been cut.
func (s Sizing) proves() bool {
	return s.Size.From != SizeUnknown && s.Size.From != SizeRepeated && !s.Contradicted
}

// enough says whether an upper bound reaches what may be the whole.
func (s Sizing) enough(upper int64) bool {
	if upper == unbounded {
		return true
	}
	if s.proves() {
		return upper >= s.Size.Bytes
	}
	return upper >= s.floor
}

// fills says whether pieces without position, together unplaced bytes long,
// may fill the holes that the placed ones leave.
func (s Sizing) fills(placed *intervals, unplaced int64) bool {
	size := s.Size.Bytes
	switch {
	case s.Contradicted:
		size = s.floor
	case !s.proves():
		size = max(s.floor, placed.end())
	}
	return (size > 0 || unplaced > 0) && placed.missing(size) <= unplaced
}

// tiny says whether a recording is so small that a probe takes it whole.
func (s Sizing) tiny() bool { return s.proves() && s.Size.Bytes <= probeBytes }

// Sizer finds the size of one recording from its requests, which must come
// sorted by client. The order of trust is that of the SizeFrom constants.
type Sizer struct {
	totals  [accesslog.TotalContentLength + 1]int64 // the largest that the log states, by where
	planned int64
	proven  int64   // the largest lower bound of a full body
	extent  int64   // where the furthest piece ends, as far as it is proven
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
	for i := range s.totals {
		s.totals[i] = accesslog.None
	}
	s.planned, s.proven, s.extent = accesslog.None, 0, 0
	s.body.n, s.body.clients = 0, 0
	s.unknown.n, s.unknown.clients = 0, 0
}

// Add counts one request.
func (s *Sizer) Add(r *request.Request) {
	if r.Flags&accesslog.FlagUnterminated != 0 {
		r = withoutLast(r)
	}
	if r.Flags&accesslog.FlagCoded != 0 {
		r = uncounted(r)
	}
	s.total(r)
	if r.Kind != request.KindContent && r.Kind != request.KindProbe || r.Flags&accesslog.FlagAccessOnly != 0 {
		return
	}
	if methodless(r) {
		s.addMethodless(r)
		return
	}
	if r.Status == 206 {
		s.piece(r)
		return
	}
	if r.Bytes == accesslog.None {
		return
	}
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		s.planned = max(s.planned, r.Bytes)
	case accesslog.MeaningAcceptedBody, accesslog.MeaningTransferred:
		if r.Finished == accesslog.FinishedYes && !framed(r.Protocol) && !fileTransfer(r) {
			s.planned = max(s.planned, r.Bytes)
		}
		s.body.add(lessFraming(r.Bytes, r.Protocol, fullFrame), r.Client)
		s.proven = max(s.proven, lessFraming(r.Bytes, r.Protocol, smallFrame))
	default:
		s.unknown.add(r.Bytes, r.Client)
	}
}

// total uses the size of the whole that a line states. The length of the
// response is that only where all of it was to be sent: an error page, or a
// 206, has a length of its own.
func (s *Sizer) total(r *request.Request) {
	from := max(r.SizeFrom, accesslog.TotalObject)
	if from == accesslog.TotalContentLength && r.Status != 200 && r.Status != 203 {
		return
	}
	s.totals[from] = max(s.totals[from], r.ObjectSize)
}

// piece uses a partial response with position: the recording is larger than
// where it starts, and at least as large as where it ends.
func (s *Sizer) piece(r *request.Request) {
	if r.RangeFrom == accesslog.RangeNone || r.RangeStart < 0 {
		return
	}
	length := int64(1)
	switch {
	case r.RangeFrom == accesslog.RangeContent && r.RangeEnd >= r.RangeStart:
		length = plus(r.RangeEnd-r.RangeStart, 1)
	case r.Bytes == accesslog.None:
	case r.Meaning == accesslog.MeaningPlanned:
		length = max(length, r.Bytes)
	case r.Meaning == accesslog.MeaningAcceptedBody || r.Meaning == accesslog.MeaningTransferred:
		length = max(length, lessFraming(r.Bytes, r.Protocol, smallFrame))
	}
	s.extent = max(s.extent, plus(r.RangeStart, length))
}

// Sizing decides. inventory is the size that the inventory gives, or
// accesslog.None.
func (s *Sizer) Sizing(inventory int64) Sizing {
	switch {
	case inventory != accesslog.None:
		return s.checked(Size{inventory, SizeInventory})
	case s.totals[accesslog.TotalObject] != accesslog.None:
		return s.checked(Size{s.totals[accesslog.TotalObject], SizeObject})
	case s.totals[accesslog.TotalContentRange] != accesslog.None:
		return s.checked(Size{s.totals[accesslog.TotalContentRange], SizeContentRange})
	case s.totals[accesslog.TotalContentLength] != accesslog.None:
		return s.checked(Size{s.totals[accesslog.TotalContentLength], SizeContentLength})
	case s.planned != accesslog.None:
		return s.checked(Size{s.planned, SizePlanned})
	}
	top, slack := s.body, int64(0)
	if s.unknown.clients > 0 && (s.body.clients == 0 || s.unknown.n > s.body.n) {
		top, slack = s.unknown, headerSlack(s.unknown.n)
	}
	sizing := Sizing{Size: Size{accesslog.None, SizeUnknown}, floor: max(top.n-slack, s.extent)}
	if top.clients >= 2 && s.extent <= top.n {
		sizing.Size = Size{top.n, SizeRepeated}
	}
	return sizing
}

// checked compares an explicit size with what the log shows of the recording.
func (s *Sizer) checked(size Size) Sizing {
	shown := max(s.planned, s.proven, s.extent, s.unknown.n-headerSlack(s.unknown.n))
	if shown > size.Bytes {
		return Sizing{Size: size, Contradicted: true, floor: size.Bytes}
	}
	return Sizing{Size: size}
}

// headerSlack is by how much two counts of the same body may differ where
// headers, and TLS with its handshake, may be in them: 8 KiB and the share of
// TLS. So of a recording smaller than that, every full response may be whole.
func headerSlack(n int64) int64 { return min(n, 8<<10+n/tlsShare) }
