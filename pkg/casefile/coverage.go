package casefile

import (
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
)

// Coverage is which time the logs cover. Times are RFC 3339 in UTC, empty for
// none.
type Coverage struct {
	First string `json:"first"` // of any line
	Last  string `json:"last"`
	Note  string `json:"note"`

	// How long a silence before the first and behind the last line is plausible.
	PlausibleBeforeS int64 `json:"plausible_before_s"`
	PlausibleAfterS  int64 `json:"plausible_after_s"`

	Exposure    *Exposure       `json:"exposure,omitempty"` // the stated period; nil: none
	State       string          `json:"state"`              // unknown, partial, full: how far the logs cover it
	Why         []string        `json:"why"`                // why not fully
	Declaration *Declaration    `json:"declaration,omitempty"`
	Groups      []CoverageGroup `json:"groups"`
	Gaps        []CoverageGap   `json:"gaps"`
	Findings    []string        `json:"findings"` // about all sources together
}

// Exposure is the stated period and how much of it is covered.
type Exposure struct {
	From     string `json:"from"`
	To       string `json:"to"` // behind its last moment
	Seconds  int64  `json:"seconds"`
	CoveredS int64  `json:"covered_s"` // by all groups together
}

// Declaration says that the evidence is all the logs of all ways to the
// recordings.
type Declaration struct {
	By   string `json:"by"`
	Date string `json:"date"`
	Text string `json:"text"`
}

// CoverageGroup is one rotation group: the sources of one log.
type CoverageGroup struct {
	Group           string   `json:"group"` // the path that they share
	Sources         int64    `json:"sources"`
	First           string   `json:"first"`
	Last            string   `json:"last"`
	Lines           int64    `json:"lines"`
	LongestSilenceS *int64   `json:"longest_silence_s"` // 0: none of two minutes; null: no line has a time
	CoveredS        *int64   `json:"covered_s"`         // of the exposure; null: none was stated
	Findings        []string `json:"findings"`
}

// CoverageGap is one row of the table gaps.
type CoverageGap struct {
	Group     string `json:"group"`
	From      string `json:"from"`
	To        string `json:"to"`
	ExpectedS *int64 `json:"expected_s"` // null: not known
	Why       string `json:"why"`
	Explained string `json:"explained,omitempty"`
}

// Spans gives the span of all sources together and those of the groups, as
// coverage.Assess takes them.
func (c *Coverage) Spans() []coverage.Span {
	spans := []coverage.Span{{First: micros(c.First), Last: micros(c.Last),
		Before: c.PlausibleBeforeS * 1e6, After: c.PlausibleAfterS * 1e6}}
	for _, g := range c.Groups {
		spans = append(spans, coverage.Span{Group: g.Group, First: micros(g.First), Last: micros(g.Last)})
	}
	return spans
}

// Period gives the exposure period, if one was stated.
func (c *Coverage) Period() coverage.Period {
	if c.Exposure == nil {
		return coverage.Period{}
	}
	return coverage.Period{From: micros(c.Exposure.From), To: micros(c.Exposure.To)}
}

// KnownGaps gives the gaps, as coverage.Assess takes them.
func (c *Coverage) KnownGaps() []coverage.Gap {
	var gaps []coverage.Gap
	for _, g := range c.Gaps {
		known := coverage.Gap{Group: g.Group, From: micros(g.From), To: micros(g.To), Expected: accesslog.None, Why: g.Why, Explained: g.Explained}
		if g.ExpectedS != nil {
			known.Expected = *g.ExpectedS * 1e6
		}
		gaps = append(gaps, known)
	}
	return gaps
}

// micros reads a time of the summary; accesslog.NoTime for none.
func micros(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return accesslog.NoTime
	}
	return t.UnixMicro()
}
