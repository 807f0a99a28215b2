package spill

// Cursor walks over one sorted run.
type Cursor interface {
	// Next moves to the next item; false at the end or on an error.
	Next() bool
	// Err is the error that ended the walk, nil at the end of the run.
	Err() error
}

// Merge walks over many sorted runs as one. It keeps the cursors in a heap;
// the cursor with the least item is at the top.
type Merge[C Cursor] struct {
	heap []C
	less func(a, b C) bool
	err  error
	next bool // the top has to move before its item is given
}

// NewMerge takes ownership of cursors that were not yet moved. less must be a
// total order, so that the result does not depend on how the items are spread
// over the runs.
func NewMerge[C Cursor](cursors []C, less func(a, b C) bool) *Merge[C] {
	m := &Merge[C]{less: less}
	for _, c := range cursors {
		if c.Next() {
			m.heap = append(m.heap, c)
		} else if m.err == nil {
			m.err = c.Err()
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m
}

// Next gives the cursor that stands at the least item, valid until the next
// call; false at the end or on an error.
func (m *Merge[C]) Next() (C, bool) {
	var none C
	if m.err != nil {
		return none, false
	}
	if m.next {
		top := m.heap[0]
		switch {
		case top.Next():
			m.down(0)
		case top.Err() != nil:
			m.err = top.Err()
			return none, false
		default:
			last := len(m.heap) - 1
			m.heap[0] = m.heap[last]
			m.heap = m.heap[:last]
			m.down(0)
		}
	}
	if len(m.heap) == 0 {
		m.next = false
		return none, false
	}
	m.next = true
	return m.heap[0], true
}

// Err is the first error of a cursor.
func (m *Merge[C]) Err() error { return m.err }

// down restores the heap below i.
func (m *Merge[C]) down(i int) {
	for {
		least := 2*i + 1
		if least >= len(m.heap) {
			return
		}
		if right := least + 1; right < len(m.heap) && m.less(m.heap[right], m.heap[least]) {
			least = right
		}
		if !m.less(m.heap[least], m.heap[i]) {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}
