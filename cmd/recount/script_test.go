package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/report"
)

// scriptCommands is what the scripts have beside testscript's own commands.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":     exits,
	"flipbyte":  flipByte,
	"gz":        gz,
	"makecase":  makeCase,
	"interrupt": interrupt,
	"maskseal":  maskSeal,
}

// exits CODE PROGRAM [ARG...] runs a program and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// flipbyte FILE OFFSET changes one byte; an offset below zero counts from the
// end.
func flipByte(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flipbyte FILE OFFSET")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := []byte(ts.ReadFile(args[0]))
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o666))
}

// gz FILE OUT [CUT] packs a file and leaves out the last CUT bytes.
func gz(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: gz FILE OUT [CUT]")
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	if len(args) == 3 {
		cut, err := strconv.Atoi(args[2])
		ts.Check(err)
		b.Truncate(b.Len() - cut)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o666))
}

// maskseal CASE FILE writes SEAL for the hash of the case's seal in a file: it is
// another in each run, as the seal covers run.json.
func maskSeal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: maskseal CASE FILE")
	}
	seal := sha256Hex(ts.ReadFile(args[0] + "/SHA256SUMS"))
	text := ts.ReadFile(args[1])
	if strings.Count(text, seal) != 1 {
		ts.Fatalf("%s has not one %s", args[1], seal)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Replace(text, seal, "SEAL", 1)), 0o666))
}

// makecase DIR SOURCE writes a small case, so that show and verify can be
// tested on their own. One client's name is hostile.
func makeCase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: makecase DIR SOURCE")
	}
	w, err := casefile.Create(ts.MkAbs(args[0]), casefile.CreateOptions{Attributes: []string{"phone"}})
	ts.Check(err)
	noon := time.Date(2019, 2, 18, 12, 0, 0, 0, time.UTC).UnixMicro()
	for i, c := range []string{"192.0.2.7", "192.0.2.8", "evil\x1b[31m|\u202e.example"} {
		n := int64(i)
		ts.Check(w.Downloads().Append(&download.Download{
			Recording: []byte("/calls/a.wav"), Client: []byte(c),
			Requests: n + 1, ContentRequests: n, FirstSeen: noon + n, LastSeen: accesslog.NoTime,
			Size: download.Size{Bytes: 1000, From: download.SizeInventory}, BytesLower: n * 500, BytesUpper: accesslog.None,
			Grade: download.GradePossible, Basis: "range_sum", EarlierCopy: i == 1, FirstSource: 1, FirstLine: n + 1,
		}))
	}
	ts.Check(w.Recordings().Append(&casefile.RecordingRow{
		Recording: []byte("/calls/a.wav"), Size: 1000, SizeFrom: "inventory", FirstDownload: noon, LastDownload: noon,
		Attributes: [][]byte{[]byte("=46700000000")},
	}))
	src := ts.ReadFile(args[1])
	sum := &casefile.Summary{Tool: "recount", Version: "test"}
	ts.Check(w.Commit(sum, report.Markdown(sum), &casefile.Manifest{
		Tool: "recount", Version: "test",
		Sources: []casefile.ManifestSource{{Source: 1, Path: args[1], Bytes: int64(len(src)), SHA256: sha256Hex(src)}},
	}, &casefile.Run{Root: "/where/it/was"}))
}

// pipeHolds is more than a pipe between two programs holds.
const pipeHolds = 1 << 20

// interrupt PROGRAM [ARG...] runs a program that reads an endless log from its
// standard input, sends it one Ctrl-C, and wants exit code 1 in good time. What
// the program wrote to standard error is then in the file stderr.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: interrupt PROGRAM [ARG...]")
	}
	path, err := findProgram(args[0], ts.Getenv("PATH"))
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"TMPDIR=" + ts.Getenv("WORK") + "/tmp"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	// More than a pipe holds was read, so the program is in its run by then.
	reading := make(chan struct{})
	go func() {
		for i, n := 0, 0; ; i++ {
			m, err := fmt.Fprintf(in, "192.0.2.%d - - [18/Feb/2019:10:00:00 +0000] \"GET /calls/%d.wav HTTP/1.1\" 200 1000\n", i%250, i)
			if err != nil {
				return
			}
			if n < pipeHolds && n+m >= pipeHolds {
				close(reading)
			}
			n += m
		}
	}()
	select {
	case <-reading:
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill()
		ts.Fatalf("not reading after 60 s")
	}
	ts.Check(cmd.Process.Signal(syscall.SIGINT))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		ts.Fatalf("still running 20 s after Ctrl-C")
	}
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), stderr.Bytes(), 0o666))
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		ts.Fatalf("ended with %v, want exit code 1; standard error:\n%s", err, &stderr)
	}
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func findProgram(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		p := filepath.Join(dir, name)
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p, nil
		}
	}
	return "", fmt.Errorf("no program %q", name)
}
