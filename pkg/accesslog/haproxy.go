package accesslog

import "bytes"

// formatHAProxy is "option httplog", and httpslog, whose line goes on behind
// the request. The message may stand behind a syslog prefix, whose time is not
// needed.
var formatHAProxy = &Format{
	Name: "haproxy", Title: "HAProxy HTTP log (option httplog, httpslog), with or without its syslog prefix",
	Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "bytes_read counts what was sent to the client, headers included",
	TimeAt: TimeAtStart, Zone: ZoneLocal, Escaping: `#XX for quotes, hashes and what is not printable; in captured headers also for braces and bars`,
	Fields:    "client:port [time.ms] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes cookie cookie state connections queues {captured} {captured} \"request\"",
	Stateless: true, Source: "HAProxy configuration manual, sections 8.2.3, 8.2.4, 8.5 and 8.6",
}

// haproxyTimeLen is the length of 06/Feb/2009:12:14:14.655.
const haproxyTimeLen = 24

type haproxy struct {
	local   localClock
	last    stamp // of the second
	scratch []byte
}

func newHAProxy(reading Reading) Parser {
	return &haproxy{local: localClock{zone: reading.location()}}
}

// Parse implements Parser.
func (p *haproxy) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatHAProxy
	client, rest, ok := cutWord(line)
	if !ok || !timeInBrackets(rest) {
		l, ok := splitSyslog(line)
		if !ok {
			return ReasonBadTime
		}
		if client, rest, ok = cutWord(l.text); !ok || !timeInBrackets(rest) {
			return ReasonBadTime
		}
	}
	port := bytes.LastIndexByte(client, ':')
	if port <= 0 {
		return ReasonBadClient
	}
	if _, ok = wholeNumber(client[port+1:]); !ok {
		return ReasonBadClient
	}
	r.Client = client[:port:port]
	if !p.time(rest[1:1+haproxyTimeLen], r) {
		return ReasonBadTime
	}
	frontend, rest, ok := cutWord(rest[haproxyTimeLen+3:])
	if !ok {
		return ReasonMissingFields
	}
	if n := len(frontend); frontend[n-1] == ':' && bytes.IndexByte(frontend, '/') > 0 {
		return ReasonNone // "frontend/listener: SSL handshake failure": no request
	}
	server, rest, ok := cutWord(rest)
	if !ok || bytes.IndexByte(server, '/') <= 0 {
		return ReasonMissingFields
	}
	timers, rest, ok := cutWord(rest)
	if !ok {
		return ReasonMissingFields
	}
	early, ok := p.timers(timers, r)
	if !ok {
		return ReasonMissingFields
	}
	return p.response(rest, early, r)
}

// timeInBrackets says whether text starts with [06/Feb/2009:12:14:14.655] and
// a space.
func timeInBrackets(text []byte) bool {
	return len(text) > haproxyTimeLen+3 && text[0] == '[' && text[haproxyTimeLen+1] == ']' && text[haproxyTimeLen+2] == ' '
}

func (p *haproxy) time(text []byte, r *Record) bool {
	ms, ok := wholeNumber(text[21:])
	if !ok || text[20] != '.' {
		return false
	}
	if second := text[:20]; !p.last.seen(second, r) {
		if text[2] != '/' || text[6] != '/' || text[11] != ':' {
			return false
		}
		d := date{day: twoDigits(text), month: monthOf(text[3:6]), year: fourDigits(text[7:])}
		if !d.clock(text[12:]) || !p.last.setLocal(second, &p.local, d, 0, r) {
			return false
		}
	}
	r.Time += ms * 1000
	return true
}

// timers reads TR/Tw/Tc/Tr/Ta in milliseconds; -1 is a phase that was not
// reached. A plus before Ta means that the line was written when the response
// began (option logasap).
func (p *haproxy) timers(text []byte, r *Record) (early, ok bool) {
	for range 4 {
		i := bytes.IndexByte(text, '/')
		if i <= 0 {
			return false, false
		}
		if _, ok = wholeNumber(text[:i]); !ok && string(text[:i]) != "-1" {
			return false, false
		}
		text = text[i+1:]
	}
	if early = len(text) > 0 && text[0] == '+'; early {
		_, ok = wholeNumber(text[1:])
		return true, ok
	}
	if string(text) == "-1" {
		return false, true
	}
	r.DurationUS, ok = thousandfold(text)
	return false, ok
}

