package recording

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// blockList keeps blocks in memory as a temporary file would.
type blockList struct {
	blocks [][]byte
	closed bool
	full   int // blocks after which nothing more can be put; 0: never
	lost   bool
	reads  int
}

var (
	errFull = errors.New("no room left")
	errLost = errors.New("the file is gone")
)

func (b *blockList) Put(block []byte) error {
	if b.full > 0 && len(b.blocks) == b.full {
		return errFull
	}
	b.blocks = append(b.blocks, bytes.Clone(block))
	return nil
}

func (b *blockList) Get(number int, buf []byte) ([]byte, error) {
	if b.closed || b.lost {
		return nil, errLost
	}
	b.reads++
	return append(buf[:0], b.blocks[number]...), nil
}

func (b *blockList) Close() error {
	b.closed = true
	return nil
}

// smallRoom has so much memory, and gives back what went to its blocks: the
// runs, and the pages.
func smallRoom(memory int64) (Room, *[]*blockList) {
	var all []*blockList
	return Room{Memory: memory, Blocks: func() Blocks {
		all = append(all, new(blockList))
		return all[len(all)-1]
	}}, &all
}

// rooms are such that everything is a run of its own, that rows are sorted in
// parts, and that everything fits.
func rooms() []Room {
	var list []Room
	for _, memory := range []int64{0, 300, 20_000, 1 << 30} {
		room, _ := smallRoom(memory)
		list = append(list, room)
	}
	return append(list, Room{})
}

// randomInventory writes rows that repeat paths, lie in directories that begin
// alike, and leave cells out; contradict is how often a size is wrong.
func randomInventory(rng *rand.Rand, rows int, contradict float64) string {
	var b strings.Builder
	b.WriteString("path,size,phone,note\n")
	pieces := []string{"a", "b", "0", "a.b", "-", "é", "long name of a directory", "/", "%20", "A", "\x00", "\xff"}
	name := func() string {
		var p strings.Builder
		for range 1 + rng.IntN(4) {
			p.WriteByte('/')
			for range 1 + rng.IntN(3) {
				p.WriteString(pieces[rng.IntN(len(pieces))])
			}
		}
		if rng.IntN(4) > 0 {
			fmt.Fprintf(&p, "/%s%d.%s", strings.Repeat("x", rng.IntN(60)), rng.IntN(rows+1), []string{"wav", "mp3", "t"}[rng.IntN(3)])
		}
		return p.String()
	}
	var paths []string
	for range rows {
		path := name()
		if len(paths) > 0 && rng.IntN(4) == 0 {
			path = paths[rng.IntN(len(paths))]
		}
		paths = append(paths, path)
		size := fmt.Sprint(len(strings.ReplaceAll(path, "/", "")) * 1000) // the same for //a and /a
		switch {
		case rng.IntN(3) == 0:
			size = ""
		case rng.Float64() < contradict:
			size = "7"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", path, size, []string{"", "07", "08"}[rng.IntN(3)], strings.Repeat("n", rng.IntN(40)))
	}
	return b.String()
}

// TestSpilledInventory: whatever the memory, an inventory says the same, also
// what is wrong with it.
func TestSpilledInventory(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	spilled, failed := 0, 0
	for round := range 40 {
		file := randomInventory(rng, rng.IntN(600), []float64{0, 0, 0.0001, 0.05}[rng.IntN(4)])
		want, wantErr := ReadInventory(strings.NewReader(file), Room{})
		for _, memory := range []int64{0, 200, 5000, 60_000} {
			room, blocks := smallRoom(memory)
			got, err := ReadInventory(strings.NewReader(file), room)
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("round %d, memory %d: %v; want %v", round, memory, err, wantErr)
			}
			if err != nil {
				failed++
				continue
			}
			if got.Spilled() {
				spilled++
				if !(*blocks)[0].closed || (*blocks)[1].closed || len(*blocks) != 2 {
					t.Fatalf("round %d, memory %d: the runs are to be closed, the pages not", round, memory)
				}
			}
			sameInventory(t, rng, got, want)
			if t.Failed() {
				t.Fatalf("round %d, memory %d, of\n%.2000s", round, memory, file)
			}
		}
	}
	if spilled < 40 || failed < 10 {
		t.Errorf("%d inventories spilled and %d were refused: too few to show anything", spilled, failed)
	}
}

