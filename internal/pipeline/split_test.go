package pipeline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// rangeFormats log all that a grade needs: places and completion.
var rangeFormats = []string{
	`%h %l %u %t "%r" %>s %B %X "%{Content-Range}o" "%{User-Agent}i"`,
	`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_completion "$sent_http_content_range" "$http_user_agent"`,
}

// rangeLines are requests for few recordings by few clients, so that most pairs
// have several: wholes, pieces, cuts, 304, 416, HEAD, two versions of a file, and
// some a day apart. No two have the same time.
func rangeLines(rng *rand.Rand, format int) []string {
	var lines []string
	second := 0
	for range 60 {
		second += 1 + rng.IntN(5000)
		size := 1000 + 500*rng.IntN(2)
		from, to := rng.IntN(size), 0
		to = from + rng.IntN(size-from)
		method, status, sent, place := "GET", 206, to-from+1, fmt.Sprintf("bytes %d-%d/%d", from, to, size)
		switch rng.IntN(10) {
		case 0, 1:
			status, sent, place = 200, size, "-"
		case 2:
			status, sent, place = 304, 0, "-"
		case 3:
			method, status, sent, place = "HEAD", 200, 0, "-"
		case 4:
			status, sent, place = 416, 0, fmt.Sprintf("bytes */%d", size)
		case 5:
			sent, place = 2, fmt.Sprintf("bytes 0-1/%d", size)
		case 6:
			place = "-" // the log does not have it
		case 7:
			sent, place = size, "-"
		}
		finished, cut := [...]string{"+", "OK"}[format], [...]string{"X", "-"}[format]
		if rng.IntN(4) == 0 {
			finished = cut
			if format == 1 && sent > 2 {
				sent = 2 + rng.IntN(sent-2)
			}
		}
		at := day.AddDate(0, 0, second/86400)
		lines = append(lines, fmt.Sprintf("192.0.2.%d - - [%s:%02d:%02d:%02d +0000] \"%s /a/%d.wav HTTP/1.1\" %d %d %s \"%s\" \"agent %d\"\n",
			rng.IntN(3), at.Format("02/Jan/2006"), second/3600%24, second/60%60, second%60, method, rng.IntN(7), status, sent, finished, place, rng.IntN(2)))
	}
	return lines
}

// TestSplitAnywhere: the same lines in one file, in several, in another order
// and read by more workers come to the same downloads, recordings and clients,
// references aside.
func TestSplitAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 2))
	said := map[string]bool{}
	for i := range 40 {
		format := i % len(rangeFormats)
		lines := rangeLines(rng, format)
		o := Options{Formats: []PerSource{{"**", rangeFormats[format]}}, Workers: 1, Tables: []string{"downloads", "clients", "recordings"}}
		o.Evidence = []string{files(t, map[string]string{"a.log": strings.Join(lines, "")})}
		once, _ := analyse(t, o)
		expected := counted(t, once)

		parts := map[string]string{}
		order := rng.Perm(len(lines))
		if i%3 == 0 {
			order = nil // cut, but not mixed
		}
		for n := range lines {
			from := n
			if order != nil {
				from = order[n]
			}
			part := rng.IntN(4)
			if order == nil {
				part = n * 4 / len(lines)
			}
			parts[fmt.Sprintf("a.log.%d", part)] += lines[from]
		}
		o.Evidence, o.Workers, o.Memory = []string{files(t, parts)}, 3, tiny
		split, _ := analyse(t, o)
		if got := counted(t, split); got != expected {
			t.Fatalf("%s\nsplit:\n%s\nwhole:\n%s\nlines:\n%s", rangeFormats[format], got, expected, strings.Join(lines, ""))
		}
		for grade := range grades {
			said[grade] = said[grade] || strings.Contains(expected, " "+grade+" ")
		}
	}
	for grade := range grades {
		if !said[grade] && grade != "none" {
			t.Errorf("no download is %s", grade)
		}
	}
}

// inferLog is 36 full responses that Apache logged with %O, of which six headers
// are seen in one hour and others in the next, and some that were cut.
func inferLog() (lines []string, sizes string) {
	sizes = "path,size\n"
	for i := range 12 {
		sizes += fmt.Sprintf("/a/%d.wav,%d\n", i, 100_000+1000*i)
	}
	for i := range 36 {
		size := 100_000 + 1000*(i%12) + 240 + i%7
		if i%9 == 8 {
			size -= 70_000
		}
		lines = append(lines, entry(fmt.Sprintf("192.0.2.%d", i), i*60, fmt.Sprintf("GET /a/%d.wav HTTP/1.1", i%12), 200, size, "curl"))
	}
	return lines, sizes
}

