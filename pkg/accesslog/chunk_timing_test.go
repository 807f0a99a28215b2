package accesslog

import (
	"bytes"
	"io"
	"testing"
)

// BenchmarkLines cuts a stream into chunks and those into lines, and reads none
// of them.
func BenchmarkLines(b *testing.B) {
	data := timingLog(8<<20, true)
	want := bytes.Count(data, []byte{'\n'})
	buf := make([]byte, 0, ChunkCap)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		c := NewChunker(bytes.NewReader(data))
		for {
			chunk, err := c.Next(buf)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			lines := NewLines(chunk.Data)
			for _, ok := lines.Next(); ok; _, ok = lines.Next() {
				got++
			}
		}
		if got != want {
			b.Fatalf("%d lines of %d", got, want)
		}
	}
	b.ReportMetric(float64(b.N)*float64(want)/b.Elapsed().Seconds(), "lines/s")
}
