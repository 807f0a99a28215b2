package recording

import (
	"bytes"
	"fmt"
	"runtime"
)

// gathered holds rows in the order of the file.
type gathered struct {
	texts  arena
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

func (g *gathered) add(path []byte, size int64, line uint32) error {
	ref, err := g.texts.add(path)
	if err != nil {
		return err
	}
	g.paths.add(ref)
	g.sizes.add(size)
	g.lines.add(line)
	return nil
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

// bytes is about how much memory the rows take until they are sorted.
func (g *gathered) bytes() int64 {
	const perRow = 4 + 8 + 4 + 16 + 4 // the columns, and what sortRows needs
	return g.texts.bytes() + int64(g.paths.n)*int64(perRow+4*len(g.values))
}

// path is that of a row, valid until the next reset.
func (g *gathered) path(row uint32) []byte { return g.texts.text(g.paths.at(int(row))) }

// sorted gives the rows in the order of their paths, and equal paths in the
// order of the file.
func (g *gathered) sorted() []uint32 { return sortRows(g.paths.n, g.path) }

// appendValues writes the attributes of a row as pageRows reads them.
func (g *gathered) appendValues(dst []byte, row uint32) []byte {
	for i := range g.values {
		dst = appendText(dst, g.texts.text(g.values[i].refs.at(int(row))))
	}
	return dst
}

// reset forgets the rows and keeps their room for others.
func (g *gathered) reset() {
	g.texts.reset()
	g.paths.n, g.sizes.n, g.lines.n = 0, 0, 0
	for i := range g.values {
		g.values[i].refs.n = 0
		g.values[i].known = map[string]textRef{}
	}
}

// release lets go of what the rows lay in, and has it collected if it is much:
// with 2.7 million rows, 85 MB of sorting and columns stayed in use.
func (g *gathered) release() {
	much := len(g.texts.blocks) > 16
	*g = gathered{}
	if much {
		runtime.GC()
	}
}

// sizing settles what rows of one path say of its size: they may leave it open,
// but must not differ.
type sizing struct {
	size int64
	line uint32 // that gave it
}

// agree takes what a further row says.
func (s *sizing) agree(path []byte, size int64, line uint32) error {
	switch {
	case size == -1 || size == s.size:
	case s.size == -1:
		s.size, s.line = size, line
	default:
		return fmt.Errorf("lines %d and %d give %q two sizes, %d and %d; keep the row that holds for the time of the logs", s.line, line, path, s.size, size)
	}
	return nil
}

// table sorts the rows into a table, takes duplicates out and builds the index.
// The rows are gone then.
func (g *gathered) table() (t *table, duplicates int, err error) {
	order := g.sorted() // the first of equal paths comes first, and wins
	kept := order[:0]
	var size sizing
	for _, row := range order {
		path, said, line := g.path(row), g.sizes.at(int(row)), g.lines.at(int(row))
		if len(kept) == 0 || !bytes.Equal(g.path(kept[len(kept)-1]), path) {
			kept, size = append(kept, row), sizing{said, line}
			continue
		}
		duplicates++
		if err := size.agree(path, said, line); err != nil {
			return nil, 0, err
		}
		g.sizes.set(int(kept[len(kept)-1]), size.size)
	}
	g.lines = column[uint32]{}
	t = &table{texts: g.texts, paths: g.paths.pick(kept), sizes: g.sizes.pick(kept)}
	for i := range g.values {
		t.values = append(t.values, g.values[i].refs.pick(kept))
	}
	g.release()
	t.buildIndex()
	return t, duplicates, nil
}