// sentLines is the same of nginx, which sends what it counts.
func sentLines() (lines []string, sizes string) {
	for _, line := range strings.SplitAfter(strings.TrimSuffix(sentLog(), "\n"), "\n") {
		lines = append(lines, strings.TrimSuffix(line, "\n")+"\n")
	}
	return lines, "path,size\n/a/x.wav,900000\n"
}

// TestSplitInfers: what a log shows of its size field does not depend on the
// files that it was cut into, and neither do the downloads; files of another name
// teach it nothing, unless they hold copies of its lines.
func TestSplitInfers(t *testing.T) {
	for _, c := range []struct {
		name    string
		make    func() ([]string, string)
		meaning string
	}{
		{"with headers", inferLog, "accepted_with_headers"},
		{"sent", sentLines, "accepted_body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, sizes := c.make()
			inventory := files(t, map[string]string{"sizes.csv": sizes}) + "/sizes.csv"
			whole := Options{Evidence: []string{files(t, map[string]string{"a.log": strings.Join(lines, "")})}, Inventory: inventory, Workers: 1}
			dir, _ := analyse(t, whole)
			expected := counted(t, dir)
			if got := sourceRow(t, dir, "a.log")["bytes_meaning"]; got != c.meaning {
				t.Fatalf("the whole log: %v", got)
			}
			for parts := 2; parts <= len(lines); parts += 3 {
				cut := map[string]string{}
				for i, line := range lines {
					cut[fmt.Sprintf("a.log.%d", i*parts/len(lines))] += line
				}
				o := whole
				o.Evidence, o.Workers = []string{files(t, cut)}, 3
				split, out := analyse(t, o)
				if got := counted(t, split); got != expected {
					t.Errorf("%d files:\n%s\nwhole:\n%s", parts, got, expected)
				}
				for _, s := range table(t, split, casefile.TableSources) {
					why := fmt.Sprintf("in the %d sources of the log a.log together ", parts)
					if s["bytes_meaning"] != c.meaning || !strings.Contains(s["meaning_why"].(string), why) {
						t.Errorf("%d files: %v: %v: %v", parts, s["path"], s["bytes_meaning"], s["meaning_why"])
					}
				}
				if n := len(out.Summary.Assumptions); n == 0 {
					t.Error("no assumption")
				}
			}
			apart := map[string]string{}
			for i, line := range lines {
				apart[fmt.Sprintf("a%c.log", 'a'+i)] = line
			}
			o := whole
			o.Evidence = []string{files(t, apart)}
			dir, _ = analyse(t, o)
			for _, s := range table(t, dir, casefile.TableSources) {
				if s["bytes_meaning"] != "unknown" {
					t.Errorf("%v of one line: %v", s["path"], s["bytes_meaning"])
				}
			}
		})
	}
}

// TestSplitBackup: a folder of backups that has some of a log's files is the same
// log, whichever of the two copies of a file counts.
func TestSplitBackup(t *testing.T) {
	lines, sizes := inferLog()
	inventory := files(t, map[string]string{"sizes.csv": sizes}) + "/sizes.csv"
	tree := map[string]string{}
	for i, line := range lines {
		tree[fmt.Sprintf("b/a.log.%d", i/4)] += line
	}
	whole, _ := analyse(t, Options{Evidence: []string{files(t, map[string]string{"a.log": strings.Join(lines, "")})}, Inventory: inventory})
	for i := 0; i < 9; i += 2 {
		tree[fmt.Sprintf("a/a.log-2019010%d", i+1)] = tree[fmt.Sprintf("b/a.log.%d", i)]
	}
	dir, _ := analyse(t, Options{Evidence: []string{files(t, tree)}, Inventory: inventory})
	if got, want := counted(t, dir), counted(t, whole); got != want {
		t.Errorf("%s\nwhole:\n%s", got, want)
	}
	for _, s := range table(t, dir, casefile.TableSources) {
		if s["bytes_meaning"] != "accepted_with_headers" {
			t.Errorf("%v: %v", s["path"], s["bytes_meaning"])
		}
	}
}

// counted is all of a case but its references.
func counted(t *testing.T, dir string) string {
	t.Helper()
	return show(table(t, dir, casefile.TableDownloads), "client", "recording", "requests", "content_requests", "first_seen", "last_seen", "size", "size_from",
		"bytes_lower", "bytes_upper", "completeness", "basis", "transfers", "earlier_copy", "user_agents") +
		show(table(t, dir, casefile.TableRecordings), "recording", "size", "size_from", "clients_complete", "clients_likely", "clients_any", "first_download", "last_download") +
		show(table(t, dir, casefile.TableClients), "client", "requests", "recordings_complete", "recordings_likely", "recordings_possible", "recordings_partial", "bytes_upper")
}
