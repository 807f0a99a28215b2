package inflate

import (
	"bufio"
	"bytes"
	stdgzip "compress/gzip"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// BenchmarkReader reads one large member, and many of 64 KiB, with this reader,
// klauspost's and that of the standard library.
func BenchmarkReader(b *testing.B) {
	text := lines(newRand(7), 200_000)
	stored := packed(b, 6, text)
	p := make([]byte, 1<<20)
	in := bufio.NewReaderSize(nil, 256<<10)
	through := func(name string, z io.Reader, reset func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				in.Reset(bytes.NewReader(stored))
				err := reset()
				for err == nil {
					_, err = z.Read(p)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
	z, k, std := new(Reader), new(gzip.Reader), new(stdgzip.Reader)
	through("inflate", z, func() error { return z.Reset(in) })
	through("klauspost", k, func() error { return k.Reset(in) })
	through("compress-gzip", std, func() error { return std.Reset(in) })

	var list [][]byte
	for at := 0; at < len(text); at += 64 << 10 {
		list = append(list, packed(b, 6, text[at:min(len(text), at+64<<10)]))
	}
	b.Run("members/inflate", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		m := new(Members)
		for b.Loop() {
			for i, stored := range list {
				if n := min(64<<10, len(text)-i*64<<10); !m.Decode(stored, p[:n]) {
					b.Fatal("not right")
				}
			}
		}
	})
	b.Run("members/klauspost", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			for i, stored := range list {
				k.Reset(bytes.NewReader(stored))
				if n, err := io.ReadFull(k, p[:min(64<<10, len(text)-i*64<<10)]); err != nil {
					b.Fatal(n, err)
				}
			}
		}
	})
}
