package request

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
)

// realistic makes requests as a leak's logs have them: long paths of
// recordings, many clients, few agents.
func realistic(n int) []Request {
	rng := rand.New(rand.NewPCG(1, 1))
	reqs := make([]Request, n)
	for i := range reqs {
		r := &reqs[i]
		*r = bare("", int64(200*i))
		day := rng.IntN(28)
		r.Recording = fmt.Appendf(nil, "/medicall/2018/03/201803%02d-%06d_%d_46701%06d_in-%08d.wav", day+1, rng.IntN(240_000), rng.IntN(2000), rng.IntN(1_000_000), rng.IntN(100_000_000))
		r.URL = r.Recording
		r.Client = fmt.Appendf(nil, "%d.%d.%d.%d", 10+rng.IntN(5), rng.IntN(100), rng.IntN(10), rng.IntN(10))
		r.Agent = fmt.Appendf(nil, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", rng.IntN(200))
		r.Method, r.Protocol = []byte("GET"), []byte("HTTP/1.1")
		r.Line, r.Status, r.Bytes, r.Meaning = int64(i), 200, rng.Int64N(3_000_000), accesslog.MeaningPlanned
		r.TimeStart = 1_521_000_000_000_000 + int64(i)*1_000_000
	}
	return reqs
}

func TestBatchAddAllocatesNothing(t *testing.T) {
	reqs := realistic(3000)
	b := NewBatch(64 << 20)
	fill := func() {
		for i := range reqs {
			b.Add(&reqs[i])
		}
	}
	drop := func(_, _ []byte) error { return nil }
	for range 2 {
		fill()
		b.Flush(drop)
	}
	i := 0
	if n := testing.AllocsPerRun(len(reqs)-1, func() { b.Add(&reqs[i]); i++ }); n != 0 {
		t.Errorf("%v allocations an Add", n)
	}
	b.Flush(drop)
	if n := testing.AllocsPerRun(5, func() { fill(); b.Flush(drop) }); n > 2 {
		t.Errorf("%v allocations a batch", n)
	}
}

func BenchmarkBatch(b *testing.B) {
	reqs := realistic(30_000)
	batch := NewBatch(1 << 30)
	var size int
	b.ReportAllocs()
	for b.Loop() {
		size = 0
		for i := range reqs {
			batch.Add(&reqs[i])
		}
		batch.Flush(func(block, _ []byte) error { size += len(block); return nil })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(reqs)), "ns/request")
	b.ReportMetric(float64(size)/float64(len(reqs)), "B/request")
}

// BenchmarkFlush sorts and encodes batches that fit the cache, and such that do
// not; and one in which some pages that list recordings were asked for by many.
func BenchmarkFlush(b *testing.B) {
	for _, c := range []struct {
		name        string
		rows, pages int // of the rows that many are for pages
	}{{"6000", 6_000, 0}, {"24000", 24_000, 0}, {"120000", 120_000, 0}, {"pages", 120_000, 6_000}} {
		b.Run(c.name, func(b *testing.B) {
			reqs := realistic(c.rows)
			for i := range c.pages {
				reqs[i*c.rows/c.pages].Recording = fmt.Appendf(nil, "/medicall/2018/%02d/", i%3+1)
			}
			batch := NewBatch(1 << 30)
			var took time.Duration
			for b.Loop() {
				for i := range reqs {
					batch.Add(&reqs[i])
				}
				start := time.Now()
				batch.Flush(func(_, _ []byte) error { return nil })
				took += time.Since(start)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N*len(reqs)), "flush-ns/request")
		})
	}
}

func BenchmarkDecoder(b *testing.B) {
	reqs := realistic(30_000)
	batch := NewBatch(1 << 30)
	for i := range reqs {
		batch.Add(&reqs[i])
	}
	blocks, _ := flush(b, batch)
	var d Decoder
	var k Key
	var r Request
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		for _, block := range blocks {
			if err := d.Reset(block); err != nil {
				b.Fatal(err)
			}
			for {
				ok, err := d.Next(&k)
				if err != nil {
					b.Fatal(err)
				}
				if !ok {
					break
				}
				if err := d.Read(&k, &r); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	if n != len(reqs) {
		b.Fatal(n)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/request")
}
