package pipeline

import (
	"errors"
	"sync"

	"github.com/logrecount/recount/internal/spill"
)

// discards are stores that are closed beside other work: to remove a file of a
// gigabyte takes a quarter of a second.
type discards struct {
	closing sync.WaitGroup
	sync.Mutex
	err error
}

// close closes a store that nobody uses any more.
func (d *discards) close(s *spill.Store) {
	d.closing.Go(func() {
		err := s.Close()
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
