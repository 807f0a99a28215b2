package casefile

import (
	"bytes"
	"unicode/utf8"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/accesslog"
)

// A row group ends when it has this many rows or this many bytes of text. Both
// are constants because they shape the bytes of a table.
const (
	groupRows = 1 << 16
	groupText = 32 << 20
)

// column holds the values of one column of a row group, without the nulls, and
// for a column that may be null a level per row: 1 for a value, 0 for null.
type column struct {
	typ    Type
	null   bool
	ints   []int64 // Int64, Time
	shorts []int32 // Int16, Int32
	bools  []bool
	levels []int16

	// A text that equals the one before, as most do in a sorted table, is not
	// written again.
	text  []byte   // the written texts, one after the other
	ends  []uint32 // of the written texts in text
	which []uint32 // per value the number of its written text
	size  int      // bytes of the texts of all values
}

// plain is the bytes that the values take without a dictionary.
func (c *column) plain() int {
	return c.size + 4*len(c.which) + 4*len(c.shorts) + 8*len(c.ints) + (len(c.bools)+7)/8
}

// written is the written text of number i.
func (c *column) written(i uint32) []byte {
	start, end := uint32(0), c.ends[i]
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.text[start:end:end]
}

// last is the text written last. A value that equals it is not written again:
// it is UTF-8 then, as all that is written is, and UTF-8 is written as it is.
func (c *column) last() (text []byte, ok bool) {
	if len(c.ends) == 0 {
		return nil, false
	}
	return c.written(uint32(len(c.ends)) - 1), true
}

// wrote ends a value whose text is the one written last.
func (g *rowGroup) wrote(c *column) {
	last := uint32(len(c.ends)) - 1
	n := len(c.written(last))
	c.which = append(c.which, last)
	c.size += n
	g.text += n
}

// rowGroup collects rows column by column. A row is written value by value, in
// the order of the schema.
type rowGroup struct {
	cols []column
	at   int // the column that takes the next value
	rows int
	text int // bytes of text
}

func newRowGroup(cols []Column) *rowGroup {
	g := &rowGroup{cols: make([]column, len(cols))}
	for i, c := range cols {
		g.cols[i].typ, g.cols[i].null = c.Type, c.Null
	}
	return g
}

func (g *rowGroup) reset() {
	for i := range g.cols {
		c := &g.cols[i]
		c.ints, c.shorts, c.bools, c.levels = c.ints[:0], c.shorts[:0], c.bools[:0], c.levels[:0]
		c.text, c.ends, c.which, c.size = c.text[:0], c.ends[:0], c.which[:0], 0
	}
	g.at, g.rows, g.text = 0, 0, 0
}

// next gives the column of the next value and notes whether it is there. It is
// false for a null. A column that may not be null takes the value as it is.
func (g *rowGroup) next(there bool) (*column, bool) {
	c := &g.cols[g.at]
	g.at++
	if !c.null {
		return c, true
	}
	if there {
		c.levels = append(c.levels, 1)
		return c, true
	}
	c.levels = append(c.levels, 0)
	return c, false
}

// int64 writes v; accesslog.None is null where the column may be null.
func (g *rowGroup) int64(v int64) {
	if c, ok := g.next(v != accesslog.None); ok {
		c.ints = append(c.ints, v)
	}
}

// int32 writes v, or null.
func (g *rowGroup) int32(v int32, there bool) {
	if c, ok := g.next(there); ok {
		c.shorts = append(c.shorts, v)
	}
}

// time writes microseconds since the epoch; accesslog.NoTime is null.
func (g *rowGroup) time(v int64) {
	if c, ok := g.next(v != accesslog.NoTime); ok {
		c.ints = append(c.ints, v)
	}
}

// bool writes v, or null.
func (g *rowGroup) bool(v, there bool) {
	if c, ok := g.next(there); ok {
		c.bools = append(c.bools, v)
	}
}

// bytes writes text that may hold any bytes; nil is null.
func (g *rowGroup) bytes(b []byte) {
	c, ok := g.next(b != nil)
	if !ok {
		return
	}
	if last, ok := c.last(); !ok || !bytes.Equal(last, b) {
		c.text = escape.AppendUTF8(c.text, b)
		c.ends = append(c.ends, uint32(len(c.text)))
	}
	g.wrote(c)
}

// string writes text that may hold any bytes; the empty text is null where the
// column may be null.
func (g *rowGroup) string(s string) {
	c, ok := g.next(s != "")
	if !ok {
		return
	}
	if last, ok := c.last(); !ok || string(last) != s {
		if utf8.ValidString(s) {
			c.text = append(c.text, s...)
		} else {
			c.text = escape.AppendUTF8(c.text, []byte(s))
		}
		c.ends = append(c.ends, uint32(len(c.text)))
	}
	g.wrote(c)
}

// full says whether the group takes no further row.
func (g *rowGroup) full() bool { return g.rows >= groupRows || g.text >= groupText }
