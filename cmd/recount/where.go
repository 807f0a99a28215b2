package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logrecount/recount/pkg/casefile"
)

// condition is one --where: a column, an operator and a value of the column's
// type.
type condition struct {
	column string
	op     string // one of operators, "is null" or "is not null"
	value  any    // string, int64, bool or time.Time
}

// operators in the order in which they are looked for: the longer first.
var operators = []string{"==", "!=", "<=", ">=", "=", "<", ">", "~"}

// syntaxError is a condition that is not written as one, with how to write it.
func syntaxError(format string, args ...any) error {
	return usage(fmt.Sprintf(format, args...),
		"write 'column op value' with one of = != < <= > >= ~ (contains), or 'column is null', or 'column is not null'")
}

// parseWhere reads a condition for a table with these columns. Its errors are
// usage errors.
func parseWhere(s, table string, columns []casefile.Column) (condition, error) {
	text := strings.TrimSpace(s)
	end := strings.IndexAny(text, " \t=!<>~")
	if end <= 0 {
		return condition{}, syntaxError("condition %q has no column, operator and value", s)
	}
	c := condition{column: text[:end]}
	column, err := findColumn(c.column, columns)
	if err != nil {
		return c, err
	}
	rest := strings.TrimSpace(text[end:])
	switch strings.ToLower(strings.Join(strings.Fields(rest), " ")) {
	case "is null", "is not null":
		c.op = strings.ToLower(strings.Join(strings.Fields(rest), " "))
		return c, nil
	}
	for _, op := range operators {
		if value, ok := strings.CutPrefix(rest, op); ok {
			if op == "==" {
				op = "="
			}
			c.op = op
			c.value, err = parseValue(strings.TrimSpace(value), column, op)
			if err == nil && (op == "=" || op == "!=") {
				err = checkWord(c.value, table, c.column)
			}
			return c, err
		}
	}
	return c, syntaxError("condition %q has no operator", s)
}

// findColumn finds a column by its name.
func findColumn(name string, columns []casefile.Column) (casefile.Column, error) {
	i := slices.IndexFunc(columns, func(c casefile.Column) bool { return c.Name == name })
	if i < 0 {
		var names []string
		for _, c := range columns {
			names = append(names, c.Name)
		}
		return casefile.Column{}, usage(fmt.Sprintf("no column %q", name), didYouMean(name, names)+"the columns are "+strings.Join(names, ", "))
	}
	return columns[i], nil
}

// timeLayouts are the ways to write a time; without an offset it is UTC, and a
// date alone is the midnight that begins it.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

// parseValue reads a value by the type of its column.
func parseValue(s string, c casefile.Column, op string) (any, error) {
	if s == "" {
		return nil, syntaxError("column %q is compared with nothing; write %s for an empty text", c.Name, `""`)
	}
	s = unquote(s)
	if op == "~" && c.Type != casefile.Text {
		return nil, mistake("column %q is of type %s; ~ works on texts only", c.Name, c.Type)
	}
	switch c.Type {
	case casefile.Int16, casefile.Int32, casefile.Int64:
		v, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, mistake("column %q takes a whole number, not %q", c.Name, s)
		}
		return v, nil
	case casefile.Bool:
		if op != "=" && op != "!=" {
			return nil, mistake("column %q is true or false; only = and != work on it", c.Name)
		}
		switch strings.ToLower(s) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, mistake("column %q takes true or false, not %q", c.Name, s)
	case casefile.Time:
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC(), nil
			}
		}
		return nil, mistake("column %q takes a time such as 2019-02-18T10:00:00Z or 2019-02-18, not %q", c.Name, s)
	}
	return s, nil
}

// mistake is a value or a column that does not fit, in a condition that is
// written as one.
func mistake(format string, args ...any) error { return usage(fmt.Sprintf(format, args...), "") }

// unquote takes one pair of quotes off a value. Within double quotes the
// escapes that the tables show, such as \x1b, are read.
func unquote(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' {
		return s
	}
	if s[0] == '"' {
		if inner, err := strconv.Unquote(s); err == nil {
			return inner
		}
	}
	return s[1 : len(s)-1]
}

// holds says whether a value of the column meets the condition. Nothing but "is
// null" holds for null: what was not logged is neither equal nor unequal.
func (c *condition) holds(v any) bool {
	switch {
	case c.op == "is null":
		return v == nil
	case c.op == "is not null":
		return v != nil
	case v == nil:
		return false
	case c.op == "~":
		return strings.Contains(v.(string), c.value.(string))
	}
	order := compare(v, c.value)
	switch c.op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// compare orders two values of one column that are not null.
func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return order(a, b.(int64))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		return order(toInt(a), toInt(b.(bool)))
	}
	return 0
}

func order(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func toInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
