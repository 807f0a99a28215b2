package coverage

import (
	"fmt"
	"testing"
)

// timingLines are lines of a combined log, about four a second.
func timingLines(n int) [][]byte {
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `192.0.2.%d - - [18/Feb/2019:%02d:%02d:%02d +0100] "GET /medicall/2018/%08d.wav HTTP/1.1" 200 %d "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/72"`,
			i%200, i/14400%24, i/240%60, i/4%60, i*7919, i*31)
	}
	return lines
}

func timingSketch(s Sketch, lines [][]byte) Sketch {
	for i, line := range lines {
		s = s.Add(line, i*170, true)
		s.Set(Request, int64(i/4)*1e6)
	}
	return s
}

func BenchmarkSketch(b *testing.B) {
	lines := timingLines(3000)
	var s Sketch
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		s = timingSketch(s[:0], lines)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/line")
}

func BenchmarkWinnow(b *testing.B) {
	s := timingSketch(nil, timingLines(3000))
	w := NewWinnow(1, 0)
	var items []Item
	b.ReportAllocs()
	for b.Loop() {
		items = w.Add(s, items[:0])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*s.Len()), "ns/line")
	b.ReportMetric(float64(len(items))/float64(s.Len()), "anchors/line")
}

func BenchmarkBorders(b *testing.B) {
	s := timingSketch(nil, timingLines(3000))
	log := func(int32) Log { return wholeLog{s} }
	borders, err := NewBorders([]int32{1}, log)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := borders.Add(1, 0, s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*s.Len()), "ns/line")
}

// wholeLog is a log in one sketch.
type wholeLog struct{ sketch Sketch }

func (l wholeLog) Lines() int64                        { return int64(l.sketch.Len()) }
func (l wholeLog) Open() bool                          { return false }
func (l wholeLog) Sketch(int64) (Sketch, int64, error) { return l.sketch, 0, nil }
func (l wholeLog) Extent(line int64) (int64, int64, error) {
	return l.sketch.Start(int(line)), l.sketch.Start(int(line)) + 1, nil
}
