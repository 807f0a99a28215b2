package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const (
	shortText = `%h %l %u %t "%r" %>s %b`
	longText  = shortText + ` "%{Referer}i" "%{User-Agent}i" %D`
	headText  = `$host $remote_addr [$time_iso8601] "$request" $status $bytes_sent`
)

// severalOf makes formats named a, b, c of texts.
func severalOf(t testing.TB, texts ...string) []*Format {
	t.Helper()
	var list []*Format
	for i, text := range texts {
		f := mustCompile(t, text)
		f.Name = string(rune('a' + i))
		list = append(list, f)
	}
	return list
}

func TestSeveral(t *testing.T) {
	const head = `1.2.3.4 - - ` + at + ` ` + get + ` 200 `
	test := func(line, want string, rare string, texts ...string) {
		t.Helper()
		formats := severalOf(t, texts...)
		reading := Reading{Formats: formats, Main: formats[0]}
		for _, f := range formats {
			if strings.Contains(rare, f.Name) {
				reading.Rare = append(reading.Rare, f)
			}
		}
		var r Record
		reason := reading.NewParser().Parse([]byte(line), &r)
		got := "<" + reason.String() + ">"
		if reason == ReasonNone {
			got = fmt.Sprint(r.Format.Name, " ", r.Bytes, " ", strings.Join(r.Flags.Names(), " "))
		}
		if got != want {
			t.Errorf("%q %s: %s, want %s", texts, line, got, want)
		}
	}
	// The format that reads a line whole, before one that takes it for cut.
	test(head+`5`, "b 5 ", "", longText, shortText)
	test(head+`5 "-" "-" 9`, "a 5 ", "", longText, shortText)
	test(head+`5 "-" "-" 9`, "b 5 ", "", shortText, longText)
	test(head+`5 "-" "x`, "a 5 cut_off", "", longText, shortText)
	test(head+`5 "-" "x`, "b 5 cut_off", "", shortText, longText)
	test(head, "a -1 cut_off", "", longText, shortText)
	test(head+`5 x`, "<bad_tail>", "", shortText, longText)
	test(`h 1.2.3.4 [2000-10-10T13:55:36-07:00] `+get+` 200 6`, "b 6 ", "", `%h %t "%r" %>s %b`, headText)

	// One that the sample hardly showed: cut off in the main one's size.
	test(head+`5`, "a -1 cut_off", "b", longText, shortText)
	test(head+`5`, "a 5 ", "b", shortText, longText)
	test(head+`5 "-" "-" 9`, "b 5 ", "b", shortText, longText)
	test(`h 1.2.3.4 [2000-10-10T13:55:36-07:00] `+get+` 200 6`, "b 6 ", "b", `%h %t "%r" %>s %b`, headText)

	// Whole in two formats that say different things.
	const other = `%h %l %u %t "%r" %>s %O`
	test(head+`5`, "<ambiguous>", "", shortText, other)                     // planned, or with headers
	test(head+`-`, "a -1 ", "", shortText, other)                           // the same
	test(head+`5`, "<ambiguous>", "", shortText, `%h %l %u %t "%r" %>s %D`) // a size, or a duration
	test(head+`5`, "a 5 ", "", shortText, shortText)
	test(head+`5`, "a 5 ", "", `%h %l %u %t "%r" %>s %B`, shortText)
	test(head+`5 "-" "-"`, "a 5 ", "", shortText+` "%{Referer}i" "%{User-Agent}i"`, shortText+` %{Cookie}i`)
	test(head+`5 c`, "b 5 ", "", shortText+` "%{Referer}i" "%{User-Agent}i"`, shortText+` %{Cookie}i`)
	test(head+`5 -`, "<ambiguous>", "", shortText+` %{Cookie}i`, shortText+` %T`+` `+`%{X}i`, shortText+` %X`)

	// The request's quotes are not escaped: where it ends is another for each.
	test(`1.2.3.4 - - `+at+` "GET /a"b" 404 9`, "a 9 unescaped_quote", "", shortText, shortText+` "%{Referer}i" "%{User-Agent}i" %I %O`)
}

