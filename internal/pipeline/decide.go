package pipeline

import "context"

// decide is the second phase: the workers' statistics become the sources', and
// second copies of lines are found.
func (a *analysis) decide(ctx context.Context) error {
	for _, s := range a.sources {
		s.stats = newStats()
		for _, w := range a.workers {
			if i := int(s.arrival) - 1; i < len(w.stats) && w.stats[i] != nil {
				s.stats.merge(w.stats[i])
			}
		}
		s.resolve()
		if s.sum == "" && s.streamSum != "" {
			s.sum, s.bytes = s.streamSum, s.streamLen
		}
	}
	a.runs = &runs{store: a.requests, stop: ctx.Err}
	for _, w := range a.workers {
		for _, one := range w.runs {
			one.ids = a.arrivals.ids
			a.runs.all = append(a.runs.all, one)
		}
		w.runs = nil
		a.sizes.merge(w.sizes)
	}
	if err := a.runs.joinSmallest(a.budget.cursors); err != nil {
		return err
	}
	if err := a.findCopies(ctx); err != nil {
		return err
	}
	if err := a.learnSizes(ctx); err != nil {
		return err
	}
	a.noteUnknown()
	if err := a.cover(); err != nil {
		return err
	}
	if err := a.inferMeanings(a.runs); err != nil {
		return err
	}
	twice, err := a.parallelLogs(a.runs)
	a.runs.twice = twice
	twice.count(a.sources)
	return err
}
