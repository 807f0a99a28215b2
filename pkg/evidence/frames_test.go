package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// inFrames packs text in frames of up to most bytes each, some of which say how
// much is in them, or have a checksum, or a skippable frame before them.
func inFrames(t testing.TB, r *rand.Rand, text []byte, most int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(r.IntN(4) > 0),
		zstd.WithWindowSize(1<<(10+r.IntN(8))), zstd.WithEncoderLevel(zstd.EncoderLevel(1+r.IntN(2))))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for first := true; first || len(text) > 0; first = false {
		n := min(len(text), r.IntN(most+1))
		switch r.IntN(4) {
		case 0:
			b.Write(skippable(make([]byte, r.IntN(9))))
			fallthrough
		case 1:
			b.Write(w.EncodeAll(text[:n], nil)) // with its size
		default:
			w.Reset(&b)
			w.Write(text[:n/2])
			w.Flush()
			w.Write(text[n/2 : n])
			w.Close()
		}
		text = text[n:]
	}
	return b.Bytes()
}

func skippable(b []byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte{0x53, 0x2a, 0x4d, 0x18}, uint32(len(b)))
	return append(head, b...)
}

// inSequence and sideBySide read data with the frames one by one, and side by
// side in jobs of about run bytes, by size bytes.
func inSequence(t testing.TB, data []byte, size int) result {
	r, _ := framesOf(data, 1, smallJob, pace{})
	defer r.Close()
	return readOn(t, r, size)
}

func sideBySide(t testing.TB, data []byte, size, run int, p pace) (result, *frames) {
	r, f := framesOf(data, 3, run, p)
	defer r.Close()
	return readOn(t, r, size), f
}

// framesOf opens data as if it were a file.
func framesOf(data []byte, width, run int, p pace) (*Reader, *frames) {
	file := bytes.NewReader(data)
	r := &Reader{path: "source", pace: p}
	r.raw.src = bytes.NewReader(data)
	r.start(func(at, n int64) io.Reader { return io.NewSectionReader(file, at, n) })
	f := new(frames)
	if d, ok := r.dec.(*zstdDecoder); ok {
		f = d.beside
		f.width, f.run = width, run
	}
	return r, f
}

// Frames decoded side by side are what they are one by one, whatever their
// sizes, and wherever one of them is damaged.
func TestFramesSideBySide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := lines(0, 1500)
	count := 0
	for i := range 120 {
		data := inFrames(t, r, text[:r.IntN(len(text))+1], 1<<(6+r.IntN(11)))
		data = spoilt(r, i, data, 4)
		size, run := 1<<r.IntN(19), 1<<r.IntN(19)
		p := pace{}
		if r.IntN(2) == 0 {
			p = testPace(len(data))
		}
		got, f := sideBySide(t, data, size, run, p)
		sameResult(t, fmt.Sprintf("case %d, by %d, jobs of %d, pace %v", i, size, run, p), got, inSequence(t, data, 1<<12))
		count += f.given
	}
	if count < 1000 {
		t.Errorf("%d frames were decoded side by side", count)
	}
}

// Damage is heard at the same byte, whether frames are decoded side by side or
// not.
func TestFramesHeardInPlace(t *testing.T) {
	text := lines(0, 60)
	frame := zst(t, text[:1500])
	for name, data := range map[string][]byte{
		"checksums": bytes.Join([][]byte{frame, zst(t, text), flip(frame, -2), frame, flip(frame, -2), flip(frame, -2), frame}, nil),
		"zeros":     bytes.Join([][]byte{frame, frame, make([]byte, 7), frame, frame, make([]byte, 5)}, nil),
		"foreign":   bytes.Join([][]byte{frame, frame, frame, []byte("hello"), frame}, nil),
		"middle":    bytes.Join([][]byte{frame, frame, unsized(t, text), flip(unsized(t, text), 700), frame}, nil),
	} {
		for _, size := range []int{1, 50, 4096} {
			r, _ := framesOf(data, 1, smallJob, pace{})
			want := said(r, size)
			if len(want) < 2 {
				t.Errorf("%s: nothing was said", name)
			}
			for _, run := range []int{1, 2000, smallJob} {
				r, _ := framesOf(data, 3, run, testPaces[run%2+1])
				if got := said(r, size); !slices.Equal(got, want) {
					t.Errorf("%s by %d, jobs of %d: %q\nwant %q", name, size, run, got, want)
				}
			}
		}
	}
}

