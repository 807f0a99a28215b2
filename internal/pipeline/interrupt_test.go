package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/casefile"
)

// interrupted checks that nothing of a run that was interrupted is left.
func interrupted(t *testing.T, what string, err error, o *Options, goroutines int) {
	t.Helper()
	if !errors.Is(err, ErrInterrupted) {
		t.Errorf("%s: error %v", what, err)
	} else if err.Error() != ErrInterrupted.Error() {
		t.Errorf("%s: it says %q", what, err)
	}
	empty(t, what, filepath.Dir(o.Out))
	empty(t, what+" (temp)", o.Temp)
	settled(t, what, goroutines)
}

// fresh gives o an output and a temporary folder that are empty.
func fresh(t *testing.T, o Options) Options {
	o.Out, o.Temp = filepath.Join(t.TempDir(), "case"), t.TempDir()
	return o
}

// TestInterruptBefore: nothing is begun.
func TestInterruptBefore(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := fresh(t, Options{Evidence: []string{nasLogs}})
	_, err := Run(ctx, o)
	interrupted(t, "before", err, &o, before)
}

// tripwire cancels when it has given so many bytes.
type tripwire struct {
	io.Reader
	left   int
	cancel func()
}

func (w *tripwire) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p[:min(len(p), 4096)])
	if w.left -= n; w.left <= 0 {
		w.cancel()
	}
	return n, err
}

// TestInterruptScan: in the middle of a source.
func TestInterruptScan(t *testing.T) {
	log, _ := madeUp()
	for _, at := range []int{1, len(log) / 3, len(log) - 1} {
		before := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(context.Background())
		o := fresh(t, Options{Evidence: []string{"-"}, Stdin: &tripwire{bytes.NewReader(log), at, cancel}, Memory: tiny, Workers: 3})
		_, err := Run(ctx, o)
		interrupted(t, "scan", err, &o, before)
	}
}

// TestInterruptBlocked: standard input that gives nothing does not hold up the
// end of a run.
func TestInterruptBlocked(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	o := fresh(t, Options{Evidence: []string{"-"}, Stdin: r})
	done := make(chan error, 1)
	go func() {
		_, err := Run(ctx, o)
		done <- err
	}()
	select {
	case err = <-done:
	case <-time.After(5 * time.Second):
		t.Error("the run waits for standard input")
	}
	w.Close() // lets the read that was left behind end
	r.Close()
	if err == nil {
		err = <-done
	}
	interrupted(t, "blocked", err, &o, before)
}

// TestInterruptGroup: while rows are written, and before the first.
func TestInterruptGroup(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	for _, after := range []int64{0, 1, 2000} {
		before := runtime.NumGoroutine()
		o := fresh(t, Options{Evidence: []string{logs}, Inventory: inventory, Memory: tiny, Workers: 3})
		ctx, cancel := context.WithCancel(context.Background())
		// The phases as Run goes through them, so that the moment is sure.
		a := &analysis{options: o, started: time.Now()}
		if err := a.prepare(); err != nil {
			t.Fatal(err)
		}
		a.watch = watch(nil, 0)
		if err := errors.Join(a.scan(ctx), a.decide(ctx)); err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		go func() {
			for a.watch.recordings.Load() < after {
				select {
				case <-stop:
					return
				default:
					runtime.Gosched()
				}
			}
			cancel()
		}()
		if after == 0 {
			cancel()
		}
		err := a.group(ctx)
		close(stop)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d recordings: %v", after, err)
		}
		if n := a.watch.recordings.Load(); after == 0 && n > 100 {
			t.Errorf("%d recordings were grouped when all was over", n)
		}
		a.watch.end()
		if err := a.close(); err != nil {
			t.Error(err)
		}
		empty(t, "group", filepath.Dir(o.Out))
		empty(t, "group (temp)", o.Temp)
		settled(t, "group", before)
		cancel()
	}
}

