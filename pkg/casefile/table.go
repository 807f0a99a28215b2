package casefile

import (
	"fmt"

	"github.com/apache/arrow/go/v17/parquet/compress"
	pqfile "github.com/apache/arrow/go/v17/parquet/file"
)

// table writes one table. Rows gather in a row group; a full one is encoded by
// a goroutine of the table while the next is filled. There is one such
// goroutine and it takes groups in order, so the bytes do not depend on it.
//
// The zero table is one that is not wanted: it takes rows and keeps none.
type table struct {
	schema           Schema
	path             string
	sink             *sink
	codec            compress.Compression
	enc              *encoder // nil until the first row group, which decides on encodings
	rows             int64
	finished, closed bool
	err              error

	cur  *rowGroup
	full chan *rowGroup // to the encoder; nil until the first group is full
	free chan encoded   // back from it
	done chan error     // how the encoder ended
}

// encoded is a row group that may be filled again, and how its encoding went.
type encoded struct {
	group *rowGroup
	err   error
}

// start makes t the table of s, to be written to f, the file at path.
func (t *table) start(s Schema, path string, f diskFile, codec compress.Compression) {
	*t = table{schema: s, path: path, sink: newSink(f), codec: codec, cur: newRowGroup(s.Columns)}
}

// wanted says whether rows are kept.
func (t *table) wanted() bool { return t.sink != nil }

// Rows gives the number of rows kept.
func (t *table) Rows() int64 { return t.rows }

// end closes the row that was written into t.cur.
func (t *table) end() error {
	g := t.cur
	if g.at != len(g.cols) {
		panic(fmt.Sprintf("casefile: table %s: a row of %d values for %d columns", t.schema.Name, g.at, len(g.cols)))
	}
	g.at = 0
	g.rows++
	t.rows++
	if !g.full() {
		return t.err
	}
	if t.full == nil {
		t.full, t.free, t.done = make(chan *rowGroup), make(chan encoded, 2), make(chan error, 1)
		t.free <- encoded{group: newRowGroup(t.schema.Columns)}
		go t.encode()
	}
	t.full <- g
	back := <-t.free
	t.cur = back.group
	if t.err == nil {
		t.err = back.err
	}
	return t.err
}

// encode writes full groups until there are no more. After an error it only
// hands them back.
func (t *table) encode() {
	var err error
	for g := range t.full {
		if err == nil {
			err = t.write(g)
		}
		g.reset()
		t.free <- encoded{g, err}
	}
	t.done <- err
}

// write writes one row group. The Parquet writer panics where it does not
// expect an error.
func (t *table) write(g *rowGroup) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if t.sink.err != nil {
			err = t.sink.err
		}
		if err != nil {
			err = t.failed(err)
		}
	}()
	if t.enc == nil {
		if t.enc, err = newEncoder(t.sink, t.schema, t.codec, g); err != nil {
			return err
		}
	}
	return t.enc.write(g)
}

func (t *table) failed(err error) error {
	return fmt.Errorf("write table %s: %w", t.schema.Name, err)
}

// finish hands over the last rows; close waits for them. Tables are finished
// one after the other, so that their encoders end side by side.
func (t *table) finish() {
	if t.finished {
		return
	}
	t.finished = true
	if t.full != nil {
		if t.cur.rows > 0 && t.err == nil {
			t.full <- t.cur
		}
		close(t.full)
	}
}

// close ends the table, which must have been finished, and checks that the
// file holds every row that was fed.
func (t *table) close() error {
	if t.closed {
		return t.err
	}
	t.closed = true
	if t.full != nil {
		t.keep(<-t.done)
	} else if t.cur.rows > 0 && t.err == nil {
		t.keep(t.write(t.cur))
	}
	if t.err == nil {
		t.keep(t.footer())
	}
	if err := t.sink.close(); err != nil {
		t.keep(t.failed(err))
	}
	if t.err == nil {
		t.keep(t.check())
	}
	t.cur, t.enc = nil, nil
	return t.err
}

// abort ends the encoder and closes the file; what is in it does not matter.
func (t *table) abort() {
	if t.closed {
		return
	}
	t.closed = true
	if t.full != nil {
		if !t.finished {
			close(t.full)
		}
		<-t.done
	}
	t.sink.f.Close()
	t.cur, t.enc = nil, nil
}

func (t *table) keep(err error) {
	if t.err == nil {
		t.err = err
	}
}

// footer ends the Parquet file.
func (t *table) footer() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if err != nil {
			err = t.failed(fmt.Errorf("write the footer: %w", err))
		}
	}()
	if t.enc == nil {
		if t.enc, err = newEncoder(t.sink, t.schema, t.codec, nil); err != nil {
			return err
		}
	}
	return t.enc.w.Close()
}

// check reads the footer back from the file.
func (t *table) check() error {
	r, err := pqfile.OpenParquetFile(t.path, false)
	if err != nil {
		return t.failed(fmt.Errorf("read it back: %w", err))
	}
	defer r.Close()
	rows := int64(0)
	for i := range r.NumRowGroups() {
		rows += r.MetaData().RowGroups[i].NumRows
	}
	if rows != t.rows || r.NumRows() != t.rows {
		return t.failed(fmt.Errorf("%d rows were fed, its footer says %d (%d in its row groups); write the case again, to another disk if need be", t.rows, r.NumRows(), rows))
	}
	return nil
}
