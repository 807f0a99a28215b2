package accesslog

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// twinFormats are the timed formats that the twin can read: not those with nginx's
// lists, with two texts that nothing parts, and with two times.
var twinFormats = func() []string {
	return slices.DeleteFunc(slices.Clone(timedFormats), func(s string) bool {
		return strings.Contains(s, "$upstream_") || strings.Contains(s, "$host$") || strings.Contains(s, "$is_args") || strings.Contains(s, "%{end:")
	})
}()

// pair is a compiled format and its twin.
type pair struct {
	made *both
	twin *twin
	hand *Format // the format of the family that is the same; nil: none
}

func newPair(t testing.TB, s string) *pair {
	t.Helper()
	p := &pair{made: newBoth(mustCompile(t, s)), twin: newTwin(s)}
	for name, stock := range stockFormats {
		if f, ok := FormatByName(name); ok && stock == s && f != formatNginxMain && name != "vhost_combined" { // whose size is another role
			p.hand = f
		}
	}
	return p
}

// parity compares a compiled format with its twin for one line, and with the
// hand-tuned path where there is one.
func (p *pair) parity(t *testing.T, line []byte) {
	t.Helper()
	var r, hand Record
	name := p.made.format.Name
	reason := p.made.parse(t, line, &r)
	want, one, known := p.twin.read(line)
	want.Format, want.NumberAtEnd, want.TextAtEnd = p.made.format, r.NumberAtEnd, r.TextAtEnd
	read := reason == ReasonNone && r.Flags == 0
	switch {
	case !known:
	case one && read && render(&want) != render(&r):
		t.Fatalf("%s\nline  %q\nfast  %s\nplain %s", name, line, render(&r), render(&want))
	case one && !read && p.restWithQuote(line) && reason == p.made.format.last().reason():
		// an unquoted text at the end with a quote in it: a line of another format
	case one != read && !mayDiffer(one, reason, line, &r):
		t.Fatalf("%s\nline  %q\nfast  %s\nplain %v %s", name, line, outcome(&r, reason), one, render(&want))
	}
	if p.hand == nil {
		return
	}
	handReason := Only(p.hand).NewParser().Parse(line, &hand)
	hand.Format = r.Format
	if handReason == ReasonNone {
		hand.Format = p.made.format
	}
	if handReason == ReasonNone && reason == ReasonNone && render(&hand) != render(&r) {
		t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, render(&r), render(&hand))
	}
	vhost := strings.HasPrefix(p.hand.Name, "vhost")
	if handReason != ReasonNone && read && !vhost {
		t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, render(&r), handReason)
	}
	if handReason == ReasonNone && reason != ReasonNone && !vhost && !lessThanCLF(p.hand.Name, line, &hand) {
		t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, reason, render(&hand))
	}
}

// restWithQuote says whether the format ends in an unquoted text, and the line
// holds more quotes that are not escaped than the format has.
func (p *pair) restWithQuote(line []byte) bool {
	f := p.made.format.last()
	bare := regexp.MustCompile(`(?s)\\.`).ReplaceAll(line, nil)
	return f.scan == scanRest && f.shape == shapeText && bytes.Count(bare, []byte{'"'}) > strings.Count(p.made.format.Name, `"`)
}

// last is the last field of a compiled format.
func (f *Format) last() *field {
	fields := Only(f).NewParser().(*compiledParser).fields
	return &fields[len(fields)-1]
}

// mayDiffer: what the twin does not know. Numbers out of range and heads of other
// formats; and lines that were cut or not escaped.
func mayDiffer(one bool, reason Reason, line []byte, r *Record) bool {
	switch {
	case !one:
		return r.Flags&(FlagCutOff|FlagUnescapedQuote) != 0
	case regexp.MustCompile(`\d{19}`).Match(line):
		return reason == ReasonBadBytes || reason == ReasonBadTail || reason == ReasonMissingFields
	}
	return reason == ReasonMissingFields
}

// lessThanCLF: what the hand-tuned path reads and a compiled format does not. No
// server writes these: a quote in the head that is not escaped, no client, an
// empty ident; and nginx's format has no ident.
func lessThanCLF(name string, line []byte, hand *Record) bool {
	head := line[:new(clf).findTime(line)]
	return name == "nginx_combined" || string(hand.Client) == "-" || closingQuote(head) >= 0 || string(hand.User) != `""` && closingQuote(hand.User) >= 0 || bytes.HasPrefix(head[len(hand.Client):], []byte("  "))
}

var parityLines = flag.Int("parity", 150, "changed lines a format")

// changedLines are lines that a format writes, with hostile pieces in them.
func changedLines(rnd *rand.Rand, lines [][]byte, n int) [][]byte {
	var changed [][]byte
	for range n {
		line := bytes.Clone(lines[rnd.IntN(len(lines))])
		for range 1 + rnd.IntN(3) {
			from := rnd.IntN(len(line) + 1)
			to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
			line = slices.Replace(line, from, to, []byte(hostile[rnd.IntN(len(hostile))])...)
		}
		changed = append(changed, bytes.ReplaceAll(line, []byte{'\n'}, nil))
	}
	return changed
}

func TestCompileParity(t *testing.T) {
	rnd := rand.New(rand.NewPCG(41, 42))
	for _, s := range twinFormats {
		p := newPair(t, s)
		lines := bytes.Split(bytes.TrimSpace(writtenLog(s, oddRequests(rnd, 60))), []byte("\n"))
		if p.hand != nil {
			lines = append(lines, paritySeeds(t)...)
		}
		one := 0
		for _, line := range lines[:60] {
			_, is, _ := p.twin.read(line)
			one += b2i(is)
		}
		if one < 40 {
			t.Errorf("%s: the twin reads %d of 60 lines", s, one)
		}
		for _, line := range append(lines, changedLines(rnd, lines, *parityLines)...) {
			p.parity(t, line)
		}
	}
}

// FuzzCompileParity: every timed format against its twin and the hand-tuned path.
func FuzzCompileParity(f *testing.F) {
	for _, line := range paritySeeds(f) {
		f.Add(line, uint8(0))
	}
	for i, s := range twinFormats {
		for _, request := range oddRequests(rand.New(rand.NewPCG(43, 44)), 20) {
			f.Add([]byte(request.written(s)), uint8(i))
		}
	}
	pairs := make([]*pair, len(twinFormats))
	f.Fuzz(func(t *testing.T, line []byte, i uint8) {
		if len(line) > 1<<10 || bytes.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		n := int(i) % len(pairs)
		if pairs[n] == nil {
			pairs[n] = newPair(t, twinFormats[n])
		}
		pairs[n].parity(t, line)
	})
}
