package casefile

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/apache/arrow/go/v17/parquet/file"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// requestColumn is a column of the requests table that is read back, and where
// its values go.
type requestColumn struct {
	name   string
	number func(r *request.Request, v int64)                  // of Int16 to Int64, Time
	yes    func(r *request.Request, v bool)                   // of Bool
	text   func(r *request.Request, v []byte)                 // of Text, kept
	word   func(r *request.Request, word string) (known bool) // of Text with few words
}

// requestColumns are those that are read back: the reference, all that a
// download is graded by, and what tells clients and sites apart.
var requestColumns = []requestColumn{
	{name: "source", number: func(r *request.Request, v int64) { r.Source = int32(v) }},
	{name: "line", number: func(r *request.Request, v int64) { r.Line = v }},
	{name: "offset", number: func(r *request.Request, v int64) { r.Offset = v }},
	{name: "time_start", number: func(r *request.Request, v int64) { r.TimeStart = v }},
	{name: "time_end", number: func(r *request.Request, v int64) { r.TimeEnd = v }},
	{name: "utc_offset_min", number: func(r *request.Request, v int64) { r.UTCOffsetMin = int16(v) }},
	{name: "client", text: func(r *request.Request, v []byte) { r.Client = v }},
	{name: "forwarded_for", text: func(r *request.Request, v []byte) { r.Forwarded = v }},
	{name: "method", text: func(r *request.Request, v []byte) { r.Method = v }},
	{name: "recording", text: func(r *request.Request, v []byte) { r.Recording = v }},
	{name: "host", text: func(r *request.Request, v []byte) { r.Host = v }},
	{name: "protocol", text: func(r *request.Request, v []byte) { r.Protocol = v }},
	{name: "status", number: func(r *request.Request, v int64) { r.Status = int16(v) }},
	{name: "bytes", number: func(r *request.Request, v int64) { r.Bytes = v }},
	{name: "bytes_meaning", word: func(r *request.Request, w string) (ok bool) { r.Meaning, ok = accesslog.ParseMeaning(w); return }},
	{name: "range_start", number: func(r *request.Request, v int64) { r.RangeStart = v }},
	{name: "range_end", number: func(r *request.Request, v int64) { r.RangeEnd = v }},
	{name: "range_from", word: func(r *request.Request, w string) (ok bool) { r.RangeFrom, ok = parseRangeFrom(w); return }},
	{name: "finished", yes: func(r *request.Request, v bool) {
		if r.Finished = accesslog.FinishedNo; v {
			r.Finished = accesslog.FinishedYes
		}
	}},
	{name: "user_agent", text: func(r *request.Request, v []byte) { r.Agent = v }},
	{name: "flags", word: func(r *request.Request, w string) (ok bool) { r.Flags, ok = parseFlags(w); return }},
	{name: "kind", word: func(r *request.Request, w string) (ok bool) { r.Kind, ok = request.ParseKind(w); return }},
	{name: "bytes_with_headers", number: func(r *request.Request, v int64) { r.Sent = v }},
	{name: "object_size", number: func(r *request.Request, v int64) { r.ObjectSize = v }},
	{name: "object_size_from", word: func(r *request.Request, w string) (ok bool) { r.SizeFrom, ok = accesslog.ParseTotalFrom(w); return }},
}

// nothingKnown is a request of which all columns are null.
var nothingKnown = request.Request{
	TimeStart: accesslog.NoTime, TimeEnd: accesslog.NoTime, Bytes: accesslog.None, Sent: accesslog.None, ObjectSize: accesslog.None,
	RangeStart: accesslog.None, RangeEnd: accesslog.None, DurationUS: accesslog.None,
}

// Requests yields the requests of the requests table in its order, with their
// reference and all that a download is graded by: not what stands in the log
// for people only. Texts are as in the table: bytes that are not UTF-8 are
// written out. A request is valid until the next; its texts stay.
func (t *Table) Requests() iter.Seq2[*request.Request, error] {
	return func(yield func(*request.Request, error) bool) {
		stop := false
		var rows []request.Request
		err := t.eachGroup(func(g *requestGroup) (err error) {
			for g.left > 0 && !stop {
				if rows, err = g.read(rows[:0], readBatch); err != nil {
					return err
				}
				for i := range rows {
					if !yield(&rows[i], nil) {
						stop = true
						return errStop
					}
				}
			}
			return nil
		})
		if err != nil && !stop {
			yield(nil, err)
		}
	}
}

// errStop ends a walk over row groups; nobody sees it.
var errStop = fmt.Errorf("stop")

// eachGroup opens the row groups that may hold what is wanted, one after the
// other.
func (t *Table) eachGroup(do func(*requestGroup) error) error {
	r, err := file.OpenParquetFile(t.path, false)
	if err != nil {
		return fmt.Errorf("table %s: %w", t.schema.Name, err)
	}
	defer r.Close()
	for i := range r.NumRowGroups() {
		if !t.mayHold(r.RowGroup(i)) {
			continue
		}
		g, err := t.requestGroup(r.RowGroup(i))
		if err == nil {
			err = do(g)
		}
		if err == errStop {
			return nil
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.schema.Name, err)
		}
	}
	return nil
}

// RowGroups is in how many parts of its rows a table is stored.
func (t *Table) RowGroups() (int, error) {
	r, err := file.OpenParquetFile(t.path, false)
	if err != nil {
		return 0, fmt.Errorf("table %s: %w", t.schema.Name, err)
	}
	defer r.Close()
	return r.NumRowGroups(), nil
}

