package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestLabelsShown: with labels there are two more tables and one more column;
// a label's text is as hostile as a log's.
func TestLabelsShown(t *testing.T) {
	s := sample()
	s.Unlabelled = map[string]casefile.RuleCount{"likely": {Requests: 55, Pairs: 44, Recordings: 33, Clients: 22}}
	s.ListingsUnlabelled = casefile.ListingCount{Requests: 9, Clients: 2, Directories: 1}
	s.Labels = []casefile.LabelCount{{Label: "own |<b>\x1b[31m\u202e", Networks: 3, Clients: 5, Counts: map[string]casefile.RuleCount{
		"requested": {Pairs: 77777, Recordings: 66666}, "likely": {Pairs: 1234, Recordings: 567, Clients: 4},
	}}}
	for i := range namedLabels + 1 {
		s.Labels = append(s.Labels, casefile.LabelCount{Label: fmt.Sprintf("more %02d", i)})
	}
	s.TopClients[0].Label = "own <i>"
	var term bytes.Buffer
	if err := Terminal(&term, s, 200); err != nil {
		t.Fatal(err)
	}
	md := string(Markdown(s))
	for _, want := range []string{
		"Without the clients that were given a label:\n", "| likely | 33 | 22 | 44 | 55 |", "| 3 | 5 | 567 | 1,234 |\n",
		"Without the clients that were given a label, 1 directory page was shown to 2 clients in 9 requests.", "2 labels are more in summary.json.",
		"| Client | Label |",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("no %q in\n%s", want, md)
		}
	}
	for _, text := range []string{md, term.String()} {
		if strings.Contains(text, "66,666") || strings.Contains(text, "more 49") || !strings.Contains(text, "more 48") {
			t.Errorf("not the labels that were wanted:\n%s", text)
		}
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("raw text of a label:\n%q", text)
		}
	}
	if strings.Contains(md, "<b>") || strings.Contains(md, "<i>") {
		t.Error("HTML of a label in Markdown")
	}
	if strings.Contains(string(Markdown(sample())), "label") {
		t.Error("labels where there are none")
	}
}
