package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// TestAccounting: every line of every sample is counted exactly once, and every
// reference points at the line it was read from.
func TestAccounting(t *testing.T) {
	t.Run("nas", func(t *testing.T) {
		dir, _ := analyse(t, Options{Evidence: []string{nasLogs}, Inventory: nasSizes})
		accounts(t, dir, nasLogs)
	})
	t.Run("corpus", func(t *testing.T) {
		if _, err := os.Stat(corpus); err != nil {
			t.Skipf("the sample logs of other projects are not there: %v", err)
		}
		// Any target counts, so that requests are checked and not only rejects.
		for _, recordings := range [][]string{nil, {"re:."}} {
			dir, out := analyse(t, Options{Evidence: []string{corpus}, Recordings: recordings})
			accounts(t, dir, corpus)
			if a := out.Summary.Accounting; a.Sources < 60 || a.Requests == 0 && recordings != nil {
				t.Errorf("accounting %+v", a)
			}
		}
	})
	t.Run("formats", func(t *testing.T) {
		content, named := formatSamples(t)
		root := files(t, content)
		dir, out := analyse(t, Options{Evidence: []string{root}, Recordings: []string{"re:."}, Formats: named})
		accounts(t, dir, root)
		if a := out.Summary.Accounting; a.Sources != int64(len(content)) {
			t.Errorf("accounting %+v", a)
		}
		requests := map[any]int{}
		for _, r := range table(t, dir, casefile.TableRequests) {
			requests[r["source"]]++
		}
		for _, s := range table(t, dir, casefile.TableSources) {
			if requests[s["source"]] == 0 && s["path"] != "nlb.log" { // which has no requests
				t.Errorf("%s: no request whose target could be checked", s["path"])
			}
		}
	})
	t.Run("made up", func(t *testing.T) {
		logs, inventory := madeUpFiles(t)
		dir, out := analyse(t, Options{Evidence: []string{logs}, Inventory: inventory, Workers: 3, Memory: tiny})
		accounts(t, dir, logs)
		if n := out.Summary.Accounting.Lines; n != mid {
			t.Errorf("%d lines", n)
		}
	})
}

