package accesslog

import (
	"fmt"
	"testing"
	"time"
)

// TestCLFTime reads with one clock throughout, so that what it keeps is tested
// too. The standard library checks the arithmetic.
func TestCLFTime(t *testing.T) {
	var clock clfClock
	test := func(text, want string) {
		t.Helper()
		us, offset, ok := clock.parse([]byte(text))
		if !ok {
			t.Errorf("%s: refused", text)
			return
		}
		at, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		_, seconds := at.Zone()
		if us != at.UnixMicro() || int(offset)*60 != seconds {
			t.Errorf("%s: %d %+d, want %d %+d", text, us, offset, at.UnixMicro(), seconds/60)
		}
	}
	test("10/Oct/2000:13:55:36 -0700", "2000-10-10T13:55:36-07:00")
	test("10/Oct/2000:13:55:37 -0700", "2000-10-10T13:55:37-07:00")
	test("10/Oct/2000:13:55:36 -0700", "2000-10-10T13:55:36-07:00")
	test("10/Oct/2000:13:55:36 +0700", "2000-10-10T13:55:36+07:00")
	test("10/Oct/2000:13:56:36 +0700", "2000-10-10T13:56:36+07:00")
	test("10/Oct/2000:13:56:00 +0000", "2000-10-10T13:56:00Z")
	test("10/Oct/2000:13:56:00 -0000", "2000-10-10T13:56:00Z")
	test("10/Oct/2000:13:56:01 +0530", "2000-10-10T13:56:01+05:30")
	test("10/Oct/2000:13:56:01 -0330", "2000-10-10T13:56:01-03:30")
	test("10/Oct/2000:13:56:01 +1245", "2000-10-10T13:56:01+12:45")
	test("10/Oct/2000:13:56:01 +1400", "2000-10-10T13:56:01+14:00")
	test("10/Oct/2000:13:56:01 -0015", "2000-10-10T13:56:01-00:15")
	test("31/Dec/1999:23:59:59 +0000", "1999-12-31T23:59:59Z")
	test("01/Jan/2000:00:30:00 +0100", "2000-01-01T00:30:00+01:00")
	test("31/Dec/1999:23:30:00 -0100", "1999-12-31T23:30:00-01:00")
	test("29/Feb/2000:00:00:00 +0000", "2000-02-29T00:00:00Z")
	test("29/Feb/2024:12:00:00 +0000", "2024-02-29T12:00:00Z")
	test("28/Feb/1900:12:00:00 +0000", "1900-02-28T12:00:00Z")
	test("01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00Z")
	test("31/Dec/1969:23:59:59 +0000", "1969-12-31T23:59:59Z")
	test("01/Jan/0000:00:00:00 +0000", "0000-01-01T00:00:00Z")
	test("31/Dec/9999:23:59:59 +0000", "9999-12-31T23:59:59Z")
	test("31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z") // a leap second
	test("31/Dec/2016:23:59:59 +0000", "2016-12-31T23:59:59Z")
	test("31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z")
	for i, name := range []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"} {
		test("07/"+name+"/2015:01:02:03 +0100", fmt.Sprintf("2015-%02d-07T01:02:03+01:00", i+1))
	}
	test("07/JAN/2015:01:02:03 +0100", "2015-01-07T01:02:03+01:00")
	test("07/jan/2015:01:02:03 +0100", "2015-01-07T01:02:03+01:00")
}

func TestCLFTimeRefused(t *testing.T) {
	for _, text := range []string{
		"00/Jan/2015:01:02:03 +0100", "32/Jan/2015:01:02:03 +0100", "31/Apr/2015:01:02:03 +0100", "31/Jun/2015:01:02:03 +0100",
		"31/Sep/2015:01:02:03 +0100", "31/Nov/2015:01:02:03 +0100", "30/Feb/2016:01:02:03 +0100", "29/Feb/2015:01:02:03 +0100",
		"29/Feb/1900:01:02:03 +0100", "07/Jxn/2015:01:02:03 +0100", "07/01./2015:01:02:03 +0100",
		"07/*AN/2015:01:02:03 +0100", "07-Jan-2015:01:02:03 +0100", "07/Jan/2015 01:02:03 +0100", "07/Jan/2015:24:02:03 +0100",
		"07/Jan/2015:01:60:03 +0100", "07/Jan/2015:01:02:61 +0100", "07/Jan/2015:01:02:99 +0100", "07/Jan/2015:01:02:03 01000",
		"07/Jan/2015:01:02:03  0100", "07/Jan/2015:01:02:03 +2400", "07/Jan/2015:01:02:03 +0160", "07/Jan/2015:01:02:03 +01:0",
		"07/Jan/2015:01:02:03 +0a00", " 7/Jan/2015:01:02:03 +0100", "07/Jan/2015:01:02: 3 +0100", "+7/Jan/2015:01:02:03 +0100",
		"07/Jan/2O15:01:02:03 +0100", "07/Jan/2015:01:02:-3 +0100", "07/Jan/2015:1:02:03.0 +010", "                          ",
	} {
		for _, before := range []string{"", "07/Jan/2015:01:02:03 +0100", text} {
			var clock clfClock
			if before != "" {
				clock.parse([]byte(before))
			}
			if us, offset, ok := clock.parse([]byte(text)); ok || us != NoTime || offset != 0 {
				t.Errorf("%q after %q: %d %d %v", text, before, us, offset, ok)
			}
			// A refused time must not spoil the next.
			us, _, ok := clock.parse([]byte("07/Jan/2015:01:02:04 +0100"))
			if want := time.Date(2015, 1, 7, 0, 2, 4, 0, time.UTC).UnixMicro(); !ok || us != want {
				t.Errorf("after %q: %d %v, want %d", text, us, ok, want)
			}
		}
	}
}

// TestCLFTimeEveryDay compares each day of 2,000 years, at odd times of day.
func TestCLFTimeEveryDay(t *testing.T) {
	var clock clfClock
	at := time.Date(1000, 1, 1, 0, 0, 0, 0, time.FixedZone("", -5400))
	for range 2000 * 366 / 3 {
		at = at.Add(3*24*time.Hour + 61*time.Second)
		text := at.Format("02/Jan/2006:15:04:05 -0700")
		if us, offset, ok := clock.parse([]byte(text)); !ok || us != at.UnixMicro() || offset != -90 {
			t.Fatalf("%s: %d %d %v, want %d", text, us, offset, ok, at.UnixMicro())
		}
	}
}
