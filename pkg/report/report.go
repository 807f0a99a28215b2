// Package report turns a case into what people read: the summary as Markdown
// and for a terminal, and the rows of a table as a table, CSV, JSON or
// Markdown.
//
// It takes a casefile.Summary, or rows one after the other, and writes text.
// It counts nothing: every figure is in the case already. Texts that may come
// from a log are escaped for the place they go to; no raw log text leaves this
// package. The same summary always gives the same Markdown.
package report

// A summary is read in sections; each is a list of blocks. The words are
// written once, here and in summary.go, and drawn twice: in markdown.go and in
// terminal.go.
type section struct {
	title  string
	blocks []block
}

// block is a paragraph, a list, a table, a heading within a section, names with
// their values, or a line of a log.
type block any

type paragraph struct{ text text }

type list struct{ items []text }

type heading struct{ text text }

// quote is a line of a log; it is drawn so that nothing in it passes for ours.
type quote struct{ text string }

// pairs are names with their values; one without a value is left out.
type pairs []pair

type pair struct {
	name  string
	value text
}

type table struct {
	head []column
	rows [][]text
}

type column struct {
	title  string
	number bool // drawn to the right
	spare  int  // left out where the terminal is too narrow, the highest first; 0: never
}

// text is a piece of text and where it comes from: foreign text may hold what
// a log holds and is escaped where it is drawn.
type text struct {
	s       string
	foreign bool
}

func own(s string) text     { return text{s: s} }
func foreign(s string) text { return text{s: s, foreign: true} }

func foreigns(s []string) []text {
	var out []text
	for _, v := range s {
		out = append(out, foreign(v))
	}
	return out
}