// formatSamples are the samples of all formats, and some of formats and wrappers
// that are named.
func formatSamples(t *testing.T) (content map[string]string, named []PerSource) {
	t.Helper()
	content = map[string]string{}
	for _, f := range accesslog.Formats() {
		data, err := os.ReadFile(filepath.Join(samples, f.Name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		content[f.Name+".log"] = string(data)
		named = append(named, PerSource{f.Name + ".log", f.Name})
	}
	for name, c := range map[string]struct{ format, text string }{
		"apart.log":  {`%h %t %m "%U" "%q" %>s %B`, "192.0.2.1 [18/Feb/2019:10:00:00 +0100] GET \"/a b%.wav\" \"?x=%201\" 200 5\n"},
		"raw.log":    {`$remote_addr [$time_local] "$request" $status`, "192.0.2.1 [18/Feb/2019:10:00:00 +0100] \"GET /a%20b\\x22.wav?x HTTP/1.1\" 200\n"},
		"keys.log":   {"json:time=t,client=c,target=u,query=q,status=s", `{"t":"2019-02-18T10:00:00Z","c":"192.0.2.1","u":"/\u0061\\\\b.wav","q":"x=1","s":200}` + "\n"},
		"docker.log": {"docker+combined", `{"log":"192.0.2.1 - - [18/Feb/2019:10:00:00 +0100] \"GET /a\\\"b.wav HTTP/1.1\" 200 5 \"-\" \"-\"\n","stream":"stdout","time":"2019-02-18T10:00:00Z"}` + "\n"},
		"syslog.log": {"syslog+common", "<134>Mar  3 08:12:07 web1 nginx: 192.0.2.1 - - [18/Feb/2019:10:00:00 +0100] \"GET /a.wav HTTP/1.1\" 200 5\n"},
		"cri.log":    {"cri+common", "2015-03-03T08:12:07.25Z stdout F 192.0.2.1 - - [18/Feb/2019:10:00:00 +0100] \"GET /a.wav HTTP/1.1\" 200 5\n"},
		"quoted.log": {"quoted+common", `"192.0.2.1 - - [18/Feb/2019:10:00:00 +0100] ""GET /a\x22.wav HTTP/1.1"" 200 5"` + "\n"},
	} {
		content[name] = c.text
		named = append(named, PerSource{name, c.format})
	}
	return content, named
}

// accounts checks a case against the files below root.
func accounts(t *testing.T, dir, root string) {
	t.Helper()
	type place struct {
		source any
		line   int64
	}
	requests, rejects := map[any]int64{}, map[any]int64{}
	taken := map[place]bool{}
	streams := map[any][]byte{}
	lines := map[any][]naiveLine{}
	number := func(v any) int64 { return v.(int64) }
	sources := table(t, dir, casefile.TableSources)
	for _, s := range sources {
		streams[s["source"]] = stream(t, filepath.Join(root, filepath.FromSlash(s["path"].(string))))
		lines[s["source"]] = naiveLines(streams[s["source"]])
	}
	// at finds the line of a reference.
	at := func(r row) (naiveLine, bool) {
		all, n := lines[r["source"]], number(r["line"])
		if n < 1 || n > int64(len(all)) || all[n-1].offset != number(r["offset"]) {
			t.Errorf("source %v: line %d at offset %d is no line", r["source"], n, r["offset"])
			return naiveLine{}, false
		}
		if p := (place{r["source"], n}); taken[p] {
			t.Errorf("source %v line %d is in two rows", r["source"], n)
		} else {
			taken[p] = true
		}
		return all[n-1], true
	}
	formats := map[any][]string{}
	for _, s := range sources {
		names, _ := s["format"].(string)
		formats[s["source"]] = strings.Split(names, ",")
	}
	for _, r := range table(t, dir, casefile.TableRequests) {
		requests[r["source"]]++
		line, ok := at(r)
		if ok && !slices.ContainsFunc(formats[r["source"]], func(f string) bool { return stands(t, f, line.text, r["url_original"].(string)) }) {
			t.Errorf("source %v line %d: %q does not hold %q, as %s", r["source"], r["line"], line.text, r["url_original"], formats[r["source"]])
		}
	}
	last := row{"source": int64(0), "line": int64(0)}
	for _, r := range table(t, dir, casefile.TableRejects) {
		rejects[r["source"]]++
		if line, ok := at(r); ok {
			if number(r["length"]) != int64(len(line.text)) {
				t.Errorf("source %v line %d: length %d, want %d", r["source"], r["line"], r["length"], len(line.text))
			}
			if raw := valid(line.text[:min(len(line.text), 1024)]); r["raw"] != raw {
				t.Errorf("source %v line %d: raw %.80q, want %.80q", r["source"], r["line"], r["raw"], raw)
			}
		}
		if number(r["source"]) < number(last["source"]) || r["source"] == last["source"] && number(r["line"]) <= number(last["line"]) {
			t.Errorf("rejects are not sorted at source %v line %v", r["source"], r["line"])
		}
		last = r
	}
	same := map[any]bool{}
	for _, s := range sources {
		var comments, blank, duplicates int64
		for _, l := range lines[s["source"]] {
			marked := strings.TrimPrefix(string(l.text), "\ufeff")
			text := strings.TrimLeft(marked, "\x00")
			switch {
			case strings.Trim(text, " \t") == "" && (text != "" || marked == ""):
				blank++
			case strings.HasPrefix(text, "#") && s["format"] != nil, strings.HasPrefix(text, `"time_micros"`), strings.HasPrefix(text, "Log,Time,IP address,"),
				strings.HasPrefix(text, `"Number","Type",`) && strings.HasSuffix(text, `"Action"`):
				comments++ // or a line that names columns
			}
		}
		if n := int64(len(lines[s["source"]])); n > 0 && same[s["stream_sha256"]] { // no file here shares lines with one that is not the same
			comments, blank, duplicates = 0, 0, n
		}
		same[s["stream_sha256"]] = true
		path := s["path"]
		for _, c := range []struct {
			column string
			want   int64
		}{
			{"lines", int64(len(lines[s["source"]]))},
			{"stream_bytes", int64(len(streams[s["source"]]))},
			{"requests", requests[s["source"]]},
			{"rejected", rejects[s["source"]]},
			{"comments", comments},
			{"blank", blank},
			{"duplicates", duplicates},
		} {
			if got := number(s[c.column]); got != c.want {
				t.Errorf("%s: %s = %d, want %d", path, c.column, got, c.want)
			}
		}
		sum := int64(0)
		for _, column := range []string{"requests", "other", "rejected", "comments", "blank", "duplicates"} {
			sum += number(s[column])
		}
		if sum != number(s["lines"]) {
			t.Errorf("%s: %d lines, %d accounted for", path, s["lines"], sum)
		}
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(path.(string))))
		if err != nil || number(s["bytes"]) != info.Size() {
			t.Errorf("%s: bytes = %d, want %d (%v)", path, s["bytes"], info.Size(), err)
		}
	}
}
