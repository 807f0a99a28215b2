package pipeline

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// jitter is how far the lines of many workers come out of turn, in microseconds.
const jitter = 20_000

// TestParallelLogs: with all the logs that one server wrote side by side, a case
// counts what it counts with the one that tells most.
func TestParallelLogs(t *testing.T) {
	host := func(n string) func(answer) bool { return func(a answer) bool { return a.host == n } }
	type log struct {
		name string
		to   shape
		keep func(answer) bool
	}
	for _, c := range []struct {
		name string
		best []string // the sources that tell most
		logs []log
	}{
		{"apache", []string{"b_io.log"}, []log{{"a_combined.log", apacheCombined, nil}, {"b_io.log", apacheCombinedIO, nil}}},
		{"apache, three", []string{"b_io.log"}, []log{{"a_combined.log", apacheCombined, nil}, {"b_io.log", apacheCombinedIO, nil}, {"c_vhost.log", apacheVhost, nil}}},
		{"apache, as much", []string{"a_combined.log"}, []log{{"a_combined.log", apacheDebian, nil}, {"b_vhost.log", apacheVhost, nil}}},
		{"apache, a log for each host", []string{"h0.log", "h1.log", "h2.log"}, []log{
			{"all.log", apacheVhost, nil},
			{"h0.log", apacheCombinedIO, host("h0.example.se")}, {"h1.log", apacheCombinedIO, host("h1.example.se")}, {"h2.log", apacheCombinedIO, host("h2.example.se")},
		}},
		{"nginx", []string{"json.log"}, []log{{"access.log", nginxCombined, nil}, {"json.log", nginxJSON, nil}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(4) {
				r := rand.New(rand.NewPCG(seed, 1))
				all := traffic(r, 1500, 7)
				both, alone := map[string]string{}, map[string]string{}
				for _, l := range c.logs {
					both[l.name] = logOf(inTurn(r, all, jitter), l.to, l.keep)
					if slices.Contains(c.best, l.name) {
						alone[l.name] = both[l.name]
					}
				}
				dir := sameCounts(t, both, alone)
				for _, s := range table(t, dir, casefile.TableSources) {
					if counts := s["requests"].(int64) > 0; counts != slices.Contains(c.best, s["path"].(string)) || counts == (s["duplicates"].(int64) > 0) {
						t.Errorf("seed %d: %s: %d requests, %d duplicates", seed, s["path"], s["requests"], s["duplicates"])
					}
				}
				referred(t, dir, both)
			}
		})
	}
}

// sameCounts analyses two sets of logs that must give the same counts, and
// gives the case of the first.
func sameCounts(t *testing.T, got, want map[string]string) string {
	t.Helper()
	dir, out := analyse(t, Options{Evidence: []string{files(t, got)}})
	_, plain := analyse(t, Options{Evidence: []string{files(t, want)}})
	if !maps.Equal(out.Summary.Counts, plain.Summary.Counts) || !maps.Equal(out.Summary.Grades, plain.Summary.Grades) || out.Summary.Listings != plain.Summary.Listings {
		t.Errorf("got  %v %v %v\nwant %v %v %v", out.Summary.Counts, out.Summary.Grades, out.Summary.Listings, plain.Summary.Counts, plain.Summary.Grades, plain.Summary.Listings)
	}
	if n := plain.Summary.Accounting.Duplicates; n != 0 {
		t.Errorf("%d duplicates in logs of which none stands beside another", n)
	}
	return dir
}

