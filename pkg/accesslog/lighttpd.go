package accesslog

import "bytes"

// formatLighttpd is combined with the requested host where others have the
// ident. A line whose host was not given reads as combined too, so the source
// is taken for lighttpd's only if most of its lines have a host. It is told by
// its syntax alone, and Apache may write the same (hosters do, as OVH): so what
// the size counts and which moment the time is remain open.
var formatLighttpd = &Format{
	Name: "lighttpd", Title: "lighttpd's access log: combined with the host in the second field",
	Meaning: MeaningUnknown, MeaningWhy: "lighttpd's %b counts accepted body bytes, but Apache writes the same syntax with the host for the ident and its own %b or %O; if it was lighttpd, give --bytes-meaning accepted_body",
	TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: `\" \\ \xHH; "-" for nothing`,
	Fields: "client host user [time] \"request\" status bytes \"referrer\" \"user agent\"", Stateless: true,
	Source: "lighttpd mod_accesslog (default accesslog.format)",
	shows:  func(r *Record) bool { return r.Flags&FlagCutOff == 0 && looksLikeHost(r.Host) },
}

// lighttpd reads the head itself and leaves the rest to the parser of the
// common log format.
type lighttpd struct{ clf clf }

func newLighttpd(Reading) Parser {
	return &lighttpd{clf{combined: formatLighttpd, cut: formatLighttpd, only: formatLighttpd}}
}

// Parse implements Parser.
func (p *lighttpd) Parse(line []byte, r *Record) Reason {
	r.Reset()
	i := p.clf.findTime(line)
	if i < 0 {
		return whyNoTime(line)
	}
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = p.clf.clock.parse(line[i+1 : i+1+clfTimeLen]); !ok {
		return ReasonBadTime
	}
	if !parseLighttpdHead(line[:i], r) {
		return ReasonMissingFields
	}
	rest := line[i+clfTimeLen+len(`[] "`):]
	end := closingQuote(rest)
	if end < 0 {
		return ReasonCutOff
	}
	if !statusFollows(rest[end+1:]) {
		return p.clf.parseUnescaped(rest, end, false, r)
	}
	splitRequest(rest[:end], r)
	return p.clf.parseTail(rest[end+1:], false, r)
}

// parseLighttpdHead reads "client host user ". lighttpd logs addresses, never
// names of clients; a name there is a virtual host of another format. So is a
// user of two words: vhost_combined has ident and user behind its client.
func parseLighttpdHead(head []byte, r *Record) bool {
	client, head, ok := cutWord(head)
	if !ok || !isAddress(client) {
		return false
	}
	host, head, ok := cutWord(head)
	if !ok {
		return false
	}
	user, head, ok := cutWord(head)
	if !ok || len(head) != 0 {
		return false
	}
	if host = absent(host); host != nil {
		host, _ = splitPort(host)
	}
	r.Client, r.Host, r.User = client, host, absent(user)
	return true
}

// looksLikeHost says whether text is a host and no ident: it has a dot, or is
// an address, or localhost. A name without dots is read, but shows nothing.
func looksLikeHost(text []byte) bool {
	dot := bytes.IndexByte(text, '.')
	return dot > 0 && dot+1 < len(text) || bytes.IndexByte(text, ':') > 0 || string(text) == "localhost"
}
