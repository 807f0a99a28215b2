package evidence

import (
	"bytes"
	"testing"
)

// FuzzReader: whatever the bytes, reading ends, the raw hash covers all of them
// (both checks it), and a file gives no less than standard input, which cannot
// be read twice.
func FuzzReader(f *testing.F) {
	text := lines(0, 20)
	for _, seed := range [][]byte{
		nil, text, gz(f, 6, text[:700], text[700:]), zst(f, text[:700], text[700:]), xzd(f, text[:700], text[700:]), bz2(f),
		append(gz(f, 6, text), 0, 0, 0), append(xzd(f, text), 0, 0, 0, 0, 'x'), append(zst(f, text), 0, 0, 0, 0, 0x28),
		append(bz2(f), 0, 0), {0x52, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff}, {0x1f, 0x8b, 8, 0xff, 0, 0, 0, 0, 0, 0, 1, 2},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, stdin := both(t, data)
		if !bytes.HasPrefix(file.data, stdin.data) {
			t.Errorf("the file gave %d bytes, standard input %d others", len(file.data), len(stdin.data))
		}
		if (file.damage == nil) != (stdin.damage == nil) {
			t.Errorf("damage of the file %v, of standard input %v", file.damage, stdin.damage)
		}
		if file.kind == "" && !bytes.Equal(file.data, data) {
			t.Errorf("%d bytes of plain data, want %d", len(file.data), len(data))
		}
	})
}
