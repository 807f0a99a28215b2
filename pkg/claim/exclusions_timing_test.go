package claim

import (
	"math/rand/v2"
	"testing"
)

// yardstick is 1.5 million pairs of 50,000 clients and 1.2 million recordings:
// some clients took very many, most of the recordings have one client.
func yardstick() []Pair {
	r := rand.New(rand.NewPCG(1, 1))
	pairs := make([]Pair, 0, 1_500_000)
	next := int32(0)
	for client := int32(0); len(pairs) < cap(pairs); client = (client + 1) % 50_000 {
		for range 1 + int(10*r.ExpFloat64()*r.ExpFloat64()) {
			p := Pair{Client: client, Recording: next % 1_200_000, Requests: 1, Upper: true, Lower: r.IntN(4) > 0}
			if r.IntN(5) == 0 {
				p.Recording = int32(r.IntN(1_200_000))
			} else {
				next++
			}
			if pairs = append(pairs, p); len(pairs) == cap(pairs) {
				break
			}
		}
	}
	return pairs
}

func BenchmarkFewestExclusions(b *testing.B) {
	pairs := yardstick()
	for _, c := range []struct {
		name    string
		figures []Figure
	}{
		{"clients", []Figure{{Clients, 7}}},
		{"recordings", []Figure{{Recordings, 55}}},
		{"recordings-half", []Figure{{Recordings, 600_000}}},
		{"both", []Figure{{Recordings, 55}, {Clients, 7}}},
		{"both-large", []Figure{{Recordings, 600_000}, {Clients, 30_000}}},
	} {
		for r, name := range map[Relation]string{AtMost: "at_most", Exactly: "exactly"} {
			for _, goal := range []Goal{Holds, NotContradicted} {
				b.Run(c.name+"/"+name+"/"+[]string{"holds", "open"}[goal], func(b *testing.B) {
					var e Exclusions
					for b.Loop() {
						e = FewestExclusions(&Question{Pairs: pairs, Figures: c.figures, Relation: r, Goal: goal})
					}
					b.Logf("found %v exact %v, %d out, at least %d: %s", e.Found, e.Exact, len(e.Keys), e.AtLeast, e.Why)
				})
			}
		}
	}
}

func BenchmarkOneKey(b *testing.B) {
	pairs := yardstick()
	keys := make([]int32, len(pairs))
	for i := range keys {
		keys[i] = pairs[i].Client % 300
	}
	for b.Loop() {
		OneKey(&Question{Pairs: pairs, Keys: keys, Figures: []Figure{{Recordings, 55}, {Clients, 7}, {Pairs, 60}}})
	}
}

// BenchmarkHard is a question that is searched to the limit: 500 clients with
// recordings in common.
func BenchmarkHard(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	var pairs []Pair
	for client := range int32(500) {
		for recording := range int32(3000) {
			if r.IntN(100) < 2 {
				pairs = append(pairs, Pair{Client: client, Recording: recording, Lower: true, Upper: true})
			}
		}
	}
	for _, figures := range [][]Figure{{{Recordings, 1000}}, {{Recordings, 555}, {Clients, 12}}} {
		b.Run("", func(b *testing.B) {
			var e Exclusions
			for b.Loop() {
				e = FewestExclusions(&Question{Pairs: pairs, Figures: figures})
			}
			b.Logf("found %v exact %v, %d out, at least %d: %s", e.Found, e.Exact, len(e.Keys), e.AtLeast, e.Why)
		})
	}
}
