package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/evidence"
)

// summary puts the headline figures together.
func (a *analysis) summary(t *totals, who *populationCounts, top []casefile.TopClient) *casefile.Summary {
	labels := a.labelRows(t, who)
	s := &casefile.Summary{
		Tool: "recount", Version: a.options.Version,
		Counts: counts(&t.tally, &who.all), Grades: map[string]int64{}, Listings: listingCount(&t.tally, &who.all), Labels: labels,
		Accounting: a.accounting(), Coverage: a.covered.summary(a), Claims: []*claim.Result{}, Unread: a.unread(),
		Assumptions: append(a.assumptions(t), a.labelAssumptions(labels)...), Warnings: append(a.warnings(t), labelWarnings(labels)...), Limits: a.limits(t), TopClients: top, Tables: a.tableRows(),
	}
	s.Unlabelled, s.ListingsUnlabelled = s.Counts, s.Listings
	if a.labels != nil {
		s.Unlabelled, s.ListingsUnlabelled = counts(&t.unlabelled, &who.unlabelled), listingCount(&t.unlabelled, &who.unlabelled)
	}
	for g := range t.grades {
		s.Grades[download.Grade(g).String()] = t.grades[g].Pairs
	}
	return s
}

// counts counts by the rules of the design's section 5: each rule holds the
// pairs of its own grades and of all better ones.
func counts(t *tally, who *clientCounts) map[string]casefile.RuleCount {
	requested, anyBytes := t.requested, t.anyBytes
	requested.Clients, anyBytes.Clients = who.requested, who.anyBytes
	c := map[string]casefile.RuleCount{"requested": requested, "any_bytes": anyBytes}
	for rule, least := range map[string]download.Grade{
		"possible": download.GradePossible, "likely": download.GradeLikely, "complete": download.GradeComplete,
	} {
		n := casefile.RuleCount{Clients: who.reaching[least]}
		for g := least; g <= download.GradeComplete; g++ {
			n.Pairs += t.grades[g].Pairs
			n.Requests += t.grades[g].Requests
			n.Recordings += t.recordings[g]
		}
		c[rule] = n
	}
	return c
}

func (a *analysis) accounting() casefile.Accounting {
	acc := casefile.Accounting{Sources: int64(len(a.sources))}
	for _, s := range a.sources {
		acc.Bytes += s.bytes
		acc.StreamBytes += s.streamLen
		acc.Lines += s.stats.lines
		acc.Requests += s.stats.requests
		acc.Other += s.stats.other
		acc.Rejected += s.stats.rejected
		acc.Comments += s.stats.comments
		acc.Blank += s.stats.blank
		acc.Duplicates += s.stats.duplicates
	}
	return acc
}

