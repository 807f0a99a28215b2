package pipeline

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// learnSizes learns what learn does from full responses for recordings that the
// inventory has, where that lies outside memory. Requests and inventory are then
// walked side by side in the order of recordings. It comes when second copies of
// lines are known, so that it is done once.
func (a *analysis) learnSizes(ctx context.Context) error {
	if !a.inventory.Spilled() {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *part)
	learned := make([]sizeSigns, a.budget.workers)
	var wg sync.WaitGroup
	for i := range learned {
		learned[i] = newSizeSigns(a.sources)
		wg.Go(func() {
			for p := range next {
				if err := a.learnPart(ctx, p, learned[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	cuts := a.runs.split(a.budget.workers * partsPerWorker)
	var from []byte
	for _, to := range append(cuts, nil) {
		next <- &part{from: from, to: to}
		from = to
	}
	close(next)
	wg.Wait()
	for _, signs := range learned {
		signs.mergeInto(a.sources)
	}
	return context.Cause(ctx)
}

// learnPart learns from the requests for the recordings of a part.
func (a *analysis) learnPart(ctx context.Context, p *part, signs sizeSigns) error {
	listed := a.inventory.Cursor()
	var name []byte
	found := false
	q := new(request.Request)
	m := a.runs.merge(p.from, p.to)
	for c, ok := m.Next(); ok && ctx.Err() == nil; c, ok = m.Next() {
		if err := c.read(q); err != nil {
			return err
		}
		if q.Kind != request.KindContent || q.Format == 0 || !teaches(q) {
			continue
		}
		if !bytes.Equal(name, q.Recording) {
			name, found = q.Recording, listed.Find(q.Recording)
		}
		if found {
			signs[q.Source-1][q.Format-1].Add(q, listed.Size())
		}
	}
	return errors.Join(m.Err(), listed.Err())
}

// sizeSigns are signs by source id - 1 and format number - 1.
type sizeSigns [][]download.Signs

func newSizeSigns(sources []*source) sizeSigns {
	signs := make(sizeSigns, len(sources))
	for i, s := range sources {
		signs[i] = make([]download.Signs, len(s.reading.Formats))
	}
	return signs
}

func (g sizeSigns) mergeInto(sources []*source) {
	for i, s := range sources {
		for n, f := range s.reading.Formats {
			if form := s.stats.forms[f]; form != nil {
				form.signs.Merge(&g[i][n])
			}
		}
	}
}
