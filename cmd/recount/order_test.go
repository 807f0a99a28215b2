package main

import (
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

func rowsOf(all [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, 2) // one row, used again, as tables do
		for _, r := range all {
			copy(row, r)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// The heap that keeps the first rows gives what sorting them all gives.
func TestSortLimitEqualsSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	columns := []casefile.Column{{Name: "a", Type: casefile.Int64, Null: true}, {Name: "b", Type: casefile.Int64}}
	for range 200 {
		var all [][]any
		for i := range r.IntN(60) {
			row := []any{int64(r.IntN(8)), int64(i)}
			if r.IntN(5) == 0 {
				row[0] = nil
			}
			all = append(all, row)
		}
		for _, spec := range []string{"a", "-a", "-a,b", "a,-b"} {
			keys, err := parseSort(spec, columns)
			if err != nil {
				t.Fatal(err)
			}
			for i := range keys {
				keys[i].place = slices.IndexFunc(columns, func(c casefile.Column) bool { return c.Name == keys[i].column })
			}
			whole := collect(t, sortRows(rowsOf(all), keys, 0))
			limit := 1 + r.IntN(70)
			first := collect(t, sortRows(rowsOf(all), keys, int64(limit)))
			if want := whole[:min(limit, len(whole))]; !reflect.DeepEqual(first, want) {
				t.Fatalf("sort %s limit %d of %v:\n got %v\nwant %v", spec, limit, all, first, want)
			}
		}
	}
}

func TestSortOrder(t *testing.T) {
	all := [][]any{{nil, int64(0)}, {int64(2), int64(1)}, {int64(1), int64(2)}, {int64(2), int64(3)}}
	got := collect(t, sortRows(rowsOf(all), []sortKey{{"a", 0, true}}, 0))
	want := [][]any{{int64(2), int64(1)}, {int64(2), int64(3)}, {int64(1), int64(2)}, {nil, int64(0)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func collect(t *testing.T, rows iter.Seq2[[]any, error]) [][]any {
	out := [][]any{}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, slices.Clone(row))
	}
	return out
}
