package trace

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// walk goes through the requests table, finds the requests of what was chosen,
// and grades each download again.
//
// A grade needs the size of the recording, and that needs all requests for it
// first. So the table is read by two walkers: one goes ahead over all requests
// for a recording, and the other follows.
type walk struct {
	c       *casefile.Case
	sources map[int32]*Source
	fold    *download.Fold
	sizer   download.Sizer
	beside  *casefile.Beside
	size    int64 // of the recording at hand, by the inventory
	ahead   *requests
	behind  *requests
}

func newWalk(c *casefile.Case) (*walk, error) {
	m, err := c.Manifest()
	if err != nil {
		return nil, err
	}
	w := &walk{c: c, sources: map[int32]*Source{}}
	for _, s := range m.Sources {
		w.sources[s.Source] = &Source{ManifestSource: s}
	}
	headers := m.Headers()
	w.fold = download.NewFold(func(source int32) *download.Headers { return headers[source] })
	w.fold.Common = m.Common()
	return w, nil
}

func (w *walk) close() {
	w.ahead.close()
	w.behind.close()
	w.beside.Close()
}

// run finds the requests of what was chosen. Downloads and directories are
// sorted as the requests are, each by themselves.
func (w *walk) run(ch *choice) error {
	table, err := w.c.Table(casefile.TableRequests)
	if err != nil {
		return err
	}
	table = narrowed(table, ch)
	w.ahead, w.behind = newRequests(table.Requests()), newRequests(table.Requests())
	if w.beside, err = w.c.Beside(); err != nil {
		return err
	}
	for _, d := range ch.downloads {
		if err := w.download(d); err != nil {
			return err
		}
	}
	w.close()
	w.behind = newRequests(table.Requests())
	for _, d := range ch.directories {
		if err := w.directory(d); err != nil {
			return err
		}
	}
	return nil
}

// narrowed leaves out the parts of the table that cannot hold the recording, if
// there is only one.
func narrowed(table *casefile.Table, ch *choice) *casefile.Table {
	var name []byte
	for _, d := range ch.downloads {
		if name != nil && !bytes.Equal(name, d.Recording) {
			return table
		}
		name = d.Recording
	}
	for _, d := range ch.directories {
		if name != nil && !bytes.Equal(name, d.Directory) {
			return table
		}
		name = d.Directory
	}
	if less, err := table.Holding("recording", string(name)); err == nil {
		return less
	}
	return table
}

// download finds the requests of a download and grades it again.
func (w *walk) download(d *Download) error {
	for !w.behind.findClient(d.Client, d.Recording) {
		if !w.behind.findRecording(d.Recording) || !w.ahead.findRecording(d.Recording) {
			return w.unfit(d.Client, d.Recording)
		}
		w.sizer.Reset()
		for w.ahead.isOf(d.Recording) {
			w.sizer.Add(w.ahead.at)
			w.ahead.advance()
		}
		if err := w.inventory(d); err != nil {
			return err
		}
	}
	w.fold.Begin(d.Recording, d.Client, w.sizer.Sizing(w.size))
	shared := casefile.Ambiguous(d.Recording) || casefile.Ambiguous(d.Client)
	agents := false
	for n := int64(0); w.behind.isOf(d.Recording) && bytes.Equal(w.behind.at.Client, d.Client) && !(shared && n == d.Requests); n++ {
		line, err := w.line()
		if err != nil {
			return err
		}
		d.add(line)
		agents = agents || casefile.Ambiguous(line.Request.Agent)
		w.behind.advance()
	}
	if err := w.behind.err; err != nil {
		return err
	}
	again := w.fold.End()
	d.Proven, d.Reached, d.Sessions = w.fold.Proven(), w.fold.Reached(), w.fold.Sessions()
	d.Differs = differences(&d.Download, &again)
	switch {
	case len(d.Differs) == 0:
	case agents && onlyAgents(&d.Download, &again):
		d.Differs, d.Unchecked = nil, whyAgents
	case shared:
		several, err := w.several(d.Client, d.Recording)
		if err != nil {
			return err
		}
		if several {
			d.Differs, d.Unchecked = nil, whyNames
		}
	}
	return nil
}

