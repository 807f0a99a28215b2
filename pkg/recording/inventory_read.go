package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// inventoryReader gathers rows in the order of the file.
type inventoryReader struct {
	csv   csvReader
	canon Canonicalizer
	inv   *Inventory

	pathAt, sizeAt int   // columns of the file; sizeAt is -1 without one
	attributeAt    []int // per attribute

	paths  column[textRef]
	sizes  column[int64]
	lines  column[uint32]
	values []attributeColumn
}

// attributeColumn is an attribute. Values that repeat are kept once, until
// there are too many to look for repeats.
type attributeColumn struct {
	refs  column[textRef]
	known map[string]textRef // nil once there are more than attributeValues
}

const attributeValues = 1 << 14

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
func ReadInventory(r io.Reader) (*Inventory, error) {
	inv, err := readInventory(r)
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	return inv, nil
}

func readInventory(r io.Reader) (*Inventory, error) {
	in := inventoryReader{inv: new(Inventory), sizeAt: -1, pathAt: -1}
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
			return fmt.Errorf("line %d: two columns are named %q; rename one of them", in.csv.started, name)
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
			in.values = append(in.values, attributeColumn{known: map[string]textRef{}})
		}
	}
	if in.pathAt < 0 {
		return fmt.Errorf("line %d: no column is named \"path\" among %q; name the column that holds the files' paths so", in.csv.started, row)
	}
	return nil
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
	ref, err := in.inv.texts.add(path)
	if err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	in.paths.add(ref)
	in.sizes.add(size)
	in.lines.add(uint32(line))
	for i := range in.values {
		if err := in.values[i].add(&in.inv.texts, cell(in.attributeAt[i])); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	return nil
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
			return 0, fmt.Errorf("size %q is not a number of bytes; write digits only, or nothing if it is not known", cell)
		}
		n = n*10 + int64(b-'0')
	}
	return n, nil
}

func (c *attributeColumn) add(texts *arena, value []byte) error {
	if len(value) == 0 {
		c.refs.add(0)
		return nil
	}
	ref, ok := c.known[string(value)]
	if !ok {
		var err error
		if ref, err = texts.add(value); err != nil {
			return err
		}
		if c.known != nil {
			c.known[string(value)] = ref
		}
		if len(c.known) > attributeValues {
			c.known = nil
		}
	}
	c.refs.add(ref)
	return nil
}

// finish sorts the rows, takes duplicates out and builds the index.
func (in *inventoryReader) finish() error {
	path := func(row uint32) []byte { return in.inv.texts.text(in.paths.at(int(row))) }
	order := sortRows(in.paths.n, path) // the first of equal paths comes first, and wins
	kept := order[:0]
	sizeFrom := uint32(0) // the row that gave the last kept path its size
	for _, row := range order {
		if len(kept) == 0 || !bytes.Equal(path(kept[len(kept)-1]), path(row)) {
			kept, sizeFrom = append(kept, row), row
			continue
		}
		in.inv.duplicates++
		known, size := in.sizes.at(int(kept[len(kept)-1])), in.sizes.at(int(row))
		switch {
		case size == -1 || size == known:
		case known == -1:
			in.sizes.set(int(kept[len(kept)-1]), size)
			sizeFrom = row
		default:
			return fmt.Errorf("lines %d and %d give %q two sizes, %d and %d; keep the row that holds for the time of the logs",
				in.lines.at(int(sizeFrom)), in.lines.at(int(row)), path(row), known, size)
		}
	}
	in.lines = column[uint32]{}
	in.inv.paths = in.paths.pick(kept)
	in.inv.sizes = in.sizes.pick(kept)
	for i := range in.values {
		in.inv.values = append(in.inv.values, in.values[i].refs.pick(kept))
	}
	*in = inventoryReader{inv: in.inv}
	runtime.GC() // else 85 MB of sorting and columns stay in use, measured with 2.7 million rows
	in.inv.buildIndex()
	return nil
}
