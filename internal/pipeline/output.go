package pipeline

import (
	"context"
	"sync"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// output carries a part's rows to the tables, in order and in pieces. Its
// methods do nothing on a nil output: no table wants rows.
type output struct {
	wants *wanted
	rows  *rows
	pipe  chan *rows
}

// wanted says which of the tables that are written while grouping are wanted.
type wanted struct{ requests, downloads, recordings, listings, agents bool }

// rows is a piece of the rows of a part.
type rows struct {
	requests   []request.Request
	downloads  []download.Download
	recordings []casefile.RecordingRow
	listings   []casefile.ListingRow
	text       int // bytes of the texts in them
}

// A piece is passed on when it has this many rows of any table, or this much
// text, which is some three times what lines mostly have.
const (
	rowsPiece = 1024
	rowsText  = 1 << 20
	rowsAhead = 4 // pieces that a part may be ahead of the tables
)

func newOutput(w *wanted) *output {
	return &output{wants: w, rows: new(rows), pipe: make(chan *rows, rowsAhead)}
}

func (o *output) wantsRecordings() bool { return o != nil && o.wants.recordings }
func (o *output) wantsAgents() bool     { return o != nil && o.wants.agents }

func (o *output) request(r *request.Request) error {
	if o == nil || !o.wants.requests {
		return nil
	}
	o.rows.requests = append(o.rows.requests, *r)
	return o.pass(len(o.rows.requests), r.TextBytes())
}

func (o *output) download(d *download.Download) error {
	if o == nil || !o.wants.downloads {
		return nil
	}
	o.rows.downloads = append(o.rows.downloads, *d)
	return o.pass(len(o.rows.downloads), len(d.Recording)+len(d.Client))
}

func (o *output) recording(r *casefile.RecordingRow) error {
	o.rows.recordings = append(o.rows.recordings, *r)
	text := len(r.Recording)
	for _, a := range r.Attributes {
		text += len(a)
	}
	return o.pass(len(o.rows.recordings), text)
}

func (o *output) listing(r *casefile.ListingRow) error {
	if o == nil || !o.wants.listings {
		return nil
	}
	o.rows.listings = append(o.rows.listings, *r)
	return o.pass(len(o.rows.listings), len(r.Directory)+len(r.Client))
}

// pass passes the piece on when it has enough: n rows of a table are in it, the
// last of which has so much text.
func (o *output) pass(n, text int) error {
	o.rows.text += text
	if n < rowsPiece && o.rows.text < rowsText {
		return nil
	}
	o.pipe <- o.rows
	o.rows = freeRows.Get().(*rows)
	return nil
}

// flush passes on what is left of a part.
func (o *output) flush(ctx context.Context) error {
	if o != nil {
		o.pipe <- o.rows
		o.rows = nil
	}
	return ctx.Err()
}

func (o *output) close() {
	if o != nil {
		close(o.pipe)
	}
}

var freeRows = sync.Pool{New: func() any { return new(rows) }}

func (r *rows) free() {
	clear(r.requests) // let go of the blocks they borrow from
	clear(r.downloads)
	clear(r.recordings)
	clear(r.listings)
	r.requests, r.downloads, r.recordings, r.listings = r.requests[:0], r.downloads[:0], r.recordings[:0], r.listings[:0]
	r.text = 0
	freeRows.Put(r)
}

// writeRows writes the rows of the parts in order, each table in a goroutine
// of its own. After an error it goes on taking rows, so that nobody waits for
// it, and gives the error to fail.
func writeRows(parts []*part, w *casefile.Writer, fail func(error)) {
	type item struct {
		rows *rows
		left *sync.WaitGroup
	}
	appenders := []func(*rows) error{
		func(r *rows) error { return appendAll(r.requests, w.Requests().Append) },
		func(r *rows) error { return appendAll(r.downloads, w.Downloads().Append) },
		func(r *rows) error { return appendAll(r.recordings, w.Recordings().Append) },
		func(r *rows) error { return appendAll(r.listings, w.Listings().Append) },
	}
	var tables sync.WaitGroup
	pipes := make([]chan item, len(appenders))
	for i, appendRows := range appenders {
		pipes[i] = make(chan item, rowsAhead)
		tables.Go(func() {
			var failed bool
			for it := range pipes[i] {
				if !failed {
					if err := appendRows(it.rows); err != nil {
						failed = true
						fail(err)
					}
				}
				it.left.Done()
			}
		})
	}
	var frees sync.WaitGroup
	for _, p := range parts {
		if p.out == nil {
			continue
		}
		for r := range p.out.pipe {
			it := item{r, new(sync.WaitGroup)}
			it.left.Add(len(pipes))
			for _, pipe := range pipes {
				pipe <- it
			}
			frees.Go(func() { it.left.Wait(); r.free() })
		}
	}
	for _, pipe := range pipes {
		close(pipe)
	}
	tables.Wait()
	frees.Wait()
}

func appendAll[T any](rows []T, appendRow func(*T) error) error {
	for i := range rows {
		if err := appendRow(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
