package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// streamLine is a line as it must come out of a stream. Its head is enough:
// that the bytes of the chunks are those of the stream is checked beside it.
type streamLine struct {
	offset  int64
	length  int64
	tooLong bool
	head    string
}

// naiveLines splits a stream at each LF, the plain way.
func naiveLines(stream []byte) []streamLine {
	var lines []streamLine
	offset := int64(0)
	for len(stream) > 0 {
		line, rest, _ := bytes.Cut(stream, []byte{'\n'})
		width := int64(len(stream) - len(rest))
		text := bytes.TrimSuffix(line, []byte{'\r'})
		lines = append(lines, newStreamLine(offset, text, int64(len(text))))
		offset += width
		stream = rest
	}
	return lines
}

func newStreamLine(offset int64, text []byte, length int64) streamLine {
	return streamLine{offset, length, length > MaxLine, string(text[:min(len(text), RejectHead)])}
}

// chunkBuf is shared by the tests of this file, none of which runs in parallel.
var chunkBuf = make([]byte, 0, ChunkCap)

// chunked reads a stream by chunks and checks that each byte is in exactly one.
// It returns the lines, the bounds of the chunks and the error at the end.
func chunked(t testing.TB, r io.Reader, stream []byte) (lines []streamLine, bounds []string, end error) {
	t.Helper()
	var (
		c    = NewChunker(r)
		buf  = chunkBuf
		at   int64
		last bool
	)
	for {
		chunk, err := c.Next(buf)
		if err != nil {
			if !last {
				t.Errorf("%v without a last chunk", err)
			}
			if at != int64(len(stream)) {
				t.Errorf("%d of %d bytes came", at, len(stream))
			}
			if _, again := c.Next(buf); again != err {
				t.Errorf("after %v: %v", err, again)
			}
			return lines, bounds, err
		}
		if last {
			t.Fatal("a chunk after the last")
		}
		last = chunk.Last
		if chunk.Offset != at || at+int64(len(chunk.Data)) > int64(len(stream)) || !bytes.Equal(chunk.Data, stream[at:at+int64(len(chunk.Data))]) {
			t.Fatalf("chunk at %d with %d bytes, expected at %d", chunk.Offset, len(chunk.Data), at)
		}
		at += int64(len(chunk.Data))
		bounds = append(bounds, fmt.Sprint(at, chunk.InLong, chunk.Long != nil))
		if chunk.InLong {
			if chunk.Long != nil {
				lines = append(lines, newStreamLine(chunk.Long.Offset, chunk.Long.Head, chunk.Long.Length))
				if chunk.Long.Length <= MaxLine || len(chunk.Long.Head) != RejectHead {
					t.Errorf("long line of %d bytes with a head of %d", chunk.Long.Length, len(chunk.Long.Head))
				}
			}
			continue
		}
		if chunk.Long != nil {
			t.Error("a long line ends in a chunk of lines")
		}
		walk := NewLines(chunk.Data)
		for line, ok := walk.Next(); ok; line, ok = walk.Next() {
			if !line.Terminated && !last {
				t.Errorf("an unterminated line at %d in a chunk that is not the last", chunk.Offset+int64(line.Start))
			}
			lines = append(lines, newStreamLine(chunk.Offset+int64(line.Start), line.Text, int64(len(line.Text))))
		}
	}
}

// checkStream compares the lines of a stream with the naive ones, for several
// ways in which a reader may hand it over.
func checkStream(t *testing.T, name string, stream []byte, readers ...string) {
	t.Helper()
	want := naiveLines(stream)
	var wantBounds []string
	for _, how := range append([]string{"whole"}, readers...) {
		lines, bounds, err := chunked(t, readerOf(how, stream), stream)
		if err != io.EOF {
			t.Errorf("%s, %s: %v", name, how, err)
		}
		if i, ok := firstDifference(lines, want); !ok {
			t.Errorf("%s, %s: %d lines, want %d; first difference at %d", name, how, len(lines), len(want), i)
			if i < len(lines) && i < len(want) {
				t.Errorf("got %d+%d %.40q, want %d+%d %.40q", lines[i].offset, lines[i].length, lines[i].head, want[i].offset, want[i].length, want[i].head)
			}
		}
		if wantBounds == nil {
			wantBounds = bounds
		} else if strings.Join(bounds, ";") != strings.Join(wantBounds, ";") {
			t.Errorf("%s, %s: other chunks than whole: %v, want %v", name, how, bounds, wantBounds)
		}
	}
}

func firstDifference(a, b []streamLine) (int, bool) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i, false
		}
	}
	return min(len(a), len(b)), len(a) == len(b)
}

func readerOf(how string, stream []byte) io.Reader {
	r := bytes.NewReader(stream)
	switch how {
	case "one byte":
		return iotest.OneByteReader(r)
	case "half":
		return iotest.HalfReader(r)
	case "odd":
		return &oddReader{r: r}
	case "error with data":
		return iotest.DataErrReader(r)
	}
	return r
}

// oddReader reads a different number of bytes each time, sometimes none.
type oddReader struct {
	r io.Reader
	n int
}

func (o *oddReader) Read(p []byte) (int, error) {
	o.n = (o.n*7 + 4093) % 70001
	if o.n%5 == 0 {
		return 0, nil
	}
	return o.r.Read(p[:min(len(p), o.n)])
}