// referred holds each overlap that was merged to the lines that it names: they
// are of the same client, second and path.
func referred(t *testing.T, dir string, logs map[string]string) {
	t.Helper()
	lines := map[any][]string{}
	duplicates := map[any]int64{}
	for _, s := range table(t, dir, casefile.TableSources) {
		lines[s["source"]] = strings.Split(logs[s["path"].(string)], "\n")
		duplicates[s["source"]] = s["duplicates"].(int64)
		if s["lines"] != s["requests"].(int64)+s["other"].(int64)+s["duplicates"].(int64) {
			t.Errorf("%s: the lines are not accounted for", s["path"])
		}
	}
	for _, o := range table(t, dir, casefile.TableOverlaps) {
		if o["merged"] != true {
			t.Errorf("not merged: %v", o)
			continue
		}
		second, first := lines[o["source"]][o["from_line"].(int64)-1], lines[o["of_source"]][o["of_line"].(int64)-1]
		if a, b := what(second), what(first); a != b {
			t.Errorf("%s is no copy of %s", second, first)
		}
		duplicates[o["source"]] -= o["lines"].(int64)
	}
	for s, n := range duplicates {
		if n != 0 {
			t.Errorf("source %v: %d duplicates are in no overlap", s, n)
		}
	}
}

// what is the client and the request of a line.
func what(line string) string {
	from := strings.Index(line, "198.51.100.")
	client := line[from : from+strings.IndexAny(line[from:], `" `)]
	for _, m := range []string{"GET ", "HEAD "} {
		if i := strings.Index(line, m); i >= 0 {
			return client + " " + line[i:i+strings.Index(line[i:], " HTTP")]
		}
	}
	return client
}

// TestNotParallel: whatever is alike in the logs of two servers, all of it
// counts.
func TestNotParallel(t *testing.T) {
	// asked is a client that asks for n recordings, one behind the other, and how
	// late the second server gets each, at most.
	asked := func(r *rand.Rand, client string, n int, late int64) (a, b []answer) {
		at := day.UnixMicro()
		for i := range n {
			at += 30_000 + r.Int64N(100_000)
			one := answer{client: client, method: "GET", path: fmt.Sprintf("/calls/%04d.wav", i), agent: "x", start: at, took: 10_000, status: 200, planned: 500_000, sent: 500_000, headers: 250}
			a = append(a, one)
			one.start += late/2 + r.Int64N(late/2+1)
			b = append(b, one)
		}
		return a, b
	}
	for _, c := range []struct {
		name string
		make func(r *rand.Rand) (a, b []answer)
	}{
		{"the same scanner", func(r *rand.Rand) (a, b []answer) {
			a, b = asked(r, "203.0.113.9", 400, 5_000)
			mine, theirs := traffic(r, 300, 5), traffic(r, 300, 5)
			return append(a, mine...), append(b, theirs...)
		}},
		{"the same scanner and nobody else", func(r *rand.Rand) (a, b []answer) { return asked(r, "203.0.113.9", 400, 5_000) }},
		{"the same list in the very same moment", func(r *rand.Rand) (a, b []answer) { return asked(r, "203.0.113.9", 400, 0) }},
		{"two clients with the same list", func(r *rand.Rand) (a, b []answer) {
			a, b = asked(r, "203.0.113.9", 600, 40_000)
			c, d := asked(r, "203.0.113.10", 600, 40_000)
			return append(a, c...), append(b, d...)
		}},
		{"many clients with the same list, soon after", func(r *rand.Rand) (a, b []answer) {
			for i := range 5 {
				c, d := asked(r, fmt.Sprintf("203.0.113.%d", i), 700, 12_000)
				a, b = append(a, c...), append(b, d...)
			}
			return a, b
		}},
		{"balanced by turns", func(r *rand.Rand) (a, b []answer) {
			for i, one := range traffic(r, 2000, 7) {
				if i%2 == 0 {
					a = append(a, one)
				} else {
					b = append(b, one)
				}
			}
			return a, b
		}},
		{"balanced, a probe here and its recording there", func(r *rand.Rand) (a, b []answer) {
			at := day.UnixMicro()
			for i := range 500 {
				at += 1_000_000 + r.Int64N(9_000_000)
				one := answer{client: fmt.Sprintf("203.0.113.%d", i%9), method: "GET", path: fmt.Sprintf("/calls/%04d.wav", i), start: at/1e6*1e6 + 1000, took: 1000, status: 206, planned: 2, sent: 2, headers: 250}
				a = append(a, one)
				one.planned, one.sent = 500_000, 500_000
				b = append(b, one)
			}
			return a, b
		}},
		{"balanced, pieces in equal numbers", func(r *rand.Rand) (a, b []answer) {
			at := day.UnixMicro()
			for i := range 40 { // each piece as large as the others, ten to each server within a second
				at += 5_000_000
				for k := range 20 {
					one := answer{client: fmt.Sprintf("203.0.113.%d", i%9), method: "GET", path: fmt.Sprintf("/calls/%04d.wav", i), start: at + int64(k)*1000, took: 100, status: 206, planned: 65_536, sent: 65_536, headers: 250}
					if k%2 == 0 {
						a = append(a, one)
					} else {
						b = append(b, one)
					}
				}
			}
			return a, b
		}},
		{"mirrors of one site", func(r *rand.Rand) (a, b []answer) { return traffic(r, 1500, 30), traffic(r, 1500, 30) }},
		{"a run that is too short", func(r *rand.Rand) (a, b []answer) {
			all := traffic(r, 40, 7)
			return all, all
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(6) {
				r := rand.New(rand.NewPCG(seed, 2))
				a, b := c.make(r)
				for _, shapes := range [][2]shape{{apacheCombined, apacheCombinedIO}, {nginxCombined, nginxJSON}} {
					logs := map[string]string{"a.log": logOf(inTurn(r, a, jitter), shapes[0], nil), "b.log": logOf(inTurn(r, b, jitter), shapes[1], nil)}
					_, out := analyse(t, Options{Evidence: []string{files(t, logs)}, Tables: []string{}})
					if n := out.Summary.Accounting.Duplicates; n != 0 {
						t.Errorf("seed %d: %d genuine requests are taken for duplicates", seed, n)
					}
				}
			}
		})
	}
}

