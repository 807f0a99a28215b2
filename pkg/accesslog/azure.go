package accesslog

import (
	"bytes"
	"unicode/utf8"
)

// The logs of Azure Storage Analytics, as they lie in the container $logs.
//
// Source: Microsoft REST storageservices, "Storage Analytics log format" (its
// examples show that the packet sizes are bodies: the headers have fields of
// their own, and a PutBlob with a content length of 100 has a request packet of
// 100 and a response packet of 0) and "Storage Analytics logged operations and
// status messages".
var formatAzureStorage = &Format{
	Name: "azure_storage", Title: "Azure Storage Analytics log, version 1.0 and 2.0",
	Meaning: MeaningAcceptedBody, MeaningWhy: "response-packet-size is the size of the response written; headers are counted in response-header-size",
	TimeAt: TimeAtStart, Zone: ZoneUTC, Escaping: `fields that may hold a quote or a semicolon are quoted and HTML-encoded`, Stateless: true,
	Fields: "version;start;operation;status;HTTP status;latency;server latency;authentication;requester;owner;service;\"URL\";\"object\";request id;operations;client[:port];…;response header size;response packet size;…;\"user agent\";\"referrer\";…",
	Source: "Microsoft REST storageservices, Storage Analytics log format",
}

// The fields that are read, by their place.
const (
	azureVersion = iota
	azureStart
	azureOperation
	azureStatus
	azureHTTPStatus
	azureLatency
	azureServerLatency
	azureRequester    = 8
	azureService      = 10
	azureURL          = 11
	azureClient       = 15
	azureReceivedHead = 17
	azureReceived     = 18
	azureSentHead     = 19
	azureSent         = 20
	azureAgent        = 27
	azureReferrer     = 28
	azureFields       = 30 // of version 1.0
)

type azureStorage struct {
	clock                  dayClock
	fields                 [azureFields][]byte
	target, agent, referer []byte
	listed                 []byte
}

func newAzureStorage(Reading) Parser { return &azureStorage{} }

// Parse implements Parser.
func (p *azureStorage) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatAzureStorage
	if len(line) < 4 || line[0] != '1' && line[0] != '2' || line[1] != '.' || line[2] != '0' || line[3] != ';' {
		return ReasonMissingFields
	}
	n, ok := p.split(line)
	if !ok {
		return ReasonBadTail
	}
	if n <= azureStart+1 {
		return ReasonCutOff
	}
	if r.Time, ok = p.clock.utcTime(p.fields[azureStart], true); !ok {
		return ReasonBadTime
	}
	// Cut off: what a record needs ends with the client. Between request and
	// client the last field that was begun is not whole.
	if n != azureFields {
		if n-1 <= azureClient {
			return ReasonCutOff
		}
		r.Flags |= FlagCutOff
		n--
	}
	for i := n; i < azureFields; i++ {
		p.fields[i] = nil
	}
	if !p.inPlace() {
		return ReasonMissingFields
	}
	if r.Status, ok = threeDigits(p.fields[azureHTTPStatus]); !ok {
		return ReasonBadStatus
	}
	if r.Client, ok = cutPerhapsPort(p.fields[azureClient]); !ok {
		return ReasonBadClient
	}
	if r.Bytes, ok = orNone(p.fields[azureSent]); !ok {
		return ReasonBadBytes
	}
	if ms, ok := wholeNumber(p.fields[azureLatency]); ok && ms < 1e15 {
		r.DurationUS = ms * 1e3
	}
	r.User = filled(p.fields[azureRequester])
	r.Agent, p.agent = unescapeHTML(filled(p.fields[azureAgent]), p.agent)
	r.Referrer, p.referer = unescapeHTML(filled(p.fields[azureReferrer]), p.referer)
	if bytes.HasSuffix(p.fields[azureStatus], []byte("NetworkError")) {
		r.Finished = FinishedNo // mostly a client that closed the connection too early
	}
	p.request(r)
	return ReasonNone
}

// inPlace says whether the fields that nobody but the service writes look as
// they must. Where a line was torn, one field may be missing and another one too
// many.
func (p *azureStorage) inPlace() bool {
	for _, i := range [...]int{azureOperation, azureStatus, azureService} {
		if !isWord(p.fields[i]) {
			return false
		}
	}
	for _, i := range [...]int{azureLatency, azureServerLatency, azureReceivedHead, azureReceived, azureSentHead} {
		if _, ok := orNone(p.fields[i]); !ok {
			return false
		}
	}
	return true
}

