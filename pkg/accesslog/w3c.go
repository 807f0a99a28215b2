package accesslog

import (
	"bytes"
	"time"
)

// The dialects of the W3C extended log file format. One parser reads them; the
// lines #Software and #Fields, which may come again in mid-file with other
// columns, tell them apart.
//
// Sources: W3C WD-logfile; Microsoft win32 Http/w3c-logging and iis-docs
// sites/site/logFile and ftpServer/logFile; Windows Server 2003 "W3C Extended
// Log File Examples" (an entry is written when the last send completes); Amazon
// CloudFront "Standard logging reference"; samples of plaso, lnav, matomo.
var (
	formatIIS = &Format{
		Name: "iis", Title: "Microsoft IIS, W3C extended",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "sc-bytes counts the bytes sent, with headers; it is off by default, and then no size is logged",
		TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "+ for a space (and for a plus); the path is decoded; nothing is quoted", Fields: "as #Fields says", Source: "Microsoft win32 Http/w3c-logging", Family: "w3c",
	}
	formatIISLocal = &Format{
		Name: "iis_local", Title: "Microsoft IIS Advanced Logging with date-local and time-local",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "sc-bytes counts the bytes sent, with headers",
		TimeAt: TimeAtEither, Zone: ZoneLocal, Escaping: `values in quotes, a quote in them doubled`, Fields: "as #Fields says", Source: "IIS Advanced Logging 1.0", Family: "w3c",
	}
	formatIISFTP = &Format{
		Name: "iis_ftp", Title: "Microsoft IIS, FTP service, W3C extended",
		Meaning: MeaningTransferred, MeaningWhy: "the reply says whether the transfer ended (226) or was cut (426); sc-bytes is not taken, since it is not documented whether it counts the file or the replies",
		TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "+ for a space; nothing is quoted", Fields: "as #Fields says", Source: "iis-docs ftpServer/logFile", Family: "w3c",
	}
	formatCloudFront = &Format{
		Name: "cloudfront", Title: "Amazon CloudFront standard log",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "sc-bytes counts all bytes sent to the viewer, with headers",
		TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "%XX, once more than in the request", Fields: "as #Fields says, 33 by now, between tabs", Source: "CloudFront standard logging reference", Family: "w3c",
	}
	formatW3C = &Format{
		Name: "w3c", Title: "W3C extended log file format of other servers",
		Meaning: MeaningUnknown, MeaningWhy: "the draft does not say whether sc-bytes counts headers or what was planned",
		TimeAt: TimeAtEither, Zone: ZoneUTC, Escaping: `values in quotes, a quote in them doubled`, Fields: "as #Fields says", Source: "W3C WD-logfile", Family: "w3c",
	}
)

// What #Software says, as far as it matters.
const (
	softwareUnknown = iota
	softwareIIS
	softwareAdvanced
	softwareNetScaler
	softwareIncapsula
)

// w3c reads the dialects. It keeps what the directives said, so it must get all
// lines of its source in order.
type w3c struct {
	only     *Format // the format that the user named, or nil
	dialect  *Format
	software int
	declared w3cColumns
	defaults []w3cColumns // of IIS, for the tail of a rotated file
	columns  *w3cColumns  // nil: no #Fields yet

	clock  dayClock
	local  localClock
	dated  bool  // there was a #Date
	day    int64 // midnight of the day, for files without a date column
	tod    int64 // time of day of the last line
	offset int64 // minutes of #GMT-Offset

	values [][]byte
	spaced int // the first quoted value that holds a space, -1: none
	target []byte
}

func newW3C(reading Reading) Parser {
	p := &w3c{local: localClock{zone: reading.location()}, defaults: make([]w3cColumns, len(iisDefaults))}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
	}
	for i, names := range iisDefaults {
		p.defaults[i].set([]byte(names))
	}
	return p
}

// Directive implements Director.
func (p *w3c) Directive(line []byte) {
	name, value, ok := bytes.Cut(line, colon)
	if !ok {
		return
	}
	switch string(name) {
	case "#Software":
		p.software = softwareOf(value)
	case "#Fields":
		p.declared.set(value)
		p.columns = &p.declared
	case "#Date", "#Start-Date":
		p.setDate(bytes.TrimLeft(value, " \t"))
	case "#GMT-Offset":
		p.setOffset(bytes.TrimSpace(value))
	}
	p.setDialect()
}

func softwareOf(value []byte) int {
	value = bytes.TrimLeft(value, " \t")
	switch {
	case bytes.HasPrefix(value, []byte("Microsoft Internet Information")), bytes.HasPrefix(value, []byte("Microsoft HTTP Server API")):
		return softwareIIS
	case bytes.HasPrefix(value, []byte("IIS Advanced Logging")):
		return softwareAdvanced
	case bytes.HasPrefix(bytes.ToLower(value), []byte("netscaler")):
		return softwareNetScaler
	case bytes.HasPrefix(value, []byte("Incapsula")):
		return softwareIncapsula
	}
	return softwareUnknown
}

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

