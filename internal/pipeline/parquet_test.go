package pipeline

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// contract is section 3 of the design, written out: the columns of each table
// in their order, with the type that another reader sees and the ECS field.
// A ? marks a column that may be null.
var contract = map[string]string{
	"requests": `
		source int32
		line int64 event.sequence
		offset int64
		time_start time? event.start
		time_end time? event.end
		utc_offset_min int16?
		client string source.ip
		forwarded_for string? network.forwarded_ip
		method string? http.request.method
		recording string file.path
		url_original string? url.original
		host string? url.domain
		protocol string? http.version
		status int16? http.response.status_code
		bytes int64? http.response.body.bytes
		bytes_meaning string
		range_start int64?
		range_end int64?
		range_from string?
		finished bool?
		duration_us int64?
		user_agent string? user_agent.original
		referrer string? http.request.referrer
		user string? user.name
		flags string?
		kind string
		bytes_with_headers int64? http.response.bytes
		object_size int64?
		object_size_from string?`,
	"downloads": `
		client string source.ip
		recording string file.path
		requests int64
		content_requests int64
		first_seen time? event.start
		last_seen time? event.end
		size int64? file.size
		size_from string?
		bytes_lower int64
		bytes_upper int64?
		completeness string
		basis string
		transfers int64
		earlier_copy bool
		user_agents int64
		first_source int32
		first_line int64 event.sequence`,
	"clients": `
		client string source.ip
		prefix string?
		label string?
		tags string?
		requests int64
		listings int64
		recordings_complete int64
		recordings_likely int64
		recordings_possible int64
		recordings_partial int64
		recordings_requested int64
		bytes_upper int64?
		first_seen time? event.start
		last_seen time? event.end
		behaviour string?
		country string? source.geo.country_iso_code
		city string? source.geo.city_name
		asn int64? source.as.number
		as_org string? source.as.organization.name
		geo_db string?`,
	"recordings": `
		recording string file.path
		size int64? file.size
		size_from string?
		clients_complete int64
		clients_likely int64
		clients_any int64
		first_download time? event.start
		last_download time? event.end
		listed_to int64
		duration_s string?
		phone string?`,
	"listings": `
		client string source.ip
		directory string file.directory
		requests int64
		first_seen time? event.start
		last_seen time? event.end
		names_exposed int64?`,
	"sources": `
		source int32
		path string log.file.path
		bytes int64? file.size
		sha256 string? file.hash.sha256
		stream_bytes int64?
		stream_sha256 string?
		format string?
		bytes_meaning string?
		meaning_why string?
		lines int64
		requests int64
		other int64
		rejected int64
		comments int64
		blank int64
		duplicates int64
		first_time time? event.start
		last_time time? event.end
		error string? error.message`,
	"rejects": `
		source int32
		line int64 event.sequence
		offset int64
		length int64
		reason string error.message
		raw string event.original`,
	"agents": `
		user_agent string? user_agent.original
		clients int64
		requests int64
		tags string?`,
	"gaps": `
		group string
		from time event.start
		to time event.end
		expected_s int64?
		why string
		explained string?`,
	"overlaps": `
		source int32
		from_line int64
		to_line int64
		of_source int32
		of_line int64
		lines int64
		merged bool
		why string`,
}

// readTables prints, per table, its schema, its number of rows, and what only
// the independent reader can say of the rows.
const readTables = `
import json, sys, pathlib
import pyarrow as pa, pyarrow.parquet as pq
out = {}
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.parquet")):
    t = pq.read_table(file)
    columns = []
    for f in t.schema:
        m = {k.decode(): v.decode() for k, v in (f.metadata or {}).items()}
        columns.append([f.name, str(f.type), f.nullable, m.get("comment", ""), m.get("ecs", "")])
    out[file.stem] = {"columns": columns, "rows": t.num_rows}
    if file.stem == "requests":
        raw = lambda n: [b if b is None else b.encode() for b in t.column(n).to_pylist()]
        start = t.column("time_start").cast(pa.int64()).to_pylist()
        end = t.column("time_end").cast(pa.int64()).to_pylist()
        time = [s if s is not None else e for s, e in zip(start, end)]
        keys = list(zip(raw("recording"), raw("client"), time, t.column("source").to_pylist(), t.column("line").to_pylist()))
        out["sorted"] = all(a < b for a, b in zip(keys, keys[1:]))
        out["null_bytes"] = sum(b is None for b in t.column("bytes").to_pylist())
        out["first"] = min(time)
json.dump(out, sys.stdout)
`

