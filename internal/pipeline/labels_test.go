package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// What truth.csv says of the clients that the claim is about, counted there:
// 127.0.10.11 to .17 hold 55 recordings whole in 58 pairs, and 26 others hold 79,
// one of them among the 55.
const (
	claimedPairs, claimedRecs, claimedClients = 58, 55, 7
	otherPairs, otherRecs, otherClients       = 110, 79, 26
)

var claimed = []LabelEntry{{Network: "127.0.10.0/24", Label: "claimed", File: "test"}}

// sampleMeant are the options under which nearly all of the sample can be graded.
func sampleMeant(labels []LabelEntry) Options {
	return Options{
		Evidence: []string{nasLogs}, Inventory: nasSizes, Labels: labels,
		Formats:  []PerSource{{"nginx/*", "nginx_combined"}, {"apache/voice_access.log", "combinedio"}},
		Meanings: []PerSource{{"apache/access*", "accepted_with_headers"}, {"apache/other_vhosts*", "accepted_with_headers"}},
	}
}

// TestLabelledTruth: the truth of both populations lies within their bounds.
func TestLabelledTruth(t *testing.T) {
	inClaim := map[bool]map[string]map[string]bool{true: {}, false: {}}
	pairs := map[bool]int{}
	for pair, is := range readTruth(t) {
		of := strings.HasPrefix(pair[0], "127.0.10.")
		if is.whole {
			pairs[of]++
			for i, what := range []string{"clients", "recordings"} {
				if inClaim[of][what] == nil {
					inClaim[of][what] = map[string]bool{}
				}
				inClaim[of][what][pair[i]] = true
			}
		}
	}
	if got := fmt.Sprint(pairs[true], len(inClaim[true]["recordings"]), len(inClaim[true]["clients"]), pairs[false], len(inClaim[false]["recordings"]), len(inClaim[false]["clients"])); got != fmt.Sprint(claimedPairs, claimedRecs, claimedClients, otherPairs, otherRecs, otherClients) {
		t.Fatalf("the truth is %s", got)
	}
	_, out := analyse(t, sampleMeant(claimed))
	s := out.Summary
	if len(s.Labels) != 1 || s.Labels[0].Label != "claimed" || s.Labels[0].Networks != 1 || s.Labels[0].Clients != claimedClients {
		t.Fatalf("labels %+v", s.Labels)
	}
	within := func(what string, counts map[string]casefile.RuleCount, pairs, recordings, clients int64) {
		t.Helper()
		low, high := counts["complete"], counts["possible"]
		for _, c := range [][3]int64{{low.Pairs, pairs, high.Pairs}, {low.Recordings, recordings, high.Recordings}, {low.Clients, clients, high.Clients}} {
			if c[0] > c[1] || c[1] > c[2] {
				t.Errorf("%s: %d is not within %d complete and %d possible", what, c[1], c[0], c[2])
			}
		}
	}
	within("claimed", s.Labels[0].Counts, claimedPairs, claimedRecs, claimedClients)
	within("others", s.Unlabelled, otherPairs, otherRecs, otherClients)
	// The seven used nothing that leaves a doubt about the whole.
	if got := s.Labels[0].Counts["likely"]; got.Pairs != claimedPairs || got.Recordings != claimedRecs || got.Clients != claimedClients {
		t.Errorf("the claimed clients likely took %+v", got)
	}
}

