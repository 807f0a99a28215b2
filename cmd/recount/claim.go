package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/config"
	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/report"
)

// claimOptions holds the flags of claim as they are typed.
type claimOptions struct {
	file     string
	figures  [6]int64 // in the order of config.FigureNames
	written  config.Claim
	standard string
	format   string
	workers  int
}

func newClaimCommand(s streams) *cobra.Command {
	var o claimOptions
	cmd := &cobra.Command{
		Use:   "claim CASE (--recordings N --clients N ... | --claims FILE)",
		Short: "Hold a published claim against a case: supported, contradicted or undecidable",
		Long: `Hold a claim, such as "55 recordings were downloaded by 7 clients", against what a
case shows. It needs only the case: every request in it is graded again, for the
claim's clients, population and period.

The verdict is given at two standards: probable (downloads graded likely or
better) and proven (graded complete). --standard says which one decides the exit
code. What is shown decides alone: more than "exactly" or "at most" allows
contradicts, and enough for "at least" supports. What is not shown decides only
where the logs are known to be all the logs of the period. Everything else is
undecidable, with the reason.

With it come the bounds of each figure; what each rule counts, for each unit of
client, with and without labelled clients; the downloads that contradict the
claim, by source and line; the fewest exclusions under which it would hold; single
sources, labels, days and networks of which it is exactly right; what comparison
profiles count; and which assumption the verdict depends on. 'recount help rules'
says what all these words mean.

A file of claims has the key claims with a list, as recount.yaml may have it:

  claims:
    - id: vendor
      text: 55 calls were downloaded from 7 addresses
      recordings: 55
      clients: 7

Its further keys are those of the flags: pairs, requests, subjects and subject,
hours and duration, relation, measure, unit, population, period, source, date.`,
		Example: `  recount claim case --recordings 55 --clients 7
  recount claim case --recordings 100 --relation at_most --period 2019-02-01..2019-02-28
  recount claim case --subjects 20 --subject phone --measure any_bytes --format markdown
  recount claim case --claims claims.yaml --standard proven`,
		Args: arguments(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runClaim(cmd.Context(), &o, cmd.Flags().Changed, args[0], s)
		},
	}
	o.addFlags(cmd)
	return cmd
}

// figureFlags says of each figure what it counts.
var figureFlags = map[string]string{
	"recordings": "claimed `NUMBER` of distinct recordings",
	"clients":    "claimed `NUMBER` of distinct clients, see --unit",
	"pairs":      "claimed `NUMBER` of downloads: pairs of client and recording",
	"requests":   "claimed `NUMBER` of requests",
	"subjects":   "claimed `NUMBER` of subjects: distinct values of --subject",
	"hours":      "claimed `NUMBER` of hours of distinct recordings, see --duration",
}

func (o *claimOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	for i, name := range config.FigureNames {
		f.Int64Var(&o.figures[i], name, 0, figureFlags[name])
	}
	w := &o.written
	f.StringVar(&w.Relation, "relation", "", "`WORD` for how the figures are meant: exactly (default), at_most\nor at_least")
	f.StringVar(&w.Measure, "measure", "", "`WORD` for what downloaded means: whole (default), any_bytes or\nrequested")
	f.StringVar(&w.Unit, "unit", "", "`WORD` for what one client is: ip (default), ip+agent, prefix (the\n/64 of IPv6) or asn")
	f.StringVar(&w.Population, "population", "", "`WORD` for whose requests count: all (default) or unlabelled")
	f.StringVar(&w.Period, "period", "", "only requests of this period, `FROM..TO`: times, or dates, which\nare meant whole")
	f.StringVar(&w.Subject, "subject", "", "`ATTRIBUTE` of the recordings whose distinct values are the subjects")
	f.StringVar(&w.Duration, "duration", "", "`ATTRIBUTE` of the recordings that holds their length in seconds")
	f.StringVar(&w.ID, "id", "", "short `NAME` of the claim")
	f.StringVar(&w.Text, "text", "", "the claim as it was published, as `TEXT`")
	f.StringVar(&w.Source, "source", "", "who said it, and where, as `TEXT`")
	f.StringVar(&w.Date, "date", "", "when it was said, as `TEXT`")
	f.StringVar(&o.file, "claims", "", "`FILE` of claims, in place of one claim by flags")
	f.StringVar(&o.standard, "standard", "probable", "`WORD` for the standard that decides the exit code: probable or proven")
	f.StringVar(&o.format, "format", "table", "`NAME` of the format: table, json or markdown")
	f.IntVar(&o.workers, "workers", 0, "`NUMBER` of workers; 0: one per processor")
}

