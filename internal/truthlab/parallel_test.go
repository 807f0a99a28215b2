//go:build linux

package truthlab

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
)

// TestParallelLogs: two logs of one server with many workers, asked by several
// clients at once, count as one. It logs how far the lines of the two come out of
// turn.
func TestParallelLogs(t *testing.T) {
	many := nginx
	many.configure = func(t *testing.T, s *server) []string {
		args := nginx.configure(t, s)
		path := filepath.Join(s.dir, "nginx.conf")
		conf, err := os.ReadFile(path)
		must(t, err)
		text := strings.Replace(string(conf), "worker_processes 1;", "worker_processes 4;", 1)
		// Buffered, a log has the lines of each worker in blocks, and of another length the blocks are others.
		text = strings.Replace(text, "plain-json.log json;", "plain-json.log json buffer=16k;", 1)
		write(t, path, []byte(text))
		return args
	}
	for _, c := range []struct {
		program program
		logs    []string // of the site plain; the last tells most
	}{
		{many, []string{"combined", "json"}},
		{apache, []string{"combined", "vhost", "combinedio"}},
	} {
		t.Run(c.program.name, func(t *testing.T) {
			need(t, c.program.debian+" curl", c.program.command, "curl")
			t.Parallel()
			s := start(t, c.program)
			atOnce(t, s)
			s.finish(t)
			var paths []string
			for _, name := range c.logs {
				paths = append(paths, s.log("plain", name))
			}
			best := paths[len(paths)-1]
			for _, path := range paths[:len(paths)-1] {
				t.Log(filepath.Base(path), "and", filepath.Base(best)+":", turns(t, path, best))
			}
			both, alone := counted(t, paths, nil), counted(t, []string{best}, nil)
			if !maps.Equal(both.Counts, alone.Counts) || !maps.Equal(both.Grades, alone.Grades) {
				t.Errorf("got  %v %v\nwant %v %v", both.Counts, both.Grades, alone.Counts, alone.Grades)
			}
			if got, want := both.Accounting.Duplicates, int64(len(paths)-1)*alone.Accounting.Requests; got != want {
				t.Errorf("%d duplicates, want %d", got, want)
			}
		})
	}
}

// atOnce sends six clients at a server's plain site, for four seconds, each with
// eight requests at a time. Every request has a number in its query.
func atOnce(t *testing.T, s *server) {
	t.Helper()
	var wg sync.WaitGroup
	end := time.Now().Add(4 * time.Second)
	for i := range 6 {
		wg.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				var list strings.Builder
				for k, path := range slices.Repeat([]string{small, medium, "/calls/", "/calls/none.wav", headerOnly, small}, 10) {
					fmt.Fprintf(&list, "url = \"http://%s%s?%d.%d.%d\"\noutput = /dev/null\n", s.address["plain"], path, i, n, k)
				}
				name := filepath.Join(s.dir, fmt.Sprintf("list-%d", i))
				must(t, os.WriteFile(name, []byte(list.String()), 0o644))
				run(t, s.dir, "curl", "-sSZ", "--parallel-max", "8", "--interface", fmt.Sprintf("127.30.0.%d", i+1), "-K", name)
			}
		})
	}
	wg.Wait()
}

// turns says how far the lines of two logs stand in another order: by how many
// lines, and by how many bytes of the second, one stands before another that it
// stands behind in the first.
func turns(t *testing.T, first, second string) string {
	t.Helper()
	type place struct{ line, offset int }
	places := func(path string) (list []place, names []string) {
		data, err := os.ReadFile(path)
		must(t, err)
		offset := 0
		for i, line := range strings.SplitAfter(string(data), "\n") {
			if m := requestNumber.FindString(line); m != "" {
				list, names = append(list, place{i, offset}), append(names, m)
			}
			offset += len(line)
		}
		return list, names
	}
	_, order := places(first)
	at := map[string]place{}
	list, names := places(second)
	for i, name := range names {
		at[name] = list[i]
	}
	var most place
	moved, far, wide := 0, 0, 0
	for _, name := range order {
		p, ok := at[name]
		if !ok {
			t.Errorf("%s: %s is not there", second, name)
		}
		if p.offset < most.offset {
			moved++
			far, wide = max(far, most.line-p.line), max(wide, most.offset-p.offset)
			continue
		}
		most = p
	}
	return fmt.Sprintf("%d of %d lines out of turn, by %d lines and %d bytes at most", moved, len(order), far, wide)
}

var requestNumber = regexp.MustCompile(`\?[0-9]+\.[0-9]+\.[0-9]+ `)

// counted is what recount counts in logs.
func counted(t *testing.T, paths []string, formats []pipeline.PerSource) *casefile.Summary {
	t.Helper()
	out, err := pipeline.Run(context.Background(), pipeline.Options{
		Evidence: paths, Out: filepath.Join(t.TempDir(), "case"), Formats: formats, Workers: 1, Version: "lab",
	})
	must(t, err)
	return out.Summary
}

// TestParallelEveryday: all logs of a server that everyday clients went through,
// handed in together, count what the one counts that tells most.
func TestParallelEveryday(t *testing.T) {
	for _, c := range []struct {
		program program
		best    string
	}{{nginx, "json"}, {apache, "placed"}} {
		t.Run(c.program.name, func(t *testing.T) {
			need(t, c.program.debian+" curl wget aria2", c.program.command, "curl", "wget", "aria2c")
			t.Parallel()
			s := start(t, c.program)
			site := s.sites[1] // tls, where no browser is needed
			visit(t, s, 1, site)
			s.finish(t)
			all, alone := countedOf(t, s, site, site.logs), countedOf(t, s, site, slices.DeleteFunc(slices.Clone(site.logs), func(l accessLog) bool { return l.name != c.best }))
			if !maps.Equal(all.Counts, alone.Counts) || !maps.Equal(all.Grades, alone.Grades) {
				t.Errorf("got  %v %v\nwant %v %v", all.Counts, all.Grades, alone.Counts, alone.Grades)
			}
			if got, want := all.Accounting.Duplicates, int64(len(site.logs)-1)*alone.Accounting.Requests; got != want {
				t.Errorf("%d duplicates, want %d", got, want)
			}
		})
	}
}

// countedOf is what recount counts in some logs of a site, as their formats are.
func countedOf(t *testing.T, s *server, on site, logs []accessLog) *casefile.Summary {
	t.Helper()
	var paths []string
	var formats []pipeline.PerSource
	for _, log := range logs {
		paths = append(paths, s.log(on.name, log.name))
		if log.format != "" {
			formats = append(formats, pipeline.PerSource{Glob: on.name + "-" + log.name + ".log", Value: log.format})
		}
	}
	return counted(t, paths, formats)
}
