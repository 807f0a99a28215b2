package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestBadInput: what cannot be begun says why, and leaves nothing behind.
func TestBadInput(t *testing.T) {
	log := get("192.0.2.1", 0, "/a/x.wav", 200, 1000)
	root := files(t, map[string]string{
		"logs/access.log": log,
		"sizes.csv":       "path,size\n/a/x.wav,1000\n",
		"twice.csv":       "path,size\n/a/x.wav,1000\n/a/x.wav,1001\n",
		"nopath.csv":      "name,size\n/a/x.wav,1000\n",
		"badsize.csv":     "path,size\n/a/x.wav,many\n",
		"noheader.csv":    "",
		"binary.csv":      "\x00\x01\x02\xff",
		"no.mmdb":         "not a database",
		"there/note.txt":  "mine",
	})
	if err := os.Mkdir(filepath.Join(root, "nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := state(t, root)
	in := func(name string) string { return filepath.Join(root, name) }
	for _, c := range []struct {
		name  string
		o     Options
		usage bool
		says  string
	}{
		{"missing file", Options{Evidence: []string{in("logs"), in("gone.log")}}, false, "gone.log"},
		{"folder without a file", Options{Evidence: []string{in("nothing")}}, false, "nothing"},
		{"no evidence", Options{}, false, "evidence"},
		{"glob without a match", Options{Evidence: []string{in("*.gz")}}, false, "*.gz"},
		{"output inside the evidence", Options{Evidence: []string{in("logs")}, Out: in("logs/case")}, true, "inside the evidence"},
		{"output is the evidence", Options{Evidence: []string{in("logs")}, Out: in("logs"), Force: true}, true, "inside the evidence"},
		{"output is a file of the evidence", Options{Evidence: []string{in("logs/access.log")}, Out: in("logs/access.log"), Force: true}, true, "inside the evidence"},
		{"temp inside the evidence", Options{Evidence: []string{in("logs")}, Temp: in("logs")}, true, "inside the evidence"},
		{"output exists", Options{Evidence: []string{in("logs")}, Out: in("there")}, false, "exists"},
		{"output is no case", Options{Evidence: []string{in("logs")}, Out: in("there"), Force: true}, false, "there"},
		{"parent of output is a file", Options{Evidence: []string{in("logs")}, Out: in("sizes.csv/case")}, false, "sizes.csv"},
		{"inventory missing", Options{Evidence: []string{in("logs")}, Inventory: in("gone.csv")}, false, "gone.csv"},
		{"inventory is a folder", Options{Evidence: []string{in("logs")}, Inventory: in("nothing")}, false, "nothing"},
		{"inventory contradicts itself", Options{Evidence: []string{in("logs")}, Inventory: in("twice.csv")}, false, "twice.csv"},
		{"inventory without path", Options{Evidence: []string{in("logs")}, Inventory: in("nopath.csv")}, false, "nopath.csv"},
		{"inventory with a bad size", Options{Evidence: []string{in("logs")}, Inventory: in("badsize.csv")}, false, "many"},
		{"empty inventory", Options{Evidence: []string{in("logs")}, Inventory: in("noheader.csv")}, false, "noheader.csv"},
		{"binary inventory", Options{Evidence: []string{in("logs")}, Inventory: in("binary.csv")}, false, "binary.csv"},
		{"no geo database", Options{Evidence: []string{in("logs")}, Geo: []string{in("no.mmdb")}}, false, "no.mmdb"},
		{"geo database missing", Options{Evidence: []string{in("logs")}, Geo: []string{in("gone.mmdb")}}, false, "gone.mmdb"},
		{"unknown format", Options{Evidence: []string{in("logs")}, Formats: []PerSource{{"", "comon"}}}, true, `"comon"`},
		{"unknown meaning", Options{Evidence: []string{in("logs")}, Meanings: []PerSource{{"", "some"}}}, true, `"some"`},
		{"bad glob", Options{Evidence: []string{in("logs")}, Formats: []PerSource{{"[", "common"}}}, true, `"["`},
		{"bad expression", Options{Evidence: []string{in("logs")}, Recordings: []string{"re:("}}, true, "("},
		{"unknown table", Options{Evidence: []string{in("logs")}, Tables: []string{"pages"}}, false, `"pages"`},
		{"unknown compression", Options{Evidence: []string{in("logs")}, Compression: "rar"}, false, `"rar"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent := t.TempDir()
			if c.o.Out == "" {
				c.o.Out = filepath.Join(parent, "case")
			}
			_, err := Run(context.Background(), c.o)
			if err == nil {
				t.Fatal("no error")
			}
			var usage *UsageError
			if errors.As(err, &usage) != c.usage {
				t.Errorf("usage error: %v, want %v: %v", !c.usage, c.usage, err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			empty(t, "after the error", parent)
			if now := state(t, root); now != before {
				t.Errorf("something was touched:\n%s\nbefore\n%s", now, before)
			}
		})
	}
}

// TestDamagedEvidence: what can be read is used, what cannot is told, and none
// of it is touched.
func TestDamagedEvidence(t *testing.T) {
	whole := func(client string) string { // tail.gz and padded.gz hold the same, the others share no line
		var lines strings.Builder
		for i := range 2000 {
			lines.WriteString(get(client, i, "/a/x.wav", 200, 1000+i))
		}
		return packed(t, lines.String())
	}
	cutOff := whole("192.0.2.1")
	root := files(t, map[string]string{
		"binary":     "\x7fELF\x02\x01\x00\n\x00\x03\nxx\x00\x00\xff\n",
		"cut.gz":     cutOff[:len(cutOff)-100],
		"empty.log":  "",
		"good.log":   get("192.0.2.1", 1, "/a/x.wav", 200, 1000),
		"head.gz":    cutOff[:8],
		"notes.txt":  "# shopping\nbread\n\nmilk",
		"tail.gz":    whole("192.0.2.4") + "rubbish that is no gzip",
		"twice.gz":   whole("192.0.2.5") + packed(t, get("192.0.2.2", 1, "/a/y.wav", 200, 5)),
		"zeroed.log": get("192.0.2.3", 1, "/a/x.wav", 200, 7) + strings.Repeat("\x00", 4096),
		"padded.gz":  whole("192.0.2.4") + strings.Repeat("\x00", 512),
	})
	before := state(t, root)
	dir, out := analyse(t, Options{Evidence: []string{root}})
	if !out.Damaged {
		t.Error("the run is not damaged")
	}
	got := table(t, dir, casefile.TableSources)
	cut := int64(len(stream(t, filepath.Join(root, "cut.gz"))))
	for _, r := range got {
		// What the error says is the business of pkg/evidence.
		r["error"] = r["error"] != nil
		if r["path"] == "cut.gz" {
			if n := r["stream_bytes"].(int64); n != cut || n < 1000 {
				t.Errorf("%d bytes of a cut gzip, a plain reader gives %d", n, cut)
			}
			if n := r["requests"].(int64); n < 100 || n+r["rejected"].(int64) != r["lines"].(int64) {
				t.Errorf("a cut gzip gave %d requests of %d lines", n, r["lines"])
			}
			r["lines"], r["requests"], r["rejected"] = "", "", ""
		}
	}
	want(t, "sources", show(got, "path", "lines", "requests", "other", "rejected", "comments", "blank", "error"), `
binary 3 0 0 3 0 0 true
cut.gz "" "" 0 "" 0 0 true
empty.log 0 0 0 0 0 0 false
good.log 1 1 0 0 0 0 false
head.gz 0 0 0 0 0 0 true
notes.txt 4 0 0 3 0 1 true
padded.gz 2000 2000 0 0 0 0 false
tail.gz 2000 0 0 0 0 0 true
twice.gz 2001 2001 0 0 0 0 false
zeroed.log 2 1 0 1 0 0 false
`)
	reasons := map[any]int{}
	for _, r := range table(t, dir, casefile.TableRejects) {
		reasons[r["reason"]]++
	}
	if reasons["unknown_format"] != 6 || reasons["nul_bytes"] != 1 {
		t.Errorf("reasons %v", reasons)
	}
	warnings := strings.Join(out.Summary.Warnings, "\n")
	for _, says := range []string{
		"binary: unknown format", "notes.txt: unknown format", "cut.gz: ", "head.gz: ", "tail.gz: ", "padded.gz: ",
		"empty.log is empty", "tail.gz has the same content as padded.gz", "zeroed.log: 1 of 2 lines could not be read",
	} {
		if !strings.Contains(warnings, says) {
			t.Errorf("no warning says %q:\n%s", says, warnings)
		}
	}
	if now := state(t, root); now != before {
		t.Errorf("evidence was touched:\n%s\nbefore\n%s", now, before)
	}
}

// TestTextAtEnd: where a log ends without a newline, a line that ends with its
// path may be cut in it: it is a reject, and no download of another recording.
func TestTextAtEnd(t *testing.T) {
	log := "Dec 30 08:12:01 nas smbd_audit: anna|203.0.113.7|openat|ok|r|/srv/calls/a.mp3\n"
	cut := log + "Dec 30 08:12:02 nas smbd_audit: anna|203.0.113.7|openat|ok|r|/srv/calls/b.mp3"
	root := files(t, map[string]string{"cut.log": cut, "whole.log": cut + "\n"})
	dir, _ := analyse(t, Options{Evidence: []string{root}, Years: []PerSource{{Value: "2019"}}})
	want(t, "sources", show(table(t, dir, casefile.TableSources), "path", "format", "requests", "rejected"),
		"cut.log samba_full_audit 1 1\nwhole.log samba_full_audit 2 0\n")
	want(t, "rejects", show(table(t, dir, casefile.TableRejects), "line", "reason"), "2 cut_off\n")
}

// TestUndamaged: a run on good evidence is not damaged, rejects or not.
func TestUndamaged(t *testing.T) {
	root := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000) + "rubbish\n", "empty.log": ""})
	if _, out := analyse(t, Options{Evidence: []string{root}}); out.Damaged {
		t.Errorf("damaged: %v", out.Summary.Warnings)
	}
}

// TestStdin: standard input is a source like others, and no reader for it is an
// error of that source.
func TestStdin(t *testing.T) {
	log := get("192.0.2.1", 1, "/a/x.wav", 200, 1000)
	for name, text := range map[string]string{"plain": log, "gzip": packed(t, log)} {
		dir, out := analyse(t, Options{Evidence: []string{"-"}, Stdin: strings.NewReader(text)})
		want(t, name, show(table(t, dir, casefile.TableSources), "path", "lines", "requests", "bytes", "error"),
			"- 1 1 "+show([]row{{"n": len(text)}}, "n")[:len(show([]row{{"n": len(text)}}, "n"))-1]+" null\n")
		if out.Damaged {
			t.Errorf("%s: damaged: %v", name, out.Summary.Warnings)
		}
	}
	if _, out := analyse(t, Options{Evidence: []string{"-"}}); !out.Damaged {
		t.Error("no standard input, and nothing is damaged")
	}
}

// TestForce: the new case takes the place of the old one, and only when it is
// whole.
func TestForce(t *testing.T) {
	out := filepath.Join(t.TempDir(), "case")
	one := files(t, map[string]string{"a.log": get("192.0.2.1", 1, "/a/x.wav", 200, 1000)})
	two := files(t, map[string]string{"a.log": get("192.0.2.2", 1, "/a/y.wav", 200, 1000)})
	analyse(t, Options{Evidence: []string{one}, Out: out})
	before := state(t, out)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Options{Evidence: []string{two}, Out: out, Force: true}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("error %v", err)
	}
	if now := state(t, out); now != before {
		t.Error("a run that was interrupted touched the earlier case")
	}
	analyse(t, Options{Evidence: []string{two}, Out: out, Force: true})
	want(t, "clients", show(table(t, out, casefile.TableClients), "client"), "192.0.2.2\n")
	if problems, err := casefile.Verify(out); err != nil || len(problems) > 0 {
		t.Errorf("the new case: %v %v", problems, err)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the case: %v %v", entries, err)
	}
}
