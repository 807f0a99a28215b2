package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/logrecount/recount/internal/config"
	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/claim"
)

// claimsOf checks claims as they were written, on the command line or in a file.
func claimsOf(written []config.Claim) ([]claim.Claim, error) {
	var out []claim.Claim
	for i, w := range written {
		if w.ID == "" && len(written) > 1 {
			w.ID = fmt.Sprintf("claim-%d", i+1)
		}
		w.ID = cmp.Or(w.ID, "claim")
		c, err := claimOf(&w)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o claim.Claim) bool { return o.ID == c.ID }) {
			return nil, usage(fmt.Sprintf("two claims have the id %q", c.ID), "give each claim an id of its own")
		}
		out = append(out, c)
	}
	return out, nil
}

func claimOf(w *config.Claim) (c claim.Claim, err error) {
	c = claim.Claim{ID: w.ID, Text: w.Text, Source: w.Source, Date: w.Date, Subject: w.Subject, Duration: w.Duration}
	refuse := func(err error) (claim.Claim, error) {
		var mistake *pipeline.UsageError
		if errors.As(err, &mistake) {
			err = &pipeline.UsageError{Err: fmt.Errorf("%s: %w", whichClaim(w), mistake.Err), Hint: mistake.Hint}
		}
		return c, err
	}
	if len(w.Figures) == 0 {
		return refuse(usage("it has no figure", "give at least one of "+strings.Join(config.FigureNames, ", ")))
	}
	for _, f := range w.Figures {
		q, err := wordOf(f.Name, "figure", config.FigureNames)
		if err != nil {
			return refuse(err)
		}
		if f.N < 0 {
			return refuse(usage(fmt.Sprintf("a figure of %d %s is not possible", f.N, f.Name), "a figure is 0 or more"))
		}
		c.Figures = append(c.Figures, claim.Figure{Quantity: claim.Quantity(q), N: f.N})
	}
	slices.SortStableFunc(c.Figures, func(a, b claim.Figure) int { return cmp.Compare(a.Quantity, b.Quantity) })
	for _, word := range []struct {
		text, what string
		words      []string
		set        func(i int)
	}{
		{w.Relation, "relation", []string{"exactly", "at_most", "at_least"}, func(i int) { c.Relation = claim.Relation(i) }},
		{w.Measure, "measure", []string{"whole", "any_bytes", "requested"}, func(i int) { c.Measure = claim.Measure(i) }},
		{w.Unit, "unit", []string{"ip", "ip+agent", "prefix", "asn"}, func(i int) { c.Unit = claim.Unit(i) }},
		{w.Population, "population", []string{"all", "unlabelled"}, func(i int) { c.Population = claim.Population(i) }},
	} {
		i, err := wordOf(cmp.Or(word.text, word.words[0]), word.what, word.words)
		if err != nil {
			return refuse(err)
		}
		word.set(i)
	}
	if c.From, c.To, err = period(w.Period); err != nil {
		return refuse(err)
	}
	return refuse(needed(&c))
}

// whichClaim names a claim in an error.
func whichClaim(w *config.Claim) string {
	if w.Line > 0 {
		return fmt.Sprintf("claim %q in line %d", w.ID, w.Line)
	}
	return fmt.Sprintf("claim %q", w.ID)
}

// needed looks for what a figure cannot do without.
func needed(c *claim.Claim) error {
	has := func(q claim.Quantity) bool {
		return slices.ContainsFunc(c.Figures, func(f claim.Figure) bool { return f.Quantity == q })
	}
	switch {
	case has(claim.Subjects) && c.Subject == "":
		return usage("a figure of subjects needs an attribute of the recordings whose distinct values are the subjects", "give --subject, or subject: in the file, such as phone")
	case has(claim.Hours) && c.Duration == "":
		return usage("a figure of hours needs the attribute of the recordings that holds their length in seconds", "give --duration, or duration: in the file, such as duration_s")
	case c.Subject != "" && !has(claim.Subjects):
		return usage("a subject is given, and no figure of subjects", "give --subjects, or leave the subject out")
	case c.Duration != "" && !has(claim.Hours):
		return usage("a duration is given, and no figure of hours", "give --hours, or leave the duration out")
	}
	return nil
}

func wordOf(text, what string, words []string) (int, error) {
	if i := slices.Index(words, text); i >= 0 {
		return i, nil
	}
	return 0, usage(fmt.Sprintf("unknown %s %q", what, text), didYouMean(text, words)+"the words are "+strings.Join(words, ", "))
}

// period reads FROM..TO as --exposure does, in microseconds since the epoch; the
// given end is the first moment behind it.
func period(text string) (from, to int64, err error) {
	if text == "" {
		return 0, 0, nil
	}
	a, b, found := strings.Cut(text, "..")
	if !found {
		return 0, 0, usage(fmt.Sprintf("%q is no period", text), "write FROM..TO, as in 2019-02-01..2019-02-28")
	}
	p, err := pipeline.Stretch{From: strings.TrimSpace(a), To: strings.TrimSpace(b)}.Period()
	if err != nil {
		return 0, 0, usage(fmt.Sprintf("period %q: %v", text, err), pipeline.TimeHint)
	}
	return p.From, p.To, nil
}
