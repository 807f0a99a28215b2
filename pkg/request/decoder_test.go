package request

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// seedBlocks are whole blocks of random requests.
func seedBlocks(t testing.TB) [][]byte {
	rng := rand.New(rand.NewPCG(9, 9))
	var blocks [][]byte
	for _, n := range []int{1, 4, 15} {
		b := NewBatch(1 << 20)
		reqs := random(rng, n)
		for i := range reqs {
			b.Add(&reqs[i])
		}
		bl, _ := flush(t, b)
		blocks = append(blocks, bl...)
	}
	return blocks
}

// walk reads a block that may be damaged; it must end, and not panic.
func walk(t testing.TB, block []byte) (n int, err error) {
	var d Decoder
	if err := d.Reset(block); err != nil {
		return 0, err
	}
	var k Key
	var r Request
	for ; ; n++ {
		ok, err := d.Next(&k)
		if err != nil || !ok {
			return n, err
		}
		if err := d.Read(&k, &r); err != nil {
			return n, err
		}
		_ = r.Kind.String() + r.Meaning.String() + r.RangeFrom.String() // by numbers from the block
		if n > len(block) {
			t.Fatal("more requests than bytes")
		}
	}
}

func TestDamagedBlock(t *testing.T) {
	for _, block := range seedBlocks(t) {
		if _, err := walk(t, block); err != nil {
			t.Fatal("whole block:", err)
		}
		for cut := range block {
			if _, err := walk(t, block[:cut]); err == nil {
				t.Fatalf("a block of %d bytes cut at %d is read without error", len(block), cut)
			}
		}
		if _, err := walk(t, append(bytes.Clone(block), 0)); err == nil {
			t.Error("a byte too many is read without error")
		}
		for i := range block {
			for _, x := range []byte{1, 0x80, 0xff} {
				damaged := bytes.Clone(block)
				damaged[i] ^= x
				walk(t, damaged)
			}
		}
	}
	if _, err := walk(t, nil); err == nil {
		t.Error("an empty block is no block")
	}
	var d Decoder
	var k Key
	if ok, err := d.Next(&k); ok || err != nil {
		t.Error("a decoder without block is at its end")
	}
}

// A decoder knows how a recording begins like the one before, also where a block
// does.
func TestAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	b := NewBatch(1 << 30)
	for _, path := range [][]byte{{}, []byte("/a"), []byte("/a/long recording 1"), []byte("/a/long recording 2")} {
		for i := range int64(blockRows + rng.IntN(2*blockRows)) {
			r := bare(string(path), i)
			b.Add(&r)
		}
	}
	blocks, _ := flush(t, b)
	if len(blocks) < 3 {
		t.Fatalf("only %d blocks", len(blocks))
	}
	var d Decoder
	var k Key
	var last []byte
	for _, block := range blocks {
		if err := d.Reset(block); err != nil {
			t.Fatal(err)
		}
		for ok, _ := d.Next(&k); ok; ok, _ = d.Next(&k) {
			n := 0
			for n < min(len(last), len(k.Recording)) && last[n] == k.Recording[n] {
				n++
			}
			if d.Alike() != n {
				t.Fatalf("%q behind %q: %d bytes alike, not %d", k.Recording, last, d.Alike(), n)
			}
			last = k.Recording
		}
	}
}

// TestDecoderRoom: the recordings of a block take the room that they need, each once,
// and in larger blocks pieces of arenaBytes.
func TestDecoderRoom(t *testing.T) {
	for _, size := range []int{10, 50, 1000} {
		b := NewBatch(1 << 30)
		for i := range int64(blockRows) {
			r := bare(fmt.Sprintf("/%0*d", size-1, i/2), i)
			b.Add(&r)
		}
		blocks, _ := flush(t, b)
		var d Decoder
		if err := d.Reset(blocks[0]); err != nil {
			t.Fatal(err)
		}
		var k Key
		if _, err := d.Next(&k); err != nil || cap(d.arena) != min(size*blockRows/2, arenaBytes) {
			t.Errorf("recordings of %d bytes: room for %d, %v", size, cap(d.arena), err)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	seeds := seedBlocks(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, block := range seeds {
		f.Add(block)
	}
	f.Fuzz(func(t *testing.T, block []byte) { walk(t, block) })
}
