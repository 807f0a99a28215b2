package casefile

import (
	"fmt"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// BenchmarkTables writes one table after the other, each with as many rows as
// a large log gives: one goroutine fills and one encodes. The requests table
// has a benchmark of its own.
func BenchmarkTables(b *testing.B) {
	reqs := someRequests(1 << 16)
	for _, c := range []struct {
		table string
		rows  int
		row   func(w *Writer, i int, r *request.Request) error
	}{
		{TableDownloads, 1_200_000, func(w *Writer, i int, r *request.Request) error {
			return w.Downloads().Append(&download.Download{
				Client: r.Client, Recording: r.Recording, Requests: 1, ContentRequests: 1, FirstSeen: r.TimeStart, LastSeen: r.TimeStart,
				Size: download.Size{Bytes: r.Bytes, From: download.SizeRepeated}, BytesLower: 0, BytesUpper: r.Bytes,
				Grade: download.GradeLikely, Basis: download.BasisMeaningUnknown, Transfers: 1, UserAgents: 1, FirstSource: r.Source, FirstLine: r.Line,
			})
		}},
		{TableRecordings, 1_200_000, func(w *Writer, i int, r *request.Request) error {
			return w.Recordings().Append(&RecordingRow{
				Recording: r.Recording, Size: r.Bytes, SizeFrom: "repeated", ClientsLikely: 1, ClientsAny: 1,
				FirstDownload: r.TimeStart, LastDownload: r.TimeStart, ListedTo: int64(i % 100),
			})
		}},
		{TableClients, 500_000, func(w *Writer, i int, r *request.Request) error {
			return w.Clients().Append(&ClientRow{
				Client: r.Client, Prefix: string(r.Client), Tags: "tool", Requests: 10, Listings: 1, Likely: 5, Possible: 1, Requested: 7,
				BytesUpper: r.Bytes, FirstSeen: r.TimeStart, LastSeen: r.TimeStart + int64(i),
			})
		}},
		{TableListings, 500_000, func(w *Writer, i int, r *request.Request) error {
			return w.Listings().Append(&ListingRow{
				Client: r.Client, Directory: r.Recording[:20], Requests: 1, FirstSeen: r.TimeStart, LastSeen: r.TimeStart, NamesExposed: accesslog.None,
			})
		}},
		{TableRejects, 100_000, func(w *Writer, i int, r *request.Request) error {
			return w.Rejects().Append(&RejectRow{Source: r.Source, Line: int64(i), Offset: r.Offset, Length: 100, Reason: "no_match", Raw: r.Agent})
		}},
		{TableAgents, 100_000, func(w *Writer, i int, r *request.Request) error {
			return w.Agents().Append(&AgentRow{UserAgent: r.Agent, Clients: 1, Requests: int64(i), Tags: "tool"})
		}},
		{TableSources, 10_000, func(w *Writer, i int, r *request.Request) error {
			return w.Sources().Append(&SourceRow{
				Source: int32(i), Path: fmt.Sprintf("logs/access.log-%d.gz", i), Bytes: r.Bytes, SHA256: "aa", StreamBytes: r.Bytes, StreamSHA256: "bb",
				Format: "combined", Meaning: "unknown", Lines: 9, Requests: 9, FirstTime: r.TimeStart, LastTime: r.TimeStart,
			})
		}},
	} {
		b.Run(c.table, func(b *testing.B) {
			b.ReportAllocs()
			var size int64
			for b.Loop() {
				w, err := Create(b.TempDir()+"/case", CreateOptions{Tables: []string{c.table}})
				if err != nil {
					b.Fatal(err)
				}
				for i := range c.rows {
					if err := c.row(w, i, &reqs[i%len(reqs)]); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.closeTables(); err != nil {
					b.Fatal(err)
				}
				if w.tables[0].Rows() != int64(c.rows) {
					b.Fatalf("%d rows of %d", w.tables[0].Rows(), c.rows)
				}
				size = w.tables[0].sink.n
				w.Abort()
			}
			b.ReportMetric(float64(b.N)*float64(c.rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(size)/float64(c.rows), "B/row")
		})
	}
}
