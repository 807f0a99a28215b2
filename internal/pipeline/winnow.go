package pipeline

import (
	"cmp"
	"context"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/coverage"
)

// passage is lines of a source, from where a piece begins to where one ends.
type passage struct {
	source   int32
	from, to int64
}

// passagePieces is of how many pieces a passage is at most, of half a million lines or
// so: the lead that Winnow reads before it is nothing beside that.
const passagePieces = 64

// passages cuts sources into passages.
func (a *analysis) passages(sources []int32) (all []passage) {
	for _, id := range sources {
		s := a.sources[id-1]
		for i := 0; i < len(s.pieces); i += passagePieces {
			part := passage{source: id, from: s.pieces[i].lines, to: s.stats.lines}
			if next := i + passagePieces; next < len(s.pieces) {
				part.to = s.pieces[next].lines
			}
			all = append(all, part)
		}
	}
	return all
}

// winnow gives the anchors of sources that may have come more than once to a sorter,
// and looks for lines like those at the ends of sources. The passages are read side
// by side. How often it looks at the lines of an end is limited, so what it finds of
// them depends on their order: for that all lines are read once more, by one.
func (a *analysis) winnow(ctx context.Context, sources []int32, repeated *spill.Sorter[coverage.Item]) (*coverage.Borders, error) {
	borders, err := coverage.NewBorders(sources, a.log)
	if err != nil {
		return nil, err
	}
	jobs := []func(context.Context, *anchorList) error{
		func(ctx context.Context, _ *anchorList) error { return a.lookAtBorders(ctx, sources, borders) },
	}
	for _, part := range a.passages(sources) {
		jobs = append(jobs, func(ctx context.Context, l *anchorList) error { return a.anchorsOf(ctx, part, l) })
	}
	all := new(anchors)
	var lists []*anchorList
	for range a.budget.workers {
		lists = append(lists, &anchorList{anchors: all, store: a.hashes})
	}
	do := func(ctx context.Context, l *anchorList, job func(context.Context, *anchorList) error) error {
		return job(ctx, l)
	}
	if err := sideBySide(ctx, jobs, lists, do); err != nil {
		return nil, err
	}
	for _, l := range lists {
		if err := l.repeated(ctx.Err, repeated); err != nil {
			return nil, err
		}
	}
	return borders, nil
}

func (a *analysis) lookAtBorders(ctx context.Context, sources []int32, borders *coverage.Borders) error {
	for _, id := range sources {
		log := a.linesOf(a.sources[id-1])
		err := log.each(0, log.Lines(), func(first int64, s coverage.Sketch) error {
			return cmp.Or(borders.Add(id, first, s), ctx.Err())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// anchorsOf adds the anchors of a passage.
func (a *analysis) anchorsOf(ctx context.Context, part passage, l *anchorList) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var found []coverage.Item
	w := coverage.NewWinnow(part.source, part.from)
	return a.linesOf(a.sources[part.source-1]).each(w.Next(), part.to, func(_ int64, s coverage.Sketch) error {
		found = w.Add(s, found[:0])
		return cmp.Or(l.add(found), ctx.Err())
	})
}
