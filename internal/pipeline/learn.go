package pipeline

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/recording"
	"github.com/logrecount/recount/pkg/request"
)

// learn learns what the size field counts, from answers without a body and
// from full ones for recordings that the inventory has; and how long the headers
// of full responses are, from a count with headers beside the plan. An error page
// has other headers, and what it taught could make a cut transfer look whole.
func learn(st *stats, f *form, listed *recording.Cursor, q *request.Request) {
	if q.Flags&accesslog.FlagAccessOnly != 0 {
		st.accessOnly++
	}
	if q.Flags&accesslog.FlagMethodUnknown != 0 {
		st.methodless++
	}
	switch q.Kind {
	case request.KindNotModified, request.KindHead:
		f.signs.Add(q, accesslog.None)
	case request.KindContent:
		if !teaches(q) {
			return
		}
		if q.Sent != accesslog.None {
			f.headers.Learn(q.Sent - q.Bytes)
		}
		if listed.Find(q.Recording) {
			f.signs.Add(q, listed.Size())
		}
	}
}

// teaches says whether content was answered whole, with a count that nothing
// else made larger or smaller.
func teaches(q *request.Request) bool {
	return q.Status != 206 && q.Bytes != accesslog.None && q.Flags&(accesslog.FlagUnterminated|accesslog.FlagMethodUnknown|accesslog.FlagCoded) == 0
}

// scanCursor is the cursor to learn from sizes line by line, in no order; nil
// where each would cost a read: then learnSizes does it.
func (a *analysis) scanCursor() *recording.Cursor {
	if a.inventory.Spilled() {
		return nil
	}
	return a.inventory.Cursor()
}

// learnAgain learns from the requests that count what the scan learned from all
// lines, when some of them turned out to be second copies.
func (a *analysis) learnAgain() error {
	for _, s := range a.sources {
		s.stats.accessOnly, s.stats.methodless = 0, 0
		for _, f := range s.stats.forms {
			f.signs, f.headers = download.Signs{}, download.Headers{}
		}
	}
	a.sizes = bodySizes{}
	listed := a.scanCursor()
	var q request.Request
	for _, one := range a.runs.all {
		c := one.open(a.runs, nil, nil)
		for c.Next() {
			if err := c.read(&q); err != nil {
				return err
			}
			s := a.sources[c.Source-1]
			a.sizes.add(&q)
			if n := c.Format; n > 0 {
				learn(&s.stats, s.stats.form(s.reading.Formats[n-1]), listed, &q)
			}
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}
