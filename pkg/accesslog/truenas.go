package accesslog

import "bytes"

// formatTrueNAS is TrueNAS's audit log of SMB shares: the messages that the
// Samba module vfs_truenas_audit sends to syslog (behind "@cee:"), and the
// entries of audit.query, one a line. The export of the web interface is one
// indented array and is not read as it is. A READ proves that a file was read,
// never how much: after the first read of an open file the next is logged a
// minute later (rw_log_interval), without offset or length. The CLOSE of a file
// has the bytes that were read while it was open, but not which.
var formatTrueNAS = &Format{
	Name: "truenas_audit", Title: "TrueNAS audit messages of SMB shares, JSON",
	Meaning: MeaningUnknown, MeaningWhy: "an audit message of a read has no size, nor an offset",
	TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "JSON, with JSON in its texts",
	Fields:    "time, addr, user, svc, svc_data {service}, event, event_data {file {path, stream}, result}, success; of an export, one entry a line: jq -c '.[]'",
	Stateless: true, Source: "truenas/samba source3/modules/vfs_truenas_audit*.c, libsmbjson; truenas/middleware plugins/audit; TrueNAS documentation, Audit Logs",
	FileService: true,
}

// The values that are wanted of a message, by their names in syslog ([0]) and
// in an export ([1]). An export's timestamp is the event's time, in
// milliseconds; its message_timestamp is when the entry was stored.
var (
	truenasRoot    = &jsonNode{}
	truenasTime    = [2]int{truenasRoot.add(0, "TNAUDIT", "time"), truenasRoot.add(1, "timestamp", "$date")}
	truenasAddr    = [2]int{truenasRoot.add(2, "TNAUDIT", "addr"), truenasRoot.add(3, "address")}
	truenasUser    = [2]int{truenasRoot.add(4, "TNAUDIT", "user"), truenasRoot.add(5, "username")}
	truenasService = [2]int{truenasRoot.add(6, "TNAUDIT", "svc"), truenasRoot.add(7, "service")}
	truenasShare   = [2]int{truenasRoot.add(8, "TNAUDIT", "svc_data"), truenasRoot.add(9, "service_data")}
	truenasEvent   = [2]int{truenasRoot.add(10, "TNAUDIT", "event"), truenasRoot.add(11, "event")}
	truenasData    = [2]int{truenasRoot.add(12, "TNAUDIT", "event_data"), truenasRoot.add(13, "event_data")}
	truenasSuccess = [2]int{truenasRoot.add(14, "TNAUDIT", "success"), truenasRoot.add(15, "success")}

	truenasInner      = &jsonNode{}
	truenasShareName  = truenasInner.add(0, "service")
	truenasPath       = truenasInner.add(1, "file", "path")
	truenasStream     = truenasInner.add(2, "file", "stream")
	truenasFrom       = truenasInner.add(3, "src_file", "path")
	truenasFromStream = truenasInner.add(4, "src_file", "stream")
	truenasResult     = truenasInner.add(5, "result", "value_parsed")
	truenasAccess     = truenasInner.add(6, "parameters", "DesiredAccess")
)

const (
	truenasSlots      = 16
	truenasInnerSlots = 7
)

type truenas struct {
	json  jsonScanner
	inner jsonScanner // of svc_data, then of event_data
	share []byte
	path  []byte
	clock jsonClock
}

func newTrueNAS(reading Reading) Parser {
	return &truenas{clock: newJSONClock(reading, true)} // its times are UTC
}

var truenasPrefix = []byte("@cee:")

// Parse implements Parser. Messages are complete or refused: the end of one
// tells what was done.
func (p *truenas) Parse(line []byte, r *Record) Reason {
	r.Reset()
	s := &p.json
	switch s.scan(bytes.TrimPrefix(line, truenasPrefix), truenasRoot, truenasSlots) {
	case jsonBad:
		return ReasonBadJSON
	case jsonCut:
		return ReasonCutOff
	}
	form, timeForm := 0, timeText
	if s.values[truenasEvent[0]].kind == jsonMissing {
		form, timeForm = 1, timeMillis
	}
	if s.values[truenasEvent[form]].kind != jsonString || s.values[truenasData[form]].kind == jsonMissing {
		return ReasonOtherFormat
	}
	p.clock.local.zone = nil
	t, ok := p.clock.value(s.values[truenasTime[form]], timeForm)
	if !ok {
		return ReasonBadTime
	}
	t.set(r)
	r.Format = formatTrueNAS
	if r.Client = s.field(truenasAddr[form]); !oneClient(r.Client) {
		return ReasonBadClient
	}
	r.User = s.field(truenasUser[form])
	success := string(s.values[truenasSuccess[form]].raw)
	if s.values[truenasSuccess[form]].kind != jsonBool {
		return ReasonMissingFields
	}
	if string(s.str(truenasService[form])) != "SMB" {
		return ReasonNone // the web interface, sudo: no file
	}
	if !p.nested(truenasShare[form]) {
		return ReasonBadJSON
	}
	p.share = append(p.share[:0], p.inner.str(truenasShareName)...)
	if !p.nested(truenasData[form]) {
		return ReasonBadJSON
	}
	return p.event(s.str(truenasEvent[form]), success == "true", r)
}

