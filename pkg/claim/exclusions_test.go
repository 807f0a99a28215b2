package claim

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainCount counts a figure over the pairs whose key is not left out, with maps
// and nothing else.
func plainCount(q *Question, f Figure, out map[int32]bool) Bounds {
	var sums [2]int64
	boundless := false
	for side := range sums {
		seen := map[string]bool{}
		for i, p := range q.Pairs {
			key := p.Client
			if q.Keys != nil {
				key = q.Keys[i]
			}
			if out[key] || side == 0 && !p.Lower || side == 1 && !p.Upper {
				continue
			}
			what, weight := "", int64(1)
			switch f.Quantity {
			case Recordings:
				what = fmt.Sprint(p.Recording)
			case Clients:
				what = fmt.Sprint(p.Client)
			case Pairs:
				what = fmt.Sprint(p.Client, p.Recording)
			case Requests:
				what, weight = fmt.Sprint("row", i), int64(p.Requests)
			case Subjects:
				what = fmt.Sprint(q.Subjects[p.Recording])
				if q.Subjects[p.Recording] < 0 {
					if side == 0 {
						continue
					}
					what = fmt.Sprint("own ", p.Recording)
				}
			case Hours:
				what, weight = fmt.Sprint(p.Recording), max(q.Seconds[p.Recording], 0)
				boundless = boundless || side == 1 && q.Seconds[p.Recording] < 0
			}
			if !seen[what] {
				seen[what] = true
				sums[side] += weight
			}
		}
	}
	if f.Quantity == Hours { // to the nearest, a half upwards
		sums[0], sums[1] = (2*sums[0]+3600)/7200, (2*sums[1]+3600)/7200
		if boundless {
			sums[1] = Unbounded
		}
	}
	return Bounds{sums[0], sums[1]}
}

// plainReached says by Judge alone whether the goal is reached.
func plainReached(q *Question, out map[int32]bool) bool {
	for _, f := range q.Figures {
		b := plainCount(q, f, out)
		o, _ := Judge(f, q.Relation, b, true)
		if q.Goal == Holds && o != Supported || o == Contradicted {
			return false
		}
	}
	return true
}

type plainAnswer struct {
	size, ways int     // -1, 0: there is none
	first      []int32 // of those of this size, that which keeps the first keys
}

