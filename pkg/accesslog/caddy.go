package accesslog

import "bytes"

// formatCaddy is what Caddy 2 writes with its JSON encoder. Its log holds the
// server's own messages too: they are records without a target.
var formatCaddy = &Format{
	Name: "caddy", Title: "Caddy 2, JSON access log",
	Meaning: MeaningAcceptedBody, MeaningWhy: "size counts the body bytes that were written to the client",
	TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "JSON; bytes that are not UTF-8 were replaced by U+FFFD",
	Fields:    "ts, logger, request {remote_ip, client_ip, proto, method, host, uri, headers}, user_id, duration, size, status, resp_headers",
	Stateless: true, Source: "Caddy documentation, Logging; caddyserver/caddy modules/caddyhttp (server.go, marshalers.go, responsewriter.go)",
}

// The values that are wanted of a line of Caddy.
var (
	caddyRoot   = &jsonNode{}
	caddyLevel  = caddyRoot.add(0, "level")
	caddyTime   = caddyRoot.add(1, "ts")
	caddyLogger = caddyRoot.add(2, "logger")
	caddyMsg    = caddyRoot.add(3, "msg")
	caddyCaller = caddyRoot.add(4, "caller")

	caddyRequest   = caddyRoot.add(5, "request")
	caddyRemoteIP  = caddyRoot.add(6, "request", "remote_ip")
	caddyAddr      = caddyRoot.add(7, "request", "remote_addr") // until Caddy 2.4, with the port
	caddyClientIP  = caddyRoot.add(8, "request", "client_ip")   // since Caddy 2.7
	caddyProto     = caddyRoot.add(9, "request", "proto")
	caddyMethod    = caddyRoot.add(10, "request", "method")
	caddyHost      = caddyRoot.add(11, "request", "host")
	caddyURI       = caddyRoot.add(12, "request", "uri")
	caddyRange     = caddyRoot.add(13, "request", "headers", "Range")
	caddyAgent     = caddyRoot.add(14, "request", "headers", "User-Agent")
	caddyReferrer  = caddyRoot.add(15, "request", "headers", "Referer")
	caddyForwarded = caddyRoot.add(16, "request", "headers", "X-Forwarded-For")

	caddyUser         = caddyRoot.add(17, "user_id")
	caddyDuration     = caddyRoot.add(18, "duration")
	caddySize         = caddyRoot.add(19, "size")
	caddyStatus       = caddyRoot.add(20, "status")
	caddyContentRange = caddyRoot.add(21, "resp_headers", "Content-Range")
	caddyLength       = caddyRoot.add(22, "resp_headers", "Content-Length")
	caddyEncoding     = caddyRoot.add(23, "resp_headers", "Content-Encoding")
)

const caddySlots = 24

type caddy struct {
	json  jsonScanner
	clock jsonClock
}

func newCaddy(reading Reading) Parser {
	return &caddy{clock: newJSONClock(reading, false)}
}

// Parse implements Parser.
func (p *caddy) Parse(line []byte, r *Record) Reason {
	r.Reset()
	state := p.json.scan(line, caddyRoot, caddySlots)
	if state == jsonBad {
		return ReasonBadJSON
	}
	r.Format = formatCaddy
	t, ok := p.clock.value(p.json.values[caddyTime], timeAuto)
	switch {
	case !ok && state == jsonCut && p.json.values[caddyTime].kind == jsonMissing:
		return ReasonCutOff
	case !ok:
		return ReasonBadTime
	}
	t.set(r)
	if access, known := caddyAccess(p.json.str(caddyLogger)); !access {
		return p.message(known, state)
	}
	return p.access(state, r)
}

// caddyAccess says whether a logger writes requests, and whether its name is
// one of Caddy's at all.
func caddyAccess(logger []byte) (access, known bool) {
	if rest, ok := bytes.CutPrefix(logger, caddyAccessLog); ok {
		if len(rest) == 0 || rest[0] == '.' {
			return true, true
		}
	}
	first, _, _ := bytes.Cut(logger, dot)
	switch string(first) {
	case "http", "tls", "admin", "pki", "caddy", "events", "layer4", "dynamic_dns", "storage", "watcher", "docker-proxy":
		return false, true
	}
	return false, false
}

var (
	caddyAccessLog = []byte("http.log.access")
	dot            = []byte{'.'}
)

// message reads a line that is no request: one of a known logger, or one from
// Caddy's start, which names no logger. Other programs write such lines with
// the same library, but with a caller.
func (p *caddy) message(known bool, state jsonState) Reason {
	v := p.json.values
	if v[caddyLevel].kind != jsonString || v[caddyMsg].kind != jsonString {
		return ReasonOtherFormat
	}
	if known {
		return ReasonNone
	}
	if state == jsonCut {
		return ReasonCutOff
	}
	if v[caddyLogger].kind != jsonMissing || v[caddyCaller].kind != jsonMissing || v[caddyRequest].kind != jsonMissing {
		return ReasonOtherFormat
	}
	return ReasonNone
}

func (p *caddy) access(state jsonState, r *Record) Reason {
	s := &p.json
	var ok bool
	if r.Status, ok = s.status(caddyStatus); !ok {
		return cutOr(state, s.values[caddyStatus], ReasonBadStatus)
	}
	if r.Bytes, ok = s.count(caddySize); !ok {
		return ReasonBadBytes
	}
	if r.Client = s.field(caddyRemoteIP); r.Client == nil {
		r.Client = hostOnly(s.field(caddyAddr))
	}
	if !oneClient(r.Client) {
		return ReasonBadClient
	}
	r.Method, r.Target = s.field(caddyMethod), s.target(s.str(caddyURI))
	if r.Method == nil || !isMethod(r.Method) || len(r.Target) == 0 {
		return ReasonBadRequest
	}
	if state == jsonCut {
		r.Flags |= FlagCutOff
	}
	r.Protocol, r.User = s.field(caddyProto), s.field(caddyUser)
	if r.Host, _ = splitPort(s.field(caddyHost)); len(r.Host) == 0 {
		r.Host = nil
	}
	r.Agent, r.Referrer = s.list(caddyAgent), s.list(caddyReferrer)
	// client_ip is what Caddy believed, by its trusted proxies, from a header
	// that clients can write. The connection came from remote_ip.
	if r.Forwarded = s.list(caddyForwarded); r.Forwarded == nil {
		if ip := s.field(caddyClientIP); !bytes.Equal(ip, r.Client) {
			r.Forwarded = ip
		}
	}
	p.duration(r)
	placeBody(r, s.list(caddyContentRange), s.list(caddyRange))
	setCoding(r, s.list(caddyEncoding))
	if length, ok := wholeNumber(s.list(caddyLength)); ok {
		compareLength(r, length)
	}
	return ReasonNone
}

// duration is in seconds, with a fraction, unless the encoder was set
// otherwise; a whole number may then be of another unit.
func (p *caddy) duration(r *Record) {
	v := p.json.values[caddyDuration]
	if v.kind != jsonNumber || bytes.IndexByte(v.raw, '.') < 0 {
		return
	}
	if us, ok := scaled(v.raw, 6); ok {
		r.DurationUS = us
	}
}

// cutOr is the reason of a line that lacks a value: that it was cut, if it was.
func cutOr(state jsonState, v jsonValue, why Reason) Reason {
	if state == jsonCut && v.kind == jsonMissing {
		return ReasonCutOff
	}
	return why
}
