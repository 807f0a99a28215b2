package spill

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestHeldSorted: keys that share much or little, that are the begin of others,
// and that end in zeros, come in byte order.
func TestHeldSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	for round := range 50 {
		h := newHeld[int64]()
		var want [][]byte
		stems := [][]byte{{}, {0}, []byte("Mozilla/5.0 (X11) "), []byte("Mozilla/5.0 (X"), bytes.Repeat([]byte{0}, 9), bytes.Repeat([]byte("a"), 5000)}
		for range 1 + rng.IntN(4000) {
			key := bytes.Clone(stems[rng.IntN(len(stems))])
			for range rng.IntN(24) {
				key = append(key, byte(rng.IntN(5+round%4)/4))
			}
			if v, hash := h.find(key); v == nil {
				h.add(key, hash)
				want = append(want, key)
			}
		}
		slices.SortFunc(want, bytes.Compare)
		var got [][]byte
		for _, o := range h.sorted() {
			got = append(got, h.key(h.item(o.number)))
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("round %d: %d keys, not in byte order", round, len(got))
		}
	}
}

// BenchmarkHeldSorted sorts keys of user agent and client.
func BenchmarkHeldSorted(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 6))
	h := newHeld[int64]()
	for range 150_000 {
		key := append([]byte("\x01Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"), byte('0'+rng.IntN(10)), byte('0'+rng.IntN(10)))
		key = append(key, " Safari/537.36\x00"...)
		for range 4 {
			key = append(key, byte('0'+rng.IntN(10)), byte('0'+rng.IntN(10)), '.')
		}
		if v, hash := h.find(key); v == nil {
			h.add(key, hash)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		h.sorted()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*h.n), "ns/key")
}