// plainFewest tries all subsets of the keys that count for anything.
func plainFewest(q *Question) plainAnswer {
	var keys []int32
	for i, p := range q.Pairs {
		if p.Upper {
			if q.Keys != nil {
				keys = append(keys, q.Keys[i])
			} else {
				keys = append(keys, p.Client)
			}
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	best := plainAnswer{size: -1}
	for set := range uint(1) << len(keys) {
		out := map[int32]bool{}
		var list []int32
		for i, k := range keys {
			if set>>i&1 == 1 {
				out[k] = true
				list = append(list, k)
			}
		}
		if n := bits.OnesCount(set); best.size >= 0 && n > best.size || !plainReached(q, out) {
			continue
		} else if n != best.size {
			best = plainAnswer{size: n, ways: 1, first: list}
		} else {
			best.ways++
			if slices.Compare(list, best.first) > 0 { // what is left out comes later
				best.first = list
			}
		}
	}
	return best
}

func randomQuestion(r *rand.Rand) *Question {
	clients, recordings := 1+r.IntN(11), 1+r.IntN(14)
	q := &Question{Relation: Relation(r.IntN(2)), Goal: Goal(r.IntN(2))}
	if r.IntN(20) == 0 {
		q.Relation = AtLeast
	}
	keys := 0
	if r.IntN(3) == 0 {
		keys = 1 + r.IntN(9)
		q.Keys = []int32{}
	}
	density := []int{1, 2, 5}[r.IntN(3)]
	for c := range clients {
		for e := range recordings {
			if r.IntN(10) >= density {
				continue
			}
			p := Pair{Client: int32(c), Recording: int32(e), Requests: int32(1 + r.IntN(3))}
			p.Upper = r.IntN(10) > 0
			p.Lower = p.Upper && r.IntN(4) > 0
			if keys == 0 {
				q.Pairs = append(q.Pairs, p)
				continue
			}
			for k := range keys {
				if r.IntN(keys) == 0 {
					q.Pairs, q.Keys = append(q.Pairs, p), append(q.Keys, int32(k))
				}
			}
		}
	}
	q.Subjects, q.Seconds = make([]int32, recordings), make([]int64, recordings)
	for e := range recordings {
		q.Subjects[e], q.Seconds[e] = int32(r.IntN(recordings))-1, int64(r.IntN(6))*1800-int64(r.IntN(2))
		if q.Seconds[e] = max(q.Seconds[e], 0); r.IntN(12) == 0 {
			q.Seconds[e] = -1
		}
	}
	for _, quantity := range r.Perm(6)[:1+r.IntN(3)] {
		f := Figure{Quantity: Quantity(quantity)}
		f.N = int64(r.IntN(int(min(plainCount(q, f, nil).Upper, 20)) + 2))
		q.Figures = append(q.Figures, f)
	}
	if r.IntN(3) == 0 {
		q.Figures = []Figure{{Recordings, int64(r.IntN(recordings))}, {Clients, int64(r.IntN(clients))}}
	}
	return q
}

// TestFewestExclusionsPlain holds the search against all subsets, tried one by
// one.
func TestFewestExclusionsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 55))
	found, several, searched := 0, 0, 0
	for range 3000 {
		q := randomQuestion(r)
		want, got := plainFewest(q), FewestExclusions(q)
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("%s\n%+v\n got %+v\nwant %+v", fmt.Sprintf(format, args...), q, got, want)
		}
		if !got.Exact {
			fail("so small a question was given up")
		}
		if got.Found != (want.size >= 0) {
			fail("found or not")
		}
		if !got.Found {
			if got.Why == "" {
				fail("no reason")
			}
			continue
		}
		found++
		out := map[int32]bool{}
		for _, k := range got.Keys {
			out[k] = true
		}
		if len(got.Keys) != want.size || got.AtLeast != want.size || len(out) != want.size || !plainReached(q, out) {
			fail("not the fewest")
		}
		if !slices.IsSorted(got.Keys) {
			fail("not in order")
		}
		if got.Ways == WaysUnknown || (got.Ways == SeveralWays) != (want.ways > 1) {
			fail("ways")
		}
		if want.ways > 1 {
			several++
		}
		if got.Why == whySearch {
			searched++
			if !slices.Equal(got.Keys, want.first) {
				fail("not the one that keeps the first")
			}
		}
	}
	if found < 1000 || several < 300 || searched < 500 {
		t.Errorf("too few questions had an answer: %d, of several ways %d, by search %d", found, several, searched)
	}
}

// TestGivenUp: with too few steps an answer is still true, and says what it is.
func TestGivenUp(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	kinds := map[string]int{}
	for range 3000 {
		q := randomQuestion(r)
		q.Limit = int64(1 + r.IntN(30))
		got, want := FewestExclusions(q), plainFewest(q)
		out := map[int32]bool{}
		for _, k := range got.Keys {
			out[k] = true
		}
		switch {
		case got.Found && (!plainReached(q, out) || len(got.Keys) < want.size || got.Exact && len(got.Keys) != want.size):
			t.Fatalf("%+v\n got %+v\nwant %+v", q, got, want)
		case !got.Found && got.Exact && want.size >= 0:
			t.Fatalf("%+v\n got %+v\nwant %+v", q, got, want)
		case want.size >= 0 && got.AtLeast > want.size:
			t.Fatalf("%+v\n got %+v\nwant %+v", q, got, want)
		case got.Ways == OneWay && want.ways != 1, got.Ways == SeveralWays && want.ways < 2 && got.Exact:
			t.Fatalf("%+v\n got %+v\nwant %+v", q, got, want)
		}
		kinds[fmt.Sprint(got.Found, got.Exact)]++
	}
	for _, kind := range []string{"true true", "true false", "false true", "false false"} {
		if kinds[kind] == 0 {
			t.Errorf("no case with found and exact %s: %v", kind, kinds)
		}
	}
}

