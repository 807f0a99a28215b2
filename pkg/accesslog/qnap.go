package accesslog

import "bytes"

// formatQNAP is the connection log of QTS as it is sent to syslog. It has no
// sizes and no results: a read proves access, never quantity.
var formatQNAP = &Format{
	Name: "qnap", Title: "QNAP QTS connection log through syslog (reads prove access, never quantity)",
	Meaning: MeaningUnknown, MeaningWhy: "the log has no sizes",
	TimeAt: TimeAtEither, Zone: ZoneOfLine, Escaping: "none: commas in names stand as they are",
	Fields:    "syslog-prefix qulogd[pid]: conn log: Users: user, Source IP: address, Computer name: name, Connection type: type, Accessed resources: path, Action: action",
	Stateless: false, Source: "QNAP Turbo NAS user manual (System Connection Logs), lines of QTS 4.5.4 in the tests of elastic/integrations (qnap_nas)",
	FileService: true,
}

type qnap struct {
	prefix  logPrefix
	scratch []byte
}

func newQNAP(reading Reading) Parser { return &qnap{prefix: newLogPrefix(reading)} }

var (
	qnapUsers     = []byte("conn log: Users: ")
	qnapSource    = []byte(", Source IP: ")
	qnapComputer  = []byte(", Computer name: ")
	qnapType      = []byte(", Connection type: ")
	qnapResources = []byte(", Accessed resources: ")
	qnapAction    = []byte(", Action: ")
)

// Parse implements Parser. Commas may stand in the path only, which ends at
// the last action.
func (p *qnap) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatQNAP
	tag, message, ok := p.prefix.cut(line, r)
	if !ok {
		return ReasonBadTime
	}
	rest, ok := bytes.CutPrefix(message, qnapUsers)
	if !ok || string(tag) != "qulogd" && string(tag) != "qlogd" {
		return ReasonMissingFields
	}
	user, rest, ok := cutField(rest, qnapSource)
	if !ok {
		return ReasonMissingFields
	}
	client, rest, ok := cutField(rest, qnapComputer)
	if !ok || !isBareAddress(client) {
		return ReasonBadClient
	}
	if _, rest, ok = cutField(rest, qnapType); !ok {
		return ReasonMissingFields
	}
	if _, rest, ok = cutField(rest, qnapResources); !ok {
		return ReasonMissingFields
	}
	action, path := cutLastField(rest, qnapAction)
	if action == nil {
		return ReasonCutOff
	}
	if bytes.Contains(path, qnapUsers) {
		return ReasonBadRequest // two lines that ran into each other
	}
	method, ok := qnapMethod(action)
	if !ok {
		return ReasonBadTail
	}
	setQNAPClient(client, r)
	setQNAPUser(user, r)
	var reason Reason
	p.scratch, reason = qnapEventOf(method, path, p.scratch, r)
	return reason
}

// setQNAPClient leaves out 0.0.0.0, which the services write when they do not
// know the address (write_connlog_internal in QNAP's Samba).
func setQNAPClient(client []byte, r *Record) {
	if string(client) != "0.0.0.0" {
		r.Client = client
	}
}

func setQNAPUser(user []byte, r *Record) {
	if len(user) > 0 && string(user) != "---" {
		r.User = user
	}
}

// qnapResourceMax is the longest resource: what is longer is cut off there
// (RES_LENGTH less its NUL, in QNAP's Samba), so one as long may be cut.
const qnapResourceMax = 1023

// qnapEventOf sets what an action on a resource means. The target is written to
// scratch, which is given back.
func qnapEventOf(method, resource, scratch []byte, r *Record) ([]byte, Reason) {
	if method == nil || len(resource) == 0 || string(resource) == "---" {
		return scratch, ReasonNone
	}
	if len(resource) >= qnapResourceMax {
		return scratch, ReasonCutOff
	}
	r.Method = method
	switch string(method) {
	case "RENAME", "COPY": // "from -> to"; QNAP's file manager: "from to to". A name may hold the arrow or the word.
		return scratch, ReasonNone
	case "READ":
		r.Flags |= FlagAccessOnly
	}
	resource = bytes.TrimPrefix(resource, []byte("[File Station] "))
	scratch = appendEscapedPath(scratch[:0], resource)
	r.Target = scratch
	return scratch, ReasonNone
}

// cutField cuts text at the first name of the next field; the value holds no
// comma.
func cutField(text, next []byte) (value, rest []byte, ok bool) {
	i := bytes.Index(text, next)
	if i <= 0 || bytes.IndexByte(text[:i], ',') >= 0 {
		return nil, nil, false
	}
	return text[:i:i], text[i+len(next):], true
}

// methodCopy is a copy from one place of the NAS to another: it hands nothing
// to the client.
var methodCopy = []byte("COPY")

// qnapMethod knows the actions of the connection log. Those without a method
// concern no file.
func qnapMethod(action []byte) (method []byte, ok bool) {
	switch string(action) {
	case "Read", "Open":
		return methodRead, true
	case "Copy":
		return methodCopy, true
	case "Write", "Add":
		return methodWrite, true
	case "Delete":
		return methodDele, true
	case "Make Directory", "Create Directory", "Mkdir":
		return methodMkd, true
	case "Rename", "Move":
		return methodRename, true
	case "Login", "Login OK", "Login Success", "Login Fail", "Logout", "Mount", "Unmount", "Mount Success", "Mount Fail", "Umount":
		return nil, true
	}
	return nil, false
}
