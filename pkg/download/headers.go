package download

// Headers learns how long the response headers of one source are, from
// responses whose body size is known beside a count that has the headers in
// it. The zero value is ready. Counts of two parts of a source merge to the
// counts of the whole, in any order.
type Headers struct {
	counts map[int64]int64
	most   int64
}

const (
	// maxHeader is the longest header that is believed.
	maxHeader = 16 << 10
	// learnedFrom is how many responses must show a length before it is
	// taken for one: a transfer cut in its last bytes also leaves a small
	// difference, but hardly the same one three times.
	learnedFrom = 3
	// tlsShare is the part of a count that TLS may have added: 29 bytes to
	// records of 4 KiB, the smallest that servers write for a file.
	tlsShare = 128
)

// Learn counts one response: its bytes with headers less its body's.
func (h *Headers) Learn(length int64) {
	if length <= 0 || length > maxHeader {
		return
	}
	if h.counts == nil {
		h.counts = map[int64]int64{}
	}
	h.counts[length]++
	if h.counts[length] >= learnedFrom && length > h.most {
		h.most = length
	}
}

// Merge adds what another part of the source showed.
func (h *Headers) Merge(o *Headers) {
	for length, n := range o.counts {
		if h.counts == nil {
			h.counts = map[int64]int64{}
		}
		h.counts[length] += n
		if h.counts[length] >= learnedFrom && length > h.most {
			h.most = length
		}
	}
}

// has says whether headers of this length were learned.
func (h *Headers) has(length int64) bool {
	return h != nil && h.counts[length] >= learnedFrom
}

// leastBody is the least body that a count with headers leaves: less the
// longest header learned and what TLS may have added; 0 if nothing was learned.
func (h *Headers) leastBody(sent int64) int64 {
	if h == nil || h.most == 0 {
		return 0
	}
	return max(0, sent-h.most-sent/tlsShare-tlsShare)
}
