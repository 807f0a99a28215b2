package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestMethodless: a JSON log without methods. A HEAD looks like a GET in it, so
// nothing is proven, and the case says so.
func TestMethodless(t *testing.T) {
	var log strings.Builder
	add := func(client, path string, status int, size any, more string) {
		fmt.Fprintf(&log, `{"time":"2019-02-17T23:00:00Z","remote_addr":"%s","uri":"%s","status":%d%s%s}`+"\n", client, path, status, size, more)
	}
	const sent = `,"body_bytes_sent":`
	add("192.0.2.1", "/a/x.wav", 200, sent+"1000", `,"request_completion":"OK"`)
	add("192.0.2.2", "/a/x.wav", 200, sent+"0", "")
	add("192.0.2.3", "/a/x.wav", 200, "", "")
	add("192.0.2.4", "/a/x.wav", 200, sent+"1000", `,"request_method":"GET"`)
	add("192.0.2.5", "/a/x.wav", 404, sent+"1000", "")
	add("192.0.2.6", "/a/x.wav", 226, sent+"1000", `,"request_method":"RETR"`)
	add("192.0.2.7", "/a/", 200, sent+"1000", "")
	root := files(t, map[string]string{"a.log": log.String(), "sizes.csv": "path,size\n/a/x.wav,1000\n"})
	dir, out := analyse(t, Options{Evidence: []string{root + "/a.log"}, Inventory: root + "/sizes.csv", Formats: []PerSource{{Glob: "*", Value: "json:time=time,client=remote_addr,target=uri,method=request_method,status=status,bytes=body_bytes_sent,completion=request_completion,meaning=accepted_body"}}})
	want(t, "requests", show(table(t, dir, casefile.TableRequests), "client", "status", "bytes", "kind", "flags"), `
192.0.2.7 200 1000 listing method_unknown
192.0.2.1 200 1000 content method_unknown
192.0.2.2 200 0 content method_unknown
192.0.2.3 200 null content method_unknown
192.0.2.4 200 1000 content null
192.0.2.5 404 1000 missing method_unknown
192.0.2.6 226 1000 no_content null
`)
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "client", "completeness", "basis", "bytes_lower", "bytes_upper"), `
192.0.2.1 likely method_unknown 0 1000
192.0.2.2 probe probe 0 0
192.0.2.3 possible may_be_head 0 1000
192.0.2.4 complete one_response 1000 1000
192.0.2.5 none missing 0 0
192.0.2.6 none no_content 0 0
`)
	limits := strings.Join(out.Summary.Limits, "\n")
	if !strings.Contains(limits, "5 lines do not say the method") {
		t.Errorf("limits:\n%s", limits)
	}
}
