package accesslog

import "bytes"

// wrapSyslog is the prefix that syslog puts before a message, in all its kinds:
//
//	<134>Oct 11 22:14:15 host nginx[12]: the line    RFC 3164; without <134>, host, [12]
//	2003-10-11T22:14:15.003+02:00 host nginx: line   rsyslog's file format
//	<165>1 2003-10-11T22:14:15.003Z host app 12 - [data] line   RFC 5424
//
// RFC 3164 has no year. Only a format whose time is that of its wrapper needs
// one: it follows from Reading.Year and the order of the lines.
var wrapSyslog = &Wrapper{
	Name: "syslog", Title: "syslog prefix (RFC 3164 or RFC 5424)", OrderForTime: true,
	Source: "RFC 3164, section 4.1; RFC 5424, section 6; rsyslog RSYSLOG_FileFormat",
	peels: func(line []byte) bool {
		_, ok := splitSyslog(line)
		return ok
	},
	parser: func(reading Reading, inner Parser) Parser {
		return &syslog{
			wrapped: newWrapped(inner), clock: newJSONClock(reading, false), year: yearClock{base: reading.Year},
			local: localClock{zone: reading.location()},
		}
	},
}

type syslog struct {
	wrapped
	clock jsonClock
	local localClock
	year  yearClock
}

// syslogLine is a line of syslog, parted.
type syslogLine struct {
	stamp []byte // RFC 3164: Oct 11 22:14:15; else ISO 8601
	month int    // of RFC 3164, else 0
	text  []byte
}

// Parse implements Parser.
func (p *syslog) Parse(line []byte, r *Record) Reason {
	r.Reset()
	l, ok := splitSyslog(line)
	if !ok {
		return ReasonOtherFormat
	}
	if l.month == 0 {
		t, ok := p.clock.text(l.stamp)
		if !ok && !(len(l.stamp) == 1 && l.stamp[0] == '-') {
			return ReasonBadTime
		}
		if !ok {
			t.us = NoTime
		}
		return p.parseAt(l.text, t, 0, r)
	}
	t, ok := p.at(l)
	if !ok {
		return ReasonBadTime
	}
	return p.parseAt(l.text, t, FlagYearInferred, r)
}

// at is the time of a line of RFC 3164; without a year it is none.
func (p *syslog) at(l syslogLine) (t jsonTime, ok bool) {
	b := l.stamp
	day := int(b[5] - '0')
	if b[4] != ' ' {
		day = twoDigits(b[4:])
	}
	hour, minute, second := twoDigits(b[7:]), twoDigits(b[10:]), twoDigits(b[13:])
	if day < 1 || day > daysIn(unknownYear, l.month) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return t, false
	}
	if p.year.base == 0 {
		return jsonTime{us: NoTime}, true
	}
	year := p.year.of(l.month)
	if day > daysIn(year, l.month) {
		return t, false
	}
	t.us, t.offset, t.ambiguous = p.local.at(year, l.month, day, hour, minute, second, 0)
	return t, true
}

// splitSyslog parts a line of any kind.
func splitSyslog(line []byte) (l syslogLine, ok bool) {
	rest := line
	if len(rest) > 0 && rest[0] == '<' {
		i := bytes.IndexByte(rest[:min(5, len(rest))], '>')
		if i < 2 {
			return l, false
		}
		if n, ok := wholeNumber(rest[1:i]); !ok || n > 191 {
			return l, false
		}
		rest = rest[i+1:]
		if bytes.HasPrefix(rest, version1) {
			return splitSyslog5424(rest[len(version1):])
		}
	}
	if len(rest) > 16 && rest[3] == ' ' && rest[6] == ' ' && rest[9] == ':' && rest[12] == ':' && rest[15] == ' ' {
		l.stamp, l.month = rest[:15], monthOf(rest)
		rest = rest[16:]
		if l.month == 0 || l.stamp[4] != ' ' && l.stamp[4]-'0' > 9 || l.stamp[5]-'0' > 9 {
			return l, false
		}
	} else {
		if l.stamp, rest, ok = bytes.Cut(rest, space); !ok || !isISO(l.stamp) {
			return l, false
		}
	}
	if l.text, ok = cutTag(rest); ok {
		return l, true
	}
	host, rest, found := bytes.Cut(rest, space)
	if !found || len(host) == 0 {
		return l, false
	}
	l.text, ok = cutTag(rest)
	return l, ok
}

// isISO says whether a time of rsyslog or RFC 5424 may be in text: it has an
// offset, which no other line that starts with a date and an address has.
func isISO(stamp []byte) bool {
	if len(stamp) < len("2003-10-11T22:14:15Z") || stamp[10] != 'T' || stamp[4] != '-' || stamp[7] != '-' || stamp[13] != ':' {
		return false
	}
	return stamp[len(stamp)-1] == 'Z' || stamp[len(stamp)-6] == '+' || stamp[len(stamp)-6] == '-'
}

// cutTag takes "nginx[12]: " off: the program, perhaps its number, a colon.
func cutTag(text []byte) (rest []byte, ok bool) {
	i := 0
	for i < len(text) && i < 64 && isTag(text[i]) {
		i++
	}
	if i == 0 || i == len(text) {
		return nil, false
	}
	if text[i] == '[' {
		n := bytes.IndexByte(text[i:min(i+16, len(text))], ']')
		if n < 0 {
			return nil, false
		}
		i += n + 1
	}
	return bytes.CutPrefix(text[i:], tagEnd)
}

var tagEnd = []byte(": ")

func isTag(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c == '-' || c == '_' || c == '.' || c == '/' || c == '@'
}

var version1 = []byte("1 ")

// splitSyslog5424 reads "time host app pid msgid data text".
func splitSyslog5424(rest []byte) (l syslogLine, ok bool) {
	for i := range 5 {
		var word []byte
		if word, rest, ok = bytes.Cut(rest, space); !ok || len(word) == 0 {
			return l, false
		}
		if i == 0 {
			l.stamp = word
		}
	}
	if len(l.stamp) != 1 && !isISO(l.stamp) {
		return l, false
	}
	if rest, ok = cutStructured(rest); !ok {
		return l, false
	}
	l.text = bytes.TrimPrefix(rest, byteOrderMark)
	return l, true
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// cutStructured takes "- " or "[id a=\"b\"] " off. In values, quotes, backslashes
// and closing brackets are escaped.
func cutStructured(text []byte) (rest []byte, ok bool) {
	if bytes.HasPrefix(text, noStructured) {
		return text[2:], true
	}
	i := 0
	for i < len(text) && text[i] == '[' {
		inValue := false
		for i++; i < len(text) && (inValue || text[i] != ']'); i++ {
			switch {
			case text[i] == '"':
				inValue = !inValue
			case text[i] == '\\' && inValue:
				i++
			}
		}
		i++
	}
	if i == 0 || i >= len(text) || text[i] != ' ' {
		return nil, false
	}
	return text[i+1:], true
}

var noStructured = []byte("- ")
