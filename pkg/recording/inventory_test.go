package recording

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// dump writes an inventory as path=size[attributes], one row after the other.
func dump(v *Inventory) string {
	var b strings.Builder
	c := v.Cursor()
	for c.Seek([]byte("")); c.Path() != nil; c.Next() {
		fmt.Fprintf(&b, "%s=%d", c.Path(), c.Size())
		for _, a := range c.AppendAttributes(nil) {
			if a == nil {
				b.WriteString(",nil")
			} else {
				fmt.Fprintf(&b, ",%s", a)
			}
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

func TestReadInventory(t *testing.T) {
	f := func(file, want string) {
		t.Helper()
		for _, room := range rooms() {
			v, err := ReadInventory(strings.NewReader(file), room)
			if err != nil {
				t.Errorf("ReadInventory(%q): %v", file, err)
			} else if got := dump(v); got != want {
				t.Errorf("ReadInventory(%q) = %s; want %s", file, got, want)
			}
		}
	}
	f("path\n", "")
	f("path\n/a.mp3\n", "/a.mp3=-1")
	f("path,size\n/b.mp3,2\n/a.mp3,1", "/a.mp3=1 /b.mp3=2")
	f("\xef\xbb\xbfPath,SIZE\r\n/a.mp3,1\r\n", "/a.mp3=1")
	f("size;path\n1;/a,b.mp3\n", "/a,b.mp3=1")
	f("path\tsize\n/a b.mp3\t7\n", "/a b.mp3=7")
	f("\n\npath,size\n\n/a.mp3,\n\n", "/a.mp3=-1")
	f("path,size\n/a.mp3\n", "/a.mp3=-1")
	f("path,size\n/a.mp3, 12 \n", "/a.mp3=12")
	f("path,size\n/empty.mp3,0\n", "/empty.mp3=0")
	f("path,phone,size,Org\n/a.mp3,0701,1,X\n/b.mp3,,2,X\n/c.mp3,0702,3\n", "/a.mp3=1,0701,X /b.mp3=2,nil,X /c.mp3=3,0702,nil")
	f("path,note\n\"/a,\"\"1\"\".mp3\",\"two\r\nlines\"\n/b.mp3,\"\"\n", "/a,\"1\".mp3=-1,two\nlines /b.mp3=-1,nil")
	f("path\n./2018//a.mp3\n2018/../b%20?.mp3\nu\u0308.mp3\na\\b.mp3\n", `/2018/a.mp3=-1 /a\b.mp3=-1 /b%20?.mp3=-1 /ü.mp3=-1`)
	f("path,size,x\n/a,1,first\n/a,1,second\n//a,,third\n", "/a=1,first")
	f("path,size\n/a,\n/a,5\n/a,5\n", "/a=5")
	f("path,size\n/d/,4096\n/d/a,1\n", "/d/a=1")
	f("path\n/b\n/a/b\n/a-b\n/a\n/a.b\n", "/a=-1 /a-b=-1 /a.b=-1 /a/b=-1 /b=-1") // bytewise
	f("path,x\n/a,"+strings.Repeat("y", 300)+"\n", "/a=-1,"+strings.Repeat("y", 300))
}

func TestReadInventoryErrors(t *testing.T) {
	f := func(file, want string) {
		t.Helper()
		for _, room := range rooms() {
			_, err := ReadInventory(strings.NewReader(file), room)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("ReadInventory(%q): %v; want %q", file, err, want)
			}
		}
	}
	f("", "inventory: it is empty")
	f("name,size\n", `line 1: no column is named "path" among "name", "size"; `)
	f(strings.Repeat("x", 1<<20)+"\n", `among "`+strings.Repeat("x", 40)+`"…; name`)
	f("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v\n", `"t", 2 more; name`)
	f("path,Path\n", `line 1: two columns are named "Path"`)
	f("path,,x\n", "line 1: column 2 has no name")
	f("path,size\n/a,1\n/b,12x\n", `line 3: size "12x" is not a number of bytes`)
	f("path,size\n/a,-1\n", `line 2: size "-1"`)
	f("path,size\n/a,1234567890123456789\n", `line 2: size "1234567890123456789"`)
	f("path,size\n,1\n", "line 2: the path is empty")
	f("path,size\n/a,1,2\n", "line 2: 3 fields where the header has 2")
	f("path,size\n/c,1\n\n/a,1\n/b,1\n/a//.,\n/a,2\n", `lines 4 and 7 give "/a" two sizes, 1 and 2`)
	f("path,size\n/a,\n/a,1\n/a,2\n", `lines 3 and 4 give "/a" two sizes, 1 and 2`)
	f("path\n\"/a\nb\n", "line 2: a quoted field is not closed")
	f("path\n/a\"b\n", "line 2: a quote inside a field")
	f("path\n\"/a\"b\n", "line 2: text after a closing quote")
	f("path\n/"+strings.Repeat("a", 1<<16)+"\n", "line 2: a field is longer than 64 KiB")
	_, err := ReadInventory(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("path\n/a\n"))), Room{})
	if err == nil {
		t.Error("a read error was lost")
	}
}

