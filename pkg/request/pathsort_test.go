package request

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The multikey sort against its plain twin, on paths made to be alike: few
// letters, zero bytes, prefixes of each other, long common beginnings, and the
// same again.
func TestSortPaths(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		checkSort(t, somePaths(rng))
	}
}

func somePaths(rng *rand.Rand) [][]byte {
	alike := []byte(strings.Repeat("/medicall", rng.IntN(4)))
	list := make([][]byte, rng.IntN(80))
	for i := range list {
		path := slices.Clone(alike)
		if rng.IntN(5) == 0 {
			path = path[:rng.IntN(len(path)+1)]
		}
		for range rng.IntN(20) {
			path = append(path, "\x00\x00\x00a\xff"[rng.IntN(5)])
		}
		if i > 0 && rng.IntN(4) == 0 {
			path = list[rng.IntN(i)]
		}
		list[i] = path
	}
	return list
}

func checkSort(t *testing.T, list [][]byte) {
	t.Helper()
	b := NewBatch(1 << 30)
	for i, path := range list {
		r := bare(string(path), int64(len(list)-i)) // the offsets of one path fall
		b.Add(&r)
	}
	b.sort()
	want := make([]int, len(list))
	for i := range want {
		want[i] = i
	}
	slices.SortFunc(want, func(x, y int) int {
		if c := bytes.Compare(list[x], list[y]); c != 0 {
			return c
		}
		return y - x
	})
	for i, k := range b.order {
		if int(k.row) != want[i] {
			t.Fatalf("place %d: %q, row %d; want %q, row %d", i, b.path(k), k.row, list[want[i]], want[i])
		}
	}
	if len(b.order) != len(list) {
		t.Fatal("a path was lost")
	}
}

func FuzzSortPaths(f *testing.F) {
	seed := "/a\n/a\x00\n/a\x00\x00\n/a/b\n\n/aaaaaaaaaaaaaaaa\n/aaaaaaaaaaaaaaab\n/aaaaaaa\n1\n2\n3\n4\n5\n6\n1\n/a"
	f.Add([]byte(seed))
	f.Fuzz(func(t *testing.T, data []byte) { checkSort(t, bytes.Split(data, []byte("\n"))) })
}

// A dictionary finds its texts again, also when it has grown.
func TestTexts(t *testing.T) {
	var dict texts
	dict.reset()
	var b [4]byte
	for round := range 2 {
		for i := range uint32(20_000) {
			b = [4]byte{byte(i), byte(i >> 8), byte(i >> 16), 'x'}
			if dict.index(b[:]) != i+1 || !bytes.Equal(dict.at(i+1), b[:]) {
				t.Fatalf("round %d: text %d has another index", round, i)
			}
		}
	}
	if dict.index(nil) != 0 || dict.at(0) != nil || dict.len() != 20_001 {
		t.Error("the absent text is 0")
	}
	if i := dict.index([]byte{}); i != 20_001 || dict.index([]byte{}) != i || len(dict.at(i)) != 0 {
		t.Error("an empty text is a text")
	}
	dict.reset()
	if dict.len() != 1 || dict.index([]byte("new")) != 1 {
		t.Error("not empty after reset")
	}
}
