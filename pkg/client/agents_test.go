package client

import (
	"bytes"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

// agentExamples are user agents from crawler-user-agents.json, the first
// instance of each pattern, with the tags that the list gives it.
//
//go:embed testdata/agents.tsv
var agentExamples string

// TestTagsOfExamples: the list's own examples, which the embedded copy leaves
// out, are recognised as what the list says.
func TestTagsOfExamples(t *testing.T) {
	n := 0
	for line := range strings.Lines(agentExamples) {
		agent, words, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		got := TagsOf([]byte(agent))
		for word := range strings.SplitSeq(words, ",") {
			if want := listTags[word]; want == 0 || !got.Has(want) {
				t.Errorf("%q: %q, want %q for %s", agent, got, want, word)
			}
		}
		n++
	}
	if n != 1455 {
		t.Errorf("%d examples", n)
	}
}

func TestTagsOf(t *testing.T) {
	f := func(agent, want string) {
		t.Helper()
		if got := TagsOf([]byte(agent)).String(); got != want {
			t.Errorf("TagsOf(%q) = %q; want %q", agent, got, want)
		}
	}
	// What fetched in the sample evidence, and what looks for such servers.
	f("curl/7.88.1", "tool")
	f("Wget/1.21.3", "tool")
	f("python-requests/2.20.0", "tool")
	f("masscan/1.0 (https://github.com/robertdavidgraham/masscan)", "bot,scanner")
	f("Mozilla/5.0 zgrab/0.x", "bot,scanner")
	f("Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)", "bot,scanner")
	f("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot,search_engine")
	// What the list misses.
	f("aria2/1.36.0", "tool")
	f("GetRight/6.3", "tool")
	f("FDM 3.x", "tool")
	f("FDM+5", "tool")
	f("Java/1.8.0_191", "tool")
	f("rclone/v1.60.1", "tool")
	f("lftp/4.9.2", "tool")
	f("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.17763.316", "tool")
	f("Microsoft BITS/7.8", "tool")
	f("Shodan-Pull/1.0", "bot,scanner")
	f("Mozilla/5.0 (compatible; Somebot/1.0)", "bot")
	f("somebot", "bot")
	f("bot", "bot")
	f("ubot", "bot")
	f("some spider", "bot")
	// Browsers and players.
	f("Mozilla/5.0 (X11; Linux x86_64; rv:65.0) Gecko/20100101 Firefox/65.0", "")
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "")
	f("AppleCoreMedia/1.0.0.16D57 (iPhone; U; CPU OS 12_1_4 like Mac OS X; sv_se)", "")
	f("Mozilla/5.0 (Linux; Android 8.0; CUBOT X18) AppleWebKit/537.36", "")
	f("Mozilla/5.0 (Linux; Android 8.0; Cubot) AppleWebKit/537.36", "")
	f("VLC/3.0.4 LibVLC/3.0.4", "")
	f("bottle", "")
	f("", "")
	f("-", "")
	f("\xff\xfe\x00bo", "")
}

// plainTags tries every pattern, as matcher does not.
func plainTags() func(agent []byte) Tags {
	type pattern struct {
		expr *regexp.Regexp
		tags Tags
	}
	var patterns []pattern
	for _, p := range append(listedPatterns(crawlers), ownPatterns...) {
		patterns = append(patterns, pattern{regexp.MustCompile(p.expr), p.tags})
	}
	return func(agent []byte) Tags {
		var tags Tags
		for _, p := range patterns {
			if p.expr.Match(agent) {
				tags |= p.tags
			}
		}
		return tags
	}
}

// TestTagsOfPlain holds the matcher to its plain twin, on the examples cut and
// joined at random.
func TestTagsOfPlain(t *testing.T) {
	plain := plainTags()
	lines := strings.Split(agentExamples, "\n")
	r := rand.New(rand.NewPCG(1, 2))
	piece := func() string {
		line, _, _ := strings.Cut(lines[r.IntN(len(lines))], "\t")
		from := r.IntN(len(line) + 1)
		return line[from : from+r.IntN(len(line)-from+1)]
	}
	found := 0
	const agents = 500 // all patterns one by one are slow, under the race detector very
	for range agents {
		agent := []byte(piece() + piece())
		if r.IntN(4) == 0 && len(agent) > 0 {
			agent[r.IntN(len(agent))] = byte(r.IntN(256))
		}
		got, want := TagsOf(agent), plain(agent)
		if got != want {
			t.Fatalf("TagsOf(%q) = %q; plain: %q", agent, got, want)
		}
		if want != 0 {
			found++
		}
	}
	if found < agents/5 || found > agents*9/10 {
		t.Errorf("%d of %d agents were recognised: they test little", found, agents)
	}
}

func FuzzTagsOf(f *testing.F) {
	for i, line := range strings.Split(agentExamples, "\n") {
		if agent, _, _ := strings.Cut(line, "\t"); i%30 == 0 {
			f.Add(agent)
		}
	}
	plain := plainTags()
	f.Fuzz(func(t *testing.T, agent string) {
		if got, want := TagsOf([]byte(agent)), plain([]byte(agent)); got != want {
			t.Fatalf("TagsOf(%q) = %q; plain: %q", agent, got, want)
		}
	})
}

// TestTagsOfHostile: an agent made to cost much costs little.
func TestTagsOfHostile(t *testing.T) {
	for _, piece := range []string{"botx", "Googlebo", "getx ", "wGet Current xRSS Reade", "ContextualBot outcomes.ne", "\xff\xff"} {
		agent := bytes.Repeat([]byte(piece), 1<<15/len(piece))
		began := time.Now()
		TagsOf(agent)
		if took := time.Since(began); took > time.Second { // some ms; once per place it would be 10 s
			t.Errorf("32 KiB of %q takes %v", piece, took)
		}
	}
}

// TestTagWords: every tag has a word, and no two the same.
func TestTagWords(t *testing.T) {
	if got, want := Tags(1<<len(tagNames)-1).Names(), strings.Split("bot tool scanner search_engine ai archiver monitoring feed preview automation", " "); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	if TagAutomation != 1<<(len(tagNames)-1) {
		t.Errorf("the last tag is %b, of %d words", TagAutomation, len(tagNames))
	}
	if got := (TagTool | TagBot).String(); got != "bot,tool" {
		t.Errorf("%q", got)
	}
	if (TagBot).Has(TagBot | TagAI) {
		t.Error("bot has ai")
	}
}

func BenchmarkTagsOf(b *testing.B) {
	f := func(name, agent string) {
		b.Run(name, func(b *testing.B) {
			a := []byte(agent)
			b.SetBytes(int64(len(a)))
			b.ReportAllocs()
			for b.Loop() {
				TagsOf(a)
			}
		})
	}
	f("browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")
	f("bot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
	b.Run("examples", func(b *testing.B) {
		var agents [][]byte
		for line := range strings.Lines(agentExamples) {
			agent, _, _ := strings.Cut(line, "\t")
			agents = append(agents, []byte(agent))
		}
		b.ReportAllocs()
		for b.Loop() {
			for _, a := range agents {
				TagsOf(a)
			}
		}
	})
}
