package report

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// grid is a table as it is drawn on a terminal: every cell is escaped already.
type grid struct {
	titles []string
	aligns tw.Alignment
	rows   [][]string
}

// gap is the space between two columns.
const gap = 2

func (g *grid) drop(column int) {
	g.titles = slices.Delete(g.titles, column, column+1)
	g.aligns = slices.Delete(g.aligns, column, column+1)
	for i := range g.rows {
		g.rows[i] = slices.Delete(g.rows[i], column, column+1)
	}
}

// fit wraps the widest text columns, all to the same width, until the grid is
// at most width wide, or until wrapping more would make columns of single words.
func (g *grid) fit(width int) {
	const narrowest = 16
	have := g.widths()
	want := slices.Clone(have)
	for over := g.width() - width; over > 0; over-- {
		widest := -1
		for i, n := range want {
			if g.aligns[i] == tw.AlignLeft && n > narrowest && (widest < 0 || n > want[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		want[widest]--
	}
	for i := range want {
		if want[i] == have[i] {
			continue
		}
		for _, row := range g.rows {
			row[i] = strings.Join(wrap(row[i], want[i]), "\n")
		}
	}
}

// widths gives the width of each column in terminal cells.
func (g *grid) widths() []int {
	out := make([]int, len(g.titles))
	for i, t := range g.titles {
		out[i] = cells(t)
	}
	for _, row := range g.rows {
		for i, c := range row {
			for line := range strings.SplitSeq(c, "\n") {
				out[i] = max(out[i], cells(line))
			}
		}
	}
	return out
}

func (g *grid) width() int {
	sum := 0
	for _, n := range g.widths() {
		sum += n + gap
	}
	return max(sum-gap, 0)
}

// draw writes the grid without a frame: columns two spaces apart, a line under
// the titles, no space at the end of a line.
func (g *grid) draw(w io.Writer) error {
	var b bytes.Buffer
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{PerColumn: g.aligns},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: strings.Repeat(" ", gap), Overwrite: true}},
	}
	t := tablewriter.NewTable(&b,
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleASCII),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On},
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
			},
		})),
		tablewriter.WithTrimSpace(tw.Off),
	)
	t.Header(g.titles)
	if err := t.Bulk(g.rows); err != nil {
		return err
	}
	if err := t.Render(); err != nil {
		return err
	}
	rule := strings.Repeat("-", g.width())
	for line := range strings.Lines(b.String()) {
		line = strings.TrimRight(line, " \n")
		if strings.HasPrefix(line, rule) && strings.Trim(line, "-") == "" {
			line = rule // the library draws it over the last gap too
		}
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// cells is the width of s on a terminal, the same whatever the locale.
func cells(s string) int {
	return twwidth.WidthWithOptions(s, twwidth.Options{})
}

// wrap breaks s between words so that each line is at most width cells wide; a
// word that is wider gets lines of its own.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && cells(line)+1+cells(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; cells(line) > width; {
			head := cutAt(line, width)
			lines = append(lines, head)
			line = line[len(head):]
		}
	}
	return append(lines, line)
}

// cutAt gives the longest beginning of s that is at most width cells wide, one
// rune at least.
func cutAt(s string, width int) string {
	sum := 0
	for i, r := range s {
		sum += cells(string(r))
		if i > 0 && sum > width {
			return s[:i]
		}
	}
	return s
}
