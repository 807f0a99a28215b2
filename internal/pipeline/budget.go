package pipeline

import (
	"runtime"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// budget is how the memory is shared out. What grows with the evidence has one
// of these shares, and goes to disk beyond it.
type budget struct {
	total   int64 // what was given
	limit   int64 // what the collector keeps to: total, and more if that is less than what has a fixed size
	workers int
	readers int   // of files, side by side
	chunks  int   // buffers of the scan
	runs    int64 // blocks that stay in memory, of all workers
	batch   int   // scan: one worker's batch, at most
	sorter  int64 // decide: one worker's events, or twins
	cursors int64 // group: one worker's cursors on the runs; those for a recording or a directory that is read again come on top
	fold    int64 // group: a worker's ledger, or its fold of agents; write: one of its folds
}

// About what has a fixed size, in bytes.
const (
	fixedBytes    = 24 << 20  // the program itself, and small things
	requestsBytes = 110 << 20 // the requests table: row groups of 65,536 rows, one that is filled and one that is encoded
	tableBytes    = 14 << 20  // any other table
	readerBytes   = 4 << 20   // what a reader of a file unpacks ahead
	framesBytes   = 20 << 20  // and beside that of zstd: two frames of 8 MiB, and their stored bytes
	workerBytes   = 24 << 20  // a worker: its rows on the way to the tables, caches, a chunk; with less there are fewer
	ownBytes      = 6 << 20   // of that its caches, and rows on their way
)

// mostBatch is how large a batch may grow; larger ones gain nothing.
const mostBatch = 64 << 20

// newBudget shares out what is left by what is held already (the inventory, the
// labels), the readers, the chunks and the tables. Of that four tenths are what
// the collector needs to breathe; half of the rest is for blocks, and half for
// what the phase at hand works with: while the evidence is scanned the batches,
// then the sorters, then ledgers, folds and cursors.
func newBudget(o *Options, held int64, files []evidence.Source) budget {
	b := budget{total: o.memory(), workers: o.Workers}
	if b.workers <= 0 {
		b.workers = runtime.GOMAXPROCS(0)
	}
	b.workers = min(b.workers, int(max(2, b.total/workerBytes)))
	b.readers = max(1, min(len(files), b.workers, int(max(2, b.total/readerMemory))))
	b.chunks = 2*b.readers + 2*b.workers + 1 // for each one at hand and one on its way
	workers := int64(b.workers)
	readers := int64(b.readers)*readerBytes + int64(min(b.readers, zstdFiles(files)))*framesBytes
	fixed := fixedBytes + held + readers + int64(b.chunks)*accesslog.ChunkCap + workers*ownBytes + tablesBytes(o.Tables)
	free := max(b.total-fixed, b.total/3)
	b.limit = fixed + free
	share := free * 6 / 10
	b.runs = share / 2
	work := (share - b.runs) / workers
	b.batch = int(min(work, mostBatch))
	b.sorter, b.cursors, b.fold = work/2, work/2, work/2
	if wants(o.Tables, casefile.TableAgents) {
		b.fold /= 2
	}
	return b
}

// The totals of a bin's clients shall fit a cache, and so shall the ends of a
// ledger's buffers, of which there is one for each bin.
const (
	binRequests = 16 << 10
	mostBins    = 1 << 10
)

// bins is how many bins the clients of so many requests are put into. The ledgers'
// buffers for them take half of what folds will take later, at most.
func (b *budget) bins(requests int64) int {
	return int(max(1, min(requests/binRequests, mostBins, b.fold/2/ledgerBlock)))
}

// ledgers is how many bytes of ledgers stay in memory beside their buffers: while
// requests are grouped, those of the folds that add the ledgers up later.
func (b *budget) ledgers(bins int) int64 {
	return max(0, b.fold-int64(bins)*ledgerBlock) * int64(b.workers)
}

// zstdFiles counts the files that are zstd by their names. A reader of one that is
// not named so takes framesBytes that were not reckoned.
func zstdFiles(files []evidence.Source) (n int) {
	for _, f := range files {
		if name := strings.ToLower(f.Path); strings.HasSuffix(name, ".zst") || strings.HasSuffix(name, ".tzst") {
			n++
		}
	}
	return n
}

func tablesBytes(tables []string) (n int64) {
	for _, t := range casefile.TableNames() {
		switch {
		case !wants(tables, t):
		case t == casefile.TableRequests:
			n += requestsBytes
		default:
			n += tableBytes
		}
	}
	return n
}

// wants says whether a table is among those to be written; nil: all are.
func wants(tables []string, name string) bool { return tables == nil || slices.Contains(tables, name) }
