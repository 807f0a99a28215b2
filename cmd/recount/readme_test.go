package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

// insideScriptsTest is set by scripts/test, so that the test of the README
// does not start it again.
const insideScriptsTest = "RECOUNT_INSIDE_SCRIPTS_TEST"

// quickStart gives the commands of the README's quick start.
func quickStart(t *testing.T, root string) (mainJob, tests string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## Quick start\n")
	if !ok {
		t.Fatal("README.md has no quick start")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)\n```").FindAllStringSubmatch(section, -1)
	if len(blocks) != 2 || strings.Contains(blocks[0][1]+blocks[1][1], "\n") {
		t.Fatalf("the quick start has %d blocks of commands, want 2 of one line each", len(blocks))
	}
	return blocks[0][1], blocks[1][1]
}

// freshCopy copies the tree as a fresh checkout would have it.
func freshCopy(t *testing.T, root string) string {
	t.Helper()
	fresh := t.TempDir()
	for _, name := range []string{"cmd", "pkg", "internal", "testdata", "scripts", ".ci"} {
		if err := os.CopyFS(filepath.Join(fresh, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "README.md", "LICENSE"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(fresh, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return fresh
}

// run runs a command line of the README in dir.
func runLine(t *testing.T, dir, line string) string {
	t.Helper()
	words := strings.Fields(line)
	cmd := exec.Command(words[0], words[1:]...)
	if strings.Contains(words[0], "/") {
		cmd.Path = filepath.Join(dir, words[0])
	}
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func TestREADMEMainJob(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a build")
	}
	root := filepath.Join("..", "..")
	mainJob, _ := quickStart(t, root)
	fresh := freshCopy(t, root)
	out := runLine(t, fresh, mainJob)
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(string(text)), " ")
	said := regexp.MustCompile(`(\d+) recordings were downloaded by (\d+) clients, likely or better\..*The (\d+) pairs of .likely. are all`).FindStringSubmatch(plain)
	if said == nil {
		t.Fatal("README.md does not say how many recordings the main job counts")
	}
	if row := fmt.Sprintf(`(?m)^likely +%s +%s +%s `, said[1], said[2], said[3]); !regexp.MustCompile(row).MatchString(out) {
		t.Errorf("the summary does not have the numbers of README.md, %q:\n%s", said[1:], out)
	}
	for _, want := range []string{"requested", "complete", "127.0.20.9", "322"} {
		if !strings.Contains(out, want) {
			t.Errorf("the summary does not hold %q:\n%s", want, out)
		}
	}
	for _, name := range []string{"summary.json", "summary.md", "manifest.json", "run.json", "SHA256SUMS", "tables/requests.parquet"} {
		if _, err := os.Stat(filepath.Join(fresh, "case", name)); err != nil {
			t.Error(err)
		}
	}
}

// The tables of grades and bases in the README are those of the code.
func TestREADMEWords(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	grades, bases := "| grade | means |\n|---|---|\n", "| basis | grade | means |\n|---|---|---|\n"
	for _, w := range download.Grades() {
		grades += fmt.Sprintf("| `%s` | %s |\n", w.Name, w.Means)
	}
	for _, w := range download.Bases() {
		bases += fmt.Sprintf("| `%s` | %s | %s |\n", w.Name, w.Grade, w.Means)
	}
	for _, table := range []string{grades, bases} {
		if !strings.Contains(string(readme), "\n\n"+table+"\n") {
			t.Errorf("README.md does not have this table:\n%s", table)
		}
	}
}

// The commands that README.md shows for trace work on the sample.
func TestREADMETrace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^recount trace case --evidence (testdata/nas/logs) (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(lines) != 2 {
		t.Fatalf("%d commands for trace in README.md", len(lines))
	}
	sample := filepath.Join("..", "..", "testdata", "nas")
	dir := filepath.Join(t.TempDir(), "case")
	var out, errs bytes.Buffer
	s := streams{strings.NewReader(""), &out, &errs}
	if code := run(t.Context(), []string{"analyze", filepath.Join(sample, "logs"), "--inventory", filepath.Join(sample, "inventory.csv"), "-o", dir, "-q"}, s); code != exitDone {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	for _, m := range lines {
		out.Reset()
		args := append([]string{"trace", dir, "--evidence", filepath.Join(sample, "logs")}, strings.Fields(m[2])...)
		if code := run(t.Context(), args, s); code != exitDone || !strings.Contains(out.String(), `"GET /medicall/2019/02/`) {
			t.Errorf("%s: exit code %d\n%s%s", m[0], code, &out, &errs)
		}
	}
}

func TestREADMETests(t *testing.T) {
	root := filepath.Join("..", "..")
	_, tests := quickStart(t, root)
	ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(ci, []byte("exec "+tests+"\n")) {
		t.Errorf(".ci/run does not run the README's test command %q", tests)
	}
	if os.Getenv(insideScriptsTest) != "" {
		return // this very command is running
	}
	if testing.Short() {
		t.Skip("runs all tests")
	}
	if end, ok := t.Deadline(); ok && time.Until(end) < 14*time.Minute {
		t.Skip("runs all tests; give it time with go test -timeout 30m")
	}
	runLine(t, freshCopy(t, root), tests)
}

// TestREADMEFormats: the table of formats has every format and wrapper.
func TestREADMEFormats(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range accesslog.Formats() {
		if row := "| `" + f.Name + "` |"; strings.Count(string(text), row) != 1 {
			t.Errorf("README.md has not one row %s", row)
		}
	}
	for _, w := range accesslog.Wrappers() {
		if !strings.Contains(string(text), "`"+w.Name+"`") {
			t.Errorf("README.md does not name the wrapper %s", w.Name)
		}
	}
}
