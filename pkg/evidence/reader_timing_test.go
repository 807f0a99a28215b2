package evidence

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	text := lines(0, 60_000)
	whole := gz(b, 6, text)
	for name, data := range map[string][]byte{"plain": text, "gzip": whole, "gzip cut": whole[:len(whole)-10], "zstd": zst(b, text)} {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "source")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				b.Fatal(err)
			}
			src := Source{ID: 1, Path: "source", File: file, Size: int64(len(data))}
			buf := make([]byte, 1<<20)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := src.Open(nil)
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = r.Read(buf)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}
