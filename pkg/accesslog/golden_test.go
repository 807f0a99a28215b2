package accesslog

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens of testdata anew")

// sampleFiles reads the samples of testdata by format name.
func sampleFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.log")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples in testdata (%v)", err)
	}
	samples := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samples[strings.TrimSuffix(filepath.Base(path), ".log")] = data
	}
	return samples
}

// goldenYears are given for samples whose times have no year.
var goldenYears = map[string]int{"samba_full_audit": 2014, "synology": 2015, "qnap": 2015}

// TestGolden reads one sample per format, as detected, and compares records
// and rejects with the golden, line by line. nginx_combined and nginx_main are only ever named.
func TestGolden(t *testing.T) {
	samples := sampleFiles(t)
	for _, format := range Formats() {
		t.Run(format.Name, func(t *testing.T) {
			sample, ok := samples[format.Name]
			if !ok {
				t.Fatal("no sample for this format")
			}
			reading := Detect(sample).Reading
			if format == formatNginxCombined || format == formatNginxMain {
				reading = Only(format)
			}
			if reading.Main != format {
				t.Fatalf("detected as %v", reading.Main)
			}
			reading.Year = goldenYears[format.Name]
			golden(t, "testdata/"+format.Name+".golden", listing(t, reading, sample))
		})
	}
	if len(samples) != len(Formats()) {
		t.Errorf("%d samples for %d formats", len(samples), len(Formats()))
	}
}

// TestGoldenNamed reads the sample of combinedio as its user would name it:
// what was bad_tail or combined is then a cut line.
func TestGoldenNamed(t *testing.T) {
	golden(t, "testdata/combinedio_named.golden", listing(t, Only(formatCombinedIO), sampleFiles(t)["combinedio"]))
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("%s:%d\ngot  %s\nwant %s", path, i+1, a, b)
		}
	}
}

// listing writes one line per line of the sample: its number and the record,
// the reject's reason, or what else it is.
func listing(t *testing.T, reading Reading, sample []byte) string {
	t.Helper()
	var (
		b     strings.Builder
		r     Record
		p     = reading.NewParser()
		lines = NewLines(sample)
	)
	for n := 1; ; n++ {
		line, ok := lines.Next()
		if !ok {
			return b.String()
		}
		marked := SkipMark(line.Text)
		text := SkipNUL(marked)
		skipped := len(marked) - len(text)
		switch {
		case skipped > 0 && len(text) == 0:
			fmt.Fprintf(&b, "%d reject %s", n, ReasonNULBytes)
		case Blank(text):
			fmt.Fprintf(&b, "%d blank", n)
		case Comment(text):
			if d, ok := p.(Director); ok {
				d.Directive(text)
			}
			fmt.Fprintf(&b, "%d comment", n)
		default:
			reason := p.Parse(text, &r)
			if reason == ReasonHeader {
				fmt.Fprintf(&b, "%d header", n)
				break
			}
			if reason != ReasonNone {
				fmt.Fprintf(&b, "%d reject %s", n, reason)
				break
			}
			if skipped > 0 {
				r.Flags |= FlagNULBytes
			}
			fmt.Fprintf(&b, "%d record %s", n, render(&r))
		}
		if !line.Terminated {
			b.WriteString(" unterminated")
		}
		b.WriteByte('\n')
	}
}
