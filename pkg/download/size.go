package download

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// Sizing is what is known of a recording's size.
type Sizing struct {
	Size Size

	// Contradicted: the log shows more of the recording than its size. Either
	// may be wrong, or there were two versions, so nothing is proven by it.
	Contradicted bool

	floor  int64  // no whole is smaller, by what was seen, where Size does not come from an explicit total
	others []Size // further totals that the log states, each by its best source, sorted; borrowed until the Sizer's next Reset
}

// proves says whether handing over Size.Bytes proves a whole. A size that was
// only repeated by two clients is good evidence, but both may have been cut.
func (s Sizing) proves() bool {
	return s.Size.From != SizeUnknown && s.Size.From != SizeRepeated && !s.Contradicted
}

// proven is the size that proves a whole, or accesslog.None.
func (s Sizing) proven() int64 {
	if s.proves() {
		return s.Size.Bytes
	}
	return accesslog.None
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

// toAnyMethod says whether an answer to a method other than GET and POST is as
// long as the recording: Caddy 2.6 hands a file to OPTIONS, PUT and DELETE too.
// Of what it says short, the answer has something to say of its own.
func (s Sizing) toAnyMethod(r *request.Request) bool {
	if r.Status != 200 && r.Status != 203 && r.Status != 206 || r.Bytes == accesslog.None {
		return false
	}
	if s.proves() {
		return s.Size.Bytes > 0 && r.Bytes >= s.Size.Bytes
	}
	return s.floor > 0 && r.Bytes >= s.floor
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
	totals  [SizeContentLength - SizeObject + 1]int64 // the largest that the log states, by where
	planned int64
	proven  int64   // the largest lower bound of a full body
	extent  int64   // where the furthest piece ends, as far as it is proven
	body    largest // body sizes by accepted or transferred counts
	unknown largest // sizes that may hold headers
	stated  []Size  // distinct totals, at most maxTotals, sorted
	others  []Size  // of Sizing
}

// maxTotals is how many totals of one recording are told apart. A file that
// grows while it is read has as many as requests; those behind are taken for
// none.
const maxTotals = 64

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
	s.stated = s.stated[:0]
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
	s.state(stated(r))
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
		if wasPlan(r) {
			s.planned = max(s.planned, r.Bytes)
		}
		s.body.add(lessFraming(r.Bytes, r.Protocol, fullFrame), r.Client)
		s.proven = max(s.proven, lessFraming(r.Bytes, r.Protocol, smallFrame))
	default:
		s.unknown.add(r.Bytes, r.Client)
	}
}

// state uses the size of the whole that a line states.
func (s *Sizer) state(size Size) {
	if size.From == SizeUnknown {
		return
	}
	if size.From != SizePlanned {
		s.totals[size.From-SizeObject] = max(s.totals[size.From-SizeObject], size.Bytes)
	}
	i, known := slices.BinarySearchFunc(s.stated, size, func(a, b Size) int { return cmp.Compare(a.Bytes, b.Bytes) })
	switch {
	case known:
		s.stated[i].From = min(s.stated[i].From, size.From)
	case len(s.stated) < maxTotals:
		s.stated = slices.Insert(s.stated, i, size)
	}
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
	return s.With(s.known(inventory))
}

// known is the size that is known from elsewhere, or that lines state.
func (s *Sizer) known(inventory int64) Size {
	if inventory != accesslog.None {
		return Size{inventory, SizeInventory}
	}
	for i, total := range s.totals {
		if total != accesslog.None {
			return Size{total, SizeObject + SizeFrom(i)}
		}
	}
	if s.planned != accesslog.None {
		return Size{s.planned, SizePlanned}
	}
	return Size{accesslog.None, SizeUnknown}
}

// With is the Sizing where the size is known: an earlier decision gives the same
// again. Of a size that is not, or only repeated, the requests decide.
func (s *Sizer) With(size Size) Sizing {
	if size.From != SizeUnknown && size.From != SizeRepeated {
		return s.checked(size)
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
	s.others = s.others[:0]
	for _, total := range s.stated {
		if total.Bytes != size.Bytes {
			s.others = append(s.others, total)
		}
	}
	sizing := Sizing{Size: size, others: s.others}
	if max(s.planned, s.proven, s.extent, s.unknown.n-headerSlack(s.unknown.n)) > size.Bytes {
		sizing.Contradicted, sizing.floor = true, size.Bytes
	}
	return sizing
}

// headerSlack is by how much two counts of the same body may differ where
// headers, and TLS with its handshake, may be in them: 8 KiB and the share of
// TLS. So of a recording smaller than that, every full response may be whole.
func headerSlack(n int64) int64 { return min(n, 8<<10+n/tlsShare) }
