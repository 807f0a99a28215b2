package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestSpilledInventory: the case is the same whether the inventory lies in
// memory or outside it: where it tells what the size fields count, where it alone
// says what a recording is, and where lines stand twice.
func TestSpilledInventory(t *testing.T) {
	const less = 24 << 10 // bytes; the inventory of the sample takes as much
	log, inventory := madeUp()
	lines := bytes.SplitAfter(log, []byte("\n"))
	few := string(bytes.Join(lines[:min(len(lines), 4000)], nil))
	made := files(t, map[string]string{"logs/a.log": few, "logs/b.log": few, "logs/c.log": "#\n" + few, "sizes.csv": string(inventory)})
	for _, in := range []struct {
		name    string
		memory  int64
		options Options
	}{
		{"sample", less, Options{Evidence: []string{nasLogs}, Inventory: nasSizes}},
		{"sample, by the inventory alone", less, Options{Evidence: []string{nasLogs}, Inventory: nasSizes, Recordings: []string{"*.none"}}},
		{"lines that stand twice", tiny, Options{Evidence: []string{filepath.Join(made, "logs")}, Inventory: filepath.Join(made, "sizes.csv")}},
	} {
		t.Run(in.name, func(t *testing.T) {
			o := in.options
			want, _ := analyse(t, o)
			if n := runInfo(t, want).SpillBytes; n != 0 {
				t.Errorf("%d bytes spilled", n)
			}
			for _, workers := range []int{1, 3} {
				o.Memory, o.Workers, o.Temp = in.memory, workers, t.TempDir()
				if !spills(t, o) {
					t.Fatal("the inventory fits the memory")
				}
				dir, _ := analyse(t, o)
				sameCase(t, fmt.Sprintf("%d workers", workers), dir, want)
				empty(t, "temp", o.Temp)
			}
		})
	}
}

// spills says whether the inventory of the options lies outside memory.
func spills(t *testing.T, o Options) bool {
	t.Helper()
	o.Out = filepath.Join(t.TempDir(), "case")
	a := &analysis{options: o}
	if err := a.prepare(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	if held := a.inventory.MemoryBytes(); held <= 0 || a.inventory.Spilled() != (len(a.invBlocks) == 2) {
		t.Errorf("%d bytes held, %d places on disk", held, len(a.invBlocks))
	}
	return a.inventory.Spilled()
}

// TestInventoryNoRoom: an inventory that can be put nowhere is an error that says
// what to do, and nothing of it is left.
func TestInventoryNoRoom(t *testing.T) {
	temp := t.TempDir()
	for _, broken := range []string{"path,size\n/a,1\n/a,2\n", "path,size\n/a,1\n/b,x\n"} {
		root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a.wav", 200, 10), "sizes.csv": broken})
		o := Options{Evidence: []string{root + "/a.log"}, Inventory: root + "/sizes.csv", Memory: 1, Temp: temp, Out: filepath.Join(t.TempDir(), "case")}
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "line") {
			t.Errorf("%v", err)
		}
		empty(t, "temp", temp)
	}
	root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a.wav", 200, 10), "sizes.csv": "path,size\n/a.wav,10\n"})
	o := Options{Evidence: []string{root + "/a.log"}, Inventory: root + "/sizes.csv", Memory: 1, Temp: filepath.Join(temp, "missing"), Out: filepath.Join(t.TempDir(), "case")}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--temp") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(o.Out); err == nil {
		t.Error("there is a case")
	}
}

// TestInventoryLost: rows of the inventory that cannot be read back end the run.
func TestInventoryLost(t *testing.T) {
	var log, sizes strings.Builder
	sizes.WriteString("path,size\n")
	for i := range 300 {
		log.WriteString(get("192.0.2.1", i, fmt.Sprintf("/a/%d.listed", i), 200, 1000))
		fmt.Fprintf(&sizes, "/a/%d.listed,1000\n", i)
	}
	root := files(t, map[string]string{"logs/a.log": log.String(), "sizes.csv": sizes.String()})
	for _, phase := range []string{"scan", "decide", "group"} {
		a := &analysis{options: Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Memory: 9000, Temp: t.TempDir(), Out: filepath.Join(t.TempDir(), "case")}}
		if err := a.prepare(); err != nil {
			t.Fatal(err)
		}
		a.watch = watch(nil, 0)
		err := error(nil)
		for _, p := range []struct {
			name string
			run  func() error
		}{{"scan", func() error { return a.scan(t.Context()) }}, {"decide", func() error { return a.decide(t.Context()) }}, {"group", func() error { return a.group(t.Context()) }}} {
			if p.name == phase {
				a.invBlocks[1].store.Close()
			}
			if err = p.run(); err != nil && p.name != phase {
				t.Fatal(err)
			}
			if p.name == phase {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "read back") {
			t.Errorf("%s: %v", phase, err)
		}
		a.watch.end()
		a.close()
	}
}

// TestInventoryStops: learning from a spilled inventory ends where it is asked to.
func TestInventoryStops(t *testing.T) {
	root := files(t, map[string]string{"logs/a.log": get("192.0.2.1", 1, "/a.wav", 200, 10), "sizes.csv": "path,size\n/a.wav,10\n"})
	a := scanned(t, Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Memory: 1, Temp: t.TempDir(), Out: filepath.Join(t.TempDir(), "case")})
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	a.runs.stop = func() error { return stopped }
	if err := a.learnSizes(t.Context()); !errors.Is(err, stopped) {
		t.Errorf("%v; want %v", err, stopped)
	}
}

// TestInterruptInventory: while the inventory is read, and while what of it is on
// disk is merged. It is wrong at its end, so that a run that goes on says so.
func TestInterruptInventory(t *testing.T) {
	var sizes strings.Builder
	sizes.WriteString("path,size\n")
	for i := range 9000 {
		fmt.Fprintf(&sizes, "/a/%d.wav,1000\n", i)
	}
	sizes.WriteString("/z.wav,1\n/z.wav,2\n")
	root := files(t, map[string]string{"logs/a.log": get("192.0.2.1", 1, "/a.wav", 200, 10), "sizes.csv": sizes.String()})
	for _, tt := range []struct{ memory, least int64 }{{0, 2}, {100_000, 40}} { // reads; runs and pages
		var at int64
		for at = 1; ; at++ {
			before := runtime.NumGoroutine()
			parent, cancel := context.WithCancel(t.Context())
			o := fresh(t, Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Memory: tt.memory})
			_, err := Run(&askedContext{Context: parent, cancel: cancel, at: at}, o)
			cancel()
			if !errors.Is(err, ErrInterrupted) {
				if err == nil || !strings.Contains(err.Error(), "two sizes") {
					t.Errorf("question %d: %v", at, err)
				}
				empty(t, "temp", o.Temp)
				break
			}
			interrupted(t, "inventory", err, &o, before)
		}
		if at <= tt.least {
			t.Errorf("memory %d: asked %d times, want %d", tt.memory, at-1, tt.least)
		}
	}
}
