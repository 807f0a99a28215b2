package evidence

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// testPaces read ahead from early on, in buffers that end in the middle of
// everything. The reading that they are held against has the pace {}: it does
// everything in the goroutine that reads.
var testPaces = []pace{
	{after: 0, count: 1, size: 1, stored: 1},
	{after: 100, count: 2, size: 97, stored: 13},
	{after: 700, count: 3, size: 4096, stored: 512},
	{after: 0, count: 3, size: 64 << 10, stored: 16 << 10},
}

func testPace(n int) pace {
	p := testPaces[n%len(testPaces)]
	if n > 20_000 {
		p = testPaces[2+n%2]
	}
	return p
}

func sameResult(t testing.TB, what string, got, want result) {
	t.Helper()
	if !bytes.Equal(got.data, want.data) {
		t.Errorf("%s: %d bytes, want %d, or others", what, len(got.data), len(want.data))
	}
	if fmt.Sprint(got.damage) != fmt.Sprint(want.damage) || !slices.Equal(got.warnings, want.warnings) {
		t.Errorf("%s: damage %v, warnings %q\nwant %v, %q", what, got.damage, got.warnings, want.damage, want.warnings)
	}
	if got.kind != want.kind || got.sum != want.sum || got.bytes != want.bytes || got.hashed != want.hashed {
		t.Errorf("%s: %s, %d bytes stored, hashed %v, sum %x\nwant %s, %d, %v, %x", what,
			got.kind, got.bytes, got.hashed, got.sum[:4], want.kind, want.bytes, want.hashed, want.sum[:4])
	}
}

// packed is the same text in every compression, damaged in the middle and not.
func packed(t testing.TB, text []byte) map[string][]byte {
	half := len(text) / 2
	all := map[string][]byte{
		"gzip": gz(t, 6, text[:half], text[half:]), "zstd": zst(t, text[:half], text[half:]),
		"zstd frames": inFrames(t, rand.New(rand.NewPCG(1, 1)), text, max(1, half/3)),
		"xz":          xzd(t, text[:half], text[half:]), "bzip2": bytes.Repeat(bz2(t), 120),
	}
	for name, data := range all {
		all[name+" flipped"] = flip(data, len(data)/2-6)
		all[name+" cut"] = data[:len(data)*3/4]
		all[name+" and more"] = append(bytes.Clone(data), "hello"...)
	}
	all["gzip checksum"] = append(flip(gz(t, 6, text[:half]), -6), gz(t, 6, text[half:])...)
	all["zstd checksum"] = append(flip(zst(t, text[:half]), -2), zst(t, text[half:])...)
	return all
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0x40
	return b
}

// said reads r to its end and closes it. It tells what was heard of damage and
// warnings, and after how many bytes.
func said(r *Reader, size int) (list []string) {
	defer r.Close()
	last, given := "", 0
	for err := error(nil); err == nil; {
		var n int
		n, err = io.ReadFull(r, make([]byte, size))
		given += n
		if now := fmt.Sprint(r.Damage(), r.Warnings()); now != last {
			list = append(list, fmt.Sprint(given, now))
			last = now
		}
	}
	return list
}

// Whoever reads hears of damage and of warnings at the same byte, whether it is
// read ahead or not.
func TestHeardInPlace(t *testing.T) {
	said := func(src Source, p pace, size int) []string {
		l := standardLimits
		l.pace = p
		r, err := src.open(nil, l)
		if err != nil {
			t.Fatal(err)
		}
		return said(r, size)
	}
	text := lines(0, 30)
	heard := 0
	for name, data := range packed(t, text) {
		src := find(t, "packed", data)
		for _, size := range []int{1, 50} {
			want := said(src, pace{}, size)
			for _, p := range testPaces {
				if got := said(src, p, size); !slices.Equal(got, want) {
					t.Errorf("%s by %d, pace %v: %q\nwant %q", name, size, p, got, want)
				}
			}
			if len(want) > 1 && !strings.HasPrefix(want[1], fmt.Sprint(len(text))) {
				heard++
			}
		}
	}
	if heard < 10 {
		t.Errorf("damage was heard %d times before the end", heard)
	}
}

