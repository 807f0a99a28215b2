package pipeline

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/coverage"
)

// assess judges what was read back from a summary.
func assess(c casefile.Coverage, declared bool) (string, []string) {
	var p coverage.Period
	if c.Exposure != nil {
		p, _ = Stretch{From: c.Exposure.From, To: c.Exposure.To}.Period()
	}
	state, why := coverage.Assess(p, c.Spans(), c.KnownGaps(), declared)
	return state.String(), append([]string{}, why...)
}

// What workers collect in any order, with little memory or much, is the same as
// a plain map of minutes.
func TestTimesParity(t *testing.T) {
	spilled := false
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := 1000 + r.IntN(2<<17)
		store := spill.NewStore(0, t.TempDir())
		var workers []*worker
		for range 1 + r.IntN(3) {
			workers = append(workers, &worker{times: newTimes(store)})
		}
		type key struct {
			group uint32
			at    int64
		}
		plain := map[key][2]int64{}
		now := int64(1e15)
		spread := []int64{1e6, 60e6, 300e6}[r.IntN(3)]
		for range n {
			now += r.Int64N(spread)
			at := now
			if r.IntN(10) == 0 {
				at -= r.Int64N(3600e6 * 20)
			}
			k := key{1 + r.Uint32N(3), at / minuteUS}
			if v, ok := plain[k]; ok {
				plain[k] = [2]int64{min(v[0], at), max(v[1], at)}
			} else {
				plain[k] = [2]int64{at, at}
			}
			if err := workers[r.IntN(len(workers))].times.add(k.group, at); err != nil {
				t.Fatal(err)
			}
		}
		for _, w := range workers {
			if err := w.times.flush(); err != nil {
				t.Fatal(err)
			}
		}
		each, _, all, err := silences(workers, []uint32{0, 1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		union := map[int64][2]int64{}
		for group := range uint32(3) {
			one := map[int64][2]int64{}
			for k, v := range plain {
				if k.group == group+1 {
					one[k.at] = v
					if u, ok := union[k.at]; ok {
						v = [2]int64{min(u[0], v[0]), max(u[1], v[1])}
					}
					union[k.at] = v
				}
			}
			if want := plainSilences(one); !reflect.DeepEqual(&each[group], want) {
				t.Fatalf("seed %d, group %d: differs", seed, group)
			}
		}
		if want := plainSilences(union); !reflect.DeepEqual(all, want) {
			t.Fatalf("seed %d: all together differ", seed)
		}
		spilled = spilled || store.SpilledBytes() > 0
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	if !spilled {
		t.Error("nothing spilled")
	}
}

func plainSilences(minutes map[int64][2]int64) *coverage.Silences {
	var s coverage.Silences
	for _, m := range slices.Sorted(maps.Keys(minutes)) {
		s.Add(minutes[m][0], minutes[m][1])
	}
	return &s
}

// Times that no server had are no times; the borders are.
func TestTimesRange(t *testing.T) {
	w := &worker{times: newTimes(spill.NewStore(0, t.TempDir()))}
	for _, at := range []int64{-1, -1 << 62, lastMinute*minuteUS + minuteUS, 1 << 62, 0, lastMinute * minuteUS} {
		if err := w.times.add(1, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.times.flush(); err != nil {
		t.Fatal(err)
	}
	_, _, all, err := silences([]*worker{w}, []uint32{0, 1})
	first, last, ok := all.Span()
	if err != nil || !ok || first != 0 || last != lastMinute*minuteUS {
		t.Errorf("%v: %d to %d", err, first, last)
	}
}
