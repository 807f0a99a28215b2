package accesslog

// shape is what a field may look like. A shape allows at least what the
// server can write there, whatever a client sends; so the true reading of a
// whole line is always among those that the shapes allow, and a line that can
// be read in one way only is read right.
type shape uint8

const (
	shapeText    shape = iota // anything, as the server escapes it: no quote without a backslash
	shapeRaw                  // anything, not escaped
	shapeWord                 // no spaces, no quotes without a backslash
	shapeNumber               // digits, or "-"
	shapeDecimal              // digits and perhaps a point, or "-"
	shapeStatus               // three digits, or "-"
	shapeSign                 // one character of field.signs
	shapeList                 // nginx's $upstream_*: words joined with ", " and " : "
	shapeFixed                // the pieces of a time, of fixed width
	shapeCLF                  // 10/Oct/2000:13:55:36 -0700
)

// role is what a field is of a record.
type role uint8

const (
	roleSkip role = iota
	roleClient
	roleClientLast // the client is the last address of a forwarded list
	roleHost
	roleIdent
	roleUser
	roleRequest
	roleMethod
	roleTarget    // as requested
	rolePath      // decoded by the server
	rolePathQuery // decoded, with its query behind it
	roleQuery     // with or without its question mark
	roleProtocol
	roleStatus
	roleBytes
	roleSent
	roleReferrer
	roleAgent
	roleForwarded
	roleRange
	roleContentRange
	roleContentLength
	roleEncoding
	roleConnection // Apache's %X
	roleCompletion // nginx's $request_completion
	roleDuration
	roleJoined // a host and a target with nothing between them: field.joined
	roleTime   // a time with its offset
	roleEpoch  // seconds, or field.scale microseconds, since the epoch
	roleMonth  // the full name of a month
	rolePieces // the pieces of a time
)

// field is one variable of a format.
type field struct {
	text      string // as the format writes it, for errors
	shape     shape
	role      role
	rank      int    // of two fields for one role the lower is taken
	scale     int64  // of a number, to microseconds
	at        TimeAt // of a time
	signs     string // of shapeSign
	empty     bool   // it may be empty, whatever its shape
	user      bool   // may be the bare "" that Apache writes for an empty user
	maybe     bool   // a condition may make it "-"
	list      bool   // X-Forwarded-For
	dashed    bool   // nginx's $uri$args: "-" for no query
	slashless bool   // the server lets no slash into it
	rooted    bool   // it begins with a slash, or is "-"
	http      bool   // Apache's %H: with spaces in it only behind HTTP/
	pieces    []piece
	minute    minute  // of pieces
	joined    []field // of roleJoined

	linked
}

// linked is what link adds to a field.
type linked struct {
	scan       scan
	after      string // the text behind it
	bytes      []byte // the same
	width      int    // of shapeFixed and shapeCLF
	least      int    // the fewest bytes between the field's end and the stop
	tail       int    // scanWidth: the bytes between the field's end and the stop
	quoted     bool   // the stop is a quote, not the line's end
	segment    int    // the last field before the stop
	quoteAt    int    // of the stop in the last field's after
	afterIdent bool   // the user, an ident and a space before it
	statusNext bool   // the field behind is the status
	alone      bool   // the pieces are the whole time
	last       bool
}

// scan is how the end of a field is found.
type scan uint8

const (
	scanQuoted scan = iota // the next quote that is not escaped
	scanRest               // the end of the line
	scanShape              // the shape ends by itself
	scanWidth              // a fixed width before the stop
	scanSearch             // every way is tried
)

func (f *field) timed() bool {
	return f.role >= roleTime && f.role <= rolePieces
}

func (f *field) fixed() bool {
	return f.shape == shapeFixed || f.shape == shapeCLF || f.shape == shapeSign && !f.empty && !f.maybe
}

// reason says why a line is refused that does not fit the field.
func (f *field) reason() Reason {
	switch f.role {
	case roleClient, roleClientLast:
		return ReasonBadClient
	case roleTime, roleEpoch, roleMonth, rolePieces:
		return ReasonBadTime
	case roleHost, roleIdent, roleUser:
		return ReasonMissingFields
	case roleRequest, roleMethod, roleTarget, rolePath, rolePathQuery, roleQuery, roleProtocol, roleJoined:
		return ReasonBadRequest
	case roleStatus:
		return ReasonBadStatus
	case roleBytes:
		return ReasonBadBytes
	}
	return ReasonBadTail
}