// TestParallelOneFormat: two logs of one format are of two servers, whatever
// they have in common, as balanced servers are set up alike.
func TestParallelOneFormat(t *testing.T) {
	all := traffic(rand.New(rand.NewPCG(4, 4)), 600, 7)
	logs := map[string]string{"a.log": logOf(all, apacheCombined, nil), "b.log": logOf(all, apacheDebian, nil)}
	_, out := analyse(t, Options{Evidence: []string{files(t, logs)}, Tables: []string{}})
	if n := out.Summary.Accounting.Duplicates; n != 0 {
		t.Errorf("%d duplicates", n)
	}
}

// TestParallelAlike: what is alike and not merged is listed, with what it could
// change, and a warning names it.
func TestParallelAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	all := traffic(r, 600, 1)
	logs := map[string]string{"a.log": logOf(all, apacheCombined, nil), "b.log": logOf(all, apacheCombinedIO, nil)}
	dir, out := analyse(t, Options{Evidence: []string{files(t, logs)}})
	rows := table(t, dir, casefile.TableOverlaps)
	if len(rows) != 1 || rows[0]["merged"] != false || !strings.Contains(rows[0]["why"].(string), "one client") {
		t.Errorf("overlaps: %v", rows)
	}
	if !slices.ContainsFunc(out.Summary.Warnings, func(w string) bool { return strings.Contains(w, "look as if they stood in b.log too") }) {
		t.Errorf("no warning: %q", out.Summary.Warnings)
	}
}

// TestParallelPartly: what only one of two parallel logs has counts, and what
// they share counts once, whatever the workers and the memory.
func TestParallelPartly(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	all := traffic(r, 3000, 9)
	old, fresh := all[:1000], all[1000:] // the second log was set up later
	logs := map[string]string{"a.log": logOf(old, apacheCombined, nil) + logOf(inTurn(r, fresh, jitter), apacheCombined, nil), "b.log": logOf(inTurn(r, fresh, jitter), apacheCombinedIO, nil)}
	plain := map[string]string{"a.log": logOf(old, apacheCombined, nil), "b.log": logs["b.log"]}
	sameCounts(t, logs, plain)
	root := files(t, logs)
	first := ""
	for _, workers := range []int{1, 2, 8} {
		for _, memory := range []int64{0, tiny} {
			dir, _ := analyse(t, Options{Evidence: []string{root}, Workers: workers, Memory: memory, Temp: t.TempDir()})
			if first == "" {
				first = dir
				continue
			}
			sameCase(t, fmt.Sprintf("%d workers, memory %d", workers, memory), dir, first)
		}
	}
}

