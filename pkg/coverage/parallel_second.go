package coverage

import "sort"

// Parallel is a run of requests of a log that another log of the same server has
// as well, and tells more of. Requests only: lines between them that concern no
// recording count as they are.
type Parallel struct {
	From, To         int64 // offsets of the first and the last request's line
	FromLine, ToLine int64
	Lines            int64 // requests in the run
	OfSource         int32 // the source of the other log
	OfLine           int64 // the line there of the first request
	Why              string
}

// Parallels are those of one log, in their order. They do not overlap, and
// every request of the log within one of them is a duplicate.
type Parallels []Parallel

// Has says whether the request whose line is at offset is a duplicate.
func (p Parallels) Has(offset int64) bool {
	i := sort.Search(len(p), func(i int) bool { return p[i].To >= offset })
	return i < len(p) && p[i].From <= offset
}
