package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// BenchmarkRuns merges runs as a scan leaves them: each holds recordings of all
// years, most of which are in some other run too.
func BenchmarkRuns(b *testing.B) {
	const rows = 4096 // of a run
	for _, many := range []int{64, 512} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			store := spill.NewStore(1<<40, "")
			all := &runs{store: store, stop: func() error { return nil }}
			rng := rand.New(rand.NewPCG(1, 2))
			start := time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)
			for i := range many {
				batch := request.NewBatch(1 << 30)
				for j := range rows {
					n := rng.IntN(many * rows * 2 / 3)
					at := start.Add(6 * 365 * 24 * time.Hour / time.Duration(many*rows) * time.Duration(n))
					recording := fmt.Appendf(nil, "/medicall/%s/%s_1177_in-%07d.wav", at.Format("2006/01"), at.Format("20060102-150405"), 1_000_000+n)
					if j%50 == 0 {
						recording = at.AppendFormat(nil, "/medicall/2006/01/")
					}
					batch.Add(&request.Request{
						Source: 1, Line: int64(j), Offset: int64(i*rows + j), Recording: recording,
						Client: fmt.Appendf(nil, "10.%d.%d.%d", rng.IntN(256), rng.IntN(256), rng.IntN(256)), Agent: fmt.Appendf(nil, "agent %d", rng.IntN(50)),
						TimeStart: rng.Int64N(1e15), TimeEnd: accesslog.NoTime, Status: 200, Bytes: rng.Int64N(1e6), Sent: accesslog.None,
						ObjectSize: accesslog.None, DurationUS: accesslog.None,
					})
				}
				var r run
				if err := r.take(store, batch); err != nil {
					b.Fatal(err)
				}
				all.all = append(all.all, r)
			}
			b.ReportAllocs()
			var q request.Request
			for b.Loop() {
				n := 0
				m := all.merge(nil, nil)
				for c, ok := m.Next(); ok; c, ok = m.Next() {
					if err := c.read(&q); err != nil {
						b.Fatal(err)
					}
					n++
				}
				if err := m.Err(); err != nil || n != many*rows {
					b.Fatalf("%d requests, %v", n, err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(many*rows)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
