package pipeline

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/request"
)

// bins split the clients by byte order into stretches of about the same number of
// requests. They only share out the work of putting together what is known of each
// client; the result does not depend on them.
type bins struct {
	cuts    [][]byte // clients at which the next bin begins
	alike   []byte   // what all cuts begin with
	numbers []uint64 // the eight bytes behind that, of each cut
}

// newBins makes at most n bins, by a sample of the clients of requests.
func newBins(sample [][]byte, n int) *bins {
	slices.SortFunc(sample, bytes.Compare)
	b := new(bins)
	for i := 1; i < n && len(sample) > 0; i++ {
		cut := sample[len(sample)*i/n]
		if len(b.cuts) == 0 || !bytes.Equal(cut, b.cuts[len(b.cuts)-1]) {
			b.cuts = append(b.cuts, cut)
		}
	}
	if len(b.cuts) > 0 {
		first, last := b.cuts[0], b.cuts[len(b.cuts)-1]
		for len(b.alike) < min(len(first), len(last)) && first[len(b.alike)] == last[len(b.alike)] {
			b.alike = first[:len(b.alike)+1]
		}
	}
	for _, cut := range b.cuts {
		b.numbers = append(b.numbers, numberOf(cut[len(b.alike):]))
	}
	return b
}

func (b *bins) len() int { return len(b.cuts) + 1 }

// of is the number of the bin that a client is in. The order of the numbers is
// that of the clients, so those are compared only where the numbers are equal.
func (b *bins) of(client []byte) int {
	if !bytes.HasPrefix(client, b.alike) {
		if bytes.Compare(client, b.alike) < 0 {
			return 0
		}
		return len(b.cuts)
	}
	number := numberOf(client[len(b.alike):])
	from := b.below(number)
	if from == len(b.cuts) || b.numbers[from] != number {
		return from
	}
	rest := b.cuts[from:]
	return from + sort.Search(len(rest), func(i int) bool { return bytes.Compare(rest[i], client) > 0 })
}

// below is how many numbers are less. Which half of them it goes on with is reckoned
// and no jump, of which the processor would foresee every second one wrong.
func (b *bins) below(number uint64) int {
	from, left := 0, len(b.numbers)
	for left > 1 {
		half := left / 2
		_, less := bits.Sub64(b.numbers[from+half-1], number, 0) // 1 or 0
		from += half & -int(less)
		left -= half
	}
	if left == 1 && b.numbers[from] < number {
		from++
	}
	return from
}

// numberOf is the first eight bytes of a text as a number, zeros where it ends.
func numberOf(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var first [8]byte
	copy(first[:], text)
	return binary.BigEndian.Uint64(first[:])
}

// A sample takes one in so many requests of so many blocks.
const (
	sampleBlocks = 64
	sampleEvery  = 8
)

// sampleClients gives the clients of requests here and there. Those of a block are
// of many recordings, so they are as mixed as those of all.
func (r *runs) sampleClients() (sample [][]byte, err error) {
	var blocks []spill.Block
	for _, one := range r.all {
		blocks = append(blocks, one.blocks...)
	}
	var dec request.Decoder
	var key request.Key
	for i := 0; i < len(blocks); i += 1 + len(blocks)/sampleBlocks {
		block, err := r.store.Get(blocks[i])
		if err == nil {
			err = dec.Reset(block)
		}
		for n := 0; err == nil; n++ {
			var ok bool
			if ok, err = dec.Next(&key); !ok {
				break
			}
			if n%sampleEvery == 0 {
				sample = append(sample, bytes.Clone(key.Client))
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return sample, nil
}

// bins splits the clients of the requests that are to be grouped.
func (a *analysis) bins() (*bins, error) {
	n := a.budget.bins(a.accounting().Requests)
	if n == 1 {
		return new(bins), nil
	}
	sample, err := a.runs.sampleClients()
	return newBins(sample, n), err
}
