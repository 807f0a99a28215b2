package accesslog

import "bytes"

// syslogLine is a line that went through syslog, parted. There are three kinds:
//
//	<14>Jun  4 10:32:02 nas smbd_audit[77]: text            RFC 3164: local time, no year
//	2022-02-09T20:53:37.123+01:00 nas smbd_audit: text      rsyslog's file format, Synology
//	<14>1 2022-02-09T20:53:37Z nas smbd_audit 77 - - text   RFC 5424
//
// The priority in angle brackets, the host of the first two and the colon may
// be missing. All slices are borrowed from the line.
type syslogLine struct {
	stamp   []byte // the time as written; a hyphen where RFC 5424 has none
	rfc3164 bool   // the stamp is one of RFC 3164
	tag     []byte // the program, without its number
	marked  bool   // the tag is one for certain: a colon ends it, or it stands in RFC 5424's place
	text    []byte // the message
}

// splitSyslog parts a line of any kind. Whether its time is one, syslogClock
// says.
func splitSyslog(line []byte) (l syslogLine, ok bool) {
	rest, ok := cutPriority(line)
	if !ok || len(rest) == 0 {
		return l, false
	}
	if rest[0] >= 'A' {
		if len(rest) < 16 || rest[3] != ' ' || rest[6] != ' ' || rest[9] != ':' || rest[12] != ':' || rest[15] != ' ' {
			return l, false
		}
		l.stamp, l.rfc3164 = rest[:15], true
		return l, l.cutProgram(rest[16:])
	}
	prioritised := len(rest) < len(line)
	rest, versioned := bytes.CutPrefix(rest, version1)
	if l.stamp, rest, ok = cutWord(rest); !ok {
		return l, false
	}
	switch {
	case isISO(l.stamp) && versioned:
		return l, l.cutHeader(rest)
	case isISO(l.stamp):
		return l, l.cutProgram(rest)
	case versioned && prioritised && isNilStamp(l.stamp): // with neither it would be any text
		return l, l.cutHeader(rest)
	}
	return l, false
}

// cutPriority drops <14>, a number up to 191.
func cutPriority(line []byte) (rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '<' {
		return line, true
	}
	i := bytes.IndexByte(line[:min(len(line), 5)], '>')
	if i < 2 {
		return nil, false
	}
	n, ok := wholeNumber(line[1:i])
	return line[i+1:], ok && n <= 191
}

var version1 = []byte("1 ")

// isISO says whether text has the shape of 2022-02-09T20:53:37.
func isISO(text []byte) bool {
	return len(text) >= len("2022-02-09T20:53:37") && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':'
}

func isNilStamp(text []byte) bool { return len(text) == 1 && text[0] == '-' }

// cutProgram reads `host tag: text` or `tag: text`; without a colon it is
// `host tag text`, as DSM writes.
func (l *syslogLine) cutProgram(rest []byte) bool {
	word, rest, ok := cutWord(rest)
	if !ok {
		return false
	}
	if l.cutTag(word); !l.marked {
		if word, rest, ok = cutWord(rest); !ok {
			return false
		}
		l.cutTag(word)
	}
	l.text = rest
	return true
}

// cutTag reads nginx[12]: and leaves the number and the colon out. An address
// of IPv6 may end with a colon, too, but has others before it.
func (l *syslogLine) cutTag(word []byte) {
	tag, colon := bytes.CutSuffix(word, colon)
	if i := bytes.IndexByte(tag, '['); i > 0 && tag[len(tag)-1] == ']' {
		tag = tag[:i]
	}
	l.tag, l.marked = tag, colon && isProgram(tag)
}

// isProgram says whether text may be the name of a program.
func isProgram(text []byte) bool {
	for _, c := range text {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c-'0' > 9 && c != '-' && c != '_' && c != '.' && c != '/' && c != '@' {
			return false
		}
	}
	return len(text) > 0
}

// cutHeader reads `host app procid msgid structured-data text` of RFC 5424.
func (l *syslogLine) cutHeader(rest []byte) (ok bool) {
	for i := range 4 {
		var word []byte
		if word, rest, ok = cutWord(rest); !ok {
			return false
		}
		if i == 1 {
			l.tag, l.marked = word, true
		}
	}
	if rest, ok = cutStructured(rest); !ok {
		return false
	}
	l.text = bytes.TrimPrefix(rest, byteOrderMark)
	return true
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

// logPrefix reads the syslog prefix of a format that has no time of its own.
type logPrefix struct{ clock syslogClock }

func newLogPrefix(reading Reading) logPrefix { return logPrefix{newSyslogClock(reading)} }

// cut reads the prefix into r and gives the program's name and its message.
func (p *logPrefix) cut(line []byte, r *Record) (tag, message []byte, ok bool) {
	l, ok := splitSyslog(line)
	if !ok {
		return nil, nil, false
	}
	t, ok := p.clock.at(&l)
	if !ok {
		return nil, nil, false
	}
	t.set(r)
	return l.tag, l.text, true
}
