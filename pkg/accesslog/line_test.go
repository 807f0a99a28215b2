package accesslog

import (
	"bytes"
	"fmt"
	"testing"
)

func TestLines(t *testing.T) {
	test := func(data string, want ...string) {
		t.Helper()
		lines := NewLines([]byte(data))
		var got []string
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			got = append(got, fmt.Sprintf("%d %q %v", line.Start, line.Text, line.Terminated))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, want %v", data, got, want)
		}
	}
	test("")
	test("\n", `0 "" true`)
	test("\r\n", `0 "" true`)
	test("\r", `0 "" false`)
	test("a", `0 "a" false`)
	test("a\r", `0 "a" false`)
	test("a\n", `0 "a" true`)
	test("a\nb", `0 "a" true`, `2 "b" false`)
	test("a\r\nb\r\n", `0 "a" true`, `3 "b" true`)
	test("a\r\r\n\n", `0 "a\r" true`, `4 "" true`)
	test("a\rb\n", `0 "a\rb" true`)
	test("\x00a\n\x00", `0 "\x00a" true`, `3 "\x00" false`)
}

// TestLinesBorrow: appending to a line's text must not write into the chunk.
func TestLinesBorrow(t *testing.T) {
	data := []byte("abc\ndef\n")
	lines := NewLines(data)
	line, _ := lines.Next()
	_ = append(line.Text, "xyz"...)
	if !bytes.Equal(data, []byte("abc\ndef\n")) {
		t.Errorf("the chunk became %q", data)
	}
}

func TestLineKinds(t *testing.T) {
	test := func(line string, blank, comment bool, behindNUL string) {
		t.Helper()
		if got := Blank([]byte(line)); got != blank {
			t.Errorf("Blank(%q) = %v", line, got)
		}
		if got := Comment([]byte(line)); got != comment {
			t.Errorf("Comment(%q) = %v", line, got)
		}
		if got := SkipNUL([]byte(line)); string(got) != behindNUL {
			t.Errorf("SkipNUL(%q) = %q", line, got)
		}
	}
	test("", true, false, "")
	test(" \t ", true, false, " \t ")
	test("\x00", false, false, "")
	test("\x00\x00a\x00", false, false, "a\x00")
	test("a", false, false, "a")
	test("\r", false, false, "\r")
	test("#", false, true, "#")
	test("#Fields: date", false, true, "#Fields: date")
	test(" #", false, false, " #")
}
