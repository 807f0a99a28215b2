package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestSameCase: the case does not depend on workers or memory, and a second run
// gives the same.
func TestSameCase(t *testing.T) {
	log, inventory := madeUpFiles(t)
	for _, in := range []struct {
		name    string
		options Options
		spills  bool // large enough to spill on one worker as well
	}{
		{"nas", Options{Evidence: []string{nasLogs}, Inventory: nasSizes}, false},
		{"made up", Options{Evidence: []string{log}, Inventory: inventory}, true},
	} {
		t.Run(in.name, func(t *testing.T) {
			var first string
			for memory, counts := range map[int64][]int{0: {1, 2, 8, 2}, tiny: {1, 8}} {
				for _, workers := range counts {
					o := in.options
					o.Workers, o.Memory, o.Temp = workers, memory, t.TempDir()
					dir, _ := analyse(t, o)
					what := fmt.Sprintf("%d workers, memory %d", workers, memory)
					spilled := runInfo(t, dir).SpillBytes
					if memory == 0 && spilled != 0 {
						t.Errorf("%s: %d bytes spilled", what, spilled)
					}
					if memory == tiny && in.spills && spilled == 0 {
						t.Errorf("%s: nothing spilled", what)
					}
					empty(t, what, o.Temp)
					if first == "" {
						first = dir
						continue
					}
					sameCase(t, what, dir, first)
				}
			}
			if problems, err := casefile.Verify(first); err != nil || len(problems) > 0 {
				t.Errorf("the seal: %v %v", problems, err)
			}
		})
	}
}

// TestSplitEvidence: one log, and the same lines in many files, say the same of
// downloads, clients and recordings; only references differ.
func TestSplitEvidence(t *testing.T) {
	log, _ := madeUp()
	logs, inventory := madeUpFiles(t)
	parts := map[string]string{}
	rest := log
	for i := range manyParts {
		end := len(rest)
		if i < manyParts-1 {
			end = len(rest) / (manyParts - i)
			end += bytes.IndexByte(rest[end:], '\n') + 1
		}
		parts[fmt.Sprintf("access.log.%02d", i)] = string(rest[:end])
		rest = rest[end:]
	}
	whole, one := analyse(t, Options{Evidence: []string{logs}, Inventory: inventory})
	cut, many := analyse(t, Options{Evidence: []string{files(t, parts)}, Inventory: inventory, Workers: 8, Memory: tiny})
	if n := many.Summary.Accounting.Sources; n != manyParts {
		t.Fatalf("%d sources", n)
	}
	for _, name := range []string{casefile.TableDownloads, casefile.TableClients, casefile.TableRecordings, casefile.TableListings, casefile.TableAgents} {
		a, b := table(t, whole, name), table(t, cut, name)
		if len(a) == 0 && name != casefile.TableListings {
			t.Errorf("%s is empty", name)
		}
		if len(a) != len(b) {
			t.Errorf("%s: %d rows of one file, %d of many", name, len(a), len(b))
			continue
		}
		for i := range a {
			for column, v := range a[i] {
				if column != "first_source" && column != "first_line" && b[i][column] != v {
					t.Fatalf("%s row %d: %s is %v of one file, %v of many", name, i, column, v, b[i][column])
				}
			}
		}
	}
	x, y := one.Summary.Accounting, many.Summary.Accounting
	x.Sources, y.Sources = 0, 0
	if x != y {
		t.Errorf("accounting %+v, of many files %+v", x, y)
	}
	if fmt.Sprint(one.Summary.Counts, one.Summary.Grades) != fmt.Sprint(many.Summary.Counts, many.Summary.Grades) {
		t.Errorf("counts %v %v, of many files %v %v", one.Summary.Counts, one.Summary.Grades, many.Summary.Counts, many.Summary.Grades)
	}
}

// TestSomeTables: which tables are written changes nothing in the summary but
// the list of tables, and nothing in those that are written.
func TestSomeTables(t *testing.T) {
	full, all := analyse(t, Options{Evidence: []string{nasLogs}, Inventory: nasSizes})
	sums := caseFiles(t, full)
	for _, tables := range [][]string{{}, {"agents"}, {"recordings"}, {"downloads", "clients"}, {"requests", "rejects"}, {"listings", "sources"}} {
		dir, some := analyse(t, Options{Evidence: []string{nasLogs}, Inventory: nasSizes, Tables: tables})
		got := caseFiles(t, dir)
		for _, name := range casefile.TableNames() {
			file := "tables/" + name + ".parquet"
			wanted := bytes.Contains([]byte(fmt.Sprint(tables)), []byte(name))
			if _, written := got[file]; written != wanted {
				t.Errorf("tables %v: %s written: %v", tables, name, written)
			}
			if wanted && got[file] != sums[file] {
				t.Errorf("tables %v: %s differs", tables, filepath.Base(file))
			}
		}
		a, b := *all.Summary, *some.Summary
		a.Tables, b.Tables = nil, nil
		if !reflect.DeepEqual(a, b) {
			t.Errorf("tables %v: the summary differs:\n%+v\n%+v", tables, a, b)
		}
	}
}

// TestAnotherPlace: the case says nothing of where the evidence lay, though
// some of it is damaged or cannot be read.
func TestAnotherPlace(t *testing.T) {
	log := get("192.0.2.1", 1, "/a/x.wav", 200, 1000)
	whole := packed(t, log+log+log)
	var cases []string
	for range 2 {
		root := files(t, map[string]string{
			"logs/a.log": log, "logs/sub/cut.gz": whole[:len(whole)-9], "logs/bad.gz": whole[:15] + "xxxxxxxxxxxx" + whole[27:],
			"logs/notes.txt": "bread\n", "logs/x.zst": "\x28\xb5\x2f\xfdrubbish", "logs/x.xz": "\xfd7zXZ\x00rubbish", "logs/x.bz2": "BZh9rubbish",
			"elsewhere.log": log, "sizes.csv": "path,size\n/a/x.wav,1000\n",
		})
		for link, to := range map[string]string{"out.log": filepath.Join(root, "elsewhere.log"), "broken.log": filepath.Join(root, "nothing"), "loop.log": "loop.log"} {
			if err := os.Symlink(to, filepath.Join(root, "logs", link)); err != nil {
				t.Skipf("no symbolic links here: %v", err)
			}
		}
		dir, out := analyse(t, Options{Evidence: []string{filepath.Join(root, "logs")}, Inventory: filepath.Join(root, "sizes.csv")})
		if !out.Damaged {
			t.Error("nothing is damaged")
		}
		cases = append(cases, dir)
		for _, name := range []string{"summary.json", "summary.md", "manifest.json"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if i := bytes.Index(data, []byte(root)); i >= 0 {
				t.Errorf("%s says where the evidence lay: %.200s", name, data[max(0, i-80):])
			}
		}
	}
	sameCase(t, "in another place", cases[1], cases[0])
}
