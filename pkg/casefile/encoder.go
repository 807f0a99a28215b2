package casefile

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
)

// encoder writes row groups of one table.
type encoder struct {
	w *file.Writer

	// dict says which columns may be stored with a dictionary: those of which
	// it pays in the first row group. In each row group its own rows decide.
	dict  []bool
	dicts *dictionary
	texts []parquet.ByteArray // scratch
	valid []byte              // scratch
}

// newEncoder starts a table in s. first is its first row group, or nil if it
// has no rows.
func newEncoder(s *sink, sc Schema, codec compress.Compression, first *rowGroup) (*encoder, error) {
	root, err := parquetSchema(sc)
	if err != nil {
		return nil, err
	}
	meta, err := fileMetadata(sc)
	if err != nil {
		return nil, err
	}
	e := &encoder{dict: make([]bool, len(sc.Columns)), dicts: newDictionary()}
	props := []parquet.WriterProperty{
		parquet.WithCreatedBy(createdBy),
		parquet.WithCompression(codec),
		parquet.WithDictionaryPageSizeLimit(maxDictionary),
		parquet.WithBatchSize(writeBatch),
	}
	for i, c := range sc.Columns {
		e.dict[i] = first != nil && e.dicts.index(&first.cols[i])
		props = append(props, parquet.WithDictionaryFor(c.Name, e.dict[i]))
	}
	e.w = file.NewParquetWriter(s, root, file.WithWriterProps(parquet.NewWriterProperties(props...)), file.WithWriteMetadata(meta))
	return e, nil
}

// writeBatch is how many values are written before the writer looks whether a
// page is full. It shapes the bytes of a table.
const writeBatch = 4096

// fullPage is about the bytes at which the Parquet writer ends a page.
const fullPage = 1 << 20

// write writes the rows of g as the next row group.
func (e *encoder) write(g *rowGroup) error {
	rg := e.w.AppendRowGroup()
	for i := range g.cols {
		cw, err := rg.NextColumn()
		if err != nil {
			return err
		}
		c := &g.cols[i]
		switch {
		case !e.dict[i]:
			err = e.writePlain(cw, c)
		case e.dicts.index(c):
			err = e.writeIndices(cw, c)
		default:
			// Here and not when it is full: of a column with both encodings the
			// writer lists them in random order.
			cw.FallbackToPlain()
			err = e.writePlain(cw, c)
		}
		if err != nil {
			return err
		}
	}
	return rg.Close()
}

// writePlain writes values as they are.
func (e *encoder) writePlain(cw file.ColumnChunkWriter, c *column) (err error) {
	var levels []int16
	if c.null {
		levels = c.levels
	}
	// Else the page grows from nothing, and is copied at each doubling.
	cw.CurrentEncoder().ReserveForWrite(min(c.plain(), fullPage))
	switch cw := cw.(type) {
	case *file.Int64ColumnChunkWriter:
		_, err = cw.WriteBatch(c.ints, levels, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = cw.WriteBatch(c.shorts, levels, nil)
	case *file.BooleanColumnChunkWriter:
		_, err = cw.WriteBatch(c.bools, levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		e.texts = e.texts[:0]
		for _, which := range c.which {
			e.texts = append(e.texts, c.written(which))
		}
		_, err = cw.WriteBatch(e.texts, levels, nil)
	default:
		err = fmt.Errorf("no writer for %T", cw)
	}
	return err
}

// writeIndices writes the dictionary that was just built and the indices into
// it. The statistics are those of the distinct values. The indices of a row
// group fit in one page, so page and column agree.
func (e *encoder) writeIndices(cw file.ColumnChunkWriter, c *column) error {
	d := e.dicts
	rows := len(d.indices)
	if c.null {
		rows = len(c.levels)
	}
	nulls := rows - len(d.indices)
	var values arrow.Array
	switch stats := cw.PageStatistics().(type) {
	case *metadata.ByteArrayStatistics:
		e.texts = e.texts[:0]
		offsets, data := make([]int32, 1, len(d.texts)+1), make([]byte, 0, d.size)
		for _, t := range d.texts {
			e.texts = append(e.texts, t)
			data = append(data, t...)
			offsets = append(offsets, int32(len(data)))
		}
		stats.Update(e.texts, int64(nulls))
		values = arrowArray(arrow.BinaryTypes.String, len(d.texts), nil, arrow.Int32Traits.CastToBytes(offsets), data)
	case *metadata.Int32Statistics:
		stats.Update(d.shorts, int64(nulls))
		values = arrowArray(arrow.PrimitiveTypes.Int32, len(d.shorts), nil, arrow.Int32Traits.CastToBytes(d.shorts))
	case *metadata.Int64Statistics:
		stats.Update(d.ints, int64(nulls))
		values = arrowArray(arrow.PrimitiveTypes.Int64, len(d.ints), nil, arrow.Int64Traits.CastToBytes(d.ints))
	default:
		return fmt.Errorf("no dictionary for %T", cw)
	}
	defer values.Release()
	enc, ok := cw.CurrentEncoder().(interface{ PutDictionary(arrow.Array) error })
	if !ok {
		return fmt.Errorf("no dictionary encoder in %T", cw)
	}
	if err := enc.PutDictionary(values); err != nil {
		return err
	}
	var levels []int16
	var valid []byte
	if c.null {
		levels = c.levels
	}
	if nulls > 0 {
		d.indices, e.valid = spread(d.indices, c.levels, e.valid)
		valid = e.valid
	}
	indices := arrowArray(arrow.PrimitiveTypes.Int32, rows, valid, arrow.Int32Traits.CastToBytes(d.indices))
	defer indices.Release()
	return cw.WriteDictIndices(indices, levels, nil)
}

// arrowArray wraps buffers as an Arrow array without copying them.
func arrowArray(t arrow.DataType, n int, valid []byte, buffers ...[]byte) arrow.Array {
	var bufs []*memory.Buffer
	if valid == nil {
		bufs = append(bufs, nil)
	} else {
		bufs = append(bufs, memory.NewBufferBytes(valid))
	}
	for _, b := range buffers {
		bufs = append(bufs, memory.NewBufferBytes(b))
	}
	nulls := 0
	if valid != nil {
		nulls = array.UnknownNullCount
	}
	data := array.NewData(t, n, bufs, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// spread moves the indices apart, in place, so that there is one per row, and
// makes the bitmap of the rows that have a value.
func spread(indices []int32, levels []int16, valid []byte) ([]int32, []byte) {
	valid = append(valid[:0], make([]byte, (len(levels)+7)/8)...)
	from := len(indices) - 1
	indices = slices.Grow(indices, len(levels)-len(indices))[:len(levels)]
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i] == 0 {
			indices[i] = 0
			continue
		}
		indices[i] = indices[from]
		from--
		valid[i/8] |= 1 << (i % 8)
	}
	return indices, valid
}
