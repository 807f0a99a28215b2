package pipeline

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// TestBudget: the shares of each phase add up to what is left of the memory, and
// what is not shared out is no more than the collector's part and a little.
func TestBudget(t *testing.T) {
	for _, memory := range []int64{0, 1, 1 << 20, 64 << 20, 256 << 20, 1 << 30, 4 << 30, 64 << 30} {
		for _, workers := range []int{1, 2, 8, 64} {
			for _, tables := range [][]string{nil, {}, {casefile.TableAgents}, {casefile.TableRequests}} {
				for _, inventory := range []int64{0, 100 << 20} {
					b := newBudget(&Options{Memory: memory, Workers: workers, Tables: tables}, inventory, make([]evidence.Source, 20))
					n := int64(b.workers)
					var agents int64
					if wants(tables, casefile.TableAgents) {
						agents = b.fold
					}
					bins := b.bins(1 << 40)
					buffers := int64(bins) * ledgerBlock
					if bins < 1 || bins > 1 && buffers > b.fold/2 {
						t.Errorf("memory %d, %d workers: %d bins", memory, workers, bins)
					}
					free := b.limit - inventory
					for what, phase := range map[string]int64{
						"scan":   b.runs + n*int64(b.batch),
						"decide": b.runs + n*2*b.sorter,
						"group":  b.runs + b.ledgers(bins) + n*(buffers+b.cursors+agents),
						"write":  b.ledgers(bins) + n*(buffers+b.fold+agents),
					} {
						if phase > free*6/10 {
							t.Errorf("memory %d, %d workers, tables %q: %s holds %d of %d", memory, workers, tables, what, phase, free)
						}
					}
					if b.total > 2<<30 && b.limit != b.total {
						t.Errorf("memory %d, %d workers: the collector keeps to %d", memory, workers, b.limit)
					}
					if over := b.limit - b.total - inventory; workers <= 2 && over > 400<<20 {
						t.Errorf("memory %d, %d workers: %d more", memory, workers, over)
					}
					if b.workers > workers || int64(b.workers) > max(2, b.total/(24<<20)) {
						t.Errorf("memory %d, %d workers: there are %d, with less than 24 MiB for each", memory, workers, b.workers)
					}
					if b.runs < 0 || b.batch < 0 || b.fold < 0 {
						t.Errorf("memory %d: %+v", memory, b)
					}
				}
			}
		}
	}
}

// Of files that are zstd by their names so many are reckoned with as are read at once.
func TestBudgetZstd(t *testing.T) {
	files := []evidence.Source{{Path: "a.log"}, {Path: "logs/b.ZST"}, {Path: "c.tzst"}, {Path: "d.zst.gz"}}
	if n := zstdFiles(files); n != 2 {
		t.Errorf("%d files", n)
	}
	o := &Options{Memory: 1 << 30, Workers: 2, Tables: []string{}}
	if plain, packed := newBudget(o, 0, files[:1]), newBudget(o, 0, files[1:2]); plain.runs-packed.runs != framesBytes*6/10/2 {
		t.Errorf("%d and %d bytes for blocks", plain.runs, packed.runs)
	}
}

// What a worker takes of its own, and its chunks, are reckoned with.
func TestBudgetWorkers(t *testing.T) {
	of := func(workers int) budget {
		return newBudget(&Options{Memory: 4 << 30, Workers: workers, Tables: []string{}}, 0, make([]evidence.Source, 1))
	}
	if few, many := of(2), of(12); few.runs-many.runs != 10*(ownBytes+2*accesslog.ChunkCap)*6/10/2 {
		t.Errorf("%d and %d bytes for blocks", few.runs, many.runs)
	}
}
