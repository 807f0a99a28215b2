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
	var total int64
	var value func(i int) any
	switch cr := c.chunk.(type) {
	case *file.Int64ColumnChunkReader:
		c.ints = grown(c.ints)
		total, _, err = cr.ReadBatch(int64(want), c.ints, c.levels[:], nil)
		value = func(i int) any { return c.ints[i] }
		if c.typ == Time {
			value = func(i int) any { return time.UnixMicro(c.ints[i]).UTC() }
		}
	case *file.Int32ColumnChunkReader:
		c.shorts = grown(c.shorts)
		total, _, err = cr.ReadBatch(int64(want), c.shorts, c.levels[:], nil)
		value = func(i int) any { return int64(c.shorts[i]) }
	case *file.BooleanColumnChunkReader:
		c.bools = grown(c.bools)
		total, _, err = cr.ReadBatch(int64(want), c.bools, c.levels[:], nil)
		value = func(i int) any { return c.bools[i] }
	case *file.ByteArrayColumnChunkReader:
		c.texts = grown(c.texts)
		total, _, err = cr.ReadBatch(int64(want), c.texts, c.levels[:], nil)
		value = func(i int) any { return string(c.texts[i]) }
	default:
		err = fmt.Errorf("no reader for %T", cr)
	}
	if err != nil {
		return 0, err
	}
	at := 0
	for i := range int(total) {
		if c.null && c.levels[i] == 0 {
			c.values = append(c.values, nil)
			continue
		}
		c.values = append(c.values, value(at))
		at++
	}
	return int(total), nil
}

func grown[T any](s []T) []T {
	if s == nil {
		return make([]T, readBatch)
	}
	return s
}
