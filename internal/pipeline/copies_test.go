package pipeline

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// busyLog makes lines of a log in which any 40 lines have three times: with
// wholes, pieces, listings, other files, lines that cannot be read, and the same
// request twice in a second.
func busyLog(rng *rand.Rand, n int) []string {
	var lines []string
	for second := rng.IntN(1000); len(lines) < n; second++ {
		for range rng.IntN(14) {
			client := fmt.Sprintf("%d.0.2.%d", 100+rng.IntN(100), rng.IntN(4)) // what is cut off its begin may still be an address
			line := get(client, second, fmt.Sprintf("/a/%d.wav", rng.IntN(6)), []int{200, 206, 304}[rng.IntN(3)], 1000+500*rng.IntN(2))
			switch rng.IntN(10) {
			case 0:
				line = get(client, second, "/a/", 200, 500)
			case 1:
				line = get(client, second, "/index.html", 200, 500)
			case 2:
				line = entry(client, second, "GET /a/1.wav HTTP/1.1", 200, 1000, "another agent with a long name")
			case 3:
				line = "rubbish of no format, which is as long as a line of a log is, and somewhat longer still\n"
			}
			for range 1 + rng.IntN(2)*rng.IntN(2) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// saved is a stretch of a log: lines, and by how many bytes it is longer than
// they are, at either side.
type saved struct {
	from, to int
	text     string
	cutFrom  bool
	cutTo    bool
}

// scatter cuts a log into pieces and adds copies of stretches of it, each at
// least 66 lines into every piece that it touches. Where a copy goes over a place
// at which the log was cut, it may have been cut within a line.
func scatter(rng *rand.Rand, lines []string) (all []saved) {
	const least = 66
	marks := []int{0}
	for len(lines)-marks[len(marks)-1] > 6*least && rng.IntN(4) > 0 {
		marks = append(marks, marks[len(marks)-1]+2*least+rng.IntN(2*least))
	}
	marks = append(marks, len(lines))
	var copies []saved
	for range 1 + rng.IntN(3) {
		p := rng.IntN(len(marks) - 1)
		q := p + rng.IntN(len(marks)-1-p)
		from, to := marks[p], marks[q+1]
		if rng.IntN(3) > 0 {
			from += rng.IntN(marks[p+1] - marks[p] - least)
		}
		if rng.IntN(3) > 0 {
			end := marks[q]
			if p == q {
				end = from
			}
			to = end + least + rng.IntN(marks[q+1]-end-least+1)
		}
		copies = append(copies, saved{from: from, to: to, text: strings.Join(lines[from:to], "")})
	}
	cuts := map[int]int{} // bytes of the line at a mark that stand before the cut
	for _, m := range marks[1 : len(marks)-1] {
		covered := slices.ContainsFunc(copies, func(c saved) bool { return c.from <= m-least && c.to >= m+least })
		if covered && rng.IntN(2) == 0 {
			cuts[m] = 1 + rng.IntN(len(lines[m])-1)
		}
	}
	for i := range len(marks) - 1 {
		from, to := marks[i], marks[i+1]
		s := saved{from: from, to: to, text: strings.Join(lines[from:to], "")[cuts[from]:], cutFrom: cuts[from] > 0, cutTo: cuts[to] > 0}
		if cuts[to] > 0 {
			s.text += lines[to][:cuts[to]]
		}
		all = append(all, s)
	}
	for _, c := range copies { // copies may be cut anywhere, but keep what a mark needs
		within := func(m int) bool { return cuts[m] > 0 && c.from <= m && m <= c.to }
		if rng.IntN(3) == 0 && c.to < len(lines) && !slices.Contains(marks, c.to) {
			c.text, c.cutTo = c.text+lines[c.to][:1+rng.IntN(len(lines[c.to])-1)], true
		}
		if rng.IntN(3) == 0 && c.from > 0 && !slices.Contains(marks, c.from) && !within(c.from) {
			before := lines[c.from-1]
			c.text, c.cutFrom = before[1+rng.IntN(len(before)-1):]+c.text, true
		}
		all = append(all, c)
	}
	return all
}

// store writes stretches into files: some packed, some with other line ends, some
// put together in one file, all in an order that says nothing.
func store(t *testing.T, rng *rand.Rand, all []saved) map[string]string {
	rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	content := map[string]string{}
	for len(all) > 0 {
		text, last := all[0].text, all[0]
		all = all[1:]
		for len(all) > 0 && !last.cutTo && !all[0].cutFrom && rng.IntN(4) == 0 {
			text, last = text+all[0].text, all[0]
			all = all[1:]
		}
		name := fmt.Sprintf("%d.log", len(content))
		for range 1 + rng.IntN(4)/3 { // a second copy of the whole source
			kept := text
			switch rng.IntN(8) {
			case 0:
				kept = strings.ReplaceAll(text, "\n", "\r\n")
			case 1:
				kept = "\ufeff" + text
			case 2, 3, 4:
				kept = packed(t, text)
			}
			content[name] = kept
			name += ".bak"
		}
	}
	return content
}

// facts is all that must not change when lines stand twice.
func facts(t *testing.T, dir string, out *Outcome) string {
	t.Helper()
	s := out.Summary
	a := s.Accounting
	if sum := a.Requests + a.Other + a.Rejected + a.Comments + a.Blank + a.Duplicates; sum != a.Lines {
		t.Errorf("%d lines, %d accounted for", a.Lines, sum)
	}
	for _, r := range table(t, dir, casefile.TableSources) {
		var sum int64
		for _, c := range []string{"requests", "other", "rejected", "comments", "blank", "duplicates"} {
			sum += r[c].(int64)
		}
		if sum != r["lines"] {
			t.Errorf("%v: %v lines, %d accounted for", r["path"], r["lines"], sum)
		}
	}
	return fmt.Sprintln(s.Counts, s.Grades, s.Listings, a.Requests, a.Other) + counted(t, dir) +
		show(table(t, dir, casefile.TableAgents), "user_agent", "clients", "requests") +
		show(table(t, dir, casefile.TableListings), "client", "directory", "requests", "first_seen", "last_seen")
}

// differing shows the first lines of two texts that the other one has not.
func differing(got, want string) string {
	missing := func(a, b string) (out []string) {
		has := map[string]bool{}
		for line := range strings.Lines(b) {
			has[line] = true
		}
		for line := range strings.Lines(a) {
			if !has[line] && len(out) < 5 {
				out = append(out, line)
			}
		}
		return out
	}
	return "got\n" + strings.Join(missing(got, want), "") + "want\n" + strings.Join(missing(want, got), "")
}

// TestCopiesCountOnce: however a log is cut, copied, packed, renamed and put
// together, with 64 lines or more of overlap, it says what it said.
func TestCopiesCountOnce(t *testing.T) {
	logs, ways := 100, 11
	if underRace || testing.Short() {
		logs = 10
	}
	o := Options{Formats: []PerSource{{"", "nginx_combined"}}, Tables: []string{"downloads", "clients", "recordings", "agents", "listings", "sources"}}
	var cut, merged int64
	for i := range logs {
		rng := rand.New(rand.NewPCG(uint64(i), 64))
		lines := busyLog(rng, 250+rng.IntN(500))
		o.Evidence, o.Workers, o.Memory, o.Out = []string{files(t, map[string]string{"a.log": strings.Join(lines, "")})}, 1, 0, ""
		dir, out := analyse(t, o)
		expected := facts(t, dir, out)
		for way := range ways {
			content := store(t, rng, scatter(rng, lines))
			o.Evidence, o.Workers, o.Memory = []string{files(t, content)}, 1+way%3, int64(way%2*tiny)
			dir, out := analyse(t, o)
			if got := facts(t, dir, out); got != expected {
				t.Fatalf("log %d, way %d:\n%s\n%s", i, way, differing(got, expected), strings.Join(out.Summary.Warnings, "\n"))
			}
			merged += out.Summary.Accounting.Duplicates
			for _, text := range content {
				if !strings.HasSuffix(text, "\n") && text[0] != 0x1f {
					cut++
				}
			}
		}
	}
	if merged < int64(logs*ways*50) || cut < int64(logs) {
		t.Errorf("%d lines were second copies, %d sources cut: the test is too easy", merged, cut)
	}
}

// TestNothingGenuineLost: what is alike for another reason than being a copy
// counts as often as it stands there.
func TestNothingGenuineLost(t *testing.T) {
	listed := 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 63))
		shared := busyLog(rng, 500) // what both servers are asked, such as by one scanner
		content := map[string]string{}
		lines := int64(0)
		add := func(name string, more ...string) {
			content[name] += strings.Join(more, "")
			lines += int64(len(more))
		}
		for server := range 2 {
			name := fmt.Sprintf("server%d.log", server)
			own := func(n int) {
				for i := range n {
					add(name, get(fmt.Sprintf("192.0.2.%d", server), len(content[name])%86400, fmt.Sprintf("/own/%d/%d.wav", server, i), 200, 1000))
				}
			}
			own(rng.IntN(2) * rng.IntN(20))
			for at := rng.IntN(100); at < 300; at += 63 { // never 64 in sequence
				add(name, shared[at:at+1+rng.IntN(63)]...)
				own(1 + rng.IntN(3))
			}
			add(name, slices.Repeat([]string{get("192.0.2.9", 40000, "/a/1.wav", 200, 1000)}, 100)...) // a burst, in one second
			add(name, slices.Repeat([]string{get("192.0.2.9", 40001, "/a/1.wav", 200, 1000)}, 100)...)
			own(rng.IntN(2))
		}
		at := rng.IntN(400)
		add("late.log", shared[at:at+1+rng.IntN(63)]...) // an excerpt that is too short
		dir, out := analyse(t, Options{Evidence: []string{files(t, content)}, Formats: []PerSource{{"", "nginx_combined"}}, Tables: []string{"sources", "overlaps"}})
		if a := out.Summary.Accounting; a.Duplicates != 0 || a.Lines != lines {
			t.Fatalf("seed %d: %d of %d lines were taken for second copies:\n%s", seed, a.Duplicates, lines, show(table(t, dir, casefile.TableOverlaps), "source", "from_line", "to_line", "of_source", "of_line", "why"))
		}
		for _, r := range table(t, dir, casefile.TableOverlaps) {
			listed++
			if r["merged"] != false || !strings.Contains(r["why"].(string), "requests are counted twice") {
				t.Errorf("seed %d: %v", seed, r)
			}
		}
	}
	if listed < 50 {
		t.Errorf("%d likenesses listed", listed)
	}
}

