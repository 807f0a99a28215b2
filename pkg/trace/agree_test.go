package trace

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
)

// everything traces all downloads and directories of a case, and holds them
// against the tables and against the lines of the files as the standard library
// reads them.
func everything(t *testing.T, c *casefile.Case, root string, hostile bool) *Trace {
	t.Helper()
	tr := run(t, c, Options{Evidence: []string{root}})
	for _, d := range tr.Downloads {
		for _, diff := range d.Differs {
			t.Errorf("%s of %s: %s", d.Client, d.Recording, diff)
		}
		if int64(len(d.Lines)) != d.Requests || d.Left != 0 {
			t.Errorf("%s of %s: %d lines, %d left out, %d requests", d.Client, d.Recording, len(d.Lines), d.Left, d.Requests)
		}
	}
	for _, g := range tr.given() {
		if g.Unchecked != "" && !hostile {
			t.Errorf("not checked: %s", g.Unchecked)
		}
	}
	for _, d := range tr.Directories {
		for _, diff := range d.Differs {
			t.Errorf("%s in %s: %s", d.Client, d.Directory, diff)
		}
	}
	if s, err := c.Summary(); err != nil || int64(len(tr.Downloads)) != s.Tables[casefile.TableDownloads] || int64(len(tr.Directories)) != s.Tables[casefile.TableListings] {
		t.Errorf("%d downloads and %d directories of %v, %v", len(tr.Downloads), len(tr.Directories), s.Tables, err)
	}
	plain := map[string][][]byte{}
	seen := map[string]bool{}
	for _, g := range tr.given() {
		for _, l := range g.Lines {
			path := l.Source.Path
			if plain[path] == nil {
				plain[path] = plainLines(t, filepath.Join(root, filepath.FromSlash(path)))
			}
			r := l.Request
			where := fmt.Sprintf("%s:%d", path, r.Line)
			if seen[where] {
				t.Errorf("%s is given twice", where)
			}
			seen[where] = true
			if want := plain[path][r.Line-1]; !bytes.Equal(l.Text, want) || l.Length != int64(len(want)) {
				t.Errorf("%s is %q with %d bytes, want %q", where, l.Text, l.Length, want)
			}
		}
	}
	if len(seen) == 0 {
		t.Error("no line was given")
	}
	return tr
}

