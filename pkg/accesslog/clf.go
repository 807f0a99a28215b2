package accesslog

import "bytes"

// The formats of the common log format family. They are told apart line by
// line, but for nginx's combined, which is syntactically Apache's.
//
//	common          client ident user [time] "request" status bytes
//	combined        common "referrer" "user agent"
//	vhost_common    host common, host with or without port
//	vhost_combined  host combined, the same
//	combinedio      combined bytes-in bytes-out
//
//	combined_forwarded  combined "forwarded" (see clf_forwarded.go)
//
// Sources: Apache mod_log_config and mod_logio (custom log formats), nginx
// ngx_http_log_module (log_format combined).
var (
	formatCommon = &Format{
		Name: "common", Title: "Common Log Format (NCSA, Apache %h %l %u %t \"%r\" %>s %b)",
		Meaning: MeaningUnknown, MeaningWhy: "the same syntax is written with %b (planned) and %O (accepted with headers)",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "client ident user [time] \"request\" status bytes", Stateless: true, Source: "Apache mod_log_config", Family: "clf",
	}
	formatCombined = &Format{
		Name: "combined", Title: "Combined Log Format (Apache, varnishncsa, and nginx by default)",
		Meaning: MeaningUnknown, MeaningWhy: "the same syntax is written with %b (planned), %O (accepted with headers) and nginx's $body_bytes_sent (accepted body)",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "client ident user [time] \"request\" status bytes \"referrer\" \"user agent\"", Stateless: true, Source: "Apache mod_log_config; nginx ngx_http_log_module", Family: "clf",
	}
	formatVhostCommon = &Format{
		Name: "vhost_common", Title: "virtual host before common (Apache %v or %v:%p)",
		Meaning: MeaningUnknown, MeaningWhy: "written with %b (planned) or %O (accepted with headers)",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "host[:port] client ident user [time] \"request\" status bytes", Stateless: true, Source: "Apache mod_log_config", Family: "clf",
	}
	formatVhostCombined = &Format{
		Name: "vhost_combined", Title: "virtual host before combined (Debian's Apache)",
		Meaning: MeaningUnknown, MeaningWhy: "Debian writes %O (accepted with headers) here, others %b (planned)",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "host[:port] client ident user [time] \"request\" status bytes \"referrer\" \"user agent\"", Stateless: true, Source: "Apache mod_log_config; Debian apache2.conf", Family: "clf",
	}
	formatCombinedIO = &Format{
		Name: "combinedio", Title: "combined with bytes in and out (Apache mod_logio %I %O)",
		Meaning: MeaningPlanned, MeaningWhy: "%b is the planned size; %O beside it counts what the network accepted, with headers",
		TimeAt: TimeAtStart, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "client ident user [time] \"request\" status bytes \"referrer\" \"user agent\" bytes-in bytes-out", Stateless: true, Source: "Apache mod_logio", Family: "clf",
	}
	formatNginxCombined = &Format{
		Name: "nginx_combined", Title: "nginx's combined; give it with --format, its syntax is that of combined",
		Meaning: MeaningAcceptedBody, MeaningWhy: "$body_bytes_sent counts body bytes that the network accepted",
		TimeAt: TimeAtEnd, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "client - user [time] \"request\" status bytes \"referrer\" \"user agent\"", Stateless: true, Source: "nginx ngx_http_log_module", Family: "clf",
	}
)

// clfEscaping is how the servers of the family escape.
const clfEscaping = `Apache: \" \\ \b \n \r \t \v \xhh; nginx: \xHH; "-" for nothing`

// clf reads the family. It is the hand-tuned path: each separator is searched
// once, nothing is copied. The regular expression in clf_plain_test.go is its
// plain twin.
type clf struct {
	clock    clfClock
	combined *Format // combined or nginx_combined
	cut      *Format // of a cut line without a virtual host: combined or combined_forwarded
	only     *Format // the format that the user named, or nil: any of the family

	// See Reading.Rare: a line of one of these is taken for a cut one.
	rareCommon, rareVhostCommon, rareCombined bool
}

