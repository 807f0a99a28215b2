package pipeline

import (
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/request"
)

// TestShownTo: each client that a page was shown to counts once, whoever has no name
// too, and who only asked for it does not.
func TestShownTo(t *testing.T) {
	all := &runs{store: spill.NewStore(1<<20, t.TempDir()), stop: func() error { return nil }}
	for range 2 {
		b := request.NewBatch(1 << 20)
		for offset, c := range []struct {
			client []byte
			kind   request.Kind
		}{{nil, request.KindListing}, {[]byte("192.0.2.1"), request.KindListing}, {[]byte("192.0.2.1"), request.KindError}, {[]byte("192.0.2.2"), request.KindError}} {
			b.Add(&request.Request{Source: 1, Offset: int64(offset), Recording: []byte("/a/"), Client: c.client, Kind: c.kind})
		}
		var r run
		if err := r.take(all.store, b); err != nil {
			t.Fatal(err)
		}
		all.all = append(all.all, r)
	}
	if n, err := all.shownTo([]byte("/a/")); n != 2 || err != nil {
		t.Errorf("%d clients, %v; want 2", n, err)
	}
}
