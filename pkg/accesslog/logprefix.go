package accesslog

import "bytes"

// logPrefix reads what a syslog daemon writes before a message. The formats
// that have no time of their own take it from there:
//
//	<14>Jun  4 10:32:02 nas smbd_audit[77]: message     RFC 3164: local time, no year
//	2022-02-09T20:53:37.123+01:00 nas smbd_audit: …     rsyslog, Synology
//	<14>1 2022-02-09T20:53:37Z nas smbd_audit 77 - - …  RFC 5424
//
// The priority in angle brackets and the host may be missing.
type logPrefix struct {
	local localClock
	years yearClock
	last  stamp
}

func newLogPrefix(reading Reading) logPrefix {
	return logPrefix{local: localClock{zone: reading.location()}, years: yearClock{base: reading.Year}}
}

// cut reads the prefix into r and gives the program's name and its message.
func (p *logPrefix) cut(line []byte, r *Record) (tag, message []byte, ok bool) {
	time, tag, message, ok := splitLogPrefix(line)
	if !ok || !p.time(time, r) {
		return nil, nil, false
	}
	return tag, message, true
}

// splitLogPrefix finds the parts of a line and does not read the time.
func splitLogPrefix(line []byte) (time, tag, message []byte, ok bool) {
	line, ok = cutPriority(line)
	if !ok {
		return nil, nil, nil, false
	}
	versioned := len(line) > 2 && line[0] == '1' && line[1] == ' '
	if versioned {
		line = line[2:]
	}
	if len(line) > 16 && line[0] >= 'A' && !versioned { // Jun  4 10:32:02
		if line[3] != ' ' || line[6] != ' ' || line[15] != ' ' {
			return nil, nil, nil, false
		}
		tag, message, ok = cutProgram(line[16:])
		return line[:15], tag, message, ok
	}
	time, rest, ok := cutWord(line)
	if !ok {
		return nil, nil, nil, false
	}
	if !versioned {
		tag, message, ok = cutProgram(rest)
		return time, tag, message, ok
	}
	tag, message, ok = cutNewHeader(rest)
	return time, tag, message, ok
}

// cutPriority drops <14>.
func cutPriority(line []byte) (rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '<' {
		return line, true
	}
	i := bytes.IndexByte(line[:min(len(line), 5)], '>')
	if i < 2 {
		return nil, false
	}
	_, ok = wholeNumber(line[1:i])
	return line[i+1:], ok
}

// cutProgram reads `host tag: ` or `tag: `; without colons it is `host tag `. A
// process id in brackets is no part of the tag.
func cutProgram(rest []byte) (tag, message []byte, ok bool) {
	tag, rest, ok = cutWord(rest)
	if !ok {
		return nil, nil, false
	}
	if tag[len(tag)-1] != ':' {
		if tag, rest, ok = cutWord(rest); !ok {
			return nil, nil, false
		}
	}
	tag = bytes.TrimSuffix(tag, colon)
	if i := bytes.IndexByte(tag, '['); i > 0 && tag[len(tag)-1] == ']' {
		tag = tag[:i]
	}
	return tag, rest, true
}

// cutNewHeader reads `host app procid msgid structured-data ` of RFC 5424.
func cutNewHeader(rest []byte) (tag, message []byte, ok bool) {
	if _, rest, ok = cutWord(rest); !ok {
		return nil, nil, false
	}
	if tag, rest, ok = cutWord(rest); !ok {
		return nil, nil, false
	}
	for range 2 {
		if _, rest, ok = cutWord(rest); !ok {
			return nil, nil, false
		}
	}
	if rest, ok = cutStructured(rest); !ok {
		return nil, nil, false
	}
	return tag, bytes.TrimPrefix(rest, byteOrderMark), true
}

// time reads a prefix's time into r.
func (p *logPrefix) time(text []byte, r *Record) bool {
	if p.last.seen(text, r) {
		return true
	}
	if len(text) == 15 && text[0] >= 'A' {
		d := date{month: monthOf(text)}
		if _, ok := cutDay(text[4:], &d); !ok || d.month == 0 || !d.clock(text[7:]) {
			return false
		}
		probe := d
		if probe.year = unknownYear; !probe.valid() {
			return false // what is no day of any year says nothing of the order
		}
		d.year = p.years.of(d.month)
		return p.last.setLocal(text, &p.local, d, FlagYearInferred, r)
	}
	return p.last.setISO(text, &p.local, r)
}

// setISO reads 2022-02-09T20:53:37, with or without a fraction of up to nine
// digits, and with Z, an offset, or neither (a local time).
func (s *stamp) setISO(text []byte, c *localClock, r *Record) bool {
	if len(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' && text[10] != ' ' {
		return false
	}
	d := date{year: fourDigits(text), month: twoDigits(text[5:]), day: twoDigits(text[8:])}
	if !d.clock(text[11:]) || !d.valid() {
		return false
	}
	rest := text[19:]
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		n, unit := 1, int64(100000)
		for ; n < len(rest) && rest[n]-'0' <= 9; n++ {
			d.micros += int64(rest[n]-'0') * unit
			unit /= 10
		}
		if n == 1 || n > 10 {
			return false
		}
		rest = rest[n:]
	}
	if len(rest) == 0 {
		return s.setLocal(text, c, d, 0, r)
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return false
	}
	var utc localClock
	t, _, _ := utc.at(d.year, d.month, d.day, d.hour, d.minute, d.second, d.micros)
	s.set(text, t-int64(offset)*60e6, int16(offset), 0, r)
	return true
}