func runClaim(ctx context.Context, o *claimOptions, changed func(string) bool, dir string, s streams) error {
	claims, err := o.claims(changed, s)
	if err != nil {
		return err
	}
	format, err := report.ParseFormat(o.format)
	if err != nil || format == report.FormatCSV {
		return usage(fmt.Sprintf("unknown format %q", o.format), "the formats are table, json and markdown")
	}
	standard, err := wordOf(o.standard, "standard", []string{"probable", "proven"})
	if err != nil {
		return err
	}
	if o.workers < 0 || o.workers > maxWorkers {
		return usage(fmt.Sprintf("%d workers are not possible", o.workers), fmt.Sprintf("give --workers a number up to %d, or leave it out for one per processor", maxWorkers))
	}
	if err := exists("case", dir); err != nil {
		return err
	}
	c, err := claimable(dir)
	if err != nil {
		return err
	}
	t, err := c.Table(casefile.TableRecordings)
	if err != nil {
		return err
	}
	if err := pipeline.CheckClaims(claims, t.Attributes()); err != nil {
		return err
	}
	seal, err := c.Intact()
	if err != nil {
		return err
	}
	ctx, restore := signal.NotifyContext(ctx, stopSignals()...)
	defer restore()
	results, err := pipeline.Claims(ctx, c, claims, claim.Standard(standard), o.workers)
	if err != nil {
		if ctx.Err() != nil {
			return &failure{errors.New("interrupted; no verdict was found"), ""}
		}
		return err
	}
	sum, err := c.Summary()
	if err != nil {
		return err
	}
	if err := writeClaims(s, &report.Claimed{
		Case: utf8(dir), Tool: utf8(sum.Tool + " " + sum.Version), Seal: seal, Standard: o.standard, Claims: results, Unread: sum.Unread, Limits: report.TraceLimits,
	}, format); err != nil {
		return err
	}
	return claimExit(results, claim.Standard(standard), len(sum.Unread) > 0)
}

// claims gives the claims of the flags or of the file.
func (o *claimOptions) claims(changed func(string) bool, s streams) ([]claim.Claim, error) {
	own := []string{"relation", "measure", "unit", "population", "period", "subject", "duration", "id", "text", "source", "date"}
	for i, name := range config.FigureNames {
		if changed(name) {
			o.written.Figures = append(o.written.Figures, config.Figure{Name: name, N: o.figures[i]})
		}
	}
	if !changed("claims") {
		if len(o.written.Figures) == 0 {
			return nil, usage("no claim was given", "give its figures, as in --recordings 55 --clients 7, or a file with --claims")
		}
		return claimsOf([]config.Claim{o.written})
	}
	if i := slices.IndexFunc(append(slices.Clone(config.FigureNames), own...), changed); i >= 0 {
		return nil, usage("a file of claims and a claim by flags are given", "give either --claims, or the claim's flags")
	}
	if err := exists("file of claims", o.file); err != nil {
		return nil, err
	}
	written, sum, err := config.LoadClaims(o.file)
	var mistake *config.Error
	switch {
	case errors.As(err, &mistake):
		return nil, &pipeline.UsageError{Err: err, Hint: "correct the file; 'recount help claim' shows one"}
	case err != nil:
		return nil, err
	}
	say(s.err, "", fmt.Sprintf("claims from %q, SHA-256 %s", o.file, sum))
	return claimsOf(written)
}

// claimable opens a case that has what claims are answered from.
func claimable(dir string) (*casefile.Case, error) {
	c, err := casefile.Open(dir)
	if err != nil {
		return nil, err
	}
	for _, table := range pipeline.ClaimTables {
		if err := hasTable(c, table); err != nil {
			return nil, &failure{err, "run analyze again without --tables, or with --tables " + strings.Join(pipeline.ClaimTables, ",")}
		}
	}
	return c, nil
}

func writeClaims(s streams, c *report.Claimed, format report.Format) error {
	out := bufio.NewWriterSize(s.out, 64<<10)
	var err error
	switch format {
	case report.FormatJSON:
		err = report.JSON(out, c)
	case report.FormatMarkdown:
		err = report.ClaimsMarkdown(out, c)
	default:
		err = report.Claims(out, c, terminalWidth(s.out))
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// claimExit says how a question ended.
func claimExit(results []*claim.Result, s claim.Standard, damaged bool) error {
	switch pipeline.ClaimOutcome(results, s) {
	case claim.Contradicted:
		return errContradicted
	case claim.Undecidable:
		return errUndecidable
	}
	if damaged {
		return errDamaged
	}
	return nil
}
