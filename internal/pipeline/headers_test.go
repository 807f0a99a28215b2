package pipeline

import (
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestHeadersOfBodies: only a response with a body shows how long headers are.
// Three HEAD of a recording of 100 bytes, whose headers are 234, are not three
// headers of 134; else a transfer of another that was cut 100 bytes short
// (1,000 − 100 + 234 = 1,134) would be whole.
func TestHeadersOfBodies(t *testing.T) {
	root := files(t, map[string]string{
		"logs/a.log": strings.Repeat(entry("192.0.2.1", 1, "HEAD /a/small.wav HTTP/1.1", 200, 234, "curl"), 3) +
			get("192.0.2.2", 2, "/a/big.wav", 200, 1134),
		"sizes.csv": "path,size\n/a/small.wav,100\n/a/big.wav,1000\n",
	})
	dir, _ := analyse(t, Options{
		Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Meanings: []PerSource{{"", "accepted_with_headers"}},
	})
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "client", "recording", "completeness"), `
192.0.2.2 /a/big.wav likely
192.0.2.1 /a/small.wav none
`)
}