// A file of several frames, cut anywhere, or with any one bit changed, gives
// what it gives when they are read one by one.
func TestFramesDamagedEverywhere(t *testing.T) {
	text := lines(0, 16)
	data := bytes.Join([][]byte{
		sized(t, text[:600]), unsized(t, text[600:800]), skippable([]byte("hello")), unsized(t, nil),
		sized(t, text[800:1000]), sized(t, bytes.Repeat([]byte{'a'}, 300)), unsized(t, text[1000:1100]), sized(t, text[1100:1400]),
	}, nil)
	same := func(what string, data []byte, at int) (given int) {
		got, f := sideBySide(t, data, 512, []int{1, 400, smallJob}[at%3], pace{})
		sameResult(t, fmt.Sprintf("%s at %d", what, at), got, inSequence(t, data, 512))
		return f.given
	}
	if given := same("nothing", data, 0); given != 7 {
		t.Errorf("%d frames side by side, want all but the first", given)
	}
	for at := 4; at < len(data) && !t.Failed(); at++ {
		same("cut", data[:at], at)
		for bit := range 8 {
			b := bytes.Clone(data)
			b[at] ^= 1 << bit
			same(fmt.Sprint("bit ", bit, " changed"), b, at+bit)
		}
		same("zero put in", slices.Insert(bytes.Clone(data), at, 0), at)
	}
}

// unsized is a frame that does not say how much is in it, sized one that does;
// neither looks back more than 1 KiB.
func unsized(t testing.TB, text []byte) []byte {
	var b bytes.Buffer
	w := smallWindow(t, &b)
	w.Write(text[:len(text)/2])
	w.Flush()
	w.Write(text[len(text)/2:])
	w.Close()
	return b.Bytes()
}

func sized(t testing.TB, text []byte) []byte { return smallWindow(t, nil).EncodeAll(text, nil) }

func smallWindow(t testing.TB, out io.Writer) *zstd.Encoder {
	t.Helper()
	w, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<10))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// What pzstd writes is decoded side by side, and so are files of zstd that were
// put together; damaged or not.
func TestPzstd(t *testing.T) {
	text := bytes.Repeat(lines(0, 20_000), 13)
	for command, least := range map[string]int{
		"pzstd -q -c":         2 * 2, // pzstd writes a skippable frame before each
		"pzstd -q -c -1":      2 * 7,
		"zstd -q -c -B200000": 0, // one frame
	} {
		data := packedBy(t, command, text)
		got, f := sideBySide(t, data, 1<<20, smallJob, standardPace)
		if !bytes.Equal(got.data, text) || got.damage != nil || f.given < least {
			t.Errorf("%s: %d bytes of %d, %v, %d frames side by side, want %d", command, len(got.data), len(text), got.damage, f.given, least)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 3 {
			data := flip(data, r.IntN(len(data)-4)+4)
			got, _ := sideBySide(t, data, 1<<20, smallJob, standardPace)
			sameResult(t, command+" flipped", got, inSequence(t, data, 1<<20))
		}
	}
}

// Files of zstd one after the other are decoded side by side.
func TestZstdFilesTogether(t *testing.T) {
	text := lines(0, 20_000)
	command := "zstd -q -c"
	for i := range 20 {
		name := filepath.Join(t.TempDir(), fmt.Sprint("log.", i))
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		command += " " + name
	}
	data := packedBy(t, command, nil)
	got, f := sideBySide(t, data, 1<<20, smallJob, standardPace)
	if !bytes.Equal(got.data, bytes.Repeat(text, 20)) || got.damage != nil || f.given != 19 {
		t.Errorf("%d bytes of %d, %v, %d frames side by side", len(got.data), 20*len(text), got.damage, f.given)
	}
}

// Whatever a frame claims, and whatever is in it, memory stays bounded.
func TestFrameClaims(t *testing.T) {
	text := lines(0, 2000)
	magic := string(zstdMagic)
	rle := "\x02\x00\x10" + "x" // 128 KiB of one byte; not the last
	for name, more := range map[string]string{
		"size of 32 GiB, in an empty frame":   magic + "\xc0\x00" + "\x00\x00\x00\x00\x08\x00\x00\x00" + "\x01\x00\x00",
		"size of 2^64-2, in an empty frame":   magic + "\xc0\x00" + "\xfe\xff\xff\xff\xff\xff\xff\xff" + "\x01\x00\x00",
		"size of 32 GiB, in a single segment": magic + "\xe0" + "\x00\x00\x00\x00\x08\x00\x00\x00" + "\x01\x00\x00",
		"skippable frame of 4 GiB":            "\x50\x2a\x4d\x18\xff\xff\xff\xff",
		"skippable frames":                    strings.Repeat(string(skippable(nil)), 1<<20),
		"empty blocks":                        magic + "\x00\x58" + strings.Repeat("\x00\x00\x00", 1<<20) + "\x01\x00\x00",
		"a byte, 400 MiB of it":               magic + "\x00\x58" + strings.Repeat(rle, 3200) + "\x01\x00\x00",
		"window of 3 TiB":                     magic + "\x00\xff" + "\x01\x00\x00",
	} {
		data := bytes.Join([][]byte{zst(t, text), zst(t, text), []byte(more), zst(t, text)}, nil)
		var n int64
		took := allocated(func() {
			r, _ := framesOf(data, mostJobs, smallJob, standardPace)
			defer r.Close()
			n, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, make([]byte, 1<<20))
		})
		if took > 64<<20 || n < int64(2*len(text)) {
			t.Errorf("%s: %d bytes read took %d bytes of memory", name, n, took)
		}
	}
}

