package trace

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
)

const (
	nasLogs  = "../../testdata/nas/logs"
	nasSizes = "../../testdata/nas/inventory.csv"
)

// analyse makes a case that must come about.
func analyse(t *testing.T, o pipeline.Options) *casefile.Case {
	t.Helper()
	o.Out = filepath.Join(t.TempDir(), "case")
	o.Workers = 2
	o.Version = "test"
	if _, err := pipeline.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// files writes files into a fresh folder.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// get is a request as a line of a combined log.
func get(client, target, status, size string) string {
	return client + ` - - [18/Feb/2019:10:00:00 +0100] "GET ` + target + ` HTTP/1.1" ` + status + " " + size + ` "-" "curl/8.5.0"` + "\n"
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// run traces, with all there is of lines unless o says otherwise.
func run(t *testing.T, c *casefile.Case, o Options) *Trace {
	t.Helper()
	if o.Keep == 0 {
		o.Keep = 1 << 20
	}
	got, err := Run(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// texts gives the lines of all downloads, one after the other; an unread one as
// "?".
func texts(tr *Trace) string {
	var all []string
	for _, g := range tr.given() {
		for _, l := range g.Lines {
			if l.Text == nil {
				all = append(all, "?")
				continue
			}
			all = append(all, string(l.Text))
		}
	}
	return strings.Join(all, "\n")
}