func TestCount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		q := randomQuestion(r)
		for i, b := range Count(q) {
			if want := plainCount(q, q.Figures[i], nil); b != want {
				t.Fatalf("%+v\n%s: %+v, want %+v", q, q.Figures[i].Quantity, b, want)
			}
		}
	}
}

func TestOneKey(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	hits := [2]int{}
	for range 4000 {
		q := randomQuestion(r)
		if q.Keys == nil {
			continue
		}
		var want []KeyAlone
		for _, without := range []bool{false, true} {
			for k := range int32(9) {
				out, counts := map[int32]bool{}, false
				for i, other := range q.Keys {
					counts = counts || other == k && q.Pairs[i].Upper
					out[other] = (other == k) == without
				}
				exact := counts
				for _, f := range q.Figures {
					exact = exact && plainCount(q, f, out).Lower == f.N
				}
				if exact {
					want = append(want, KeyAlone{Key: k, Without: without})
					hits[map[bool]int{true: 1}[without]]++
				}
			}
		}
		if got := OneKey(q); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%+v\n got %+v\nwant %+v", q, got, want)
		}
	}
	if hits[0] < 100 || hits[1] < 100 {
		t.Errorf("too few keys fit: %v", hits)
	}
}

// TestManyClients: of more clients than are searched, all with recordings of
// their own, the largest have to go.
func TestManyClients(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 20 {
		var pairs []Pair
		var sizes []int
		recording := int32(0)
		for client := range int32(mostSearched + 300) {
			n := 1 + r.IntN(30)
			sizes = append(sizes, n)
			for range n {
				pairs = append(pairs, Pair{Client: client, Recording: recording, Lower: true, Upper: true})
				recording++
			}
		}
		most := r.IntN(int(recording))
		slices.Sort(sizes)
		sum, kept := 0, 0
		for kept < len(sizes) && sum+sizes[kept] <= most {
			sum += sizes[kept]
			kept++
		}
		e := FewestExclusions(&Question{Pairs: pairs, Relation: AtMost, Figures: []Figure{{Recordings, int64(most)}}})
		if !e.Found || !e.Exact || len(e.Keys) != len(sizes)-kept {
			t.Fatalf("at most %d of %d: %v %v, %d left out, want %d", most, recording, e.Found, e.Exact, len(e.Keys), len(sizes)-kept)
		}
		e = FewestExclusions(&Question{Pairs: pairs, Figures: []Figure{{Recordings, 55}, {Clients, 7}}})
		if !e.Found || !e.Exact || len(e.Keys) != len(sizes)-7 {
			t.Fatalf("55 recordings, 7 clients: %v %v, %d left out: %s", e.Found, e.Exact, len(e.Keys), e.Why)
		}
	}
}

// TestMixedClients: clients of whom only a doubtful download is known are the
// smallest, and none of them can stay where both bounds are to be the number.
func TestMixedClients(t *testing.T) {
	var pairs []Pair
	recording := int32(0)
	for client := range int32(3 * mostSearched) {
		sure := client%2 == 0
		n := 1
		if sure {
			n = 2 + int(client%3)
		}
		for range n {
			pairs = append(pairs, Pair{Client: client, Recording: recording, Lower: sure, Upper: true})
			recording++
		}
	}
	q := &Question{Pairs: pairs, Figures: []Figure{{Recordings, 560}}}
	e := FewestExclusions(q)
	out := map[int32]bool{}
	for _, k := range e.Keys {
		out[k] = true
	}
	if !e.Found || !plainReached(q, out) {
		t.Errorf("%v, %d left out: %s", e.Found, len(e.Keys), e.Why)
	}
}
