package casefile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
)

// Table is a table of a case. It holds no file open.
type Table struct {
	path    string
	schema  Schema
	numRows int64
	holding []holding
}

// holding is a text that a column must hold.
type holding struct {
	column int
	text   string
}

// Table opens a table by its name. What it says of itself is read from the
// file, so that a case of another version can be read too.
func (c *Case) Table(name string) (*Table, error) {
	if _, ok := schemaOf(name); !ok {
		return nil, fmt.Errorf("unknown table %q; the tables are %s", name, strings.Join(TableNames(), ", "))
	}
	t := &Table{path: filepath.Join(c.Dir, tablesName, name+tableExt)}
	r, err := file.OpenParquetFile(t.path, false)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w; the case may have been made without it", name, err)
	}
	defer r.Close()
	t.numRows = r.NumRows()
	if t.schema, err = readSchema(r); err != nil {
		return nil, fmt.Errorf("table %s: %w", name, err)
	}
	t.schema.Name = name
	return t, nil
}

// Columns lists the columns.
func (t *Table) Columns() []Column { return slices.Clone(t.schema.Columns) }

// Attributes lists the columns that are attributes of the recordings: those
// that the table has beside the ones of every case.
func (t *Table) Attributes() []string {
	own, _ := schemaOf(t.schema.Name)
	var names []string
	for _, c := range t.schema.Columns {
		if !slices.ContainsFunc(own.Columns, func(o Column) bool { return o.Name == c.Name }) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Schema gives the columns and what one row is.
func (t *Table) Schema() Schema { return t.schema }

// NumRows gives the number of rows.
func (t *Table) NumRows() int64 { return t.numRows }

// readSchema reads the Arrow schema that a table carries.
func readSchema(r *file.Reader) (Schema, error) {
	text := r.MetaData().KeyValueMetadata().FindValue(arrowSchemaKey)
	if text == nil {
		return Schema{}, fmt.Errorf("it was not written by recount: no %s", arrowSchemaKey)
	}
	data, err := base64.StdEncoding.DecodeString(*text)
	if err != nil {
		return Schema{}, fmt.Errorf("%s: %w", arrowSchemaKey, err)
	}
	ir, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return Schema{}, fmt.Errorf("%s: %w", arrowSchemaKey, err)
	}
	defer ir.Release()
	as := ir.Schema()
	if n := r.MetaData().Schema.NumColumns(); n != as.NumFields() {
		return Schema{}, fmt.Errorf("%s has %d columns, the file %d", arrowSchemaKey, as.NumFields(), n)
	}
	var s Schema
	s.About, _ = as.Metadata().GetValue("about")
	s.Sorted, _ = as.Metadata().GetValue("sorted")
	for _, f := range as.Fields() {
		typ := slices.IndexFunc(arrowTypes[:], func(t arrow.DataType) bool { return arrow.TypeEqual(t, f.Type) })
		if typ < 0 {
			return Schema{}, fmt.Errorf("column %q has type %s, which recount does not write", f.Name, f.Type)
		}
		c := Column{Name: f.Name, Type: Type(typ), Null: f.Nullable}
		c.Comment, _ = f.Metadata.GetValue("comment")
		c.ECS, _ = f.Metadata.GetValue("ecs")
		s.Columns = append(s.Columns, c)
	}
	return s, nil
}

// Rows yields the rows of the named columns, all columns if none is named, in
// the order of the table. Values are string, int64, bool, time.Time (UTC) or
// nil for null. A row is valid until the next; its values stay. Only the named
// columns are read, a few thousand rows at a time.
func (t *Table) Rows(columns ...string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if err := t.rows(columns, func(row []any) bool { return yield(row, nil) }); err != nil {
			yield(nil, fmt.Errorf("table %s: %w", t.schema.Name, err))
		}
	}
}

// places says where the named columns stand.
func (t *Table) places(columns []string) ([]int, error) {
	which := make([]int, 0, len(t.schema.Columns))
	for _, name := range columns {
		i := slices.IndexFunc(t.schema.Columns, func(c Column) bool { return c.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("no column %q; it has %s", name, strings.Join(columnNames(t.schema), ", "))
		}
		which = append(which, i)
	}
	return which, nil
}

func (t *Table) rows(columns []string, yield func([]any) bool) error {
	which, err := t.places(columns)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		for i := range t.schema.Columns {
			which = append(which, i)
		}
	}
	r, err := file.OpenParquetFile(t.path, false)
	if err != nil {
		return err
	}
	defer r.Close()
	for g := range r.NumRowGroups() {
		if !t.mayHold(r.RowGroup(g)) {
			continue
		}
		more, err := t.groupRows(r.RowGroup(g), which, yield)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// Holding gives the table without the row groups in which a column of text
// never holds a value, as far as their statistics tell. Its rows are all that
// hold it, and others.
func (t *Table) Holding(column, value string) (*Table, error) {
	i := slices.IndexFunc(t.schema.Columns, func(c Column) bool { return c.Name == column && c.Type == Text })
	if i < 0 {
		return nil, fmt.Errorf("table %s has no column %q of text", t.schema.Name, column)
	}
	less := *t
	less.holding = append(slices.Clone(t.holding), holding{i, value})
	return &less, nil
}

func (t *Table) mayHold(rg *file.RowGroupReader) bool {
	for _, h := range t.holding {
		chunk, err := rg.MetaData().ColumnChunk(h.column)
		if err != nil {
			continue // reading it will say what is wrong
		}
		stats, err := chunk.Statistics()
		if err != nil || stats == nil || !stats.HasMinMax() {
			continue
		}
		texts, ok := stats.(*metadata.ByteArrayStatistics)
		if ok && (h.text < string(texts.Min()) || h.text > string(texts.Max())) {
			return false
		}
	}
	return true
}

// groupRows yields the rows of one row group; more is false when the caller
// wants no further row.
func (t *Table) groupRows(rg *file.RowGroupReader, which []int, yield func([]any) bool) (more bool, err error) {
	readers, err := t.readers(rg, which)
	if err != nil {
		return false, err
	}
	row := make([]any, len(which))
	for left := rg.NumRows(); left > 0; {
		n := min(left, readBatch)
		for i := range readers {
			if err := readers[i].fill(int(n)); err != nil {
				return false, err
			}
		}
		for k := range int(n) {
			for i := range readers {
				row[i] = readers[i].values[k]
			}
			if !yield(row) {
				return false, nil
			}
		}
		left -= n
	}
	return true, nil
}

// readers opens columns of a row group.
func (t *Table) readers(rg *file.RowGroupReader, which []int) ([]columnReader, error) {
	readers := make([]columnReader, len(which))
	for i, c := range which {
		cr, err := rg.Column(c)
		if err != nil {
			return nil, err
		}
		readers[i] = columnReader{typ: t.schema.Columns[c].Type, null: t.schema.Columns[c].Null, name: t.schema.Columns[c].Name, chunk: cr}
	}
	return readers, nil
}

func columnNames(s Schema) []string {
	names := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		names[i] = c.Name
	}
	return names
}
