package accesslog

import "time"

// jsonClock reads the times that servers write into JSON: ISO 8601 with or
// without fraction and offset, the time of the common log format, and numbers
// since the epoch. It keeps the last minute. For one goroutine.
type jsonClock struct {
	clf    clfClock
	local  localClock
	minute [jsonMinuteLen]byte // text of the last minute
	unix   int64               // seconds of that minute, as if it were UTC
	known  bool

	zoneless bool // times without an offset are taken: their zone is known
}

// newJSONClock makes a clock. A time without an offset is refused unless the
// user named its zone, or the format says that its times have none.
func newJSONClock(reading Reading, zoneless bool) jsonClock {
	return jsonClock{local: localClock{zone: reading.location()}, zoneless: zoneless || reading.Zone != nil}
}

// jsonMinuteLen is the length of 2006-01-02T15:04:
const jsonMinuteLen = 17

// jsonTime is a time that was read.
type jsonTime struct {
	us        int64
	offset    int16
	ambiguous bool
}

// set takes t over into r.
func (t jsonTime) set(r *Record) {
	r.Time, r.UTCOffsetMin = t.us, t.offset
	if t.ambiguous {
		r.Flags |= FlagAmbiguousTime
	}
}

// timeForm is how a time is written.
type timeForm uint8

const (
	timeAuto   timeForm = iota // a string: ISO 8601 or common log; a number: the unit by its size
	timeText                   // ISO 8601 or common log
	timeLocal                  // the same, without an offset
	timeUnix                   // seconds since the epoch, perhaps with a fraction
	timeMillis                 // milliseconds
	timeMicros
	timeNanos
)

// value reads the time in a slot.
func (c *jsonClock) value(v jsonValue, form timeForm) (t jsonTime, ok bool) {
	if v.escaped { // no server writes a time so
		return t, false
	}
	switch v.kind {
	case jsonString:
		if form == timeText || form == timeLocal || form == timeAuto && !isNumber(v.raw) {
			return c.text(v.raw)
		}
	case jsonNumber:
		if form == timeText || form == timeLocal {
			return t, false
		}
	default:
		return t, false
	}
	t.us, ok = epoch(v.raw, form)
	return t, ok
}

// isNumber says whether text starts as a number since the epoch does: digits
// up to a point or the end.
func isNumber(text []byte) bool {
	for _, c := range text {
		if c == '.' {
			break
		}
		if c-'0' > 9 {
			return false
		}
	}
	return len(text) > 0
}

// epoch reads a number since the epoch. Without a named unit its size tells
// the unit: seconds of the years 1973 to 5138 have 9 to 11 digits before the
// point, milliseconds 12 to 14, microseconds 15 to 17, nanoseconds 18 or 19.
func epoch(text []byte, form timeForm) (us int64, ok bool) {
	whole := 0
	for whole < len(text) && text[whole]-'0' <= 9 {
		whole++
	}
	shift := 6
	switch form {
	case timeUnix:
	case timeMillis:
		shift = 3
	case timeMicros:
		shift = 0
	case timeNanos:
		shift = -3
	default:
		if whole < 9 || whole > 19 {
			return NoTime, false
		}
		shift = 6 - (whole-9)/3*3
	}
	if whole > 18 { // more digits than scaled takes
		n, ok := wholeNumber(text)
		return n/1000 + (n%1000+500)/1000, ok && shift == -3
	}
	return scaled(text, shift)
}

// text reads 2006-01-02T15:04:05.999Z and its kin, or the common log's time.
// The date may be parted by slashes, the time by a space; an offset may be
// +02:00, +0200 or +02; without one it is in the zone of the reading.
func (c *jsonClock) text(text []byte) (t jsonTime, ok bool) {
	if len(text) == clfTimeLen && text[2] == '/' {
		t.us, t.offset, ok = c.clf.parse(text)
		return t, ok
	}
	if len(text) < jsonMinuteLen+2 {
		return t, false
	}
	if !c.known || string(text[:jsonMinuteLen]) != string(c.minute[:]) {
		if c.unix, c.known = parseMinute(text); !c.known {
			return t, false
		}
		copy(c.minute[:], text)
	}
	second := twoDigits(text[jsonMinuteLen:])
	if second < 0 || second > 60 {
		return t, false
	}
	us := int64(second) * 1e6
	rest := text[jsonMinuteLen+2:]
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		unit := int64(1e5)
		n := 1
		for ; n < len(rest) && rest[n]-'0' <= 9; n++ {
			us += int64(rest[n]-'0') * unit
			unit /= 10
		}
		if n == 1 {
			return t, false
		}
		rest = rest[n:]
	}
	if len(rest) == 0 {
		if !c.zoneless {
			return t, false
		}
		t.us, t.offset, t.ambiguous = c.inZone(us)
		return t, true
	}
	offset, ok := parseOffset(rest)
	t.us, t.offset = (c.unix-int64(offset)*60)*1e6+us, int16(offset)
	return t, ok
}

// inZone is the time of the last minute and us in the zone of the reading.
func (c *jsonClock) inZone(us int64) (int64, int16, bool) {
	if c.local.zone == nil || c.local.zone == time.UTC {
		return c.unix*1e6 + us, 0, false
	}
	at := time.Unix(c.unix, 0).UTC()
	return c.local.at(at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), int(us/1e6), us%1e6)
}

// parseMinute reads 2006-01-02T15:04: as seconds since the epoch.
func parseMinute(b []byte) (unix int64, ok bool) {
	if b[4] != '-' && b[4] != '/' || b[7] != b[4] || b[10] != 'T' && b[10] != 't' && b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	century, year, month, day := twoDigits(b), twoDigits(b[2:]), twoDigits(b[5:]), twoDigits(b[8:])
	hour, minute := twoDigits(b[11:]), twoDigits(b[14:])
	if century < 0 || year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(century*100+year, month) ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	return time.Date(century*100+year, time.Month(month), day, hour, minute, 0, 0, time.UTC).Unix(), true
}

// parseOffset reads Z, +02:00, +0200 or +02, perhaps behind a space; minutes.
func parseOffset(text []byte) (minutes int, ok bool) {
	if len(text) == 1 && (text[0] == 'Z' || text[0] == 'z') {
		return 0, true
	}
	if len(text) > 1 && text[0] == ' ' {
		text = text[1:]
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, rest := twoDigits(text[1:]), text[3:]
	if len(rest) == 3 && rest[0] == ':' {
		rest = rest[1:]
	}
	if len(rest) == 2 {
		minutes = twoDigits(rest)
	} else if len(rest) != 0 {
		return 0, false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	minutes += hours * 60
	if text[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}
