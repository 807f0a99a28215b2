package accesslog

import "time"

// localClock turns local times without an offset into times, in a zone. It
// keeps the offset of the last hour, since time zones change offsets at most a
// few times a year and looking one up for every line would cost more than the
// rest of the line. It is for one goroutine.
type localClock struct {
	zone      *time.Location
	hour      int64 // local hours since the epoch that offset is for
	known     bool
	offset    int64 // seconds
	ambiguous bool  // repeated or skipped
}

// at is the time of a local date and clock: microseconds since the epoch in
// UTC, the offset in minutes, and whether the clock showed this time twice (the
// hour that is repeated in autumn), of which the first is taken, or never (the
// hour that is skipped in spring), which is taken as if the clock had not
// changed: then the clock or the zone is another one.
func (c *localClock) at(year, month, day, hour, minute, second int, micros int64) (t int64, offset int16, ambiguous bool) {
	local := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Unix()
	if c.zone == nil || c.zone == time.UTC {
		return local*1e6 + micros, 0, false
	}
	// Offsets change at full quarters of an hour, so a quarter has one answer.
	if quarter := local / 900; !c.known || quarter != c.hour {
		c.hour, c.known = quarter, true
		c.offset, c.ambiguous = offsetOf(c.zone, local)
	}
	return (local-c.offset)*1e6 + micros, int16(c.offset / 60), c.ambiguous
}

// offsetOf finds the zone's offset at a local time given in seconds.
func offsetOf(zone *time.Location, local int64) (offset int64, ambiguous bool) {
	at := func(unix int64) int64 {
		_, o := time.Unix(unix, 0).In(zone).Zone()
		return int64(o)
	}
	// The offsets a day around are the only ones that can be meant.
	before, after := at(local-24*3600), at(local+24*3600)
	fitsBefore, fitsAfter := at(local-before) == before, at(local-after) == after
	switch {
	case fitsBefore && fitsAfter && before != after:
		return before, true
	case fitsBefore:
		return before, false
	case fitsAfter:
		return after, false
	}
	return before, true
}
