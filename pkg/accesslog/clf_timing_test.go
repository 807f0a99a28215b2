package accesslog

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// timingLog makes a log like that of a busy recordings server: the same second
// for a few lines, most requests from browsers and players, mean line about 172
// bytes in combined.
func timingLog(size int, tail bool) []byte {
	rnd := rand.New(rand.NewPCG(11, 12))
	agents := []string{
		"curl/7.38.0", "Wget/1.16 (linux-gnu)", "AppleCoreMedia/1.0.0.12A365 (iPhone; U; CPU OS 8_0 like Mac OS X; en_us)", "-",
		"Mozilla/5.0 (compatible; Exabot/3.0; +http://www.exabot.example/go/robot)", "Mozilla/5.0 (X11; Linux x86_64; rv:31.0)",
		"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.89 Safari/537.36",
	}
	at := time.Date(2015, 3, 3, 8, 12, 1, 0, time.FixedZone("", 3600))
	var b bytes.Buffer
	for b.Len() < size {
		if rnd.IntN(4) == 0 {
			at = at.Add(time.Duration(rnd.IntN(3)) * time.Second)
		}
		status, n := 200, fmt.Sprint(rnd.IntN(4000000))
		switch rnd.IntN(8) {
		case 0:
			status, n = 304, "-"
		case 1:
			status = 206
		case 2:
			status = 404
		}
		fmt.Fprintf(&b, `%d.%d.%d.%d - - [%s] "GET /calls/2015-03-0%d/467%08d_%04d.mp3 HTTP/1.1" %d %s`,
			rnd.IntN(224), rnd.IntN(256), rnd.IntN(256), rnd.IntN(256), at.Format("02/Jan/2006:15:04:05 -0700"),
			1+rnd.IntN(9), rnd.IntN(1e8), rnd.IntN(2400), status, n)
		if tail {
			referrer := "-"
			if rnd.IntN(3) == 0 {
				referrer = "https://nas.example/calls/"
			}
			fmt.Fprintf(&b, ` "%s" "%s"`, referrer, agents[rnd.IntN(len(agents))])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// parseAll reads every line of data and gives how many are records.
func parseAll(p Parser, r *Record, data []byte) (records int) {
	lines := NewLines(data)
	for line, ok := lines.Next(); ok; line, ok = lines.Next() {
		if p.Parse(line.Text, r) == ReasonNone {
			records++
		}
	}
	return records
}

// TestAllocs: nothing is allocated per line, good or bad.
func TestAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	data := bytes.Clone(timingLog(1<<16, true))
	data = append(data, timingLog(1<<14, false)...)
	for _, sample := range sampleFiles(t) {
		data = append(append(data, sample...), '\n')
	}
	for _, c := range fieldCases {
		data = append(append(data, c.line...), '\n')
	}
	p := anyCLF().NewParser()
	var r Record
	if n := testing.AllocsPerRun(10, func() { parseAll(p, &r, data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func benchmarkParse(b *testing.B, data []byte) {
	p := anyCLF().NewParser()
	var r Record
	lines := bytes.Count(data, []byte{'\n'})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if parseAll(p, &r, data) != lines {
			b.Fatal("a line was refused")
		}
	}
	b.ReportMetric(float64(len(data))/float64(lines), "bytes/line")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}

func BenchmarkParseCombined(b *testing.B) { benchmarkParse(b, timingLog(1<<20, true)) }

func BenchmarkParseCommon(b *testing.B) { benchmarkParse(b, timingLog(1<<20, false)) }

// BenchmarkChunkAndParse is what a worker does, reading included.
func BenchmarkChunkAndParse(b *testing.B) {
	data := timingLog(8<<20, true)
	p := anyCLF().NewParser()
	var r Record
	buf := make([]byte, 0, ChunkCap)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		c := NewChunker(bytes.NewReader(data))
		for {
			chunk, err := c.Next(buf)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			parseAll(p, &r, chunk.Data)
		}
	}
}
