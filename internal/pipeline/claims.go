package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/coverage"
)

// ClaimTables are the tables that claims are answered from.
var ClaimTables = []string{casefile.TableRequests, casefile.TableClients, casefile.TableRecordings}

// Claims holds claims against a case: all of them in one walk over its requests,
// on that many workers (0: one per processor).
// standard is the one that the paragraphs speak of.
func Claims(ctx context.Context, c *casefile.Case, claims []claim.Claim, standard claim.Standard, workers int) ([]*claim.Result, error) {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	// Most of the memory is tables that stay, of pairs and clients. So the heap need
	// not grow to their double between collections.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	s, err := c.Summary()
	if err != nil {
		return nil, err
	}
	basis, err := basisOf(c)
	if err != nil {
		return nil, err
	}
	plan := claim.NewPlan(claims, basis)
	r := &recounting{c: c, plan: plan, workers: workers}
	counter, err := r.run(ctx)
	if err != nil {
		return nil, err
	}
	note, err := agrees(counter, s, c)
	if err != nil {
		return nil, err
	}
	results := counter.Results(claim.Around{Coverage: covering(s, s.Coverage.KnownGaps()), Unexplained: covering(s, unexplained(s.Coverage.KnownGaps())), Standard: standard, Account: accountOf(s)})
	for _, r := range results {
		if note != "" {
			r.Notes = append(r.Notes, note)
		}
	}
	return results, nil
}

// basisOf reads what the downloads of a case rest on beside their requests.
func basisOf(c *casefile.Case) (b claim.Basis, err error) {
	m, err := c.Manifest()
	if err != nil {
		return b, err
	}
	b.Headers, b.Common, b.Inventory = m.Headers(), m.Common(), m.Inventory != nil
	for _, s := range m.Sources {
		b.Sources = append(b.Sources, claim.Source{
			ID: s.Source, Path: s.Path, Meaning: s.Meaning, MeaningBy: s.MeaningBy, Zone: s.Zone, ZoneBy: s.ZoneBy,
			Clock: s.Clock,
		})
	}
	t, err := c.Table(casefile.TableClients)
	if err != nil {
		return b, err
	}
	b.Clients = make([]claim.Client, 0, t.NumRows())
	for row, err := range t.Rows("client", "prefix", "label", "asn") {
		if err != nil {
			return b, err
		}
		var one claim.Client
		one.Name, _ = row[0].(string)
		if prefix, _ := row[1].(string); prefix != one.Name { // of very many addresses it is the same: kept once
			one.Prefix = prefix
		}
		one.Label, _ = row[2].(string)
		one.ASN, _ = row[3].(int64)
		b.Clients = append(b.Clients, one)
	}
	return b, nil
}

// agrees compares what was counted from the requests with what the case says: a
// verdict must not rest on tables that do not fit together. Names that differ only
// in bytes that are not UTF-8 look the same in the tables, and anyone can send
// such; then the difference is noted.
func agrees(counter *claim.Counter, s *casefile.Summary, c *casefile.Case) (note string, err error) {
	again := counter.Counts()
	for _, rule := range claim.RuleNames {
		was, now := s.Counts[rule], casefile.RuleCount(again[rule])
		if now == was {
			continue
		}
		alike, err := ambiguous(c)
		switch {
		case err != nil:
			return "", err
		case !alike:
			return "", fmt.Errorf("case %q does not agree with itself: the rule %s counts %+v, and its requests give %+v; verify the case", c.Dir, rule, was, now)
		}
		return fmt.Sprintf("Names of recordings, clients or user agents that differ only in bytes that are not UTF-8 look the same in the tables, and were taken for one: so the rule %s counts %d recordings, %d clients and %d pairs here, and %d, %d and %d in the case.",
			rule, now.Recordings, now.Clients, now.Pairs, was.Recordings, was.Clients, was.Pairs), nil
	}
	return "", nil
}

// ambiguous says whether a case has names that may be those of two.
func ambiguous(c *casefile.Case) (bool, error) {
	t, err := c.Table(casefile.TableRequests)
	if err != nil {
		return false, err
	}
	for r, err := range t.Requests() {
		if err != nil {
			return false, err
		}
		if casefile.Ambiguous(r.Recording) || casefile.Ambiguous(r.Client) || casefile.Ambiguous(r.Agent) {
			return true, nil
		}
	}
	return false, nil
}

