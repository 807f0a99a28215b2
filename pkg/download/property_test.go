package download

import (
	"fmt"
	oldrand "math/rand"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

func newQuickRand() *oldrand.Rand { return oldrand.New(oldrand.NewSource(1)) }

// fromBytes makes requests of one pair out of anything, for fuzzing: eight
// bytes a request.
func fromBytes(data []byte) (reqs []*request.Request, inventory int64) {
	number := func(b byte) int64 { // small ones, edges and enormous ones
		switch {
		case b < 200:
			return int64(b) * 10
		case b < 250:
			return int64(b-200)*9 + 1<<33
		case b == 255:
			return none
		}
		return 1<<63 - 1 - int64(b-250)
	}
	inventory = none
	if len(data) > 0 && data[0]%2 == 0 {
		inventory = number(data[0] / 2)
	}
	var list []*req
	for i := 1; i+8 <= len(data) && len(list) < 40; i += 8 {
		b := data[i : i+8]
		q := get([...]int16{200, 206, 206, 203, 304, 416, 404, 200}[b[0]%8], number(b[1]))
		q.Meaning = accesslog.Meaning(b[2] % 5)
		q.Finished = accesslog.Finished(b[2] / 5 % 3)
		switch {
		case b[0] >= 224:
			q.Status = 226
			q.ftp()
		case b[2] >= 200:
			q.h2()
		}
		if b[3] < 250 {
			q.at(number(b[3]), number(b[4]))
			q.RangeFrom = accesslog.RangeFrom(b[5] % 3)
		}
		if b[0] >= 216 && b[0] < 224 {
			q.read()
		}
		if b[5] > 150 {
			q.sent(number(b[6]))
		}
		q.agent([...]string{"", "x", "y", "z"}[b[7]%4])
		q.wait = int64(b[7]/4) * hour
		list = append(list, q)
	}
	return timed(list), inventory
}

// properties hold for any requests of one pair.
func properties(reqs []*request.Request, inventory int64) error {
	h := learned(300, 310)
	var sizer Sizer
	sizer.Reset()
	for _, r := range reqs {
		sizer.Add(r)
	}
	sizing := sizer.Sizing(inventory)
	most, least := sizing.Size.Bytes, sizing.Size.Bytes // of all versions together, and of the smallest
	for _, total := range sizing.others {
		most, least = plus(most, total.Bytes), min(least, total.Bytes)
	}
	var before Download
	for n := 1; n <= len(reqs); n++ {
		d := foldSized(reqs[:n], sizing, h)[0]
		bounded := d.BytesUpper != unbounded
		switch {
		case d.BytesLower < 0 || d.BytesUpper < unbounded || d.Transfers < 0:
			return fmt.Errorf("a number ran over: %+v", d)
		case bounded && d.BytesLower > d.BytesUpper:
			return fmt.Errorf("lower above upper: %s", show(d))
		case sizing.proves() && (!bounded || d.BytesUpper > most):
			return fmt.Errorf("upper above the size: %s", show(d))
		case sizing.proves() && d.Grade == GradeComplete && d.BytesLower < d.Size.Bytes:
			return fmt.Errorf("complete, but not all bytes: %s", show(d))
		case sizing.proves() && d.Transfers > 0 && d.BytesLower < least:
			return fmt.Errorf("transferred, but not all bytes: %s, %d transfers", show(d), d.Transfers)
		case d.Grade == GradeNone != (d.ContentRequests == 0):
			return fmt.Errorf("none, with content: %s", show(d))
		case d.Requests != int64(n):
			return fmt.Errorf("%d requests of %d", d.Requests, n)
		}
		if n > 1 {
			// One request more takes nothing back.
			was := before.BytesUpper != unbounded
			if bounded && (!was || d.BytesUpper < before.BytesUpper) || d.BytesLower < before.BytesLower || d.Grade < before.Grade || d.Transfers < before.Transfers {
				return fmt.Errorf("request %d takes back: %s, %d transfers; before %s, %d", n, show(d), d.Transfers, show(before), before.Transfers)
			}
		}
		before = d
	}
	return nil
}

// permuted gives the same download however the requests are shuffled before
// they are sorted; and when the pieces' boundaries come twice, only the
// numbers of requests and transfers change.
func permuted(rng *rand.Rand, reqs []*request.Request, inventory int64) error {
	h := learned(300, 310)
	want := fmt.Sprint(foldAll(reqs, inventory, h))
	shuffled := slices.Clone(reqs)
	rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if got := fmt.Sprint(foldAll(shuffled, inventory, h)); got != want {
		return fmt.Errorf("shuffled: %s, before %s", got, want)
	}
	return nil
}

func TestProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		data := make([]byte, 1+8*rng.IntN(12))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		reqs, inventory := fromBytes(data)
		for _, r := range reqs {
			if rng.IntN(4) == 0 && len(reqs) > 0 {
				r.TimeStart = reqs[rng.IntN(len(reqs))].TimeStart // ties, which source and offset decide
			}
		}
		reqs = sorted(reqs)
		err := properties(reqs, inventory)
		if err == nil && len(reqs) > 0 {
			err = permuted(rng, reqs, inventory)
		}
		if err == nil && len(reqs) > 0 {
			err = twice(reqs, inventory)
		}
		if err != nil {
			t.Fatalf("%v, inventory %d%s", err, inventory, describe(reqs))
		}
	}
}

// twice adds each placed piece a second time: what was taken stays the same.
func twice(reqs []*request.Request, inventory int64) error {
	var sizer Sizer
	sizer.Reset()
	var double []*request.Request
	for _, r := range reqs {
		sizer.Add(r)
		double = append(double, r)
		if r.Status == 226 && r.Flags&accesslog.FlagAccessOnly == 0 {
			continue // its place may not be known
		}
		if r.Status != 206 || r.RangeFrom != accesslog.RangeNone && r.RangeStart >= 0 {
			double = append(double, r)
		}
	}
	sizing := sizer.Sizing(inventory)
	h := learned(300, 310)
	if once, two := foldSized(reqs, sizing, h)[0], foldSized(double, sizing, h)[0]; show(once) != show(two) {
		return fmt.Errorf("placed pieces twice: %s, once %s", show(two), show(once))
	}
	return nil
}

func FuzzFold(f *testing.F) {
	seeds := [][]byte{
		{100, 0, 100, 2, 255, 255, 0, 0, 5},
		{201, 1, 50, 2, 0, 49, 1, 0, 5, 1, 50, 2, 50, 99, 1, 0, 5},
		{101, 1, 251, 1, 252, 253, 2, 254, 5, 2, 255, 8, 250, 250, 200, 251, 9, 0, 250, 11, 255, 255, 255, 255, 250},
		{255, 4, 0, 0, 255, 255, 0, 0, 1, 0, 255, 3, 255, 255, 0, 0, 255, 7, 130, 202, 255, 0, 160, 133, 6},
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reqs, inventory := fromBytes(data)
		if err := properties(reqs, inventory); err != nil {
			t.Fatalf("%v, inventory %d%s", err, inventory, describe(reqs))
		}
	})
}