func newCLF(reading Reading) Parser {
	p := &clf{combined: formatCombined}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
		if p.only == formatNginxCombined {
			p.combined = formatNginxCombined
		}
	}
	switch p.cut = p.combined; reading.Main {
	case formatCommon, formatVhostCommon: // nothing is shorter
		return p
	case formatCombinedForwarded:
		p.cut = formatCombinedForwarded
		p.rareCombined = reading.rare(formatCombined)
	}
	p.rareCommon, p.rareVhostCommon = reading.rare(formatCommon), reading.rare(formatVhostCommon)
	return p
}

// Parse implements Parser.
func (p *clf) Parse(line []byte, r *Record) Reason {
	r.Reset()
	i := p.findTime(line)
	if i < 0 {
		return whyNoTime(line)
	}
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = p.clock.parse(line[i+1 : i+1+clfTimeLen]); !ok {
		return ReasonBadTime
	}
	vhost, ok := parseHead(line[:i], r)
	if !ok {
		return ReasonMissingFields
	}
	rest := line[i+clfTimeLen+len(`[] "`):]
	end := closingQuote(rest)
	if end < 0 {
		return ReasonCutOff
	}
	if !statusFollows(rest[end+1:]) {
		return p.parseUnescaped(rest, end, vhost, r)
	}
	splitRequest(rest[:end], r)
	return p.parseTail(rest[end+1:], vhost, r)
}

// parseUnescaped reads a line whose request holds quotes that the server did
// not escape (Apache before 2.0.46, others still): if the line reads whole
// from one quote on and from no other, that one closes the request. A line
// that is cut off does not read whole: what looks like its status may be part
// of the target.
func (p *clf) parseUnescaped(rest []byte, first int, vhost bool, r *Record) Reason {
	_, reason := parseStatus(rest[first+1:], r)
	if reason == ReasonCutOff {
		return reason
	}
	found := -1
	for at := first; at < len(rest); {
		i := bytes.IndexByte(rest[at+1:], '"')
		if i < 0 {
			break
		}
		at += 1 + i
		if !statusFollows(rest[at+1:]) {
			continue
		}
		reason = ReasonBadRequest
		try := *r
		if p.parseTail(rest[at+1:], vhost, &try) != ReasonNone {
			continue
		}
		if found >= 0 || try.Flags&FlagCutOff != 0 {
			return ReasonBadRequest // it reads in two ways, or not to its end
		}
		found = at
	}
	if found < 0 {
		return reason
	}
	if p.findTime(rest[:found]) >= 0 {
		// A line that was torn in its request with the next one behind it
		// (a full disk, a crash): the status is of that one.
		return ReasonBadRequest
	}
	r.Flags |= FlagUnescapedQuote
	splitRequest(rest[:found], r)
	return p.parseTail(rest[found+1:], vhost, r)
}

// findTime finds the bracket that opens the time: the first that is followed
// by a closing bracket in its place, a space and the quote of the request. A
// user name may hold brackets and spaces, but its quotes are escaped, so it
// cannot hold this.
func (p *clf) findTime(line []byte) int {
	from := 0
	for {
		i := bytes.IndexByte(line[from:], '[')
		if i < 0 {
			return -1
		}
		i += from
		after := line[i+1:]
		if len(after) >= clfTimeLen+3 && after[clfTimeLen] == ']' && after[clfTimeLen+1] == ' ' && after[clfTimeLen+2] == '"' {
			return i
		}
		from = i + 1
	}
}

// whyNoTime tells a cut line from one of something else, by its last bracket.
func whyNoTime(line []byte) Reason {
	i := bytes.LastIndexByte(line, '[')
	if i < 0 {
		return ReasonBadTime
	}
	after := line[i+1:]
	if len(after) > clfTimeLen && after[clfTimeLen] == ']' {
		if behind := after[clfTimeLen+1:]; len(behind) == 0 || string(behind) == " " {
			return ReasonCutOff
		}
		return ReasonBadRequest
	}
	if len(after) <= clfTimeLen && bytes.IndexByte(after, ']') < 0 {
		return ReasonCutOff
	}
	return ReasonBadTime
}