// However far it was read: after Close no goroutine is left.
func TestCloseEndsGoroutines(t *testing.T) {
	text := lines(0, 3000)
	before := runtime.NumGoroutine()
	for name, data := range packed(t, text) {
		src := find(t, "packed", data)
		for _, p := range testPaces[1:] {
			for _, give := range []int{1, 5000, len(text)} {
				if p.size < 1000 {
					give = min(give, 10_000) // buffers of a few bytes take long
				}
				for _, stdin := range []bool{false, true} {
					l := standardLimits
					l.pace = p
					src, pipe := src, io.Reader(nil)
					if stdin {
						src, pipe = Source{Path: Stdin, File: Stdin, Size: -1}, bytes.NewReader(data)
					}
					r, err := src.open(pipe, l)
					if err != nil {
						t.Fatal(err)
					}
					io.ReadFull(r, make([]byte, give))
					if err := r.Close(); err != nil {
						t.Errorf("%s: %v", name, err)
					}
					if !stdin && r.ahead != nil {
						select {
						case <-r.ahead.full: // closed at the end
						default:
							t.Errorf("%s: Close did not wait for what is read ahead", name)
						}
					}
					if n, err := r.Read(make([]byte, 10)); n != 0 || err != io.EOF {
						t.Errorf("%s: Read after Close: %d, %v", name, n, err)
					}
				}
			}
		}
	}
	goroutines(t, before)
}

// goroutines waits until there are no more than n.
func goroutines(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, want %d\n%s", runtime.NumGoroutine(), n, buf[:runtime.Stack(buf, true)])
		}
	}
}

// A standard input that gives nothing more does not hold up Close, and once it
// ends, no goroutine is left.
func TestCloseWhileStdinBlocks(t *testing.T) {
	text := lines(0, 4000)
	before := runtime.NumGoroutine()
	for name, data := range packed(t, text) {
		for _, p := range testPaces[1:] {
			pr, pw := io.Pipe()
			go pw.Write(data)
			l := standardLimits
			l.pace = p
			r, err := Source{Path: Stdin, File: Stdin, Size: -1}.open(pr, l)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(r, make([]byte, 500)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			time.Sleep(time.Millisecond) // for the goroutines to get to the end of what there is
			if err := r.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			pw.Close()
			pr.Close()
		}
	}
	goroutines(t, before)
}

// Stop ends the reading, whatever is read ahead at the moment, and the stream
// then ends as one that could not be read further.
func TestStopWhileReading(t *testing.T) {
	text := lines(0, 3000)
	before := runtime.NumGoroutine()
	for name, data := range packed(t, text) {
		src := find(t, "packed", data)
		whole := readAt(t, src, nil, 4096, pace{})
		for i, p := range append([]pace{{}}, testPaces[1:]...) {
			l := standardLimits
			l.pace = p
			c, err := src.contents(nil, l)
			if err != nil {
				t.Fatal(err)
			}
			_, r, err := c.Next()
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Microsecond)
				c.Stop()
			})
			got, err := io.ReadAll(r)
			wg.Wait()
			if err != nil || !bytes.HasPrefix(whole.data, got) {
				t.Errorf("%s, pace %v: %v, %d bytes that are no beginning of the %d", name, p, err, len(got), len(whole.data))
			}
			if len(got) < len(whole.data) && r.Damage() == nil {
				t.Errorf("%s, pace %v: %d bytes of %d and nothing was said", name, p, len(got), len(whole.data))
			}
			c.Close()
		}
	}
	goroutines(t, before)
}

// Who reads only the beginning has nothing read ahead.
func TestBeginningIsNotReadAhead(t *testing.T) {
	text := lines(0, 60_000)
	src := find(t, "packed", gz(t, 6, text))
	before := runtime.NumGoroutine()
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	io.ReadFull(r, make([]byte, 512<<10))
	if n := runtime.NumGoroutine(); n != before || r.RawBytes() > 512<<10 {
		t.Errorf("%d goroutines were begun, %d bytes of %d read", n-before, r.RawBytes(), src.Size)
	}
	io.ReadFull(r, make([]byte, 64<<10))
	if n := runtime.NumGoroutine(); n != before+2 {
		t.Errorf("%d goroutines read ahead, want 2", n-before)
	}
}
