package pipeline

import (
	"errors"
	"io"
	"sync"

	"github.com/logrecount/recount/internal/spill"
)

// discards are stores that are done with. Their memory is given back at once and
// their files are removed beside other work: for one of a gigabyte that takes a
// quarter of a second.
type discards struct {
	closing sync.WaitGroup
	sync.Mutex
	err error
}

// add takes a store that nobody uses any more.
func (d *discards) add(s *spill.Store) {
	s.Discard()
	d.close(s)
}

func (d *discards) close(c io.Closer) {
	d.closing.Go(func() {
		err := c.Close()
		d.Lock()
		defer d.Unlock()
		d.err = errors.Join(d.err, err)
	})
}

// wait waits until all are closed, and gives their errors, each once.
func (d *discards) wait() error {
	d.closing.Wait()
	d.Lock()
	defer d.Unlock()
	err := d.err
	d.err = nil
	return err
}
