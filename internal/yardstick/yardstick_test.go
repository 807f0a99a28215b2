package yardstick

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestGolden pins the bytes: figures measured on different days are only
// comparable on the same log. Whoever changes it says so beside the figures.
func TestGolden(t *testing.T) {
	const (
		wantLog       = "47703ad64e7dc449f2b007dd7c71d04a499a20cb1456145ff1e116eb77a37b03"
		wantInventory = "4500136c5011995a43c8d134a84ed3d5ed9ad8b41378ba003c022f8e8d8751c3"
	)
	opt := Options{Lines: 20_000, Seed: 1177}
	log, inventory := sha256.New(), sha256.New()
	if _, err := WriteLog(log, opt); err != nil {
		t.Fatal(err)
	}
	if err := WriteInventory(inventory, opt); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(log.Sum(nil)); got != wantLog {
		t.Errorf("log %s, want %s", got, wantLog)
	}
	if got := hex.EncodeToString(inventory.Sum(nil)); got != wantInventory {
		t.Errorf("inventory %s, want %s", got, wantInventory)
	}
}

var combined = regexp.MustCompile(`^(\S+) - - \[([^]]+)\] "(GET|HEAD|POST) (\S+) HTTP/1\.1" (\d{3}) (\d+) "[^"]*" "[^"]*"$`)

// TestTruth reads a log back with a plain regular expression and compares what
// it finds with what the generator says, and with the proportions promised.
func TestTruth(t *testing.T) {
	opt := Options{Lines: 200_000, Seed: 7}
	var buf, inv bytes.Buffer
	stats, err := WriteLog(&buf, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteInventory(&inv, opt); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&inv).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	size := map[string]int64{}
	phones := 0
	for _, row := range rows[1:] {
		size[row[0]], _ = strconv.ParseInt(row[1], 10, 64)
		if row[3] != "" && strings.Contains(row[0], "_"+row[3]+"_") {
			phones++
		}
	}
	got := Stats{Bytes: int64(buf.Len())}
	asked := map[string]bool{}
	clients := map[string]bool{}
	statuses := map[string]int64{}
	var last time.Time
	var whole, tooLong int
	for line := range strings.Lines(buf.String()) {
		got.Lines++
		m := combined.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			got.Damaged++
			continue
		}
		when, err := time.Parse("02/Jan/2006:15:04:05 -0700", m[2])
		if err != nil || when.Before(last) {
			t.Fatalf("line %d: time %q (%v) after %v", got.Lines, m[2], err, last)
		}
		last = when
		clients[m[1]] = true
		statuses[m[5]]++
		if want, ok := size[m[4]]; ok {
			got.OnRecords++
			asked[m[4]] = true
			n, _ := strconv.ParseInt(m[6], 10, 64)
			switch {
			case m[5] == "200" && n == want:
				whole++
			case n > want:
				tooLong++
			}
		} else if strings.HasSuffix(m[4], ".wav") {
			t.Fatalf("line %d: %s is not in the inventory", got.Lines, m[4])
		}
	}
	got.Recordings, got.Clients = int64(len(asked)), int64(len(clients))
	if got != stats {
		t.Errorf("read back %+v, generator says %+v", got, stats)
	}
	if mean := float64(got.Bytes) / float64(got.Lines); mean < 170 || mean > 175 {
		t.Errorf("mean line of %.1f bytes, want 172.5", mean)
	}
	if got.OnRecords != got.Lines*3/10 || len(size) != int(got.Recordings) || tooLong > 0 || whole < int(got.OnRecords)/2 {
		t.Errorf("%d lines on %d of %d recordings, %d whole, %d too long", got.OnRecords, got.Recordings, len(size), whole, tooLong)
	}
	if phones < len(size)/100 {
		t.Errorf("%d of %d recordings have a phone number", phones, len(size))
	}
	for _, s := range []string{"200", "206", "301", "304", "403", "404", "416", "500"} {
		if statuses[s] == 0 {
			t.Errorf("no line with status %s", s)
		}
	}
}

// TestClients reads back who asked for recordings: all of the clients asked for,
// up to one a recording, and no recording goes without.
func TestClients(t *testing.T) {
	const lines = 20_000
	recordings := Options{Lines: lines}.recordings()
	for _, n := range []int64{1, 2000, recordings} {
		var buf bytes.Buffer
		stats, err := WriteLog(&buf, Options{Lines: lines, Seed: 1177, Clients: n})
		if err != nil {
			t.Fatal(err)
		}
		clients, asked := map[string]bool{}, map[string]bool{}
		for line := range strings.Lines(buf.String()) {
			if m := combined.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil && strings.HasSuffix(m[4], ".wav") {
				clients[m[1]], asked[m[4]] = true, true
			}
		}
		if stats.Clients != n || int64(len(clients)) != n || int64(len(asked)) != recordings || stats.Recordings != recordings {
			t.Errorf("%d clients: %d asked for %d of %d recordings; %+v", n, len(clients), len(asked), recordings, stats)
		}
	}
	for _, n := range []int64{-1, recordings + 1} {
		if _, err := WriteLog(io.Discard, Options{Lines: lines, Clients: n}); err == nil {
			t.Errorf("%d clients for %d recordings: no error", n, recordings)
		}
	}
}

func TestSeedMatters(t *testing.T) {
	var a, b, c bytes.Buffer
	for _, x := range []struct {
		buf  *bytes.Buffer
		seed uint64
	}{{&a, 1}, {&b, 1}, {&c, 2}} {
		if _, err := WriteLog(x.buf, Options{Lines: 1000, Seed: x.seed}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) || bytes.Equal(a.Bytes(), c.Bytes()) {
		t.Error("the same seed must give the same log, another seed another log")
	}
}

func TestAddressesDiffer(t *testing.T) {
	const n = 500_000 // as for 55 million lines
	seen := make(map[string]bool, n)
	for i := range int64(n) {
		seen[address(1177, i)] = true
	}
	if len(seen) != n {
		t.Errorf("%d clients share %d addresses", n, len(seen))
	}
}

func TestSmallest(t *testing.T) {
	for n := range int64(20) {
		stats, err := WriteLog(io.Discard, Options{Lines: n + 1})
		if err != nil || stats.Lines != n+1 {
			t.Errorf("%d lines: %+v, %v", n+1, stats, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	opt := Options{Lines: 20_000}
	if _, err := WriteLog(full{}, opt); err == nil {
		t.Error("log: no error on a full disk")
	}
	if err := WriteInventory(full{}, opt); err == nil {
		t.Error("inventory: no error on a full disk")
	}
}

func BenchmarkWriteLog(b *testing.B) {
	opt := Options{Lines: 100_000, Seed: 1177}
	stats, _ := WriteLog(io.Discard, opt)
	b.SetBytes(stats.Bytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := WriteLog(io.Discard, opt); err != nil {
			b.Fatal(err)
		}
	}
}
