package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// overlapRow is the row of a copy.
func overlapRow(c *coverage.Copy) casefile.OverlapRow {
	return casefile.OverlapRow{
		Source: c.Source, FromLine: c.From + 1, ToLine: c.To, OfSource: c.OfSource, OfLine: c.Of + 1,
		Lines: c.To - c.From, Merged: c.Kind != coverage.Likeness, Why: whyCopy(c),
	}
}

// whyCopy says what a finding rests on, and what it could change.
func whyCopy(c *coverage.Copy) string {
	switch c.Kind {
	case coverage.Stream:
		return "the whole source has the same content as the other"
	case coverage.CutEnd:
		return "the last line of this source is cut off; it stands behind lines that are copies, where the other source has it whole"
	case coverage.CutBegin:
		return "the first line of this source is cut off; it stands before lines that are copies, where the other source has it whole"
	case coverage.Likeness:
		return fmt.Sprintf("%d equal lines in sequence at the begin or the end of a source: fewer than %d, or of fewer than %d times, so they may be no copy and are not merged; if they are one, %d requests are counted twice",
			c.To-c.From, coverage.LeastLines, coverage.LeastTimes, c.Requests)
	}
	return fmt.Sprintf("part of a run of %d equal lines or more, with %d times or more, that the two sources share, or each of them with a third", coverage.LeastLines, coverage.LeastTimes)
}

// writeOverlaps writes the overlaps table.
func (a *analysis) writeOverlaps(context.Context) error {
	rows := a.runs.twice.rows()
	for _, c := range slices.Concat(a.copies.merged, a.copies.likenesses) {
		rows = append(rows, overlapRow(&c))
	}
	slices.SortFunc(rows, func(x, y casefile.OverlapRow) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.FromLine, y.FromLine),
			cmp.Compare(x.OfSource, y.OfSource), cmp.Compare(x.OfLine, y.OfLine), cmp.Compare(x.ToLine, y.ToLine))
	})
	for i := range rows {
		if err := a.writer.Overlaps().Append(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// copyRemarks says which lines were counted once though they stand twice, and
// which twice though they may be copies.
func (a *analysis) copyRemarks(add func(format string, args ...any)) {
	in := ""
	if a.writer.Wants(casefile.TableOverlaps) {
		in = "; see the overlaps table"
	}
	copied := map[int32]int64{} // lines by source
	for _, c := range a.copies.merged {
		copied[c.Source] += c.To - c.From
	}
	for _, s := range a.sources {
		switch {
		case s.copyOf != nil:
			add("%s has the same content as %s: its lines count once", s.Path, s.copyOf.Path)
		case copied[s.ID] > 0:
			add("%s: %d of %d lines are second copies of lines in %s: they count once%s", s.Path, copied[s.ID], s.stats.lines, a.copiedFrom(s.ID), in)
		}
	}
	var lines, requests int64
	for _, c := range a.copies.likenesses {
		lines += c.To - c.From
		requests += c.Requests
	}
	if lines > 0 {
		add("%d lines at the begin or the end of sources stand elsewhere too, in runs too short to prove that they are copies: they count twice, and %d requests among them%s", lines, requests, in)
	}
}

// copiedFrom names the sources that hold the other copy of a source's lines, the
// first few of them.
func (a *analysis) copiedFrom(id int32) string {
	const most = 3
	seen := map[int32]bool{}
	var names []string
	for _, c := range a.copies.merged {
		if c.Source != id || seen[c.OfSource] {
			continue
		}
		seen[c.OfSource] = true
		if len(names) < most {
			names = append(names, a.sources[c.OfSource-1].Path)
		}
	}
	if more := len(seen) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
