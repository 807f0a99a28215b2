package accesslog

import (
	"testing"
	"time"
)

// TestLocalClock checks against Stockholm's clocks of 2018: forward on 25 March
// at 01:00 UTC, back on 28 October at 01:00 UTC.
func TestLocalClock(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip("no time zone database: ", err)
	}
	c := localClock{zone: zone}
	test := func(local, utc string, ambiguous bool) {
		t.Helper()
		l, err1 := time.Parse(time.DateTime, local)
		want, err2 := time.Parse(time.DateTime, utc)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		got, offset, twice := c.at(l.Year(), int(l.Month()), l.Day(), l.Hour(), l.Minute(), l.Second(), 5)
		if got != want.UnixMicro()+5 || twice != ambiguous || int64(offset)*60 != int64(l.Sub(want).Seconds()) {
			t.Errorf("%s: %s, offset %d, twice %v", local, time.UnixMicro(got).UTC(), offset, twice)
		}
	}
	test("2018-01-10 12:00:00", "2018-01-10 11:00:00", false)
	test("2018-07-10 12:00:00", "2018-07-10 10:00:00", false)
	test("2018-03-25 01:59:59", "2018-03-25 00:59:59", false)
	test("2018-03-25 02:30:00", "2018-03-25 01:30:00", true) // skipped: as if the clock had not changed
	test("2018-03-25 02:00:00", "2018-03-25 01:00:00", true)
	test("2018-03-25 02:59:59", "2018-03-25 01:59:59", true)
	test("2018-03-25 03:00:00", "2018-03-25 01:00:00", false)
	test("2018-10-28 01:59:59", "2018-10-27 23:59:59", false)
	test("2018-10-28 02:00:00", "2018-10-28 00:00:00", true)
	test("2018-10-28 02:59:59", "2018-10-28 00:59:59", true)
	test("2018-10-28 03:00:00", "2018-10-28 02:00:00", false)

	utc := localClock{}
	if got, offset, twice := utc.at(1970, 1, 1, 0, 0, 1, 0); got != 1e6 || offset != 0 || twice {
		t.Error(got, offset, twice)
	}
}
