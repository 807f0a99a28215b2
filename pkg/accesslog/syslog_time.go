package accesslog

// syslogTime is the time of a line of syslog.
type syslogTime struct {
	us     int64 // NoTime: none was written, or it has no year
	offset int16
	local  bool // no zone was written: it is in Reading.Zone
	flags  Flags
}

// set takes t over into r.
func (t syslogTime) set(r *Record) {
	r.Time, r.UTCOffsetMin, r.LocalTime = t.us, t.offset, t.local
	r.Flags |= t.flags
}

// syslogClock reads the times of syslog. Those of RFC 3164 have no year; it
// follows from the user's word and the order of the lines, so the clock must
// see all lines of a source. Where the user said nothing, such a line has no
// time: a made-up year would stand beside the true times of other sources, and
// a client would seem to have come before it did.
type syslogClock struct {
	iso   jsonClock
	local localClock
	years yearClock
	last  [15]byte // of RFC 3164
	time  syslogTime
	known bool
}

func newSyslogClock(reading Reading) syslogClock {
	return syslogClock{iso: newJSONClock(reading, true), local: localClock{zone: reading.location()}, years: yearClock{base: reading.Year}}
}

// at is the time of a line, false if what stands there is none.
func (c *syslogClock) at(l *syslogLine) (t syslogTime, ok bool) {
	switch {
	case l.rfc3164 && c.known && string(l.stamp) == string(c.last[:]):
		return c.time, true
	case l.rfc3164:
		c.time, c.known = c.yearless(l.stamp)
		copy(c.last[:], l.stamp)
		return c.time, c.known
	case isNilStamp(l.stamp):
		return syslogTime{us: NoTime}, true
	}
	iso, ok := c.iso.text(l.stamp)
	t.us, t.offset, t.local = iso.us, iso.offset, !hasOffset(l.stamp)
	if iso.ambiguous {
		t.flags = FlagAmbiguousTime
	}
	return t, ok
}

// hasOffset says whether a time of ISO 8601 ends with Z or an offset.
func hasOffset(stamp []byte) bool {
	for _, c := range stamp[len("2022-02-09T20:53:37"):] {
		if c == 'Z' || c == 'z' || c == '+' || c == '-' {
			return true
		}
	}
	return false
}

// leapYear has a 29 February: a date of an unknown year may be one.
const leapYear = 1972

// yearless reads Jun  4 10:32:02 or Jun 04 10:32:02.
func (c *syslogClock) yearless(b []byte) (t syslogTime, ok bool) {
	d := date{year: leapYear, month: monthOf(b), day: paddedDay(b[4:])}
	if !d.clock(b[7:]) || !d.valid() {
		return t, false // what is no day of any year says nothing of the order
	}
	if c.years.base == 0 {
		return syslogTime{us: NoTime, flags: FlagNoYear}, true
	}
	if d.year = c.years.of(d.month); !d.valid() {
		return t, false
	}
	t = syslogTime{local: true, flags: FlagYearInferred}
	var ambiguous bool
	if t.us, t.offset, ambiguous = c.local.at(d.year, d.month, d.day, d.hour, d.minute, d.second, 0); ambiguous {
		t.flags |= FlagAmbiguousTime
	}
	return t, true
}

// paddedDay reads " 7", "07" or "17"; -1 if it is none.
func paddedDay(b []byte) int {
	if b[0] != ' ' {
		return twoDigits(b)
	}
	if b[1]-'0' > 9 {
		return -1
	}
	return int(b[1] - '0')
}
