package accesslog

import "bytes"

// The fixed format of IIS up to today ("IIS log file format").
//
// Source: Microsoft win32 Http/iis-logging.
var formatIISNative = &Format{
	Name: "iis_native", Title: "Microsoft IIS log file format (commas, local time)",
	Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "counts the bytes sent by the server, with headers",
	TimeAt: TimeAtEnd, Zone: ZoneLocal, Escaping: "none; - for nothing; the path is decoded", Stateless: true,
	Fields: "client, user, MM/DD/YY, h:mm:ss, service, server name, server address, time taken in ms, bytes received, bytes sent, status, Windows status, method, path, parameters,",
	Source: "Microsoft win32 Http/iis-logging",
}

type iisNative struct {
	local  localClock
	target []byte
}

func newIISNative(reading Reading) Parser {
	return &iisNative{local: localClock{zone: reading.location()}}
}

// Parse implements Parser. A line has exactly fifteen fields, each with a comma
// and, but for the last, a space behind it.
func (p *iisNative) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatIISNative
	var f [15][]byte
	n, rest := 0, line
	for n < len(f)-1 {
		i := bytes.Index(rest, commaSpace)
		if i < 0 {
			break
		}
		f[n], rest = rest[:i:i], rest[i+2:]
		n++
	}
	if n < 4 {
		return ReasonMissingFields
	}
	if r.Client = f[0]; !isZonedIP(r.Client) {
		return ReasonBadClient
	}
	if !p.time(f[2], f[3], r) {
		return ReasonBadTime
	}
	if n < len(f)-1 || len(rest) == 0 || rest[len(rest)-1] != ',' {
		return ReasonCutOff
	}
	f[14] = rest[: len(rest)-1 : len(rest)-1]
	if bytes.Contains(f[14], commaSpace) {
		return ReasonBadTail
	}
	var ok [4]bool
	var taken int64
	taken, ok[0] = wholeNumber(f[7])
	_, ok[1] = wholeNumber(f[8])
	r.Bytes, ok[2] = wholeNumber(f[9])
	_, ok[3] = wholeNumber(f[11])
	if !ok[0] || !ok[1] || !ok[2] || !ok[3] || !isZonedIP(f[6]) || taken >= 1e15 {
		return ReasonBadBytes
	}
	r.DurationUS = taken * 1e3
	r.User = absent(f[1])
	if r.Status, ok[0] = threeDigits(f[10]); !ok[0] {
		return ReasonBadStatus
	}
	method := absent(f[12])
	verb, ftp := ftpVerb(method)
	switch {
	case ftp:
		r.Bytes = None // not documented whether the file's bytes or the replies'
		if !ftpMethod(verb, r) || len(f[13]) == 0 {
			return ReasonNone
		}
	case method == nil:
		return ReasonNone
	case !isMethod(method):
		return ReasonBadRequest
	default:
		r.Method = method
	}
	p.target = p.target[:0]
	if ftp && f[13][0] != '/' {
		p.target = append(p.target, '/')
	}
	p.target = appendEscapedPart(p.target, f[13])
	if query := absent(f[14]); len(query) > 0 {
		p.target = appendQuery(p.target, query)
	}
	r.Target = p.target
	return ReasonNone
}

var commaSpace = []byte(", ")

// time reads 03/20/05 and 7:55:20.
func (p *iisNative) time(date, clock []byte, r *Record) bool {
	month, date, ok := upToTwo(date, '/')
	day, year, ok2 := upToTwo(date, '/')
	if !ok || !ok2 || month < 1 || month > 12 {
		return false
	}
	n, ok := wholeNumber(year)
	full := int(n)
	switch {
	case !ok || len(year) != 2 && len(year) != 4:
		return false
	case len(year) == 2 && full < 70:
		full += 2000
	case len(year) == 2:
		full += 1900
	}
	if day < 1 || day > daysIn(full, month) {
		return false
	}
	hour, clock, ok := upToTwo(clock, ':')
	if !ok || hour > 23 || len(clock) != 5 || clock[2] != ':' {
		return false
	}
	minute, second := twoDigits(clock), twoDigits(clock[3:])
	if minute < 0 || minute > 59 || second < 0 || second > 60 {
		return false
	}
	var ambiguous bool
	r.Time, r.UTCOffsetMin, ambiguous = p.local.at(full, month, day, hour, minute, second, 0)
	if ambiguous {
		r.Flags |= FlagAmbiguousTime
	}
	return true
}

// upToTwo reads one digit or two before a separator.
func upToTwo(text []byte, separator byte) (n int, rest []byte, ok bool) {
	for i, c := range text {
		if c == separator && i > 0 {
			return n, text[i+1:], true
		}
		if c < '0' || c > '9' || i > 1 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return 0, nil, false
}
