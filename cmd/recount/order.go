package main

import (
	"container/heap"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/casefile"
)

// sortKey is one column of --sort; its place is an index into a row.
type sortKey struct {
	column     string
	place      int
	descending bool
}

// parseSort reads "a,-b".
func parseSort(s string, columns []casefile.Column) ([]sortKey, error) {
	if s == "" {
		return nil, nil
	}
	var keys []sortKey
	for name := range strings.SplitSeq(s, ",") {
		k := sortKey{}
		k.column, k.descending = strings.CutPrefix(strings.TrimSpace(name), "-")
		if _, err := findColumn(k.column, columns); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// maxSorted is how many rows are sorted in memory without a --limit.
const maxSorted = 1_000_000

// ordered is a row and its number, which keeps rows that are equal in the order
// of the table.
type ordered struct {
	row []any
	n   int64
}

// sorter keeps the first rows in the order of its keys: with a limit a heap
// whose root is the last of those kept, else all.
type sorter struct {
	keys  []sortKey
	limit int64
	rows  []ordered
}

func (s *sorter) Len() int           { return len(s.rows) }
func (s *sorter) Less(i, j int) bool { return s.compare(s.rows[i], s.rows[j]) > 0 }
func (s *sorter) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *sorter) Push(x any)         { s.rows = append(s.rows, x.(ordered)) }

func (s *sorter) Pop() any {
	last := s.rows[len(s.rows)-1]
	s.rows = s.rows[:len(s.rows)-1]
	return last
}

// compare orders rows; null comes last, whichever way a column is sorted.
func (s *sorter) compare(a, b ordered) int {
	for _, k := range s.keys {
		x, y := a.row[k.place], b.row[k.place]
		switch {
		case x == nil && y == nil:
			continue
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		c := compare(x, y)
		if k.descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return order(a.n, b.n)
}

// sortRows gives the rows in the order of the keys, the first limit of them; 0
// is all. It holds limit rows at most.
func sortRows(rows iter.Seq2[[]any, error], keys []sortKey, limit int64) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		s := &sorter{keys: keys, limit: limit}
		var n int64
		for row, err := range rows {
			if err == nil {
				n++
				err = s.add(row, n)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		slices.SortFunc(s.rows, s.compare)
		for _, r := range s.rows {
			if !yield(r.row, nil) {
				return
			}
		}
	}
}

func (s *sorter) add(row []any, n int64) error {
	next := ordered{row, n}
	switch {
	case s.limit == 0:
		if len(s.rows) == maxSorted {
			return &failure{fmt.Errorf("more than %d rows to sort", maxSorted), "give --limit, or --where to choose fewer rows"}
		}
		s.rows = append(s.rows, ordered{slices.Clone(row), n})
	case int64(len(s.rows)) < s.limit:
		heap.Push(s, ordered{slices.Clone(row), n})
	case s.compare(next, s.rows[0]) < 0:
		s.rows[0].row = append(s.rows[0].row[:0], row...)
		s.rows[0].n = n
		heap.Fix(s, 0)
	}
	return nil
}

// firstRows ends after limit rows; 0 is all.
func firstRows(rows iter.Seq2[[]any, error], limit int64) iter.Seq2[[]any, error] {
	if limit == 0 {
		return rows
	}
	return func(yield func([]any, error) bool) {
		left := limit
		for row, err := range rows {
			left--
			if !yield(row, err) || left == 0 {
				return
			}
		}
	}
}