// isWord says whether text is made of letters and digits.
func isWord(text []byte) bool {
	for _, c := range text {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(text) > 0
}

// split takes the fields of version 1.0; those that 2.0 adds say who asked by
// OAuth, and are only looked over. n is azureFields when all are there.
func (p *azureStorage) split(line []byte) (n int, ok bool) {
	two := line[0] == '2'
	for {
		value, quoted := line, len(line) > 0 && line[0] == '"'
		end := bytes.IndexByte(line, ';')
		if quoted {
			q := bytes.IndexByte(line[1:], '"')
			if q < 0 {
				return n + 1, true // cut inside quotes
			}
			value, end = line[1:1+q:1+q], q+2
			if end == len(line) {
				end = -1
			} else if line[end] != ';' {
				return n, false
			}
		} else {
			if end >= 0 {
				value = line[:end:end]
			}
			if bytes.IndexByte(value, '"') >= 0 {
				return n, false
			}
		}
		if n < azureFields {
			p.fields[n] = value
		}
		n++
		switch {
		case end >= 0:
			line = line[end+1:]
			continue
		case n == azureFields, two && n == azureFields+azureAdded:
			return azureFields, true
		case n > azureFields:
			return azureFields, two && n < azureFields+azureAdded
		}
		return n, true
	}
}

// azureAdded are the fields that version 2.0 adds.
const azureAdded = 8

// request makes method and target of operation and URL; the HTTP method is not
// logged. GetBlob hands out a blob, GetBlobProperties is its HEAD, ListBlobs
// shows names. Other operations are written as their own name: they are no
// content of the file that their URL names.
func (p *azureStorage) request(r *Record) {
	operation := p.fields[azureOperation]
	list := false
	switch string(operation) {
	case "GetBlob", "ReadFile", "GetFile":
		r.Method = methodGet
	case "GetBlobProperties", "GetFileProperties":
		r.Method = methodHead
	case "ListBlobs", "ListFilesAndDirectories", "ListFileSystemDir":
		r.Method, list = methodGet, true
	default:
		r.Method = operation
	}
	url := p.fields[azureURL]
	if len(url) == 0 {
		r.Method = nil
		return
	}
	url, p.target = unescapeHTML(url, p.target)
	r.Host, r.Target = splitURL(url)
	if !list {
		return
	}
	// The page of a container is a directory, whose target ends with a slash.
	path, query, queried := bytes.Cut(r.Target, []byte{'?'})
	if len(path) == 0 || path[len(path)-1] == '/' {
		return
	}
	p.listed = append(append(p.listed[:0], path...), '/')
	if queried {
		p.listed = append(append(p.listed, '?'), query...)
	}
	r.Target = p.listed
}

var (
	methodGet  = []byte("GET")
	methodHead = []byte("HEAD")
)

// filled turns the empty text of a log into nil.
func filled(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	return text
}

// unescapeHTML undoes the HTML encoding of a text, in buf if it has any.
func unescapeHTML(text, buf []byte) (plain, newBuf []byte) {
	if bytes.IndexByte(text, '&') < 0 {
		return text, buf
	}
	buf = buf[:0]
	for len(text) > 0 {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			break
		}
		buf, text = append(buf, text[:i]...), text[i:]
		n := bytes.IndexByte(text[:min(len(text), 12)], ';')
		c, ok := rune(0), false
		if n > 1 {
			c, ok = htmlEntity(text[1:n])
		}
		if !ok {
			buf, text = append(buf, '&'), text[1:]
			continue
		}
		buf, text = utf8.AppendRune(buf, c), text[n+1:]
	}
	buf = append(buf, text...)
	return buf, buf
}

func htmlEntity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := rune(10), name[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n := rune(0)
	for _, c := range digits {
		d := rune(hexDigit(c))
		if d < 0 || d >= base || n > utf8.MaxRune {
			return 0, false
		}
		n = n*base + d
	}
	return n, len(digits) > 0 && utf8.ValidRune(n)
}
