package pipeline

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommonSize: a log-in page answers for every path with the same bytes. It
// counts as possible at most, and as likely where the inventory says that the
// recording has that very size.
func TestCommonSize(t *testing.T) {
	test := func(name string, recordings, others int, inventory string, likely int64, warned bool) {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			for i := range recordings {
				fmt.Fprintf(&log, "192.0.2.1 - - [10/Oct/2018:13:55:36 +0000] \"GET /a/%d.wav HTTP/1.1\" 200 512 \"-\" \"-\"\n", i)
			}
			for i := range others {
				fmt.Fprintf(&log, "192.0.2.1 - - [10/Oct/2018:13:55:36 +0000] \"GET /b/%d.wav HTTP/1.1\" 200 %d \"-\" \"-\"\n", i, 100_000+i)
			}
			o := Options{Evidence: []string{files(t, map[string]string{"access.log": log.String()})}}
			if inventory != "" {
				o.Inventory = filepath.Join(files(t, map[string]string{"files.csv": inventory}), "files.csv")
			}
			_, out := analyse(t, o)
			s := out.Summary
			if got := s.Counts["likely"].Pairs; got != likely {
				t.Errorf("likely pairs: %d, want %d", got, likely)
			}
			if got := s.Counts["possible"].Pairs; got != int64(recordings+others) {
				t.Errorf("possible pairs: %d, want %d", got, recordings+others)
			}
			if got := strings.Contains(strings.Join(s.Warnings, "\n"), "same 512 bytes"); got != warned {
				t.Errorf("warned: %v\n%s", got, strings.Join(s.Warnings, "\n"))
			}
		})
	}
	test("a log-in page", 120, 10, "", 10, true)
	test("too few", 24, 10, "", 34, false)
	test("a small share", 120, 2500, "", 2620, false)
	var inventory strings.Builder
	inventory.WriteString("path,size\n")
	for i := range 120 {
		fmt.Fprintf(&inventory, "/a/%d.wav,512\n", i)
	}
	test("recordings of one size", 120, 10, inventory.String(), 130, false)
}
