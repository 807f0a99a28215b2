package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// render writes every field of a record that is set, for comparisons and
// goldens.
func render(r *Record) string {
	var b strings.Builder
	b.WriteString(r.Format.Name)
	text := func(name string, v []byte) {
		if v != nil {
			fmt.Fprintf(&b, " %s=%q", name, v)
		}
	}
	number := func(name string, v int64) {
		if v != None {
			fmt.Fprintf(&b, " %s=%d", name, v)
		}
	}
	text("host", r.Host)
	text("client", r.Client)
	text("user", r.User)
	if r.Time != NoTime {
		zone := time.FixedZone("", int(r.UTCOffsetMin)*60)
		b.WriteString(" time=" + time.UnixMicro(r.Time).In(zone).Format("2006-01-02T15:04:05.999999-07:00"))
	}
	text("method", r.Method)
	text("target", r.Target)
	text("protocol", r.Protocol)
	if r.Status != 0 {
		fmt.Fprintf(&b, " status=%d", r.Status)
	}
	number("bytes", r.Bytes)
	number("sent", r.Sent)
	number("object_size", r.ObjectSize)
	number("range_start", r.RangeStart)
	number("range_end", r.RangeEnd)
	number("duration_us", r.DurationUS)
	text("referrer", r.Referrer)
	text("agent", r.Agent)
	text("forwarded", r.Forwarded)
	if r.RangeFrom != RangeNone || r.Finished != FinishedUnknown {
		fmt.Fprintf(&b, " range_from=%s finished=%d", rangeFromNames[r.RangeFrom], r.Finished)
	}
	if r.Flags != 0 {
		b.WriteString(" flags=" + strings.Join(r.Flags.Names(), ","))
	}
	if r.NumberAtEnd {
		b.WriteString(" number_at_end")
	}
	if r.LocalTime {
		b.WriteString(" local_time")
	}
	if r.TextAtEnd {
		b.WriteString(" text_at_end")
	}
	return b.String()
}

// outcome is a rendered record, or the reason in angle brackets.
func outcome(r *Record, reason Reason) string {
	if reason != ReasonNone {
		return "<" + reason.String() + ">"
	}
	return render(r)
}

// anyCLF is the reading of a source in which the family was found.
func anyCLF() Reading {
	return Reading{Formats: formatsOf("clf"), Main: formatCombined}
}

// parity compares parser and twin for one line, under every reading.
func parity(t *testing.T, line []byte) {
	t.Helper()
	warm := []byte(`1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5 "-" "-"`)
	readings := []Reading{anyCLF()}
	for _, f := range anyCLF().Formats {
		rare := Reading{Formats: anyCLF().Formats, Main: f}
		for _, other := range rare.Formats {
			if other != f {
				rare.Rare = append(rare.Rare, other)
			}
		}
		readings = append(readings, Only(f), rare)
	}
	for _, reading := range readings {
		name := fmt.Sprintf("%s of %d, %d rare", reading.Main.Name, len(reading.Formats), len(reading.Rare))
		var r Record
		p := reading.NewParser()
		got := outcome(&r, p.Parse(line, &r))
		plain, reason := plainCLF(reading, line)
		if want := outcome(&plain, reason); got != want {
			t.Fatalf("format %s\nline  %q\nfast  %s\nplain %s", name, line, got, want)
		}
		p.Parse(warm, &r) // what a parser keeps from line to line must not show
		if again := outcome(&r, p.Parse(line, &r)); again != got {
			t.Fatalf("format %s\nline   %q\nfirst  %s\nsecond %s", name, line, got, again)
		}
	}
}

// paritySeeds are the lines of the samples and of the table of fields.
func paritySeeds(t testing.TB) [][]byte {
	t.Helper()
	var seeds [][]byte
	for _, data := range sampleFiles(t) {
		lines := NewLines(data)
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			seeds = append(seeds, line.Text)
		}
	}
	for _, c := range fieldCases {
		seeds = append(seeds, []byte(c.line))
	}
	if len(seeds) == len(fieldCases) || len(fieldCases) == 0 {
		t.Fatal("seeds are missing")
	}
	return seeds
}

func TestCLFParity(t *testing.T) {
	for _, line := range paritySeeds(t) {
		parity(t, line)
	}
}

// TestCLFParityCut compares on begins of the seeds, most at the end where the
// formats part.
func TestCLFParityCut(t *testing.T) {
	for i, line := range paritySeeds(t) {
		for n := range line {
			if n%32 == i%32 || n > len(line)-8 {
				parity(t, line[:n])
			}
		}
	}
}

// TestCLFParityRandom puts hostile pieces into the seeds, where random bytes
// would seldom meet the grammar.
func TestCLFParityRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 14))
	seeds := paritySeeds(t)
	for range 3000 {
		line := bytes.Clone(seeds[rnd.IntN(len(seeds))])
		for range 1 + rnd.IntN(4) {
			from := rnd.IntN(len(line) + 1)
			to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
			line = slices.Replace(line, from, to, []byte(hostile[rnd.IntN(len(hostile))])...)
		}
		parity(t, bytes.ReplaceAll(line[:len(line)-rnd.IntN(3)*rnd.IntN(len(line)+1)/4], []byte{'\n'}, nil))
	}
}

func FuzzCLFParity(f *testing.F) {
	for _, line := range paritySeeds(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1<<12 || bytes.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		parity(t, line)
	})
}