// TestCopiesSameCase: the case does not depend on workers or memory when there
// are copies, and the tables name them.
func TestCopiesSameCase(t *testing.T) {
	log, _ := madeUp()
	_, inventory := madeUpFiles(t)
	lines := strings.SplitAfter(string(log), "\n")
	n := len(lines)
	join := func(from, to int) string { return strings.Join(lines[from:to], "") }
	half := join(0, n/2)
	root := files(t, map[string]string{
		"a.log": half, "a.log.gz": packed(t, half), "b.log": join(n/3, n-100)[7:], "c.log": join(n-120, n), "d.log": join(n/4, n/4+500) + join(100, 300) + lines[n/2][:90],
	})
	var first string
	for _, memory := range []int64{0, tiny} {
		for _, workers := range []int{1, 2, 8} {
			dir, out := analyse(t, Options{Evidence: []string{root}, Inventory: inventory, Workers: workers, Memory: memory})
			if first == "" {
				first = dir
				a := out.Summary.Accounting
				if want := int64(n/2 + (n/2 - n/3) + 700); a.Duplicates < want-2 || a.Duplicates > want+2 {
					t.Errorf("%d duplicates, want about %d", a.Duplicates, want)
				}
			}
			if memory == tiny && runInfo(t, dir).SpillBytes == 0 {
				t.Error("nothing spilled")
			}
			sameCase(t, fmt.Sprintf("%d workers, memory %d", workers, memory), dir, first)
		}
	}
	rows := table(t, first, casefile.TableOverlaps)
	want(t, "overlaps", show(rows, "source", "from_line", "to_line", "of_source", "of_line", "lines", "merged"), fmt.Sprintf(`
2 1 %d 1 1 %d true
3 1 1 1 %d 1 true
3 2 %d 1 %d %d true
4 1 20 3 %d 20 false
5 1 500 1 %d 500 true
5 501 700 1 101 200 true
`, n/2, n/2, n/3+1, n/2-n/3, n/3+2, n/2-n/3-1, n-119-n/3, n/4+1))
}

