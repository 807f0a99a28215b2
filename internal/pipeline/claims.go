package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// ClaimTables are the tables that claims are answered from.
var ClaimTables = []string{casefile.TableRequests, casefile.TableClients, casefile.TableRecordings}

// Claims holds claims against a case: all of them in one walk over its requests,
// on that many workers (0: one per processor).
func Claims(ctx context.Context, c *casefile.Case, claims []claim.Claim, workers int) ([]*claim.Result, error) {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
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
	results, err := counter.Results(claim.Around{Coverage: covering(s), Names: r.names})
	for _, r := range results {
		if note != "" {
			r.Notes = append(r.Notes, note)
		}
	}
	return results, err
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
		})
	}
	t, err := c.Table(casefile.TableClients)
	if err != nil {
		return b, err
	}
	for row, err := range t.Rows("client", "prefix", "label", "asn") {
		if err != nil {
			return b, err
		}
		var one claim.Client
		one.Name, _ = row[0].(string)
		one.Prefix, _ = row[1].(string)
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
	for _, rule := range claim.Rules {
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

// covering says how far the logs of a case cover a period.
func covering(*casefile.Summary) func(coverage.Period) (coverage.State, []string) {
	return func(p coverage.Period) (coverage.State, []string) {
		return claim.Assess(p, nil, nil, false)
	}
}

// recounting walks over the requests of a case. Row groups are read side by
// side; one goroutine cuts them, in order, into recordings; these are counted
// side by side.
type recounting struct {
	c       *casefile.Case
	plan    *claim.Plan
	workers int
}

// batch is some recordings, one after the other.
type batch []claim.Recording

func (r *recounting) run(ctx context.Context) (*claim.Counter, error) {
	table, err := r.c.Table(casefile.TableRequests)
	if err != nil {
		return nil, err
	}
	groups, err := table.RowGroups()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan batch, r.workers)
	var cutting, counting sync.WaitGroup
	cutting.Go(func() {
		defer close(batches)
		if err := r.cut(ctx, r.read(ctx, table, groups), batches); err != nil {
			cancel(err)
		}
	})
	counters := make([]*claim.Counter, r.workers)
	for i := range counters {
		counters[i] = r.plan.Counter()
		counting.Go(func() {
			for b := range batches {
				for k := range b {
					if ctx.Err() != nil {
						break
					}
					if err := counters[i].Add(&b[k]); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	counting.Wait()
	cutting.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for _, c := range counters[1:] {
		counters[0].Merge(c)
	}
	return counters[0], nil
}

// readGroup is the requests of one row group.
type readGroup struct {
	requests []request.Request
	err      error
}

// read reads the row groups side by side, and gives them in order. There are
// never more in memory than two per worker.
func (r *recounting) read(ctx context.Context, table *casefile.Table, groups int) <-chan chan readGroup {
	slots := make(chan chan readGroup, r.workers)
	go func() {
		defer close(slots)
		for i := range groups {
			slot := make(chan readGroup, 1)
			select {
			case <-ctx.Done():
				return
			case slots <- slot:
			}
			go func() {
				requests, err := table.RequestGroup(i)
				slot <- readGroup{requests, err}
			}()
		}
	}()
	return slots
}

// cut cuts the requests into recordings, and adds what the recordings table says
// of each.
func (r *recounting) cut(ctx context.Context, slots <-chan chan readGroup, batches chan<- batch) error {
	attributes := r.plan.Attributes()
	beside, err := r.c.Beside(attributes.Names...)
	if err != nil {
		return err
	}
	defer beside.Close()
	k := &cutter{beside: beside, attributes: attributes, ctx: ctx, batches: batches}
	for range attributes.Names {
		k.values = append(k.values, map[string]int32{})
	}
	var held []request.Request // of the recording that the last group ended in
	for slot := range slots {
		g := <-slot
		if g.err != nil {
			return g.err
		}
		rows := g.requests
		n := 0
		for len(held) > 0 && n < len(rows) && string(rows[n].Recording) == string(held[0].Recording) {
			n++
		}
		held = append(held, rows[:n]...)
		if rows = rows[n:]; len(rows) == 0 {
			continue
		}
		if err := k.recording(held); err != nil {
			return err
		}
		for {
			n := 1
			for n < len(rows) && string(rows[n].Recording) == string(rows[0].Recording) {
				n++
			}
			if n == len(rows) {
				held = slices.Clone(rows)
				break
			}
			if err := k.recording(rows[:n]); err != nil {
				return err
			}
			rows = rows[n:]
		}
		if err := k.flush(); err != nil {
			return err
		}
	}
	if err := k.recording(held); err != nil {
		return err
	}
	return k.flush()
}

// cutter puts recordings into batches.
type cutter struct {
	ctx        context.Context
	beside     *casefile.Beside
	attributes claim.Attributes
	values     []map[string]int32 // numbers of the distinct values, by attribute
	batch      batch
	batches    chan<- batch
}

// fullBatch is how many recordings are handed over together.
const fullBatch = 1024

// recording adds one recording. Directories are none.
func (k *cutter) recording(requests []request.Request) error {
	if len(requests) == 0 {
		return nil
	}
	name := requests[0].Recording
	if len(name) > 0 && name[len(name)-1] == '/' {
		return nil
	}
	known, ok, err := k.beside.Recording(name)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the tables do not fit together: the requests have the recording %q, which the recordings table has not, or not there; verify the case", name)
	}
	rec := claim.Recording{Index: known.Row, Requests: requests, Inventory: known.Inventory}
	for i, text := range known.Attributes {
		v := claim.Value{Subject: -1, Seconds: -1}
		switch {
		case k.attributes.Duration[i]:
			v.Seconds = seconds(text)
		case text != "":
			n, seen := k.values[i][text]
			if !seen {
				n = int32(len(k.values[i]))
				k.values[i][text] = n
			}
			v.Subject = n
		}
		rec.Values = append(rec.Values, v)
	}
	if k.batch = append(k.batch, rec); len(k.batch) == fullBatch {
		return k.flush()
	}
	return nil
}

func (k *cutter) flush() error {
	if len(k.batch) == 0 {
		return nil
	}
	select {
	case <-k.ctx.Done():
		return context.Cause(k.ctx)
	case k.batches <- k.batch:
		k.batch = make(batch, 0, fullBatch)
		return nil
	}
}

// seconds reads a length, whole or with decimals, rounded; -1 for none.
func seconds(text string) int64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1e12 {
		return -1
	}
	return int64(math.Round(f))
}

// names gives the paths of recordings by their place, which must be sorted.
func (r *recounting) names(places []int32) ([]string, error) {
	t, err := r.c.Table(casefile.TableRecordings)
	if err != nil {
		return nil, err
	}
	var out []string
	at := int32(0)
	for row, err := range t.Rows("recording") {
		if err != nil {
			return nil, err
		}
		if len(out) < len(places) && places[len(out)] == at {
			name, _ := row[0].(string)
			out = append(out, name)
		}
		at++
	}
	return out, nil
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
	s.Claims, err = Claims(ctx, c, a.options.Claims, a.budget.workers)
	if err != nil && ctx.Err() != nil {
		return ErrInterrupted
	}
	for _, r := range s.Claims {
		r.Shorten(inSummary)
	}
	return err
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
