package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"
)

var rowColumns = []string{"client", "bytes", "finished", "first_seen"}

func sampleRows() iter.Seq2[[]any, error] {
	at := time.Date(2019, 2, 18, 11, 0, 0, 123456000, time.FixedZone("CET", 3600))
	return func(yield func([]any, error) bool) {
		_ = yield([]any{"192.0.2.7", int64(24000000), true, at}, nil) &&
			yield([]any{"=cmd|' /C calc'!A0", nil, nil, nil}, nil) &&
			yield([]any{"\x1b[31m\u202e", int64(-1), false, at}, nil)
	}
}

func TestRows(t *testing.T) {
	for _, f := range Formats {
		var b bytes.Buffer
		n, err := Rows(&b, f, rowColumns, sampleRows())
		if n != 3 || err != nil {
			t.Errorf("%s: %d rows, %v", f, n, err)
		}
		golden(t, "rows."+string(f), b.Bytes())
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Errorf("%s: control characters: %q", f, b.String())
		}
	}
}

func TestRowsNone(t *testing.T) {
	want := map[Format]string{
		FormatTable:    "client  bytes  finished  first_seen\n",
		FormatCSV:      "client,bytes,finished,first_seen\n",
		FormatJSON:     "[]\n",
		FormatMarkdown: "| client | bytes | finished | first\\_seen |\n| --- | --- | --- | --- |\n",
	}
	for _, f := range Formats {
		var b bytes.Buffer
		if n, err := Rows(&b, f, rowColumns, func(func([]any, error) bool) {}); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", f, n, err)
		}
		if b.String() != want[f] {
			t.Errorf("%s: %q, want %q", f, b.String(), want[f])
		}
	}
}

// Many rows are drawn in blocks, each with its titles, and none is lost.
func TestRowsBlocks(t *testing.T) {
	var b bytes.Buffer
	_, err := Rows(&b, FormatTable, []string{"n"}, func(yield func([]any, error) bool) {
		for i := range int64(2 * blockRows) {
			if !yield([]any{i}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines != 2*blockRows+2*2+1 {
		t.Errorf("%d lines", lines)
	}
}

func TestRowsError(t *testing.T) {
	broken := errors.New("broken")
	for _, f := range Formats {
		_, err := Rows(&bytes.Buffer{}, f, []string{"n"}, func(yield func([]any, error) bool) { yield(nil, broken) })
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := Rows(&bytes.Buffer{}, "xml", nil, nil); err == nil {
		t.Error("unknown format: no error")
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[31m", "\u202e\u2028", "\U000e0001\U0001f600", "<&>\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		var b bytes.Buffer
		writeJSONString(&b, s)
		var back string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != s {
			t.Errorf("%q came back as %q, %v", s, back, err)
		}
	})
}

func TestCSVReadsBack(t *testing.T) {
	var b bytes.Buffer
	if _, err := Rows(&b, FormatCSV, rowColumns, sampleRows()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][1] != "24000000" || rows[2][1] != "" || rows[3][1] != "-1" {
		t.Errorf("%v %q", err, rows)
	}
}
