package pipeline

import (
	"context"

	"github.com/logrecount/recount/pkg/coverage"
)

// copies is what was found of lines that stand twice.
type copies struct {
	merged     []coverage.Copy // counted once: disjoint, by source and line
	likenesses []coverage.Copy // counted twice
}

// findCopies finds second copies of lines and takes them out of all that counts.
// The lines' hashes must not be used any more then.
func (a *analysis) findCopies(ctx context.Context) error {
	found, rest := a.sameStreams()
	runs, borders, err := a.sameRuns(ctx, rest)
	if err != nil {
		return err
	}
	a.copies.merged = coverage.Union(append(found, runs...))
	if a.copies.likenesses, err = borders.Likenesses(a.copies.merged); err != nil {
		return err
	}
	if err := a.count(); err != nil {
		return err
	}
	a.dropHashes()
	if len(a.copies.merged) == 0 {
		return nil
	}
	for _, s := range a.sources {
		if s.copyOf != nil {
			s.stats.forgetRemarks()
		}
	}
	return a.learnAgain()
}

// dropHashes gives back the room of the lines' hashes.
func (a *analysis) dropHashes() {
	for _, s := range a.sources {
		for _, p := range s.pieces {
			p.sketch = sketch{}
		}
	}
	a.discards.add(a.hashes)
}

// log gives the lines of a source by its id.
func (a *analysis) log(source int32) coverage.Log { return a.linesOf(a.sources[source-1]) }

func (a *analysis) linesOf(s *source) sourceLog { return sourceLog{a.hashes, s} }

// sameStreams finds sources with the same content as another one. Of them that
// one counts of which most lines could be read: the user may have named another
// format for each. The rest are the sources with lines that are no such copy.
func (a *analysis) sameStreams() (found []coverage.Copy, rest []int32) {
	best := map[string]*source{}
	for _, s := range a.sources {
		if b := best[s.streamSum]; b == nil || s.stats.requests+s.stats.other > b.stats.requests+b.stats.other {
			best[s.streamSum] = s
		}
	}
	for _, s := range a.sources {
		switch b := best[s.streamSum]; {
		case s.stats.lines == 0:
		case b == s:
			rest = append(rest, s.ID)
		default:
			s.copyOf = b
			found = append(found, coverage.Copy{Source: s.ID, To: s.stats.lines, OfSource: b.ID, Kind: coverage.Stream})
		}
	}
	return found, rest
}

// sameRuns finds runs of lines of some sources that are copies, and others at
// their ends that may be.
func (a *analysis) sameRuns(ctx context.Context, sources []int32) ([]coverage.Copy, *coverage.Borders, error) {
	repeated, pairs := newSorter(a.store), newSorter(a.store)
	borders, err := a.winnow(ctx, sources, repeated)
	if err != nil {
		return nil, nil, err
	}
	var found []coverage.Item
	var p coverage.Pairs
	err = eachItem(repeated, stoppable(ctx.Err, func(anchor coverage.Item) error {
		found = p.Add(anchor, found[:0])
		return addAll(pairs, found)
	}))
	if err != nil {
		return nil, nil, err
	}
	runs := coverage.NewRuns(a.log)
	err = eachItem(pairs, func(pair coverage.Item) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return runs.Add(pair)
	})
	return append(coverage.First(runs.Copies), runs.Cuts...), borders, err
}

// count takes the second copies out of their sources' accounting, and lets the
// requests that are among them be passed over.
func (a *analysis) count() error {
	if len(a.copies.merged) == 0 {
		return nil
	}
	a.runs.seconds = make([]coverage.Seconds, len(a.sources))
	for _, c := range a.copies.merged {
		s := a.sources[c.Source-1]
		log := a.linesOf(s)
		n, err := coverage.Count(log, c.From, c.To)
		if err != nil {
			return err
		}
		s.stats.requests -= n[coverage.Request]
		s.stats.other -= n[coverage.Other]
		s.stats.rejected -= n[coverage.Rejected]
		s.stats.comments -= n[coverage.Comment]
		s.stats.blank -= n[coverage.Blank]
		s.stats.duplicates += c.To - c.From
		from, err := log.start(c.From)
		if err != nil {
			return err
		}
		to, err := log.start(c.To)
		if err != nil {
			return err
		}
		a.runs.seconds[c.Source-1].Add(from, to)
	}
	return nil
}