// TestParallelCommonSize: a size that very many recordings were answered with is
// told by its share of the requests that count.
func TestParallelCommonSize(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	all := traffic(r, 600, 7)
	for i := range 40 {
		page := all[i*15]
		page.path, page.method, page.status, page.planned, page.sent = fmt.Sprintf("/calls/page%d.wav", i), "GET", 200, 7770, 7770
		all[i*15] = page
	}
	log := logOf(all, apacheCombinedIO, nil)
	dir := sameCounts(t, map[string]string{"a.log": logOf(all, apacheCombined, nil), "b.log": log}, map[string]string{"b.log": log})
	var pages int
	for _, d := range table(t, dir, casefile.TableDownloads) {
		if d["basis"] == "common_size" {
			pages++
		}
	}
	if pages != 40 {
		t.Errorf("%d pages, want 40", pages)
	}
}

// TestParallelRotated: two logs that are rotated at different moments are one
// stream in all their parts, but for some lines where they are cut.
func TestParallelRotated(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	all := traffic(r, 4000, 9)
	cut := func(text string, at ...int) []string {
		lines := strings.SplitAfter(text, "\n")
		var parts []string
		from := 0
		for _, n := range append(at, len(lines)) {
			parts = append(parts, strings.Join(lines[from:n], ""))
			from = n
		}
		return parts
	}
	logs := map[string]string{}
	var lines int64
	for name, parts := range map[string][]string{
		"access.log": cut(logOf(inTurn(r, all, jitter), nginxCombined, nil), 1500, 3000), "json.log": cut(logOf(inTurn(r, all, jitter), nginxJSON, nil), 2000, 2500),
	} {
		for i, text := range parts {
			logs[filepath.Join(name+fmt.Sprint(".", i))] = text
		}
		lines = int64(len(all))
	}
	_, out := analyse(t, Options{Evidence: []string{files(t, logs)}})
	_, alone := analyse(t, Options{Evidence: []string{files(t, map[string]string{"json.log": logOf(all, nginxJSON, nil)})}})
	want := alone.Summary.Accounting.Requests
	if n := out.Summary.Accounting.Requests; n < want || n > want+want/100 {
		t.Errorf("%d requests count, of %d; the logs have %d lines", n, want, lines)
	}
}

// TestParallelSmallFiles: logs that are rotated every 50 lines, in which no file
// holds a run of its own, are one stream, as the logs in one file each are.
func TestParallelSmallFiles(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 7))
		all := traffic(r, 1500, 7)
		both := map[string]string{}
		rotate := func(name, text string, each int) {
			lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
			parts := slices.Collect(slices.Chunk(lines, each))
			for i, part := range parts { // the newest has no number
				part := strings.Join(part, "")
				if n := len(parts) - 1 - i; n > 0 {
					both[fmt.Sprint(name, ".", n)] = part
				} else {
					both[name] = part
				}
			}
		}
		rotate("access.log", logOf(inTurn(r, all, jitter), nginxCombined, nil), 50)
		rotate("json.log", logOf(inTurn(r, all, jitter), nginxJSON, nil), 41)
		dir := sameCounts(t, both, map[string]string{"json.log": logOf(all, nginxJSON, nil)})
		var requests int64
		for _, s := range table(t, dir, casefile.TableSources) {
			if strings.HasPrefix(s["path"].(string), "access") {
				requests += s["requests"].(int64)
			}
		}
		if requests != 0 {
			t.Errorf("seed %d: %d requests of the log that tells less count, too", seed, requests)
		}
		referred(t, dir, both)
	}
}