// unexplained gives gaps without what the user said of them.
func unexplained(gaps []coverage.Gap) []coverage.Gap {
	for i := range gaps {
		gaps[i].Explained = ""
	}
	return gaps
}

// covering says how far the logs of a case, with these gaps, cover a period;
// without one, the period that was stated for the case.
func covering(s *casefile.Summary, gaps []coverage.Gap) func(coverage.Period) (coverage.State, []string) {
	c := &s.Coverage
	return func(p coverage.Period) (coverage.State, []string) {
		if !p.Given() {
			p = c.Period()
		}
		return coverage.Assess(p, c.Spans(), gaps, c.Declaration != nil)
	}
}

// accountOf is what the paragraph of a verdict says of the case.
func accountOf(s *casefile.Summary) claim.Account {
	c := &s.Coverage
	a := claim.Account{Sources: s.Accounting.Sources, Lines: s.Accounting.Lines, Exposure: c.Period(), Gaps: c.KnownGaps()}
	if all := c.Spans()[0]; all.First != accesslog.NoTime {
		a.First, a.Last = all.First, all.Last
	}
	if d := c.Declaration; d != nil {
		a.DeclaredBy, a.DeclaredOn, a.Declared = d.By, d.Date, d.Text
	}
	return a
}

// ClaimOutcome puts the outcomes of claims together, at one standard: one that
// is contradicted outweighs one that is undecidable.
func ClaimOutcome(results []*claim.Result, s claim.Standard) claim.Outcome {
	out := claim.Supported
	for _, r := range results {
		switch r.Verdicts[s].Outcome {
		case claim.Contradicted.String():
			return claim.Contradicted
		case claim.Undecidable.String():
			out = claim.Undecidable
		}
	}
	return out
}

// checkClaims looks for what claims of an analysis need.
func (a *analysis) checkClaims() error {
	o := &a.options
	if len(o.Claims) == 0 {
		return nil
	}
	for _, t := range ClaimTables {
		if o.Tables != nil && !slices.Contains(o.Tables, t) {
			return &UsageError{
				Err:  fmt.Errorf("claims are given, and the table %s, from which they are answered, is not to be written", t),
				Hint: "leave --tables out, or name " + strings.Join(ClaimTables, ",") + " among them; or leave the claims to 'recount claim'",
			}
		}
	}
	return CheckClaims(o.Claims, a.matcher.AttributeNames())
}

// holdClaims holds the claims of an analysis against the tables that it has just
// written, as Claims does with those of a case.
func (a *analysis) holdClaims(ctx context.Context, s *casefile.Summary, m *casefile.Manifest) error {
	if len(a.options.Claims) == 0 {
		return nil
	}
	c, err := a.writer.Written(s, m)
	if err != nil {
		return err
	}
	s.Claims, err = Claims(ctx, c, a.options.Claims, claim.Probable, a.budget.workers)
	if err != nil && ctx.Err() != nil {
		return ErrInterrupted
	}
	for _, r := range s.Claims {
		r.Shorten(inSummary)
	}
	return err
}

// register writes down in the manifest what the case rests on, and each claim.
func register(s *casefile.Summary, m *casefile.Manifest) {
	m.Assumptions = s.Assumptions
	for _, r := range s.Claims {
		m.Claims = append(m.Claims, casefile.ManifestClaim{ID: r.ID, Assumptions: r.Assumptions})
	}
}

// inSummary is how many downloads and names of one list of a verdict stand in
// summary.json; 'recount claim' gives them all.
const inSummary = 1000

// CheckClaims refuses claims that need an attribute which recordings do not
// have.
func CheckClaims(claims []claim.Claim, attributes []string) error {
	has := func(name string) bool { return slices.Contains(attributes, name) }
	list := cmp.Or(strings.Join(attributes, ", "), "none")
	for _, c := range claims {
		for _, f := range c.Figures {
			name, what := "", ""
			switch f.Quantity {
			case claim.Subjects:
				name, what = c.Subject, "subject"
			case claim.Hours:
				name, what = c.Duration, "duration"
			default:
				continue
			}
			if !has(name) {
				return &UsageError{
					Err:  fmt.Errorf("claim %q: recordings have no attribute %q, which its figure of %s needs", c.ID, name, f.Quantity),
					Hint: fmt.Sprintf("give --%s one of the attributes of the recordings: %s; they come from the inventory and from re: patterns", what, list),
				}
			}
		}
	}
	return nil
}
