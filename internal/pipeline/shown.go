package pipeline

import (
	"bytes"
	"sync"

	"github.com/logrecount/recount/pkg/request"
)

// shownAbove is to how many clients the pages of directories were shown that parts
// begin in. Their requests lie in parts before, and parts are grouped side by side,
// so of each that matters they are read once more, and of most, which have nothing
// but directories in them, they are not. It is for many goroutines.
type shownAbove struct {
	runs *runs
	sync.Mutex
	counts map[string]func() (clients int64, err error)
}

func newShownAbove(r *runs) *shownAbove {
	return &shownAbove{runs: r, counts: map[string]func() (int64, error){}}
}

// clients counts the clients that a directory's page was shown to, the first time
// that it is asked for; others wait for it.
func (s *shownAbove) clients(dir []byte) (int64, error) {
	s.Lock()
	count := s.counts[string(dir)]
	if count == nil {
		count = sync.OnceValues(func() (int64, error) { return s.runs.shownTo(dir) })
		s.counts[string(dir)] = count
	}
	s.Unlock()
	return count()
}

// shownTo counts the clients that a directory's page was shown to.
func (r *runs) shownTo(dir []byte) (clients int64, err error) {
	m := r.merge(dir, append(bytes.Clone(dir), 0))
	var q request.Request
	var last []byte
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if clients > 0 && bytes.Equal(last, c.Client) {
			continue
		}
		if err := c.read(&q); err != nil {
			return 0, err
		}
		if q.Kind == request.KindListing {
			clients++
			last = c.Client
		}
	}
	return clients, m.Err()
}