// TestPopulations: the counts of every population are those of the tables, and
// grades do not depend on labels.
func TestPopulations(t *testing.T) {
	labels := []LabelEntry{
		{Network: "127.0.10.0/24", Label: "claimed"}, {Network: "127.0.20.0/23", Label: "wgets"}, {Network: "127.0.40.0-127.0.41.255", Label: "odd"},
		{Network: "::1", Label: "odd"}, {Network: "127.0.41.9", Label: "empty"}, {Network: "198.51.100.0/24", Label: "nobody"},
	}
	plain, none := analyse(t, sampleMeant(nil))
	dir, out := analyse(t, sampleMeant(labels))
	for _, name := range []string{casefile.TableDownloads, casefile.TableRequests, casefile.TableRecordings, casefile.TableListings, casefile.TableSources, casefile.TableAgents} {
		if a, b := caseFiles(t, plain)["tables/"+name+".parquet"], caseFiles(t, dir)["tables/"+name+".parquet"]; a != b || a == "" {
			t.Errorf("%s is another with labels", name)
		}
	}
	if fmt.Sprint(none.Summary.Counts) != fmt.Sprint(out.Summary.Counts) || fmt.Sprint(none.Summary.Accounting) != fmt.Sprint(out.Summary.Accounting) {
		t.Error("labels change the counts of all clients")
	}
	labelOf := map[any]string{}
	seen := map[string]int64{}
	for _, c := range table(t, dir, casefile.TableClients) {
		label, _ := c["label"].(string)
		labelOf[c["client"]] = label
		seen[label]++
	}
	type population struct {
		counts   map[string]casefile.RuleCount
		listings casefile.ListingCount
	}
	got := map[string]population{"": {out.Summary.Unlabelled, out.Summary.ListingsUnlabelled}}
	var names []string
	for _, l := range out.Summary.Labels {
		got[l.Label] = population{l.Counts, l.Listings}
		names = append(names, l.Label)
		if l.Clients != seen[l.Label] {
			t.Errorf("%s: %d clients, the table has %d", l.Label, l.Clients, seen[l.Label])
		}
	}
	if want := "[claimed empty nobody odd wgets]"; fmt.Sprint(names) != want {
		t.Errorf("labels %v, want %s", names, want)
	}
	for label, is := range got {
		for rule := range out.Summary.Counts {
			var n casefile.RuleCount
			recordings, clients := map[any]bool{}, map[any]bool{}
			for _, d := range table(t, dir, casefile.TableDownloads) {
				if labelOf[d["client"]] != label || !meets(d, rule) {
					continue
				}
				n.Pairs++
				n.Requests += d["requests"].(int64)
				recordings[d["recording"]], clients[d["client"]] = true, true
			}
			n.Recordings, n.Clients = int64(len(recordings)), int64(len(clients))
			if is.counts[rule] != n {
				t.Errorf("%q, %s: %+v, the tables have %+v", label, rule, is.counts[rule], n)
			}
		}
		var n casefile.ListingCount
		directories, clients := map[any]bool{}, map[any]bool{}
		for _, l := range table(t, dir, casefile.TableListings) {
			if labelOf[l["client"]] == label {
				n.Requests += l["requests"].(int64)
				directories[l["directory"]], clients[l["client"]] = true, true
			}
		}
		n.Directories, n.Clients = int64(len(directories)), int64(len(clients))
		if is.listings != n {
			t.Errorf("%q: listings %+v, the table has %+v", label, is.listings, n)
		}
	}
	if out.Summary.ListingsUnlabelled == out.Summary.Listings || fmt.Sprint(out.Summary.Unlabelled) == fmt.Sprint(out.Summary.Counts) {
		t.Error("labels make no difference: the test shows nothing")
	}
}

// meets says whether a row of the downloads table meets a rule.
func meets(d row, rule string) bool {
	grade := grades[d["completeness"].(string)]
	switch rule {
	case "any_bytes":
		return d["bytes_upper"] == nil || d["bytes_upper"].(int64) > 0 || grade >= 3
	case "possible":
		return grade >= 3
	case "likely":
		return grade >= 4
	case "complete":
		return grade >= 5
	}
	return true
}

// TestSharedRecording: a recording that both a labelled client and another took
// counts for each of them; one taken by the labelled alone does not count for the
// others.
func TestSharedRecording(t *testing.T) {
	log := get("192.0.2.1", 1, "/a/x.wav", 200, 1000) + get("192.0.2.2", 2, "/a/x.wav", 200, 1000) + get("198.51.100.1", 3, "/a/x.wav", 404, 9) +
		get("192.0.2.1", 4, "/a/y.wav", 200, 2000) + get("nas.example", 5, "/a/z.wav", 200, 10) + get("192.0.2.1", 6, "/a/", 200, 10) + get("192.0.2.1", 7, "/b/", 200, 10) + get("192.0.2.2", 8, "/b/", 200, 10)
	_, out := analyse(t, Options{
		Evidence: []string{files(t, map[string]string{"access.log": log})},
		Labels:   []LabelEntry{{Network: "192.0.2.1", Label: "own"}, {Network: "NAS.example.", Label: "own"}},
	})
	s := out.Summary
	if got := fmt.Sprint(s.Counts["requested"], s.Unlabelled["requested"], s.Labels[0].Counts["requested"]); got != "{5 5 3 4} {2 2 1 2} {3 3 3 2}" {
		t.Error("requested", got)
	}
	if got := fmt.Sprint(s.Counts["possible"], s.Unlabelled["possible"], s.Labels[0].Counts["possible"]); got != "{4 4 3 3} {1 1 1 1} {3 3 3 2}" {
		t.Error("possible", got)
	}
	if got := fmt.Sprint(s.Listings, s.ListingsUnlabelled, s.Labels[0].Listings); got != "{3 2 2} {1 1 1} {2 1 2}" {
		t.Error("listings", got)
	}
}

