package download

import "slices"

// Headers learns how long the response headers of one log are, from responses
// whose body size is known beside a count that has the headers in it. The zero
// value is ready. Counts of two parts of a log merge to the counts of the whole,
// in any order.
type Headers struct {
	counts map[int64]int64
	total  int64
	most   int64
}

const (
	// maxHeader is the longest header that is believed.
	maxHeader = 16 << 10
	// learnedFrom is how many responses must show a length before it is
	// taken for one: a transfer cut in its last bytes also leaves a small
	// difference, but hardly the same one three times.
	learnedFrom = 3
	// learnedShare: and one in so many. Over TLS the difference grows with the
	// body, so in a large source almost every length is seen three times, and
	// would take a cut in the last 16 KiB for none.
	learnedShare = 1000
	// tlsShare is the part of a count that TLS may have added: 29 bytes to
	// records of 4 KiB, the smallest that servers write for a file.
	tlsShare = 128
)

// A difference proves a whole only if it may be headers alone: a page of a few
// KiB, sent in place of recordings that are smaller, differs from three of them by
// the same too.
const (
	provenHeader = 2 << 10 // beside what TLS may have added
	provenSize   = 2 << 10 // of the recording, at least
)

// prove says whether a count with headers proves that a body of this size was
// sent whole.
func (h *Headers) prove(count, size int64) bool {
	return size >= provenSize && count-size <= provenHeader+size/tlsShare && h.has(count-size)
}

// Learn counts one response: its bytes with headers less its body's.
func (h *Headers) Learn(length int64) { h.learn(length, 1) }

func (h *Headers) learn(length, n int64) {
	if length <= 0 || length > maxHeader {
		return
	}
	if h.counts == nil {
		h.counts = map[int64]int64{}
	}
	h.counts[length] += n
	h.total += n
	h.most = max(h.most, length)
}

// Learned says what was learned: from how many responses, and the shortest and
// the longest length in bytes.
func (h *Headers) Learned() (responses, shortest, longest int64) {
	for length := range h.counts {
		if shortest == 0 || length < shortest {
			shortest = length
		}
	}
	return h.total, shortest, h.most
}

// Lengths lists the lengths that has believes, the shortest first: a thousand
// or so at most.
func (h *Headers) Lengths() []int64 {
	lengths := []int64{}
	for length := range h.counts {
		if h.has(length) {
			lengths = append(lengths, length)
		}
	}
	slices.Sort(lengths)
	return lengths
}

// KnownHeaders is what was learned before: from how many responses, the longest
// length, and those that Lengths gave. It grades as the first one did, and is
// not for learning more.
func KnownHeaders(responses, longest int64, lengths []int64) *Headers {
	h := &Headers{counts: map[int64]int64{}, total: responses, most: longest}
	for _, length := range lengths {
		h.counts[length] = max(responses, learnedFrom) // enough for has
	}
	return h
}

// Merge adds what another part of the source showed.
func (h *Headers) Merge(o *Headers) {
	for length, n := range o.counts {
		h.learn(length, n)
	}
}

// has says whether headers of this length were learned.
func (h *Headers) has(length int64) bool {
	if h == nil {
		return false
	}
	n := h.counts[length]
	return n >= learnedFrom && n >= h.total/learnedShare
}

// leastBody is the least body that a count with headers leaves: less the
// longest header seen, even once (it may hold a TLS handshake, which Apache
// charges to the first request), and what TLS may have added; 0 if none was
// seen.
func (h *Headers) leastBody(sent int64) int64 {
	if h == nil || h.most == 0 {
		return 0
	}
	return max(0, sent-h.most-sent/tlsShare-tlsShare)
}
