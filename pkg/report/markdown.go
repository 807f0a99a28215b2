package report

import (
	"bytes"
	"strings"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/casefile"
)

// Markdown writes a summary as summary.md: GitHub flavour, one line per
// paragraph, no trailing space.
func Markdown(s *casefile.Summary) []byte {
	var b bytes.Buffer
	b.WriteString("# Recount of access logs\n\nMade by " + markdownText(foreign(s.Tool+" "+s.Version)) + ".\n")
	markdownSections(&b, sections(s))
	return b.Bytes()
}

func markdownSections(b *bytes.Buffer, all []section) {
	for _, sec := range all {
		if sec.title != "" {
			b.WriteString("\n## " + sec.title + "\n")
		}
		for _, bl := range sec.blocks {
			b.WriteByte('\n')
			switch bl := bl.(type) {
			case paragraph:
				b.WriteString(markdownText(bl.text) + "\n")
			case list:
				for _, item := range bl.items {
					b.WriteString("- " + markdownText(item) + "\n")
				}
			case table:
				markdownTable(b, bl)
			case heading:
				b.WriteString("### " + markdownText(bl.text) + "\n")
			case quote:
				fence := longFence(bl.text)
				b.WriteString(fence + "\n" + escape.Terminal(bl.text) + "\n" + fence + "\n")
			case pairs:
				for _, p := range bl {
					if p.value.s != "" {
						b.WriteString("- **" + p.name + ":** " + markdownText(p.value) + "\n")
					}
				}
			}
		}
	}
}

// longFence is a fence of code that nothing in s can close.
func longFence(s string) string {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; s[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(3, longest+1))
}

func markdownText(t text) string {
	if t.foreign {
		return escape.Markdown(t.s)
	}
	return t.s
}

func markdownTable(b *bytes.Buffer, t table) {
	var titles, rules []string
	for _, c := range t.head {
		titles = append(titles, c.title)
		if c.number {
			rules = append(rules, "---:")
		} else {
			rules = append(rules, "---")
		}
	}
	markdownRow(b, titles)
	markdownRow(b, rules)
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, markdownText(c))
		}
		markdownRow(b, cells)
	}
}

func markdownRow(b *bytes.Buffer, cells []string) {
	b.WriteString(strings.TrimRight("| "+strings.Join(cells, " | ")+" |", " ") + "\n")
}
