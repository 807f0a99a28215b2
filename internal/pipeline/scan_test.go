package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// mixed is evidence of all kinds: rotated logs, some packed, some with lines that
// cannot be read; logs whose lines must be read in order; archives of them; and
// lines that stand in several files. Many requests of different files are for the
// same recording by the same client at the same time, so that the order of their
// sources decides. Where it is large, logs have several chunks.
func mixed(t *testing.T, rng *rand.Rand, large bool) (root string, sources []string) {
	most := 300
	if large {
		most = 2 * accesslog.ChunkSize / 80
	}
	combined := func() string {
		var b strings.Builder
		for range rng.IntN(most) {
			if rng.IntN(50) == 0 {
				fmt.Fprintf(&b, "bad %d\n", rng.IntN(9))
			}
			b.WriteString(get(fmt.Sprintf("192.0.2.%d", rng.IntN(2)), rng.IntN(3), fmt.Sprintf("/a/%d.wav", rng.IntN(3)), 200, rng.IntN(1000)))
		}
		return b.String()
	}
	ordered := func() string {
		var b strings.Builder
		b.WriteString("#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes\n")
		for range most/2 + rng.IntN(most) {
			fmt.Fprintf(&b, "2019-02-18 00:00:0%d 192.0.2.%d GET /a/%d.wav 200 %d\n", rng.IntN(3), rng.IntN(2), rng.IntN(3), rng.IntN(1000))
		}
		return b.String()
	}
	junk := func() string { return strings.Repeat("bread\n", rng.IntN(3*most)) }
	twice := combined()
	content := map[string]string{}
	members := map[string]string{}
	kinds := []func() string{combined, combined, combined, ordered, junk, func() string { return combined() + twice + combined() }, func() string { return "" }}
	for _, to := range []map[string]string{content, members} {
		for i := range 4 + rng.IntN(8) {
			name := fmt.Sprintf("%c/access.log.%d", 'a'+rng.IntN(3), i)
			text := kinds[rng.IntN(len(kinds))]()
			if rng.IntN(3) == 0 {
				name, text = name+".gz", packed(t, text)
				if rng.IntN(4) == 0 {
					text = text[:len(text)*2/3]
				}
			}
			to[name] = text
		}
	}
	names := slices.Sorted(maps.Keys(members))
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	content["b/logs.tar"] = packed(t, tarred(t, names, members))
	content["b/logs.zip"] = zipped(t, names, members)
	part := tarred(t, names[:1+rng.IntN(len(names))], members)
	content["d/logs.tar"] = part[:512+rng.IntN(len(part)-512)] // cut
	for _, name := range slices.Sorted(maps.Keys(content)) {
		switch name {
		case "b/logs.tar", "b/logs.zip":
			for _, member := range names {
				sources = append(sources, name+"!"+member)
			}
		case "d/logs.tar":
			sources = append(sources, name+"!"+names[0]) // and perhaps more
		default:
			sources = append(sources, name)
		}
	}
	return files(t, content), sources
}

// TestSameCaseOfManyFiles: files are read side by side, each time in another
// order, and the case is the same.
func TestSameCaseOfManyFiles(t *testing.T) {
	seeds, large := 8, 1
	if underRace {
		seeds, large = 3, 1
	}
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 6))
		root, sources := mixed(t, rng, int(seed) < large)
		var first string
		for _, how := range []struct {
			workers int
			memory  int64
		}{{1, 0}, {2, 0}, {8, 0}, {8, 0}, {1, tiny}, {2, tiny}, {8, tiny}} {
			dir, _ := analyse(t, Options{Evidence: []string{root}, Workers: how.workers, Memory: how.memory})
			if first == "" {
				first = dir
				continue
			}
			sameCase(t, fmt.Sprintf("seed %d, %d workers, memory %d", seed, how.workers, how.memory), dir, first)
		}
		rows := table(t, first, casefile.TableSources)
		var got []string
		for i, r := range rows {
			if fmt.Sprint(r["source"]) != fmt.Sprint(i+1) {
				t.Fatalf("seed %d: row %d of the sources is number %v", seed, i, r["source"])
			}
			got = append(got, r["path"].(string))
		}
		if len(got) < len(sources) || !slices.Equal(slices.DeleteFunc(got, func(s string) bool { return !slices.Contains(sources, s) }), sources) {
			t.Fatalf("seed %d: the sources are\n%s\nwant\n%s", seed, strings.Join(got, "\n"), strings.Join(sources, "\n"))
		}
		if t.Failed() {
			return
		}
	}
}

