package accesslog

import "bytes"

// formatQNAP is the connection log of QTS as it is sent to syslog. It has no
// sizes and no results: a read proves access, never quantity.
var formatQNAP = &Format{
	Name: "qnap", Title: "QNAP QTS connection log through syslog (reads prove access, never quantity)",
	Meaning: MeaningUnknown, MeaningWhy: "the log has no sizes",
	TimeAt: TimeAtEither, Zone: ZoneLocal, Escaping: "none: commas in names stand as they are",
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
	r.Client = client
	if string(user) != "---" {
		r.User = user
	}
	method, ok := qnapMethod(action)
	switch {
	case !ok:
		return ReasonBadTail
	case method == nil || len(path) == 0 || string(path) == "---":
		return ReasonNone
	}
	r.Method = method
	if string(method) == "RENAME" { // "from -> to": a name may hold the arrow
		return ReasonNone
	}
	path = bytes.TrimPrefix(path, []byte("[File Station] "))
	p.scratch = appendEscapedPath(p.scratch[:0], path)
	r.Target = p.scratch
	if string(method) == "READ" {
		r.Flags |= FlagAccessOnly
	}
	return ReasonNone
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

// qnapMethod knows the actions of the connection log. Those without a method
// concern no file.
func qnapMethod(action []byte) (method []byte, ok bool) {
	switch string(action) {
	case "Read", "Open", "Copy":
		return methodRead, true
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