// TestCopiesTeachNothing: what is learned from the requests of a source is as if
// its second copy were not there.
func TestCopiesTeachNothing(t *testing.T) {
	var lines []string
	inventory := "path,size\n"
	for i := range 300 {
		lines = append(lines, get("192.0.2.1", i/3, fmt.Sprintf("/a/%d.wav", i), 200, 5000+i+300+i%3)) // with headers
		lines = append(lines, get("192.0.2.2", i/3, fmt.Sprintf("/a/%d.wav", i), 304, 180))
		inventory += fmt.Sprintf("/a/%d.wav,%d\n", i, 5000+i)
	}
	for i := range 31 { // the log-in page: one in twenty of the full responses, unless they are doubled
		lines = append(lines, get("192.0.2.3", 200+i, fmt.Sprintf("/b/%d.wav", i), 200, 777))
	}
	root := files(t, map[string]string{"sizes.csv": inventory})
	learned := func(content map[string]string) string {
		dir, out := analyse(t, Options{Evidence: []string{files(t, content)}, Inventory: root + "/sizes.csv"})
		c, err := casefile.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		s := m.Sources[0]
		why := sourceRow(t, dir, "a.log")["meaning_why"]
		if content["b.log"] == content["a.log"] {
			if b := sourceRow(t, dir, "b.log"); b["meaning_why"] != why || b["requests"] != int64(0) {
				t.Errorf("the copy: %v", b)
			}
		}
		return fmt.Sprint(s.Meaning, why, s.Headers, m.CommonSizes, out.Summary.Grades) + facts(t, dir, out)
	}
	text := strings.Join(lines, "")
	once := learned(map[string]string{"a.log": text})
	for _, part := range []string{"accepted_with_headers", "777"} {
		if !strings.Contains(once, part) {
			t.Errorf("nothing to learn: no %s in %.300s", part, once)
		}
	}
	for name, copied := range map[string]string{"part": strings.Join(lines[:400], ""), "same": text, "more": text + "# end\n"} {
		if twice := learned(map[string]string{"a.log": text, "b.log": copied}); twice != once {
			t.Errorf("%s:\n%s", name, differing(twice, once))
		}
	}
}