// stamp writes a time for people; it is empty for none.
func stamp(t int64) string {
	if t == accesslog.NoTime {
		return ""
	}
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

// tableRows is how many rows each table has.
func (a *analysis) tableRows() map[string]int64 {
	w := a.writer
	rows := map[string]int64{}
	for name, n := range map[string]int64{
		casefile.TableRequests: w.Requests().Rows(), casefile.TableDownloads: w.Downloads().Rows(),
		casefile.TableClients: w.Clients().Rows(), casefile.TableRecordings: w.Recordings().Rows(),
		casefile.TableListings: w.Listings().Rows(), casefile.TableSources: w.Sources().Rows(),
		casefile.TableRejects: w.Rejects().Rows(), casefile.TableAgents: w.Agents().Rows(),
		casefile.TableGaps: w.Gaps().Rows(), casefile.TableOverlaps: w.Overlaps().Rows(),
	} {
		if w.Wants(name) {
			rows[name] = n
		}
	}
	return rows
}

// row is the source's row, with its closed accounting.
func (s *source) row() casefile.SourceRow {
	meaning, why := s.meaningText()
	bytes, streamLen := s.bytes, s.streamLen
	if s.sum == "" { // it was not read: that is no size of 0
		bytes = accesslog.None
	}
	if s.streamSum == "" {
		streamLen = accesslog.None
	}
	return casefile.SourceRow{
		Source: s.ID, Path: s.Path, Bytes: bytes, SHA256: s.sum, StreamBytes: streamLen, StreamSHA256: s.streamSum,
		Format: s.formatText(), Meaning: meaning, MeaningWhy: why,
		Lines: s.stats.lines, Requests: s.stats.requests, Other: s.stats.other, Rejected: s.stats.rejected,
		Comments: s.stats.comments, Blank: s.stats.blank, Duplicates: s.stats.duplicates,
		FirstTime: s.stats.first, LastTime: s.stats.last, Error: s.err,
	}
}

// manifest says what was read and with which settings.
func (a *analysis) manifest() *casefile.Manifest {
	o := &a.options
	m := &casefile.Manifest{
		Tool: "recount", Version: o.Version, Build: o.Build, ConfigSHA256: o.ConfigSHA256, Custody: o.Custody,
		Configuration: a.configuration(), Inventory: a.invFile, Databases: []casefile.ManifestFile{},
		CommonSizes: a.common,
	}
	for _, s := range a.sources {
		meaning, _ := s.meaningText()
		zone, zoneBy := s.zoneTaken()
		m.Sources = append(m.Sources, casefile.ManifestSource{
			Source: s.ID, Path: s.Path, Bytes: s.bytes, SHA256: s.sum, StreamBytes: s.streamLen, StreamSHA256: s.streamSum,
			Format: s.formatText(), Meaning: meaning, Error: s.err, Archive: s.Archive,
			MeaningBy: s.meaningBy(), Headers: s.learned(), Zone: zone, ZoneBy: zoneBy, Clock: -s.ahead,
		})
		for _, n := range s.notes {
			m.Notes = append(m.Notes, s.Path+": "+n)
		}
	}
	for _, ar := range a.archives {
		m.Archives = append(m.Archives, archiveFile(ar))
		for _, n := range ar.Warnings {
			m.Notes = append(m.Notes, ar.Path+": "+n)
		}
		for _, u := range ar.Problems {
			m.Notes = append(m.Notes, u.Path+": not read: "+u.Reason)
		}
	}
	for _, u := range a.set.Unread {
		m.Notes = append(m.Notes, u.Path+": not read: "+u.Reason)
	}
	for _, d := range a.places.Databases() {
		m.Databases = append(m.Databases, casefile.ManifestFile{
			Name: d.File, Kind: d.Type, Bytes: d.Bytes, SHA256: d.SHA256, Detail: "built " + d.Build.UTC().Format("2006-01-02"),
		})
	}
	return m
}

// learned is what the source showed of its response headers, nil for nothing.
func (s *source) learned() *casefile.ManifestHeaders {
	responses, _, longest := s.headers.Learned()
	if responses == 0 {
		return nil
	}
	return &casefile.ManifestHeaders{Responses: responses, Longest: longest, Lengths: s.headers.Lengths()}
}

// archiveFile names an archive and its hash, which proves its members.
func archiveFile(ar *evidence.Archive) casefile.ManifestFile {
	f := casefile.ManifestFile{
		Name: ar.Path, Kind: "archive", Bytes: ar.Bytes, SHA256: hexSum(ar.SHA256),
		Detail: fmt.Sprintf("%s, sources in it: %d", ar.Kind, ar.Members),
	}
	if ar.Damage != nil {
		f.Detail += "; " + ar.Damage.Error()
	}
	return f
}

// configuration is what the result depends on: not workers, memory or where
// the case is.
func (a *analysis) configuration() any {
	o := &a.options
	type perSource struct {
		Source string `json:"source,omitempty"`
		Value  string `json:"value"`
	}
	list := func(settings []PerSource) []perSource {
		out := []perSource{}
		for _, s := range settings {
			out = append(out, perSource{s.Glob, s.Value})
		}
		return out
	}
	var servers []casefile.ManifestFile
	for _, c := range o.Servers {
		servers = append(servers, c.File)
	}
	tables := o.Tables
	if tables == nil {
		tables = casefile.TableNames()
	}
	return struct {
		Formats     []perSource             `json:"format"`
		Meanings    []perSource             `json:"bytes_meaning"`
		Zones       []perSource             `json:"timezone"`
		Years       []perSource             `json:"year"`
		Clocks      []perSource             `json:"clock_offset"`
		Exposure    *casefile.Exposure      `json:"exposure,omitempty"`
		Outages     []Stretch               `json:"outages,omitempty"`
		Declaration *casefile.Declaration   `json:"declaration,omitempty"`
		Servers     []casefile.ManifestFile `json:"server_config,omitempty"`
		Recordings  []string                `json:"recordings"`
		Labels      []labelSetting          `json:"labels,omitempty"`
		LabelsFile  *casefile.ManifestFile  `json:"labels_file,omitempty"`
		Tables      []string                `json:"tables"`
		Compression string                  `json:"compression"`
	}{list(o.Formats), list(o.Meanings), list(o.Zones), list(o.Years),
		list(o.Clocks), a.exposure(), o.Outages, a.declaration(), servers, append([]string{}, o.Recordings...), labelSettings(o.Labels), a.labelsFile, tables, o.Compression}
}

// run says when and where it was done.
func (a *analysis) run() *casefile.Run {
	host, _ := os.Hostname()
	ended := time.Now()
	root := a.set.Root
	if root != "" {
		root = filepath.ToSlash(root)
	}
	return &casefile.Run{
		Started: a.started.UTC().Format(time.RFC3339), Ended: ended.UTC().Format(time.RFC3339),
		Seconds: float64(ended.Sub(a.started).Milliseconds()) / 1000,
		Host:    host, OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(),
		Workers: a.budget.workers, Memory: a.budget.total, SpillBytes: a.spilledBytes(), Root: root, Arguments: a.options.Arguments,
	}
}

// damaged says whether some evidence was not, or not wholly, read.
func (a *analysis) damaged() bool {
	return len(a.unread()) > 0
}

// unread lists what was not, or not wholly, read, and why.
func (a *analysis) unread() []string {
	var list []string
	for _, s := range a.sources {
		if s.err != "" {
			list = append(list, s.Path+": "+s.err)
		}
	}
	for _, ar := range a.archives {
		if ar.Damage != nil {
			list = append(list, ar.Path+": "+ar.Damage.Error())
		}
		for _, u := range ar.Problems {
			list = append(list, u.Path+": "+u.Reason)
		}
	}
	for _, u := range a.set.Unread {
		list = append(list, u.Path+": "+u.Reason)
	}
	if len(list) == 0 && a.accounting().Lines == 0 {
		list = append(list, "the evidence holds no line")
	}
	return list
}
