package accesslog

import "time"

// clfTimeLen is the length of 10/Oct/2000:13:55:36 -0700.
const clfTimeLen = 26

// clfClock reads times of the common log format. Lines come in bursts of the
// same second, so it keeps the last text and its answer (a third off the cost
// of a line when measured), and the last minute for the seconds within it.
type clfClock struct {
	last   [clfTimeLen]byte
	time   int64 // of last
	minute int64 // microseconds of the minute of last
	offset int16
	valid  bool
}

// parse reads text, which is clfTimeLen long: microseconds since the epoch in
// UTC and the logged offset in minutes.
func (c *clfClock) parse(text []byte) (t int64, offset int16, ok bool) {
	if c.valid && string(text) == string(c.last[:]) {
		return c.time, c.offset, true
	}
	if c.valid && string(text[:18]) == string(c.last[:18]) && string(text[20:]) == string(c.last[20:]) {
		s := twoDigits(text[18:])
		if s < 0 || s > 60 {
			return NoTime, 0, false
		}
		copy(c.last[18:20], text[18:20])
		c.time = c.minute + int64(s)*1e6
		return c.time, c.offset, true
	}
	c.time, c.minute, c.offset, c.valid = parseCLFTime(text)
	copy(c.last[:], text)
	if !c.valid {
		return NoTime, 0, false
	}
	return c.time, c.offset, true
}

// parseCLFTime reads 10/Oct/2000:13:55:36 -0700 (Apache's %t, nginx's
// $time_local). A leap second :60 is taken as the second after :59.
func parseCLFTime(b []byte) (t, minute int64, offset int16, ok bool) {
	if len(b) != clfTimeLen || b[2] != '/' || b[6] != '/' || b[11] != ':' || b[14] != ':' || b[17] != ':' || b[20] != ' ' {
		return NoTime, 0, 0, false
	}
	day, month := twoDigits(b), monthOf(b[3:6])
	century, year := twoDigits(b[7:]), twoDigits(b[9:])
	hour, minutes, second := twoDigits(b[12:]), twoDigits(b[15:]), twoDigits(b[18:])
	oh, om := twoDigits(b[22:]), twoDigits(b[24:])
	if day < 1 || month == 0 || century < 0 || year < 0 || hour < 0 || hour > 23 || minutes < 0 || minutes > 59 ||
		second < 0 || second > 60 || oh < 0 || oh > 23 || om < 0 || om > 59 || b[21] != '+' && b[21] != '-' {
		return NoTime, 0, 0, false
	}
	full := century*100 + year
	if day > daysIn(full, month) {
		return NoTime, 0, 0, false
	}
	off := oh*60 + om
	if b[21] == '-' {
		off = -off
	}
	// time.Date is slow for every line, but this runs once a minute of log.
	local := time.Date(full, time.Month(month), day, hour, minutes, 0, 0, time.UTC).Unix()
	minute = (local - int64(off)*60) * 1e6
	return minute + int64(second)*1e6, minute, int16(off), true
}

func twoDigits(b []byte) int {
	hi, lo := b[0]-'0', b[1]-'0'
	if hi > 9 || lo > 9 {
		return -1
	}
	return int(hi)*10 + int(lo)
}

// monthOf reads an English month's three letters, in any case; 0 if none.
func monthOf(b []byte) int {
	key := uint32(b[0]|0x20)<<16 | uint32(b[1]|0x20)<<8 | uint32(b[2]|0x20)
	for i, m := range monthKeys {
		if m == key {
			return i + 1
		}
	}
	return 0
}

var monthKeys = [...]uint32{'j'<<16 | 'a'<<8 | 'n', 'f'<<16 | 'e'<<8 | 'b', 'm'<<16 | 'a'<<8 | 'r', 'a'<<16 | 'p'<<8 | 'r',
	'm'<<16 | 'a'<<8 | 'y', 'j'<<16 | 'u'<<8 | 'n', 'j'<<16 | 'u'<<8 | 'l', 'a'<<16 | 'u'<<8 | 'g', 's'<<16 | 'e'<<8 | 'p',
	'o'<<16 | 'c'<<8 | 't', 'n'<<16 | 'o'<<8 | 'v', 'd'<<16 | 'e'<<8 | 'c'}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