// response reads `status bytes cookie cookie state connections queues `. Under
// logasap the bytes are those sent so far, which say nothing of the end.
func (p *haproxy) response(rest []byte, early bool, r *Record) Reason {
	status, rest, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	if string(status) != "-1" {
		v, ok := wholeNumber(status)
		if !ok || len(status) != 3 {
			return ReasonBadStatus
		}
		r.Status = int16(v)
	}
	size, rest, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	plus := size[0] == '+'
	if plus {
		size = size[1:]
	}
	if r.Bytes, ok = wholeNumber(size); !ok || plus != early {
		return ReasonBadBytes
	}
	if early {
		r.Bytes = None
	}
	var words [5][]byte // cookie, cookie, state, connections, queues
	for i := range words {
		if words[i], rest, ok = cutWord(rest); !ok {
			return ReasonCutOff
		}
	}
	if len(words[2]) != 4 || bytes.Count(words[3], slash) != 4 || bytes.Count(words[4], slash) != 1 {
		return ReasonBadTail
	}
	if !early {
		r.Finished = haproxyFinished(words[2][0], words[2][1])
	}
	return p.request(rest, r)
}

// haproxyFinished reads the first two letters of the termination state: who
// ended the session, and in which phase.
func haproxyFinished(who, phase byte) Finished {
	switch {
	case who == '-' && phase == '-', who == 'L':
		return FinishedYes // normal, or answered by HAProxy itself
	case who == '-', who == 'P':
		return FinishedUnknown // stopped by a rule, which may have answered
	}
	return FinishedNo // client, server, time-out, killed, resources
}

// request reads up to two braces of captured headers and the request, which is
// last but for the fields of httpslog. Quotes in all of them are escaped.
func (p *haproxy) request(rest []byte, r *Record) Reason {
	for range 2 {
		if len(rest) == 0 || rest[0] != '{' {
			break
		}
		i := bytes.IndexByte(rest, '}')
		if i < 0 || i+1 == len(rest) {
			return ReasonCutOff
		}
		if rest[i+1] != ' ' || bytes.IndexByte(rest[:i], '"') >= 0 {
			return ReasonBadTail
		}
		rest = rest[i+2:]
	}
	if len(rest) == 0 {
		return ReasonCutOff
	}
	if rest[0] != '"' {
		return ReasonBadTail
	}
	end := bytes.IndexByte(rest[1:], '"')
	if end < 0 {
		return ReasonCutOff
	}
	if !isTLSTail(rest[end+2:]) {
		return ReasonBadRequest
	}
	splitRequest(rest[1:1+end], r)
	var ok bool
	if r.Target, ok = p.target(r.Target); !ok {
		return ReasonBadRequest
	}
	return ReasonNone
}

// isTLSTail says whether text is nothing, or what httpslog writes behind the
// request: ` error/hex/0/0/0 name/version/cipher`, or a begin of it.
func isTLSTail(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if text[0] != ' ' || bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '[') >= 0 {
		return false
	}
	return bytes.Count(text, space) <= 2 && bytes.Count(text, slash) <= 6
}

// target turns #XX into %XX, which names the same byte of a path, and a
// backslash of the client into %5C, which Unescape leaves alone.
func (p *haproxy) target(text []byte) ([]byte, bool) {
	if bytes.IndexByte(text, '#') < 0 && bytes.IndexByte(text, '\\') < 0 {
		return text, true
	}
	p.scratch = p.scratch[:0]
	for i, c := range text {
		switch {
		case c == '\\':
			p.scratch = append(p.scratch, "%5C"...)
		case c != '#':
			p.scratch = append(p.scratch, c)
		case i+2 >= len(text) || hexDigit(text[i+1]) < 0 || hexDigit(text[i+2]) < 0:
			return nil, false
		default:
			p.scratch = append(p.scratch, '%')
		}
	}
	return p.scratch, true
}
