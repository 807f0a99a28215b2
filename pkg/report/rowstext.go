package report

import (
	"bytes"
	"encoding/csv"
	"io"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/logrecount/recount/internal/escape"
)

// A block is drawn at a time, so that a table of any length is drawn in little
// memory; each block has its own titles.
const blockRows = 500

// maxCell is the widest cell of a drawn table. What is cut ends in "…"; the
// other formats cut nothing.
const maxCell = 100

type tableRows struct {
	w       io.Writer
	columns []string
	g       grid
	drawn   bool
}

func newTableRows(w io.Writer, columns []string) *tableRows {
	t := &tableRows{w: w, columns: columns}
	t.reset()
	return t
}

func (t *tableRows) reset() {
	t.g = grid{aligns: make(tw.Alignment, len(t.columns))}
	for i, c := range t.columns {
		t.g.titles = append(t.g.titles, escape.Terminal(c))
		t.g.aligns[i] = tw.AlignLeft
	}
}

func (t *tableRows) row(values []any) error {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = terminalText(plain(v, "-"))
		if len(cells[i]) > maxCell {
			cells[i] = escape.Truncate(cells[i], maxCell)
		}
		if isNumber(v) {
			t.g.aligns[i] = tw.AlignRight
		}
	}
	t.g.rows = append(t.g.rows, cells)
	if len(t.g.rows) < blockRows {
		return nil
	}
	return t.flush()
}

func (t *tableRows) flush() error {
	if t.drawn {
		if _, err := io.WriteString(t.w, "\n"); err != nil {
			return err
		}
	}
	t.drawn = true
	defer t.reset()
	return t.g.draw(t.w)
}

func (t *tableRows) close() error {
	if t.drawn && len(t.g.rows) == 0 {
		return nil
	}
	return t.flush()
}

type csvRows struct {
	w     *csv.Writer
	cells []string
}

func newCSVRows(w io.Writer, columns []string) *csvRows {
	c := &csvRows{w: csv.NewWriter(w), cells: make([]string, len(columns))}
	for i, n := range columns {
		c.cells[i] = escape.CSV(n)
	}
	_ = c.w.Write(c.cells) // csv.Writer keeps the first error for Flush
	return c
}

func (c *csvRows) row(values []any) error {
	for i, v := range values {
		t := plain(v, "")
		if t.foreign {
			t.s = escape.CSV(t.s)
		}
		c.cells[i] = t.s
	}
	return c.w.Write(c.cells)
}

func (c *csvRows) close() error {
	c.w.Flush()
	return c.w.Error()
}

type markdownRows struct {
	w     io.Writer
	head  []string
	begun bool
	b     bytes.Buffer
}

func newMarkdownRows(w io.Writer, columns []string) *markdownRows {
	return &markdownRows{w: w, head: columns}
}

func (m *markdownRows) begin(values []any) {
	t := table{}
	for i, n := range m.head {
		t.head = append(t.head, column{title: escape.Markdown(n), number: values != nil && isNumber(values[i])})
	}
	markdownTable(&m.b, t)
	m.begun = true
}

func (m *markdownRows) row(values []any) error {
	if !m.begun {
		m.begin(values)
	}
	var cells []string
	for _, v := range values {
		cells = append(cells, markdownText(plain(v, "-")))
	}
	markdownRow(&m.b, cells)
	_, err := m.b.WriteTo(m.w)
	return err
}

func (m *markdownRows) close() error {
	if !m.begun {
		m.begin(nil)
	}
	_, err := m.b.WriteTo(m.w)
	return err
}
