package inflate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// outcome is what a decoder made of the member that some bytes begin with.
type outcome struct {
	data []byte
	err  error // nil: the member is whole and right
	left int   // bytes that follow it then
}

// standard is what compress/gzip makes of it.
func standard(stored []byte) outcome {
	in := bytes.NewReader(stored)
	z, err := gzip.NewReader(in)
	if err != nil {
		return outcome{err: err}
	}
	z.Multistream(false)
	data, err := io.ReadAll(z)
	return outcome{data, err, in.Len()}
}

// pieces gives at most size bytes at once.
type pieces struct {
	r    *bytes.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }

// ours is what a Reader makes of it: the stored bytes come in pieces of size,
// and what is in them is taken by p at a time.
func ours(t testing.TB, z *Reader, stored []byte, size int, p []byte) outcome {
	t.Helper()
	src := &pieces{bytes.NewReader(stored), size}
	in := bufio.NewReaderSize(src, 4096)
	var out outcome
	out.err = z.Reset(in)
	for out.err == nil {
		var n int
		n, out.err = z.Read(p)
		out.data = append(out.data, p[:n]...)
		if n > 0 && out.err != nil {
			t.Fatalf("%d bytes together with %v", n, out.err)
		}
	}
	if n, err := z.Read(p); n > 0 || err != out.err {
		t.Fatalf("after %v: %d bytes, %v", out.err, n, err)
	}
	if size, crc := z.Given(); size != int64(len(out.data)) || crc != checksum(out.data) {
		t.Errorf("%d bytes were given with the checksum %x, not %d with %x", len(out.data), checksum(out.data), size, crc)
	}
	if out.err == io.EOF {
		out.err, out.left = nil, in.Buffered()+src.r.Len()
	}
	return out
}

// What same reads with: it is the same from one test to the next, as nothing of
// what was read before may show.
var (
	reader  Reader
	members Members
	room    [1 << 20]byte
)

// same fails unless a Reader, in whatever pieces, and a Members make of the
// stored bytes what compress/gzip does. It returns that.
func same(t testing.TB, stored []byte) outcome {
	t.Helper()
	want := standard(stored)
	for _, by := range []struct{ stored, taken int }{{1 << 20, small + 77}, {1, 5}, {100, len(room)}, {33, small}} {
		if by.taken < 10 && len(want.data) > 10_000 {
			by.taken = 1000
		}
		got := ours(t, &reader, stored, by.stored, room[:by.taken])
		if !bytes.Equal(got.data, want.data) {
			t.Fatalf("stored by %d, taken by %d: %d bytes, want %d, or others: %v, want %v", by.stored, by.taken, len(got.data), len(want.data), got.err, want.err)
		}
		if (got.err == nil) != (want.err == nil) || got.err == nil && got.left != want.left {
			t.Fatalf("stored by %d, taken by %d: %v with %d bytes left, want %v with %d", by.stored, by.taken, got.err, got.left, want.err, want.left)
		}
	}
	whole := want.err == nil && want.left == 0
	out := make([]byte, len(want.data)+5)
	if got := members.Decode(stored, out[:len(want.data)]); got != whole || got && !bytes.Equal(out[:len(want.data)], want.data) {
		t.Fatalf("Decode: %v, want %v, or other bytes", got, whole)
	}
	if !bytes.Equal(out[len(want.data):], make([]byte, 5)) {
		t.Fatal("Decode wrote behind its room")
	}
	for _, n := range []int{len(want.data) - 1, len(want.data) + 1} {
		if n >= 0 && members.Decode(stored, out[:n]) {
			t.Fatalf("Decode gave %d bytes of %d", n, len(want.data))
		}
	}
	return want
}
