package casefile

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// dump prints what pyarrow makes of a table: its fields, then its rows, times
// as microseconds.
const dump = `
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
for f in table.schema:
    m = {k.decode(): v.decode() for k, v in (f.metadata or {}).items()}
    print(json.dumps([f.name, str(f.type), f.nullable, m.get("comment", ""), m.get("ecs", "")]))
cols = [c.cast(pa.int64()) if pa.types.is_timestamp(c.type) else c for c in table.columns]
for row in zip(*(c.to_pylist() for c in cols)):
    print(json.dumps(row))
`

// TestOtherReader reads tables with pyarrow, which RECOUNT_PARQUET_PYTHON
// names a Python with, and wants what we read.
func TestOtherReader(t *testing.T) {
	python := os.Getenv("RECOUNT_PARQUET_PYTHON")
	if python == "" {
		t.Skip("RECOUNT_PARQUET_PYTHON names no Python with pyarrow")
	}
	types := map[Type]string{Int16: "int16", Int32: "int32", Int64: "int64", Bool: "bool", Text: "string", Time: "timestamp[us, tz=UTC]"}
	for _, codec := range []string{"snappy", "zstd"} {
		dir := filepath.Join(t.TempDir(), "case")
		w, err := Create(dir, CreateOptions{Compression: codec, Attributes: attributes})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, w)
		reqs := append(groups(groupRows+50), someRequests(5000)...)
		for k := range reqs {
			if err := w.Requests().Append(&reqs[k]); err != nil {
				t.Fatal(err)
			}
		}
		commit(t, w)
		for _, name := range TableNames() {
			tab := openTable(t, dir, name)
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			for _, c := range tab.Columns() {
				e.Encode([]any{c.Name, types[c.Type], c.Null, c.Comment, c.ECS})
			}
			for _, row := range rows(t, tab) {
				for k, v := range row {
					if v, ok := v.(time.Time); ok {
						row[k] = v.UnixMicro()
					}
				}
				e.Encode(row)
			}
			got, err := exec.Command(python, "-c", dump, filepath.Join(dir, "tables", name+".parquet")).Output()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sameLines(t, codec+" "+name, got, want.Bytes())
		}
	}
}

// sameLines compares JSON lines by value: the two sides differ in spaces.
func sameLines(t *testing.T, what string, got, want []byte) {
	t.Helper()
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	if len(g) != len(w) {
		t.Errorf("%s: %d lines, want %d", what, len(g), len(w))
		return
	}
	plain := func(line []byte) string {
		var v any
		if len(line) == 0 {
			return ""
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %q: %v", what, line, err)
		}
		b, _ := json.Marshal(v)
		return string(b)
	}
	for k := range g {
		if a, b := plain(g[k]), plain(w[k]); a != b {
			t.Errorf("%s: line %d: pyarrow reads\n%s\nwant\n%s", what, k, a, b)
			return
		}
	}
}