func (p *w3c) setDialect() {
	p.dialect = formatW3C
	c := p.columns
	microsoft := p.software == softwareIIS || p.software == softwareAdvanced || p.software == softwareUnknown && c != nil && c.iis
	switch {
	case c != nil && c.edge:
		p.dialect = formatCloudFront
	case c != nil && c.local:
		p.dialect = formatIISLocal
	case microsoft && c != nil && c.ftp:
		p.dialect = formatIISFTP
	case microsoft:
		p.dialect = formatIIS
	case p.only != nil && p.software == softwareUnknown:
		p.dialect = p.only
	}
}

// Parse implements Parser.
func (p *w3c) Parse(line []byte, r *Record) Reason {
	r.Reset()
	if p.columns == nil {
		return p.parseDefault(line, r)
	}
	if !p.columns.readable() {
		return ReasonMissingFields
	}
	reason, cut := p.split(line)
	if reason != ReasonNone {
		return reason
	}
	if cut {
		if !p.exact(len(p.values)) {
			return ReasonMissingFields
		}
		r.Flags |= FlagCutOff
	}
	return p.finish(r)
}

// finish reads the values and keeps the time of day.
func (p *w3c) finish(r *Record) Reason {
	day, tod := p.day, p.tod
	reason := p.read(r)
	if reason != ReasonNone {
		p.day, p.tod = day, tod
		return reason
	}
	if p.only != nil && r.Format != p.only {
		return ReasonOtherFormat
	}
	return ReasonNone
}

// parseDefault reads a line that no #Fields stands before: the tail of a
// rotated file. Only a line that fits what IIS writes by default in every column
// is read.
func (p *w3c) parseDefault(line []byte, r *Record) Reason {
	if p.only != nil && p.only != formatIIS {
		return ReasonMissingFields
	}
	p.dialect = formatIIS
	for i := range p.defaults {
		p.columns = &p.defaults[i]
		p.splitPlain(line)
		fits := len(p.values) == len(p.columns.kinds) && p.exact(len(p.values))
		reason := ReasonMissingFields
		if fits {
			reason = p.finish(r)
		}
		p.columns = nil
		if fits {
			return reason
		}
	}
	return ReasonMissingFields
}

// split cuts the line into as many values as there are columns. A line with
// fewer values is cut off if those that a record needs are whole and another
// one follows them. A line with more is refused: which one is too much cannot
// be told.
func (p *w3c) split(line []byte) (reason Reason, cut bool) {
	want, open, ok := len(p.columns.kinds), false, true
	p.spaced = -1
	switch {
	case p.dialect == formatCloudFront:
		p.splitTabs(line)
	case p.dialect == formatIISFTP, p.software == softwareNetScaler:
		p.splitPlain(line)
	case p.dialect == formatIIS && p.software != softwareAdvanced:
		if p.splitPlain(line); len(p.values) > want {
			if open, ok = p.splitQuoted(line); ok && (open || len(p.values) != want || !p.quotedSafely()) {
				return ReasonBadTail, false
			}
		} else if len(p.values) == want && bytes.Contains(line, spaceQuote) && !p.exact(want) {
			return ReasonBadTail, false // perhaps a cut line with quoted values
		}
	default:
		open, ok = p.splitQuoted(line)
	}
	switch {
	case !ok, len(p.values) > want:
		return ReasonBadTail, false
	case len(p.values) == want && !open:
		return ReasonNone, false
	}
	if !open && len(p.values) > 0 {
		p.values = p.values[:len(p.values)-1]
	}
	if p.columns.need >= len(p.values) {
		return ReasonCutOff, false
	}
	return ReasonNone, true
}

var spaceQuote = []byte(` "`)

// exact says whether the first n values look as their columns must.
func (p *w3c) exact(n int) bool {
	for i, kind := range p.columns.kinds[:n] {
		v, ok := p.values[i], true
		switch kind {
		case w3cAddress, w3cClient:
			ok = isAddress(v)
		case w3cNumber, w3cBytes, w3cMillis:
			_, ok = orNone(v)
		case w3cTaken:
			_, ok = orNone(v)
			ok = ok || p.dialect == formatCloudFront
		case w3cStem:
			ok = len(v) > 0 && (v[0] == '/' || v[0] == '*' || v[0] == '-')
		case w3cStatus:
			ok = len(v) == 3
		}
		if !ok {
			return false
		}
	}
	return true
}

// get is the value of a column, nil for "-" and where there is none.
func (p *w3c) get(kind w3cKind) []byte {
	i := int(p.columns.at[kind])
	if i < 0 || i >= len(p.values) || len(p.values[i]) == 0 {
		return nil
	}
	return absent(p.values[i])
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
