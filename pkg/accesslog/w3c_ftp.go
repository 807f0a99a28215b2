package accesslog

import "bytes"

// ftpVerb takes the session number off a verb of the FTP service of IIS up to
// 6, as in [12]sent. No HTTP method holds a bracket.
func ftpVerb(method []byte) ([]byte, bool) {
	if len(method) < 4 || method[0] != '[' {
		return nil, false
	}
	for i, c := range method[1:] {
		if c == ']' && i > 0 {
			return method[i+2:], len(method) > i+2
		}
		if c < '0' || c > '9' {
			return nil, false
		}
	}
	return nil, false
}

// readFTP reads a line of the FTP service. What concerns no file has no target.
func (p *w3c) readFTP(verb []byte, r *Record) Reason {
	var ok bool
	if r.Status, ok = ftpStatus(p.values[p.columns.at[w3cStatus]]); !ok {
		return ReasonBadStatus
	}
	if n, ok := wholeNumber(p.get(w3cTaken)); ok && n < 1e15 {
		r.DurationUS = n * 1e3
	}
	if !ftpMethod(verb, r) {
		return ReasonNone
	}
	path := p.get(w3cStem)
	if path == nil {
		return ReasonNone
	}
	if full := p.get(w3cFullPath); full != nil {
		// It stands last, where a line may be cut: it must end as what the
		// client named does.
		name := path[bytes.LastIndexByte(path, '/')+1:]
		if len(full) < len(name) || !bytes.EqualFold(full[len(full)-len(name):], name) {
			return ReasonBadTail
		}
		path = full
	}
	if path[0] == '/' && escapesNothing(path) {
		r.Target = path
		return ReasonNone
	}
	p.target = p.target[:0]
	if path[0] != '/' {
		p.target = append(p.target, '/') // relative to a directory that is not logged
	}
	p.target = appendEscapedPart(p.target, path)
	r.Target = p.target
	return ReasonNone
}

// ftpStatus reads a reply of three digits, or 0: there was none, as to
// ControlChannelOpened.
func ftpStatus(text []byte) (status int16, ok bool) {
	if string(text) == "0" {
		return 0, true
	}
	return threeDigits(text)
}

// ftpMethod maps the verbs of IIS: up to 6 it writes sent, created and appended
// for transfers, since 7 those of RFC 959. False: it concerns no file.
func ftpMethod(verb []byte, r *Record) bool {
	switch string(verb) {
	case "sent", "RETR":
		r.Method = ftpRetrieve
		switch r.Status {
		case 226, 250:
			r.Finished = FinishedYes
		case 426, 451:
			r.Finished = FinishedNo
		}
	case "created", "appended", "STOR", "STOU", "APPE":
		r.Method = ftpStore
	case "DELE", "RMD", "XRMD":
		r.Method = ftpDelete
	case "MKD", "XMKD":
		r.Method = ftpMakeDir
	case "RNFR", "RNTO":
		r.Method = ftpRename
	case "LIST", "NLST", "MLSD":
		r.Method = ftpList
	default:
		return false
	}
	return true
}

var (
	ftpRetrieve = []byte("RETR")
	ftpStore    = []byte("STOR")
	ftpDelete   = []byte("DELE")
	ftpMakeDir  = []byte("MKD")
	ftpRename   = []byte("RENAME")
	ftpList     = []byte("LIST")
)
