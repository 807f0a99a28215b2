package accesslog

import "time"

// dayClock reads dates of the form 2006-01-02 and keeps the last one, since a
// log has few days.
type dayClock struct {
	last             [10]byte
	year, month, day int
	micros           int64 // of midnight UTC
	valid            bool
}

// parse reads a date; its answer is in the clock.
func (c *dayClock) parse(b []byte) bool {
	if len(b) != 10 {
		return false
	}
	if c.valid && string(b) == string(c.last[:]) {
		return true
	}
	century, year, month, day := twoDigits(b), twoDigits(b[2:]), twoDigits(b[5:]), twoDigits(b[8:])
	if century < 0 || year < 0 || b[4] != '-' || b[7] != '-' || month < 1 || month > 12 || day < 1 || day > daysIn(century*100+year, month) {
		c.valid = false
		return false
	}
	c.set(century*100+year, month, day)
	copy(c.last[:], b)
	c.valid = true
	return true
}

func (c *dayClock) set(year, month, day int) {
	c.year, c.month, c.day = year, month, day
	c.micros = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).UnixMicro()
}

// timeOfDay is a clock time without a date.
type timeOfDay struct {
	hour, minute, second int
	micros               int64 // of the second
}

func (t timeOfDay) sinceMidnight() int64 {
	return int64(t.hour*3600+t.minute*60+t.second)*1e6 + t.micros
}

// parseTimeOfDay reads 15:04:05 with a fraction or without; digits of it
// beyond the sixth are dropped. A leap second :60 is the one after :59.
func parseTimeOfDay(b []byte) (t timeOfDay, ok bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return t, false
	}
	t.hour, t.minute, t.second = twoDigits(b), twoDigits(b[3:]), twoDigits(b[6:])
	if t.hour < 0 || t.hour > 23 || t.minute < 0 || t.minute > 59 || t.second < 0 || t.second > 60 {
		return t, false
	}
	if len(b) == 8 {
		return t, true
	}
	if b[8] != '.' || len(b) == 9 || len(b) > 18 {
		return t, false
	}
	scale := int64(1e5)
	for _, c := range b[9:] {
		d := c - '0'
		if d > 9 {
			return t, false
		}
		t.micros += int64(d) * scale
		scale /= 10
	}
	return t, true
}

// utcTime reads 2006-01-02T15:04:05 with a fraction or without, and with a Z or
// without where mustZ is false: microseconds since the epoch.
func (c *dayClock) utcTime(b []byte, mustZ bool) (int64, bool) {
	if len(b) < 19 || b[10] != 'T' {
		return NoTime, false
	}
	switch {
	case b[len(b)-1] == 'Z':
		b = b[:len(b)-1]
	case mustZ:
		return NoTime, false
	}
	t, ok := parseTimeOfDay(b[11:])
	if !ok || !c.parse(b[:10]) {
		return NoTime, false
	}
	return c.micros + t.sinceMidnight(), true
}
