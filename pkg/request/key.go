package request

import "encoding/binary"

// Key is what a request is sorted by, and what says which line it is and how it was
// read: enough to merge runs and to pass lines over. Its byte slices are borrowed
// like those of a Request.
type Key struct {
	Recording []byte // as Request.Recording
	Client    []byte // as Request.Client
	Time      int64  // as Request.Time gives it
	Offset    int64  // as Request.Offset
	Source    int32  // as Request.Source
	Format    uint8  // as Request.Format
}

// appendKey encodes the numbers of a request's key: the time as eight bytes, which a
// varint of it would take too; uvarint source and offset; a byte for the format.
func appendKey(dst []byte, r *Request) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.Time()))
	dst = binary.AppendUvarint(dst, uint64(r.Source))
	dst = binary.AppendUvarint(dst, uint64(r.Offset))
	return append(dst, r.Format)
}

// readKey is the inverse of appendKey.
func readKey(src []byte, k *Key) (rest []byte, ok bool) {
	n := numbers{src, true}
	k.Time, k.Source, k.Offset = n.eight(), int32(n.unsigned()), int64(n.unsigned())
	if len(n.rest) == 0 {
		return nil, false
	}
	k.Format = n.rest[0]
	return n.rest[1:], n.ok
}
