package coverage

import "github.com/logrecount/recount/pkg/accesslog"

// Tells is what the requests of one log tell: of those that carry content, how
// many say what. It adds up, so it is the same for any split of the log.
type Tells struct {
	Meaning accesslog.Meaning // of the size field, as it was settled in the end

	Content  int64 // requests with content
	Sizes    int64 // of them: with a size
	Finished int64 // whether they finished
	Both     int64 // both the size that was planned and that with headers
	Partial  int64 // answers to a range
	Ranges   int64 // and of them, those whose place is known
	Totals   int64 // the size of the whole object
	Agents   int64
	Duration int64
}

// Add adds the counts of another part of the log.
func (t *Tells) Add(o *Tells) {
	t.Content += o.Content
	t.Sizes += o.Sizes
	t.Finished += o.Finished
	t.Both += o.Both
	t.Partial += o.Partial
	t.Ranges += o.Ranges
	t.Totals += o.Totals
	t.Agents += o.Agents
	t.Duration += o.Duration
}

// worth ranks the meanings of a size field by what a whole can be proven with.
var worth = [...]int64{
	accesslog.MeaningUnknown:             0,
	accesslog.MeaningPlanned:             1,
	accesslog.MeaningAcceptedWithHeaders: 2,
	accesslog.MeaningAcceptedBody:        3,
	accesslog.MeaningTransferred:         3,
}

// informs lists what makes a log tell more than another, the weightiest first:
// what proves that a download was whole stands before what places its pieces,
// and that before what only tells clients and sessions apart. A log says
// something if at least half of its requests with content do.
var informs = []struct {
	what  string
	value func(t *Tells) int64
}{
	{"a size", func(t *Tells) int64 { return half(t.Sizes, t.Content) }},
	{"whether a transfer finished", func(t *Tells) int64 { return half(t.Finished, t.Content) }},
	{"both the planned size and what was sent", func(t *Tells) int64 { return half(t.Both, t.Content) }},
	{"what its size field counts", func(t *Tells) int64 { return worth[t.Meaning] }},
	{"the place of pieces", func(t *Tells) int64 { return half(t.Ranges, t.Partial) }},
	{"the size of the whole", func(t *Tells) int64 { return half(t.Totals, t.Content) }},
	{"the user agent", func(t *Tells) int64 { return half(t.Agents, t.Content) }},
	{"how long it took", func(t *Tells) int64 { return half(t.Duration, t.Content) }},
}

func half(n, of int64) int64 {
	if of > 0 && 2*n >= of {
		return 1
	}
	return 0
}

// CompareTells says which of two logs tells more: below 0 for a, above for b; 0
// if there is no difference that matters. what names what decided.
func CompareTells(a, b *Tells) (order int, what string) {
	for _, i := range informs {
		if x, y := i.value(a), i.value(b); x > y {
			return -1, i.what
		} else if x < y {
			return 1, i.what
		}
	}
	return 0, ""
}
