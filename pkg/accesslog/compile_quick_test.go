package accesslog

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// both reads lines quickly where that goes and with care, and compares.
type both struct {
	quick, careful Parser
	format         *Format
	read           int // lines that the quick reading alone read
}

func newBoth(f *Format) *both {
	quick := Only(f).NewParser().(*compiledParser)
	slow := *quick.compiled
	slow.quick = nil
	return &both{quick: quick, careful: newCompiled(&slow, Only(f)), format: f}
}

// parse is the quick parser's, which r borrows from.
func (b *both) parse(t *testing.T, line []byte, r *Record) Reason {
	t.Helper()
	want := outcome(r, b.careful.Parse(line, r))
	reason := b.quick.Parse(line, r)
	if got := outcome(r, reason); got != want {
		t.Fatalf("%s\n%q\nquick   %s\ncareful %s", b.format.Name, line, got, want)
	}
	p := b.quick.(*compiledParser)
	var alone Record
	if p.begin(&alone); p.compiled.quick != nil && bytes.HasPrefix(line, []byte(p.first)) && p.readQuick(line, &alone) {
		b.read++
	}
	return b.quick.Parse(line, r)
}

// TestQuick: on lines of every timed format, whole, changed and cut, the quick
// reading and the careful one agree, and the quick one reads nearly all that are
// as they were written.
func TestQuick(t *testing.T) {
	rnd := rand.New(rand.NewPCG(61, 62))
	requests := oddRequests(rnd, 200)
	for _, s := range timedFormats {
		b := newBoth(mustCompile(t, s))
		var r Record
		lines := bytes.Split(bytes.TrimSpace(writtenLog(s, requests)), []byte("\n"))
		for _, line := range lines {
			b.parse(t, line, &r)
		}
		if b.read < len(lines)*2/3 {
			t.Errorf("%s: %d of %d lines are quick", s, b.read, len(lines))
		}
		for _, line := range changedLines(rnd, lines, 400) {
			if rnd.IntN(4) == 0 {
				line = line[:rnd.IntN(len(line)+1)]
			}
			b.parse(t, line, &r)
		}
	}
}

// FuzzQuick: the quick reading and the careful one agree, on every line of every
// timed format and of any other.
func FuzzQuick(f *testing.F) {
	if len(timedFormats) == 0 {
		f.Fatal("no seeds")
	}
	for i, s := range timedFormats {
		for _, request := range servedRequests(2) {
			f.Add(uint8(i), "", []byte(request.written(s)))
		}
		f.Add(uint8(0), s, []byte(servedRequests(1)[0].written(s)))
	}
	made := make([]*both, len(timedFormats))
	f.Fuzz(func(t *testing.T, i uint8, format string, line []byte) {
		if len(line) > 1<<11 || len(format) > 500 || bytes.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		var r Record
		if format != "" {
			if compiled, err := CompileFormat(format); err == nil {
				newBoth(compiled).parse(t, line, &r)
			}
			return
		}
		n := int(i) % len(timedFormats)
		if made[n] == nil {
			made[n] = newBoth(mustCompile(t, timedFormats[n]))
		}
		made[n].parse(t, line, &r)
	})
}

// TestQuickFormats: which formats have no quick reading.
func TestQuickFormats(t *testing.T) {
	for _, s := range append(slices.Clone(timedFormats), `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i"`) {
		if Only(mustCompile(t, s)).NewParser().(*compiledParser).compiled.quick == nil {
			t.Errorf("%s has no quick reading", strings.TrimSpace(s))
		}
	}
}
