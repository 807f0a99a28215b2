package accesslog

import "bytes"

// stamp keeps the text of the last time and what it came to: lines come in
// bursts of the same second.
type stamp struct {
	text   [40]byte
	n      int
	time   int64
	offset int16
	flags  Flags
}

// seen sets r from the last time if text is the same.
func (s *stamp) seen(text []byte, r *Record) bool {
	if s.n == 0 || string(text) != string(s.text[:s.n]) {
		return false
	}
	r.Time, r.UTCOffsetMin = s.time, s.offset
	r.Flags |= s.flags
	return true
}

// set keeps a time and sets r from it.
func (s *stamp) set(text []byte, t int64, offset int16, flags Flags, r *Record) {
	s.n = 0
	if len(text) <= len(s.text) {
		s.n = copy(s.text[:], text)
	}
	s.time, s.offset, s.flags = t, offset, flags
	r.Time, r.UTCOffsetMin = t, offset
	r.Flags |= flags
}

// setLocal is set for a date and clock of a zone that is not logged.
func (s *stamp) setLocal(text []byte, c *localClock, d date, flags Flags, r *Record) bool {
	if !d.valid() {
		return false
	}
	t, offset, ambiguous := c.at(d.year, d.month, d.day, d.hour, d.minute, d.second, d.micros)
	if ambiguous {
		flags |= FlagAmbiguousTime
	}
	s.set(text, t, offset, flags, r)
	return true
}

// date is a date and clock as a log writes it. Parts that are no numbers are
// -1, a month that is none 0.
type date struct {
	year, month, day, hour, minute, second int
	micros                                 int64
}

// valid allows a leap second.
func (d date) valid() bool {
	return d.year >= 0 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= daysIn(d.year, d.month) &&
		d.hour >= 0 && d.hour <= 23 && d.minute >= 0 && d.minute <= 59 && d.second >= 0 && d.second <= 60
}

// clock reads hh:mm:ss.
func (d *date) clock(b []byte) bool {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return false
	}
	d.hour, d.minute, d.second = twoDigits(b), twoDigits(b[3:]), twoDigits(b[6:])
	return true
}

// ctimeClock reads the times of C's ctime: Mon Feb 21 15:21:32 2011, with a
// day of one digit behind one space or two. They are local.
type ctimeClock struct {
	local localClock
	last  stamp
}

// cut reads the time at the begin of line into r and gives what stands behind
// it and its space.
func (c *ctimeClock) cut(line []byte, r *Record) (rest []byte, ok bool) {
	if c.last.n > 0 && len(line) > c.last.n && line[c.last.n] == ' ' && c.last.seen(line[:c.last.n], r) {
		return line[c.last.n+1:], true
	}
	if len(line) < 24 || !isWeekday(line) || line[3] != ' ' || line[7] != ' ' {
		return nil, false
	}
	d := date{month: monthOf(line[4:])}
	tail, ok := cutDay(line[8:], &d)
	if !ok || len(tail) < 14 || !d.clock(tail) || tail[8] != ' ' || tail[13] != ' ' {
		return nil, false
	}
	d.year = fourDigits(tail[9:])
	n := len(line) - len(tail) + 13
	if !c.last.setLocal(line[:n], &c.local, d, 0, r) {
		return nil, false
	}
	return line[n+1:], true
}

// cutDay reads " 7 ", "7 " or "17 ".
func cutDay(b []byte, d *date) (rest []byte, ok bool) {
	if len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	word, rest, ok := cutWord(b)
	if !ok || len(word) > 2 {
		return nil, false
	}
	v, ok := wholeNumber(word)
	d.day = int(v)
	return rest, ok
}

func fourDigits(b []byte) int {
	high, low := twoDigits(b), twoDigits(b[2:])
	if high < 0 || low < 0 {
		return -1
	}
	return high*100 + low
}

var weekdays = []byte("MonTueWedThuFriSatSun")

// isWeekday says whether b starts with an English day's three letters.
func isWeekday(b []byte) bool {
	return len(b) >= 3 && bytes.Index(weekdays, b[:3])%3 == 0
}