// inventory finds the size of the recording at hand by the inventory. Without a
// recordings table only the download tells; its size may be another version's.
func (w *walk) inventory(d *Download) error {
	if w.beside == nil {
		w.size = accesslog.None
		if d.Size.From == download.SizeInventory {
			w.size = d.Size.Bytes
		}
		return nil
	}
	known, _, err := w.beside.Recording(d.Recording)
	w.size = known.Inventory
	return err
}

// line makes the line of the request at hand, and adds the request to the fold.
func (w *walk) line() (*Line, error) {
	r := w.behind.at
	s := w.sources[r.Source]
	if s == nil {
		return nil, fmt.Errorf("case %q: its requests are of a source %d, which is not in its manifest; verify the case", w.c.Dir, r.Source)
	}
	return &Line{Source: s, Request: *r, Part: w.fold.Explain(r)}, nil
}

// directory finds the requests by which a directory page was shown.
func (w *walk) directory(d *Directory) error {
	for !w.behind.findClient(d.Client, d.Directory) {
		if !w.behind.findRecording(d.Directory) {
			return w.unfit(d.Client, d.Directory)
		}
	}
	again := casefile.ListingRow{Client: d.Client, Directory: d.Directory, FirstSeen: accesslog.NoTime, LastSeen: accesslog.NoTime, NamesExposed: d.NamesExposed}
	w.fold.Begin(d.Directory, d.Client, download.Sizing{})
	shared := casefile.Ambiguous(d.Directory) || casefile.Ambiguous(d.Client)
	for w.behind.isOf(d.Directory) && bytes.Equal(w.behind.at.Client, d.Client) && !(shared && again.Requests == d.Requests) {
		if r := w.behind.at; r.Kind == request.KindListing {
			line, err := w.line()
			if err != nil {
				return err
			}
			again.Requests++
			if again.FirstSeen == accesslog.NoTime {
				again.FirstSeen = r.Time()
			}
			again.LastSeen = r.Time()
			d.add(line)
		}
		w.behind.advance()
	}
	d.Differs = listingDifferences(&d.ListingRow, &again)
	return w.behind.err
}

// unfit is the error where a table has what the requests table has not.
func (w *walk) unfit(client, recording []byte) error {
	if err := cmp.Or(w.behind.err, w.ahead.failed()); err != nil {
		return err
	}
	return fmt.Errorf("case %q: its tables do not fit together: no request of %q for %q; verify the case", w.c.Dir, client, recording)
}

// requests walks over the requests table. Its rows are in runs of one
// recording, and within those of one client.
type requests struct {
	next func() (*request.Request, error, bool)
	stop func()
	at   *request.Request // nil: not begun, or at the end
	in   []byte           // the recording whose run was found; nil: none
	err  error
}

func newRequests(seq iter.Seq2[*request.Request, error]) *requests {
	q := &requests{}
	q.next, q.stop = iter.Pull2(seq)
	q.advance()
	return q
}

func (q *requests) advance() {
	r, err, ok := q.next()
	if !ok || err != nil {
		q.at, q.err = nil, err
		return
	}
	q.at = r
}

// isOf says whether the request at hand is of the run of a recording that was
// found.
func (q *requests) isOf(recording []byte) bool {
	return q.at != nil && q.in != nil && bytes.Equal(q.at.Recording, recording) && bytes.Equal(q.in, recording)
}

// findRecording goes to the next run of a recording.
func (q *requests) findRecording(recording []byte) bool {
	for q.isOf(recording) {
		q.advance()
	}
	for q.at != nil && !bytes.Equal(q.at.Recording, recording) {
		q.advance()
	}
	q.in = recording
	return q.at != nil
}

// findClient goes to a client in the run at hand.
func (q *requests) findClient(client, recording []byte) bool {
	for q.isOf(recording) && !bytes.Equal(q.at.Client, client) {
		q.advance()
	}
	return q.isOf(recording)
}

func (q *requests) failed() error {
	if q == nil {
		return nil
	}
	return q.err
}

func (q *requests) close() {
	if q != nil {
		q.stop()
	}
}
