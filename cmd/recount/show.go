package main

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/report"
)

// showOptions holds the flags of show as they are typed.
type showOptions struct {
	where   []string
	sort    string
	limit   int64
	columns string
	format  string
}

func newShowCommand(s streams) *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show CASE [TABLE]",
		Short: "Show a table of a case, or which tables and columns it has",
		Long: `Show the rows of a table of a case. Without TABLE: its tables, with their columns
and what each column holds.

A condition is 'column op value', with one of = != < <= > >= ~ (contains), or
'column is null', or 'column is not null'. Several must all hold. A value may
stand in quotes. Numbers are compared as numbers; times are UTC unless they have
an offset, as in 2019-02-18, '2019-02-18 10:00' or 2019-02-18T10:00:00+01:00;
texts are compared byte by byte. No comparison holds for null.

The table format shows null as - and cuts long texts, with … at the cut; json
and csv have every value whole. In csv null is an empty cell, and a text that a
spreadsheet would take for a formula is made harmless.`,
		Example: `  recount show case
  recount show case clients --sort -recordings_likely --limit 10
  recount show case downloads --where 'completeness = partial' --where 'bytes_lower > 0'
  recount show case requests --where 'time_start >= 2019-02-18' --columns client,recording,status --format csv`,
		Args: arguments(1, 2, "a case and at most one table"),
		RunE: func(_ *cobra.Command, args []string) error { return runShow(&o, args, s) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *showOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.where, "where", nil, "only rows that meet the `CONDITION` (repeatable: all must hold)")
	f.StringVar(&o.sort, "sort", "", "sort by `COLUMNS`, with commas; -COLUMN sorts downwards; null comes last")
	f.Int64Var(&o.limit, "limit", 0, "show the first `NUMBER` rows; 0: all")
	f.StringVar(&o.columns, "columns", "", "show these `COLUMNS`, with commas (default all)")
	f.StringVar(&o.format, "format", "table", "`NAME` of the format: table, csv, json or markdown")
}

func runShow(o *showOptions, args []string, s streams) error {
	format, err := report.ParseFormat(o.format)
	if err != nil {
		return &pipeline.UsageError{Err: err}
	}
	if o.limit < 0 {
		return usage(fmt.Sprintf("%d rows are not possible", o.limit), "give --limit a number, or 0 for all rows")
	}
	if err := exists("case", args[0]); err != nil {
		return err
	}
	c, err := casefile.Open(args[0])
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.out, 64<<10)
	note := ""
	if len(args) == 1 {
		note, err = showColumns(out, c, format)
	} else {
		note, err = showRows(out, c, args[1], o, format)
	}
	if err != nil {
		return err
	}
	err = out.Flush()
	if err == nil {
		say(s.err, "", note)
	}
	return err
}

const noTables = "this case has no tables"

// showColumns lists the tables that the case has, a row per column.
func showColumns(w *bufio.Writer, c *casefile.Case, format report.Format) (note string, err error) {
	sum, err := c.Summary()
	if err != nil {
		return "", err
	}
	if len(sum.Tables) == 0 {
		note = noTables
		if format == report.FormatTable {
			return note, nil
		}
	}
	_, err = report.Rows(w, format, []string{"table", "rows", "column", "type", "ecs", "comment"}, func(yield func([]any, error) bool) {
		for _, name := range casefile.TableNames() {
			rows, ok := sum.Tables[name]
			if !ok {
				continue
			}
			t, err := c.Table(name)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, col := range t.Columns() {
				if !yield([]any{name, rows, col.Name, col.Type.String(), ecsName(col), col.Comment}, nil) {
					return
				}
			}
		}
	})
	return note, err
}

// ecsName is nil for a column that the Elastic Common Schema has no name for.
func ecsName(c casefile.Column) any {
	if c.ECS == "" {
		return nil
	}
	return c.ECS
}

func showRows(w *bufio.Writer, c *casefile.Case, name string, o *showOptions, format report.Format) (note string, err error) {
	if names := casefile.TableNames(); !slices.Contains(names, name) {
		return "", usage(fmt.Sprintf("unknown table %q", name), didYouMean(name, names)+"the tables are "+strings.Join(names, ", "))
	}
	if err := hasTable(c, name); err != nil {
		return "", err
	}
	t, err := c.Table(name)
	if err != nil {
		return "", err
	}
	q, err := newQuery(o, name, t.Columns())
	if err != nil {
		return "", err
	}
	shown, err := report.Rows(w, format, q.shown, q.run(t.Rows(q.read...)))
	if shown == 0 && len(q.where) > 0 {
		note = fmt.Sprintf("no row of %d matches", t.NumRows())
	}
	return note, err
}

// hasTable refuses a table that the case was made without.
func hasTable(c *casefile.Case, name string) error {
	sum, err := c.Summary()
	if err != nil {
		return err
	}
	if _, ok := sum.Tables[name]; ok {
		return nil
	}
	if len(sum.Tables) == 0 {
		return &failure{errors.New(noTables), "analyze writes them unless it is told --tables none"}
	}
	var has []string
	for _, n := range casefile.TableNames() {
		if _, ok := sum.Tables[n]; ok {
			has = append(has, n)
		}
	}
	return &failure{fmt.Errorf("this case has no table %q", name), "its tables are " + strings.Join(has, ", ")}
}

// query is what show does with the rows of a table.
type query struct {
	shown []string // columns shown; they are the first of those read
	read  []string // columns read
	where []condition
	at    []int // place in a row read of the column of each condition
	keys  []sortKey
	limit int64
}

func newQuery(o *showOptions, table string, columns []casefile.Column) (*query, error) {
	q := &query{limit: o.limit}
	if o.columns == "" {
		for _, c := range columns {
			q.shown = append(q.shown, c.Name)
		}
	} else {
		for name := range strings.SplitSeq(o.columns, ",") {
			q.shown = append(q.shown, strings.TrimSpace(name))
		}
	}
	for _, name := range q.shown {
		if _, err := findColumn(name, columns); err != nil {
			return nil, err
		}
	}
	q.read = slices.Clone(q.shown)
	for _, text := range o.where {
		c, err := parseWhere(text, table, columns)
		if err != nil {
			return nil, err
		}
		q.where = append(q.where, c)
		q.at = append(q.at, q.place(c.column))
	}
	keys, err := parseSort(o.sort, columns)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		keys[i].place = q.place(keys[i].column)
	}
	q.keys = keys
	return q, nil
}

// place says where in a row a column stands, and has it read.
func (q *query) place(column string) int {
	if i := slices.Index(q.read, column); i >= 0 {
		return i
	}
	q.read = append(q.read, column)
	return len(q.read) - 1
}

// run filters, sorts and limits rows, and gives the columns shown.
func (q *query) run(rows iter.Seq2[[]any, error]) iter.Seq2[[]any, error] {
	rows = q.filter(rows)
	if len(q.keys) > 0 {
		rows = sortRows(rows, q.keys, q.limit)
	}
	rows = firstRows(rows, q.limit)
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row[:len(q.shown)], nil) {
				return
			}
		}
	}
}

func (q *query) filter(rows iter.Seq2[[]any, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			if (err != nil || q.wants(row)) && !yield(row, err) {
				return
			}
		}
	}
}

func (q *query) wants(row []any) bool {
	for i := range q.where {
		if !q.where[i].holds(row[q.at[i]]) {
			return false
		}
	}
	return true
}
