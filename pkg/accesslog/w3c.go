package accesslog

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
		FileService: true,
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

// get is the value of a column, nil for "-" and where there is none.
func (p *w3c) get(kind w3cKind) []byte {
	i := int(p.columns.at[kind])
	if i < 0 || i >= len(p.values) || len(p.values[i]) == 0 {
		return nil
	}
	return absent(p.values[i])
}
