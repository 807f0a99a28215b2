package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Room is where an inventory lies. The zero value is as much memory as it needs.
type Room struct {
	Memory int64         // bytes that it may take, also while it is read; about
	Blocks func() Blocks // makes a place for what does not fit; nil: everything must
}

// inventoryReader reads rows, and puts what does not fit memory into runs.
type inventoryReader struct {
	csv   csvReader
	canon Canonicalizer
	inv   *Inventory
	room  Room

	pathAt, sizeAt int   // columns of the file; sizeAt is -1 without one
	attributeAt    []int // per attribute

	rows gathered
	runs *rowRuns // nil: everything fits so far
}

// ReadInventory reads an inventory: a CSV file (RFC 4180) in UTF-8, with or
// without byte order mark, delimited by commas, semicolons or tabs, whichever
// the header holds most of. The header must name a column "path" and may name
// "size" (in bytes; an empty cell is not known); any others are attributes. The
// case of the names does not matter.
//
// Paths are names of files, not URLs; see Canonicalizer.FilePath. They may be
// relative to the root of the site. A row whose path was there before is left
// out, and counted, when its size does not contradict the first; if it does,
// that is an error, because which one was on the server decides what counts as
// whole. Rows whose path ends in a slash are left out, and counted.
//
// What does not fit the room's memory is sorted in parts and kept in its blocks,
// first as runs, which are closed here, then as pages, which the inventory reads
// as long as it is used. Where the rows lie makes no difference to what they say.
func ReadInventory(r io.Reader, room Room) (*Inventory, error) {
	inv, err := readInventory(r, room)
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	return inv, nil
}

func readInventory(r io.Reader, room Room) (*Inventory, error) {
	in := inventoryReader{inv: &Inventory{extensions: new(extensionSet)}, room: room, sizeAt: -1, pathAt: -1}
	in.room.Memory = min(room.Memory, arenaMost)
	in.csv = csvReader{in: bufio.NewReaderSize(r, csvBuffer)}
	if err := in.readHeader(); err != nil {
		return nil, err
	}
	for {
		row, err := in.csv.row()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = in.add(row)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := in.finish(); err != nil {
		return nil, err
	}
	return in.inv, nil
}

func (in *inventoryReader) readHeader() error {
	head, err := in.csv.in.Peek(csvBuffer)
	if err != nil && err != io.EOF {
		return err
	}
	if bom := []byte("\xef\xbb\xbf"); bytes.HasPrefix(head, bom) {
		in.csv.in.Discard(len(bom))
		head = head[len(bom):]
	}
	head = bytes.TrimLeft(head, "\r\n")
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	in.csv.comma = findComma(head)
	row, err := in.csv.row()
	if err == io.EOF {
		return errors.New(`it is empty; the first line must name the columns, one of them "path"`)
	}
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, cell := range row {
		name := norm.NFC.String(strings.TrimSpace(string(cell)))
		if name == "" {
			return fmt.Errorf("line %d: column %d has no name; name it or remove it", in.csv.started, i+1)
		}
		folded := strings.ToLower(name)
		if seen[folded] {
			return fmt.Errorf("line %d: two columns are named %s; rename one of them", in.csv.started, quoted([]byte(name)))
		}
		seen[folded] = true
		switch folded {
		case "path":
			in.pathAt = i
		case "size":
			in.sizeAt = i
		default:
			in.inv.attributes = append(in.inv.attributes, name)
			in.attributeAt = append(in.attributeAt, i)
			in.rows.values = append(in.rows.values, attributeColumn{known: map[string]textRef{}})
		}
	}
	if in.pathAt < 0 {
		return fmt.Errorf("line %d: no column is named \"path\" among %s; name the column that holds the files' paths so", in.csv.started, quoted(row...))
	}
	return nil
}

// An error quotes so many cells at most, and so many bytes of each: a file that is no
// inventory may be one line.
const (
	cellsQuoted = 20
	bytesQuoted = 40
)

// quoted lists cells for an error.
func quoted(cells ...[]byte) string {
	var shown []string
	for _, cell := range cells[:min(len(cells), cellsQuoted)] {
		text := fmt.Sprintf("%q", cell[:min(len(cell), bytesQuoted)])
		if len(cell) > bytesQuoted {
			text += "…"
		}
		shown = append(shown, text)
	}
	if left := len(cells) - len(shown); left > 0 {
		shown = append(shown, fmt.Sprintf("%d more", left))
	}
	return strings.Join(shown, ", ")
}

// add takes one row. Cells may be missing at its end, not be too many.
func (in *inventoryReader) add(row [][]byte) error {
	line := in.csv.started
	cell := func(i int) []byte {
		if i < 0 || i >= len(row) {
			return nil
		}
		return row[i]
	}
	if columns := in.columns(); len(row) > columns {
		return fmt.Errorf("line %d: %d fields where the header has %d; put fields that hold the delimiter in quotes", line, len(row), columns)
	}
	name := cell(in.pathAt)
	if len(name) == 0 {
		return fmt.Errorf("line %d: the path is empty", line)
	}
	size, err := parseSize(cell(in.sizeAt))
	if err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	path := in.canon.FilePath(name)
	if path[len(path)-1] == '/' {
		in.inv.directories++
		return nil
	}
	in.noteExtension(path)
	err = in.rows.add(path, size, uint32(line))
	for i := range in.rows.values {
		if err == nil {
			err = in.rows.values[i].add(&in.rows.texts, cell(in.attributeAt[i]))
		}
	}
	if err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	if in.room.Blocks == nil || in.rows.bytes() <= in.room.Memory {
		return nil
	}
	return in.spill()
}

// noteExtension keeps the extensions of all paths, until one has none or there
// are too many.
func (in *inventoryReader) noteExtension(path []byte) {
	if set := in.inv.extensions; set != nil {
		if key, _ := extension(path); !set.add(key) {
			in.inv.extensions = nil
		}
	}
}

// spill makes the rows in memory a run.
func (in *inventoryReader) spill() error {
	if in.runs == nil {
		in.runs = &rowRuns{blocks: in.room.Blocks()}
	}
	err := in.runs.add(&in.rows)
	in.rows.reset()
	return err
}

func (in *inventoryReader) columns() int {
	n := 1 + len(in.attributeAt)
	if in.sizeAt >= 0 {
		n++
	}
	return n
}

// parseSize reads a size in bytes, -1 for an empty cell.
func parseSize(cell []byte) (int64, error) {
	cell = bytes.TrimSpace(cell)
	if len(cell) == 0 {
		return -1, nil
	}
	var n int64
	for _, b := range cell {
		if b < '0' || b > '9' || len(cell) > 18 {
			return 0, fmt.Errorf("size %s is not a number of bytes; write digits only, or nothing if it is not known", quoted(cell))
		}
		n = n*10 + int64(b-'0')
	}
	return n, nil
}

// finish sorts the rows, and takes duplicates out.
func (in *inventoryReader) finish() (err error) {
	if in.runs == nil {
		in.inv.table, in.inv.duplicates, err = in.rows.table()
		return err
	}
	if err := in.runs.add(&in.rows); err != nil {
		return err
	}
	in.rows.release()
	in.inv.pages, in.inv.duplicates, err = in.runs.pages(len(in.inv.attributes), in.room.Blocks())
	return errors.Join(err, in.runs.blocks.Close())
}
