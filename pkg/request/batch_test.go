package request

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// allTexts is a request's texts with its recording.
func allTexts(r *Request) []*[]byte {
	texts := []*[]byte{&r.Recording}
	for kind := range numTexts {
		texts = append(texts, r.text(kind))
	}
	return texts
}

// clone is a deep copy, so that nothing borrowed is compared with itself.
func clone(r *Request) Request {
	c := *r
	for _, text := range allTexts(&c) {
		*text = bytes.Clone(*text)
	}
	return c
}

// naive sorts copies as the batch must: recording, client, time, source,
// offset.
func naive(reqs []Request) []Request {
	out := slices.Clone(reqs)
	slices.SortStableFunc(out, func(a, b Request) int {
		return cmp.Or(bytes.Compare(a.Recording, b.Recording), bytes.Compare(a.Client, b.Client),
			cmp.Compare(a.Time(), b.Time()), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Offset, b.Offset))
	})
	return out
}

// flush gives the batch's blocks and what each says is its first recording.
func flush(t testing.TB, b *Batch) (blocks, firsts [][]byte) {
	t.Helper()
	err := b.Flush(func(block, first []byte) error {
		blocks, firsts = append(blocks, bytes.Clone(block)), append(firsts, bytes.Clone(first))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return blocks, firsts
}

// decode reads blocks back. The requests are kept as they are, to see that
// they stay valid when the decoder goes on.
func decode(t testing.TB, blocks, firsts [][]byte) []Request {
	t.Helper()
	var d Decoder
	var out []Request
	var r Request
	for i, block := range blocks {
		if err := d.Reset(block); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; n++ {
			var k Key
			ok, err := d.Next(&k)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			spoil(&r, n)
			if n%3 == 1 { // nobody has to read it, and who does may do so again
				if err := d.Read(&k, &r); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.Read(&k, &r); err != nil {
				t.Fatal(err)
			}
			if k.Time != r.Time() {
				t.Errorf("the time of the key is %d, not %d", k.Time, r.Time())
			}
			if n == 0 && !bytes.Equal(r.Recording, firsts[i]) {
				t.Errorf("block %d starts with %q, not %q", i, r.Recording, firsts[i])
			}
			out = append(out, r)
		}
	}
	return out
}

// spoil leaves something of whoever used it before in each field of a request.
func spoil(r *Request, n int) {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Slice:
			f.SetBytes([]byte("left over"))
		case reflect.Int16, reflect.Int32, reflect.Int64:
			f.SetInt(int64(77 + n%2))
		default:
			f.SetUint(uint64(77 + n%2))
		}
	}
}

// roundTrip holds what comes out of a batch against the naive sort.
func roundTrip(t *testing.T, b *Batch, reqs []Request) (blocks int) {
	t.Helper()
	for i := range reqs {
		c := clone(&reqs[i])
		b.Add(&c)
		for _, text := range allTexts(&c) { // the batch must hold a copy
			for k := range *text {
				(*text)[k] = 'X'
			}
		}
	}
	bl, firsts := flush(t, b)
	got, want := decode(t, bl, firsts), naive(reqs)
	if len(got) != len(want) {
		t.Fatalf("%d requests, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("request %d:\ngot  %s\nwant %s", i, shown(got[i]), shown(want[i]))
		}
	}
	if b.Len() != 0 || b.Full() {
		t.Error("not empty after Flush")
	}
	return len(bl)
}

func shown(r Request) string {
	s := fmt.Sprintf("%+v", r)
	for _, text := range allTexts(&r) {
		s += fmt.Sprintf(" %#v", string(*text))
	}
	return s[:min(len(s), 2000)]
}

// bare has no optional field.
func bare(recording string, offset int64) Request {
	return Request{Source: 1, Line: 1, Offset: offset, TimeStart: accesslog.NoTime, TimeEnd: accesslog.NoTime, Recording: []byte(recording),
		Bytes: accesslog.None, Sent: accesslog.None, ObjectSize: accesslog.None, RangeStart: accesslog.None, RangeEnd: accesslog.None, DurationUS: accesslog.None}
}

// text is one of many alike: nil, empty, NUL bytes, prefixes of each other.
func text(rng *rand.Rand) []byte {
	all := []string{"", "\x00", "/a", "/a\x00", "/a\x00\x00", "/a/b", "10.0.0.1", strings.Repeat("x", 8), strings.Repeat("x", 16), strings.Repeat("x", 16) + "\x00"}
	switch n := rng.IntN(len(all) + 3); {
	case n < len(all):
		return []byte(all[n])
	case n == len(all):
		return nil
	case n == len(all)+1:
		return []byte(fmt.Sprint("/some/long/common/prefix/", rng.IntN(30)))
	}
	return bytes.Repeat([]byte{byte(rng.IntN(3))}, rng.IntN(20))
}

// random makes requests whose offset is their number, so that the order is total.
func random(rng *rand.Rand, n int) []Request {
	number := func() int64 {
		switch rng.IntN(5) {
		case 0:
			return accesslog.None
		case 1:
			return math.MaxInt64 - rng.Int64N(3)
		}
		return rng.Int64N(1 << 40)
	}
	reqs := make([]Request, n)
	for i := range reqs {
		r := bare("", int64(i))
		for _, field := range allTexts(&r) {
			*field = text(rng)
		}
		if r.Recording == nil {
			r.Recording = []byte("/never-nil")
		}
		r.Source, r.Line = 1+rng.Int32N(3), rng.Int64()
		if rng.IntN(3) > 0 {
			r.TimeStart = rng.Int64N(5) - 2
		}
		if rng.IntN(3) > 0 {
			r.TimeEnd = rng.Int64() - rng.Int64()
		}
		r.UTCOffsetMin, r.Status = int16(rng.IntN(1<<16)-1<<15), int16(rng.IntN(1<<16)-1<<15)
		r.Bytes, r.Sent, r.ObjectSize, r.DurationUS = number(), number(), number(), number()
		r.Meaning, r.Finished, r.Kind = accesslog.Meaning(rng.IntN(5)), accesslog.Finished(rng.IntN(3)), Kind(rng.IntN(len(kindNames)))
		if r.RangeFrom = accesslog.RangeFrom(rng.IntN(3)); r.RangeFrom != accesslog.RangeNone {
			r.RangeStart, r.RangeEnd = number(), number()
		}
		r.Flags, r.Format = accesslog.Flags(rng.IntN(1<<16)), uint8(rng.IntN(4))
		if r.ObjectSize != accesslog.None {
			r.SizeFrom = accesslog.TotalFrom(rng.IntN(3))
		}
		reqs[i] = r
	}
	return reqs
}

func TestBatchRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := NewBatch(1 << 30) // used again and again
	for _, n := range []int{0, 1, 2, blockRows, blockRows + 1, 3 * blockRows} {
		if got, want := roundTrip(t, b, random(rng, n)), (n+blockRows-1)/blockRows; got != want {
			t.Errorf("%d requests in %d blocks, want %d", n, got, want)
		}
	}
	for range 100 {
		roundTrip(t, b, random(rng, rng.IntN(60)))
	}
}

