package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
)

// fixedWords are the words that a column may hold, where they are fixed. The
// sources table is not here: a source may have several meanings.
var fixedWords = map[string][]string{
	"downloads.completeness": {"complete", "likely", "possible", "partial", "probe", "none"},
	"downloads.size_from":    sizeWords,
	"recordings.size_from":   sizeWords,
	"requests.kind":          {"content", "probe", "not_modified", "head", "denied", "missing", "redirect", "error", "listing", "no_content"},
	"requests.bytes_meaning": {
		accesslog.MeaningPlanned.String(), accesslog.MeaningAcceptedBody.String(),
		accesslog.MeaningAcceptedWithHeaders.String(), accesslog.MeaningTransferred.String(), accesslog.MeaningUnknown.String(),
	},
	"requests.range_from": {accesslog.RangeContent.String(), accesslog.RangeRequest.String()},
}

var sizeWords = []string{"inventory", "object_size", "content_range", "content_length", "planned", "repeated"}

// checkWord refuses a word that a column never holds: the answer would be empty
// rows, and pass for a finding.
func checkWord(value any, table, column string) error {
	words := fixedWords[table+"."+column]
	word, ok := value.(string)
	if words == nil || !ok || slices.Contains(words, word) {
		return nil
	}
	return usage(fmt.Sprintf("column %q never holds %q", column, word), didYouMean(word, words)+"its words are "+strings.Join(words, ", "))
}
