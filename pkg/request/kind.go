package request

// Kind says what a request came to, as far as one line shows it.
type Kind uint8

// The kinds. A response carries content when its status is 200, 203 or 206 and
// its method GET or POST (Apache serves a static file to POST).
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