// nested reads an object that stands in a text, or as it is.
func (p *truenas) nested(slot int) bool {
	v := p.json.values[slot]
	switch v.kind {
	case jsonString:
		return p.inner.scan(p.json.str(slot), truenasInner, truenasInnerSlots) == jsonWhole
	case jsonObject:
		return p.inner.scan(v.raw, truenasInner, truenasInnerSlots) == jsonWhole
	}
	return false
}

// event says what was done, in the words of Record. Opening and closing a file
// is no reading; what does not name its file (older versions name a handle)
// has no target.
func (p *truenas) event(name []byte, success bool, r *Record) Reason {
	path, stream, status := truenasPath, truenasStream, int16(0)
	switch string(name) {
	case "READ", "OFFLOAD_READ":
		r.Method = truenasRead
		if success {
			r.Flags |= FlagAccessOnly
		} else {
			status = truenasFailure(p.inner.str(truenasResult))
		}
	case "CREATE":
		if success || !p.wantsToRead() {
			return ReasonNone
		}
		if status = truenasFailure(p.inner.str(truenasResult)); status == truenasFailed {
			return ReasonNone
		}
		r.Method = truenasRead
	case "WRITE", "OFFLOAD_WRITE":
		r.Method = truenasWrite
	case "UNLINK":
		r.Method = truenasDelete
	case "RENAME":
		r.Method, path, stream = truenasRename, truenasFrom, truenasFromStream
	default:
		return ReasonNone
	}
	if !p.target(path, stream, r) {
		r.Method, r.Flags = nil, 0
		return ReasonNone
	}
	r.Status = status
	return ReasonNone
}

var (
	truenasRead   = []byte("READ")
	truenasWrite  = []byte("WRITE")
	truenasDelete = []byte("DELE")
	truenasRename = []byte("RENAME")
)

// truenasFailed is the status of a read that failed and was neither denied nor
// of a file that is not there.
const truenasFailed = 500

// truenasFailure is the reply code of FTP for a result: the name of an NTSTATUS,
// or the system's word for an error (nt_errstr, strerror).
func truenasFailure(result []byte) int16 {
	switch string(result) {
	case "NT_STATUS_ACCESS_DENIED", "Permission denied", "Operation not permitted":
		return 530
	case "NT_STATUS_OBJECT_NAME_NOT_FOUND", "NT_STATUS_OBJECT_PATH_NOT_FOUND", "NT_STATUS_NO_SUCH_FILE", "NT_STATUS_NOT_FOUND", "No such file or directory":
		return 550
	}
	return truenasFailed
}

// wantsToRead says whether an open asked for the file's content: FILE_READ_DATA
// or GENERIC_READ (MS-SMB2, section 2.2.13.1.1).
func (p *truenas) wantsToRead() bool {
	hex, ok := bytes.CutPrefix(p.inner.str(truenasAccess), hexPrefix)
	if !ok || len(hex) != 8 {
		return false
	}
	first, last := hexDigit(hex[0]), hexDigit(hex[7])
	return first >= 0 && first&8 != 0 || last >= 0 && last&1 != 0
}

var hexPrefix = []byte("0x")

// target is /share/path; a named stream of a file is not the file.
func (p *truenas) target(path, stream int, r *Record) bool {
	name := p.inner.str(path)
	if len(name) == 0 {
		return false
	}
	p.path = p.path[:0]
	if len(p.share) > 0 {
		p.path = appendEscapedPart(append(p.path, '/'), p.share)
	}
	if name[0] != '/' {
		p.path = append(p.path, '/')
	}
	p.path = appendEscapedPart(p.path, name)
	p.path = appendEscapedPart(p.path, p.inner.str(stream))
	r.Target = p.path
	return true
}
