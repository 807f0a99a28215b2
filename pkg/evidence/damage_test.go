package evidence

import (
	"bytes"
	stdgzip "compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// result is what a source gave.
type result struct {
	data     []byte
	kind     string
	damage   error
	warnings []string
	sum      [32]byte
	bytes    int64
	hashed   bool
}

// written puts data in a file, always the same: a fuzz target needs many.
func written(t testing.TB, data []byte) string {
	t.Helper()
	name := filepath.Join(os.TempDir(), fmt.Sprintf("recount-evidence-test-%d", os.Getpid()))
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// readAll reads a source to its end in pieces of at most size bytes.
func readAll(t testing.TB, s Source, stdin io.Reader, size int) result {
	t.Helper()
	return readAt(t, s, stdin, size, standardPace)
}

// readAt is readAll at a pace.
func readAt(t testing.TB, s Source, stdin io.Reader, size int, p pace) result {
	t.Helper()
	l := standardLimits
	l.pace = p
	r, err := s.open(stdin, l)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return readOn(t, r, size)
}

// readOn reads to the end in pieces of at most size bytes.
func readOn(t testing.TB, r *Reader, size int) result {
	t.Helper()
	var res result
	buf := make([]byte, size)
	for {
		n, err := r.Read(buf)
		res.data = append(res.data, buf[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("Read gave an error: %v", err)
		}
	}
	if n, err := r.Read(buf); n != 0 || err != io.EOF {
		t.Fatalf("Read after the end: %d, %v", n, err)
	}
	res.kind, res.damage, res.warnings = r.Compression(), r.Damage(), r.Warnings()
	res.sum, res.bytes, res.hashed = r.Raw()
	return res
}

// both reads data once as a file and once as standard input, and checks what is
// true of every source: the raw hash and the count, and that reading ahead
// makes no difference.
func both(t testing.TB, data []byte) (file, stdin result) {
	t.Helper()
	name := written(t, data)
	defer os.Remove(name)
	onDisk, piped := Source{Path: "source", File: name, Size: int64(len(data))}, Source{Path: Stdin, File: Stdin, Size: -1}
	file = readAt(t, onDisk, nil, 700, pace{})
	stdin = readAt(t, piped, bytes.NewReader(data), 700, pace{})
	p := testPace(len(data))
	sameResult(t, fmt.Sprintf("file, pace %v", p), readAt(t, onDisk, nil, 700, p), file)
	if len(data)%3 == 0 {
		sameResult(t, fmt.Sprintf("standard input, pace %v", p), readAt(t, piped, bytes.NewReader(data), 700, p), stdin)
	}
	for _, r := range []result{file, stdin} {
		if r.hashed != (r.kind != "") {
			t.Errorf("hashed %v for compression %q", r.hashed, r.kind)
		}
		if r.hashed && (r.sum != sha256.Sum256(data) || r.bytes != int64(len(data))) {
			t.Errorf("raw hash or count is wrong: %d bytes of %d", r.bytes, len(data))
		}
	}
	return file, stdin
}

// lines makes log-like text that compresses neither too well nor too badly.
func lines(from, n int) []byte {
	var b bytes.Buffer
	for i := from; i < from+n; i++ {
		h := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		fmt.Fprintf(&b, "192.0.2.%d - - [01/Feb/2024:10:%02d:%02d +0000] \"GET /rec/%x.wav HTTP/1.1\" 200 %d\n",
			i%250, i/60%60, i%60, h[:4], int(h[5])*4711)
	}
	return b.Bytes()
}

func gz(t testing.TB, level int, members ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, m := range members {
		w, err := stdgzip.NewWriterLevel(&b, level)
		if err != nil {
			t.Fatal(err)
		}
		w.Name = "access.log"
		w.Write(m)
		w.Close()
	}
	return b.Bytes()
}

func zst(t testing.TB, frames ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, f := range frames {
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(f)
		w.Close()
	}
	return b.Bytes()
}

func xzd(t testing.TB, streams ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, s := range streams {
		w, err := xz.WriterConfig{BlockSize: 4000, DictCap: 1 << 12}.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(s)
		w.Close()
	}
	return b.Bytes()
}

// "hello recount\n" by bzip2 1.0.8.
const bzip2Hello = "425a683931415926535919324240000002d180001040000a459600200022001ea08069a68368ca8de60e3c5dc914e1424064c90900"

func bz2(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(bzip2Hello)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecompress(t *testing.T) {
	a, b := lines(0, 300), lines(300, 200)
	hello := []byte("hello recount\n")
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	zeros := func(n int) []byte { return make([]byte, n) }
	skippable := []byte{0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	tests := []struct {
		name    string
		data    []byte
		kind    string
		want    []byte
		damage  string // what the message holds; empty: none
		warning string
	}{
		{"empty", nil, "", nil, "", ""},
		{"one byte", []byte{0x1f}, "", []byte{0x1f}, "", ""},
		{"plain", a, "", a, "", ""},
		{"plain like bzip2", []byte("BZh9 is not it\n"), "", []byte("BZh9 is not it\n"), "", ""},

		{"gzip", gz(t, 6, a), "gzip", a, "", ""},
		{"gzip of nothing", gz(t, 6, nil), "gzip", nil, "", ""},
		{"gzip members", gz(t, 6, a, nil, b), "gzip", cat(a, b), "", ""},
		{"gzip in gzip", gz(t, 6, gz(t, 6, a)), "gzip", gz(t, 6, a), "", ""},
		{"gzip zero padding", cat(gz(t, 6, a), zeros(513)), "gzip", a, "", "513 zero bytes"},
		{"gzip padding between", cat(gz(t, 6, a), zeros(9), gz(t, 6, b)), "gzip", cat(a, b), "", "9 zero bytes"},
		{"gzip garbage", cat(gz(t, 6, a), []byte("hello")), "gzip", a, "5 bytes after the last gzip stream", ""},
		{"gzip padding and garbage", cat(gz(t, 6, a), zeros(3), []byte("x"), zeros(2)), "gzip", a, "6 bytes after the last gzip stream", ""},
		{"gzip checksum", flip(gz(t, 6, a), -6), "gzip", a, "checksum", ""},
		{"gzip length", flip(gz(t, 6, a), -1), "gzip", a, "checksum", ""},
		{"gzip checksum, then a member", cat(flip(gz(t, 6, a), -6), gz(t, 6, b)), "gzip", cat(a, b), "checksum", ""},
		{"gzip cut trailer", gz(t, 6, a)[:len(gz(t, 6, a))-3], "gzip", a, "unexpected end", ""},
		{"gzip cut member header", cat(gz(t, 6, a), gz(t, 6, b)[:1]), "gzip", a, "unexpected end", ""},
		{"gzip no header", []byte{0x1f, 0x8b}, "gzip", nil, "unexpected end", ""},

		{"zstd", zst(t, a), "zstd", a, "", ""},
		{"zstd frames", zst(t, a, b), "zstd", cat(a, b), "", ""},
		{"zstd skippable first", cat(skippable, zst(t, a)), "zstd", a, "", ""},
		{"zstd skippable last", cat(zst(t, a), skippable), "zstd", a, "", ""},
		{"zstd zero padding", cat(zst(t, a), zeros(40)), "zstd", a, "", "40 zero bytes"},
		{"zstd padding between", cat(zst(t, a), zeros(8), zst(t, b)), "zstd", cat(a, b), "", "8 zero bytes"},
		{"zstd garbage", cat(zst(t, a), []byte("hello")), "zstd", a, "5 bytes after the last zstd stream", ""},
		{"zstd checksum", flip(zst(t, a), -2), "zstd", a, "checksum", ""},
		{"zstd checksum, then a frame", cat(flip(zst(t, a), -2), zst(t, b)), "zstd", cat(a, b), "checksum", ""},
		{"zstd cut", zst(t, a, b)[:len(zst(t, a))+20], "zstd", a, "unexpected end", ""},
		{"zstd window", []byte{0x28, 0xb5, 0x2f, 0xfd, 0x04, 19 << 3, 0, 0, 0}, "zstd", nil, "128 MiB", ""},

		{"bzip2", bz2(t), "bzip2", hello, "", ""},
		{"bzip2 streams", cat(bz2(t), bz2(t)), "bzip2", cat(hello, hello), "", ""},
		{"bzip2 zero padding", cat(bz2(t), zeros(4)), "bzip2", hello, "", "4 zero bytes"},
		{"bzip2 padding between", cat(bz2(t), zeros(4), bz2(t)), "bzip2", cat(hello, hello), "", "4 zero bytes"},
		{"bzip2 garbage", cat(bz2(t), []byte("hello")), "bzip2", hello, "5 bytes after the last bzip2 stream", ""},
		{"bzip2 cut", cat(bz2(t), bz2(t)[:30]), "bzip2", hello, "unexpected end", ""},
		{"bzip2 checksum", flip(bz2(t), 12), "bzip2", hello, "checksum", ""},

		{"xz", xzd(t, a), "xz", a, "", ""},
		{"xz of nothing", xzd(t, nil), "xz", nil, "", ""},
		{"xz streams", xzd(t, a, b), "xz", cat(a, b), "", ""},
		{"xz padding, as the format allows", cat(xzd(t, a), zeros(8), xzd(t, b)), "xz", cat(a, b), "", ""},
		{"xz odd padding", cat(xzd(t, a), zeros(5)), "xz", a, "", "5 zero bytes"},
		{"xz garbage", cat(xzd(t, a), []byte("hello")), "xz", a, "5 bytes after the last xz stream", ""},
		{"xz cut footer", xzd(t, a)[:len(xzd(t, a))-1], "xz", a, "unexpected end", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, stdin := both(t, tt.data)
			for name, r := range map[string]result{"file": file, "stdin": stdin} {
				if r.kind != tt.kind {
					t.Errorf("%s: compression %q, want %q", name, r.kind, tt.kind)
				}
				if !bytes.Equal(r.data, tt.want) {
					t.Errorf("%s: %d bytes, want %d: %v", name, len(r.data), len(tt.want), r.damage)
				}
				if (r.damage != nil) != (tt.damage != "") || r.damage != nil && !strings.Contains(r.damage.Error(), tt.damage) {
					t.Errorf("%s: damage %v, want %q", name, r.damage, tt.damage)
				}
				if got := strings.Join(r.warnings, "; "); (got != "") != (tt.warning != "") || !strings.Contains(got, tt.warning) {
					t.Errorf("%s: warnings %q, want %q", name, got, tt.warning)
				}
			}
		})
	}
}

// stdMembers is what compress/gzip gives, member by member: a wrong checksum
// does not hide the members after it.
func stdMembers(data []byte) []byte {
	var out []byte
	br := bytes.NewReader(data)
	z := new(stdgzip.Reader)
	for {
		if err := z.Reset(br); err != nil {
			return out
		}
		z.Multistream(false)
		b, err := io.ReadAll(z)
		out = append(out, b...)
		if err != nil && !errors.Is(err, stdgzip.ErrChecksum) {
			return out
		}
	}
}

// A gzip file cut anywhere gives byte for byte what compress/gzip gives.
func TestGzipCutEverywhere(t *testing.T) {
	for _, level := range []int{stdgzip.NoCompression, stdgzip.BestSpeed, stdgzip.BestCompression, stdgzip.HuffmanOnly} {
		whole := gz(t, level, lines(0, 4), nil, lines(4, 5))
		lost := 0
		for n := 2; n < len(whole); n++ {
			want := stdMembers(whole[:n])
			file, stdin := both(t, whole[:n])
			if !bytes.Equal(file.data, want) || !bytes.Equal(stdin.data, want) {
				t.Fatalf("level %d cut at %d of %d: file gave %d bytes, stdin %d, want %d", level, n, len(whole), len(file.data), len(stdin.data), len(want))
			}
			if file.damage == nil {
				lost++ // only between members is nothing wrong
			}
		}
		if lost != 2 {
			t.Errorf("level %d: %d cuts without damage, want the two between members", level, lost)
		}
	}
}

// The same for a file with one byte changed.
func TestGzipFlipEverywhere(t *testing.T) {
	whole := gz(t, 6, lines(0, 5), lines(5, 5))
	for i := 3; i < len(whole); i++ {
		data := bytes.Clone(whole)
		data[i] ^= 1 << (i % 8)
		want := stdMembers(data)
		file, stdin := both(t, data)
		if !bytes.Equal(file.data, want) || !bytes.Equal(stdin.data, want) {
			t.Fatalf("byte %d: file gave %d bytes, stdin %d, want %d (%v)", i, len(file.data), len(stdin.data), len(want), file.damage)
		}
	}
}

// The other formats cut anywhere give a beginning of the whole, all of it only
// when whole, more the later the cut, and always say so.
func TestCutEverywhere(t *testing.T) {
	text := lines(0, 30)
	tests := []struct {
		name  string
		data  []byte
		want  []byte
		whole int // cuts that leave whole streams
	}{
		{"zstd", zst(t, text[:1200], text[1200:]), text, 1},
		{"bzip2", append(bz2(t), bz2(t)...), []byte("hello recount\nhello recount\n"), 1},
		{"xz", xzd(t, text[:2200], text[2200:]), text, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			whole, last := 0, 0
			for n := 10; n < len(tt.data); n++ {
				file, stdin := both(t, tt.data[:n])
				if !bytes.HasPrefix(tt.want, file.data) || !bytes.HasPrefix(file.data, stdin.data) {
					t.Fatalf("cut at %d: not a beginning of the whole", n)
				}
				if len(file.data) < last {
					t.Fatalf("cut at %d gave %d bytes, an earlier cut %d", n, len(file.data), last)
				}
				last = len(file.data)
				if (file.damage == nil) != (stdin.damage == nil) {
					t.Fatalf("cut at %d: damage of the file %v, of standard input %v", n, file.damage, stdin.damage)
				}
				if file.damage == nil {
					whole++
				} else if !errors.Is(file.damage, io.ErrUnexpectedEOF) {
					t.Fatalf("cut at %d: %v", n, file.damage)
				}
			}
			if whole != tt.whole {
				t.Errorf("%d cuts without damage, want %d", whole, tt.whole)
			}
		})
	}
}

// Of a cut chunk of xz (of up to 2 MiB), the library gives nothing; we give all
// that its bytes decide.
func TestXzCutInsideChunk(t *testing.T) {
	text := lines(0, 2000)
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(text)
	w.Close()
	for _, part := range []int{2, 3, 10} {
		file, _ := both(t, b.Bytes()[:b.Len()/part])
		if !bytes.HasPrefix(text, file.data) {
			t.Fatalf("1/%d: not a beginning of the whole", part)
		}
		if len(file.data) < len(text)/part*8/10 {
			t.Errorf("1/%d: %d bytes of %d", part, len(file.data), len(text))
		}
	}
}

// A dictionary beyond all measure is refused in every block before it is made.
func TestXzDictionary(t *testing.T) {
	header := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		b := data[at : at+(int(data[at])+1)*4]
		i := bytes.Index(b, []byte{0x21, 1})
		if i < 0 {
			t.Fatal("no LZMA2 filter in the block header")
		}
		b[i+2] = 40 // 4 GiB - 1
		crc := crc32IEEE(b[:len(b)-4])
		copy(b[len(b)-4:], crc[:])
		return data
	}
	text := lines(0, 100)
	one := xzd(t, text[:4000])
	file, _ := both(t, header(one, 12))
	if len(file.data) != 0 || file.damage == nil || !strings.Contains(file.damage.Error(), "256 MiB") {
		t.Errorf("first block: %d bytes, %v", len(file.data), file.damage)
	}
	// The second block has a header like the first.
	two := xzd(t, text)
	hdr := one[12 : 12+(int(one[12])+1)*4]
	second := bytes.Index(two[12+len(hdr):], hdr[:2])
	for at := 12 + len(hdr) + second; ; at++ {
		if at >= len(two)-len(hdr) {
			t.Fatal("no second block found")
		}
		if bytes.Equal(two[at:at+2], hdr[:2]) && bytes.Contains(two[at:at+len(hdr)], []byte{0x21, 1}) && at%4 == 0 {
			file, _ = both(t, header(two, at))
			break
		}
	}
	if !bytes.Equal(file.data, text[:4000]) || file.damage == nil || !strings.Contains(file.damage.Error(), "256 MiB") {
		t.Errorf("second block: %d bytes, %v", len(file.data), file.damage)
	}
}

func crc32IEEE(b []byte) (out [4]byte) {
	sum := crc32.ChecksumIEEE(b)
	for i := range out {
		out[i] = byte(sum >> (8 * i))
	}
	return out
}

func TestDiskError(t *testing.T) {
	broken := errors.New("input/output error")
	text := lines(0, 300)
	for name, data := range map[string][]byte{"plain": text, "gzip": gz(t, 6, text), "zstd": zst(t, text), "xz": xzd(t, text), "bzip2": bz2(t)} {
		n := len(data) / 2
		stdin := io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken))
		r := readAll(t, Source{Path: Stdin, File: Stdin, Size: -1}, stdin, 4096)
		if !errors.Is(r.damage, broken) || !strings.Contains(r.damage.Error(), fmt.Sprintf("offset %d", n)) {
			t.Errorf("%s: damage %v, want the error at offset %d", name, r.damage, n)
		}
		if r.hashed && (r.bytes != int64(n) || r.sum != sha256.Sum256(data[:n])) {
			t.Errorf("%s: the hash does not cover the %d bytes that could be read", name, n)
		}
		if name == "plain" && !bytes.Equal(r.data, data[:n]) {
			t.Errorf("plain: %d bytes, want %d", len(r.data), n)
		}
	}
}

func TestSlowReaders(t *testing.T) {
	text := lines(0, 200)
	for name, data := range map[string][]byte{"plain": text, "gzip": gz(t, 6, text[:999], text[999:]), "zstd": zst(t, text), "xz": xzd(t, text)} {
		for how, wrap := range map[string]func(io.Reader) io.Reader{"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with EOF": iotest.DataErrReader} {
			for _, size := range []int{1, 3, 1 << 20} {
				r := readAll(t, Source{Path: Stdin, File: Stdin, Size: -1}, wrap(bytes.NewReader(data)), size)
				if !bytes.Equal(r.data, text) || r.damage != nil {
					t.Errorf("%s, %s, by %d: %d bytes, %v", name, how, size, len(r.data), r.damage)
				}
			}
		}
	}
}
