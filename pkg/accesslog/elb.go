package accesslog

import "bytes"

// The logs of Amazon's load balancers. A folder may hold all three; the first
// field tells them apart. What a client wrote stands behind the numbers, so it
// cannot move them.
//
// Sources: Elastic Load Balancing user guides, "Access logs for your
// Application / Network / Classic Load Balancer".
var (
	formatALB = &Format{
		Name: "alb", Title: "Amazon Application Load Balancer",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "sent_bytes is the response sent to the client; for HTTP it includes the headers",
		TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "the URL as the client sent it, quotes not escaped by any documented rule", Stateless: true, Family: "elb", Source: "ELB user guide, Application Load Balancer access logs",
		Fields: `type time elb client:port target:port request_time target_time response_time status target_status received sent "request" "user agent" cipher protocol …, the 22nd is the time of the request's creation`,
	}
	formatELB = &Format{
		Name: "elb", Title: "Amazon Classic Load Balancer",
		Meaning: MeaningAcceptedBody, MeaningWhy: "sent_bytes of an HTTP listener is the response body, without headers",
		TimeAt: TimeAtStart, Zone: ZoneUTC, Escaping: "the URL as the client sent it, quotes not escaped by any documented rule", Stateless: true, Family: "elb", Source: "ELB user guide, Classic Load Balancer access logs",
		Fields: `time elb client:port backend:port request_time backend_time response_time status backend_status received sent "request" "user agent" cipher protocol`,
	}
	formatNLB = &Format{
		Name: "nlb", Title: "Amazon Network Load Balancer (TLS connections: no requests in it)",
		Meaning: MeaningUnknown, MeaningWhy: "counts bytes of connections, not of responses",
		TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "none", Stateless: true, Family: "elb", Source: "ELB user guide, Network Load Balancer access logs",
		Fields: "tls version time elb listener client:port destination:port connection_time handshake_time received sent …",
	}
)

type elb struct {
	only  *Format
	clock dayClock
	head  [12][]byte
}

func newELB(reading Reading) Parser {
	p := &elb{}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
	}
	return p
}

// Parse implements Parser.
func (p *elb) Parse(line []byte, r *Record) Reason {
	r.Reset()
	reason := p.parse(line, r)
	if reason == ReasonNone && p.only != nil && r.Format != p.only {
		return ReasonOtherFormat
	}
	return reason
}

func (p *elb) parse(line []byte, r *Record) Reason {
	s := bytes.IndexByte(line, ' ')
	if s < 0 {
		return ReasonBadTime
	}
	switch string(line[:s]) {
	case "http", "https", "h2", "grpcs", "ws", "wss":
		r.Format = formatALB
		return p.parseHTTP(line[s+1:], r)
	case "tls":
		r.Format = formatNLB
		return p.parseTLS(line[s+1:], r)
	}
	r.Format = formatELB
	return p.parseHTTP(line, r)
}

// fields takes n values, each with the space behind it.
func (p *elb) fields(line []byte, n int) (rest []byte, ok bool) {
	for i := range n {
		s := bytes.IndexByte(line, ' ')
		if s <= 0 {
			return nil, false
		}
		p.head[i], line = line[:s:s], line[s+1:]
	}
	return line, true
}

// parseHTTP reads `time elb client:port target:port three-times status
// target-status received sent "request" "user agent" …`.
func (p *elb) parseHTTP(line []byte, r *Record) Reason {
	s := bytes.IndexByte(line, ' ')
	var ok bool
	if s < 0 {
		return ReasonBadTime
	}
	if r.Time, ok = p.clock.utcTime(line[:s], true); !ok {
		return ReasonBadTime
	}
	tail, ok := p.fields(line, 11)
	if !ok {
		return ReasonCutOff
	}
	if r.Client, ok = cutPort(p.head[2]); !ok {
		return ReasonBadClient
	}
	for _, t := range p.head[4:7] {
		if _, ok := secondsAsMicros(t); !ok && string(t) != "-1" && string(t) != "-" {
			return ReasonMissingFields
		}
	}
	if r.Status, ok = threeDigits(p.head[7]); !ok {
		return ReasonBadStatus
	}
	if _, ok := threeDigits(p.head[8]); !ok {
		return ReasonBadStatus
	}
	if r.Bytes, ok = orNone(p.head[10]); !ok && string(p.head[10]) != "-1" {
		return ReasonBadBytes
	}
	return p.parseRequest(tail, r)
}

