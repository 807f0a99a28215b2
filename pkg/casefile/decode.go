package casefile

import (
	"fmt"
	"iter"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

var downloadColumns = []string{
	"client", "recording", "requests", "content_requests", "first_seen", "last_seen", "size", "size_from", "bytes_lower", "bytes_upper",
	"completeness", "basis", "transfers", "earlier_copy", "user_agents", "first_source", "first_line",
}

// Downloads yields the downloads of the downloads table in its order. Texts are
// as in the table. A download is valid until the next; its texts stay.
func (t *Table) Downloads() iter.Seq2[*download.Download, error] {
	return decoded(t, downloadColumns, func(d *decoder) download.Download {
		var out download.Download
		out.Client, out.Recording = d.text(), d.text()
		out.Requests, out.ContentRequests, out.FirstSeen, out.LastSeen = d.number(), d.number(), d.time(), d.time()
		out.Size.Bytes, out.Size.From = d.number(), word(d, download.ParseSizeFrom)
		out.BytesLower, out.BytesUpper = d.number(), d.number()
		out.Grade, out.Basis = word(d, parseGrade), string(d.text())
		out.Transfers, out.EarlierCopy, out.UserAgents = d.number(), d.finished() == accesslog.FinishedYes, d.number()
		out.FirstSource, out.FirstLine = int32(d.number()), d.number()
		return out
	})
}

var listingColumns = []string{"client", "directory", "requests", "first_seen", "last_seen", "names_exposed"}

// Listings yields the rows of the listings table in its order, as Downloads
// yields downloads.
func (t *Table) Listings() iter.Seq2[*ListingRow, error] {
	return decoded(t, listingColumns, func(d *decoder) ListingRow {
		return ListingRow{Client: d.text(), Directory: d.text(), Requests: d.number(), FirstSeen: d.time(), LastSeen: d.time(), NamesExposed: d.number()}
	})
}

// decoded yields what decode makes of each row.
func decoded[T any](t *Table, columns []string, decode func(*decoder) T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var d decoder
		var out T
		for row, err := range t.Rows(columns...) {
			if err != nil {
				yield(nil, err)
				return
			}
			d.row = row
			out = decode(&d)
			if d.err != nil {
				yield(nil, fmt.Errorf("table %s: %w; it was changed, or written by another version", t.schema.Name, d.err))
				return
			}
			if !yield(&out, nil) {
				return
			}
		}
	}
}

// decoder takes the values of a row one after the other. It is the inverse of
// what rowGroup writes.
type decoder struct {
	row   []any
	texts map[string][]byte // few: those of the rows before this one
	err   error
}

// next takes a value; ok is false for null.
func next[T any](d *decoder) (value T, ok bool) {
	v := d.row[0]
	d.row = d.row[1:]
	if v == nil {
		return value, false
	}
	value, ok = v.(T)
	if !ok && d.err == nil {
		d.err = fmt.Errorf("it holds %v where a value of another type belongs", v)
	}
	return value, ok
}

func (d *decoder) number() int64 {
	if n, ok := next[int64](d); ok {
		return n
	}
	return accesslog.None
}

func (d *decoder) time() int64 {
	if t, ok := next[time.Time](d); ok {
		return t.UnixMicro()
	}
	return accesslog.NoTime
}

func (d *decoder) finished() accesslog.Finished {
	switch yes, ok := next[bool](d); {
	case !ok:
		return accesslog.FinishedUnknown
	case yes:
		return accesslog.FinishedYes
	}
	return accesslog.FinishedNo
}

// sharedTexts is after how many texts a decoder forgets them.
const sharedTexts = 1024

// text gives a text; rows that have the same one share it.
func (d *decoder) text() []byte {
	s, ok := next[string](d)
	if !ok {
		return nil
	}
	if b, ok := d.texts[s]; ok {
		return b
	}
	if d.texts == nil || len(d.texts) == sharedTexts {
		d.texts = make(map[string][]byte, sharedTexts)
	}
	b := []byte(s)
	d.texts[s] = b
	return b
}

// word reads a column that holds a few words only; null is the zero value.
func word[T any](d *decoder, parse func(string) (T, bool)) T {
	s, ok := next[string](d)
	if !ok {
		var zero T
		return zero
	}
	w, ok := parse(s)
	if !ok && d.err == nil {
		d.err = fmt.Errorf("it holds the word %q, which this version does not know", s)
	}
	return w
}

func parseGrade(s string) (download.Grade, bool) {
	words, ok := download.GradeWords(s)
	return words.Grade, ok
}
