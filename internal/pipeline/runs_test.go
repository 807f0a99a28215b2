package pipeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// TestRunsJoined: joined runs give the same requests in the same order, there are
// as few as were asked for, and what was joined gives its room back.
func TestRunsJoined(t *testing.T) {
	for _, many := range []int{1, 8, 9, 30, 100} {
		for _, memory := range []int64{0, 1 << 30} {
			store := spill.NewStore(memory, t.TempDir())
			all := &runs{store: store, stop: func() error { return nil }}
			rng := rand.New(rand.NewPCG(3, uint64(many)))
			for i := range many {
				b := request.NewBatch(1 << 20)
				for range 1 + rng.IntN(i*20+1) {
					b.Add(&request.Request{
						Source: 1 + rng.Int32N(2), Line: rng.Int64N(1e9), Offset: rng.Int64N(1e12),
						Recording: fmt.Appendf(nil, "/a/%d.wav", rng.IntN(300)), Client: fmt.Appendf(nil, "192.0.2.%d", rng.IntN(20)),
						URL: fmt.Appendf(nil, "/a/%d.wav", rng.IntN(300)), Agent: fmt.Appendf(nil, "agent %d", rng.IntN(50)),
						TimeStart: rng.Int64N(1e15), TimeEnd: accesslog.NoTime, Status: 200, Bytes: rng.Int64N(1e6), Sent: accesslog.None,
						ObjectSize: accesslog.None, DurationUS: accesslog.None,
					})
				}
				var r run
				if err := r.take(store, b); err != nil {
					t.Fatal(err)
				}
				all.all = append(all.all, r)
			}
			want := requestsOf(t, all)
			if err := all.joinSmallest(0); err != nil {
				t.Fatal(err)
			}
			if len(all.all) > max(fewest, 1) || len(all.all) < min(many, fewest) {
				t.Errorf("%d runs became %d", many, len(all.all))
			}
			var left int64
			for _, one := range all.all {
				for _, b := range one.blocks {
					left += int64(b.Size())
				}
			}
			if held := store.HeldBytes(); memory > 0 && held != left {
				t.Errorf("%d runs: %d bytes are held, %d are left in blocks", many, held, left)
			}
			if got := requestsOf(t, all); !reflect.DeepEqual(got, want) {
				t.Errorf("%d runs, memory %d: %d requests, %d wanted, or in another order", many, memory, len(got), len(want))
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func requestsOf(t *testing.T, all *runs) (got []string) {
	m := all.merge(nil, nil)
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		q := request.Request{Agent: []byte("left over")} // by whoever used it before
		if err := c.read(&q); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%+v", q))
	}
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestRunsLongPaths: blocks are found by how their first recording begins, however
// long it is and whatever it shares with others, and no more of it is held.
func TestRunsLongPaths(t *testing.T) {
	store := spill.NewStore(0, t.TempDir())
	defer store.Close()
	all := &runs{store: store, stop: func() error { return nil }}
	var paths [][]byte
	for i := range 3000 {
		paths = append(paths, fmt.Appendf(nil, "/%s%04d%s", strings.Repeat("a", i%3*(firstBytes-3)), i, strings.Repeat("z", i%5*1000)))
	}
	for n := range 2 {
		b := request.NewBatch(64 << 20)
		for i := n; i < len(paths); i += 2 {
			b.Add(&request.Request{Source: 1, Offset: int64(i), Recording: paths[i], TimeStart: accesslog.NoTime, TimeEnd: accesslog.NoTime})
		}
		var r run
		if err := r.take(store, b); err != nil {
			t.Fatal(err)
		}
		if len(r.blocks) < 3 {
			t.Fatalf("only %d blocks", len(r.blocks))
		}
		for _, first := range r.firsts {
			if cap(first) > 2*firstBytes {
				t.Fatalf("%d bytes are held of a recording", cap(first))
			}
		}
		all.all = append(all.all, r)
	}
	slices.SortFunc(paths, bytes.Compare)
	between := func(from, to []byte) (got [][]byte) {
		m := all.merge(from, to)
		for c, ok := m.Next(); ok; c, ok = m.Next() {
			got = append(got, c.Recording)
		}
		if err := m.Err(); err != nil {
			t.Fatal(err)
		}
		return got
	}
	for i := 0; i < len(paths); i += 37 {
		to := min(i+5, len(paths)-1)
		if got := between(paths[i], paths[to]); !reflect.DeepEqual(got, append([][]byte(nil), paths[i:to]...)) {
			t.Fatalf("from recording %d: %d recordings, want %d", i, len(got), to-i)
		}
	}
	var parts [][]byte
	var from []byte
	cuts := all.split(8)
	if len(cuts) < 3 {
		t.Errorf("only %d cuts", len(cuts))
	}
	for _, to := range append(cuts, nil) {
		parts = append(parts, between(from, to)...)
		from = to
	}
	if !reflect.DeepEqual(parts, paths) {
		t.Errorf("the parts hold %d recordings, want %d", len(parts), len(paths))
	}
}
