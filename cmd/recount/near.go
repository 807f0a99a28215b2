package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// maxTypos is how far a name may be from what was typed to be suggested.
const maxTypos = 2

// didYouMean asks for the names that are near to what was typed; it is empty
// where none is.
func didYouMean(typed string, names []string) string {
	var found []string
	for _, n := range names {
		if d := typos(strings.ToLower(typed), n); d <= min(maxTypos, len(typed)/2) {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(found, " or ") + "? "
}

// flagName finds the long names in the text on the flags of a help page.
var flagName = regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+)`)

// nearFlag asks for the flags that are near to one that does not exist.
func nearFlag(cmd *cobra.Command, err error) string {
	var unknown interface{ GetSpecifiedName() string }
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	for _, m := range flagName.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		names = append(names, "--"+m[1])
	}
	return didYouMean("--"+unknown.GetSpecifiedName(), names)
}

// typos is the Levenshtein distance: how many letters must be changed, added or
// left out to make b of a.
func typos(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
