package recording

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
)

func mustInventory(t testing.TB, file string) *Inventory {
	t.Helper()
	if file == "" {
		return nil
	}
	v, err := ReadInventory(strings.NewReader(file), Room{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustMatcher(t testing.TB, patterns []string, inventory string) *Matcher {
	t.Helper()
	m, err := NewMatcher(patterns, mustInventory(t, inventory))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatchDefault(t *testing.T) {
	m := mustMatcher(t, nil, "")
	f := func(target string, kind MatchKind, want string) {
		t.Helper()
		for range 2 {
			if got := m.Match([]byte(target)); got.Kind != kind || string(got.Path) != want && kind != None {
				t.Errorf("Match(%q) = %v %q; want %v %q", target, got.Kind, got.Path, kind, want)
			}
		}
	}
	f("/a.mp3", Recording, "/a.mp3")
	f("/a.MP3?x", Recording, "/a.MP3")
	f("/a.wav#t=1", Recording, "/a.wav")
	f("/x/%61.m%70%33", Recording, "/x/a.mp3")
	f("/x/a%2Ewav", Recording, "/x/a.wav")
	f("/x/a%2Esln16?b", Recording, "/x/a.sln16")
	f("/a%2Fb.ogg", Recording, "/a/b.ogg")
	f("/.mp3", Recording, "/.mp3")
	f("/a/../b.dss", Recording, "/b.dss")
	f("http://H/a.mp4", Recording, "/a.mp4")
	f("/a.m\u212aa", Recording, "/a.mKa") // Kelvin sign: NFC makes it a K
	f("/a.php/b.mp3", Recording, "/a.php/b.mp3")
	f("/", Directory, "/")
	f("/a/?C=N;O=D", Directory, "/a/")
	f("/a/.", Directory, "/a/")
	f("/a/..", Directory, "/")
	f("/a/b%2F", Directory, "/a/b/")
	f("/a/%2e%2e", Directory, "/")
	f("/a.mp3/", Directory, "/a.mp3/")
	f("//", Directory, "/")
	f("http://host", Directory, "/")
	f("/a", None, "")
	f("/a.html", None, "")
	f("/a.ts", None, "")
	f("/mp3", None, "")
	f("/a.mp3.txt", None, "")
	f("/a.mp3x", None, "")
	f("/a.mp3%00", None, "")
	f("/a.mp\x13", None, "")
	f("/a.mp3?/", Recording, "/a.mp3")
	f("/a.html?x=.mp3", None, "")
	f("/a.html#.mp3", None, "")
	f("/a.", None, "")
	f("/a.aVeryLongExtension", None, "")
	f("*", None, "")
	f("", None, "")
	f("-", None, "")
	f("a.mp3", None, "")
	f("host:443", None, "")
}

func TestMatchPatterns(t *testing.T) {
	f := func(patterns, inventory, target string, kind MatchKind) {
		t.Helper()
		m := mustMatcher(t, strings.Fields(patterns), inventory)
		for range 2 { // the second answer may come from the cache
			if got := m.Match([]byte(target)); got.Kind != kind {
				t.Errorf("patterns %s: Match(%q) = %v %q; want %v", patterns, target, got.Kind, got.Path, kind)
			}
		}
	}
	f("*.mp3", "", "/x/y/a.mp3", Recording)
	f("*.mp3", "", "/x/y/a.MP3", None)
	f("*.mp3", "", "/x/y/a.wav", None)
	f("*.{mp3,wav}", "", "/x/y/a.wav", Recording)
	f("*.{mp3,wav}", "", "/x/y/a.w", None)
	f("call-*", "", "/x/call-1", Recording)
	f("call-*", "", "/call-1/x", None)
	f("/2018/**", "", "/2018/a/b", Recording)
	f("/2018/**", "", "/2019/a/b", None)
	f("/2018/**", "", "/2018/a/", Directory)
	f("2018/**/*.mp3", "", "/2018/a/b.mp3", Recording)
	f("2018/**/*.mp3", "", "/2018/b.mp3", Recording)
	f("2018/**/*.mp3", "", "/x/2018/b.mp3", None)
	f("/2018/*/*.mp3", "", "/2018/a/b.mp3", Recording)
	f("/2018/*/*.mp3", "", "/2018/b.mp3", None)
	f("{/a,/b}/*.mp3", "", "/b/x.mp3", Recording)
	f("**/x.wav", "", "/a/b/x%2ewav", Recording)
	f("u\u0308*", "", "/%C3%BCber", Recording)
	f(`re:^/\d+/[^/]+\.mp3$`, "", "/2018/a.mp3?x", Recording)
	f(`re:^/\d+/[^/]+\.mp3$`, "", "/x/a.mp3", None)
	f(`re:call`, "", "/"+strings.Repeat("x", 300)+"/call", Recording)
	f(`re:.`, "", "/a/", Directory)
	f("*.mp3", "path\n/b.dat\n", "/b.dat?x", Recording)
	f("*.mp3", "path\n/b.dat\n", "/c.dat", None)
	f("*.mp3", "path\n/b\n", "/./b", Recording)
	f("", "path\n/b\n", "/b", Recording)
	f("", "path\n/b\n", "/c", None)
	f("", "path\n/100%.dat\n", "/100%25.dat", Recording)
	f("", "path\n/b.dat\n", "/a.mp3", Recording)
	f("", "path\n/x/\n", "/x/", Directory)
}

func TestNewMatcherErrors(t *testing.T) {
	f := func(want, inventory string, patterns ...string) {
		t.Helper()
		_, err := NewMatcher(patterns, mustInventory(t, inventory))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("patterns %q: %v; want %q", patterns, err, want)
		}
	}
	f(`pattern "[a" is not a valid glob`, "", "*.mp3", "[a")
	f(`pattern "{a" is not a valid glob`, "", "{a")
	f("a pattern is empty", "", "")
	f(`pattern "re:(" is not a valid regular expression`, "", "re:(")
	f(`pattern "re:" holds no`, "", "re:")
	f(`pattern "re:b" is a regular expression and must be the only pattern`, "", "*.mp3", "re:b")
	f(`attribute "phone" comes twice, as a column`, "path,Phone\n/a,1\n", "re:(?P<phone>.)")
	f(`attribute "a" comes twice, as two groups`, "", "re:(?P<a>.)(?P<a>.)")
}

func TestAttributes(t *testing.T) {
	f := func(pattern, inventory, recording, wantNames, want string) {
		t.Helper()
		m := mustMatcher(t, strings.Fields(pattern), inventory)
		values := m.Attributes([]byte(recording), nil)
		got := make([]string, len(values))
		for i, v := range values {
			got[i] = string(v)
			if v == nil {
				got[i] = "nil"
			}
		}
		if names := strings.Join(m.AttributeNames(), " "); names != wantNames || strings.Join(got, " ") != want {
			t.Errorf("attributes of %s: %s = %s; want %s = %s", recording, names, got, wantNames, want)
		}
	}
	f("", "", "/a.mp3", "", "")
	f("", "path,phone,size\n/a.mp3,07,1\n", "/a.mp3", "phone", "07")
	f("", "path,phone,size\n/a.mp3,07,1\n", "/b.mp3", "phone", "nil")
	f(`re:/(?P<day>\d+)_(\d+)_(?P<phone>\d+)?`, "", "/18_1_07.mp3", "day phone", "18 07")
	f(`re:/(?P<day>\d+)_(\d+)_(?P<phone>\d+)?`, "", "/18_1_.mp3", "day phone", "18 nil")
	f(`re:/(?P<day>\d+)_`, "path,org\n/x.mp3,A\n", "/x.mp3", "org day", "A nil")
	f(`re:/(?P<day>\d+)_`, "path,org\n/x.mp3,A\n", "/18_x.mp3", "org day", "nil 18")
}

func TestMatchDoesNotAllocate(t *testing.T) {
	if underRace {
		t.Skip("the race detector drops what regexp keeps in a sync.Pool, at random; run without it")
	}
	f := func(patterns, inventory, target string) {
		t.Helper()
		m := mustMatcher(t, strings.Fields(patterns), inventory)
		raw := []byte(target)
		m.Match(raw)
		if n := testing.AllocsPerRun(100, func() { m.Match(raw) }); n != 0 {
			t.Errorf("patterns %q: Match(%q) allocates %v times", patterns, target, n)
		}
	}
	const long = "/recordings/2018/03/14/20180314_0701234567_112233_and_more.mp3"
	f("", "", "/index.html?x")
	f("", "", long)
	f("", "", "/a%20b/u%CC%88/../c.mp3")
	f("", "path\n"+long+".dat\n", long+".dat")
	f("*.mp3 /a/**/b.mp3 /*/*/*/*/*.mp?", "", long)
	f(`re:(?P<phone>07\d+)_(\d+)`, "", long)
	f(`re:(?P<phone>07\d+)_(\d+)`, "", "HTTP://Host/"+strings.Repeat("x", 400))
}

// plainMatch is the obviously right twin of Match.
func plainMatch(patterns []string, listed []string, target string) (MatchKind, string) {
	p, _, ok := plainPath(target)
	if !ok {
		return None, ""
	}
	if strings.HasSuffix(p, "/") {
		return Directory, p
	}
	found := slices.Contains(listed, p)
	for _, pattern := range patterns {
		if expression, ok := strings.CutPrefix(pattern, "re:"); ok {
			found = found || regexp.MustCompile(expression).MatchString(p)
			continue
		}
		name := p
		if !strings.Contains(pattern, "/") {
			name = path.Base(p)
		} else if pattern[0] != '/' && pattern[0] != '{' {
			pattern = "/" + pattern
		}
		matched, err := doublestar.Match(pattern, name)
		if err != nil {
			panic(err)
		}
		found = found || matched
	}
	if len(patterns) == 0 {
		lower := []byte(path.Ext(p))
		for i := range lower {
			lower[i] = lowerASCII(lower[i])
		}
		found = found || len(lower) > 0 && slices.Contains(mediaExtensions, string(lower[1:]))
	}
	if found {
		return Recording, p
	}
	return None, p
}

func FuzzMatch(f *testing.F) {
	if len(targetSeeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range targetSeeds {
		f.Add(s)
	}
	for _, s := range []string{"/a", "/a/b", "/a/x/b.wav", "/b.dat", "/n\u00f6", "/a/b.mp3", "/b/x.mp3", "/c.x", "/a.d%61t", "/a/[x].mp3", "/x{y}.mp3"} {
		f.Add(s)
	}
	listed := []string{"/b.dat", "/nö", "/a/b/c", "/100%.x"}
	inventory := "path\n" + strings.Join(listed, "\n") + "\n"
	cases := []struct {
		patterns []string
		listed   bool
	}{
		{nil, false},
		{nil, true},
		{[]string{"*.mp3"}, false},
		{[]string{"*.mp3", "*.{wav,d?t}"}, false},
		{[]string{"*.{mp3,wav}", "/b.dat"}, false},
		{[]string{"/a/**", "**/x*"}, false},
		{[]string{"/a/**/*"}, false},
		{[]string{"a/**/*.mp3"}, true},
		{[]string{"*"}, false},
		{[]string{"**"}, false},
		{[]string{"**/*.wav", "/**"}, false},
		{[]string{"{/a,/b}/*.mp3", "[a-c]*.x", `\*.mp3`, "*/*.mka"}, false},
		{[]string{"*[.]wav", "/a/*[!x]/b*", "*.", "*."}, false},
		{[]string{`re:(?i)\.(mp3|wav)$`}, true},
		{[]string{`re:^/.*\.(mp3|wav)$`}, false},
		{[]string{`re:/[^/]*\.[mw][pa4][3v]?$|(x\.mka)$`}, false},
		{[]string{`re:(?i)b\.mKa$`}, false},
		{[]string{`re:.mp3$`}, false},
		{[]string{`re:(?m)\.mp3$`}, false},
		{[]string{`re:(\.mp3)+(\.wav)*$`}, false},
	}
	var matchers []*Matcher
	for _, c := range cases {
		file := ""
		if c.listed {
			file = inventory
		}
		matchers = append(matchers, mustMatcher(f, c.patterns, file))
	}
	f.Fuzz(func(t *testing.T, target string) {
		for i, c := range cases {
			var in []string
			if c.listed {
				in = listed
			}
			want, wantPath := plainMatch(c.patterns, in, target)
			got := matchers[i].Match([]byte(target))
			if got.Kind != want || got.Kind != None && string(got.Path) != wantPath {
				t.Fatalf("patterns %q: Match(%q) = %v %q; want %v %q", c.patterns, target, got.Kind, got.Path, want, wantPath)
			}
		}
	})
}

func TestRegexTails(t *testing.T) {
	f := func(expression, want string) {
		t.Helper()
		if got := strings.Join(regexTails(expression), " "); got != want {
			t.Errorf("regexTails(%s) = %s; want %s", expression, got, want)
		}
	}
	f(`\.mp3$`, ".mp3")
	f(`\.mp3\z`, ".mp3")
	f(`^/calls/.*\.(mp3|wav)$`, ".mp3 .wav")
	f(`^/calls/(?P<x>.*)\.(?:ogg|og[ab]|opus)$`, ".oga .ogb .ogg .opus")
	f(`(?i)\.MP[34]$`, ".mp3 .mp4")
	f(`a\.mp3$|b\.wav$`, "a.mp3 b.wav")
	f(`(a\.mp3$)`, "a.mp3")
	f(`\.mpe?g$`, ".mpeg .mpg")
	f(`x+(\.mp3)+$`, ".mp3")
	f(`.*$`, "")
	f(`\.mp3`, "")
	f(`\.mp3$|b\.wav`, "")
	f(`(?m)\.mp3$`, "")
	f(`\.[a-z0-9]{3}$`, "")
	f(`(`, "")
}

func TestClone(t *testing.T) {
	m := mustMatcher(t, []string{`re:(?P<x>a)`}, "path,y\n/b,1\n")
	c := m.Clone()
	if c.cache == m.cache || c.rules != m.rules {
		t.Error("a clone must share the rules and nothing that changes")
	}
	if c.Match([]byte("/a")).Kind != Recording || c.Match([]byte("/b")).Kind != Recording || c.Match([]byte("/c")).Kind != None {
		t.Error("a clone matches otherwise")
	}
}

func BenchmarkMatch(b *testing.B) {
	f := func(name, patterns string, targets ...string) {
		b.Run(name, func(b *testing.B) {
			m := mustMatcher(b, strings.Fields(patterns), "")
			var raw [][]byte
			size := 0
			for _, target := range targets {
				raw = append(raw, []byte(target))
				size += len(target)
			}
			b.SetBytes(int64(size / len(targets)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Match(raw[i])
				if i++; i == len(raw) {
					i = 0
				}
			}
		})
	}
	const recording = "/recordings/2018/03/14/20180314_0701234567_112233.mp3"
	const regex = `re:^/recordings/(?P<year>\d{4})/\d\d/\d\d/\d+_(?P<phone>\d+)_\d+\.(mp3|wav)$`
	var many []string
	for i := range 200_000 {
		many = append(many, fmt.Sprintf("/recordings/2018/03/14/20180314_07%08d_112233.mp3", i))
	}
	f("page", "", "/wp-content/themes/clinic/assets/js/main.min.js?ver=5.2.1")
	f("directory", "", "/recordings/2018/03/14/?C=M;O=A")
	f("recording", "", recording)
	f("glob", "/recordings/**/*.{mp3,wav}", recording)
	f("glob_page", "/recordings/**/*.{mp3,wav}", "/wp-content/themes/clinic/assets/js/main.min.js?ver=5.2.1")
	f("odd_glob_cached", "/recordings/20??/*/*/*.mp3", recording)
	f("odd_glob_missed", "/recordings/20??/*/*/*.mp3", many...)
	f("regex_cached", regex, recording)
	f("regex_missed", regex, many...)
	f("regex_page", regex, "/wp-content/themes/clinic/assets/js/main.min.js?ver=5.2.1")
}
