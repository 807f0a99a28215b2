package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkBins finds the bins of clients of the whole net.
func BenchmarkBins(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var clients [][]byte
	for range 1 << 14 {
		clients = append(clients, fmt.Appendf(nil, "%d.%d.%d.%d", 1+rng.IntN(223), rng.IntN(256), rng.IntN(256), rng.IntN(256)))
	}
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			bins := newBins(append([][]byte(nil), clients...), n)
			sum, i := 0, 0
			for b.Loop() {
				sum += bins.of(clients[i%len(clients)])
				i++
			}
			if sum == 0 {
				b.Fatal("all are in the first")
			}
		})
	}
}
