package accesslog

import "testing"

// BenchmarkSeveral: a format among others that are apart from it; compare with
// BenchmarkCompiledCombined.
func BenchmarkSeveral(b *testing.B) {
	formats := severalOf(b, stockFormats["combined"], shortText, longText)
	data := timingLog(1<<20, true)
	p := Reading{Formats: formats, Main: formats[0]}.NewParser()
	var r Record
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if parseAll(p, &r, data) == 0 {
			b.Fatal("no records")
		}
	}
}
