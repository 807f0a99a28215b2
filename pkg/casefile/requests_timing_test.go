package casefile

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// someRequests makes requests as in the yardstick: nearly every recording is
// asked for once, by many clients with few agents.
func someRequests(n int) []request.Request {
	rnd := rand.New(rand.NewPCG(1, 2))
	clients := make([][]byte, 50_000)
	for i := range clients {
		clients[i] = fmt.Appendf(nil, "%d.%d.%d.%d", 1+rnd.IntN(222), rnd.IntN(256), rnd.IntN(256), rnd.IntN(256))
	}
	agents := make([][]byte, 200)
	for i := range agents {
		agents[i] = fmt.Appendf(nil, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.%d Safari/537.36", 60+rnd.IntN(60), rnd.IntN(5000), rnd.IntN(200))
	}
	get, proto, host := []byte("GET"), []byte("HTTP/1.1"), []byte("nas.example.org")
	reqs := make([]request.Request, n)
	for i := range reqs {
		rec := i * 3 / 4
		path := fmt.Appendf(nil, "/recordings/2013/%02d/%02d/46%08d_%07d.wav", 1+rec/140_000%12, 1+rec/5000%28, rec*7919%100_000_000, rec)
		bytes := int64(20_000 + rnd.IntN(5_000_000))
		t := int64(1_400_000_000_000_000) + rnd.Int64N(3e13)/1e6*1e6
		r := request.Request{
			Source: int32(1 + rnd.IntN(12)), Line: rnd.Int64N(5_500_000), Offset: rnd.Int64N(949_000_000),
			TimeStart: t, TimeEnd: accesslog.NoTime, UTCOffsetMin: 120,
			Client: clients[rnd.IntN(len(clients))], Method: get, Recording: path, URL: path, Host: host, Protocol: proto,
			Agent: agents[rnd.IntN(len(agents))], Status: 200, Bytes: bytes, Sent: accesslog.None, ObjectSize: accesslog.None,
			Meaning: accesslog.MeaningPlanned, RangeStart: accesslog.None, RangeEnd: accesslog.None, DurationUS: accesslog.None,
		}
		if rnd.IntN(10) == 0 {
			r.Status, r.RangeStart, r.RangeEnd, r.RangeFrom = 206, 0, bytes-1, accesslog.RangeContent
		}
		if rnd.IntN(20) == 0 {
			r.Referrer = []byte("http://nas.example.org/recordings/2013/")
		}
		reqs[i] = r
	}
	return reqs
}

// BenchmarkRequests writes as many requests as the yardstick holds: 1.6 s on two
// idle cores of an AMD EPYC with snappy, twice that with zstd.
func BenchmarkRequests(b *testing.B) {
	for _, codec := range []string{"snappy", "zstd"} {
		b.Run(codec, func(b *testing.B) {
			const rows = 1_650_000 // the yardstick's
			reqs := someRequests(4 * groupRows)
			b.ReportAllocs()
			for b.Loop() {
				w, err := Create(b.TempDir()+"/case", CreateOptions{Tables: []string{TableRequests}, Compression: codec})
				if err != nil {
					b.Fatal(err)
				}
				for i := range rows {
					i %= len(reqs)
					if err := w.Requests().Append(&reqs[i]); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.closeTables(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(w.requests.sink.n)/rows, "B/row")
				w.Abort()
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
