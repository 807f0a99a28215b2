package accesslog

import "bytes"

// formatSquid is Squid's own format. What its cache answered (TCP_HIT,
// TCP_MEM_HIT, TCP_IMS_HIT …) never reached the origin, whose log lacks it.
var formatSquid = &Format{
	Name: "squid", Title: "Squid native access log (answers from its cache are in no other server's log)",
	Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "%<st is the reply size sent to the client, headers included",
	TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: "URLs and user names are percent-escaped; the query string is left out by default (strip_query_terms)",
	Fields:    "time.ms elapsed-ms client result/status bytes method URL user hierarchy/peer type",
	Stateless: true, Source: "Squid cf.data.pre (logformat squid), SquidFaq/SquidLogs",
}

type squid struct{ scratch []byte }

func newSquid(Reading) Parser { return &squid{} }

// Parse implements Parser. A line has ten words, no more: the URL is the only
// one that a client could put spaces into, and Squid takes them out
// (uri_whitespace).
func (p *squid) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatSquid
	time, rest, ok := cutWord(line)
	if !ok || !squidTime(time, r) {
		return ReasonBadTime
	}
	elapsed, rest, ok := cutWord(bytes.TrimLeft(rest, " "))
	if !ok {
		return ReasonMissingFields
	}
	if r.DurationUS, ok = thousandfold(elapsed); !ok {
		return ReasonMissingFields
	}
	if r.Client, rest, ok = cutWord(rest); !ok {
		return ReasonBadClient
	}
	result, rest, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	i := bytes.IndexByte(result, '/')
	if i <= 0 || !isUpperWord(result[:i]) || len(result)-i != 4 {
		return ReasonBadStatus
	}
	status, ok := wholeNumber(result[i+1:])
	if !ok {
		return ReasonBadStatus
	}
	r.Status = int16(status) // 000: no answer
	r.Finished = squidFinished(result[:i])
	size, rest, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	if r.Bytes, ok = wholeNumber(size); !ok {
		return ReasonBadBytes
	}
	return p.request(rest, r)
}

// request reads `method URL user hierarchy/peer type`.
func (p *squid) request(rest []byte, r *Record) Reason {
	method, rest, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	url, behind, ok := cutWord(rest)
	if !ok {
		return ReasonCutOff
	}
	rest = behind
	user, behind, ok := cutWord(rest)
	if !ok {
		return p.cutOff(method, url, rest, r)
	}
	r.User = absent(user)
	rest = behind
	peer, kind, ok := cutWord(rest)
	switch {
	case !ok:
		return p.cutOff(method, url, rest, r)
	case len(kind) == 0:
		return p.cutOff(method, url, nil, r)
	case bytes.IndexByte(kind, ' ') >= 0:
		return ReasonBadTail
	}
	if i := bytes.IndexByte(peer, '/'); i <= 0 || !isUpperWord(peer[:i]) {
		return ReasonBadTail
	}
	p.asked(method, url, r)
	return ReasonNone
}

// cutOff keeps a line that ends behind its URL, in the word rest.
func (p *squid) cutOff(method, url, rest []byte, r *Record) Reason {
	if bytes.IndexByte(rest, ' ') >= 0 {
		return ReasonBadTail
	}
	r.Flags |= FlagCutOff
	p.asked(method, url, r)
	return ReasonNone
}

// asked sets method and target, if there was a request: error:invalid-request
// and the like have the method NONE.
func (p *squid) asked(method, url []byte, r *Record) {
	if isMethod(method) && string(method) != "NONE" && string(method) != "-" {
		r.Method, r.Target = method, p.target(url)
	}
}

// target keeps a backslash from being read as an escape of the log.
func (p *squid) target(url []byte) []byte {
	if bytes.IndexByte(url, '\\') < 0 {
		return url
	}
	p.scratch = p.scratch[:0]
	for _, c := range url {
		if c == '\\' {
			p.scratch = append(p.scratch, "%5C"...)
			continue
		}
		p.scratch = append(p.scratch, c)
	}
	return p.scratch
}

// squidTime reads 1576177221.686, seconds since the epoch.
func squidTime(text []byte, r *Record) bool {
	dot := len(text) - 4
	if dot < 1 || dot > 11 || text[dot] != '.' {
		return false
	}
	seconds, ok := wholeNumber(text[:dot])
	ms, ok2 := wholeNumber(text[dot+1:])
	r.Time = seconds*1e6 + ms*1000
	return ok && ok2
}

// squidFinished: Squid 3.2 and later write how a session ended behind the
// result. Before, nothing was written, so the lack of it shows nothing.
func squidFinished(result []byte) Finished {
	if bytes.HasSuffix(result, []byte("_ABORTED")) || bytes.HasSuffix(result, []byte("_TIMEDOUT")) {
		return FinishedNo
	}
	return FinishedUnknown
}
