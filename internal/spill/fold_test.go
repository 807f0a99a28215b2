package spill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tally is a value with a sum and a maximum, so that merging is tested beyond
// adding.
type tally struct{ sum, most int64 }

var tallyCodec = Codec[tally]{
	Append: func(dst []byte, v *tally) []byte {
		return binary.AppendVarint(binary.AppendVarint(dst, v.sum), v.most)
	},
	Read: func(src []byte, v *tally) {
		var k int
		v.sum, k = binary.Varint(src)
		v.most, _ = binary.Varint(src[k:])
	},
	Merge: func(into, from *tally) {
		into.sum += from.sum
		into.most = max(into.most, from.most)
	},
}

// allOf lists all that the folds hold.
func allOf(t *testing.T, folds []*Fold[tally]) (got []string) {
	t.Helper()
	var last []byte
	first := true
	err := Each(folds, func(key []byte, v *tally) error {
		if !first && bytes.Compare(last, key) >= 0 {
			t.Errorf("%q after %q", key, last)
		}
		first, last = false, bytes.Clone(key)
		got = append(got, fmt.Sprintf("%q %d %d", key, v.sum, v.most))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fill adds the same random counts, spread over folds of one limit.
func fill(t *testing.T, seed uint64, s *Store, n int, limit int64) []*Fold[tally] {
	t.Helper()
	folds := make([]*Fold[tally], n)
	for i := range folds {
		folds[i] = NewFold(s, limit, tallyCodec)
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	spread := rand.New(rand.NewPCG(seed, uint64(n)))
	known := make([]map[string]bool, n)
	for range 3000 {
		key := []byte(strings.Repeat("k", rng.IntN(3)*rng.IntN(40)) + fmt.Sprint(rng.IntN(300)))
		if rng.IntN(100) == 0 {
			key = []byte{} // an empty key is a key
		}
		i := spread.IntN(n)
		v, fresh, err := folds[i].At(key)
		if err != nil {
			t.Fatal(err)
		}
		if known[i] == nil {
			known[i] = map[string]bool{}
		}
		if limit > 1<<20 && fresh == known[i][string(key)] {
			t.Fatalf("%q: fresh is %v", key, fresh)
		}
		known[i][string(key)] = true
		x := rng.Int64N(1000)
		v.sum += x
		v.most = max(v.most, x)
	}
	return folds
}

// However little fits, and over however many folds, the result is the same.
func TestFoldSpills(t *testing.T) {
	for seed := range uint64(2) {
		big := NewStore(1<<30, t.TempDir())
		want := allOf(t, fill(t, seed, big, 1, 1<<30))
		if len(want) < 1000 {
			t.Fatalf("only %d keys", len(want))
		}
		big.Close()
		for _, limit := range []int64{0, 1, 1000, 50_000, 1 << 30} {
			for _, n := range []int{1, 3} {
				dir := t.TempDir()
				s := NewStore(0, dir)
				folds := fill(t, seed, s, n, limit)
				if limit == 0 && len(folds[0].runs.runs) < 2 {
					t.Fatalf("%d runs were never merged", len(folds[0].runs.all()))
				}
				for range 2 { // reading does not change them
					if got := allOf(t, folds); !slices.Equal(got, want) {
						t.Fatalf("seed %d, limit %d, %d folds: differs", seed, limit, n)
					}
				}
				slices.Reverse(folds)
				if got := allOf(t, folds); !slices.Equal(got, want) {
					t.Fatalf("seed %d, limit %d, %d folds in another order: differs", seed, limit, n)
				}
				if names := list(t, dir); runtime.GOOS != "windows" && len(names) > 0 {
					t.Errorf("the file has a name: %v", names)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if names := list(t, dir); len(names) > 0 {
					t.Errorf("left behind: %v", names)
				}
			}
		}
	}
}

// A run of more than one block is read through.
func TestFoldLargeRun(t *testing.T) {
	s := NewStore(0, t.TempDir())
	defer s.Close()
	f := NewFold(s, 1<<30, tallyCodec)
	for i := range 5000 {
		v, _, err := f.At(fmt.Appendf(nil, "%d%0100d", i*7919%5000, 0))
		if err != nil {
			t.Fatal(err)
		}
		v.sum = int64(i)
	}
	want := allOf(t, []*Fold[tally]{f})
	if err := f.flush(); err != nil {
		t.Fatal(err)
	}
	if runs := f.runs.all(); len(runs) != 1 || len(runs[0]) < 3 {
		t.Fatalf("%d runs", len(runs))
	}
	if got := allOf(t, []*Fold[tally]{f}); len(got) != 5000 || !slices.Equal(got, want) {
		t.Error("differs when read from blocks")
	}
}

// TestFoldKeepsItsSpace: a fold that was flushed again and again holds about its
// limit, as one that was not.
func TestFoldKeepsItsSpace(t *testing.T) {
	s := NewStore(0, t.TempDir())
	defer s.Close()
	const limit = 1 << 20
	f := NewFold(s, limit, tallyCodec)
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range 300_000 {
		key := fmt.Appendf(nil, "%d %s", i, strings.Repeat("k", rng.IntN(100)))
		if i%10_000 == 0 {
			key = append(key, make([]byte, 8*leastKeys)...)
		}
		if _, _, err := f.At(key); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.runs.runs) < 1 || len(f.runs.all()) < 20 {
		t.Fatalf("%d runs", len(f.runs.all()))
	}
	size := cap(f.held.slots)*8 + cap(f.held.order)*16 + len(f.held.items)*itemsPiece*int(f.held.each)
	for _, piece := range append(f.held.keys, f.held.long...) {
		size += cap(piece)
	}
	if size > limit*3/2 {
		t.Errorf("it holds %d bytes, its limit is %d", size, limit)
	}
}

// TestFoldGivesBack: a fold that merged its runs, and was read, gives back all the
// room that it had.
func TestFoldGivesBack(t *testing.T) {
	s := NewStore(1<<30, t.TempDir())
	defer s.Close()
	f := NewFold(s, 0, tallyCodec)
	for i := range 3 * fanIn {
		if _, _, err := f.At(fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := allOf(t, []*Fold[tally]{f}); len(got) != 3*fanIn {
		t.Errorf("%d keys", len(got))
	}
	f.Clear()
	if n := s.HeldBytes(); n != 0 {
		t.Errorf("%d bytes are not given back", n)
	}
	if got := allOf(t, []*Fold[tally]{f}); len(got) > 0 {
		t.Errorf("it still holds %q", got)
	}
}

func TestFoldErrors(t *testing.T) {
	if err := Each(nil, func([]byte, *tally) error { return errors.New("no keys") }); err != nil {
		t.Error(err)
	}
	s := NewStore(0, t.TempDir())
	f := NewFold(s, 0, tallyCodec)
	for i := range 10 {
		if _, _, err := f.At([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	n := 0
	if err := Each([]*Fold[tally]{f}, func([]byte, *tally) error { n++; return stop }); err != stop || n != 1 {
		t.Errorf("yield's error: %v after %d", err, n)
	}
	s.Close() // now no block can be read
	if err := Each([]*Fold[tally]{f}, func([]byte, *tally) error { t.Error("a key after the error"); return nil }); err == nil {
		t.Error("no error, though blocks are gone")
	}

	f = NewFold(NewStore(0, "/no/such/folder"), 0, tallyCodec)
	f.At([]byte("a"))
	if _, _, err := f.At([]byte("b")); err == nil || !strings.Contains(err.Error(), "--temp") {
		t.Errorf("unwritable: %v", err)
	}
}

// An error in the middle comes out, and the key whose parts are then not all
// known is not given.
func TestFoldErrorWithinKey(t *testing.T) {
	s := NewStore(1<<30, t.TempDir())
	defer s.Close()
	f := NewFold(s, 0, tallyCodec)
	for range 3 {
		for _, key := range []string{"a", "b"} {
			v, _, err := f.At([]byte(key))
			if err != nil {
				t.Fatal(err)
			}
			v.sum++
		}
	}
	last := len(f.runs.runs[0]) - 1
	f.runs.runs[0][last] = append(f.runs.runs[0][last], Block{size: 1, offset: 1}) // of a file that is not there
	var got []string
	err := Each([]*Fold[tally]{f}, func(key []byte, v *tally) error {
		got = append(got, fmt.Sprint(string(key), v.sum))
		return nil
	})
	if err == nil || len(got) > 1 || len(got) == 1 && got[0] != "a3" {
		t.Errorf("got %v, error %v", got, err)
	}
}

func BenchmarkFold(b *testing.B) {
	s := NewStore(1<<30, b.TempDir())
	defer s.Close()
	keys := make([][]byte, 50_000)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "10.%d.%d.%d", i>>12, i>>6&63, i&63)
	}
	b.ReportAllocs()
	for b.Loop() {
		f := NewFold(s, 1<<30, tallyCodec)
		for _, key := range keys {
			v, _, _ := f.At(key)
			v.sum++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(keys)), "ns/key")
}