func TestInventoryCounts(t *testing.T) {
	v, err := ReadInventory(strings.NewReader("path,size\n/d/,1\n/d/a,1\n/d/a,1\n/d/./a,1\n/e/,1\n"), Room{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Len() != 1 || v.Duplicates() != 2 || v.Directories() != 2 {
		t.Errorf("got %d rows, %d duplicates, %d directories; want 1, 2, 2", v.Len(), v.Duplicates(), v.Directories())
	}
}

func TestInventoryFind(t *testing.T) {
	for _, room := range rooms() {
		testInventoryFind(t, room)
	}
}

func testInventoryFind(t *testing.T, room Room) {
	t.Helper()
	v, err := ReadInventory(strings.NewReader("path\n/a/1\n/a/b/2\n/a/b/3\n/a/b0\n/a/c\n/a.x\n/d\n"), room)
	if err != nil {
		t.Fatal(err)
	}
	c, walk := v.Cursor(), v.Cursor()
	if c.Path() != nil {
		t.Error("a new cursor stands at a row")
	}
	for walk.Seek(nil); walk.Path() != nil; walk.Next() {
		if !c.Find(walk.Path()) || !bytes.Equal(c.Path(), walk.Path()) {
			t.Errorf("Find(%q) stands at %q", walk.Path(), c.Path())
		}
		if c.Seek(walk.Path()); !bytes.Equal(c.Path(), walk.Path()) {
			t.Errorf("Seek(%q) stands at %q", walk.Path(), c.Path())
		}
	}
	for _, path := range []string{"", "/", "/a", "/a/", "/a/b/", "/z"} {
		if c.Find([]byte(path)) {
			t.Errorf("Find(%q) stands at %q; want none", path, c.Path())
		}
	}
	names := func(dir string, want int64) {
		t.Helper()
		if got := c.NamesIn([]byte(dir)); got != want {
			t.Errorf("NamesIn(%q) = %d; want %d", dir, got, want)
		}
	}
	names("/", 2)
	names("/a/", 3)
	names("/a/b/", 2)
	names("/a/c/", 0)
	names("/z/", 0)
	if c.Seek([]byte("/z")); c.Path() != nil {
		t.Errorf("Seek past the end stands at %q", c.Path())
	}
}

func TestNilInventory(t *testing.T) {
	var v *Inventory
	c := v.Cursor()
	c.Seek([]byte("/a"))
	c.Next()
	if c.Find([]byte("/a")) || c.Path() != nil || c.NamesIn([]byte("/")) != 0 || c.Err() != nil {
		t.Error("the cursor of a nil inventory stands at a row")
	}
	if v.Len() != 0 || v.Attributes() != nil || v.MemoryBytes() != 0 || v.Spilled() || v.Duplicates() != 0 || v.Directories() != 0 {
		t.Error("a nil inventory is not empty")
	}
}

// FuzzCSV holds csvReader to encoding/csv.
func FuzzCSV(f *testing.F) {
	seeds := []string{
		"a,b\n1,2\n", "a\r\nb\r\n", "\"a\"\"b\",c\n", "\"a\nb\",c", "\"a\r\nb\"\r\n", "a\"b\n", "\"a\"b\n", "\"a\n", "\n\n,\n", "a\r", "\"\"", "a,\"b\",\n\"\",",
		"a\rb\n", "\r\r\n", "\"a\"\r", "x,\"\r", ",,\"",
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain := csv.NewReader(strings.NewReader(text))
		plain.FieldsPerRecord = -1
		c := csvReader{in: bufio.NewReaderSize(strings.NewReader(text), 16), comma: ','}
		for {
			want, wantErr := plain.Read()
			row, err := c.row()
			if (err == nil) != (wantErr == nil) || (err == io.EOF) != (wantErr == io.EOF) {
				t.Fatalf("%q: %v; encoding/csv: %v", text, err, wantErr)
			}
			if err != nil {
				return
			}
			var got []string
			for _, field := range row {
				got = append(got, string(field))
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: %q; encoding/csv: %q", text, got, want)
			}
		}
	})
}

// bigInventory gives the bytes of an inventory in an order that sorting has to
// work for, without holding them.
func bigInventory(rows int) io.Reader {
	return &inventorySource{rows: rows, line: []byte("path,size,phone,controller,duration\n")}
}

type inventorySource struct {
	rows, n int
	line    []byte
	room    [128]byte
}

// append appends text and a number of at least so many digits. It makes no
// garbage, which would count as the inventory's.
func (s *inventorySource) append(text string, n, digits int) {
	s.line = append(s.line, text...)
	for limit := 10; digits > 1; digits-- {
		if n < limit {
			s.line = append(s.line, '0') // as many as digits are missing
		}
		limit *= 10
	}
	s.line = strconv.AppendInt(s.line, int64(n), 10)
}

func (s *inventorySource) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(s.line) == 0 {
			if s.n == s.rows {
				return n, io.EOF
			}
			k := int(uint64(s.n) * 2654435761 % (1 << 31)) // each once: the factor is odd
			s.n++
			s.line = s.room[:0]
			s.append("/recordings/", 2013+k%7, 4)
			s.append("/", k%12+1, 2)
			s.append("/", k%28+1, 2)
			s.append("/", k, 10)
			s.append("_", k%86400, 8)
			s.append("_in.wav,", 100000+k%9000000, 1)
			s.append(",07", k%50000000, 8)
			s.append(",clinic-", k%40, 1)
			s.append(",", k%3600, 1)
			s.line = append(s.line, '\n')
		}
		m := copy(p[n:], s.line)
		n, s.line = n+m, s.line[m:]
	}
	return n, nil
}