// sameInventory moves two cursors the same way, and back and forth.
func sameInventory(t *testing.T, rng *rand.Rand, got, want *Inventory) {
	t.Helper()
	if got.Len() != want.Len() || got.Duplicates() != want.Duplicates() || got.Directories() != want.Directories() || !slices.Equal(got.Attributes(), want.Attributes()) {
		t.Fatalf("%d rows, %d duplicates, %d directories, attributes %q; want %d, %d, %d, %q", got.Len(), got.Duplicates(), got.Directories(), got.Attributes(),
			want.Len(), want.Duplicates(), want.Directories(), want.Attributes())
	}
	if (got.extensions == nil) != (want.extensions == nil) || got.extensions != nil && *got.extensions != *want.extensions {
		t.Fatal("the extensions differ")
	}
	if a, b := dump(got), dump(want); a != b {
		t.Fatalf("rows\n%s\nwant\n%s", a, b)
	}
	var paths [][]byte
	for c := want.Cursor(); ; c.Next() {
		if paths == nil {
			c.Seek(nil)
		}
		if c.Path() == nil {
			break
		}
		paths = append(paths, bytes.Clone(c.Path()))
	}
	if len(paths) == 0 {
		return
	}
	a, b := got.Cursor(), want.Cursor()
	for range 300 {
		path := paths[rng.IntN(len(paths))]
		switch rng.IntN(5) {
		case 0: // one that is not listed
			path = append(slices.Clone(path), "/x\xff!"[rng.IntN(4):]...)
		case 1: // a directory, or a part of a name
			path = path[:rng.IntN(len(path))]
		}
		switch rng.IntN(4) {
		case 0:
			if x, y := a.Find(path), b.Find(path); x != y {
				t.Fatalf("Find(%q) = %v; want %v", path, x, y)
			} else if !x {
				a.Seek(path)
				b.Seek(path)
			}
		case 1:
			a.Seek(path)
			b.Seek(path)
		case 2:
			dir := []byte("/")
			if i := bytes.LastIndexByte(path, '/'); i >= 0 {
				dir = path[:i+1]
			}
			if x, y := a.NamesIn(dir), b.NamesIn(dir); x != y {
				t.Fatalf("NamesIn(%q) = %d; want %d", dir, x, y)
			}
		default:
			if a.Path() != nil {
				a.Next()
				b.Next()
			}
		}
		if !bytes.Equal(a.Path(), b.Path()) || (a.Path() == nil) != (b.Path() == nil) {
			t.Fatalf("the cursor stands at %q; want %q", a.Path(), b.Path())
		}
		if a.Path() != nil && (a.Size() != b.Size() || fmt.Sprintf("%q", a.AppendAttributes(nil)) != fmt.Sprintf("%q", b.AppendAttributes(nil))) {
			t.Fatalf("%q: size %d, attributes %q; want %d, %q", a.Path(), a.Size(), a.AppendAttributes(nil), b.Size(), b.AppendAttributes(nil))
		}
		if a.Err() != nil {
			t.Fatal(a.Err())
		}
	}
	sameMatches(t, rng, got, want, paths)
}

// sameMatches asks two matchers the same.
func sameMatches(t *testing.T, rng *rand.Rand, got, want *Inventory, paths [][]byte) {
	t.Helper()
	const pattern = `re:/(?P<start>[ab])[^/]*\.mp3$`
	x, err := NewMatcher([]string{pattern}, got)
	if err != nil {
		t.Fatal(err)
	}
	y, err := NewMatcher([]string{pattern}, want)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		path := paths[rng.IntN(len(paths))]
		if rng.IntN(2) == 0 {
			path = append(slices.Clone(path), "xt"[rng.IntN(2)])
		}
		if a, b := x.Match(path), y.Match(path); a.Kind != b.Kind || !bytes.Equal(a.Path, b.Path) {
			t.Fatalf("Match(%q) = %v; want %v", path, a, b)
		}
		if a, b := fmt.Sprintf("%q", x.Attributes(path, nil)), fmt.Sprintf("%q", y.Attributes(path, nil)); a != b {
			t.Fatalf("Attributes(%q) = %s; want %s", path, a, b)
		}
	}
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
}