func TestBatchTexts(t *testing.T) {
	huge := strings.Repeat("y", 300<<10)
	both := bare("/10.0.0.1", 1)
	both.Client, both.Agent = []byte("/10.0.0.1"), []byte("/a")
	url := bare("", 2)
	url.URL = []byte("")
	for _, c := range []struct {
		name   string
		reqs   []Request
		blocks int
	}{
		{"a text that is recording and client", []Request{both, bare("/a", 3)}, 1},
		{"an empty URL of an empty recording", []Request{url, bare("", 3)}, 1},
		{"prefixes and zero bytes", []Request{bare("/a/b", 1), bare("/a\x00\x00", 2), bare("/a", 3), bare("/a\x00", 4), bare("/a\x00\x01", 5)}, 1},
		{"huge texts close a block", []Request{bare(huge+"1", 1), bare(huge+"2", 2), bare(huge, 3)}, 2}, // the second shares its beginning, and fits no more
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := roundTrip(t, NewBatch(1<<30), c.reqs); c.blocks != 0 && got < c.blocks {
				t.Errorf("%d blocks, want %d", got, c.blocks)
			}
		})
	}
}

// An absent and an empty client stand at one place in the order, as for the
// merge of runs, which compares bytes.
func TestBatchAbsentAndEmptyTogether(t *testing.T) {
	var reqs []Request
	for i := range int64(6) {
		r := bare("/a", i)
		r.TimeStart = 10 - i
		if i%2 == 0 {
			r.Client = []byte{}
		}
		reqs = append(reqs, r)
	}
	roundTrip(t, NewBatch(1<<20), reqs)
}

// Of many requests for one recording the clients are sorted as paths are: of any
// length, absent and empty, alike up to their end, and many of one client.
func TestBatchManyClients(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		var reqs []Request
		for i := range int64(200) {
			r := bare([]string{"/a/", "/a/long enough to be looked at twice", "/b"}[rng.IntN(3)], i)
			switch n := rng.IntN(12); {
			case n == 0:
				r.Client = []byte{}
			case n < 11:
				r.Client = bytes.Repeat([]byte{'x'}, []int{1, 7, 8, 9, 125, 126, 127, 128, 1000, 16382, 16383}[n]+rng.IntN(2))
				r.Client[rng.IntN(len(r.Client))] = "\x00xy"[rng.IntN(3)]
			}
			r.Source, r.TimeStart = 1+rng.Int32N(2), rng.Int64N(4)
			reqs = append(reqs, r)
		}
		roundTrip(t, NewBatch(1<<30), reqs)
	}
}

func TestBatchFull(t *testing.T) {
	b := NewBatch(100 << 10)
	n := 0
	for ; !b.Full(); n++ {
		r := bare(fmt.Sprint("/", n), int64(n))
		b.Add(&r)
	}
	if n < 100 || n > 100<<10/rowSize || b.Len() != n {
		t.Errorf("full after %d, holds %d", n, b.Len())
	}
}

func TestFlushStopsAtError(t *testing.T) {
	b := NewBatch(1 << 30)
	for i := range int64(3 * blockRows) {
		r := bare("/a", i)
		b.Add(&r)
	}
	full := fmt.Errorf("disk full")
	calls := 0
	if err := b.Flush(func(_, _ []byte) error { calls++; return full }); err != full || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if b.Len() != 0 {
		t.Error("not empty")
	}
}

func TestTime(t *testing.T) {
	r := bare("/a", 1)
	if r.Time() != accesslog.NoTime {
		t.Error("no time")
	}
	if r.TimeEnd = 7; r.Time() != 7 {
		t.Error("the end, where there is no start")
	}
	if r.TimeStart = 5; r.Time() != 5 {
		t.Error("the start")
	}
}
