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
	test(0, []int{12, 1}, unknownYear, unknownYear+1)
}

// TestLogPrefix: time, offset, tag and message of prefixes, or a refusal.
func TestLogPrefix(t *testing.T) {
	test := func(line, want string) {
		t.Helper()
		p := newLogPrefix(Reading{Year: 2015, Zone: time.FixedZone("", 3600)})
		var r Record
		r.Reset()
		tag, message, ok := p.cut([]byte(line), &r)
		got := "refused"
		if ok {
			zone := time.FixedZone("", int(r.UTCOffsetMin)*60)
			got = fmt.Sprintf("%s %s %q %v", time.UnixMicro(r.Time).In(zone).Format("2006-01-02T15:04:05.999999-07:00"), tag, message, r.Flags.Names())
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
	}
	const old = "2015-06-04T10:32:02+01:00"
	test("Jun  4 10:32:02 nas smbd_audit: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun  4 10:32:02 nas smbd_audit[77]: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun 04 10:32:02 smbd_audit[77]: a|b", old+` smbd_audit "a|b" [year_inferred]`)
	test("<14>Jun  4 10:32:02 nas WinFileService Event: x", old+` WinFileService "Event: x" [year_inferred]`)
	test("2022-02-09T20:53:37+01:00 nas a: m", `2022-02-09T20:53:37+01:00 a "m" []`)
	test("<0>2022-02-09T20:53:37.123456789-0330 nas a: m", `2022-02-09T20:53:37.123456-03:30 a "m" []`)
	test("2022-02-09T20:53:37 nas a: m", `2022-02-09T20:53:37+01:00 a "m" []`)
	test("<191>1 2022-02-09T20:53:37Z nas a 77 ID7 - m n", `2022-02-09T20:53:37+00:00 a "m n" []`)
	test("<191>1 2022-02-09T20:53:37Z - a - - [x y=\"]\\\" \"][z] \xef\xbb\xbfm", `2022-02-09T20:53:37+00:00 a "m" []`)
	for _, line := range []string{
		"", "<", "<14>", "<1x>Jun  4 10:32:02 nas a: m", "<12345>Jun  4 10:32:02 nas a: m", "Jun 31 10:32:02 nas a: m", "Jun  4 24:32:02 nas a: m",
		"Jux  4 10:32:02 nas a: m", "Jun  4 10:32:02 nas", "Feb 29 10:32:02 nas a: m", // 2015 has none
		"2022-02-30T20:53:37Z nas a: m", "2022-02-09T20:53:37. nas a: m", "2022-02-09T20:53:37+25:00 nas a: m", "2022-02-09 nas a: m",
		"<191>1 - nas a 77 - - m", "<191>1 2022-02-09T20:53:37Z nas a 77 - m", "<191>1 2022-02-09T20:53:37Z nas a 77 - [x m",
	} {
		test(line, "refused")
	}
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
