package accesslog

import "bytes"

// formatTraefikJSON is Traefik's access log with format json.
var formatTraefikJSON = &Format{
	Name: "traefik_json", Title: "Traefik, JSON access log",
	Meaning: MeaningAcceptedBody, MeaningWhy: "DownstreamContentSize counts the body bytes that were written to the client",
	TimeAt: TimeAtStart, Zone: ZoneUTC, Escaping: "JSON; bytes that are not UTF-8 were replaced by U+FFFD",
	Fields: "ClientAddr, ClientHost, ClientUsername, DownstreamContentSize, DownstreamStatus, Duration, RequestHost, " +
		"RequestMethod, RequestPath, RequestProtocol, StartUTC, request_<header>, downstream_<header>",
	Stateless: true, Source: "Traefik documentation, Access Logs; traefik/traefik pkg/middlewares/accesslog (logdata.go, logger.go)",
}

// The values that are wanted of a line of Traefik. Headers are there if the
// configuration keeps them.
var (
	traefikRoot     = &jsonNode{}
	traefikAddr     = traefikRoot.add(0, "ClientAddr")
	traefikClient   = traefikRoot.add(1, "ClientHost")
	traefikUser     = traefikRoot.add(2, "ClientUsername")
	traefikSize     = traefikRoot.add(3, "DownstreamContentSize")
	traefikStatus   = traefikRoot.add(4, "DownstreamStatus")
	traefikDuration = traefikRoot.add(5, "Duration")
	traefikHost     = traefikRoot.add(6, "RequestHost")
	traefikMethod   = traefikRoot.add(7, "RequestMethod")
	traefikPath     = traefikRoot.add(8, "RequestPath")
	traefikProto    = traefikRoot.add(9, "RequestProtocol")
	traefikUTC      = traefikRoot.add(10, "StartUTC")
	traefikLocal    = traefikRoot.add(11, "StartLocal")

	traefikForwarded    = traefikRoot.add(12, "request_X-Forwarded-For")
	traefikAgent        = traefikRoot.add(13, "request_User-Agent")
	traefikReferrer     = traefikRoot.add(14, "request_Referer")
	traefikRange        = traefikRoot.add(15, "request_Range")
	traefikContentRange = traefikRoot.add(16, "downstream_Content-Range")
	traefikLength       = traefikRoot.add(17, "downstream_Content-Length")
	traefikEncoding     = traefikRoot.add(18, "downstream_Content-Encoding")
)

const traefikSlots = 19

type traefikJSON struct {
	json  jsonScanner
	clock jsonClock
}

func newTraefikJSON(reading Reading) Parser {
	return &traefikJSON{clock: newJSONClock(reading, false)}
}

// Parse implements Parser. A line without RequestPath or RequestMethod is of
// Traefik's own log, which is another one.
func (p *traefikJSON) Parse(line []byte, r *Record) Reason {
	r.Reset()
	s := &p.json
	state := s.scan(line, traefikRoot, traefikSlots)
	if state == jsonBad {
		return ReasonBadJSON
	}
	for _, slot := range [...]int{traefikMethod, traefikPath, traefikStatus, traefikAddr} {
		if s.values[slot].kind == jsonMissing {
			return cutOr(state, s.values[slot], ReasonMissingFields)
		}
	}
	start := s.values[traefikUTC]
	if start.kind == jsonMissing {
		start = s.values[traefikLocal]
	}
	t, ok := p.clock.value(start, timeText)
	if !ok {
		return cutOr(state, start, ReasonBadTime)
	}
	t.set(r)
	r.Format = formatTraefikJSON
	if r.Status, ok = s.status(traefikStatus); !ok {
		return ReasonBadStatus
	}
	if r.Bytes, ok = s.count(traefikSize); !ok {
		return ReasonBadBytes
	}
	if r.Client = hostOnly(s.field(traefikAddr)); !oneClient(r.Client) {
		return ReasonBadClient
	}
	r.Method, r.Target = s.field(traefikMethod), s.target(s.str(traefikPath))
	if r.Method == nil || !isMethod(r.Method) || len(r.Target) == 0 {
		return ReasonBadRequest
	}
	if state == jsonCut {
		r.Flags |= FlagCutOff
	}
	r.Host, r.Protocol, r.User = s.field(traefikHost), s.field(traefikProto), s.field(traefikUser)
	r.Agent, r.Referrer = s.field(traefikAgent), s.field(traefikReferrer)
	// ClientHost is the client's own X-Forwarded-For where it sent one.
	if r.Forwarded = s.field(traefikForwarded); r.Forwarded == nil {
		if host := s.field(traefikClient); !bytes.Equal(host, r.Client) {
			r.Forwarded = host
		}
	}
	if v := s.values[traefikDuration]; v.kind == jsonNumber {
		if ns, ok := wholeNumber(v.raw); ok {
			r.DurationUS = ns / 1000
		}
	}
	placeBody(r, s.field(traefikContentRange), s.field(traefikRange))
	setCoding(r, s.field(traefikEncoding))
	if length, ok := wholeNumber(s.field(traefikLength)); ok {
		compareLength(r, length)
	}
	return ReasonNone
}
