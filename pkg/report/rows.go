package report

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// A Format is how the rows of a table are written.
type Format string

// The formats. JSON is one array of objects and keeps every value as it is in
// the case; CSV has an empty cell for null; the other two are for reading.
const (
	FormatTable    Format = "table"
	FormatCSV      Format = "csv"
	FormatJSON     Format = "json"
	FormatMarkdown Format = "markdown"
)

// Formats lists them for messages and checks.
var Formats = []Format{FormatTable, FormatCSV, FormatJSON, FormatMarkdown}

// timeLayout is RFC 3339 with microseconds; times are always in UTC.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// rowWriter writes rows one after the other and never holds more than a block
// of them.
type rowWriter interface {
	row(values []any) error
	close() error
}

// Rows writes rows in a format and says how many. A value is nil, a string, an
// int64, an int32, a bool or a time.Time; one row has one value per column. A
// row may be used again by the iterator once the next is asked for. It stops
// at the first error of the iterator or of w.
func Rows(w io.Writer, f Format, columns []string, rows iter.Seq2[[]any, error]) (int64, error) {
	var out rowWriter
	switch f {
	case FormatTable:
		out = newTableRows(w, columns)
	case FormatCSV:
		out = newCSVRows(w, columns)
	case FormatJSON:
		out = newJSONRows(w, columns)
	case FormatMarkdown:
		out = newMarkdownRows(w, columns)
	default:
		return 0, fmt.Errorf("unknown format %q", f)
	}
	var n int64
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if len(row) != len(columns) {
			return n, fmt.Errorf("row %d has %d values for %d columns", n+1, len(row), len(columns))
		}
		if err := out.row(row); err != nil {
			return n, err
		}
		n++
	}
	return n, out.close()
}

// plain gives a value as text and says whether it may be hostile: only strings
// come from a log. Null gives null.
func plain(v any, null string) text {
	switch v := v.(type) {
	case nil:
		return own(null)
	case string:
		return foreign(v)
	case int64:
		return own(strconv.FormatInt(v, 10))
	case int32:
		return own(strconv.FormatInt(int64(v), 10))
	case bool:
		return own(strconv.FormatBool(v))
	case time.Time:
		return own(v.UTC().Format(timeLayout))
	}
	return foreign(fmt.Sprint(v))
}

// isNumber says that a column of such values is drawn to the right.
func isNumber(v any) bool {
	switch v.(type) {
	case int64, int32:
		return true
	}
	return false
}

// names is the formats in words.
func names() string {
	var s []string
	for _, f := range Formats {
		s = append(s, string(f))
	}
	return strings.Join(s, ", ")
}

// ParseFormat reads the name of a format.
func ParseFormat(s string) (Format, error) {
	for _, f := range Formats {
		if string(f) == s {
			return f, nil
		}
	}
	return "", fmt.Errorf("unknown format %q; the formats are %s", s, names())
}