// TestCopiesOfAllKinds: lines that are no requests are taken out of the
// accounting and the rejects too, a line that is too long among them.
func TestCopiesOfAllKinds(t *testing.T) {
	long := strings.Repeat("x", 3<<20) + "\n"
	rest := "rubbish\n# comment\n\n" + strings.Join(busyLog(rand.New(rand.NewPCG(1, 1)), 100)[:100], "") + "rubbish\n" + long
	root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/1.wav", 200, 5) + long + rest, "b.log": "more rubbish\n" + long + rest + "the end\n"})
	dir, out := analyse(t, Options{Evidence: []string{root}, Formats: []PerSource{{"", "nginx_combined"}}})
	want(t, "sources", show(table(t, dir, casefile.TableSources), "path", "lines", "comments", "blank", "duplicates"), `
a.log 107 1 1 0
b.log 108 0 0 106
`)
	var own []row
	rejects := table(t, dir, casefile.TableRejects)
	for _, r := range rejects {
		if r["source"] == int64(2) {
			own = append(own, r)
		}
	}
	want(t, "rejects of the copy", show(own, "line", "offset", "raw"), fmt.Sprintf(`
1 0 more rubbish
108 %d the end
`, len("more rubbish\n")+len(long)+len(rest)))
	if n := out.Summary.Accounting.Rejected; n != int64(len(rejects)) {
		t.Errorf("%d rejects, %d rows", n, len(rejects))
	}
}

