package accesslog

import "bytes"

// formatSynology is DSM's file transfer log as it is sent to syslog. Where the
// same line came several times, DSM's syslog-ng may write "Last message 'Event:
// read, Path: /' repeated 3 times, suppressed by syslog-ng on nas" instead. Such
// a line names no file and is refused; it stands for none that no other line has.
var formatSynology = &Format{
	Name: "synology", Title: "Synology DSM file transfer log through syslog (SMB, File Station, FTP, WebDAV)",
	Meaning: MeaningPlanned, MeaningWhy: "the size is that of the file, not of what was sent, and is rounded from 1 KB on",
	TimeAt: TimeAtEnd, Zone: ZoneOfLine, Escaping: "none: commas in names stand as they are",
	Fields:    "syslog-prefix service Event: event, Path: path, File/Folder: kind, Size: size, User: user, IP: address",
	Stateless: false, Source: "Synology publishes no description. Verified: WinFileService lines in the tests of logstash-patterns-core, the events of WinFileService and FileStation in Xboarder56/SYNOLOGY-DSM--DSM, the column filesize of DSM's own transfer databases. Taken to look the same: FTP, SFTP, TFTP, WebDAV, AFP",
	FileService: true,
}

type synology struct {
	prefix  logPrefix
	scratch []byte
}

func newSynology(reading Reading) Parser { return &synology{prefix: newLogPrefix(reading)} }

var (
	synologyEvent = []byte("Event: ")
	synologyPath  = []byte(", Path: ")
	synologyKind  = []byte(", File/Folder: ")
	synologySize  = []byte(", Size: ")
	synologyUser  = []byte(", User: ")
	synologyIP    = []byte(", IP: ")
)

// Parse implements Parser. Behind the path no field can hold a comma, so the
// line is read from the right.
func (p *synology) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatSynology
	tag, message, ok := p.prefix.cut(line, r)
	if !ok {
		return ReasonBadTime
	}
	if !isSynologyService(tag) {
		return ReasonMissingFields
	}
	message, ok = bytes.CutPrefix(message, synologyEvent)
	i := bytes.Index(message, synologyPath)
	if !ok || i < 0 {
		return ReasonMissingFields
	}
	event, rest := message[:i], message[i+len(synologyPath):]
	if r.Client, rest = cutLastField(rest, synologyIP); r.Client == nil {
		return ReasonCutOff
	}
	if !isBareAddress(r.Client) {
		return ReasonBadClient
	}
	if last := r.Client[len(r.Client)-1]; last == '.' || last == ':' {
		return ReasonCutOff
	}
	r.TextAtEnd = true
	if r.User, rest = cutLastField(rest, synologyUser); r.User == nil {
		return ReasonBadTail
	}
	size, rest := cutLastField(rest, synologySize)
	if size == nil {
		return ReasonBadTail
	}
	bytesOf, rounded, ok := synologyBytes(size)
	if !ok {
		return ReasonBadBytes
	}
	kind, path := cutLastField(rest, synologyKind)
	folder := string(kind) == "Folder"
	if kind == nil || !folder && string(kind) != "File" || len(path) == 0 {
		return ReasonBadTail
	}
	if bytes.Contains(path, synologyPath) || bytes.Contains(path, []byte(" Event: ")) {
		return ReasonBadRequest // two lines that ran into each other
	}
	p.scratch = synologyEventOf(event, folder, bytesOf, rounded, path, p.scratch, r)
	return ReasonNone
}

// synologyEventOf sets what an event in small letters means. The target is
// written to scratch, which is given back.
func synologyEventOf(event []byte, folder bool, size int64, rounded bool, path, scratch []byte, r *Record) []byte {
	r.Method = synologyMethod(event, folder)
	if r.Method == nil || string(r.Method) == "RENAME" { // "from -> to": a name may hold the arrow
		return scratch
	}
	scratch = appendEscapedPath(scratch[:0], path)
	r.Target = scratch
	switch string(r.Method) {
	case "READ":
		r.Flags |= FlagAccessOnly
	case "RETR":
		r.Status, r.Bytes = 226, size
	default:
		return scratch
	}
	if rounded {
		r.Flags |= FlagRounded
	}
	if r.ObjectSize = size; size != None {
		r.SizeFrom = TotalObject
	}
	return scratch
}

// cutLastField cuts text at the last name of a field; the value must not be
// empty and holds no comma. value is nil if there is none.
func cutLastField(text, name []byte) (value, rest []byte) {
	i := bytes.LastIndex(text, name)
	if i < 0 || i+len(name) == len(text) {
		return nil, text
	}
	value = text[i+len(name):]
	if bytes.IndexByte(value, ',') >= 0 {
		return nil, text
	}
	return value[:len(value):len(value)], text[:i]
}

func isSynologyService(tag []byte) bool {
	switch string(tag) {
	case "WinFileService", "FileStation", "FTP", "SFTP", "TFTP", "WebDAV", "AFP":
		return true
	}
	return false
}

// synologyMethod is nil for an event that hands out no file. A read over SMB
// or AFP shows access; a download was handed out, how far is not logged.
func synologyMethod(event []byte, folder bool) []byte {
	switch string(event) {
	case "download":
		if folder {
			return methodList // as an archive: which files were in it is not logged
		}
		return methodRetr
	case "read":
		if folder {
			return methodList
		}
		return methodRead
	case "upload":
		return methodStor
	case "write", "create":
		return methodWrite
	case "delete":
		return methodDele
	case "mkdir":
		return methodMkd
	case "rename", "move":
		return methodRename
	}
	return nil
}

// synologyBytes reads "165 Bytes", which is exact, "6.00 KB", which is not,
// and "NA".
func synologyBytes(text []byte) (n int64, rounded, ok bool) {
	if string(text) == "NA" {
		return None, false, true
	}
	number, unit, ok := cutWord(text)
	if !ok {
		return None, false, false
	}
	switch string(unit) {
	case "Bytes", "Byte", "B":
		if n, ok = wholeNumber(number); ok {
			return n, false, true
		}
		// older versions write "0.00 Bytes"
		whole, ok := bytes.CutSuffix(number, []byte(".00"))
		if !ok {
			return None, false, false
		}
		n, ok = wholeNumber(whole)
		return n, false, ok
	case "KB", "MB", "GB", "TB":
		return None, true, isRate(number) && number[0] >= '0' && number[0] <= '9'
	}
	return None, false, false
}
