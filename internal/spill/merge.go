package spill

// Cursor walks over one sorted run.
type Cursor interface {
	// Next moves to the next item; false at the end or on an error.
	Next() bool
	// Err is the error that ended the walk, nil at the end of the run.
	Err() error
}

// Order is a total order of items, so that the result of a merge does not depend
// on how the items are spread over the runs.
//
// An item may have a code, which says how it differs from an item before it: of
// two that are coded against the same item, the one with the less code comes
// first, and against that one the code of the other is what it was. So most
// codes are never made anew, and items are only looked at whose codes are the
// same (Do and Graefe, "Robust and Efficient Sorting with Offset-Value Coding",
// ACM TODS 2023). Where all codes are 0, all items are compared.
type Order[C Cursor] struct {
	// Code is the code of a cursor's item against the one before in its run, for
	// the first against one that comes before all. The largest number is none.
	Code func(c C) uint64
	// Before says whether a's item comes before b's, and gives the code of the
	// later against the earlier. code is that of both.
	Before func(a, b C, code uint64) (before bool, later uint64)
}

// Merge walks over many sorted runs as one. The cursors play a tournament, in
// which each node keeps who lost there (a tree of losers): when the winner has
// moved it has to meet those it beat, and nobody else.
type Merge[C Cursor] struct {
	cursors []C
	tree    []player          // at 0 the winner, behind it the losers; node n is below n/2
	less    func(a, b C) bool // nil: there are codes
	order   Order[C]
	err     error
	next    bool // the winner has to move before its item is given
}

// player is a cursor with the code of its item against that which it lost to, or
// if it is the winner against the one given before.
type player struct {
	code   uint64
	cursor int
}

// ended is the code of a cursor that has no more items.
const ended = ^uint64(0)

// NewMerge takes ownership of cursors that were not yet moved. less must be a
// total order.
func NewMerge[C Cursor](cursors []C, less func(a, b C) bool) *Merge[C] {
	return (&Merge[C]{less: less}).start(cursors)
}

// NewOrderedMerge is NewMerge for an order with codes.
func NewOrderedMerge[C Cursor](cursors []C, order Order[C]) *Merge[C] {
	return (&Merge[C]{order: order}).start(cursors)
}

// start plays the first tournament.
func (m *Merge[C]) start(cursors []C) *Merge[C] {
	var none C
	for i, c := range cursors {
		if c.Next() {
			m.cursors = append(m.cursors, c)
			continue
		}
		if m.err == nil {
			m.err = c.Err()
		}
		cursors[i] = none // it holds a block
	}
	n := len(m.cursors)
	if n == 0 {
		return m
	}
	m.tree = make([]player, n)
	winners := make([]player, 2*n) // of each node; the cursors stand behind the nodes
	for i, c := range m.cursors {
		winners[n+i] = player{m.code(c), i}
	}
	for node := n - 1; node > 0; node-- {
		winners[node], m.tree[node] = m.play(winners[2*node], winners[2*node+1])
	}
	m.tree[0] = winners[1]
	return m
}

// Next gives the cursor that stands at the least item, valid until the next
// call; false at the end or on an error.
func (m *Merge[C]) Next() (C, bool) {
	var none C
	if m.err != nil || len(m.tree) == 0 || m.tree[0].code == ended {
		return none, false
	}
	if m.next {
		i := m.tree[0].cursor
		switch c := m.cursors[i]; {
		case c.Next():
			m.replay(player{m.code(c), i})
		case c.Err() != nil:
			m.err = c.Err()
			return none, false
		default:
			m.cursors[i] = none // it holds a block
			m.replay(player{ended, i})
		}
		if m.tree[0].code == ended {
			return none, false
		}
	}
	m.next = true
	return m.cursors[m.tree[0].cursor], true
}

// Err is the first error of a cursor.
func (m *Merge[C]) Err() error { return m.err }

// code is the code of a cursor that has moved.
func (m *Merge[C]) code(c C) uint64 {
	if m.less != nil {
		return 0
	}
	return m.order.Code(c)
}

// replay has the winner, which has moved, meet those on its way up.
func (m *Merge[C]) replay(p player) {
	for node := (len(m.tree) + p.cursor) / 2; node > 0; node /= 2 {
		if rival := &m.tree[node]; rival.code <= p.code {
			p, *rival = m.play(p, *rival)
		}
	}
	m.tree[0] = p
}

// play says who of two is first.
func (m *Merge[C]) play(a, b player) (first, second player) {
	switch {
	case a.code > b.code:
		return b, a
	case a.code < b.code || a.code == ended:
		return a, b
	case m.less != nil:
		if m.less(m.cursors[a.cursor], m.cursors[b.cursor]) {
			return a, b
		}
		return b, a
	}
	before, later := m.order.Before(m.cursors[a.cursor], m.cursors[b.cursor], a.code)
	if before {
		b.code = later
		return a, b
	}
	a.code = later
	return b, a
}