// Frames that are all wrong are not decoded again and again.
func TestManyWrongFrames(t *testing.T) {
	wrong := flip(zst(t, lines(0, 10)), -2) // its checksum is
	data := bytes.Repeat(wrong, 3000)
	got, f := sideBySide(t, data, 1<<12, smallJob, pace{})
	sameResult(t, "side by side", got, inSequence(t, data, 1<<12))
	if most := int64(len(got.data) + 4*smallJob*mostJobs); f.vain == 0 || f.vain > most {
		t.Errorf("%d bytes in vain, %d were given", f.vain, len(got.data))
	}
}

// One wrong frame does not end the decoding side by side.
func TestOneWrongFrame(t *testing.T) {
	frame := zst(t, lines(0, 100))
	data := bytes.Join([][]byte{bytes.Repeat(frame, 50), flip(frame, -2), bytes.Repeat(frame, 50)}, nil)
	got, f := sideBySide(t, data, 1<<12, 1<<14, pace{})
	sameResult(t, "side by side", got, inSequence(t, data, 1<<12))
	if f.given < 90 {
		t.Errorf("%d frames of 101 side by side", f.given)
	}
}

// What is put back comes once more, and before what follows, however often and
// however much it is, at the same offsets.
func TestBack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	data := make([]byte, 8<<20)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	in := newInput(&raw{src: bytes.NewReader(data)}, nil)
	at := 0
	for range 500 {
		b := make([]byte, min(r.IntN(1<<20), len(data)-at))
		if _, err := io.ReadFull(in.br, b); err != nil || !bytes.Equal(b, data[at:at+len(b)]) {
			t.Fatalf("%d bytes at %d: %v, or others", len(b), at, err)
		}
		n := min(r.IntN(1<<20), len(b))
		at += len(b) - n
		in.back(b[len(b)-n:])
		if in.pos() != int64(at) {
			t.Fatalf("offset %d, want %d", in.pos(), at)
		}
	}
	if at < len(data)/2 {
		t.Errorf("%d bytes were read", at)
	}
}

// FuzzFrames: whatever the bytes, frames side by side give what they give one
// by one.
func FuzzFrames(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 6 {
		f.Add(inFrames(f, r, lines(0, 40), 1<<(4+r.IntN(8))), uint32(1<<r.IntN(16)))
	}
	f.Add(append(zst(f, lines(0, 9)), "(\xb5/\xfd\xc0\x00\xfe\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00"...), uint32(500))
	f.Add(append(zst(f, lines(0, 9)), "(\xb5/\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00"...), uint32(500))
	f.Fuzz(func(t *testing.T, data []byte, size uint32) {
		got, _ := sideBySide(t, data, int(size%(1<<20))+1, int(size>>10)+1, pace{})
		sameResult(t, fmt.Sprint("by ", size), got, inSequence(t, data, 512))
	})
}

// Who wants only the beginning has no frame decoded ahead.
func TestBeginningOfFrames(t *testing.T) {
	data := bytes.Repeat(zst(t, lines(0, 1000)), 20)
	r, f := framesOf(data, 3, smallJob, standardPace)
	defer r.Close()
	r.peek()
	if f.z != nil || r.RawBytes() == int64(len(data)) {
		t.Errorf("for %d bytes %d stored bytes of %d were read", headLen, r.RawBytes(), len(data))
	}
}