// TestOneFileOrMany: one log, and the same lines in twenty files, some of them
// packed or in an archive, say the same of downloads, clients and recordings.
func TestOneFileOrMany(t *testing.T) {
	log, _ := madeUp()
	whole, inventory := madeUpFiles(t)
	lines := strings.SplitAfter(string(log), "\n")
	want, _ := analyse(t, Options{Evidence: []string{whole}, Inventory: inventory})
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 20))
		cuts := []int{0, len(lines)}
		for len(cuts) <= manyParts {
			cuts = append(cuts, rng.IntN(len(lines)))
		}
		slices.Sort(cuts)
		content, members := map[string]string{}, map[string]string{}
		for i := range manyParts {
			text := strings.Join(lines[cuts[i]:cuts[i+1]], "")
			name := fmt.Sprintf("access.log.%02d", i)
			switch rng.IntN(3) {
			case 0:
				members[name] = text
			case 1:
				content[name+".gz"] = packed(t, text)
			default:
				content[name] = text
			}
		}
		content["old.tar.gz"] = packed(t, tarred(t, slices.Sorted(maps.Keys(members)), members))
		got, out := analyse(t, Options{Evidence: []string{files(t, content)}, Inventory: inventory, Workers: 1 + rng.IntN(8), Memory: []int64{0, tiny}[rng.IntN(2)]})
		if n := out.Summary.Accounting.Sources; n != manyParts {
			t.Fatalf("%d sources", n)
		}
		for _, name := range []string{casefile.TableDownloads, casefile.TableClients, casefile.TableRecordings} {
			a, b := table(t, want, name), table(t, got, name)
			if len(a) == 0 || len(a) != len(b) {
				t.Fatalf("seed %d: %s: %d rows of one file, %d of many", seed, name, len(a), len(b))
			}
			for i := range a {
				for column, v := range a[i] {
					if column != "first_source" && column != "first_line" && b[i][column] != v {
						t.Fatalf("seed %d: %s row %d: %s is %v of one file, %v of many", seed, name, i, column, v, b[i][column])
					}
				}
			}
		}
	}
}

