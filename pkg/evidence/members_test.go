package evidence

import (
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// inMembers packs text in members of up to most bytes each.
func inMembers(t testing.TB, r *rand.Rand, text []byte, most int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := stdgzip.NewWriterLevel(&b, []int{stdgzip.BestSpeed, stdgzip.DefaultCompression, stdgzip.NoCompression}[r.IntN(3)])
	if err != nil {
		t.Fatal(err)
	}
	for first := true; first || len(text) > 0; first = false {
		n := min(len(text), r.IntN(most+1))
		w.Reset(&b)
		w.Write(text[:n])
		w.Close()
		text = text[n:]
	}
	return b.Bytes()
}

// alone and beside read data with the members one by one, and side by side, in
// pieces of size bytes.
func alone(t testing.TB, src Source, size int) result {
	return readWith(t, src, size, func(d *gzipDecoder) { d.beside.wrong = maxWrong })
}

func beside(t testing.TB, src Source, size int) (res result, count int) {
	var d *gzipDecoder
	res = readWith(t, src, size, func(of *gzipDecoder) { d = of })
	return res, d.beside.given
}

func readWith(t testing.TB, src Source, size int, with func(*gzipDecoder)) result {
	t.Helper()
	l := standardLimits
	l.pace = pace{}
	r, err := src.open(nil, l)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if d, ok := r.dec.(*gzipDecoder); ok {
		with(d)
	}
	return readOn(t, r, size)
}

// Members unpacked side by side are what they are one by one, whatever their
// sizes, and wherever one of them is damaged.
func TestMembersSideBySide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := lines(0, 1500)
	given := 0
	for i := range 80 {
		data := inMembers(t, r, text[:r.IntN(len(text))+1], 1<<(6+r.IntN(11)))
		data = spoilt(r, i, data, 3)
		src := find(t, "members", data)
		size := 1 << r.IntN(19)
		want := alone(t, src, 1<<12)
		got, n := beside(t, src, size)
		sameResult(t, fmt.Sprintf("case %d, by %d", i, size), got, want)
		given += n
	}
	if given < 1000 {
		t.Errorf("%d members were unpacked side by side", given)
	}
}

// What bgzip writes is unpacked side by side, damaged or not.
func TestBgzip(t *testing.T) {
	text := lines(0, 20_000)
	data := packedBy(t, "bgzip -c", text)
	whole := find(t, "log", data)
	got, n := beside(t, whole, 1<<20)
	if !bytes.Equal(got.data, text) || got.damage != nil || n < len(text)/(64<<10)*3/4 {
		t.Errorf("%d bytes of %d, %v, %d members side by side", len(got.data), len(text), got.damage, n)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		src := find(t, "log", flip(data, r.IntN(len(data))|16))
		got, _ := beside(t, src, 1<<20)
		sameResult(t, "flipped", got, alone(t, src, 1<<20))
	}
}

// Bytes between two members, even such that the trailer seems to be right, are
// seen as they are one by one.
func TestBetweenMembers(t *testing.T) {
	nothing, some := gz(t, 6, nil), gz(t, 6, lines(0, 3))
	size := some[len(some)-4:]
	for name, parts := range map[string][][]byte{
		"zeros":   {nothing, make([]byte, 4), some, some, some},
		"size":    {some, size, some, some, some},
		"later":   {some, some, size, some, some},
		"trailer": {some, some[len(some)-8:], some, some, some},
	} {
		src := find(t, "between", bytes.Join(parts, nil))
		want := alone(t, src, 1<<20)
		got, _ := beside(t, src, 1<<20)
		sameResult(t, name, got, want)
		if want.damage == nil && want.warnings == nil {
			t.Errorf("%s: nothing was said", name)
		}
	}
}

// Data that look like headers are no end of a member, and are not tried again
// and again.
func TestHeadersInData(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	inner := append(append(lines(0, 2), 9, 0, 0, 0), inMembers(t, r, lines(0, 500), 200)...)
	var data []byte
	for range 40 {
		data = append(data, gz(t, stdgzip.NoCompression, inner)...)
	}
	src := find(t, "nested", data)
	var d *gzipDecoder
	got := readWith(t, src, 1<<20, func(of *gzipDecoder) { d = of })
	if !bytes.Equal(got.data, bytes.Repeat(inner, 40)) || got.damage != nil {
		t.Errorf("%d bytes of %d, %v", len(got.data), 40*len(inner), got.damage)
	}
	if d.beside.wrong != maxWrong {
		t.Errorf("%d wrong guesses", d.beside.wrong)
	}
}

// Members that are all wrong take no memory for each: the first are listed, and
// all are counted.
func TestManyWrongMembers(t *testing.T) {
	const count = 40_000
	wrong := append(flip(gz(t, 6, nil), -1), 0) // its length is, and a zero byte follows
	src := find(t, "wrong", bytes.Repeat(wrong, count))
	want := alone(t, src, 1<<12)
	got, _ := beside(t, src, 1<<12)
	sameResult(t, "beside", got, want)
	sameResult(t, "ahead", readAt(t, src, nil, 1<<12, testPaces[3]), want)
	if more := fmt.Sprintf("; and %d more", count-8); want.damage == nil || !strings.HasSuffix(want.damage.Error(), more) {
		t.Errorf("damage %v, want %q at its end", want.damage, more)
	}
	if n := len(want.warnings); n != mostNotes+1 || want.warnings[n-1] != fmt.Sprintf("%d more remarks like these, which are not listed", count-mostNotes) {
		t.Errorf("%d warnings, at the end %q", n, want.warnings[n-1])
	}
	if d := new(DamageError); !errors.As(want.damage, &d) || len(d.Causes) != mostNotes {
		t.Errorf("%d causes are kept", len(d.Causes))
	}
}

// FuzzMembers: whatever the bytes, members side by side give what they give one
// by one.
func FuzzMembers(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 6 {
		f.Add(inMembers(f, r, lines(0, 40), 1<<(4+r.IntN(8))), uint32(1<<r.IntN(16)))
	}
	f.Add(gz(f, stdgzip.NoCompression, gz(f, 6, nil, lines(0, 2)), lines(0, 2)), uint32(5000))
	f.Fuzz(func(t *testing.T, data []byte, size uint32) {
		src := Source{Path: "source", File: written(t, data), Size: int64(len(data))}
		defer os.Remove(src.File)
		got := readWith(t, src, int(size%(1<<20))+1, func(*gzipDecoder) {})
		sameResult(t, fmt.Sprint("by ", size), got, alone(t, src, 512))
	})
}

// spoilt does nothing to data, cuts it, flips a bit, or puts zeros in, by turns; not
// before from.
func spoilt(r *rand.Rand, turn int, data []byte, from int) []byte {
	at := r.IntN(len(data)-from) + from
	switch turn % 4 {
	case 1:
		return data[:at]
	case 2:
		return flip(data, at)
	case 3:
		return bytes.Join([][]byte{data[:at], make([]byte, r.IntN(5)), data[at:]}, nil)
	}
	return data
}
