package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
)

// LabelEntry is one label that the user gave.
type LabelEntry = client.LabelEntry

const labelHint = "a label is for a network (192.0.2.0/24), an address, a range (192.0.2.1-192.0.2.9) or a host name"

// readLabels puts the labels of the flags and of the file together; nil for
// none.
func readLabels(o *Options) (*client.Labels, *casefile.ManifestFile, error) {
	entries := slices.Clone(o.Labels)
	var info *casefile.ManifestFile
	if o.LabelsFile != "" {
		f, err := os.Open(o.LabelsFile)
		if err != nil {
			return nil, nil, fmt.Errorf("labels: %w", err)
		}
		defer f.Close()
		h := newHashReader(f)
		listed, err := client.ReadLabels(h, o.LabelsFile)
		if err != nil {
			return nil, nil, &UsageError{Err: fmt.Errorf("labels: %w", err), Hint: "the file is CSV with the columns network and label"}
		}
		if len(listed) == 0 {
			return nil, nil, &UsageError{Err: fmt.Errorf("labels: %q names no network", o.LabelsFile), Hint: labelHint}
		}
		entries = append(entries, listed...)
		info = h.file(filepath.Base(o.LabelsFile))
		info.Kind = "labels"
		info.Detail = fmt.Sprintf("%d entries", len(listed))
	}
	if len(entries) == 0 {
		return nil, nil, nil
	}
	labels, err := client.NewLabels(entries)
	if err != nil {
		return nil, nil, &UsageError{Err: fmt.Errorf("labels: %w", err), Hint: labelHint}
	}
	return labels, info, nil
}

// tally counts what the clients of one population did: all clients, those
// without a label, or those of one label.
type tally struct {
	requested, anyBytes   casefile.RuleCount
	grades                [download.GradeComplete + 1]casefile.RuleCount // of the pairs of exactly this grade
	recordings            [download.GradeComplete + 1]int64              // whose best grade is this
	listings, directories int64

	// Of the recording or directory at hand:
	pairs    int64
	best     download.Grade
	anyOfIt  bool
	pageSeen bool
}

// pair counts the download of one client.
func (t *tally) pair(d *download.Download) {
	count(&t.requested, d)
	if anyBytes(d) {
		count(&t.anyBytes, d)
		t.anyOfIt = true
	}
	count(&t.grades[d.Grade], d)
	t.best = max(t.best, d.Grade)
	t.pairs++
}

// end counts the recording or directory at hand, if one of the population
// reached it.
func (t *tally) end() {
	if t.pairs > 0 {
		t.requested.Recordings++
		t.recordings[t.best]++
	}
	if t.anyOfIt {
		t.anyBytes.Recordings++
	}
	if t.pageSeen {
		t.directories++
	}
	t.pairs, t.best, t.anyOfIt, t.pageSeen = 0, 0, false, false
}

func (t *tally) merge(o *tally) {
	addCount(&t.requested, &o.requested)
	addCount(&t.anyBytes, &o.anyBytes)
	for i := range t.grades {
		addCount(&t.grades[i], &o.grades[i])
		t.recordings[i] += o.recordings[i]
	}
	t.listings += o.listings
	t.directories += o.directories
}

// population is the tally, beside that of all clients, in which a client with
// that label counts.
func (g *grouper) population(label int32) *tally {
	if label == 0 {
		return &g.totals.unlabelled
	}
	p := &g.totals.labelled[label-1]
	if *p == nil {
		*p = new(tally)
	}
	if (*p).pairs == 0 && !(*p).pageSeen {
		g.reached = append(g.reached, *p)
	}
	return *p
}

// pairOf counts the download of one client.
func (g *grouper) pairOf(d *download.Download) {
	g.totals.pair(d)
	if g.labels != nil {
		g.population(g.labels.Number(d.Client)).pair(d)
	}
}

// pageOf counts one client's listings of the directory at hand.
func (g *grouper) pageOf(row *casefile.ListingRow) {
	g.totals.listings += row.Requests
	g.totals.pageSeen = true
	if g.labels != nil {
		p := g.population(g.labels.Number(row.Client))
		p.listings += row.Requests
		p.pageSeen = true
	}
}

// endTallies counts the recording or directory at hand for every population.
func (g *grouper) endTallies() {
	g.totals.end()
	g.totals.unlabelled.end()
	for _, p := range g.reached {
		p.end()
	}
	g.reached = g.reached[:0]
}

// mergeLabels adds the populations of another grouper.
func (t *totals) mergeLabels(o *totals) {
	t.unlabelled.merge(&o.unlabelled)
	if t.labelled == nil {
		t.labelled = make([]*tally, len(o.labelled))
	}
	for i, p := range o.labelled {
		switch {
		case p == nil:
		case t.labelled[i] == nil:
			t.labelled[i] = p
		default:
			t.labelled[i].merge(p)
		}
	}
}

// labelRows is the summary's table of labels.
func (a *analysis) labelRows(t *totals, who *populationCounts) []casefile.LabelCount {
	rows := []casefile.LabelCount{}
	for i := range who.labelled {
		number := int32(i + 1)
		p := t.labelled[i]
		if p == nil {
			p = new(tally)
		}
		rows = append(rows, casefile.LabelCount{
			Label: a.labels.Name(number), Networks: a.labels.Networks(number), Clients: who.labelled[i].seen,
			Counts: counts(p, &who.labelled[i]), Listings: listingCount(p, &who.labelled[i]),
		})
	}
	return rows
}

func listingCount(t *tally, who *clientCounts) casefile.ListingCount {
	return casefile.ListingCount{Requests: t.listings, Clients: who.listings, Directories: t.directories}
}

// assumedLabels is how many labels are among the assumptions one by one.
const assumedLabels = 50

// labelAssumptions lists the labels: that they are right is the user's word.
func (a *analysis) labelAssumptions(rows []casefile.LabelCount) []casefile.Assumption {
	var out []casefile.Assumption
	add := func(what string, networks, clients int64) {
		out = append(out, casefile.Assumption{
			What: what, Value: fmt.Sprintf("networks: %d, clients: %d", networks, clients), By: "user",
			Why: "who is behind an address is not in a log; figures of unlabelled clients are without these",
		})
	}
	for _, l := range rows[:min(len(rows), assumedLabels)] {
		add(fmt.Sprintf("label %q", l.Label), l.Networks, l.Clients)
	}
	if len(rows) > assumedLabels {
		var networks, clients int64
		for _, l := range rows[assumedLabels:] {
			networks, clients = networks+l.Networks, clients+l.Clients
		}
		add(fmt.Sprintf("%d further labels, see labels in summary.json", len(rows)-assumedLabels), networks, clients)
	}
	return out
}

// labelWarnings says that the labels are for nobody in these logs.
func labelWarnings(rows []casefile.LabelCount) []string {
	if len(rows) == 0 || slices.ContainsFunc(rows, func(l casefile.LabelCount) bool { return l.Clients > 0 }) {
		return nil
	}
	return []string{"no client has one of the labels that were given: the networks are not those of these logs"}
}

// labelSettings are the labels of flags and recount.yaml, for the manifest.
func labelSettings(entries []LabelEntry) []labelSetting {
	var out []labelSetting
	for _, e := range entries {
		out = append(out, labelSetting{e.Network, e.Label})
	}
	return out
}

type labelSetting struct {
	Network string `json:"network"`
	Label   string `json:"label"`
}
