package report

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/casefile"
)

// minWidth is the narrowest terminal that is drawn for; below it lines wrap
// where the terminal wraps them.
const minWidth = 60

// Terminal writes a summary for reading on a terminal of that many columns.
func Terminal(w io.Writer, s *casefile.Summary, width int) error {
	return terminalSections(w, sections(s), width)
}

func terminalSections(w io.Writer, all []section, width int) error {
	width = max(width, minWidth)
	var b bytes.Buffer
	for i, sec := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		if sec.title != "" {
			b.WriteString(strings.ToUpper(sec.title) + "\n")
		}
		for j, bl := range sec.blocks {
			if apart(bl) && j > 0 {
				b.WriteByte('\n')
			}
			switch bl := bl.(type) {
			case heading:
				b.WriteString(strings.Join(wrap(terminalText(bl.text), width), "\n") + "\n")
			case quote:
				b.WriteString("  | " + strings.Join(chop(escape.Terminal(bl.text), width-4), "\n  | ") + "\n")
			case pairs:
				f := facts{width: width, indent: 2}
				for _, p := range bl {
					f.add(p.name, p.value.s)
				}
				f.draw(&b)
			case paragraph:
				b.WriteString(strings.Join(wrap(terminalText(bl.text), width), "\n") + "\n")
			case list:
				for _, item := range bl.items {
					b.WriteString("- " + strings.Join(wrap(terminalText(item), width-2), "\n  ") + "\n")
				}
			case table:
				if err := terminalTable(&b, bl, width); err != nil {
					return err
				}
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// apart says whether a block stands apart from the one before it.
func apart(bl block) bool {
	switch bl.(type) {
	case paragraph, heading:
		return true
	}
	return false
}

func terminalText(t text) string {
	if t.foreign {
		return escape.Terminal(t.s)
	}
	return t.s
}

// terminalTable fits a table into width: first the spare columns go, then the
// widest text columns are wrapped. It says which columns went.
func terminalTable(w io.Writer, t table, width int) error {
	var g grid
	for _, c := range t.head {
		align := tw.AlignLeft
		if c.number {
			align = tw.AlignRight
		}
		g.titles, g.aligns = append(g.titles, c.title), append(g.aligns, align)
	}
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, terminalText(c))
		}
		g.rows = append(g.rows, cells)
	}
	head, left := slices.Clone(t.head), []string(nil)
	for g.width() > width {
		i := mostSpare(head)
		if i < 0 {
			break
		}
		left = append(left, strings.ToLower(head[i].title))
		head = slices.Delete(head, i, i+1)
		g.drop(i)
	}
	g.fit(width)
	if err := g.draw(w); err != nil {
		return err
	}
	if len(left) > 0 {
		slices.Reverse(left)
		note := "Too wide to show here: " + strings.Join(left, ", ") + "."
		_, err := io.WriteString(w, strings.Join(wrap(note, width), "\n")+"\n")
		return err
	}
	return nil
}

// mostSpare is the column to leave out first, -1 for none.
func mostSpare(head []column) int {
	best := -1
	for i, c := range head {
		if c.spare > 0 && (best < 0 || c.spare > head[best].spare) {
			best = i
		}
	}
	return best
}
