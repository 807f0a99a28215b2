package accesslog

import "bytes"

// formatSynologyCSV is the file transfer log as DSM's Log Center exports it.
var formatSynologyCSV = &Format{
	Name: "synology_csv", Title: "Synology DSM file transfer log exported as CSV",
	Meaning: MeaningPlanned, MeaningWhy: "the size is that of the file, not of what was sent, and is rounded from 1 KB on",
	TimeAt: TimeAtEnd, Zone: ZoneLocal, Escaping: "quotes of CSV, or none: the file's name is last, so commas in it are its own",
	Fields:    "service,time,address,user,event,File or Folder,size,file",
	Stateless: true, Source: "Synology publishes no description. Verified: the header and both forms of time, by a public importer of such exports. Events and sizes are taken to be those of the syslog lines",
	FileService: true,
}

type synologyCSV struct {
	local   localClock
	last    stamp
	name    []byte
	scratch []byte
}

func newSynologyCSV(reading Reading) Parser {
	return &synologyCSV{local: localClock{zone: reading.location()}}
}

var synologyHeader = []byte("Log,Time,IP address,User,Event,File/Folder,File size,File name")

// Parse implements Parser.
func (p *synologyCSV) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatSynologyCSV
	if bytes.Equal(bytes.TrimPrefix(line, byteOrderMark), synologyHeader) {
		return ReasonHeader
	}
	var fields [7][]byte // service time address user event kind size
	rest, ok := line, false
	for i := range fields {
		if fields[i], rest, ok = cutCSVField(rest); !ok {
			return ReasonMissingFields
		}
	}
	if len(fields[0]) == 0 || !p.time(fields[1], r) {
		return ReasonBadTime
	}
	if !isBareAddress(fields[2]) {
		return ReasonBadClient
	}
	r.Client = fields[2]
	if len(fields[3]) == 0 {
		return ReasonMissingFields
	}
	r.User = absent(fields[3])
	size, rounded, ok := synologyBytes(fields[6])
	if !ok {
		return ReasonBadBytes
	}
	folder := string(fields[5]) == "Folder"
	if !folder && string(fields[5]) != "File" {
		return ReasonBadTail
	}
	path, ok := p.file(rest)
	if !ok {
		return ReasonCutOff
	}
	event := append(p.scratch[:0], fields[4]...)
	for i, c := range event {
		if c >= 'A' && c <= 'Z' {
			event[i] = c + 'a' - 'A'
		}
	}
	p.scratch = synologyEventOf(event, folder, size, rounded, path, event, r)
	r.TextAtEnd = r.Target != nil
	return ReasonNone
}

// time reads 2015/03/03 08:12:01, or the same with hyphens.
func (p *synologyCSV) time(text []byte, r *Record) bool {
	if p.last.seen(text, r) {
		return true
	}
	if len(text) != 19 || text[4] != '/' && text[4] != '-' || text[7] != text[4] || text[10] != ' ' {
		return false
	}
	d := date{year: fourDigits(text), month: twoDigits(text[5:]), day: twoDigits(text[8:])}
	return d.clock(text[11:]) && p.last.setLocal(text, &p.local, d, 0, r)
}

// cutCSVField reads a field up to its comma. One in quotes may hold commas, but
// no quotes: none of the fields before the name can.
func cutCSVField(text []byte) (field, rest []byte, ok bool) {
	if len(text) > 0 && text[0] == '"' {
		i := bytes.IndexByte(text[1:], '"')
		if i < 0 || i+2 >= len(text) || text[i+2] != ',' || bytes.IndexByte(text[1:1+i], ',') >= 0 {
			return nil, nil, false
		}
		return text[1 : 1+i : 1+i], text[i+3:], true
	}
	i := bytes.IndexByte(text, ',')
	if i < 0 || bytes.IndexByte(text[:i], '"') >= 0 {
		return nil, nil, false
	}
	return text[:i:i], text[i+1:], true
}

// file reads the last field: in quotes, which are doubled inside, or as it is.
func (p *synologyCSV) file(text []byte) ([]byte, bool) {
	if len(text) == 0 || text[0] != '"' {
		return text, len(text) > 0
	}
	p.name = p.name[:0]
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			p.name = append(p.name, text[i])
			continue
		}
		if i++; i == len(text) {
			return p.name, len(p.name) > 0
		}
		if text[i] != '"' {
			return nil, false
		}
		p.name = append(p.name, '"')
	}
	return nil, false
}