// TestScanWithOneBuffer: however few buffers there are, and however many readers
// and sources that one worker must read in order, nobody waits for ever.
func TestScanWithOneBuffer(t *testing.T) {
	content := map[string]string{}
	for i := range 40 {
		content[fmt.Sprintf("%d.log", i)] = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes\n" +
			strings.Repeat("2019-02-18 00:00:01 192.0.2.1 GET /a/1.wav 200 1000\n", 100+12_000*(i%8/7))
		content[fmt.Sprintf("%d.other.log", i)] = strings.Repeat(get("192.0.2.1", i, "/a/1.wav", 200, 1000), 100)
	}
	root := files(t, content)
	for _, workers := range []int{1, 2, 5} {
		for _, chunks := range []int{1, 2, 7} {
			a := &analysis{options: Options{Evidence: []string{root}, Out: t.TempDir() + "/case", Workers: workers}}
			if err := a.prepare(); err != nil {
				t.Fatal(err)
			}
			a.watch = watch(nil, 0)
			a.budget.readers, a.budget.chunks = 9, chunks
			done := make(chan error, 1)
			go func() { done <- a.scan(t.Context()) }()
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
			case <-time.After(time.Minute):
				stacks := make([]byte, 64<<10)
				t.Fatalf("%d workers, %d buffers: the scan hangs\n%s", workers, chunks, stacks[:runtime.Stack(stacks, true)])
			}
			var requests int64
			for _, w := range a.workers {
				if w.bound != 0 {
					t.Errorf("%d workers: one is bound to %d sources at the end", workers, w.bound)
				}
				if w.matcher != nil || w.batch != nil || w.record.Target != nil || w.request.Recording != nil {
					t.Errorf("%d workers: one still holds what it scanned with", workers)
				}
				for _, st := range w.stats {
					if st != nil {
						requests += st.requests
					}
				}
			}
			if want := int64(2*40*100 + 5*12_000); requests != want {
				t.Errorf("%d workers, %d buffers: %d requests, want %d", workers, chunks, requests, want)
			}
			a.watch.end()
			if err := a.close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestScanBeside: standard input that gives nothing for a while holds up no
// other file, and a run that then ends leaves nothing behind.
func TestScanBeside(t *testing.T) {
	root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/1.wav", 200, 1000), "b.log": get("192.0.2.2", 2, "/a/2.wav", 200, 1000)})
	for _, interrupt := range []bool{false, true} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		before := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(t.Context())
		var seen atomic.Int64
		o := fresh(t, Options{Evidence: []string{root, "-"}, Stdin: r, Workers: 2, Progress: func(p Progress) { seen.Store(p.Requests) }})
		done := make(chan error, 1)
		go func() {
			_, err := Run(ctx, o)
			done <- err
		}()
		for deadline := time.Now().Add(time.Minute); seen.Load() < 2; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the files wait for standard input")
			}
		}
		if interrupt {
			cancel()
		} else if _, err := io.WriteString(w, get("192.0.2.3", 3, "/a/3.wav", 200, 1000)); err != nil {
			t.Fatal(err)
		} else {
			w.Close()
		}
		err = <-done
		w.Close() // lets the read that was left behind end
		r.Close()
		cancel()
		if interrupt {
			interrupted(t, "beside standard input", err, &o, before)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, row := range table(t, o.Out, casefile.TableSources) {
			paths = append(paths, row["path"].(string))
		}
		if got := strings.Join(paths, " "); got != "a.log b.log -" {
			t.Errorf("the sources are %s", got)
		}
	}
}

// TestInterruptManyFiles: while several files are read, at any moment.
func TestInterruptManyFiles(t *testing.T) {
	root, _ := mixed(t, rand.New(rand.NewPCG(1, 1)), true)
	start := time.Now()
	analyse(t, Options{Evidence: []string{root}, Workers: 4})
	took := time.Since(start)
	for i := range 8 {
		before := runtime.NumGoroutine()
		o := fresh(t, Options{Evidence: []string{root}, Workers: 4, Memory: []int64{0, tiny}[i%2]})
		ctx, cancel := context.WithTimeout(t.Context(), took*time.Duration(i)/16)
		_, err := Run(ctx, o)
		cancel()
		if err != nil || i == 0 {
			interrupted(t, fmt.Sprintf("moment %d", i), err, &o, before)
		}
	}
}

// TestScanStops: where a worker fails, the others and all readers end.
func TestScanStops(t *testing.T) {
	root, _ := mixed(t, rand.New(rand.NewPCG(2, 2)), true)
	before := runtime.NumGoroutine()
	o := fresh(t, Options{Evidence: []string{root}, Workers: 4, Memory: tiny})
	o.Temp = filepath.Join(o.Temp, "none")
	_, err := Run(t.Context(), o)
	if err == nil || errors.Is(err, ErrInterrupted) || !strings.Contains(err.Error(), "--temp") {
		t.Errorf("error %v", err)
	}
	settled(t, "stopped", before)
}

func TestLargestFirst(t *testing.T) {
	root := files(t, map[string]string{"a": "", "b": "1234", "c": "12", "d": "1234", "e": "12345"})
	a := &analysis{options: Options{Evidence: []string{root, "-"}, Out: t.TempDir() + "/case"}}
	if err := a.prepare(); err != nil {
		t.Fatal(err)
	}
	defer a.close()
	var names []string
	for _, i := range largestFirst(a.set.Sources) {
		names = append(names, a.set.Sources[i].Path)
	}
	if got := strings.Join(names, " "); got != "- e b d c a" {
		t.Errorf("got %s", got)
	}
}