func TestChunkerSmall(t *testing.T) {
	for _, stream := range []string{
		"", "\n", "\r\n", "\r", "a", "a\n", "a\r\n", "a\r", "\n\n\n", "a\nb", "a\r\nb\r\n\r\n", "a\rb\rc", "\x00\x00\x00", "\x00\na", "a\n\x00",
	} {
		checkStream(t, fmt.Sprintf("%q", stream), []byte(stream), "one byte", "half", "odd", "error with data")
	}
}

// TestChunkerRandom builds streams of short lines around the size of a chunk.
func TestChunkerRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	ends := []string{"\n", "\n", "\n", "\r\n", "\r\r\n", "\n\n", "\r", "\x00\n"}
	for i := range 12 {
		var b bytes.Buffer
		size := ChunkSize*(1+rnd.IntN(3)) + rnd.IntN(400) - 200
		for b.Len() < size {
			for range rnd.IntN(300) {
				b.WriteByte("abc \r\x00"[rnd.IntN(6)])
			}
			b.WriteString(ends[rnd.IntN(len(ends))])
		}
		if i%2 == 0 {
			b.WriteString("no final newline")
		}
		how := []string{"odd", "half"}
		if i == 0 {
			how = append(how, "one byte", "error with data")
		}
		checkStream(t, fmt.Sprint("random ", i), b.Bytes(), how...)
	}
}

// TestChunkerBounds puts line ends on and around the bound of a chunk.
func TestChunkerBounds(t *testing.T) {
	for d := -3; d <= 3; d++ {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			stream := append(bytes.Repeat([]byte{'a'}, ChunkSize+d), end+"next"+end...)
			checkStream(t, fmt.Sprintf("bound %+d %q", d, end), stream, "odd")
			checkStream(t, fmt.Sprintf("bound %+d %q, at the end", d, end), stream[:ChunkSize+d+len(end)])
		}
	}
}

// TestChunkerLong tries lines about as long as may be, behind different begins.
func TestChunkerLong(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcde\x00"), (4*MaxLine)>>4)
	short := bytes.Repeat([]byte(strings.Repeat("a", 127)+"\n"), ChunkSize/128)
	var stream []byte
	for _, before := range []int{0, len(short) - 128, len(short)} {
		for _, n := range []int{MaxLine - 1, MaxLine, MaxLine + 1, MaxLine + 2, MaxLine + 3, MaxLine + ChunkSize - 1, MaxLine + ChunkSize, 2*MaxLine + 1} {
			ends := []string{"\r\nafter\n", ""}
			if before == 0 {
				ends = []string{"\n", "\r\n", "", "\r", "\nafter\n", "\r\n\r\nafter"}
			}
			for _, end := range ends {
				stream = append(stream[:0], short[:before]...)
				stream = append(append(stream, body[:n]...), end...)
				var how []string
				if n == MaxLine+2 && before > 0 {
					how = []string{"odd"}
				}
				checkStream(t, fmt.Sprintf("%d bytes, then %d and %q", before, n, end), stream, how...)
			}
		}
	}
}

// TestChunkerManyLong mixes long lines in a row with short ones.
func TestChunkerManyLong(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	body := bytes.Repeat([]byte("0123456789abcdef"), (4*MaxLine)>>4)
	var b bytes.Buffer
	for i := range 4 {
		b.Reset()
		for range 5 {
			switch rnd.IntN(4) {
			case 0:
				b.WriteString(strings.Repeat("a line that is rather short\r\n", rnd.IntN(2*ChunkSize/29)))
			default:
				b.Write(body[:MaxLine-2+rnd.IntN(5)+rnd.IntN(2)*rnd.IntN(2*MaxLine)])
				b.WriteString([]string{"\n", "\r\n", "\r\r\n"}[rnd.IntN(3)])
			}
		}
		b.Write(body[:rnd.IntN(2)*rnd.IntN(2*MaxLine)])
		checkStream(t, fmt.Sprint("mix ", i), b.Bytes(), "odd")
	}
}

// TestChunkerError: a damaged stream gives its bytes first, then its error,
// even the one that a truncated gzip member ends with.
func TestChunkerError(t *testing.T) {
	damage := errors.New("damaged")
	long := strings.Repeat("x", MaxLine+ChunkSize+5)
	for _, err := range []error{damage, io.ErrUnexpectedEOF} {
		for _, stream := range []string{"", "a\nb", "a\nb\n", strings.Repeat("line\n", ChunkSize/4), long, long + "\nafter", long + "\n"} {
			r := io.MultiReader(strings.NewReader(stream), iotest.ErrReader(err))
			lines, _, end := chunked(t, r, []byte(stream))
			if end != err {
				t.Errorf("%d bytes: %v, want %v", len(stream), end, err)
			}
			if _, ok := firstDifference(lines, naiveLines([]byte(stream))); !ok {
				t.Errorf("%d bytes: lines are missing", len(stream))
			}
		}
	}
}

func TestChunkerStuck(t *testing.T) {
	_, _, err := chunked(t, stuckReader{}, nil)
	if err != io.ErrNoProgress {
		t.Errorf("%v", err)
	}
}

type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

func TestChunkerBuffer(t *testing.T) {
	if _, err := NewChunker(strings.NewReader("a")).Next(make([]byte, ChunkCap-1)); err == nil || err == io.EOF {
		t.Errorf("a short buffer: %v", err)
	}
}
