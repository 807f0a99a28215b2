package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// damagedRuns are runs of a directory and a recording in it, of which one request, for
// path, cannot be read.
func damagedRuns(t *testing.T, path string) *runs {
	store := spill.NewStore(1<<30, t.TempDir())
	all := &runs{store: store, stop: func() error { return nil }}
	for i := range 10 {
		b := request.NewBatch(1 << 20)
		for k := range 5 {
			q := request.Request{
				Source: 1, Offset: int64(10*i + k), Line: 1, Recording: []byte("/a/"), Client: fmt.Appendf(nil, "192.0.2.%d", k), Kind: request.KindListing,
				TimeStart: accesslog.NoTime, TimeEnd: accesslog.NoTime, Bytes: accesslog.None, Sent: accesslog.None, ObjectSize: accesslog.None, DurationUS: accesslog.None,
			}
			b.Add(&q)
			q.Recording, q.Kind = []byte("/a/x.wav"), request.KindContent
			b.Add(&q)
			if i == 5 && k == 0 {
				q.Recording, q.Kind, q.Client = []byte(path), 200, []byte("1")
				b.Add(&q)
			}
		}
		var r run
		if err := r.take(store, b); err != nil {
			t.Fatal(err)
		}
		all.all = append(all.all, r)
	}
	return all
}

// TestDamagedRequest: a request that cannot be read is an error wherever it is wanted,
// and no run ends early for it.
func TestDamagedRequest(t *testing.T) {
	all := damagedRuns(t, "/a/")
	shown := newShownAbove(all)
	for range 2 {
		if _, err := shown.clients([]byte("/a/")); err == nil {
			t.Error("no error of a directory's clients")
		}
	}
	if _, err := all.join(all.all); err == nil {
		t.Error("no error of joining")
	}
	a := scanned(t, Options{Evidence: []string{"../../testdata/nas/logs"}, Out: t.TempDir() + "/case", Workers: 1})
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, from string }{{"/a/", ""}, {"/a/x.wav", ""}, {"/a/", "/a/x.wav"}} {
		all := damagedRuns(t, c.path)
		g := a.newGrouper(all, newShownAbove(all), nil, new(bins))
		if _, err := rowsOf(t, g, &part{from: []byte(c.from)}); err == nil {
			t.Errorf("a damaged request for %s, from %q: no error", c.path, c.from)
		}
	}
}

// TestDamagedRun: a block that cannot be read does not end its run without an error.
func TestDamagedRun(t *testing.T) {
	all := damagedRuns(t, "/a/x.wav")
	block, err := all.store.Get(all.all[3].blocks[0])
	if err != nil {
		t.Fatal(err)
	}
	if all.all[3].blocks[0], err = all.store.Put(block[:len(block)-1]); err != nil {
		t.Fatal(err)
	}
	m := all.merge(nil, nil)
	for _, ok := m.Next(); ok; _, ok = m.Next() {
	}
	if m.Err() == nil {
		t.Error("no error of a block that is cut")
	}
}

// failing is a file that cannot be closed.
type failing struct{}

func (failing) Close() error { return errors.New("it cannot be closed") }

// TestDiscardFails: when a temporary file cannot be removed, there is no case.
func TestDiscardFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	a := scanned(t, Options{Evidence: []string{"../../testdata/nas/logs"}, Out: dir, Workers: 1})
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.group(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.discards.close(failing{})
	if _, err := a.write(t.Context()); err == nil || err.Error() != "it cannot be closed" {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("there is a case")
	}
}
