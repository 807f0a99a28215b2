package evidence

import (
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// Whichever bit of a small file is another: as a file it gives the same bytes
// as on standard input, where only compress/gzip reads it, and the same is said
// of them.
func TestGzipFlipEveryBit(t *testing.T) {
	whole := gz(t, 6, lines(0, 3), lines(3, 2))
	for at := 3 * 8; at < len(whole)*8; at++ {
		whole[at/8] ^= 1 << (at % 8)
		src := Source{Path: Stdin, File: written(t, whole), Size: int64(len(whole))}
		file := readAt(t, src, nil, 64<<10, pace{})
		src.File = Stdin
		sameResult(t, fmt.Sprintf("bit %d", at), file, readAt(t, src, bytes.NewReader(whole), 64<<10, pace{}))
		whole[at/8] ^= 1 << (at % 8)
	}
	os.Remove(written(t, nil))
}

// faulty is a decoder with a fault: at some byte it gives another, or none, or
// at the end one more.
type faulty struct {
	inflater
	at   int64 // of the member; -1: its end
	stop bool  // there, with an error
	size int64
	crc  uint32
}

func (f *faulty) Given() (int64, uint32) { return f.size, f.crc }

func (f *faulty) Read(p []byte) (int, error) {
	n, err := f.inflater.Read(p[:min(len(p), 500)])
	if i := f.at - f.size; i >= 0 && i < int64(n) {
		if f.stop {
			n = int(i)
		} else {
			p[i] ^= 1
		}
	}
	if f.at == -1 && n == 0 {
		f.at, n = f.size, 1
	}
	f.size += int64(n)
	f.crc = crc32.Update(f.crc, crc32.IEEETable, p[:n])
	switch {
	case f.stop && f.size == f.at && n == 0:
		err = errors.New("stopped for nothing")
	case n > 0:
		err = nil
	case err == io.EOF && !f.stop:
		err = errors.New("the checksum is wrong")
	}
	return n, err
}

// A fault of the faster decoder is never taken for damage: a stop without need
// is made good by the other one, and bytes that are wrong are said to be ours.
func TestFaultIsNotDamage(t *testing.T) {
	text := lines(0, 30)
	whole := gz(t, 6, text, text)
	for name, data := range map[string][]byte{
		"whole": whole, "cut": whole[:len(whole)-12], "checksum": flip(gz(t, 6, text), -6), "flipped": flip(whole, len(whole)/3),
	} {
		src := find(t, "log", data)
		right := readWith(t, src, 1000, func(*gzipDecoder) {})
		for _, at := range []int64{-1, 0, 1, 499, 500, 700} {
			if at >= 0 {
				stopped := readWith(t, src, 1000, func(d *gzipDecoder) { d.fast = &faulty{inflater: d.fast, at: at, stop: true} })
				sameResult(t, fmt.Sprintf("%s, stopped at %d", name, at), stopped, right)
			}
			other := readWith(t, src, 1000, func(d *gzipDecoder) { d.fast = &faulty{inflater: d.fast, at: at} })
			if !errors.Is(other.damage, errDecoders) || errors.Is(other.damage, stdgzip.ErrChecksum) || errors.Is(other.damage, io.ErrUnexpectedEOF) {
				t.Errorf("%s, another byte at %d: %v", name, at, other.damage)
			}
			if !strings.Contains(fmt.Sprint(other.damage), `"log"`) {
				t.Errorf("%s, another byte at %d: the file is not named: %v", name, at, other.damage)
			}
		}
	}
}

// When the member cannot be read again, that is what is said.
func TestReadAgainFails(t *testing.T) {
	broken := errors.New("input/output error")
	data := flip(gz(t, 6, lines(0, 3000)), 20_000)
	for _, at := range []int{0, 5, 10_000} {
		r := &Reader{path: "log"}
		r.raw.src = bytes.NewReader(data)
		r.start(func(from, n int64) io.Reader {
			return io.MultiReader(io.LimitReader(bytes.NewReader(data[from:]), int64(at)), iotest.ErrReader(broken))
		})
		if got := readOn(t, r, 4096); !errors.Is(got.damage, broken) || errors.Is(got.damage, errDecoders) {
			t.Errorf("failed at %d: %v", at, got.damage)
		}
	}
}
