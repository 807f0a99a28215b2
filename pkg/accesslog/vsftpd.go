package accesslog

import "bytes"

// formatVsftpd is vsftpd's own log (xferlog_std_format=NO), with or without
// log_ftp_protocol. A line that was cut within a hostile name, right behind what
// looks like the end of a line, cannot be told from a whole one.
var formatVsftpd = &Format{
	Name: "vsftpd", Title: "vsftpd's own log (vsftpd.log)",
	Meaning: MeaningTransferred, MeaningWhy: "the size field counts the bytes of this transfer; of a resumed one only the rest",
	TimeAt: TimeAtEnd, Zone: ZoneLocal, Escaping: "what is not printable becomes a question mark; quotes and brackets are not escaped",
	Fields:    "ctime [pid N] [user] OK|FAIL action: Client \"address\", \"path\", N bytes, R Kbyte/sec",
	Stateless: true, Source: "vsftpd logging.c (vsf_log_do_log_vsftpd_format)",
	FileService: true,
}

type vsftpd struct {
	clock   ctimeClock
	scratch []byte
}

func newVsftpd(reading Reading) Parser {
	return &vsftpd{clock: ctimeClock{local: localClock{zone: reading.location()}}}
}

var (
	vsftpdPid    = []byte("[pid ")
	vsftpdClient = []byte(": Client \"")
	vsftpdBytes  = []byte(" bytes")
	vsftpdRate   = []byte("Kbyte/sec")
	commaQuote   = []byte(", \"")
	anonPassword = []byte(", anon password \"")
	quoteComma   = []byte("\", ")
)

// Parse implements Parser.
func (p *vsftpd) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatVsftpd
	rest, ok := p.clock.cut(line, r)
	if !ok {
		return ReasonBadTime
	}
	rest, ok = bytes.CutPrefix(rest, vsftpdPid)
	i := bytes.IndexByte(rest, ']')
	if !ok || i < 0 {
		return ReasonMissingFields
	}
	if _, ok = wholeNumber(rest[:i]); !ok || i+1 >= len(rest) || rest[i+1] != ' ' {
		return ReasonMissingFields
	}
	rest = rest[i+2:]
	if len(rest) > 0 && rest[0] == '[' {
		// A user's name is what a client typed. With a bracket or a quote in
		// it there is no saying where it ends.
		end := bytes.IndexByte(rest, ']')
		if end < 0 || end+1 >= len(rest) || rest[end+1] != ' ' || bytes.ContainsAny(rest[1:end], "[\"") {
			return ReasonMissingFields
		}
		r.User = rest[1:end:end]
		rest = rest[end+2:]
	}
	i = bytes.Index(rest, vsftpdClient)
	if i < 0 {
		return ReasonBadClient
	}
	action, rest := rest[:i], rest[i+len(vsftpdClient):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return ReasonCutOff
	}
	if r.Client = rest[:end:end]; !isBareAddress(r.Client) {
		return ReasonBadClient
	}
	return p.action(action, rest[end+1:], r)
}

// action reads what was done and what stands behind the client.
func (p *vsftpd) action(action, tail []byte, r *Record) Reason {
	done := true
	if rest, ok := bytes.CutPrefix(action, []byte("OK ")); ok {
		action = rest
	} else if rest, ok = bytes.CutPrefix(action, []byte("FAIL ")); ok {
		action, done = rest, false
	} else {
		switch string(action) {
		case "CONNECT", "FTP command", "FTP response", "DEBUG":
			return plainVsftpdTail(tail)
		}
		return ReasonMissingFields
	}
	switch string(action) {
	case "DOWNLOAD":
		r.Method = methodRetr
		return p.transfer(tail, done, r)
	case "UPLOAD":
		r.Method = methodStor
		return p.transfer(tail, done, r)
	case "LOGIN", "CHMOD":
		return plainVsftpdTail(tail)
	case "MKDIR":
		r.Method = methodMkd
	case "DELETE", "RMDIR":
		r.Method = methodDele
	case "RENAME": // "from to": where one ends is not known
		r.Method = methodRename
		return plainVsftpdTail(tail)
	default:
		return ReasonMissingFields
	}
	r.Status = 250
	if !done {
		r.Status = 550
	}
	if plainVsftpdTail(tail) != ReasonNone || len(tail) < len(`, "x"`) || !bytes.HasPrefix(tail, commaQuote) {
		return ReasonCutOff
	}
	return p.path(tail[len(commaQuote):len(tail)-1], r)
}

// plainVsftpdTail checks a tail that is nothing or quoted texts.
func plainVsftpdTail(tail []byte) Reason {
	quoted := tail
	if bytes.HasPrefix(tail, anonPassword) {
		quoted = tail[len(anonPassword)-len(commaQuote):]
	} else if !bytes.HasPrefix(tail, commaQuote) {
		quoted = nil
	}
	if len(tail) == 0 || len(quoted) > len(commaQuote) && quoted[len(quoted)-1] == '"' {
		return ReasonNone
	}
	return ReasonCutOff
}

// transfer reads `, "path", N bytes, R.RRKbyte/sec` from the right, since the
// path may hold quotes. vsftpd leaves out bytes of none. A transfer that
// failed before its first byte (no such file, no leave) has status 550, one
// that broke off 426.
func (p *vsftpd) transfer(tail []byte, done bool, r *Record) Reason {
	tail, ok := bytes.CutPrefix(tail, commaQuote)
	if !ok {
		return ReasonCutOff
	}
	tail, ok = bytes.CutSuffix(tail, vsftpdRate)
	if !ok {
		return ReasonCutOff
	}
	i := bytes.LastIndex(tail, []byte(", "))
	if i < 0 || !isRate(tail[i+2:]) {
		return ReasonBadTail
	}
	tail = tail[:i]
	r.Bytes = 0
	if text, ok := bytes.CutSuffix(tail, vsftpdBytes); ok {
		i = bytes.LastIndex(text, quoteComma)
		if i < 0 {
			return ReasonBadTail
		}
		if r.Bytes, ok = wholeNumber(text[i+3:]); !ok {
			return ReasonBadBytes
		}
		tail = text[:i+1]
	}
	path, ok := bytes.CutSuffix(tail, []byte{'"'})
	if !ok {
		return ReasonBadTail
	}
	r.Status, r.Finished = transferStatus(done), FinishedYes
	if !done {
		r.Finished = FinishedNo
		if r.Bytes == 0 {
			r.Status = 550
		}
	}
	return p.path(path, r)
}

// path refuses a name that holds another line of the log: two that ran into
// each other.
func (p *vsftpd) path(path []byte, r *Record) Reason {
	if len(path) == 0 || bytes.Contains(path, vsftpdClient) {
		return ReasonBadRequest
	}
	p.scratch = appendEscapedPath(p.scratch[:0], path)
	r.Target = p.scratch
	return ReasonNone
}

// isRate says whether text is a number with a point, inf or nan: a transfer
// that took no time has no rate.
func isRate(text []byte) bool {
	switch string(text) {
	case "":
		return false
	case "inf", "nan", "-nan":
		return true
	}
	for _, c := range text {
		if c != '.' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
