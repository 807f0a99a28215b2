package casefile

import (
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
)

// readBatch is how many rows of a column are read at a time.
const readBatch = 4096

// columnReader reads one column of a row group, batch by batch.
type columnReader struct {
	typ    Type
	null   bool
	name   string
	chunk  file.ColumnChunkReader
	values []any

	levels [readBatch]int16
	ints   []int64
	shorts []int32
	bools  []bool
	texts  []parquet.ByteArray
}

// fill reads the next n rows into values. The Parquet reader panics on some
// damaged pages.
func (c *columnReader) fill(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("column %q is damaged: %v; verify the case", c.name, r)
		}
	}()
	c.values = c.values[:0]
	for len(c.values) < n {
		want := n - len(c.values)
		rows, err := c.read(want)
		if err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
		if rows == 0 {
			return fmt.Errorf("column %q ends %d rows early; verify the case", c.name, want)
		}
	}
	return nil
}

// read reads at most want rows, as many as one page gives, and appends them to
// values.
func (c *columnReader) read(want int) (rows int, err error) {
	rows, err = c.batch(want)
	if err != nil {
		return 0, err
	}
	at := 0
	for i := range rows {
		if c.null && c.levels[i] == 0 {
			c.values = append(c.values, nil)
			continue
		}
		c.values = append(c.values, c.value(at))
		at++
	}
	return rows, nil
}

// batch reads at most want rows, as many as one page gives, into the slice of
// the column's type, without the nulls, and into levels.
func (c *columnReader) batch(want int) (rows int, err error) {
	var total int64
	switch cr := c.chunk.(type) {
	case *file.Int64ColumnChunkReader:
		c.ints = grown(c.ints)
		total, _, err = cr.ReadBatch(int64(want), c.ints, c.levels[:], nil)
	case *file.Int32ColumnChunkReader:
		c.shorts = grown(c.shorts)
		total, _, err = cr.ReadBatch(int64(want), c.shorts, c.levels[:], nil)
	case *file.BooleanColumnChunkReader:
		c.bools = grown(c.bools)
		total, _, err = cr.ReadBatch(int64(want), c.bools, c.levels[:], nil)
	case *file.ByteArrayColumnChunkReader:
		c.texts = grown(c.texts)
		total, _, err = cr.ReadBatch(int64(want), c.texts, c.levels[:], nil)
	default:
		err = fmt.Errorf("no reader for %T", cr)
	}
	return int(total), err
}

// value gives the value at i of those that batch read.
func (c *columnReader) value(i int) any {
	switch c.chunk.(type) {
	case *file.Int64ColumnChunkReader:
		if c.typ == Time {
			return time.UnixMicro(c.ints[i]).UTC()
		}
		return c.ints[i]
	case *file.Int32ColumnChunkReader:
		return int64(c.shorts[i])
	case *file.BooleanColumnChunkReader:
		return c.bools[i]
	}
	return string(c.texts[i])
}

func grown[T any](s []T) []T {
	if s == nil {
		return make([]T, readBatch)
	}
	return s
}
