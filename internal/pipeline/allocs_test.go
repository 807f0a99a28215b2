package pipeline

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// TestNoAllocations: before the seam nothing is allocated per line, whatever
// the lines are about. What is allocated per batch or per block of rejects is
// not looked at here.
func TestNoAllocations(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	var log strings.Builder
	const kinds = 10
	for i := range 50 {
		client := fmt.Sprintf("192.0.2.%d", i)
		log.WriteString(get(client, i, "/index.html", 200, 1000))
		log.WriteString(get(client, i, fmt.Sprintf("/a/%d.wav", i), 200, 1000))
		log.WriteString(get(client, i, fmt.Sprintf("//a/./b/../%d%%20x.wav?q=1", i), 206, 2))
		log.WriteString(get("2001:DB8::"+fmt.Sprint(i), i, "/a/", 200, 1000))
		log.WriteString(get("::ffff:192.0.2.1", i, "http://nas.example.se/a/x.mp3", 304, "-"))
		log.WriteString(get("host.example.se", i, "/a/listed.txt", 200, 1000)) // by the inventory
		log.WriteString(entry(client, i, "POST /upload HTTP/1.1", 500, 10, "agent \\x22quoted\\x22"))
		log.WriteString("\x00" + strings.ReplaceAll(get(client, i, "TARGET", 200, 5), "TARGET", `/a/\xc3\xa5.wav`))
		log.WriteString("# comment\n\n")
	}
	root := files(t, map[string]string{"logs/a.log": log.String(), "sizes.csv": "path,size\n/a/1.wav,1000\n/a/listed.txt,1000\n"})
	a := &analysis{options: Options{
		Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Out: filepath.Join(t.TempDir(), "case"), Workers: 1,
		Meanings: []PerSource{{"", "accepted_with_headers"}}, // learns headers on the way
	}}
	if err := a.prepare(); err != nil {
		t.Fatal(err)
	}
	defer a.close()
	a.watch = watch(nil, 0)
	defer a.watch.end()
	src := a.addSource(a.set.Sources[0], place{})
	data := []byte(log.String())
	src.reading = accesslog.Detect(data).Reading
	w := newWorker(a, a.matcher.Clone())
	p := new(piece)
	chunk := func() {
		if err := w.chunk(job{source: src, chunk: accesslog.Chunk{Data: data}, piece: p}); err != nil {
			t.Fatal(err)
		}
	}
	for len(w.runs) < 2 { // the batch has been full and is empty again
		chunk()
	}
	if err := w.flushBatch(); err != nil {
		t.Fatal(err)
	}
	runs := len(w.runs)
	if n := testing.AllocsPerRun(20, chunk); n > 1 { // the hashes of a chunk's lines are kept
		t.Errorf("%v allocations for %d lines", n, 50*kinds)
	}
	if len(w.runs) != runs {
		t.Error("the batch was full")
	}
	st := w.stats[0]
	if times := st.lines / (50 * kinds); st.requests != 300*times || st.other != 100*times || st.comments != 50*times || st.blank != 50*times || st.rejected != 0 {
		t.Errorf("counted %+v", st)
	}
}
