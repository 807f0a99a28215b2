package accesslog

import (
	"fmt"
	"testing"
	"time"
)

func TestYearClock(t *testing.T) {
	test := func(base int, months []int, want ...int) {
		t.Helper()
		y := yearClock{base: base}
		var got []int
		for _, m := range months {
			got = append(got, y.of(m))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d %v: %v, want %v", base, months, got, want)
		}
	}
	test(2014, []int{11, 12, 1, 1, 12, 2}, 2014, 2014, 2015, 2015, 2014, 2015) // one of December came late
	test(2014, []int{3, 4, 3, 4, 5}, 2014, 2014, 2014, 2014, 2014)             // one of March came late
	test(2014, []int{2, 10, 9, 2}, 2014, 2014, 2014, 2015)                     // a long silence
	test(2014, []int{1, 12, 2}, 2014, 2013, 2014)                              // the log begins with a late line
	test(2014, []int{12, 1, 12, 1, 12}, 2014, 2015, 2014, 2015, 2014)
	test(2014, []int{6, 12, 6, 12, 6}, 2014, 2014, 2015, 2015, 2016)
}

// TestCtimeClock: the local zone is used, and the hour that occurs twice said.
func TestCtimeClock(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip(err)
	}
	c := ctimeClock{local: localClock{zone: stockholm}}
	test := func(line, want, rest string, flags Flags) {
		t.Helper()
		var r Record
		got, ok := c.cut([]byte(line), &r)
		at := time.UnixMicro(r.Time).UTC().Format(time.RFC3339)
		if !ok || at != want || string(got) != rest || r.Flags != flags {
			t.Errorf("%s: %s %q %v", line, at, got, r.Flags.Names())
		}
	}
	for range 2 {
		test("Mon Feb 21 15:21:32 2011 x y", "2011-02-21T14:21:32Z", "x y", 0)
		test("Sun Oct 30 02:30:00 2011 x", "2011-10-30T00:30:00Z", "x", FlagAmbiguousTime)
		test("Sun Jul  3 02:30:00 2011 ", "2011-07-03T00:30:00Z", "", 0)
		test("Sun Jul 3 02:30:01 2011 x", "2011-07-03T00:30:01Z", "x", 0)
		test("Sun Jul  3 02:30:60 2011 x", "2011-07-03T00:31:00Z", "x", 0)
	}
}
