package accesslog

import (
	"fmt"
	"strings"
)

// CompileFormat reads what --format takes besides names: a LogFormat string of
// Apache (with %), one of lighttpd (with lighttpd: before it) or a log_format
// string of nginx (with $). Its name is the string itself.
func CompileFormat(s string) (*Format, error) {
	if rest, ok := strings.CutPrefix(s, lighttpdPrefix); ok {
		return CompileLighttpd(s, rest)
	}
	switch percent, dollar := strings.IndexByte(s, '%'), strings.IndexByte(s, '$'); {
	case percent >= 0 && (dollar < 0 || percent < dollar):
		return CompileApache(s, s)
	case dollar >= 0:
		return CompileNginx(s, s)
	}
	return nil, fmt.Errorf("%q is neither a format's name, nor a LogFormat string of Apache (with %%), nor a log_format string of nginx (with $)", s)
}

// template is a format string taken apart: text, field, text, field, text.
type template struct {
	server string
	source string
	fields []field
	texts  []string // one more than fields
	raw    bool     // nothing is escaped
	json   bool     // JSON escapes
	object bool     // it writes a JSON object
	at     TimeAt   // the moment of Apache's %t
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
	quick    *step  // the first of the quick reading, nil if the format has none
	first    string // the text before the first field
	required int    // the last field that a cut line must have whole
	raw      bool
	json     bool
	unlike   bool // an empty text is nothing, or escapes are those of JSON
	headless bool // client, ident and user stand together at the begin: see headFits
	rescue   bool // the request stands behind a time in brackets: see unescaped
	time     timeFrom
	start    TimeAt
	zoned    bool // the pieces of the time have an offset
	alone    bool // they stand together
	queried  bool // the query is a field of its own
	apart    bool // the time is put together of several fields
	late     bool // something is put together when the line is read
	end      role // what ends the line
	open     bool // a line that was cut may look whole, with other fields: see openEnd
}

// timeFrom says what the time of a record is made of.
type timeFrom uint8

const (
	timeNone timeFrom = iota
	timeLogged
	timeEpoch
	timePieces // of one field or several
)

// build makes the format of a template.
func (t *template) build(name string) (*Format, error) {
	t.mergeQueries()
	if !t.object {
		return t.compile(name)
	}
	instead := t.described()
	mixed := t.joinValues()
	f, err := t.compile(name)
	if err != nil {
		mixed = append(mixed, fmt.Sprintf("its keys can be described instead: --format '%s'", instead))
		err = fmt.Errorf("%w; %s", err, strings.Join(mixed, "; "))
	}
	return f, err
}

func (t *template) compile(name string) (*Format, error) {
	c := &compiled{raw: t.raw, json: t.json, unlike: t.raw || t.json}
	if err := t.chooseTime(c); err != nil {
		return nil, err
	}
	if err := t.chooseRoles(); err != nil {
		return nil, err
	}
	t.joinTimes(c)
	t.joinTargets()
	if err := t.link(c); err != nil {
		return nil, err
	}
	c.fields, c.first = t.fields, t.texts[0]
	c.quick = t.quickSteps()
	title := t.server + " format string"
	if !strings.HasSuffix(name, t.source) {
		title += " " + t.source
	}
	f := &Format{Name: name, Title: title, TimeAt: c.start, Zone: t.zone(c), Escaping: t.escaping(), Fields: t.source, Stateless: true}
	f.Meaning, f.MeaningWhy = t.meaning()
	switch t.server {
	case "nginx":
		f.Source = "nginx ngx_http_log_module and ngx_http_core_module (embedded variables)"
	case "lighttpd":
		f.Source = "lighttpd mod_accesslog (accesslog.format)"
	default:
		f.Source = "Apache mod_log_config and mod_logio"
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
	case t.server == "lighttpd":
		return `\" \\ \b \n \r \t \v \xHH; "-" for nothing`
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
	case t.server != "Apache":
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

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
