package spill

import (
	"bytes"
	"fmt"
	"testing"
)

// textCursor walks over texts.
type textCursor struct {
	texts [][]byte
	at    int
}

func (c *textCursor) Next() bool { c.at++; return c.at <= len(c.texts) }
func (c *textCursor) Err() error { return nil }

// BenchmarkMerge merges runs of paths as a scan leaves them: each holds a
// stretch of the recordings of its own, or all hold some of every stretch.
func BenchmarkMerge(b *testing.B) {
	const runs, texts = 16, 160_000
	for _, c := range []struct {
		name string
		run  func(i int) int
	}{
		{"apart", func(i int) int { return i * runs / texts }},
		{"mixed", func(i int) int { return i * 7 % runs }},
	} {
		b.Run(c.name, func(b *testing.B) {
			lists := make([][][]byte, runs)
			for i := range texts {
				at := c.run(i)
				lists[at] = append(lists[at], fmt.Appendf(nil, "/medicall/2018/03/20180314-%06d_1177_in-%07d.wav", i/10, i))
			}
			for b.Loop() {
				cursors := make([]*textCursor, runs)
				for i := range cursors {
					cursors[i] = &textCursor{texts: lists[i]}
				}
				n := 0
				m := NewMerge(cursors, func(x, y *textCursor) bool { return bytes.Compare(x.texts[x.at-1], y.texts[y.at-1]) < 0 })
				for _, ok := m.Next(); ok; _, ok = m.Next() {
					n++
				}
				if n != texts {
					b.Fatalf("%d of %d", n, texts)
				}
			}
			b.ReportMetric(float64(b.N)*texts/b.Elapsed().Seconds(), "items/s")
		})
	}
}

// BenchmarkEach puts two workers' sums together, key by key, from memory and
// from disk.
func BenchmarkEach(b *testing.B) {
	const keys = 50_000
	for _, c := range []struct {
		name          string
		store, memory int64
	}{{"memory", 1 << 30, 1 << 30}, {"disk", 0, 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			s := NewStore(c.store, b.TempDir())
			defer s.Close()
			folds := []*Fold[tally]{NewFold(s, c.memory, tallyCodec), NewFold(s, c.memory, tallyCodec)}
			for i := range 2 * keys {
				v, _, err := folds[i%2].At(fmt.Appendf(nil, "10.%d.%d.%d", i/2>>12, i/2>>6&63, i/2&63))
				if err != nil {
					b.Fatal(err)
				}
				v.sum++
			}
			for b.Loop() {
				n := 0
				if err := Each(folds, func([]byte, *tally) error { n++; return nil }); err != nil {
					b.Fatal(err)
				}
				if n != keys {
					b.Fatalf("%d of %d", n, keys)
				}
			}
			b.ReportMetric(float64(b.N)*keys/b.Elapsed().Seconds(), "keys/s")
		})
	}
}