// RequestGroup gives all requests of one row group, counted from 0, as Requests
// does. Groups may be read side by side.
func (t *Table) RequestGroup(i int) ([]request.Request, error) {
	r, err := file.OpenParquetFile(t.path, false)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.schema.Name, err)
	}
	defer r.Close()
	g, err := t.requestGroup(r.RowGroup(i))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.schema.Name, err)
	}
	rows := make([]request.Request, 0, g.left)
	for g.left > 0 {
		if rows, err = g.read(rows, readBatch); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.schema.Name, err)
		}
	}
	return rows, nil
}

// requestGroup reads the requests of one row group, batch by batch and in each
// batch column by column: values are not boxed, and the texts of a batch share
// one piece of memory per column.
type requestGroup struct {
	left    int64
	readers []columnReader
	words   []knownWords // per column
}

// knownWords are the words that a column had so far in the group.
type knownWords struct {
	texts []string
	last  int
}

func (t *Table) requestGroup(rg *file.RowGroupReader) (*requestGroup, error) {
	names := make([]string, len(requestColumns))
	for i, c := range requestColumns {
		names[i] = c.name
	}
	which, err := t.places(names)
	if err != nil {
		return nil, err
	}
	readers, err := t.readers(rg, which)
	if err != nil {
		return nil, err
	}
	for i, c := range requestColumns {
		fits := c.number != nil
		switch readers[i].typ {
		case Bool:
			fits = c.yes != nil
		case Text:
			fits = c.text != nil || c.word != nil
		}
		if !fits {
			return nil, fmt.Errorf("column %q holds %s, which does not belong there; it was changed, or written by another version", c.name, readers[i].typ)
		}
	}
	return &requestGroup{left: rg.NumRows(), readers: readers, words: make([]knownWords, len(which))}, nil
}

// read appends the next rows, most at most.
func (g *requestGroup) read(rows []request.Request, most int) ([]request.Request, error) {
	n := int(min(g.left, int64(most)))
	start := len(rows)
	for range n {
		rows = append(rows, nothingKnown)
	}
	for i := range g.readers {
		if err := g.column(i, rows[start:]); err != nil {
			return nil, err
		}
	}
	g.left -= int64(n)
	return rows, nil
}

// column reads the values of one column for rows. The Parquet reader panics on
// some damaged pages.
func (g *requestGroup) column(i int, rows []request.Request) (err error) {
	c := &g.readers[i]
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("column %q is damaged: %v; verify the case", c.name, r)
		}
	}()
	for len(rows) > 0 {
		n, err := c.batch(len(rows))
		if err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
		if n == 0 {
			return fmt.Errorf("column %q ends %d rows early; verify the case", c.name, len(rows))
		}
		if err := g.spread(i, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// spread puts the values that were read into their rows.
func (g *requestGroup) spread(i int, rows []request.Request) error {
	c, to := &g.readers[i], &requestColumns[i]
	var copied []byte
	if to.text != nil {
		copied = make([]byte, 0, c.textBytes(len(rows)))
	}
	var last []byte
	at := 0
	for k := range rows {
		if c.null && c.levels[k] == 0 {
			continue
		}
		switch {
		case to.number != nil && c.ints != nil:
			to.number(&rows[k], c.ints[at])
		case to.number != nil:
			to.number(&rows[k], int64(c.shorts[at]))
		case to.yes != nil:
			to.yes(&rows[k], c.bools[at])
		case to.text != nil:
			if v := c.texts[at]; last == nil || !bytes.Equal(v, last) {
				from := len(copied)
				copied = append(copied, v...)
				last = copied[from:len(copied):len(copied)]
			}
			to.text(&rows[k], last)
		default:
			if w := g.words[i].find(c.texts[at]); !to.word(&rows[k], w) {
				return fmt.Errorf("column %q holds the word %q, which this version does not know; it was changed, or written by another version", c.name, w)
			}
		}
		at++
	}
	return nil
}

// textBytes is how much room the texts of the batch at hand take, rows of it,
// where equal neighbours share one.
func (c *columnReader) textBytes(rows int) int {
	n, at := 0, 0
	var last []byte
	for k := range rows {
		if c.null && c.levels[k] == 0 {
			continue
		}
		if v := c.texts[at]; last == nil || !bytes.Equal(v, last) {
			n += len(v)
			last = v
		}
		at++
	}
	return n
}

// find gives a word as a string, without a new one for each row.
func (w *knownWords) find(text []byte) string {
	if w.last < len(w.texts) && string(text) == w.texts[w.last] {
		return w.texts[w.last]
	}
	for i, known := range w.texts {
		if string(text) == known {
			w.last = i
			return known
		}
	}
	if len(w.texts) < sharedTexts {
		w.texts = append(w.texts, string(text))
		w.last = len(w.texts) - 1
	}
	return string(text)
}

func parseRangeFrom(s string) (accesslog.RangeFrom, bool) {
	for _, f := range []accesslog.RangeFrom{accesslog.RangeContent, accesslog.RangeRequest} {
		if f.String() == s {
			return f, true
		}
	}
	return accesslog.RangeNone, false
}

func parseFlags(s string) (flags accesslog.Flags, ok bool) {
	for name := range strings.SplitSeq(s, ",") {
		found := false
		for bit := accesslog.Flags(1); bit != 0; bit <<= 1 {
			if names := bit.Names(); len(names) == 1 && names[0] == name {
				flags, found = flags|bit, true
			}
		}
		if !found {
			return 0, false
		}
	}
	return flags, true
}
