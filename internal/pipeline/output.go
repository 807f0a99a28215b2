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

// rows is a piece of the rows of a part or of a bin.
type rows struct {
	requests   []request.Request
	downloads  []download.Download
	recordings []casefile.RecordingRow
	listings   []casefile.ListingRow
	clients    []casefile.ClientRow
	names      []byte // of the clients
	text       int    // bytes of the texts in them
}

// A piece is passed on when it has this many rows of any table, or this much
// text, which is some three times what lines mostly have.
const (
	rowsPiece = 1024
	rowsText  = 1 << 20
	rowsAhead = 4 // pieces that a part may be ahead of the tables
)

func newOutput(w *wanted) *output {
	return &output{wants: w, pipe: make(chan *rows, rowsAhead)}
}

// open begins with the rows.
func (o *output) open() {
	if o != nil {
		o.rows = freeRows.Get().(*rows)
	}
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

// client takes a row whose client is borrowed.
func (o *output) client(r *casefile.ClientRow) error {
	from := len(o.rows.names)
	o.rows.names = append(o.rows.names, r.Client...)
	o.rows.clients = append(o.rows.clients, *r)
	if r.Client != nil { // where names grew, those before stay where they were
		o.rows.clients[len(o.rows.clients)-1].Client = o.rows.names[from:len(o.rows.names):len(o.rows.names)]
	}
	return o.pass(len(o.rows.clients), len(r.Client)+len(r.Prefix)+len(r.Place.Org)+len(r.Place.City))
}

// pass passes the piece on when it has enough: n rows of a table are in it, the
// last of which has so much text.
func (o *output) pass(n, text int) error {
	o.rows.text += text
	if n < rowsPiece && o.rows.text < rowsText {
		return nil
	}
	o.pipe <- o.rows
	o.open()
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
	clear(r.clients)
	r.requests, r.downloads, r.recordings, r.listings = r.requests[:0], r.downloads[:0], r.recordings[:0], r.listings[:0]
	r.clients, r.names, r.text = r.clients[:0], r.names[:0], 0
	freeRows.Put(r)
}

// writing does work that gives rows to outs, and writes them.
func (a *analysis) writing(ctx context.Context, outs []*output, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	written := make(chan struct{})
	go func() {
		defer close(written)
		writeRows(outs, a.writer, func(err error) { cancel(err) })
	}()
	err := work(ctx)
	<-written
	if err != nil {
		return err // that of a table too: it is the cause why the work stopped
	}
	return context.Cause(ctx)
}

// writeRows writes the rows of outs in order, each table in a goroutine of its
// own. After an error it goes on taking rows, so that nobody waits for it, and
// gives the error to fail.
func writeRows(outs []*output, w *casefile.Writer, fail func(error)) {
	type item struct {
		rows *rows
		left *sync.WaitGroup
	}
	appenders := []func(*rows) error{
		func(r *rows) error { return appendAll(r.requests, w.Requests().Append) },
		func(r *rows) error { return appendAll(r.downloads, w.Downloads().Append) },
		func(r *rows) error { return appendAll(r.recordings, w.Recordings().Append) },
		func(r *rows) error { return appendAll(r.listings, w.Listings().Append) },
		func(r *rows) error { return appendAll(r.clients, w.Clients().Append) },
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
	for _, out := range outs {
		if out == nil {
			continue
		}
		for r := range out.pipe {
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
