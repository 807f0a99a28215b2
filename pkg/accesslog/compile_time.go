package accesslog

import "strings"

// piece is a part of a time, of fixed width, and the text behind it.
type piece struct {
	kind  pieceKind
	after string
}

type pieceKind uint8

const (
	pieceSkip2 pieceKind = iota // two digits that say nothing more
	pieceSkip3                  // a week day, or a day of the year
	pieceDay
	pieceMonth // two digits
	pieceMonthName
	pieceYear
	pieceYear2
	pieceHour
	pieceHour12
	pieceHalf // AM or PM
	pieceMinute
	pieceSecond
	pieceZone // +0100
	pieceZoneColon
	pieceMilli
	pieceMicro
	pieceKinds
)

var pieceWidths = [pieceKinds]int{2, 3, 2, 2, 3, 4, 2, 2, 2, 2, 2, 2, 5, 6, 3, 6}

// clfPieces are those of the common log format.
var clfPieces = []piece{{pieceDay, "/"}, {pieceMonthName, "/"}, {pieceYear, ":"}, {pieceHour, ":"}, {pieceMinute, ":"}, {pieceSecond, " "}, {pieceZone, ""}}

// strftime adds the fields and texts of a strftime format, as apr_strftime
// writes them in the C locale.
func (t *template) strftime(whole, layout string, at TimeAt) error {
	add := func(kind pieceKind) {
		t.field(field{text: whole, shape: shapeFixed, role: rolePieces, at: at, pieces: []piece{{kind, ""}}})
	}
	word := func(r role) { t.field(field{text: whole, shape: shapeWord, role: r, at: at}) }
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			t.text(layout[i : i+1])
			continue
		}
		i++
		if i == len(layout) {
			return t.errorf("%s ends in its middle", whole)
		}
		long := ""
		switch layout[i] {
		case '%':
			t.text("%")
		case 'n':
			return t.errorf("%s breaks the line", whole)
		case 't':
			t.text("\t")
		case 'd', 'e':
			add(pieceDay)
		case 'm':
			add(pieceMonth)
		case 'b', 'h':
			add(pieceMonthName)
		case 'Y':
			add(pieceYear)
		case 'y':
			add(pieceYear2)
		case 'H', 'k':
			add(pieceHour)
		case 'I', 'l':
			add(pieceHour12)
		case 'p':
			add(pieceHalf)
		case 'M':
			add(pieceMinute)
		case 'S':
			add(pieceSecond)
		case 'z':
			add(pieceZone)
		case 'a', 'j':
			add(pieceSkip3)
		case 'U', 'V', 'W', 'C', 'g':
			add(pieceSkip2)
		case 'B':
			word(roleMonth)
		case 'A', 'Z':
			word(roleSkip)
		case 's':
			t.field(field{text: whole, shape: shapeNumber, role: roleEpoch, scale: 1e6, at: at})
		case 'T':
			long = "%H:%M:%S"
		case 'R':
			long = "%H:%M"
		case 'D':
			long = "%m/%d/%y"
		case 'F':
			long = "%Y-%m-%d"
		case 'r':
			long = "%I:%M:%S %p"
		case 'c':
			long = "%a %b %e %H:%M:%S %Y"
		default:
			return t.errorf("%%%c in %s is not supported", layout[i], whole)
		}
		if long != "" {
			if err := t.strftime(whole, long, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// chooseTime takes the time that is nearest to the request's start and makes
// all other times text that is passed over.
func (t *template) chooseTime(c *compiled) error {
	for _, at := range []TimeAt{TimeAtStart, TimeAtEnd} {
		if c.time = t.timeOf(at); c.time == timeNone {
			continue
		}
		c.start = at
		var have [pieceKinds]bool
		taken := false
		for i := range t.fields {
			f := &t.fields[i]
			var skip bool
			switch {
			case !f.timed():
				continue
			case f.at != at:
				skip = true
			case f.role == roleTime, f.role == roleEpoch:
				skip = taken || (f.role == roleTime) != (c.time == timeLogged) || c.time == timePieces
				taken = taken || !skip
			case f.role == rolePieces && f.pieces[0].kind >= pieceMilli:
				skip = have[pieceMilli] || !t.wholeSeconds(c.time, at)
				have[pieceMilli] = have[pieceMilli] || !skip
			case f.role == roleMonth:
				skip = c.time != timePieces || have[pieceMonth] || have[pieceMonthName]
				have[pieceMonth] = have[pieceMonth] || !skip
			default:
				kind := f.pieces[0].kind
				skip = c.time != timePieces || have[kind] ||
					kind == pieceMonth && have[pieceMonthName] || kind == pieceMonthName && have[pieceMonth] ||
					kind == pieceYear && have[pieceYear2] || kind == pieceYear2 && have[pieceYear]
				have[kind] = have[kind] || !skip
			}
			if skip {
				f.role = roleSkip
			} else if f.maybe {
				return t.errorf("%s stands under a condition, and a line without it has no time", f.text)
			}
		}
		c.zoned = have[pieceZone] || have[pieceZoneColon]
		return nil
	}
	return t.errorf("it cannot give the time of a request: %s is missing", t.example("%t", "$time_local"))
}

// wholeSeconds says whether the time chosen lacks the part of its second.
func (t *template) wholeSeconds(from timeFrom, at TimeAt) bool {
	for _, f := range t.fields {
		if from == timeEpoch && f.role == roleEpoch && f.at == at {
			return f.scale == 1e6 && f.shape == shapeNumber
		}
	}
	return true
}

// timeOf says what the fields of one moment can give.
func (t *template) timeOf(at TimeAt) timeFrom {
	var have [pieceKinds]bool
	epoch := false
	for _, f := range t.fields {
		switch {
		case f.at != at:
		case f.role == roleTime:
			return timeLogged
		case f.role == roleEpoch:
			epoch = true
		case f.role == roleMonth:
			have[pieceMonth] = true
		case f.role == rolePieces:
			for _, p := range f.pieces {
				have[p.kind] = true
			}
		}
	}
	day := (have[pieceYear] || have[pieceYear2]) && (have[pieceMonth] || have[pieceMonthName]) && have[pieceDay]
	clock := (have[pieceHour] || have[pieceHour12] && have[pieceHalf]) && have[pieceMinute] && have[pieceSecond]
	switch {
	case day && clock && (have[pieceZone] || have[pieceZoneColon] || !epoch):
		return timePieces
	case epoch:
		return timeEpoch
	}
	return timeNone
}

// joinTimes makes one field of the pieces of a time that follow each other,
// and the common log format's time where it is that.
func (t *template) joinTimes(c *compiled) {
	for i := 0; i < len(t.fields); i++ {
		f := &t.fields[i]
		if f.shape != shapeFixed {
			continue
		}
		for i+1 < len(t.fields) && t.fields[i+1].shape == shapeFixed && (t.fields[i+1].role == f.role) {
			f.pieces[len(f.pieces)-1].after = t.texts[i+1]
			f.pieces = append(f.pieces, t.fields[i+1].pieces...)
			t.texts[i+1] = ""
			t.remove(i + 1)
			f = &t.fields[i]
		}
		f.width = 0
		for _, p := range f.pieces {
			f.width += pieceWidths[p.kind] + len(p.after)
		}
		if f.role == rolePieces && isCLF(f.pieces) {
			f.shape, f.role = shapeCLF, roleTime
			c.time = timeLogged
		}
	}
}

func isCLF(pieces []piece) bool {
	if len(pieces) != len(clfPieces) {
		return false
	}
	for i, p := range pieces {
		if p != clfPieces[i] {
			return false
		}
	}
	return true
}

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
			p.day, ok = spaced(b)
			ok = ok && p.day >= 1 && p.day <= 31
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
			p.hour, ok = spaced(b)
			ok = ok && p.hour <= 23
		case pieceHour12:
			p.hour, ok = spaced(b)
			ok = ok && p.hour >= 1 && p.hour <= 12
		case pieceHalf:
			p.half, ok = 1+b2i(b[0] == 'P'), (b[0] == 'A' || b[0] == 'P') && b[1] == 'M'
		case pieceMinute:
			p.minute = twoDigits(b)
			ok = p.minute >= 0 && p.minute <= 59
		case pieceSecond:
			p.second = twoDigits(b)
			ok = p.second >= 0 && p.second <= 60
		case pieceZone, pieceZoneColon:
			p.offset, ok = zoneOffset(b)
		case pieceMilli, pieceMicro:
			var n int64
			n, ok = digits(b)
			if kind == pieceMilli {
				n *= 1000
			}
			p.micros = n
		case pieceSkip2, pieceSkip3:
			for _, c := range b {
				ok = ok && (c >= '0' && c <= '9' || c == ' ' || c|0x20 >= 'a' && c|0x20 <= 'z')
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// spaced reads two digits, the first of which may be a space.
func spaced(b []byte) (int, bool) {
	if b[0] == ' ' {
		d := int(b[1] - '0')
		return d, b[1] >= '0' && b[1] <= '9'
	}
	n := twoDigits(b)
	return n, n >= 0
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
	return year*365 + year/4 - year/100 + year/400 + ((month-3)*153+2)/5 + day - 719469
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
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