// plainLines reads a file in the plain way.
func plainLines(t *testing.T, path string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err == nil {
			data, err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	for i := range lines {
		lines[i] = bytes.TrimSuffix(lines[i], []byte("\r"))
	}
	return lines
}

// Every download of the sample is graded again to what the case says, and every
// line is that of the file.
func TestSampleAgrees(t *testing.T) {
	for name, o := range map[string]pipeline.Options{
		"nothing said": {},
		"inventory":    {Inventory: nasSizes},
		"inventory and meanings": {
			Inventory: nasSizes, Formats: []pipeline.PerSource{{Glob: "nginx/*", Value: "nginx_combined"}},
			Meanings: []pipeline.PerSource{{Glob: "apache/*", Value: "accepted_with_headers"}},
		},
		"meanings":    {Meanings: []pipeline.PerSource{{Value: "planned"}}},
		"one pattern": {Recordings: []string{"**/*.mp3"}, Inventory: nasSizes},
	} {
		t.Run(name, func(t *testing.T) {
			o.Evidence = []string{nasLogs}
			everything(t, analyse(t, o), nasLogs, false)
		})
	}
}

// someLog makes a log whose lines reach many rules: plans and counts beside
// them, ranges, cuts, resumed transfers, sessions, common sizes.
func someLog(rnd *rand.Rand, lines int, hostile bool) string {
	var b strings.Builder
	agents := []string{"curl", "curl", "wget", `a\x22`, "\xff", `\xFE`}
	if hostile {
		agents = []string{"curl", "\xff", `\xFF`}
	}
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	for range lines {
		size := []int{0, 2, 500, 4000, 70_000}[rnd.IntN(5)]
		target := fmt.Sprintf("/r%d/%d.wav", size, rnd.IntN(3))
		if rnd.IntN(12) == 0 {
			target = pick("/r500/", "/", "/missing.wav", "/style.css")
			if hostile {
				target = pick("/r500/%FF.wav", "/r500/%5CxFF.wav", "/%FF/", "/%5CxFF/", "/%5CxFE.wav")
			}
		}
		status, planned, asked := "200", size, "-"
		switch rnd.IntN(8) {
		case 0:
			status, planned = pick("304", "404", "403", "416", "301", "500"), 0
			if status == "416" {
				asked = fmt.Sprintf("bytes=%d-", size)
			}
		case 1, 2:
			from := rnd.IntN(size + 1)
			planned = (size - from) / (1 + rnd.IntN(2))
			status = "206"
			if asked = fmt.Sprintf("bytes=%d-%d", from, from+planned-1); rnd.IntN(3) == 0 {
				asked = "-"
			}
		}
		finished, sent := "+", planned+200+rnd.IntN(3)
		if rnd.IntN(5) == 0 && planned > 0 {
			finished, sent = "X", rnd.IntN(planned+200)
		}
		fmt.Fprintf(&b, "192.0.2.%d - - [%02d/Feb/2019:%02d:00:00 +0100] \"%s %s HTTP/%s\" %s %d %d %s \"%s\" \"-\" \"%s\"\n",
			rnd.IntN(25), 10+rnd.IntN(4), rnd.IntN(24), pick("GET", "GET", "GET", "HEAD", "POST"), target, pick("1.1", "1.1", "2.0"), status, planned, sent, finished, asked,
			agents[rnd.IntN(len(agents))])
	}
	return b.String()
}

// Logs of many kinds, with several formats and inventories, agree too.
func TestRandomLogsAgree(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	formats := []string{
		`%h %l %u %t "%r" %>s %b %O %X "%{Range}i" "%{Referer}i" "%{User-agent}i"`,
		`%h %l %u %t "%r" %>s %B %I %X "%{Range}i" "%{Referer}i" "%{User-agent}i"`, // %I takes the place of the count that was sent
		`%h %l %u %t "%r" %>s %I %O %X "%{Range}i" "%{Referer}i" "%{User-agent}i"`,
	}
	bases, unchecked := map[string]int{}, map[string]int{}
	for seed := range rounds {
		rnd := rand.New(rand.NewPCG(uint64(seed), 1))
		hostile := seed%4 == 3
		content := map[string]string{
			"a/access.log":    someLog(rnd, 300, hostile),
			"a/access.log.1":  strings.ReplaceAll(someLog(rnd, 200, hostile), "\n", "\r\n"),
			"b/access.log.gz": gzipped(t, someLog(rnd, 200, hostile)),
			"b/cut.log":       strings.TrimSuffix(someLog(rnd, 30, hostile), "\n"),
		}
		dir := files(t, content)
		o := pipeline.Options{Evidence: []string{dir}, Formats: []pipeline.PerSource{{Value: formats[seed%3]}, {Glob: "b/*", Value: formats[seed/3%3]}}}
		if seed%2 == 0 {
			o.Inventory = filepath.Join(files(t, map[string]string{"i.csv": "path,size\n/r500/0.wav,500\n/r4000/1.wav,4000\n/r70000/0.wav,70000\n/r70000/2.wav,60000\n/r0/0.wav,0\n"}), "i.csv")
		}
		for _, d := range everything(t, analyse(t, o), dir, hostile).Downloads {
			bases[d.Basis]++
			if d.Unchecked != "" {
				unchecked[d.Unchecked]++
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if len(bases) < 15 {
		t.Errorf("only these bases were reached: %v", bases)
	}
	if unchecked[whyAgents] == 0 || unchecked[whyNames] == 0 {
		t.Errorf("names that look the same did no harm: %v", unchecked)
	}
}

// So do a size that very many recordings were answered with, and headers that
// were learned in one source only.
func TestLearnedAgrees(t *testing.T) {
	var common, headers strings.Builder
	for i := range 150 {
		common.WriteString(get("192.0.2.1", fmt.Sprintf("/%d.wav", i), "200", "500"))
		headers.WriteString(get("192.0.2.2", fmt.Sprintf("/%d.wav", i), "200", fmt.Sprint(4000+i+230+i%3)))
	}
	sizes := "path,size\n"
	for i := range 150 {
		sizes += fmt.Sprintf("/%d.wav,%d\n", i, 4000+i)
	}
	dir := files(t, map[string]string{"a.log": common.String(), "b.log": headers.String()})
	o := pipeline.Options{Evidence: []string{dir}, Meanings: []pipeline.PerSource{{Glob: "b.log", Value: "accepted_with_headers"}}}
	seen := map[string]int{}
	for _, inventory := range []string{"", filepath.Join(files(t, map[string]string{"i.csv": sizes}), "i.csv")} {
		o.Inventory = inventory
		for _, d := range everything(t, analyse(t, o), dir, false).Downloads {
			seen[d.Basis]++
		}
	}
	if seen["common_size"] == 0 || seen["one_response"] == 0 {
		t.Errorf("not reached: %v", seen)
	}
}

// A case that was changed in what grades it, and sealed again, is found.
func TestDifferences(t *testing.T) {
	log := get("192.0.2.1", "/a.wav", "200", "1000") + get("192.0.2.1", "/a.wav", "200", "1000") + get("192.0.2.2", "/", "200", "10")
	c := analyse(t, pipeline.Options{Evidence: []string{files(t, map[string]string{"access.log": log})}, Meanings: []pipeline.PerSource{{Value: "accepted_body"}}})
	tr := run(t, c, Options{Evidence: []string{"."}})
	if tr.Differs() || len(tr.Downloads) != 1 || len(tr.Directories) != 1 {
		t.Fatalf("%+v", tr)
	}
	was := tr.Downloads[0].Download
	for column, change := range map[string]func(){
		"requests":         func() { was.Requests++ },
		"content_requests": func() { was.ContentRequests++ },
		"first_seen":       func() { was.FirstSeen++ },
		"last_seen":        func() { was.LastSeen++ },
		"size":             func() { was.Size.Bytes++ },
		"size_from":        func() { was.Size.From++ },
		"bytes_lower":      func() { was.BytesLower++ },
		"bytes_upper":      func() { was.BytesUpper++ },
		"completeness":     func() { was.Grade-- },
		"basis":            func() { was.Basis = "hole" },
		"transfers":        func() { was.Transfers++ },
		"earlier_copy":     func() { was.EarlierCopy = true },
		"user_agents":      func() { was.UserAgents++ },
		"first_source":     func() { was.FirstSource++ },
		"first_line":       func() { was.FirstLine++ },
	} {
		was = tr.Downloads[0].Download
		change()
		if got := differences(&was, &tr.Downloads[0].Download); len(got) != 1 || !strings.HasPrefix(got[0], column+": the case says ") {
			t.Errorf("%s: %q", column, got)
		}
	}
	row := tr.Directories[0].ListingRow
	row.Requests, row.FirstSeen, row.LastSeen = 2, row.FirstSeen+1, row.LastSeen+1
	if got := listingDifferences(&row, &tr.Directories[0].ListingRow); len(got) != 3 {
		t.Errorf("%q", got)
	}
}
