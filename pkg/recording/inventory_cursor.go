package recording

import "bytes"

// Cursor stands at a row of an inventory, or at none: behind the last one, or
// before it was moved. It is for one goroutine. A nil Cursor is that of an empty
// inventory.
//
// Rows outside memory may fail to be read. Then the cursor stands at none, finds
// nothing any more, and Err says why: whoever moved it must ask.
type Cursor struct {
	inv *Inventory
	row int // of the table

	page int // at hand
	rows pageRows
	buf  []byte // what the page lies in
	lent bool   // attributes were given out of it
	err  error

	next []byte // for NamesIn
}

// Cursor makes a cursor that stands at no row yet.
func (v *Inventory) Cursor() *Cursor {
	if v == nil {
		return nil
	}
	return &Cursor{inv: v, row: v.Len(), rows: pageRows{columns: len(v.attributes)}}
}

// Err is why rows could not be read.
func (c *Cursor) Err() error {
	if c == nil {
		return nil
	}
	return c.err
}

// Path is the canonical path of the row, nil where the cursor is at none. It is
// valid until the cursor moves.
func (c *Cursor) Path() []byte {
	switch {
	case c == nil:
		return nil
	case c.inv.table == nil:
		return c.rows.path
	case c.row < len(c.inv.table.paths):
		return c.inv.table.path(c.row)
	}
	return nil
}

// Size is the size of the row in bytes, -1 when the inventory does not say.
func (c *Cursor) Size() int64 {
	if c.inv.table == nil {
		return c.rows.size
	}
	return c.inv.table.sizes[c.row]
}

// AppendAttributes appends the attributes of the row, in the order of
// Attributes; nil where the cell is empty. They stay valid when the cursor moves.
func (c *Cursor) AppendAttributes(dst [][]byte) [][]byte {
	t := c.inv.table
	if t == nil {
		c.lent = true
		return c.rows.appendValues(dst)
	}
	for _, column := range t.values {
		dst = append(dst, t.texts.text(column[c.row]))
	}
	return dst
}

// Next moves to the row after this one.
func (c *Cursor) Next() {
	switch {
	case c == nil:
	case c.inv.table != nil:
		c.row++
	case c.rows.next():
	case c.rows.damaged():
		c.err = errPage
		c.rows.reset(nil)
	default:
		c.open(c.page + 1)
	}
}

// Seek moves to the first row whose path is not before path.
func (c *Cursor) Seek(path []byte) {
	switch {
	case c == nil:
		return
	case c.inv.table != nil:
		c.row = c.inv.table.search(path)
		return
	}
	if p := c.inv.pages; !c.rows.reach(path) || p.pastPage(c.page, path) {
		c.open(p.pageOf(path))
	}
	for c.rows.path != nil && bytes.Compare(c.rows.path, path) < 0 {
		c.Next()
	}
}

// Find moves to the row of a path, and says whether there is one; if not, where
// the cursor then stands is not said. It does not allocate, unless attributes
// were given out.
func (c *Cursor) Find(path []byte) bool {
	switch {
	case c == nil:
		return false
	case c.inv.table != nil:
		row, ok := c.inv.table.find(path)
		if ok {
			c.row = row
		}
		return ok
	case !c.inv.pages.filter.has(path):
		return false
	}
	c.Seek(path)
	return c.rows.path != nil && bytes.Equal(c.rows.path, path)
}

// NamesIn is the number of recordings directly in dir, which ends in a slash;
// those in its subdirectories do not count. It takes time by the number of
// recordings directly in dir and of its subdirectories, not by what these hold.
// It moves the cursor.
func (c *Cursor) NamesIn(dir []byte) (names int64) {
	c.Seek(dir)
	for path := c.Path(); path != nil && bytes.HasPrefix(path, dir); path = c.Path() {
		i := bytes.IndexByte(path[len(dir):], '/')
		if i < 0 {
			names++
			c.Next()
			continue
		}
		// All of the subdirectory follows; '0' is the byte after '/'.
		c.next = append(append(c.next[:0], path[:len(dir)+i]...), '/'+1)
		c.Seek(c.next)
	}
	return names
}

// open moves to the first row of a page, to none behind the last page.
func (c *Cursor) open(page int) {
	c.page = page
	c.rows.reset(nil)
	p := c.inv.pages
	if c.err != nil || page >= len(p.firsts) {
		return
	}
	if c.lent {
		c.buf, c.lent = nil, false
	}
	if c.buf, c.err = p.blocks.Get(page, c.buf); c.err != nil {
		return
	}
	c.rows.reset(c.buf)
	if !c.rows.next() {
		c.err = errPage
		c.rows.reset(nil)
	}
}
