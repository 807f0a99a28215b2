package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/logrecount/recount/internal/pipeline"
)

func TestFinish(t *testing.T) {
	tests := []struct {
		err  error
		code int
		want string
	}{
		{nil, exitDone, ""},
		{fmt.Errorf("write: %w", syscall.EPIPE), exitDone, ""},
		{errors.New("it broke"), exitFailed, "recount: error: it broke\n"},
		{&failure{errors.New("it broke"), "mend it"}, exitFailed, "recount: error: it broke\nrecount: hint: mend it\n"},
		{fmt.Errorf("scan: %w", context.Canceled), exitFailed, "recount: error: interrupted; no case was written\n"},
		{fmt.Errorf("flags: %w", &pipeline.UsageError{Err: errors.New("no"), Hint: "yes"}), exitUsage, "recount: error: flags: no\nrecount: hint: yes\n"},
		{&pipeline.UsageError{Err: errors.New("no")}, exitUsage, "recount: error: no\n"},
		{errDamaged, exitDamaged, "recount: warning: some evidence was damaged or unread; the case says what and why\n"},
		{errors.Join(errors.New("one"), errors.New("two")), exitFailed, "recount: error: one; two\n"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if code := finish(tt.err, &b); code != tt.code || b.String() != tt.want {
			t.Errorf("%v: code %d, %q; want %d, %q", tt.err, code, &b, tt.code, tt.want)
		}
	}
}

// Some of what was not read is named, and how many more there are.
func TestSayUnread(t *testing.T) {
	var b bytes.Buffer
	sayUnread(&b, []string{"a: cut", "b: locked\x1b"})
	if want := "recount: warning: a: cut\nrecount: warning: b: locked\\x1b\n"; b.String() != want {
		t.Errorf("%q, want %q", &b, want)
	}
	b.Reset()
	sayUnread(&b, strings.Split("abcdefg", ""))
	if n := strings.Count(b.String(), "\n"); n != 6 || !strings.HasSuffix(b.String(), "recount: warning: and 2 more\n") {
		t.Errorf("%q", &b)
	}
}

// Names in messages may be hostile.
func TestSayEscapes(t *testing.T) {
	var b bytes.Buffer
	say(&b, "error", "open \x1b]0;evil\x07\u202e\r\nrecount: error: forged")
	if strings.ContainsAny(b.String(), "\x1b\x07\u202e\r") || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("%q", &b)
	}
}

func TestProgressLine(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		p    pipeline.Progress
		want string
	}{
		{pipeline.Progress{Phase: "scan", Bytes: 30 * mib, TotalBytes: 90 * mib, Requests: 12, Rejects: 1}, "scan: 30 MiB of 90 MiB, 3 MiB/s, 20s left, 12 requests, 1 rejects"},
		{pipeline.Progress{Phase: "scan", Bytes: 30 * mib}, "scan: 30 MiB, 3 MiB/s, 0 requests, 0 rejects"},
		{pipeline.Progress{Phase: "group", Recordings: 5}, "group: 5 recordings"},
		{pipeline.Progress{Phase: "write"}, "write"},
	}
	for _, tt := range tests {
		if got := progressLine(tt.p, 10*time.Second); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// The bar goes when the analysis ends, whatever phase it was in, and no text of
// a log reaches the terminal as it is.
func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	p.lines = false
	for i := range int64(4) {
		p.update(pipeline.Progress{Phase: "scan", Source: "evil\x1b[31m.log", Bytes: i * 25, TotalBytes: 100})
		time.Sleep(120 * time.Millisecond)
	}
	p.update(pipeline.Progress{Phase: "group", Recordings: 7})
	p.close()
	p.close()
	if !strings.Contains(b.String(), "scan") || strings.Contains(b.String(), "\x1b[31m") {
		t.Errorf("%q", &b)
	}
	var none *progress
	none.close()
}