// parseTail reads ` status bytes`, then what the formats of the family have.
func (p *clf) parseTail(tail []byte, vhost bool, r *Record) Reason {
	var reason Reason
	if tail, reason = parseStatus(tail, r); reason != ReasonNone {
		return reason
	}
	if len(tail) == 0 {
		return p.cutOff(cutBeforeSize, vhost, r)
	}
	tail, atEnd, ok := parseSize(tail, &r.Bytes)
	switch {
	case !ok:
		return ReasonBadBytes
	case atEnd:
		return p.endAfterBytes(vhost, r)
	case len(tail) == 0:
		return p.cutOff(cutBehindSize, vhost, r)
	case tail[0] != '"':
		return ReasonBadTail
	}
	end := closingQuote(tail[1:])
	if end < 0 {
		return p.cutOff(cutBehindSize, vhost, r)
	}
	referrer := tail[1 : 1+end]
	tail = tail[end+2:]
	switch {
	case len(tail) == 0, len(tail) == 1 && tail[0] == ' ':
		r.Referrer = absent(referrer)
		return p.cutOff(cutBehindSize, vhost, r)
	case len(tail) < 2 || tail[0] != ' ' || tail[1] != '"':
		return ReasonBadTail
	}
	r.Referrer = absent(referrer)
	tail = tail[2:]
	if end = closingQuote(tail); end < 0 {
		return p.cutOff(cutBehindSize, vhost, r)
	}
	r.Agent = absent(tail[:end])
	return p.finish(tail[end+1:], vhost, r)
}

// finish names the format of a line by what stands after the user agent.
func (p *clf) finish(tail []byte, vhost bool, r *Record) Reason {
	switch {
	case len(tail) == 0 && vhost:
		r.Format = formatVhostCombined
	case len(tail) == 0 && (p.only == formatCombinedIO || p.only == formatCombinedForwarded || p.rareCombined):
		return p.cutOff(cutBehindSize, vhost, r)
	case len(tail) == 0:
		r.Format = p.combined
	case vhost || tail[0] != ' ':
		return ReasonBadTail
	case len(tail) > 1 && tail[1] == '"':
		return p.finishForwarded(tail[2:], r)
	case len(tail) == 1 && p.only == formatCombinedForwarded:
		return p.cutOff(cutBehindSize, vhost, r)
	default:
		return p.finishIO(tail[1:], r)
	}
	return p.check(r)
}

// finishIO reads "bytes-in bytes-out". One number alone may be anything (a
// duration, say), so such a line is a cut combinedio only by the user's word.
func (p *clf) finishIO(tail []byte, r *Record) Reason {
	var in int64
	r.Format = formatCombinedIO
	tail, atEnd, ok := parseSize(tail, &in)
	switch {
	case !ok:
		return ReasonBadTail
	case atEnd || len(tail) == 0:
		if p.only != formatCombinedIO {
			return ReasonBadTail
		}
		return p.cutOff(cutBehindSize, false, r)
	}
	_, atEnd, ok = parseSize(tail, &r.Sent)
	if !ok || !atEnd {
		return ReasonBadTail
	}
	r.NumberAtEnd = r.Sent != None
	return p.check(r)
}

// endAfterBytes is a line that ends with its size: common, or another format
// cut off there, whose size may then be short.
func (p *clf) endAfterBytes(vhost bool, r *Record) Reason {
	r.Format = formatCommon
	if vhost {
		r.Format = formatVhostCommon
	}
	if p.only != nil && p.only != r.Format || !vhost && p.rareCommon || vhost && p.rareVhostCommon {
		r.Bytes = None
		return p.cutOff(cutBehindSize, vhost, r)
	}
	r.NumberAtEnd = r.Bytes != None
	return p.check(r)
}

// Where a line is cut off. Nothing of common stands behind the size.
const (
	cutBeforeSize = false
	cutBehindSize = true
)

// cutOff keeps a line whose client, time, request and status are whole. If the
// user named a format, it must be the begin of a line of that format.
func (p *clf) cutOff(behindSize, vhost bool, r *Record) Reason {
	r.Flags |= FlagCutOff
	switch {
	case vhost && p.only == formatVhostCommon && !behindSize,
		!vhost && p.only == formatCommon && !behindSize,
		!vhost && p.only == formatCombinedIO:
		r.Format = p.only
	case vhost:
		r.Format = formatVhostCombined
	default:
		r.Format = p.cut
	}
	return p.check(r)
}

// check refuses a line of another format than the one the user named.
func (p *clf) check(r *Record) Reason {
	if p.only != nil && r.Format != p.only {
		return ReasonOtherFormat
	}
	return ReasonNone
}