// TestLentAttributes: attributes stay as they are when the cursor goes on.
func TestLentAttributes(t *testing.T) {
	room, _ := smallRoom(0)
	v, err := ReadInventory(strings.NewReader(randomInventory(rand.New(rand.NewPCG(5, 6)), 2000, 0)), room)
	if err != nil {
		t.Fatal(err)
	}
	var lent [][]byte
	var want []string
	c := v.Cursor()
	for c.Seek(nil); c.Path() != nil; c.Next() {
		for _, a := range c.AppendAttributes(nil) {
			lent, want = append(lent, a), append(want, string(a))
		}
	}
	if c.Err() != nil || len(v.pages.firsts) < 10 {
		t.Fatalf("%d pages, %v", len(v.pages.firsts), c.Err())
	}
	for i, a := range lent {
		if string(a) != want[i] {
			t.Fatalf("attribute %d is now %q, was %q", i, a, want[i])
		}
	}
}

// TestSpillErrors: what cannot be written or read back is an error, and never
// "not listed".
func TestSpillErrors(t *testing.T) {
	file := randomInventory(rand.New(rand.NewPCG(7, 8)), 2000, 0)
	for full := range 2 {
		n := 0
		_, err := ReadInventory(strings.NewReader(file), Room{Memory: 10_000, Blocks: func() Blocks {
			n++
			return &blockList{full: (3 - n) * 5 * (full + 1)}
		}})
		if !errors.Is(err, errFull) {
			t.Errorf("%v; want %v", err, errFull)
		}
	}
	room, blocks := smallRoom(10_000)
	v, err := ReadInventory(strings.NewReader(file), room)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMatcher([]string{"*.none"}, v)
	if err != nil {
		t.Fatal(err)
	}
	c := v.Cursor()
	c.Seek(nil)
	path := bytes.Clone(c.Path())
	if m.Match(path).Kind != Recording || m.Err() != nil {
		t.Fatalf("%q is not listed: %v", path, m.Err())
	}
	pages := (*blocks)[1]
	pages.lost = true
	for c.Path() != nil {
		c.Next()
	}
	if !errors.Is(c.Err(), errLost) {
		t.Errorf("walking to the end gives %v", c.Err())
	}
	if c.Find(path) || c.Path() != nil || c.NamesIn([]byte("/")) != 0 || !errors.Is(c.Err(), errLost) {
		t.Error("the cursor goes on after an error")
	}
	clone := m.Clone()
	clone.Match(path)
	if !errors.Is(clone.Err(), errLost) {
		t.Errorf("the matcher's error is %v", clone.Err())
	}
}

// TestDamagedPage: of a page that is cut, a walk gives an error, unless whole rows
// are left, and ends in any case.
func TestDamagedPage(t *testing.T) {
	room, blocks := smallRoom(10_000)
	v, err := ReadInventory(strings.NewReader(randomInventory(rand.New(rand.NewPCG(7, 8)), 2000, 0)), room)
	if err != nil {
		t.Fatal(err)
	}
	page := &(*blocks)[1].blocks[1]
	whole := *page
	ends := map[int]bool{} // of rows
	rows := pageRows{columns: len(v.Attributes())}
	for rows.reset(whole); rows.next(); {
		ends[len(whole)-len(rows.rest)] = true
	}
	if len(ends) < 20 || !ends[len(whole)] {
		t.Fatalf("%d rows", len(ends))
	}
	walk := func() error {
		c := v.Cursor()
		for c.Seek(nil); c.Path() != nil; c.Next() {
		}
		return c.Err()
	}
	for cut := range len(whole) + 1 {
		*page = whole[:cut]
		if err := walk(); errors.Is(err, errPage) == ends[cut] || err != nil && !errors.Is(err, errPage) {
			t.Fatalf("cut at %d of %d, end of a row %v: %v", cut, len(whole), ends[cut], err)
		}
		*page = append(bytes.Repeat([]byte{0xff}, 3), whole[:cut]...)
		if err := walk(); !errors.Is(err, errPage) {
			t.Fatalf("rubbish before %d of %d bytes: %v", cut, len(whole), err)
		}
	}
}

