package accesslog

// wrapSyslog is the prefix that syslog puts before a message, in all the kinds
// that syslogLine knows, with a tag that is marked as one. A time without a
// year depends on the lines before it, so it is used only for formats whose
// time is that of their wrapper.
var wrapSyslog = &Wrapper{
	Name: "syslog", Title: "syslog prefix (RFC 3164 or RFC 5424)", OrderForTime: true,
	Source: "RFC 3164, section 4.1; RFC 5424, section 6; rsyslog RSYSLOG_FileFormat",
	peels: func(line []byte) bool {
		l, ok := splitSyslog(line)
		return ok && l.marked
	},
	parser: func(reading Reading, inner Parser) Parser {
		return &syslog{wrapped: newWrapped(inner), clock: newSyslogClock(reading)}
	},
}

type syslog struct {
	wrapped
	clock syslogClock
}

// Parse implements Parser.
func (p *syslog) Parse(line []byte, r *Record) Reason {
	r.Reset()
	l, ok := splitSyslog(line)
	if !ok || !l.marked {
		return ReasonOtherFormat
	}
	t, ok := p.clock.at(&l)
	if !ok {
		return ReasonBadTime
	}
	reason := p.parse(l.text, r)
	if reason == ReasonNone && r.Time == NoTime && (!l.rfc3164 || r.Format.TimeOfWrapper) {
		t.set(r)
	}
	return reason
}
