package pipeline

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// TestRunsBound: joined runs give the same requests in the same order, there are
// as few as were asked for, and what was joined gives its room back.
func TestRunsBound(t *testing.T) {
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
			if err := all.bound(0); err != nil {
				t.Fatal(err)
			}
			if len(all.all) > max(fewest, 1) || len(all.all) < min(many, fewest) {
				t.Errorf("%d runs became %d", many, len(all.all))
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
		got = append(got, fmt.Sprintf("%+v", c.req))
	}
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}
