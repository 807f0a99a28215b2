package request

import "github.com/logrecount/recount/pkg/accesslog"

// Kind says what a request came to, as far as one line shows it.
type Kind uint8

// The kinds. A response carries content when its status is 200, 203 or 206 and
// its method GET or POST (Apache serves a static file to POST), or not logged:
// then it may have been either, or HEAD, and pkg/download takes nothing of it as
// proven (accesslog.FlagMethodUnknown).
const (
	KindContent     Kind = iota // a response with content
	KindProbe                   // a 206 of two body bytes or fewer
	KindNotModified             // 304: the client held a copy
	KindHead                    // HEAD, whatever the status
	KindDenied                  // 401, 403, 407, 451
	KindMissing                 // 404, 410
	KindRedirect                // 3xx other than 304
	KindError                   // any other status of 400 and above, below 200, or none
	KindListing                 // a directory page that showed names
	KindNoContent               // success without content: 204, or a method such as OPTIONS
)

var kindNames = [...]string{"content", "probe", "not_modified", "head", "denied", "missing", "redirect", "error", "listing", "no_content"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind is the inverse of String.
func ParseKind(s string) (Kind, bool) {
	for k, name := range kindNames {
		if name == s {
			return Kind(k), true
		}
	}
	return 0, false
}

// KindOf says what a record with a target came to. directory: the target is a
// directory page, so content is a listing.
func KindOf(r *accesslog.Record, directory bool) Kind {
	if r.Format.FileService {
		if kind, ok := kindOfTransfer(r.Method, r.Status); ok {
			return kind
		}
	}
	status := r.Status
	switch {
	case string(r.Method) == "HEAD":
		return KindHead
	case status == 200 || status == 203 || status == 206:
		switch {
		case !r.MethodUnknown() && string(r.Method) != "GET" && string(r.Method) != "POST":
			return KindNoContent
		case directory:
			return KindListing
		case status == 206 && r.Bytes != accesslog.None && r.Bytes <= probeBytes:
			return KindProbe
		}
		return KindContent
	case status == 304:
		return KindNotModified
	case status >= 200 && status < 300:
		return KindNoContent
	case status >= 300 && status < 400:
		return KindRedirect
	case status == 401 || status == 403 || status == 407 || status == 451:
		return KindDenied
	case status == 404 || status == 410:
		return KindMissing
	}
	return KindError
}

// probeBytes is the size up to which a partial response is a probe: players
// ask for the bytes 0-1 to see whether a server knows ranges.
const probeBytes = 2

// kindOfTransfer is KindOf for file services. Their formats write a file handed
// out as method RETR with the reply codes of FTP (RFC 959, section 4.2), and one
// that was read in place (SMB, a file manager) as READ, without a status. All
// other codes mean what they mean in HTTP.
func kindOfTransfer(method []byte, status int16) (Kind, bool) {
	switch string(method) {
	case "READ":
		if status == 0 {
			return KindContent, true
		}
	case "RETR":
		switch status {
		case 226, 250, 426, 451: // done, done, closed, aborted
			return KindContent, true
		}
	case "STOR", "WRITE", "DELE", "RENAME", "MKD", "LIST":
		return KindNoContent, true
	default:
		return 0, false
	}
	switch status {
	case 530:
		return KindDenied, true
	case 550:
		return KindMissing, true
	}
	return 0, false
}