// severalTexts are formats as configurations have them side by side.
var severalTexts = []string{
	shortText, longText, headText, `%h %l %u %t "%r" %>s %O`, `%v:%p ` + shortText, `%v ` + shortText, shortText + ` "%{Referer}i" "%{User-Agent}i"`,
	shortText + ` "%{Referer}i" "%{User-Agent}i" %I %O`, shortText + ` "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i"`, shortText + ` %{Cookie}i`,
	`%h %t "%r" %>s %b`, `%h %t "%r" %b %>s`, `%h %t "%r" %>s %b %X`, `%h %t "%r" %>s %b %X%D`, `%t %h "%r" %>s %b`,
	nginxCombinedText, nginxMainText, `$remote_addr [$time_local] "$request" $status $body_bytes_sent`, `$remote_addr|$time_iso8601|$request|$status|$body_bytes_sent`,
	`escape=json {$remote_addr} [$time_local] "$request" $status $body_bytes_sent`, `escape=none ` + nginxCombinedText,
}

// plainSeveral tries every format anew.
func plainSeveral(reading Reading, line []byte) (string, bool) {
	var whole, cut []Record
	var why Reason
	for _, f := range reading.Formats {
		var r Record
		switch reason := Only(f).NewParser().Parse(line, &r); {
		case reason != ReasonNone && f == reading.Main:
			why = reason
		case reason != ReasonNone:
		case r.Flags&FlagCutOff == 0:
			whole = append(whole, r)
		case f == reading.Main:
			cut = slices.Insert(cut, 0, r)
		default:
			cut = append(cut, r)
		}
	}
	says := func(r Record) string {
		s := render(&r)
		s = s[strings.IndexByte(s, ' '):] + r.Format.TimeAt.String()
		if r.Bytes != None {
			s += r.Format.Meaning.String()
		}
		return s
	}
	for _, list := range [][]Record{whole, cut} {
		for _, r := range list {
			if says(r) != says(list[0]) {
				return "<ambiguous>", len(whole) > 0
			}
		}
		if len(list) > 0 {
			return render(&list[0]), len(whole) > 0
		}
	}
	return "<" + why.String() + ">", false
}

// severalParity compares the parser with its plain twin for one line, for
// pairs of formats and for all, whatever line was before.
func severalParity(t *testing.T, formats []*Format, readings []Reading, parsers []Parser, before []Parser, line []byte) {
	t.Helper()
	for i, reading := range readings {
		var r Record
		got := outcome(&r, parsers[i].Parse(line, &r))
		want, _ := plainSeveral(reading, line)
		if got != want {
			t.Fatalf("%q\nline  %q\nfast  %s\nplain %s", texts(reading), line, got, want)
		}
		if again := outcome(&r, before[i].Parse(line, &r)); again != got {
			t.Fatalf("%q\nline  %q\nfirst %s\nother %s", texts(reading), line, got, again)
		}
	}
}

func texts(r Reading) (list []string) {
	for _, f := range r.Formats {
		list = append(list, f.Fields)
	}
	return list
}

// TestSeveralParity: also that formats that are said to be apart are.
func TestSeveralParity(t *testing.T) {
	formats := severalOf(t, severalTexts...)
	rnd := rand.New(rand.NewPCG(31, 32))
	readings := []Reading{{Formats: formats, Main: formats[0]}}
	for range 60 {
		i, j := rnd.IntN(len(formats)), rnd.IntN(len(formats))
		if i != j {
			readings = append(readings, Reading{Formats: []*Format{formats[i], formats[j]}, Main: formats[i]})
		}
	}
	var parsers, before []Parser
	for _, r := range readings {
		parsers, before = append(parsers, r.NewParser()), append(before, r.NewParser())
	}
	seeds := paritySeeds(t)
	seeds = append(seeds, []byte(`h 1.2.3.4 [2000-10-10T13:55:36-07:00] `+get+` 200 6`), []byte(`1.2.3.4 `+at+` `+get+` 200 6`),
		[]byte(`1.2.3.4|2000-10-10T13:55:36-07:00|GET /a HTTP/1.1|200|6`), []byte(`1.2.3.4 `+at+` `+get+` 200 6X 9`), []byte(`{1.2.3.4} `+at+` `+get+` 200 6`))
	for n := range 6000 {
		line := seeds[n%len(seeds)]
		if n >= len(seeds) {
			line = bytes.Clone(seeds[rnd.IntN(len(seeds))])
			for range 1 + rnd.IntN(2) {
				from := rnd.IntN(len(line) + 1)
				to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
				line = slices.Replace(line, from, to, []byte(hostile[rnd.IntN(len(hostile))])...)
			}
			line = bytes.ReplaceAll(line[:len(line)-rnd.IntN(3)*rnd.IntN(len(line)+1)/4], []byte{'\n'}, nil)
		}
		var r Record
		for _, p := range before { // another line before, another format first
			p.Parse(seeds[rnd.IntN(len(seeds))], &r)
		}
		severalParity(t, formats, readings, parsers, before, line)
	}
}

