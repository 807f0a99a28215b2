package accesslog

import "bytes"

// The fixed format of IIS up to today ("IIS log file format"). Each line names
// the service that wrote it: W3SVC1 is HTTP, MSFTPSVC1 the FTP service up to
// IIS 6 (since 7 it writes W3C only).
//
// Source: Microsoft win32 Http/iis-logging.
var (
	formatIISNative = &Format{
		Name: "iis_native", Title: "Microsoft IIS log file format (commas, local time)",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "counts the bytes sent by the server, with headers",
		TimeAt: TimeAtEnd, Zone: ZoneLocal, Escaping: iisNativeEscaping, Fields: iisNativeFields,
		Stateless: true, Source: "Microsoft win32 Http/iis-logging", Family: "iis_native",
	}
	formatIISNativeFTP = &Format{
		Name: "iis_native_ftp", Title: "Microsoft IIS, FTP service, IIS log file format",
		Meaning: MeaningTransferred, MeaningWhy: "the reply says whether the transfer ended (226) or was cut (426); the bytes sent are not taken, since it is not documented whether they are the file's or the replies'",
		TimeAt: TimeAtEnd, Zone: ZoneLocal, Escaping: iisNativeEscaping, Fields: iisNativeFields,
		Stateless: true, Source: "Microsoft win32 Http/iis-logging", Family: "iis_native",
		FileService: true,
	}
)

const (
	iisNativeEscaping = "none; - for nothing; the path is decoded"
	iisNativeFields   = "client, user, MM/DD/YY, h:mm:ss, service, server name, server address, time taken in ms, bytes received, bytes sent, status, Windows status, method, path, parameters,"
)

type iisNative struct {
	only   *Format // the format that the user named, or nil
	local  localClock
	target []byte
}

func newIISNative(reading Reading) Parser {
	p := &iisNative{local: localClock{zone: reading.location()}}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
	}
	return p
}

// Parse implements Parser. A line has exactly fifteen fields, each with a comma
// and, but for the last, a space behind it.
func (p *iisNative) Parse(line []byte, r *Record) Reason {
	r.Reset()
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
	taken, ok := wholeNumber(f[7])
	_, okReceived := wholeNumber(f[8])
	_, okWindows := wholeNumber(f[11])
	var okSent bool
	r.Bytes, okSent = wholeNumber(f[9])
	if !ok || !okReceived || !okSent || !okWindows || !isZonedIP(f[6]) || taken >= 1e15 {
		return ReasonBadBytes
	}
	r.DurationUS = taken * 1e3
	r.User = absent(f[1])
	var reason Reason
	if r.Format = formatIISNative; bytes.HasPrefix(f[4], iisFTPService) {
		r.Format = formatIISNativeFTP
		reason = p.readFTP(f[10], f[12], f[13], r)
	} else {
		reason = p.readHTTP(f[10], absent(f[12]), f[13], absent(f[14]), r)
	}
	if reason == ReasonNone && p.only != nil && r.Format != p.only {
		return ReasonOtherFormat
	}
	return reason
}

var (
	commaSpace    = []byte(", ")
	iisFTPService = []byte("MSFTPSVC")
)

func (p *iisNative) readHTTP(status, method, path, query []byte, r *Record) (reason Reason) {
	var ok bool
	if r.Status, ok = threeDigits(status); !ok {
		return ReasonBadStatus
	}
	switch {
	case method == nil:
		return ReasonNone
	case !isMethod(method):
		return ReasonBadRequest
	}
	r.Method = method
	p.target = appendEscapedPart(p.target[:0], path)
	if len(query) > 0 {
		p.target = appendQuery(p.target, query)
	}
	r.Target = p.target
	return ReasonNone
}

// readFTP reads a line of the FTP service. Its verb may stand behind the number
// of the session. What concerns no file has no target.
func (p *iisNative) readFTP(status, verb, path []byte, r *Record) (reason Reason) {
	r.Bytes = None
	var ok bool
	if r.Status, ok = ftpStatus(status); !ok {
		return ReasonBadStatus
	}
	if numbered, ok := ftpVerb(verb); ok {
		verb = numbered
	}
	if ftpMethod(verb, r) && len(absent(path)) > 0 {
		p.target = appendEscapedPath(p.target[:0], path)
		r.Target = p.target
	}
	return ReasonNone
}

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
