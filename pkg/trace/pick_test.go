package trace

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// wantedLines are all lines of a stream that an analysis could read, in the
// plain way.
func wantedLines(stream string) (lines []*Line, want []string) {
	offset := int64(0)
	for i, text := range strings.SplitAfter(stream, "\n") {
		line := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		if text != "" && len(line) <= accesslog.MaxLine {
			lines = append(lines, &Line{Request: request.Request{Line: int64(i + 1), Offset: offset}})
			want = append(want, line)
		}
		offset += int64(len(text))
	}
	return lines, want
}

func TestPick(t *testing.T) {
	long := strings.Repeat("x", accesslog.MaxLine)
	for _, stream := range []string{
		"", "a", "a\n", "\n", "\r\n\r\n", "a\r\nb\n\nc", "\x00\x00a\nb\x00\n", "a\r\r\n",
		long + "\nafter\n", "before\n" + long + "x\nafter", "before\n" + strings.Repeat(long, 3) + "\r\nafter\n" + long,
		strings.Repeat("0123456789\n", 200_000),
	} {
		for _, every := range []int{1, 3} {
			all, texts := wantedLines(stream)
			var lines []*Line
			var want []string
			for i := 0; i < len(all); i += every {
				lines, want = append(lines, all[i]), append(want, texts[i])
			}
			p := newPick(lines, accesslog.MaxLine)
			if err := p.read(iotestReader{strings.NewReader(stream)}, make([]byte, 0, accesslog.ChunkCap)); err != nil {
				t.Fatal(err)
			}
			if p.sum() != sha256.Sum256([]byte(stream)) {
				t.Errorf("%.20q: wrong hash", stream)
			}
			if err := p.complete("x"); err != nil {
				t.Errorf("%.20q: %v", stream, err)
			}
			for _, l := range lines {
				if l.Text != nil {
					t.Fatalf("%.20q: given too early", stream)
				}
			}
			p.give()
			for i, l := range lines {
				if string(l.Text) != want[i] || l.Length != int64(len(want[i])) || l.Text == nil {
					t.Errorf("%.20q: line %d is %.40q with %d bytes, want %.40q", stream, l.Request.Line, l.Text, l.Length, want[i])
				}
			}
		}
	}
}

// iotestReader reads a few bytes at a time, to cross every border.
type iotestReader struct{ r io.Reader }

func (r iotestReader) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 60_001)]) }

func TestStart(t *testing.T) {
	for _, c := range []struct {
		line string
		most int
		want string
	}{
		{"", 5, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"aåå", 3, "aå"}, {"aåå", 2, "a"}, {"a😀", 4, "a"}, {"a😀", 5, "a😀"},
		{"😀", 3, ""}, {"\x80\x80\x80\x80\x80", 4, "\x80\x80\x80\x80"}, {"aa\xff\xfe\xfd", 3, "aa\xff"},
	} {
		got := start([]byte(c.line), c.most)
		if string(got) != c.want || got == nil {
			t.Errorf("start(%q, %d) is %q, want %q", c.line, c.most, got, c.want)
		}
	}
}

// However large a source is, no more than a chunk of it is held.
func TestPickHoldsLittle(t *testing.T) {
	const count = 600_000
	line := strings.Repeat("x", 99) + "\n"
	lines := []*Line{{Request: request.Request{Line: count, Offset: (count - 1) * 100}}}
	p := newPick(lines, 1000)
	buf := make([]byte, 0, accesslog.ChunkCap)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := p.read(&endless{line: []byte(line), left: count * 100}, buf); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if err := p.complete("x"); err != nil {
		t.Fatal(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were allocated for a source of %d", used, count*100)
	}
}

// endless gives a line again and again.
type endless struct {
	line []byte
	at   int
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), e.left)]
	for n := 0; n < len(p); {
		k := copy(p[n:], e.line[e.at:])
		e.at = (e.at + k) % len(e.line)
		n += k
	}
	e.left -= len(p)
	return len(p), nil
}

func FuzzPick(f *testing.F) {
	seeds := []string{"", "a\nb\r\n\nc", "\r\n", strings.Repeat("y", 700_000) + "\nz"}
	for _, s := range seeds {
		f.Add([]byte(s), uint8(1))
	}
	f.Fuzz(func(t *testing.T, stream []byte, every uint8) {
		all, texts := wantedLines(string(stream))
		var lines []*Line
		var want []string
		for i := 0; i < len(all); i += max(1, int(every)) {
			lines, want = append(lines, all[i]), append(want, texts[i])
		}
		p := newPick(lines, accesslog.MaxLine)
		if err := p.read(bytes.NewReader(stream), make([]byte, 0, accesslog.ChunkCap)); err != nil {
			t.Fatal(err)
		}
		p.give()
		for i, l := range lines {
			if string(l.Text) != want[i] {
				t.Fatalf("line %d is %q, want %q", l.Request.Line, l.Text, want[i])
			}
		}
		if p.complete("x") != nil || p.sum() != sha256.Sum256(stream) {
			t.Fatal(fmt.Sprint(p.complete("x"), " or a wrong hash"))
		}
	})
}
