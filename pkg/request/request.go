// Package request holds what crosses the seam between reading and grouping: a
// Request is a record that concerns a recording or a listing, with its
// reference; a Batch is many of them with their own dictionary of texts.
//
// It takes records whose target was recognised, and gives requests sorted by
// recording, client and time, in blocks that can be kept in memory, written to
// disk or sent elsewhere. There are no tables shared between batches.
package request

import "github.com/logrecount/recount/pkg/accesslog"

// Request is one record that concerns a recording or a listing.
//
// Its byte slices are borrowed: they are valid as long as the block that the
// request was decoded from. A nil slice means that the log had no such field;
// an empty one, that the field was empty. The recording is never nil.
type Request struct {
	Source int32 // source id, from 1
	Line   int64 // line number in the decompressed stream, from 1
	Offset int64 // byte offset of the line in the decompressed stream

	TimeStart    int64 // microseconds since the epoch, UTC; accesslog.NoTime if not known
	TimeEnd      int64
	UTCOffsetMin int16

	Client    []byte // canonical address text or host name
	Forwarded []byte
	Method    []byte
	Recording []byte // canonical path; for a listing its directory, which ends in "/"
	URL       []byte // request target as logged
	Host      []byte
	Protocol  []byte
	Agent     []byte
	Referrer  []byte
	User      []byte

	Status     int16
	Bytes      int64 // accesslog.None if not logged
	Sent       int64 // bytes with headers, logged beside Bytes; or None
	ObjectSize int64 // or None
	SizeFrom   accesslog.TotalFrom
	Meaning    accesslog.Meaning
	Format     uint8 // number of the line's format among those its source may have, from 1; 0: none of them
	RangeStart int64 // or None
	RangeEnd   int64 // inclusive, or None
	RangeFrom  accesslog.RangeFrom
	Finished   accesslog.Finished
	DurationUS int64 // or None
	Flags      accesslog.Flags
	Kind       Kind
}

// Time is the time by which requests are sorted: the start, else the end.
func (r *Request) Time() int64 {
	if r.TimeStart != accesslog.NoTime {
		return r.TimeStart
	}
	return r.TimeEnd
}

// TextBytes is the length of all its texts together.
func (r *Request) TextBytes() int {
	return len(r.Recording) + len(r.Client) + len(r.Forwarded) + len(r.Method) + len(r.Host) + len(r.URL) +
		len(r.Protocol) + len(r.Referrer) + len(r.Agent) + len(r.User)
}
