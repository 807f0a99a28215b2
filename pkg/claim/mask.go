package claim

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

// mask says what of a download counts: one bit for each rule, and for each bound
// that no rule is.
type mask uint8

const (
	maskRequested mask = 1 << iota // rule requested: all
	maskAny                        // rule any_bytes
	maskPossible                   // rule possible
	maskLikely                     // rule likely
	maskComplete                   // rule complete
	maskReach                      // possible or better, or only an earlier copy
	maskLower                      // at least one byte was handed over
	maskUpper                      // at least one byte may have been
)

// RuleNames lists the rules, each holding the next.
var RuleNames = []string{"requested", "any_bytes", "possible", "likely", "complete"}

var ruleMasks = []mask{maskRequested, maskAny, maskPossible, maskLikely, maskComplete}

// maskOf says what a download counts for. An empty recording that was handed
// over has no bytes, but each rule holds the next.
func maskOf(d *download.Download) mask {
	m := maskRequested
	switch {
	case d.Grade >= download.GradeComplete:
		m |= maskPossible | maskLikely | maskComplete
	case d.Grade >= download.GradeLikely:
		m |= maskPossible | maskLikely
	case d.Grade >= download.GradePossible:
		m |= maskPossible
	}
	if d.BytesUpper != 0 { // accesslog.None is no bound
		m |= maskUpper | maskAny
	}
	if d.Grade >= download.GradePossible {
		m |= maskAny | maskReach
	}
	if d.EarlierCopy {
		m |= maskReach
	}
	if d.BytesLower > 0 && d.BytesLower != accesslog.None {
		m |= maskLower
	}
	return m
}

// bounds gives what counts for the lower and for the upper bound (design,
// section 5).
func bounds(m Measure, s Standard) (lower, upper mask) {
	switch {
	case m == Requested:
		return maskRequested, maskRequested
	case m == AnyBytes:
		return maskLower, maskUpper
	case s == Proven:
		return maskComplete, maskReach
	}
	return maskLikely, maskReach
}
