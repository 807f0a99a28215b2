package trace

import (
	"bytes"
	"iter"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
)

// sizes walks over the recordings table beside the requests, as both are sorted
// by recording. It tells the sizes that the inventory gave; all others follow
// from the requests. A download's own size may be that of another version.
type sizes struct {
	next func() (*casefile.RecordingSize, error, bool)
	stop func()
}

// newSizes begins at the first recording. Without a recordings table there are
// no sizes.
func newSizes(c *casefile.Case) (*sizes, error) {
	has, err := c.Has(casefile.TableRecordings)
	if err != nil || !has {
		return nil, err
	}
	table, err := c.Table(casefile.TableRecordings)
	if err != nil {
		return nil, err
	}
	s := &sizes{}
	s.next, s.stop = iter.Pull2(table.RecordingSizes())
	return s, nil
}

// inventory is the size of a recording by the inventory, or accesslog.None. It
// is asked for in the order of the table.
func (s *sizes) inventory(d *download.Download) (int64, error) {
	if s == nil {
		if d.Size.From == download.SizeInventory {
			return d.Size.Bytes, nil
		}
		return accesslog.None, nil
	}
	for {
		row, err, ok := s.next()
		if err != nil || !ok {
			return accesslog.None, err
		}
		if bytes.Equal(row.Recording, d.Recording) {
			if row.Size.From == download.SizeInventory {
				return row.Size.Bytes, nil
			}
			return accesslog.None, nil
		}
	}
}

func (s *sizes) close() {
	if s != nil {
		s.stop()
	}
}
