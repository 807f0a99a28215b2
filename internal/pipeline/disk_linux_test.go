package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// smallDisk mounts a file system of so many bytes, or skips the test.
func smallDisk(t *testing.T, bytes string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("recount-test", dir, "tmpfs", 0, "size="+bytes); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// once wants nothing said twice.
func once(t *testing.T, err error) {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if seen[line] {
			t.Errorf("it says %q twice", line)
		}
		seen[line] = true
	}
}

// TestFullDisk: no room for the case. The error names what could not be
// written, once, and no half of the case is left.
func TestFullDisk(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	evidence := state(t, logs)
	for _, size := range []string{"64k", "256k"} {
		t.Run(size, func(t *testing.T) {
			disk := smallDisk(t, size)
			before := runtime.NumGoroutine()
			_, err := Run(context.Background(), Options{Evidence: []string{logs}, Inventory: inventory, Out: filepath.Join(disk, "case"), Workers: 2})
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), "parquet") && !strings.Contains(err.Error(), "table") {
				t.Errorf("%q names no table", err)
			}
			once(t, err)
			empty(t, "full disk", disk)
			settled(t, "full disk", before)
		})
	}
	if now := state(t, logs); now != evidence {
		t.Error("evidence was touched")
	}
}

// TestFullDiskWhileGrouping: a table that is written while others are still
// grouped, since it has more rows than are held.
func TestFullDiskWhileGrouping(t *testing.T) {
	var log strings.Builder
	for i := range 70_000 {
		log.WriteString(get("192.0.2.1", i, "/a/"+strconv.Itoa(i*7919)+".wav", 200, i))
	}
	root := files(t, map[string]string{"a.log": log.String()})
	disk := smallDisk(t, "256k")
	before := runtime.NumGoroutine()
	_, err := Run(context.Background(), Options{Evidence: []string{root}, Out: filepath.Join(disk, "case"), Workers: 2})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v", err)
	}
	once(t, err)
	empty(t, "full disk", disk)
	settled(t, "full disk", before)
}

// TestFullDiskForce: the earlier case stays when there is no room for the new
// one.
func TestFullDiskForce(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	disk := smallDisk(t, "256k")
	out := filepath.Join(disk, "case")
	analyse(t, Options{Evidence: []string{files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1)})}, Out: out})
	before := state(t, out)
	_, err := Run(context.Background(), Options{Evidence: []string{logs}, Inventory: inventory, Out: out, Force: true})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v", err)
	}
	if state(t, out) != before {
		t.Error("the earlier case was touched")
	}
	if entries, _ := os.ReadDir(disk); len(entries) != 1 {
		t.Errorf("beside it: %v", entries)
	}
}

// TestFullTemp: no room for what does not fit in memory.
func TestFullTemp(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	disk := smallDisk(t, "64k")
	before := runtime.NumGoroutine()
	o := Options{Evidence: []string{logs}, Inventory: inventory, Out: filepath.Join(t.TempDir(), "case"), Temp: disk, Memory: tiny, Workers: 2}
	_, err := Run(context.Background(), o)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error %v", err)
	}
	if !strings.Contains(err.Error(), disk) || !strings.Contains(err.Error(), "--temp") {
		t.Errorf("%q does not say where, or what to do", err)
	}
	empty(t, "full temp", disk)
	empty(t, "full temp", filepath.Dir(o.Out))
	settled(t, "full temp", before)
}

// TestNoTemp: the folder for what does not fit in memory cannot be written.
func TestNoTemp(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	o := Options{Evidence: []string{logs}, Inventory: inventory, Out: filepath.Join(t.TempDir(), "case"), Temp: "/proc/self", Memory: tiny}
	_, err := Run(context.Background(), o)
	if err == nil || !strings.Contains(err.Error(), "/proc/self") || !strings.Contains(err.Error(), "--temp") {
		t.Errorf("error %v", err)
	}
	empty(t, "no temp", filepath.Dir(o.Out))
}

// TestEvidenceThatGoes: files change between the finding and the reading. An
// inventory that is a pipe holds the run right there.
func TestEvidenceThatGoes(t *testing.T) {
	log := get("192.0.2.1", 1, "/a/x.wav", 200, 1000)
	root := files(t, map[string]string{"folder.log": log, "gone.log": log + log, "good.log": log + log + log})
	pipe := filepath.Join(t.TempDir(), "sizes.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no named pipe here: %v", err)
	}
	turned := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the run to read it
		if err != nil {
			turned <- err
			return
		}
		err = errors.Join(
			os.Remove(filepath.Join(root, "gone.log")),
			os.Remove(filepath.Join(root, "folder.log")),
			os.Mkdir(filepath.Join(root, "folder.log"), 0o755),
		)
		_, werr := f.WriteString("path,size\n/a/x.wav,1000\n")
		turned <- errors.Join(err, werr, f.Close())
	}()
	dir, out := analyse(t, Options{Evidence: []string{root}, Inventory: pipe})
	if err := <-turned; err != nil {
		t.Fatal(err)
	}
	if !out.Damaged {
		t.Error("the run is not damaged")
	}
	for _, name := range []string{"folder.log", "gone.log"} {
		s := sourceRow(t, dir, name)
		if e, _ := s["error"].(string); e == "" || s["lines"] != int64(0) {
			t.Errorf("%s: %v", name, s)
		}
		// What was not read has no hash and no size.
		for _, column := range []string{"bytes", "sha256", "stream_bytes", "stream_sha256"} {
			if s[column] != nil {
				t.Errorf("%s: %s is %v", name, column, s[column])
			}
		}
	}
	if s := sourceRow(t, dir, "good.log"); s["requests"] != int64(3) {
		t.Errorf("good.log: %v", s)
	}
}

// TestPipes: pipes in a folder are told, and not read.
func TestPipes(t *testing.T) {
	root := files(t, map[string]string{"good.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000)})
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.log"), 0o600); err != nil {
		t.Skipf("no named pipe here: %v", err)
	}
	dir, out := analyse(t, Options{Evidence: []string{root}})
	if !out.Damaged || !strings.Contains(strings.Join(out.Summary.Warnings, "\n"), "pipe.log was not read") {
		t.Errorf("damaged: %v, warnings %q", out.Damaged, out.Summary.Warnings)
	}
	want(t, "sources", show(table(t, dir, casefile.TableSources), "path", "requests"), "good.log 1\n")
}

// TestLocked: a file that may not be read is told, and the rest is used.
func TestLocked(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read every file")
	}
	root := files(t, map[string]string{"good.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000), "locked.log": "x"})
	if err := os.Chmod(filepath.Join(root, "locked.log"), 0); err != nil {
		t.Fatal(err)
	}
	dir, out := analyse(t, Options{Evidence: []string{root}})
	if e, _ := sourceRow(t, dir, "locked.log")["error"].(string); e == "" || !out.Damaged {
		t.Errorf("error %q, damaged %v", e, out.Damaged)
	}
}
