package accesslog

import (
	"errors"
	"fmt"
	"strings"
)

// CompileFormat reads what --format takes besides names: a LogFormat string of
// Apache (with %) or a log_format string of nginx (with $). Its name is the
// string itself.
func CompileFormat(s string) (*Format, error) {
	switch percent, dollar := strings.IndexByte(s, '%'), strings.IndexByte(s, '$'); {
	case percent >= 0 && (dollar < 0 || percent < dollar):
		return CompileApache(s, s)
	case dollar >= 0:
		return CompileNginx(s, s)
	}
	return nil, fmt.Errorf("%q is neither a format's name, nor a LogFormat string of Apache (with %%), nor a log_format string of nginx (with $)", s)
}

// ErrJSONTemplate is the error of a template that writes JSON objects.
var ErrJSONTemplate = errors.New("the format writes JSON objects: it is read as JSON lines, not by its text")

// shape is what a field may look like. A shape allows at least what the
// server can write there, whatever a client sends; so the true reading of a
// whole line is always among those that the shapes allow, and a line that can
// be read in one way only is read right.
type shape uint8

const (
	shapeText    shape = iota // anything, as the server escapes it: no quote without a backslash
	shapeRaw                  // anything, not escaped
	shapeWord                 // no spaces, no quotes
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
	roleConnection // Apache's %X
	roleCompletion // nginx's $request_completion
	roleDuration
	roleTime   // a time with its offset
	roleEpoch  // seconds, or field.scale microseconds, since the epoch
	roleMonth  // the full name of a month
	rolePieces // the pieces of a time
)

// field is one variable of a format.
type field struct {
	text   string // as the format writes it, for errors
	shape  shape
	role   role
	rank   int    // of two fields for one role the lower is taken
	scale  int64  // of a number, to microseconds
	at     TimeAt // of a time
	signs  string // of shapeSign
	empty  bool   // a word or number may be empty
	user   bool   // may be the bare "" that Apache writes for an empty user
	maybe  bool   // a condition may make it "-"
	list   bool   // X-Forwarded-For
	alone  bool   // the pieces are the whole time
	pieces []piece

	// What link adds.
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
	last       bool
}

// scan is how the end of a field is found.
type scan uint8

const (
	scanQuoted scan = iota // the next quote that is not escaped
	scanRest               // the end of the line
	scanWord               // the end of a word
	scanNumber             // the end of a size
	scanShape              // the shape ends by itself
	scanWidth              // a fixed width before the stop
	scanSearch             // every way is tried
)

// template is a format string taken apart: text, field, text, field, text.
type template struct {
	server string
	source string
	fields []field
	texts  []string // one more than fields
	raw    bool     // nothing is escaped
	json   bool     // JSON escapes
}

func newTemplate(server, source string) *template {
	return &template{server: server, source: source, texts: []string{""}}
}

func (t *template) text(s string) { t.texts[len(t.texts)-1] += s }

func (t *template) field(f field) {
	if t.raw && f.shape == shapeText {
		f.shape = shapeRaw
	}
	t.fields = append(t.fields, f)
	t.texts = append(t.texts, "")
}

func (t *template) errorf(format string, args ...any) error {
	return fmt.Errorf("%s format %q: %s", t.server, t.source, fmt.Sprintf(format, args...))
}

// compiled is a template that is ready to read lines.
type compiled struct {
	format   *Format
	fields   []field
	first    string // the text before the first field
	required int    // the last field that a cut line must have whole
	raw      bool
	json     bool
	unlike   bool // an empty text is nothing, or escapes are those of JSON
	head     int  // how many fields readHead reads, 0 if the format begins otherwise
	headless bool // client, ident and user stand together at the begin: see headFits
	rescue   bool // the request stands behind a time in brackets: see parseUnescaped
	time     timeFrom
	start    TimeAt
	zoned    bool // the pieces of the time have an offset
	late     bool // something is put together when the line is read: path, time
	end      role // what ends the line
}

// timeFrom says what the time of a record is made of.
type timeFrom uint8

const (
	timeNone timeFrom = iota
	timeLogged
	timeEpoch
	timePieces
)

// build makes the format of a template.
func (t *template) build(name string) (*Format, error) {
	c := &compiled{raw: t.raw, json: t.json, unlike: t.raw || t.json}
	if err := t.merge(); err != nil {
		return nil, err
	}
	if err := t.chooseTime(c); err != nil {
		return nil, err
	}
	if err := t.chooseRoles(); err != nil {
		return nil, err
	}
	t.joinTimes(c)
	c.fields, c.first = t.fields, t.texts[0]
	if err := t.link(c); err != nil {
		return nil, err
	}
	f := &Format{Name: name, Title: t.server + " format " + t.source, TimeAt: c.start, Zone: t.zone(c), Escaping: t.escaping(), Fields: t.source, Stateless: true}
	f.Meaning, f.MeaningWhy = t.meaning()
	f.Source = "Apache mod_log_config and mod_logio"
	if t.server == "nginx" {
		f.Source = "nginx ngx_http_log_module and ngx_http_core_module (embedded variables)"
	}
	c.format = f
	f.parser = func(r Reading) Parser { return newCompiled(c, r) }
	return f, nil
}

func (t *template) escaping() string {
	switch {
	case t.raw:
		return `none: a line that can be read in two ways is refused`
	case t.json:
		return `JSON: \" \\ \n \r \t \b \f \uXXXX; an empty text for nothing`
	case t.server == "nginx":
		return `\xHH; "-" for nothing`
	}
	return `\" \\ \b \n \r \t \v \xhh; "-" for nothing`
}

func (t *template) zone(c *compiled) Zone {
	switch {
	case c.time == timeEpoch:
		return ZoneUTC
	case c.time == timePieces && !c.zoned:
		return ZoneLocal
	}
	return ZoneLogged
}

func (t *template) meaning() (Meaning, string) {
	bytes, sent := t.find(roleBytes), t.find(roleSent)
	beside := ""
	if bytes >= 0 && sent >= 0 {
		beside = "; " + t.fields[sent].text + " beside it counts what the network accepted, with headers"
	}
	switch {
	case bytes < 0:
		return MeaningUnknown, "the format logs no size"
	case t.fields[bytes].rank >= rankHeaders:
		return MeaningAcceptedWithHeaders, t.fields[bytes].text + " counts bytes that the network accepted, with headers"
	case t.server == "nginx":
		return MeaningAcceptedBody, t.fields[bytes].text + " counts body bytes that the network accepted" + beside
	}
	return MeaningPlanned, t.fields[bytes].text + " is the planned size" + beside
}

// rankHeaders marks a size that counts headers too.
const rankHeaders = 8

func (t *template) find(r role) int {
	for i := range t.fields {
		if t.fields[i].role == r {
			return i
		}
	}
	return -1
}