func TestBigInventory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 2.7 million rows")
	}
	const budget = 400 << 20
	rows := bigRows
	var start, end runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	v, err := ReadInventory(bigInventory(rows), Room{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&end)
	t.Logf("%d rows: heap in use grew by %d MB, memory from the system by %d MB", rows, (end.HeapInuse-start.HeapInuse)>>20, (end.Sys-start.Sys)>>20)
	if grown := end.Sys - start.Sys; grown > budget {
		t.Errorf("memory grew by %d MB; budget %d", grown>>20, budget>>20)
	}
	if v.Len() != rows {
		t.Errorf("%d rows; want %d", v.Len(), rows)
	}
	c := v.Cursor()
	var before []byte
	for c.Seek(nil); c.Path() != nil; c.Next() {
		if bytes.Compare(before, c.Path()) >= 0 {
			t.Fatalf("%q comes before %q", before, c.Path())
		}
		before = append(before[:0], c.Path()...)
	}
	for row := 0; row < v.Len(); row += 1009 {
		if path := v.table.path(row); !c.Find(path) || c.row != row {
			t.Fatalf("Find(%q) = %d; want %d", path, c.row, row)
		}
	}
}

func BenchmarkReadInventory(b *testing.B) {
	file, err := io.ReadAll(bigInventory(100_000))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadInventory(bytes.NewReader(file), Room{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInventoryFind(b *testing.B) {
	v, err := ReadInventory(bigInventory(1_000_000), Room{})
	if err != nil {
		b.Fatal(err)
	}
	row, c := 0, v.Cursor()
	b.ReportAllocs()
	for b.Loop() {
		row = (row + 7919) % v.Len()
		c.Find(v.table.path(row))
	}
}