// TestInterruptDecide: the searches for what a size field counts and for logs
// side by side end where they are asked to, and not when all was read.
func TestInterruptDecide(t *testing.T) {
	var one, other strings.Builder
	for i := range 6000 {
		line := entry(fmt.Sprintf("192.0.2.%d", i%7), i, fmt.Sprintf("GET /a/%d.wav HTTP/1.1", i), 200, 100_240+i%5, "curl")
		one.WriteString(line)
		other.WriteString("nas.example.se:443 " + line)
	}
	var sizes strings.Builder
	sizes.WriteString("path,size\n")
	for i := range 6000 {
		fmt.Fprintf(&sizes, "/a/%d.wav,100000\n", i)
	}
	root := files(t, map[string]string{"logs/one.log": one.String(), "logs/other.log": other.String(), "sizes.csv": sizes.String()})
	o := Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Out: t.TempDir() + "/case", Workers: 2}
	stopped := errors.New("stopped")
	a := scanned(t, o)
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.runs.twice = nil // as before the search for logs side by side
	for _, s := range a.sources {
		s.stats.requests = s.stats.lines
	}
	for _, walk := range []struct {
		name string
		run  func() error
	}{
		{"cuts", func() error { return a.lookForCuts(a.runs) }},
		{"learn", a.learnAgain},
		{"common sizes", func() error { _, err := a.commonSizes(a.runs); return err }},
		{"parallel", func() error { _, err := a.parallelLogs(a.runs); return err }},
	} {
		all := 0
		var mu sync.Mutex
		a.runs.stop = func() error { mu.Lock(); defer mu.Unlock(); all++; return nil }
		if err := walk.run(); err != nil {
			t.Fatal(err)
		}
		if all == 0 {
			t.Errorf("%s never asked", walk.name)
		}
		for at := 1; at <= all; at++ {
			asked := 0
			a.runs.stop = func() error {
				mu.Lock()
				defer mu.Unlock()
				if asked++; asked >= at {
					return stopped
				}
				return nil
			}
			if err := walk.run(); !errors.Is(err, stopped) {
				t.Errorf("%s, stopped at question %d of %d: %v", walk.name, at, all, err)
			}
		}
	}
}

// askedContext is cancelled by the question whether it is, the at'th time. Only
// walks over the requests and the last phase ask the caller's context itself.
type askedContext struct {
	context.Context
	cancel func()
	asked  atomic.Int64
	at     int64
}

func (c *askedContext) Err() error {
	if c.asked.Add(1) >= c.at {
		c.cancel()
	}
	return c.Context.Err()
}

// TestInterruptWrite: wherever the last phase looks.
func TestInterruptWrite(t *testing.T) {
	root := nasLogs
	evidence := state(t, root)
	var last int64
	for at := int64(1); ; at++ {
		before := runtime.NumGoroutine()
		parent, cancel := context.WithCancel(context.Background())
		ctx := &askedContext{Context: parent, cancel: cancel, at: at}
		o := fresh(t, Options{Evidence: []string{root}, Inventory: nasSizes, Workers: 2})
		_, err := Run(ctx, o)
		asked := ctx.asked.Load()
		cancel()
		if err == nil {
			if asked >= at {
				t.Errorf("cancelled at question %d of %d, and a case was written", at, asked)
			}
			last = asked
			break
		}
		interrupted(t, "write", err, &o, before)
		if t.Failed() {
			t.Fatalf("at question %d", at)
		}
	}
	if last < 50 {
		t.Errorf("the last phase asked %d times", last)
	}
	if now := state(t, root); now != evidence {
		t.Error("evidence was touched")
	}
}

// TestInterruptAnyTime: a run that is cancelled at any moment leaves a whole
// case or nothing.
func TestInterruptAnyTime(t *testing.T) {
	logs, inventory := madeUpFiles(t)
	evidence := state(t, logs)
	o := fresh(t, Options{Evidence: []string{logs}, Inventory: inventory, Memory: tiny})
	start := time.Now()
	analyse(t, o)
	took := time.Since(start)
	const moments = 6
	for i := range moments {
		before := runtime.NumGoroutine()
		o = fresh(t, o)
		ctx, cancel := context.WithTimeout(context.Background(), took*time.Duration(2*i+1)/(2*moments))
		_, err := Run(ctx, o)
		cancel()
		if err != nil {
			interrupted(t, "at any time", err, &o, before)
			continue
		}
		if problems, err := casefile.Verify(o.Out); err != nil || len(problems) > 0 {
			t.Errorf("moment %d: %v %v", i, problems, err)
		}
		empty(t, "at any time (temp)", o.Temp)
		settled(t, "at any time", before)
	}
	if now := state(t, logs); now != evidence {
		t.Error("evidence was touched")
	}
}

// TestInterruptByProgress: the way the command line's own tests do it. The
// callback is never called after Run has returned.
func TestInterruptByProgress(t *testing.T) {
	log, _ := madeUp()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var calls atomic.Int64
	var returned atomic.Bool
	o := fresh(t, Options{
		Evidence: []string{"-"}, Stdin: &slow{bytes.NewReader(log)},
		Progress: func(p Progress) {
			if returned.Load() {
				t.Error("progress after the end")
			}
			if calls.Add(1) == 1 && p.Phase != "scan" {
				t.Errorf("phase %q", p.Phase)
			}
			if p.Bytes > 0 {
				cancel()
			}
		},
	})
	before := runtime.NumGoroutine()
	_, err := Run(ctx, o)
	returned.Store(true)
	interrupted(t, "progress", err, &o, before)
	if calls.Load() == 0 {
		t.Error("no progress")
	}
}

// slow gives a little at a time.
type slow struct{ io.Reader }

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return s.Reader.Read(p[:min(len(p), 4096)])
}
