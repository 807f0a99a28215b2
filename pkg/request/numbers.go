package request

import (
	"encoding/binary"

	"github.com/logrecount/recount/pkg/accesslog"
)

// Which optional numbers a row has.
const (
	hasStart = 1 << iota
	hasEnd
	hasBytes
	hasSent
	hasObjectSize
	hasRange
	hasDuration
)

// appendNumbers encodes what of r is neither a text nor in its key:
//
//	a byte of has bits, kind, meaning, finished, range from, flags (2 bytes)
//	uvarint line; varint UTC offset; uvarint status
//	each optional number that is there, in the order of the bits, but for the
//	time of the key: the end as eight bytes, the others as varints; behind the
//	object size where it is from
func appendNumbers(dst []byte, r *Request) []byte {
	at := len(dst)
	dst = append(dst, 0, byte(r.Kind), byte(r.Meaning), byte(r.Finished), byte(r.RangeFrom), byte(r.Flags), byte(r.Flags>>8))
	dst = binary.AppendUvarint(dst, uint64(r.Line))
	dst = binary.AppendVarint(dst, int64(r.UTCOffsetMin))
	dst = binary.AppendUvarint(dst, uint64(r.Status))
	var has byte
	if r.TimeStart != accesslog.NoTime {
		has |= hasStart
	}
	if r.TimeEnd != accesslog.NoTime {
		if has |= hasEnd; has&hasStart != 0 {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(r.TimeEnd))
		}
	}
	if r.Bytes != accesslog.None {
		has |= hasBytes
		dst = binary.AppendVarint(dst, r.Bytes)
	}
	if r.Sent != accesslog.None {
		has |= hasSent
		dst = binary.AppendVarint(dst, r.Sent)
	}
	if r.ObjectSize != accesslog.None {
		has |= hasObjectSize
		dst = append(binary.AppendVarint(dst, r.ObjectSize), byte(r.SizeFrom))
	}
	if r.RangeFrom != accesslog.RangeNone {
		has |= hasRange
		dst = binary.AppendVarint(binary.AppendVarint(dst, r.RangeStart), r.RangeEnd)
	}
	if r.DurationUS != accesslog.None {
		has |= hasDuration
		dst = binary.AppendVarint(dst, r.DurationUS)
	}
	dst[at] = has
	return dst
}

// readNumbers is the inverse of appendNumbers. time is that of the key.
func readNumbers(src []byte, time int64, r *Request) (ok bool) {
	if len(src) < 7 {
		return false
	}
	has := src[0]
	r.Kind, r.Meaning, r.Finished, r.RangeFrom = Kind(src[1]), accesslog.Meaning(src[2]), accesslog.Finished(src[3]), accesslog.RangeFrom(src[4])
	if int(r.Kind) >= len(kindNames) || r.Meaning > accesslog.MeaningTransferred || r.Finished > accesslog.FinishedNo || r.RangeFrom > accesslog.RangeRequest {
		return false // damaged; such a number has no name
	}
	r.Flags = accesslog.Flags(src[5]) | accesslog.Flags(src[6])<<8
	n := numbers{src[7:], true}
	r.Line, r.UTCOffsetMin, r.Status = int64(n.unsigned()), int16(n.signed()), int16(n.unsigned())
	r.TimeStart, r.TimeEnd = accesslog.NoTime, accesslog.NoTime
	r.Bytes, r.Sent, r.ObjectSize = accesslog.None, accesslog.None, accesslog.None
	r.SizeFrom = accesslog.TotalNone
	r.RangeStart, r.RangeEnd, r.DurationUS = accesslog.None, accesslog.None, accesslog.None
	switch has & (hasStart | hasEnd) {
	case hasStart:
		r.TimeStart = time
	case hasEnd:
		r.TimeEnd = time
	case hasStart | hasEnd:
		r.TimeStart, r.TimeEnd = time, n.eight()
	}
	if has&hasBytes != 0 {
		r.Bytes = n.signed()
	}
	if has&hasSent != 0 {
		r.Sent = n.signed()
	}
	if has&hasObjectSize != 0 {
		r.ObjectSize, r.SizeFrom = n.signed(), accesslog.TotalFrom(n.unsigned())
	}
	if has&hasRange != 0 {
		r.RangeStart, r.RangeEnd = n.signed(), n.signed()
	}
	if has&hasDuration != 0 {
		r.DurationUS = n.signed()
	}
	return n.ok && len(n.rest) == 0
}

// numbers reads numbers one behind the other.
type numbers struct {
	rest []byte
	ok   bool
}

func (n *numbers) eight() int64 {
	if len(n.rest) < 8 {
		n.ok, n.rest = false, nil
		return 0
	}
	v := binary.LittleEndian.Uint64(n.rest)
	n.rest = n.rest[8:]
	return int64(v)
}

func (n *numbers) unsigned() uint64 {
	if len(n.rest) > 0 && n.rest[0] < 0x80 { // most
		v := n.rest[0]
		n.rest = n.rest[1:]
		return uint64(v)
	}
	v, k := binary.Uvarint(n.rest)
	if k <= 0 {
		n.ok, n.rest = false, nil
		return 0
	}
	n.rest = n.rest[k:]
	return v
}

func (n *numbers) signed() int64 {
	v, k := binary.Varint(n.rest)
	if k <= 0 {
		n.ok, n.rest = false, nil
		return 0
	}
	n.rest = n.rest[k:]
	return v
}