// TestMatchSpilledDoesNotAllocate: not even for paths that must be looked up in
// a page each time.
func TestMatchSpilledDoesNotAllocate(t *testing.T) {
	room, _ := smallRoom(10_000)
	v, err := ReadInventory(strings.NewReader(randomInventory(rand.New(rand.NewPCG(9, 10)), 2000, 0)), room)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMatcher([]string{"*.none"}, v)
	if err != nil {
		t.Fatal(err)
	}
	c := v.Cursor()
	var paths [][]byte
	for c.Seek(nil); c.Path() != nil; c.Next() {
		paths = append(paths, bytes.Clone(c.Path()))
	}
	for _, path := range paths {
		m.Match(path)
	}
	m.listed = newPathCache()
	for i := range m.listed.slots {
		m.listed.slots[i].key = make([]byte, 0, cacheMaxKey)
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() { m.Match(paths[i*7919%len(paths)]); i++ }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPageReads: a walk, and look-ups in the order of the rows, read each page
// once; a look-up reads one, and for a path that is not listed none.
func TestPageReads(t *testing.T) {
	var file strings.Builder
	file.WriteString("path,size,note\n")
	const rows, inOne = 20_000, 1000
	for i := range rows {
		fmt.Fprintf(&file, "/calls/%03d/%s-%06d.dat,%d,note %d\n", i/inOne, strings.Repeat("x", 20), i, i, i)
	}
	room, blocks := smallRoom(200_000)
	v, err := ReadInventory(strings.NewReader(file.String()), room)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMatcher([]string{"*.none"}, v)
	if err != nil {
		t.Fatal(err)
	}
	pages := (*blocks)[1]
	all := len(pages.blocks)
	if all < 50 {
		t.Fatalf("%d pages", all)
	}
	reads := func(what string, most int, do func()) {
		t.Helper()
		before := pages.reads
		if do(); pages.reads-before > most {
			t.Errorf("%s: %d reads of %d pages; want %d at most", what, pages.reads-before, all, most)
		}
	}
	var paths [][]byte
	reads("a walk", all, func() {
		c := v.Cursor()
		for c.Seek(nil); c.Path() != nil; c.Next() {
			paths = append(paths, bytes.Clone(c.Path()))
		}
	})
	if len(paths) != rows {
		t.Fatalf("%d rows", len(paths))
	}
	c := v.Cursor()
	reads("look-ups in order", all, func() {
		for i := 0; i < rows; i += 3 {
			if !c.Find(paths[i]) {
				t.Fatalf("%q is not found", paths[i])
			}
		}
	})
	for i := range 500 {
		path := paths[i*7919%rows]
		reads("a look-up", 1, func() { c.Find(path) })
		reads("the same again", 0, func() { c.Find(path) })
	}
	reads("paths that are not listed", rows/50, func() {
		for _, path := range paths {
			if m.Match(append(slices.Clone(path[:len(path)-len(".dat")]), "0.dat"...)).Kind != None {
				t.Fatalf("%q is listed", path)
			}
		}
	})
	listed := paths[rows/2]
	reads("a path that repeats", 1, func() {
		for range 100 {
			m.Match(listed)
		}
	})
	reads("names in a directory of directories", 2*rows/inOne, func() {
		if n := c.NamesIn([]byte("/calls/")); n != 0 {
			t.Errorf("%d names", n)
		}
	})
	reads("names in a directory", all*inOne/rows+3, func() {
		if n := c.NamesIn([]byte("/calls/007/")); n != inOne {
			t.Errorf("%d names; want %d", n, inOne)
		}
	})
}

// TestFilter: it never denies what was added, and seldom lets by what was not.
func TestFilter(t *testing.T) {
	for _, n := range []int{0, 1, 100, 50_000} {
		f := newFilter(n)
		for i := range n {
			f.add(fmt.Appendf(nil, "/calls/%d.wav", i))
		}
		wrong := 0
		for i := range n {
			if !f.has(fmt.Appendf(nil, "/calls/%d.wav", i)) {
				t.Fatalf("of %d, number %d is denied", n, i)
			}
			if f.has(fmt.Appendf(nil, "/other/%d.wav", i)) {
				wrong++
			}
		}
		if n == 50_000 && wrong > n/80 {
			t.Errorf("%d of %d are let by", wrong, n)
		}
	}
}
