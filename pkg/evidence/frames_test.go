package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
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

// inSequence and sideBySide read a file with the frames one by one, and side by
// side in jobs of about run bytes, by size bytes.
func inSequence(t testing.TB, src Source, size int) result {
	return readFrames(t, src, size, pace{}, func(f *frames) { f.width = 1 })
}

func sideBySide(t testing.TB, src Source, size, run int, p pace) (res result, given int) {
	var f *frames
	res = readFrames(t, src, size, p, func(of *frames) {
		f = of
		f.width, f.run = 3, run
	})
	return res, f.given
}

func readFrames(t testing.TB, src Source, size int, p pace, with func(*frames)) result {
	t.Helper()
	l := standardLimits
	l.pace = p
	r, err := src.open(nil, l)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if d, ok := r.dec.(*zstdDecoder); ok {
		with(d.beside)
	} else {
		with(new(frames))
	}
	return readOn(t, r, size)
}

func onDisk(t testing.TB, data []byte) Source {
	return Source{Path: "source", File: written(t, data), Size: int64(len(data))}
}

// Frames decoded side by side are what they are one by one, whatever their
// sizes, and wherever one of them is damaged.
func TestFramesSideBySide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := lines(0, 1500)
	count := 0
	for i := range 120 {
		data := inFrames(t, r, text[:r.IntN(len(text))+1], 1<<(6+r.IntN(11)))
		switch i % 4 {
		case 1:
			data = data[:r.IntN(len(data)-4)+4]
		case 2:
			data = flip(data, r.IntN(len(data)-4)+4)
		case 3:
			at := r.IntN(len(data)-4) + 4
			data = bytes.Join([][]byte{data[:at], make([]byte, r.IntN(5)), data[at:]}, nil)
		}
		src := find(t, "frames", data)
		size, run := 1<<r.IntN(19), 1<<r.IntN(19)
		p := pace{}
		if r.IntN(2) == 0 {
			p = testPace(len(data))
		}
		got, n := sideBySide(t, src, size, run, p)
		sameResult(t, fmt.Sprintf("case %d, by %d, jobs of %d, pace %v", i, size, run, p), got, inSequence(t, src, 1<<12))
		count += n
	}
	if count < 1000 {
		t.Errorf("%d frames were decoded side by side", count)
	}
}

// A file of several frames, cut anywhere, or with any one bit changed, gives
// what it gives when they are read one by one.
func TestFramesDamagedEverywhere(t *testing.T) {
	text := lines(0, 16)
	data := bytes.Join([][]byte{
		zst(t, text[:600]), unsized(t, text[600:800]), skippable([]byte("hello")), zst(t, nil),
		zst(t, text[800:1000]), zst(t, bytes.Repeat([]byte{'a'}, 300)), unsized(t, text[1000:1100]), zst(t, text[1100:1400]),
	}, nil)
	same := func(what string, data []byte, at int) (given int) {
		src := onDisk(t, data)
		defer os.Remove(src.File)
		want := inSequence(t, src, 512)
		got, given := sideBySide(t, src, 512, []int{1, 400, smallJob}[at%3], pace{})
		sameResult(t, fmt.Sprintf("%s at %d", what, at), got, want)
		return given
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

// unsized is a frame that does not say how much is in it.
func unsized(t testing.TB, text []byte) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<10))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(text[:len(text)/2])
	w.Flush()
	w.Write(text[len(text)/2:])
	w.Close()
	return b.Bytes()
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
		args := strings.Fields(command)
		if _, err := exec.LookPath(args[0]); err != nil {
			t.Skip(err)
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin = bytes.NewReader(text)
		data, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		src := find(t, "log", data)
		got, n := sideBySide(t, src, 1<<20, smallJob, standardPace)
		if !bytes.Equal(got.data, text) || got.damage != nil || n < least {
			t.Errorf("%s: %d bytes of %d, %v, %d frames side by side, want %d", command, len(got.data), len(text), got.damage, n, least)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 3 {
			src := find(t, "log", flip(data, r.IntN(len(data)-4)+4))
			got, _ := sideBySide(t, src, 1<<20, smallJob, standardPace)
			sameResult(t, command+" flipped", got, inSequence(t, src, 1<<20))
		}
	}
}

// Files of zstd one after the other are decoded side by side.
func TestZstdFilesTogether(t *testing.T) {
	if _, err := exec.LookPath("zstd"); err != nil {
		t.Skip(err)
	}
	text := lines(0, 20_000)
	args := []string{"-q", "-c"}
	for i := range 20 {
		name := filepath.Join(t.TempDir(), fmt.Sprint("log.", i))
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	data, err := exec.Command("zstd", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	got, n := sideBySide(t, find(t, "log", data), 1<<20, smallJob, standardPace)
	if !bytes.Equal(got.data, bytes.Repeat(text, 20)) || got.damage != nil || n != 19 {
		t.Errorf("%d bytes of %d, %v, %d frames side by side", len(got.data), 20*len(text), got.damage, n)
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
		src := find(t, "claims", data)
		for _, limit := range []int{1, mostJobs} {
			var n int64
			got := allocated(func() { n = sizeOf(t, src, limit) })
			if got > 64<<20 {
				t.Errorf("%s, %d jobs: %d bytes read took %d bytes of memory", name, limit, n, got)
			}
		}
	}
}

func sizeOf(t *testing.T, src Source, width int) (n int64) {
	r, err := src.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.dec.(*zstdDecoder).beside.width = width
	buf := make([]byte, 1<<20)
	for err == nil {
		var k int
		k, err = r.Read(buf)
		n += int64(k)
	}
	return n
}

// Frames that are all wrong are not decoded again and again.
func TestManyWrongFrames(t *testing.T) {
	wrong := flip(zst(t, lines(0, 10)), -2) // its checksum is
	src := find(t, "wrong", bytes.Repeat(wrong, 3000))
	var f *frames
	got := readFrames(t, src, 1<<12, pace{}, func(of *frames) { of.width, f = 3, of })
	sameResult(t, "side by side", got, inSequence(t, src, 1<<12))
	if most := int64(len(got.data) + 4*smallJob*mostJobs); f.vain == 0 || f.vain > most {
		t.Errorf("%d bytes in vain, %d were given", f.vain, len(got.data))
	}
}

// One wrong frame does not end the decoding side by side.
func TestOneWrongFrame(t *testing.T) {
	frame := zst(t, lines(0, 100))
	data := bytes.Join([][]byte{bytes.Repeat(frame, 50), flip(frame, -2), bytes.Repeat(frame, 50)}, nil)
	src := find(t, "wrong", data)
	got, n := sideBySide(t, src, 1<<12, 1<<14, pace{})
	sameResult(t, "side by side", got, inSequence(t, src, 1<<12))
	if n < 90 {
		t.Errorf("%d frames of 101 side by side", n)
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
		src := onDisk(t, data)
		defer os.Remove(src.File)
		got, _ := sideBySide(t, src, int(size%(1<<20))+1, int(size>>10)+1, pace{})
		sameResult(t, fmt.Sprint("by ", size), got, inSequence(t, src, 512))
	})
}
