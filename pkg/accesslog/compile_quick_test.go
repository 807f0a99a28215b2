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
	requests := servedRequests(200)
	for i := range requests {
		r := &requests[i]
		switch rnd.IntN(30) {
		case 0:
			r.user = "bob smith"
		case 1:
			r.user = "bob"
		case 2:
			r.query = "a=1&b=/x y"
		case 3:
			r.path = "/a b%c?d#e"
		case 4:
			r.agent = "a \"b\" [c] | d\te"
		case 5:
			r.client = "2001:db8::7"
		case 6:
			r.forwarded = "9.9.9.9, 8.8.8.8"
		}
	}
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
		for range 400 {
			line := bytes.Clone(lines[rnd.IntN(len(lines))])
			for range 1 + rnd.IntN(3) {
				from := rnd.IntN(len(line) + 1)
				to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
				line = slices.Replace(line, from, to, []byte(hostile[rnd.IntN(len(hostile))])...)
			}
			if rnd.IntN(4) == 0 {
				line = line[:rnd.IntN(len(line)+1)]
			}
			b.parse(t, bytes.ReplaceAll(line, []byte{'\n'}, nil), &r)
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
	for _, s := range append(slices.Clone(timedFormats), combinedForwardedText) {
		if Only(mustCompile(t, s)).NewParser().(*compiledParser).compiled.quick == nil {
			t.Errorf("%s has no quick reading", strings.TrimSpace(s))
		}
	}
}
