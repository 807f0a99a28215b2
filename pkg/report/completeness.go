package report

import (
	"io"

	"github.com/logrecount/recount/pkg/download"
)

// Completeness writes what each grade and each basis means, proves and cannot
// prove, for a terminal of that width.
func Completeness(w io.Writer, width int) error {
	return terminalSections(w, completeness(), width)
}

func completeness() []section {
	intro := []block{
		paragraph{own("A download is all requests of one client for one recording, put together. It has one grade, in the column completeness of the table downloads: the best that its lines show. The column basis says what the grade rests on.")},
		paragraph{own("A session is the requests with one user agent, without a pause of more than 24 hours.")},
		paragraph{own(download.Limits)},
	}
	all := []section{{"What completeness means", intro}}
	var grades []block
	for _, w := range download.Grades() {
		grades = append(grades, wordBlocks(w)...)
	}
	all = append(all, section{"The grades, the surest first", grades})
	for _, g := range download.Grades() {
		var bases []block
		for _, w := range download.Bases() {
			if w.Grade == g.Grade {
				bases = append(bases, wordBlocks(w)...)
			}
		}
		all = append(all, section{"What " + g.Name + " rests on", bases})
	}
	return append(all, section{"Bytes", []block{
		paragraph{own("The columns bytes_lower and bytes_upper say how many different bytes of the recording were handed over, at least and at most. The true number lies between them, as far as the server's log is true. Where both are equal, it is known.")},
		paragraph{own("'recount trace' shows the lines of a download, and what each of them adds.")},
	}})
}

// wordBlocks draw what a word means, proves and leaves open.
func wordBlocks(w download.Wording) []block {
	return []block{heading{own(w.Name)}, pairs{{"means", own(w.Means)}, {"proves", own(w.Proves)}, {"leaves open", own(w.Cannot)}}}
}
