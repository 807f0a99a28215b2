package pipeline

import (
	"bytes"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// directory is a directory on the way down, and to how many clients its page
// was shown. Byte order puts a directory right before what lies in it.
type directory struct {
	path    []byte
	clients int64
}

// enter finds where a part starts: which directories are above it, and what of
// the inventory is before it.
func (g *grouper) enter(from []byte) {
	g.dirs = g.dirs[:0]
	g.listed.Seek(from)
	if from == nil {
		return
	}
	for dir := range above(from) {
		if clients := g.shown[string(dir)]; clients > 0 {
			g.dirs = append(g.dirs, directory{dir, clients})
		}
	}
}

// above gives the directories that path is in, from the root down.
func above(path []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i, c := range path[:max(len(path)-1, 0)] {
			if c == '/' && !yield(path[:i+1:i+1]) {
				return
			}
		}
	}
}

// shownAbove counts, for each directory above a cut, the clients that its page
// was shown to. Its requests lie in a part before the cut, and parts are
// grouped side by side.
func (r *runs) shownAbove(cuts [][]byte, workers int) (map[string]int64, error) {
	shown := map[string]int64{}
	var dirs [][]byte
	for _, cut := range cuts {
		for dir := range above(cut) {
			if _, known := shown[string(dir)]; !known {
				shown[string(dir)] = 0
				dirs = append(dirs, dir)
			}
		}
	}
	clients, errs := make([]int64, len(dirs)), make([]error, len(dirs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(dirs)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(dirs)); i = next.Add(1) - 1 {
				clients[i], errs[i] = r.shownTo(dirs[i])
			}
		})
	}
	wg.Wait()
	for i, dir := range dirs {
		if errs[i] != nil {
			return nil, errs[i]
		}
		shown[string(dir)] = clients[i]
	}
	return shown, nil
}

// shownTo counts the clients that a directory's page was shown to.
func (r *runs) shownTo(dir []byte) (clients int64, err error) {
	m := r.merge(dir, append(bytes.Clone(dir), 0))
	var last []byte
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if c.req.Kind == request.KindListing && (clients == 0 || !bytes.Equal(last, c.req.Client)) {
			clients++
			last = c.req.Client
		}
	}
	return clients, m.Err()
}

// listedTo is to how many clients the directory of path was shown. It leaves
// directories that path is not in.
func (g *grouper) listedTo(path []byte) int64 {
	for len(g.dirs) > 0 && !bytes.HasPrefix(path, g.dirs[len(g.dirs)-1].path) {
		g.dirs = g.dirs[:len(g.dirs)-1]
	}
	if len(g.dirs) == 0 {
		return 0
	}
	dir := g.dirs[len(g.dirs)-1]
	if bytes.IndexByte(path[len(dir.path):], '/') >= 0 {
		return 0 // of a directory in between, which was not shown
	}
	return dir.clients
}

// pass gives the recordings of the inventory before path (nil: to the end)
// that nobody asked for, but whose names were shown.
func (g *grouper) pass(path []byte) error {
	for ; g.listed.Path() != nil; g.listed.Next() {
		name := g.listed.Path()
		if path != nil && bytes.Compare(name, path) >= 0 {
			return nil
		}
		listed := g.listedTo(name)
		if listed == 0 {
			continue
		}
		row := casefile.RecordingRow{Recording: bytes.Clone(name), Size: g.listed.Size(), FirstDownload: accesslog.NoTime, LastDownload: accesslog.NoTime, ListedTo: listed}
		if row.Size != accesslog.None {
			row.SizeFrom = download.SizeInventory.String()
		}
		if err := g.recordingRow(&row); err != nil {
			return err
		}
	}
	return nil
}

// directory takes the requests for one directory page.
func (g *grouper) directory(m *spill.Merge[*runCursor], c *runCursor) (*runCursor, bool, error) {
	dir := c.req.Recording
	if err := g.pass(dir); err != nil {
		return c, false, err
	}
	g.listedTo(dir)
	row := casefile.ListingRow{Directory: dir, NamesExposed: accesslog.None}
	if g.names != nil {
		row.NamesExposed = g.names.NamesIn(dir)
	}
	var shown int64
	ok := true
	for ok && bytes.Equal(c.req.Recording, dir) {
		r := c.req
		g.resolve(&r)
		if !bytes.Equal(row.Client, r.Client) || row.Client == nil {
			if err := g.endVisit(&row, &shown); err != nil {
				return c, false, err
			}
			row.Client, row.Requests, row.FirstSeen, row.LastSeen = r.Client, 0, accesslog.NoTime, accesslog.NoTime
		}
		if err := g.page(&r); err != nil {
			return c, false, err
		}
		if r.Kind == request.KindListing {
			row.Requests++
			if row.FirstSeen == accesslog.NoTime {
				row.FirstSeen = r.Time()
			}
			row.LastSeen = r.Time()
		}
		c, ok = m.Next()
	}
	if err := g.endVisit(&row, &shown); err != nil {
		return c, false, err
	}
	g.endTallies()
	if shown > 0 {
		g.dirs = append(g.dirs, directory{dir, shown})
	}
	return c, ok, nil
}

// page counts one request for a directory page.
func (g *grouper) page(r *request.Request) error {
	g.visit.page(r)
	tags, err := g.agent(r)
	if err != nil {
		return err
	}
	g.visit.tags |= tags
	return g.out.request(r)
}

// endVisit counts what one client did with a directory, and writes its row if the
// page was shown.
func (g *grouper) endVisit(row *casefile.ListingRow, shown *int64) error {
	if g.visit.requests == 0 {
		return nil
	}
	g.visit.agent = g.agents.used()
	if err := g.ledger.add(row.Client, &g.visit); err != nil {
		return err
	}
	g.visit = nothing
	if row.Requests == 0 {
		return nil
	}
	*shown++
	g.pageOf(row)
	return g.out.listing(row)
}