// TestApart: the pairs for which one look must be enough.
func TestApart(t *testing.T) {
	test := func(a, b string, want bool) {
		t.Helper()
		one, two := Only(mustCompile(t, a)).NewParser(), Only(mustCompile(t, b)).NewParser()
		if apart(one, two) != want || apart(two, one) != want {
			t.Errorf("%q and %q: %v, want %v", a, b, !want, want)
		}
	}
	test(shortText, longText, true)
	test(shortText, shortText+` "%{Referer}i" "%{User-Agent}i"`, true)
	test(nginxCombinedText, nginxMainText, true)
	test(nginxCombinedText, nginxCombinedText+` $request_time`, true)
	test(`%h %t "%r" %>s %b`, `%t %h "%r" %>s %b`, false) // a client may be anything
	test(`a %h %t "%r" %>s %b`, `b %h %t "%r" %>s %b`, true)
	test(shortText, `%h %l %u %t "%r" %>s %O`, false)
	test(longText, shortText+` %{Cookie}i`, false)
	test(shortText, `%h %l %u %t "%r" %>s`, false) // the request may end at another quote
	test(nginxCombinedText, `escape=json `+nginxMainText, false)
}

// TestSeveralDetect: a change of the format within a file, and one line.
func TestSeveralDetect(t *testing.T) {
	const short, long = `1.2.3.4 - - ` + at + ` ` + get + ` 200 55` + "\n", `1.2.3.4 - - ` + at + ` ` + get + ` 200 55 "-" "-" 9` + "\n"
	test := func(sample, main string, counts map[string]int, texts ...string) {
		t.Helper()
		d := Detect([]byte(sample), severalOf(t, texts...)...)
		if got := d.Best(); d.Reading.Name() != main || fmt.Sprint(got.Formats) != fmt.Sprint(counts) || got.Cut != 0 || got.Parsed != got.Lines {
			t.Errorf("%s: %+v, want %s %v", d.Reading.Name(), got, main, counts)
		}
	}
	test(strings.Repeat(short, 500)+long, "b", map[string]int{"b": 500, "a": 1}, longText, shortText)
	test(short+strings.Repeat(long, 500), "a", map[string]int{"b": 1, "a": 500}, longText, shortText)
	const p1, p2 = `1.2.3.4 ` + at + ` ` + get + ` 200 5` + "\n", `h 1.2.3.4 [2019-02-03T04:05:06+01:00] ` + get + ` 200 6` + "\n"
	test(strings.Repeat(p1+p2, 3), "a", map[string]int{"a": 3, "b": 3}, `$remote_addr [$time_local] "$request" $status $body_bytes_sent`, headText)
	// Two formats of one syntax: what their sizes mean is not known.
	test(strings.Repeat(short, 5), "common", map[string]int{"common": 5}, shortText, `%h %l %u %t "%r" %>s %O`)
}

func TestSeveralAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	formats := severalOf(t, severalTexts...)
	p := Reading{Formats: formats, Main: formats[0], Rare: formats[3:]}.NewParser()
	data := append(timingLog(1<<14, true), timingLog(1<<14, false)...)
	var r Record
	parseAll(p, &r, data)
	if n := testing.AllocsPerRun(5, func() { parseAll(p, &r, data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