// TestSameCaseWithLabels: the case does not depend on workers or memory.
func TestSameCaseWithLabels(t *testing.T) {
	log, inventory := madeUpFiles(t)
	list := filepath.Join(files(t, map[string]string{"labels.csv": "network,label\n10.0.0.0/9,low\n10.7.0.0/16,seven\n2001:db8::/32,six\n192.0.2.0-192.0.2.99,odd\n"}), "labels.csv")
	var first string
	for _, in := range []struct {
		workers int
		memory  int64
	}{{1, 0}, {2, 0}, {8, 0}, {1, tiny}, {8, tiny}} {
		dir, out := analyse(t, Options{Evidence: []string{log}, Inventory: inventory, LabelsFile: list, Workers: in.workers, Memory: in.memory, Temp: t.TempDir()})
		if first == "" {
			first = dir
			if n := out.Summary.Unlabelled["requested"].Clients; n == 0 || n == out.Summary.Counts["requested"].Clients {
				t.Fatalf("%d clients without a label of %d", n, out.Summary.Counts["requested"].Clients)
			}
			continue
		}
		sameCase(t, fmt.Sprintf("%+v", in), dir, first)
	}
}

// TestLabelsInCase: labels are assumptions and configuration; their texts can
// do nothing to who reads the summary.
func TestLabelsInCase(t *testing.T) {
	hostile := "=cmd|' /C'!A0 <script> \x1b[31m\u202e \n## x"
	list := filepath.Join(files(t, map[string]string{"labels.csv": "network,label,said by\n203.0.113.0/24,elsewhere,me\n"}), "labels.csv")
	dir, out := analyse(t, Options{
		Evidence:   []string{files(t, map[string]string{"access.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000)})},
		LabelsFile: list, Labels: []LabelEntry{{Network: "192.0.2.1", Label: hostile}, {Network: "192.0.2.2", Label: hostile}},
	})
	var assumed []string
	for _, a := range out.Summary.Assumptions {
		if strings.HasPrefix(a.What, "label ") {
			assumed = append(assumed, a.By+" "+a.Value)
		}
	}
	if got := fmt.Sprint(assumed); got != "[user networks: 2, clients: 1 user networks: 1, clients: 0]" {
		t.Errorf("assumptions %s", got)
	}
	md, err := os.ReadFile(filepath.Join(dir, "summary.md"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(md, []byte("\x1b")) || bytes.Contains(md, []byte("\u202e")) || bytes.Contains(md, []byte("<script>")) || bytes.Contains(md, []byte("\n## x")) {
		t.Errorf("summary.md holds the label as it was given:\n%s", md)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Configuration struct {
			Labels []labelSetting
			File   casefile.ManifestFile `json:"labels_file"`
		}
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		t.Fatal(err)
	}
	c := m.Configuration
	if len(c.Labels) != 2 || c.Labels[0] != (labelSetting{"192.0.2.1", hostile}) || c.File.Name != "labels.csv" || len(c.File.SHA256) != 64 || c.File.Detail != "1 entries" {
		t.Errorf("configuration %+v", c)
	}

	_, out = analyse(t, Options{Evidence: []string{nasLogs}})
	if len(out.Summary.Labels) != 0 || fmt.Sprint(out.Summary.Unlabelled) != fmt.Sprint(out.Summary.Counts) || out.Summary.ListingsUnlabelled != out.Summary.Listings {
		t.Error("labels without any")
	}
	_, out = analyse(t, Options{Evidence: []string{nasLogs}, LabelsFile: list})
	if !slices.Contains(out.Summary.Warnings, "no client has one of the labels that were given: the networks are not those of these logs") {
		t.Errorf("warnings %q", out.Summary.Warnings)
	}
}

func TestManyLabels(t *testing.T) {
	var list strings.Builder
	list.WriteString("network,label\n")
	for i := range 60 {
		fmt.Fprintf(&list, "192.0.2.%d,label %02d\n", i, i)
	}
	_, out := analyse(t, Options{
		Evidence:   []string{files(t, map[string]string{"access.log": get("192.0.2.55", 1, "/a/x.wav", 200, 1000)})},
		LabelsFile: filepath.Join(files(t, map[string]string{"labels.csv": list.String()}), "labels.csv"),
	})
	last := out.Summary.Assumptions[len(out.Summary.Assumptions)-1]
	if len(out.Summary.Labels) != 60 || last.What != "10 further labels, see labels in summary.json" || last.Value != "networks: 10, clients: 1" {
		t.Errorf("%d labels, %+v", len(out.Summary.Labels), last)
	}
}

func TestBadLabels(t *testing.T) {
	f := func(file string, labels []LabelEntry, want string) {
		t.Helper()
		o := Options{Evidence: []string{nasLogs}, Out: filepath.Join(t.TempDir(), "case"), Labels: labels}
		if file != "" {
			o.LabelsFile = filepath.Join(files(t, map[string]string{"labels.csv": file}), "labels.csv")
		}
		_, err := Run(context.Background(), o)
		var mistake *UsageError
		if !errors.As(err, &mistake) || mistake.Hint == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if _, err := os.Stat(o.Out); err == nil {
			t.Error("there is a case")
		}
	}
	f("network,label\n", nil, "names no network")
	f("network;name\n", nil, `the columns "network" and "label" are not both among`)
	f("network,label\n192.0.2.1,a\n", []LabelEntry{{Network: "192.0.2.1", Label: "b", File: `--label "192.0.2.1=b"`}}, `192.0.2.1/32 has two labels: "b" by --label "192.0.2.1=b", and "a" by "`)
	f("", []LabelEntry{{Network: "192.0.2.1/24", Label: "b", File: "recount.yaml", Line: 3}}, `labels: "recount.yaml" line 3: "192.0.2.1/24" is an address in the network 192.0.2.0/24`)
}

// TestTags: what is recognised in a client's agents, whichever it used where,
// and in each agent.
func TestTags(t *testing.T) {
	curl, googlebot, firefox := "curl/8.5.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (X11; Linux x86_64; rv:65.0) Gecko/20100101 Firefox/65.0"
	log := entry("192.0.2.1", 1, "GET /a/x.wav HTTP/1.1", 200, 10, curl) + entry("192.0.2.1", 2, "GET /a/x.wav HTTP/1.1", 200, 10, firefox) +
		entry("192.0.2.1", 3, "GET /a/y.wav HTTP/1.1", 200, 10, "Mozilla/5.0 zgrab/0.x") + entry("192.0.2.2", 4, "GET /a/x.wav HTTP/1.1", 200, 10, firefox) +
		entry("192.0.2.3", 5, "GET /a/ HTTP/1.1", 200, 10, googlebot) + entry("192.0.2.4", 6, "GET /a/x.wav HTTP/1.1", 200, 10, "-") + entry("192.0.2.5", 7, "GET /other HTTP/1.1", 200, 10, curl)
	in := files(t, map[string]string{"access.log": log})
	dir, _ := analyse(t, Options{Evidence: []string{in}})
	want(t, "clients", show(table(t, dir, casefile.TableClients), "client", "tags", "label", "behaviour"), `
192.0.2.1 bot,tool,scanner null null
192.0.2.2 null null null
192.0.2.3 bot,search_engine null null
192.0.2.4 null null null
`)
	want(t, "agents", show(table(t, dir, casefile.TableAgents), "user_agent", "tags"), `
null null
`+firefox+` null
`+googlebot+` bot,search_engine
Mozilla/5.0 zgrab/0.x bot,scanner
curl/8.5.0 tool
`)
	again, _ := analyse(t, Options{Evidence: []string{in}, Tables: []string{"clients"}, Workers: 8, Memory: tiny})
	if a, b := caseFiles(t, dir)["tables/clients.parquet"], caseFiles(t, again)["tables/clients.parquet"]; a != b {
		t.Error("clients differ when they are alone")
	}
}

// TestTagger: it forgets, and so stays small, and never says another thing.
func TestTagger(t *testing.T) {
	g := newTagger(nil)
	pad := strings.Repeat("x", 1<<16)
	for i := range 200 {
		agent := fmt.Sprintf("curl/%d %s", i%100, pad)
		if got := g.of([]byte(agent)).tags.String(); got != "tool" {
			t.Fatalf("%q", got)
		}
		if got := g.of([]byte(pad)).tags; got != 0 {
			t.Fatalf("%q", got)
		}
		if g.size > taggerBytes+2*len(pad) {
			t.Fatalf("it holds %d bytes", g.size)
		}
	}
	if got := (*tagger)(nil).of([]byte("curl/8")).tags; got != 0 {
		t.Errorf("%q of none", got)
	}
}
