package escape

import (
	"bytes"
	"encoding/csv"
	"html"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile is text as it was seen in logs and in attacks on those who read them.
var hostile = []string{
	"",
	"GET /rec/Anna Müller.wav HTTP/1.1",
	"Mozilla/5.0 (compatible; bot/1.0; +http://www.example.com/)",
	"\x1b[31mred\x1b[0m\x1b]0;title\x07",
	"\u009b31m and \u0085",
	"invoice\u202egnp.exe\u2066x\u2069\u200e\u200f\u061c",
	"a\u200bb\u2060c\ufeffd\u00ade",
	"line\u2028para\u2029end\r\n\t\x00\x7f",
	"\xff\xfe caf\xe9 \xc3\xa9 \xed\xa0\x80",
	"=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1",
	"<script>alert('x')</script> & \"q\"",
	"a|b`c`*d*_e_~~f~~$g$ [x](http://evil) ![i](//e) \\| \\\\|",
	"\U000e0041\U000e0042 \U0001f600\ufe0f\u3164\u034f \ue000",
	"日本語のログ",
	`already \x1b and \xFF`,
}

func TestUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"\x1b\u202e\x00":        "\x1b\u202e\x00",
		"Müller":                "Müller",
		"caf\xe9":               `caf\xE9`,
		"\xff\xfeA":             `\xFF\xFEA`,
		"\xc3":                  `\xC3`,
		"\xe2\x82":              `\xE2\x82`,
		"\xed\xa0\x80":          `\xED\xA0\x80`, // a surrogate
		"\xc0\x80":              `\xC0\x80`,     // NUL in two bytes
		"\ufffd is a character": "\ufffd is a character",
	} {
		if got := UTF8([]byte(in)); got != want {
			t.Errorf("UTF8(%q) = %q, want %q", in, got, want)
		}
		if got := string(AppendUTF8([]byte("x"), []byte(in))); got != "x"+want {
			t.Errorf("AppendUTF8(x, %q) = %q, want %q", in, got, "x"+want)
		}
	}
}

