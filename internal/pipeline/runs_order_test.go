package pipeline

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/request"
)

// plain is the order of requests without codes.
func plain(a, b *request.Request) int {
	return cmp.Or(bytes.Compare(a.Recording, b.Recording), bytes.Compare(a.Client, b.Client),
		cmp.Compare(a.Time(), b.Time()), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Offset, b.Offset))
}

// alikePaths are recordings that share beginnings of any length: prefixes of each
// other, with the least and the largest byte, and the same again.
func alikePaths(rng *rand.Rand) func() []byte {
	stem := strings.Repeat("/medicall", rng.IntN(4))
	letters := "\x00\x00a\xfe\xff"[rng.IntN(4):]
	longest := 1 + rng.IntN(12)
	return func() []byte {
		path := []byte("/" + stem)
		path = path[:1+rng.IntN(len(path))]
		if rng.IntN(4) > 0 {
			path = []byte("/" + stem)
		}
		for range rng.IntN(longest) {
			path = append(path, letters[rng.IntN(len(letters))])
		}
		return path
	}
}

// TestRunsOrder: the merge of runs gives what sorting all requests gives, whatever
// recordings share, which lines are passed over and where it begins and ends.
func TestRunsOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for round := range 300 {
		store := spill.NewStore(1<<30, "")
		all := &runs{store: store, stop: func() error { return nil }, seconds: make([]coverage.Seconds, 2)}
		path := alikePaths(rng)
		rows, second := 1+rng.IntN(60), rng.IntN(3)
		if round%20 == 0 {
			rows = 3000 // more than one block
		}
		var want []request.Request
		var offset int64
		for range rng.IntN(10) {
			b := request.NewBatch(1 << 30)
			for range rows {
				offset++
				r := request.Request{
					Source: 1 + rng.Int32N(2), Offset: offset, Recording: path(), Client: bytes.Repeat([]byte("1"), rng.IntN(3)),
					TimeStart: rng.Int64N(3), TimeEnd: accesslog.NoTime,
				}
				b.Add(&r)
				if rng.IntN(3) < second {
					all.seconds[r.Source-1].Add(offset, offset+1)
					continue
				}
				want = append(want, r)
			}
			var r run
			if err := r.take(store, b); err != nil {
				t.Fatal(err)
			}
			all.all = append(all.all, r)
		}
		slices.SortFunc(want, func(a, b request.Request) int { return plain(&a, &b) })
		from, to := path(), path()
		for _, ends := range [][2][]byte{{nil, nil}, {from, nil}, {nil, to}, {from, to}, {from, append(slices.Clone(from), 0)}} {
			checkOrder(t, all, want, ends[0], ends[1])
		}
	}
}

// checkOrder merges what is in [from, to), and holds it against what of all is.
func checkOrder(t *testing.T, all *runs, want []request.Request, from, to []byte) {
	t.Helper()
	m := all.merge(from, to)
	var got request.Request
	for _, w := range want {
		if from != nil && bytes.Compare(w.Recording, from) < 0 || to != nil && bytes.Compare(w.Recording, to) >= 0 {
			continue
		}
		c, ok := m.Next()
		if ok {
			if err := c.read(&got); err != nil {
				t.Fatal(err)
			}
		}
		if !ok || plain(&got, &w) != 0 {
			t.Fatalf("from %q to %q: not %q of client %q at %d, line at %d, as sorted", from, to, w.Recording, w.Client, w.Time(), w.Offset)
		}
	}
	if _, ok := m.Next(); ok || m.Err() != nil {
		t.Fatalf("from %q to %q: a request too many, or %v", from, to, m.Err())
	}
}
