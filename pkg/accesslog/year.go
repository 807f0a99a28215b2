package accesslog

// yearClock gives years to times that have none (RFC 3164, section 4.1.2), by
// the order of the lines. The first line is of the base year. A line of an
// earlier month than the latest one seen is of the next year, but for one
// month back: that is a line that came late, as is one of December behind one
// of January. A silence of eleven months or more cannot be seen. Every time
// found so carries FlagYearInferred.
type yearClock struct {
	base  int // of the first line; not 0
	year  int // of the latest month seen; 0: no line yet
	month int // the latest month seen
}

// of is the year of the next line, which is of a month from 1 to 12.
func (y *yearClock) of(month int) int {
	switch {
	case y.year == 0:
		y.year, y.month = y.base, month
	case y.month == 1 && month == 12:
		return y.year - 1
	case month < y.month-1:
		y.year++
		y.month = month
	case month > y.month:
		y.month = month
	}
	return y.year
}
