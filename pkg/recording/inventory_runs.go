package recording

import "bytes"

// rowRuns are rows outside memory, as runs that are each in the order of their
// paths, equal paths in the order of the file. What is in a run was in the file
// before what is in the next.
type rowRuns struct {
	blocks Blocks
	put    int   // blocks so far
	ends   []int // of each run: the block behind its last
	rows   int
}

const runBlockBytes = 16 << 10

// add makes the gathered rows a run.
func (r *rowRuns) add(g *gathered) error {
	var block, path, values []byte
	put := func() error {
		r.put++
		err := r.blocks.Put(block)
		block, path = block[:0], nil
		return err
	}
	for _, row := range g.sorted() {
		values = g.appendValues(values[:0], row)
		block = appendRow(block, path, g.path(row), g.sizes.at(int(row)), g.lines.at(int(row)), values)
		path = g.path(row)
		if len(block) >= runBlockBytes {
			if err := put(); err != nil {
				return err
			}
		}
	}
	if len(block) > 0 {
		if err := put(); err != nil {
			return err
		}
	}
	r.ends = append(r.ends, r.put)
	r.rows += g.paths.n
	return nil
}

// runRows walks over the rows of one run.
type runRows struct {
	pageRows
	run       int // its number
	blocks    Blocks
	next, end int // block
	buf       []byte
}

// step moves to the next row; false behind the last.
func (c *runRows) step() (bool, error) {
	for !c.pageRows.next() {
		if c.damaged() {
			return false, errPage
		}
		if c.next == c.end {
			return false, nil
		}
		var err error
		if c.buf, err = c.blocks.Get(c.next, c.buf); err != nil {
			return false, err
		}
		c.next++
		c.reset(c.buf)
	}
	return true, nil
}

// before is the order of rows: path, then place in the file.
func (c *runRows) before(o *runRows) bool {
	if d := bytes.Compare(c.path, o.path); d != 0 {
		return d < 0
	}
	return c.run < o.run
}

// each walks over the rows of all runs in their order. A row is valid until
// yield returns.
func (r *rowRuns) each(columns int, yield func(row *pageRows) error) error {
	var heap []*runRows // the least is the first, and none is before the one at half its place
	start := 0
	for run, end := range r.ends {
		c := &runRows{pageRows: pageRows{columns: columns}, run: run, blocks: r.blocks, next: start, end: end}
		start = end
		ok, err := c.step()
		if err != nil {
			return err
		}
		if ok {
			heap = append(heap, c)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for len(heap) > 0 {
		least := heap[0]
		if err := yield(&least.pageRows); err != nil {
			return err
		}
		ok, err := least.step()
		if err != nil {
			return err
		}
		if !ok {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap, 0)
	}
	return nil
}

// sink moves the run at i to its place among those below it.
func sink(heap []*runRows, i int) {
	for {
		least := 2*i + 1
		if least >= len(heap) {
			return
		}
		if right := least + 1; right < len(heap) && heap[right].before(heap[least]) {
			least = right
		}
		if !heap[least].before(heap[i]) {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// pages merges the runs into pages, and takes duplicates out.
func (r *rowRuns) pages(columns int, to Blocks) (p *pages, duplicates int, err error) {
	p = &pages{blocks: to, filter: newFilter(r.rows)}
	w := pageWriter{pages: p}
	var path, values []byte // of the row that is held back, as others may give its size
	var size sizing
	err = r.each(columns, func(row *pageRows) error {
		if bytes.Equal(row.path, path) { // no path is empty
			duplicates++
			return size.agree(path, row.size, row.line)
		}
		if path != nil {
			if err := w.add(path, size.size, values); err != nil {
				return err
			}
		}
		path, values = append(path[:0], row.path...), append(values[:0], row.values...)
		size = sizing{row.size, row.line}
		return nil
	})
	if err == nil && path != nil {
		err = w.add(path, size.size, values)
	}
	if err == nil {
		err = w.flush()
	}
	return p, duplicates, err
}
