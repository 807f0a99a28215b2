package pipeline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/recording"
)

// inventoryShare: an inventory lies in memory if it fits one part in so many.
const inventoryShare = 3

// readInventory reads the inventory and hashes it on the way. What is too large
// for its share of the memory goes to disk.
func (a *analysis) readInventory(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	defer f.Close()
	h := newHashReader(untilStopped{f, a.stopped})
	room := recording.Room{Memory: a.options.memory() / inventoryShare, Blocks: a.newInventoryBlocks}
	if a.inventory, err = recording.ReadInventory(h, room); err != nil {
		return fmt.Errorf("inventory %q: %w", path, err)
	}
	a.invFile = h.file(filepath.Base(path))
	a.invFile.Kind = "inventory"
	a.invFile.Detail = fmt.Sprintf("%d recordings", a.inventory.Len())
	return nil
}

// stopped says why the run is to end.
func (a *analysis) stopped() error {
	if a.stop == nil {
		return nil
	}
	return a.stop()
}

// untilStopped reads until the run is to end.
type untilStopped struct {
	io.Reader
	stopped func() error
}

func (s untilStopped) Read(p []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// inventoryBlocks keeps blocks of the inventory on disk, until the run is to end.
type inventoryBlocks struct {
	store   *spill.Store
	blocks  []spill.Block
	stopped func() error
}

func (a *analysis) newInventoryBlocks() recording.Blocks {
	b := &inventoryBlocks{store: spill.NewStore(0, a.options.Temp), stopped: a.stopped}
	a.invBlocks = append(a.invBlocks, b)
	return b
}

func (b *inventoryBlocks) Put(block []byte) error {
	if err := b.stopped(); err != nil {
		return err
	}
	put, err := b.store.Put(block)
	b.blocks = append(b.blocks, put)
	return err
}

func (b *inventoryBlocks) Get(number int, buf []byte) ([]byte, error) {
	return b.store.GetIn(buf, b.blocks[number])
}

func (b *inventoryBlocks) Close() error {
	b.blocks = nil
	return b.store.Close()
}

// closeInventory removes what the inventory has on disk.
func (a *analysis) closeInventory() (err error) {
	for _, b := range a.invBlocks {
		err = errors.Join(err, b.Close())
	}
	return err
}

// spilledBytes is how many bytes went to disk.
func (a *analysis) spilledBytes() int64 {
	n := a.store.SpilledBytes()
	for _, b := range a.invBlocks {
		n += b.store.SpilledBytes()
	}
	return n
}