// TestCopyThatWasRead: of two sources with the same content, that one counts
// which could be read.
func TestCopyThatWasRead(t *testing.T) {
	text := strings.Join(busyLog(rand.New(rand.NewPCG(2, 2)), 100)[:100], "")
	root := files(t, map[string]string{"a.log": text, "b.log": text})
	_, out := analyse(t, Options{Evidence: []string{root}, Formats: []PerSource{{"a.log", "xferlog"}, {"b.log", "nginx_combined"}}})
	if a := out.Summary.Accounting; a.Duplicates != 100 || a.Requests < 50 {
		t.Errorf("%+v", a)
	}
}

// TestGivesBack: what only the search for second copies needs is given back when it
// is over, requests when they are grouped, and ledgers when they are gathered.
func TestGivesBack(t *testing.T) {
	a := scanned(t, Options{Evidence: []string{"../../testdata/nas/logs"}, Out: filepath.Join(t.TempDir(), "case")})
	before := a.store.HeldBytes()
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	discarded := func() {
		t.Helper()
		if err := a.discards.wait(); err != nil {
			t.Fatal(err)
		}
	}
	discarded()
	var requests, rejects int64
	for _, one := range a.runs.all {
		for _, b := range one.blocks {
			requests += int64(b.Size())
		}
	}
	for _, s := range a.sources {
		for _, p := range s.pieces {
			for _, b := range p.rejects {
				rejects += int64(b.Size())
			}
		}
	}
	if held := a.store.HeldBytes(); held != requests+rejects || held >= before {
		t.Errorf("%d bytes are held, %d before it was decided; requests and rejects are %d", held, before, requests+rejects)
	}
	if err := a.group(t.Context()); err != nil {
		t.Fatal(err)
	}
	discarded()
	var ledgers int64
	for _, g := range a.groupers {
		for _, p := range g.ledger.pages {
			for _, b := range p.blocks {
				ledgers += int64(b.Size())
			}
		}
	}
	if held := a.store.HeldBytes(); held != ledgers+rejects {
		t.Errorf("%d bytes are held once requests are grouped; ledgers and rejects are %d", held, ledgers+rejects)
	}
	if _, err := a.gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if discarded(); a.store.HeldBytes() != rejects {
		t.Errorf("%d bytes are held once clients are gathered, rejects are %d", a.store.HeldBytes(), rejects)
	}
}

// A line without a hash is an error: nothing could say that it stands only once.
func TestHashMissing(t *testing.T) {
	a := scanned(t, Options{Evidence: []string{"../../testdata/nas/logs"}, Out: filepath.Join(t.TempDir(), "case")})
	s := a.sources[0]
	s.stats.lines = s.pieces[0].lines
	s.resolve()
	none := func(int64, coverage.Sketch) error { return nil }
	if err := a.linesOf(s).each(0, s.stats.lines, none); err != nil {
		t.Fatal(err)
	}
	s.pieces[0].sketch.block = spill.Block{}
	if err := a.linesOf(s).each(0, s.stats.lines, none); err == nil || !strings.HasSuffix(err.Error(), "no hash was kept of line 1") {
		t.Errorf("got %v", err)
	}
}
