package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// sentLog is as nginx writes it: what was sent, 0 without a body. One recording
// is taken whole, then given up at different places.
func sentLog() string {
	var log strings.Builder
	for i, size := range []int{900_000, 900_000, 900_000, 400_000, 70_000, 899_999, 555_555} {
		log.WriteString(entry(fmt.Sprintf("192.0.2.%d", i+1), i, "GET /a/x.wav HTTP/1.1", 200, size, "curl"))
	}
	log.WriteString(entry("192.0.2.1", 50, "GET /a/x.wav HTTP/1.1", 304, 0, "curl"))
	return log.String()
}

// headedLog is as Apache writes %O, in two formats at once.
func headedLog() string {
	var log strings.Builder
	for i, size := range []int{900_250, 900_250, 900_250, 900_261, 400_000} {
		line := entry(fmt.Sprintf("192.0.2.%d", i+1), i, "GET /a/x.wav HTTP/1.1", 200, size, "curl")
		log.WriteString(line)
		log.WriteString("nas.example.se:443 " + strings.Replace(line, "192.0.2.", "198.51.100.", 1))
	}
	return log.String()
}

// TestInferMeanings: what was found out of a source is in its row, in its
// requests and in the grades; logs do not teach each other.
func TestInferMeanings(t *testing.T) {
	root := files(t, map[string]string{
		"logs/headed.log": headedLog(), "logs/sent.log": sentLog(), "logs/silent.log": get("203.0.113.1", 1, "/a/x.wav", 200, 900_000),
		"sizes.csv": "path,size\n/a/x.wav,900000\n",
	})
	o := Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv"}
	dir, out := analyse(t, o)
	want(t, "sources", show(table(t, dir, casefile.TableSources), "path", "bytes_meaning", "meaning_why"), `
headed.log accepted_with_headers combined: 4 of 5 full responses log 250 to 261 bytes more than the recording has: headers are counted; vhost_combined: 4 of 5 full responses log 250 to 261 bytes more than the recording has: headers are counted
sent.log accepted_body combined: 3 of 7 full responses log exactly the size of the recording and none more, so headers are not counted; 4 log less, in several lengths for the same recording after it was sent whole, so it is what was sent; answers without a body log 0, as nginx does
silent.log unknown combined: the same syntax is written with %b (planned), %O (accepted with headers) and nginx's $body_bytes_sent (accepted body); of 1 full responses 1 log exactly the size of the recording, 0 more and 0 less
`)
	meanings := map[any]map[any]int{}
	for _, r := range table(t, dir, casefile.TableRequests) {
		if meanings[r["source"]] == nil {
			meanings[r["source"]] = map[any]int{}
		}
		meanings[r["source"]][r["bytes_meaning"]]++
	}
	want(t, "requests", fmt.Sprintln(meanings), "map[1:map[accepted_with_headers:10] 2:map[accepted_body:8] 3:map[unknown:1]]\n")
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "client", "completeness", "basis", "bytes_lower"), `
192.0.2.1 complete one_response 900000
192.0.2.2 complete one_response 900000
192.0.2.3 complete one_response 900000
192.0.2.4 likely meaning_unknown 892839
192.0.2.5 partial aborted 396486
192.0.2.6 partial aborted 899999
192.0.2.7 partial aborted 555555
198.51.100.1 complete one_response 900000
198.51.100.2 complete one_response 900000
198.51.100.3 complete one_response 900000
198.51.100.4 likely meaning_unknown 892839
198.51.100.5 partial aborted 396486
203.0.113.1 likely meaning_unknown 0
`)
	by := map[string]string{}
	for _, a := range out.Summary.Assumptions {
		by[a.What] = a.By
	}
	if by["bytes meaning of sent.log"] != "inferred" || by["bytes meaning of headed.log"] != "inferred" || by["bytes meaning of silent.log"] != "" {
		t.Errorf("assumptions by %v", by)
	}
	for _, workers := range []int{2, 7} {
		o.Workers, o.Memory = workers, tiny
		again, _ := analyse(t, o)
		sameCase(t, fmt.Sprint(workers, " workers"), again, dir)
	}

	// The user's word counts more, also that nothing is known.
	o.Meanings = []PerSource{{"**", "unknown"}}
	dir, _ = analyse(t, o)
	for _, s := range table(t, dir, casefile.TableSources) {
		if s["bytes_meaning"] != "unknown" {
			t.Errorf("%v: %v", s["path"], s["bytes_meaning"])
		}
	}
}