func TestAppendUTF8Allocations(t *testing.T) {
	dst, b := make([]byte, 0, 256), []byte("caf\xe9 \xff and more")
	if n := testing.AllocsPerRun(100, func() { dst = AppendUTF8(dst[:0], b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"plain ~ text \\ here": "plain ~ text \\ here",
		"Müller 日本 é":          "Müller 日本 é",
		"\x1b[31m":             `\x1b[31m`,
		"\x00\x07\x7f":         `\x00\x07\x7f`,
		"a\nb\rc\td":           `a\nb\rc\td`,
		"\u0085\u009b":         `\u0085\u009b`,
		"\u061c\u200e\u200f":   `\u061c\u200e\u200f`,
		"\u202a\u202e\u2066":   `\u202a\u202e\u2066`,
		"\u200b\u200d\ufeff":   `\u200b\u200d\ufeff`,
		"\u00ad":               `\u00ad`,
		"\u2028\u2029":         `\u2028\u2029`,
		"\u3164\u034f\ufe0f":   `\u3164\u034f\ufe0f`,
		"\ue000\U0010ffff":     `\ue000\U0010ffff`,
		"\U000e0041":           `\U000e0041`,
		"\xff\x1b":             `\xFF\x1b`,
		"\ufffd":               "\ufffd",
		"no-break\u00a0space":  "no-break\u00a0space",
	} {
		if got := Terminal(in); got != want {
			t.Errorf("Terminal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"plain (text) #1! 10:20":   "plain (text) #1! 10:20",
		"a|b":                      `a\|b`,
		`a\|b`:                     `a\\\|b`,
		"`x` *y* _z_ ~~s~~ $m$":    "\\`x\\` \\*y\\* \\_z\\_ \\~\\~s\\~\\~ \\$m\\$",
		"<b>&amp;":                 "&lt;b&gt;&amp;amp;",
		"[x](y) ![i](j)":           `\[x\](y) !\[i\](j)`,
		"line\nbreak\x1b":          `line\\nbreak\\x1b`,
		"http://a.b www.c.d e@f.g": `http\://a.b www\.c.d e\@f.g`,
		"javascript:alert(1)":      "javascript:alert(1)",
	} {
		if got := Markdown(in); got != want {
			t.Errorf("Markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	for in, want := range map[string]string{
		"":            "",
		"plain":       "plain",
		"a=b":         "a=b",
		"=1+1":        "'=1+1",
		"+49 30 1234": "'+49 30 1234",
		"-1":          "'-1",
		"@x":          "'@x",
		"\t=1":        `'\t=1`,
		"\r\n":        `'\r\n`,
		"＝1":          "'＝1",
		"\xff=":       `\xFF=`,
	} {
		if got := CSV(in); got != want {
			t.Errorf("CSV(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHTML(t *testing.T) {
	if got, want := HTML("<a href='x'>\"&\x1b\u202e"), `&lt;a href=&#39;x&#39;&gt;&#34;&amp;\x1b\u202e`; got != want {
		t.Errorf("HTML = %q, want %q", got, want)
	}
}

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"", 5, ""},
		{"abc", 0, ""},
		{"abc", -1, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abcd", 1, "…"},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"日本語", 1, "…"},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"\x1b[31m", 6, `\x1b[…`},
		{"\x1b[31m", 8, `\x1b[31m`},
	} {
		if got := Truncate(tt.in, tt.width); got != tt.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
	if got := Pad("日本", 6); got != "日本  " {
		t.Errorf("Pad = %q", got)
	}
	if got := Pad("日本語", 4); got != "日… " {
		t.Errorf("Pad = %q", got)
	}
}

// FuzzEscape holds what is promised of every text.
func FuzzEscape(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u := UTF8([]byte(s))
		if !utf8.ValidString(u) || utf8.ValidString(s) && u != s {
			t.Errorf("UTF8(%q) = %q", s, u)
		}
		if again := UTF8([]byte(u)); again != u {
			t.Errorf("UTF8 is not stable: %q, %q", u, again)
		}
		term := Terminal(s)
		if again := Terminal(term); again != term {
			t.Errorf("Terminal is not stable: %q, %q", term, again)
		}
		if got := Terminal(u); got != term {
			t.Errorf("Terminal of the stored text %q, of the logged text %q", got, term)
		}
		cell := CSV(s)
		if again := CSV(cell); again != cell {
			t.Errorf("CSV is not stable: %q, %q", cell, again)
		}
		for name, out := range map[string]string{"Terminal": term, "Markdown": Markdown(s), "CSV": cell, "HTML": HTML(s), "Truncate": Truncate(s, 20), "Pad": Pad(s, 20)} {
			quiet(t, name, s, out)
		}
		for _, start := range "=+-@\t\r" {
			if strings.HasPrefix(cell, string(start)) {
				t.Errorf("CSV(%q) = %q is a formula", s, cell)
			}
		}
		if got := html.UnescapeString(HTML(s)); got != term || strings.ContainsAny(HTML(s), `<>"'`) {
			t.Errorf("HTML(%q) = %q", s, HTML(s))
		}
		oneCell(t, s, Markdown(s))
		n := 0
		for _, r := range Truncate(s, 20) {
			n += cells(r)
		}
		if n > 20 || utf8.RuneCountInString(term) <= 10 && Truncate(s, 20) != term {
			t.Errorf("Truncate(%q, 20) = %q, %d cells", s, Truncate(s, 20), n)
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Write([]string{"x", cell})
		w.Flush()
		if rec, err := csv.NewReader(&b).Read(); err != nil || len(rec) != 2 || rec[1] != cell {
			t.Errorf("the cell %q came back as %q, %v", cell, rec, err)
		}
	})
}

// quiet checks that nothing in out acts or hides. It spells the rule out again,
// by categories and ranges, not by the function under test.
func quiet(t *testing.T, name, in, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s(%q) = %q is not UTF-8", name, in, out)
	}
	for _, r := range out {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control) ||
			r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe0fff {
			t.Errorf("%s(%q) = %q holds %U", name, in, out, r)
		}
	}
}

// oneCell checks that a Markdown cell holds no markup character that is not
// escaped.
func oneCell(t *testing.T, in, out string) {
	t.Helper()
	for i := 0; i < len(out); i++ {
		if strings.HasPrefix(out[i:], "://") || strings.HasPrefix(out[i:], "www.") {
			t.Errorf("Markdown(%q) = %q holds a link", in, out)
		}
		switch c := out[i]; c {
		case '\\':
			i++ // the next is escaped
			if i == len(out) {
				t.Errorf("Markdown(%q) = %q ends in a backslash", in, out)
			}
		case '|', '`', '*', '_', '[', ']', '<', '>', '~', '$', '@', '\n':
			t.Errorf("Markdown(%q) = %q holds a bare %q", in, out, c)
		case '&':
			if rest := out[i:]; !strings.HasPrefix(rest, "&amp;") && !strings.HasPrefix(rest, "&lt;") && !strings.HasPrefix(rest, "&gt;") {
				t.Errorf("Markdown(%q) = %q holds a bare &", in, out)
			}
		}
	}
}