// parseRequest reads `"METHOD scheme://host:port/path HTTP/1.1" "user agent"
// cipher protocol`. Which quote closes a text must not be open to doubt: only
// one may be followed by what must follow.
func (p *elb) parseRequest(tail []byte, r *Record) Reason {
	if len(tail) == 0 {
		return ReasonCutOff
	}
	if tail[0] != '"' {
		return ReasonBadRequest
	}
	tail = tail[1:]
	end := bytes.Index(tail, quoteSpaceQuote)
	if end < 0 {
		return ReasonCutOff
	}
	request := tail[:end:end]
	if bytes.IndexByte(request, '"') >= 0 {
		return ReasonBadRequest
	}
	if reason := elbRequest(request, r); reason != ReasonNone {
		return reason
	}
	tail = tail[end+3:]
	end = -1
	for i := 0; i < len(tail); i++ {
		q := bytes.IndexByte(tail[i:], '"')
		if q < 0 {
			break
		}
		i += q
		switch behind := tail[i+1:]; {
		case !cipherFollows(behind):
		case end >= 0:
			return ReasonBadTail
		default:
			end = i
		}
	}
	if end < 0 {
		r.Flags |= FlagCutOff
		return ReasonNone
	}
	if bytes.Contains(tail[:end], quoteSpaceQuote) {
		return ReasonBadTail // the request may end there
	}
	r.Agent = absent(tail[:end:end])
	p.parseCreated(tail[end+1:], r)
	return ReasonNone
}

var quoteSpaceQuote = []byte(`" "`)

// elbRequest splits the request. "- - - " and "- http://host:80- -" are
// connections on which no request was read.
func elbRequest(request []byte, r *Record) Reason {
	if len(request) > 1 && request[0] == '-' && request[1] == ' ' {
		return ReasonNone
	}
	s := bytes.IndexByte(request, ' ')
	e := bytes.LastIndexByte(request, ' ')
	if s <= 0 || e <= s || !isMethod(request[:s]) || !bytes.HasPrefix(request[e+1:], httpSlash) {
		return ReasonBadRequest
	}
	url := request[s+1 : e : e]
	if bytes.IndexByte(url, ' ') >= 0 {
		return ReasonBadRequest
	}
	r.Method, r.Protocol = request[:s:s], request[e+1:]
	r.Host, r.Target = splitURL(url)
	return ReasonNone
}

// splitURL splits scheme://host:port/path?query into host and the rest; a text
// without a scheme is all target.
func splitURL(url []byte) (host, target []byte) {
	i := bytes.Index(url, schemeEnd)
	if i <= 0 || bytes.IndexByte(url[:i], '/') >= 0 {
		return nil, url
	}
	rest := url[i+3:]
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		host, target = rest, rootTarget
	} else {
		host, target = rest[:end:end], rest[end:]
	}
	host, _ = splitPort(host)
	if len(target) > 0 && target[0] == '?' {
		return host, url // no path: left to who reads URLs
	}
	return host, target
}

var schemeEnd = []byte("://")

// cipherFollows says whether text is ` cipher protocol`, and then the end or
// more fields.
func cipherFollows(text []byte) bool {
	if len(text) < 4 || text[0] != ' ' {
		return false
	}
	cipher, rest, ok := bytes.Cut(text[1:], space)
	if !ok || len(cipher) == 0 || bytes.IndexByte(cipher, '"') >= 0 {
		return false
	}
	protocol, _, _ := bytes.Cut(rest, space)
	return string(cipher) == "-" && string(protocol) == "-" ||
		len(cipher) > 3 && (bytes.HasPrefix(protocol, []byte("TLSv")) || bytes.HasPrefix(protocol, []byte("SSLv")))
}

// parseCreated reads request_creation_time, which the later application load
// balancers write behind ` cipher protocol target-group "trace" "domain"
// "certificate" priority `. The time of the line less it is the duration.
func (p *elb) parseCreated(tail []byte, r *Record) {
	if r.Format != formatALB {
		return
	}
	for i := range 8 {
		if len(tail) < 2 || tail[0] != ' ' {
			return
		}
		tail = tail[1:]
		end := bytes.IndexByte(tail, ' ')
		if tail[0] == '"' {
			if end = bytes.IndexByte(tail[1:], '"'); end >= 0 {
				end += 2
			}
		}
		if end < 0 {
			return
		}
		if i == 7 {
			if created, ok := p.clock.utcTime(tail[:end], true); ok && created <= r.Time {
				r.DurationUS = r.Time - created
			}
		}
		tail = tail[end:]
	}
}

// parseTLS reads a connection of a network load balancer. There is no request
// in it, so it concerns no file.
func (p *elb) parseTLS(line []byte, r *Record) Reason {
	tail, ok := p.fields(line, 10)
	if !ok || len(tail) == 0 {
		return ReasonCutOff
	}
	if r.Time, ok = p.clock.utcTime(p.head[1], false); !ok {
		return ReasonBadTime
	}
	if r.Client, ok = cutPort(p.head[4]); !ok {
		return ReasonBadClient
	}
	if r.Bytes, ok = orNone(p.head[9]); !ok {
		return ReasonBadBytes
	}
	if n, ok := wholeNumber(p.head[6]); ok && n < 1e15 {
		r.DurationUS = n * 1e3
	}
	return ReasonNone
}