// parquetPython finds a Python with pyarrow. scripts/test sets
// RECOUNT_PARQUET_PYTHON where it found or made one.
func parquetPython(t *testing.T) string {
	t.Helper()
	if python := os.Getenv("RECOUNT_PARQUET_PYTHON"); python != "" {
		return python
	}
	if err := exec.Command("python3", "-c", "import pyarrow.parquet").Run(); err != nil {
		t.Skip("RECOUNT_PARQUET_PYTHON names no Python with pyarrow, and python3 has none; scripts/test installs it where it can")
	}
	return "python3"
}

// TestIndependentReader reads a case with pyarrow, which shares no code with
// what wrote it, and compares it with the contract.
func TestIndependentReader(t *testing.T) {
	python := parquetPython(t)
	log := get("192.0.2.1", 10, "/a/x.wav", 200, "-") + // bytes null
		get("192.0.2.1", 11, "/a/x.wav", 200, 0) + // zero is not null
		"rubbish\n"
	dir, out := analyse(t, Options{
		Evidence:  []string{nasLogs, filepath.Join(files(t, map[string]string{"plain.log": log}), "plain.log")},
		Inventory: nasSizes, Memory: tiny,
	})
	printed, err := exec.Command(python, "-c", readTables, filepath.Join(dir, "tables")).Output()
	if err != nil {
		if e, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%v: %s", err, e.Stderr)
		}
		t.Fatal(err)
	}
	var answers map[string]json.RawMessage
	if err := json.Unmarshal(printed, &answers); err != nil {
		t.Fatal(err)
	}
	for _, name := range casefile.TableNames() {
		var table struct {
			Columns [][5]any
			Rows    int64
		}
		if err := json.Unmarshal(answers[name], &table); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, c := range table.Columns {
			typ := strings.Replace(c[1].(string), "timestamp[us, tz=UTC]", "time", 1)
			if c[2] == true {
				typ += "?"
			}
			got = append(got, strings.TrimSpace(c[0].(string)+" "+typ+" "+c[4].(string)))
			attribute := c[0] == "duration_s" || c[0] == "phone"
			if comment := c[3].(string); (comment == "" && !attribute) || strings.Contains(comment, "\n") {
				t.Errorf("%s: comment of %s is %q", name, c[0], comment)
			}
		}
		lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(contract[name]), " ", "\x00"))
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], "\x00", " ")
		}
		want(t, name, strings.Join(got, "\n")+"\n", strings.Join(lines, "\n")+"\n")
		if table.Rows != out.Summary.Tables[name] || table.Rows == 0 && name != casefile.TableGaps && name != casefile.TableOverlaps {
			t.Errorf("%s: %d rows, the summary says %d", name, table.Rows, out.Summary.Tables[name])
		}
	}
	var nulls int
	for _, path := range []string{"apache/access.log", "apache/access.log.1", "apache/access.log.2.gz", "apache/other_vhosts_access.log",
		"apache/other_vhosts_access.log.1", "apache/voice_access.log", "nginx/access.log", "nginx/access.log.1", "nginx/access.log.2.gz"} {
		for _, l := range naiveLines(stream(t, filepath.Join(nasLogs, path))) {
			text := string(l.text)
			if strings.Contains(text, " - \"") && (strings.Contains(text, "\" 304 - ") || strings.Contains(text, "\" 200 - ")) && strings.Contains(text, "/medicall/") {
				nulls++
			}
		}
	}
	if nulls == 0 {
		t.Error("no sample line has - for its size")
	}
	for key, want := range map[string]any{
		"sorted":     true,
		"null_bytes": float64(nulls + 1),
		"first":      float64(day.UnixMicro() + 10_000_000),
	} {
		var got any
		if err := json.Unmarshal(answers[key], &got); err != nil || got != want {
			t.Errorf("%s: %v, want %v (%v)", key, got, want, err)
		}
	}
}
