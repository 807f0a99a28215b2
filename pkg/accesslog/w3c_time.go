package accesslog

import "time"

// setDate takes 2006-01-02 15:04:05, or the date as Incapsula writes it,
// 28/Jun/2017.
func (p *w3c) setDate(value []byte) {
	p.dated = false
	var clock dayClock
	switch {
	case len(value) >= 10 && clock.parse(value[:10]):
	case len(value) >= 11 && value[2] == '/' && value[6] == '/':
		day, month, century, year := twoDigits(value), monthOf(value[3:6]), twoDigits(value[7:]), twoDigits(value[9:])
		if month == 0 || century < 0 || year < 0 || day < 1 || day > daysIn(century*100+year, month) {
			return
		}
		clock.set(century*100+year, month, day)
		value = value[1:]
	default:
		return
	}
	p.dated, p.day, p.tod = true, clock.micros, 0
	if len(value) >= 19 {
		if t, ok := parseTimeOfDay(value[11:19]); ok {
			p.tod = t.sinceMidnight()
		}
	}
}

// setOffset takes -0800: the offset of the times from UTC (Oracle Web Cache).
func (p *w3c) setOffset(value []byte) {
	p.offset = 0
	if len(value) != 5 || value[0] != '+' && value[0] != '-' {
		return
	}
	h, m := twoDigits(value[1:]), twoDigits(value[3:])
	if h < 0 || m < 0 || h > 14 || m > 59 {
		return
	}
	p.offset = int64(h*60 + m)
	if value[0] == '-' {
		p.offset = -p.offset
	}
}

// time reads the columns of date and time.
func (p *w3c) time(r *Record) bool {
	t, ok := parseTimeOfDay(p.get(w3cTime))
	if !ok {
		return false
	}
	date := p.get(w3cDate)
	if date == nil {
		// The date is that of #Date. A file that runs past midnight does not
		// repeat it: a time more than an hour before the last one is of the
		// next day.
		tod := t.sinceMidnight()
		if p.columns.at[w3cDate] >= 0 || !p.dated || p.columns.local {
			return false
		}
		if tod < p.tod-int64(time.Hour/time.Microsecond) {
			p.day += int64(24 * time.Hour / time.Microsecond)
		}
		p.tod = tod
		r.Time = p.day + tod
	} else {
		if !p.clock.parse(date) {
			return false
		}
		if p.columns.local {
			var ambiguous bool
			r.Time, r.UTCOffsetMin, ambiguous = p.local.at(p.clock.year, p.clock.month, p.clock.day, t.hour, t.minute, t.second, t.micros)
			if ambiguous {
				r.Flags |= FlagAmbiguousTime
			}
			return true
		}
		r.Time = p.clock.micros + t.sinceMidnight()
	}
	if p.offset != 0 {
		r.Time -= p.offset * 60e6
		r.UTCOffsetMin = int16(p.offset)
	}
	return true
}
