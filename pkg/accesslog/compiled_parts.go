package accesslog

import "strings"

// parts is a time put together from pieces.
type parts struct {
	year, month, day, hour, minute, second int
	half                                   int // 0: none, 1: AM, 2: PM
	offset                                 int // minutes
	micros                                 int64
}

// read reads the pieces of text, which has their width.
func (p *parts) read(pieces []piece, text []byte) bool {
	for i := range pieces {
		kind := pieces[i].kind
		w := pieceWidths[kind]
		b := text[:w]
		text = text[w:]
		if after := pieces[i].after; after != "" {
			if string(text[:len(after)]) != after {
				return false
			}
			text = text[len(after):]
		}
		ok := true
		switch kind {
		case pieceDay:
			p.day = upTo31(b, pieces[i].spaced)
			ok = p.day >= 1 && p.day <= 31
		case pieceMonth:
			p.month = twoDigits(b)
			ok = p.month >= 1 && p.month <= 12
		case pieceMonthName:
			p.month = monthOf(b)
			ok = p.month > 0
		case pieceYear:
			century, year := twoDigits(b), twoDigits(b[2:])
			p.year, ok = century*100+year, century >= 0 && year >= 0
		case pieceYear2:
			// POSIX: 69 to 99 are of the 1900s.
			if p.year = twoDigits(b) + 2000; p.year >= 2069 {
				p.year -= 100
			}
			ok = twoDigits(b) >= 0
		case pieceHour:
			p.hour = upTo31(b, pieces[i].spaced)
			ok = p.hour >= 0 && p.hour <= 23
		case pieceHour12:
			p.hour = upTo31(b, pieces[i].spaced)
			ok = p.hour >= 1 && p.hour <= 12
		case pieceHalf:
			p.half, ok = halfOf(b, pieces[i].lower)
		case pieceMinute:
			p.minute = twoDigits(b)
			ok = p.minute >= 0 && p.minute <= 59
		case pieceSecond:
			p.second = twoDigits(b)
			ok = p.second >= 0 && p.second <= 60
		case pieceZone, pieceZoneColon:
			p.offset, ok = zoneOffset(b)
		case pieceMilli, pieceMicro:
			p.micros, ok = fraction(b)
		default:
			ok = pieces[i].fits(b)
		}
		if !ok {
			return false
		}
	}
	return true
}

// fits says whether text has the form of the pieces: digits, letters and signs
// where they stand, whatever date that is.
func fits(pieces []piece, text []byte) bool {
	for i := range pieces {
		p := &pieces[i]
		w := pieceWidths[p.kind]
		if !p.fits(text[:w]) || string(text[w:w+len(p.after)]) != p.after {
			return false
		}
		text = text[w+len(p.after):]
	}
	return true
}

func (p *piece) fits(text []byte) bool {
	if p.kind == pieceHalf {
		_, ok := halfOf(text, p.lower)
		return ok
	}
	for j, c := range text {
		ok := c-'0' <= 9
		switch zone := p.kind == pieceZone || p.kind == pieceZoneColon; {
		case p.kind == pieceMonthName || p.kind == pieceWeekday:
			ok = c|0x20 >= 'a' && c|0x20 <= 'z'
		case j == 0 && zone:
			ok = c == '+' || c == '-'
		case j == 3 && p.kind == pieceZoneColon:
			ok = c == ':'
		case j == 0 && p.spaced:
			ok = ok || c == ' '
		}
		if !ok {
			return false
		}
	}
	return true
}

// halfOf reads AM as 1 and PM as 2, or am and pm.
func halfOf(b []byte, lower bool) (half int, ok bool) {
	switch string(b) {
	case "AM":
		return 1, !lower
	case "PM":
		return 2, !lower
	case "am":
		return 1, lower
	case "pm":
		return 2, lower
	}
	return 0, false
}

// upTo31 reads two digits, the first of which may be a space if it is spaced;
// -1 if they are none.
func upTo31(b []byte, spaced bool) int {
	if spaced && b[0] == ' ' {
		if d := b[1] - '0'; d <= 9 {
			return int(d)
		}
		return -1
	}
	return twoDigits(b)
}

// zoneOffset reads +0100 or +01:00, in minutes.
func zoneOffset(b []byte) (int, bool) {
	h, m := twoDigits(b[1:]), twoDigits(b[len(b)-2:])
	if b[0] != '+' && b[0] != '-' || h < 0 || h > 23 || m < 0 || m > 59 || len(b) == 6 && b[3] != ':' {
		return 0, false
	}
	if b[0] == '-' {
		return -h*60 - m, true
	}
	return h*60 + m, true
}

// at is the time, local to zone if no offset was logged.
func (p *parts) at(zoned bool, clock *localClock, r *Record) bool {
	if p.day > daysIn(p.year, p.month) {
		return false
	}
	switch {
	case p.half == 2 && p.hour < 12:
		p.hour += 12
	case p.half == 1 && p.hour == 12:
		p.hour = 0
	}
	if zoned {
		days := int64(daysSince1970(p.year, p.month, p.day))
		seconds := days*86400 + int64(p.hour*3600+p.minute*60+p.second-p.offset*60)
		r.Time, r.UTCOffsetMin = seconds*1e6+p.micros, int16(p.offset)
		return true
	}
	var twice bool
	if r.Time, r.UTCOffsetMin, twice = clock.at(p.year, p.month, p.day, p.hour, p.minute, p.second, p.micros); twice {
		r.Flags |= FlagAmbiguousTime
	}
	return true
}

// daysSince1970 counts days of the Gregorian calendar, in which 400 years have
// 146,097 days; years are counted from March, so that the leap day is the last.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	year += 400 // so that nothing is divided below 0; as many years have 146,097 days
	return year*365 + year/4 - year/100 + year/400 + ((month-3)*153+2)/5 + day - 719469 - 146097
}

// longMonth reads the full English name of a month.
func longMonth(b []byte) int {
	for i, name := range monthNames {
		if string(b) == name {
			return i + 1
		}
	}
	return 0
}

var monthNames = strings.Fields("January February March April May June July August September October November December")
