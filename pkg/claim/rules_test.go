package claim

import (
	"strings"
	"testing"
)

// TestWords: every name of the code has its words, in the order of the code, and
// words that have no name are none.
func TestWords(t *testing.T) {
	for _, list := range []struct {
		what  string
		names []string
		words []Wording
	}{
		{"rules", RuleNames, Rules()},
		{"measures", measureNames[:], Measures()}, {"standards", standardNames[:], Standards()},
		{"relations", relationNames[:], Relations()}, {"quantities", quantityNames[:], Quantities()},
		{"units", unitNames[:], Units()}, {"populations", populationNames[:], Populations()},
		{"outcomes", outcomeNames[:], Outcomes()},
	} {
		if len(list.words) != len(list.names) {
			t.Errorf("%s: %d words for %d names", list.what, len(list.words), len(list.names))
			continue
		}
		for i, w := range list.words {
			if w.Name != list.names[i] || !strings.HasSuffix(w.Means, ".") {
				t.Errorf("%s %d: %+v, want %q and a sentence", list.what, i, w, list.names[i])
			}
			if (w.Brief != "") != (list.what == "rules") {
				t.Errorf("%s %d: in brief %q", list.what, i, w.Brief)
			}
		}
	}
	if len(Profiles()) != len(ProfileList()) {
		t.Error("not every profile has words")
	}
	for i, p := range ProfileList() {
		w := Profiles()[i]
		if w.Name != p.String() || w.Profile != p || w.Counts == "" || w.User == "" || w.Window == "" || w.Leaves == "" || w.Source == "" {
			t.Errorf("%s: %+v", p, w)
		}
	}
}
