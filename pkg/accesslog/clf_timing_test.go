package accesslog

import (
	"bytes"
	"io"
	"testing"
)

// timingLog makes a log of size bytes or little more, of combined or, without its
// tail, common: see servedRequests.
func timingLog(size int, tail bool) []byte {
	format := stockFormats["common"]
	if tail {
		format = stockFormats["combined"]
	}
	data := writtenLog(format, servedRequests(size/100+1))
	return data[:size+1+bytes.IndexByte(data[size:], '\n')]
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
