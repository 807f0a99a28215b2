package accesslog

import "bytes"

// formatTraefikCLF is Traefik's access log in its default format. Traefik
// escapes nothing: a request target, a user name, a referrer or a user agent
// may hold quotes. So only a line with exactly its ten quotes is read, and none
// that was seen to be cut off. (One cut within a hostile value, right behind
// what looks like the end of a line, cannot be told from a whole line.)
var formatTraefikCLF = &Format{
	Name: "traefik_clf", Title: "Traefik, common log format (its default)",
	Meaning: MeaningUnknown, MeaningWhy: "older versions write the size that the origin sent to Traefik, newer ones what Traefik sent to the client",
	TimeAt: TimeAtStart, Zone: ZoneLogged, Escaping: "none; \"-\" for nothing",
	Fields:    `client - user [time] "request" status bytes "referrer" "user agent" count "router" "server" duration`,
	Stateless: true, Source: "Traefik documentation, Access Logs; traefik/traefik pkg/middlewares/accesslog/logger_formatters.go",
}

type traefikCLF struct{ clock clfClock }

func newTraefikCLF(Reading) Parser { return &traefikCLF{} }

// traefikQuotes is how many quotes a line has: five texts are quoted, always.
const traefikQuotes = 10

// Parse implements Parser.
func (p *traefikCLF) Parse(line []byte, r *Record) Reason {
	r.Reset()
	var quotes [traefikQuotes]int
	n := 0
	for from := 0; ; n++ {
		i := bytes.IndexByte(line[from:], '"')
		if i < 0 {
			break
		}
		if n == traefikQuotes {
			return ReasonBadTail // it can be read in more ways than one
		}
		quotes[n] = from + i
		from += i + 1
	}
	if n == 0 {
		return whyNoTime(line)
	}
	// The request is the first text in quotes, and the time stands before it.
	at := quotes[0] - clfTimeLen - len(`[] `)
	if at < 0 || line[at] != '[' || string(line[quotes[0]-2:quotes[0]]) != "] " {
		return ReasonBadTime
	}
	if n < traefikQuotes {
		return ReasonCutOff
	}
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = p.clock.parse(line[at+1 : at+1+clfTimeLen]); !ok {
		return ReasonBadTime
	}
	if reason := traefikHead(line[:at], r); reason != ReasonNone {
		return reason
	}
	between := func(i int) []byte { return line[quotes[i]+1 : quotes[i+1]] }
	r.Format = formatTraefikCLF
	splitRequest(between(0), r)
	tail, reason := parseStatus(between(1), r)
	if reason != ReasonNone {
		return reason
	}
	if len(tail) == 0 || line[quotes[2]-1] != ' ' {
		return ReasonBadBytes
	}
	if tail, _, ok = parseSize(tail, &r.Bytes); !ok || len(tail) != 0 {
		return ReasonBadBytes
	}
	r.Referrer, r.Agent = absent(between(2)), absent(between(4))
	if string(between(3)) != " " || string(between(7)) != " " || !traefikCount(between(5)) {
		return ReasonBadTail
	}
	return p.duration(line[quotes[9]+1:], r)
}

// traefikHead reads "client - user ". Where it can be parted in two ways the
// client would be a guess; a list is a forwarded header, not a client.
func traefikHead(head []byte, r *Record) Reason {
	i := bytes.Index(head, traefikIdent)
	if i <= 0 || head[len(head)-1] != ' ' || i+len(traefikIdent) >= len(head) {
		return ReasonMissingFields
	}
	rest := head[i+len(" -"):]
	if len(rest) > len(traefikIdent) && bytes.Contains(rest, traefikIdent) {
		return ReasonMissingFields
	}
	r.Client = head[:i:i]
	if !oneClient(r.Client) {
		return ReasonBadClient
	}
	user := rest[1 : len(rest)-1]
	r.User = absent(user[:len(user):len(user)])
	return ReasonNone
}

var traefikIdent = []byte(" - ")

// traefikCount reads the number of the request, "-" if it was not kept.
func traefikCount(text []byte) bool {
	if len(text) < 3 || text[0] != ' ' || text[len(text)-1] != ' ' {
		return false
	}
	text = text[1 : len(text)-1]
	_, ok := wholeNumber(text)
	return ok || string(text) == "-"
}

// duration reads " 12ms" at the end of the line.
func (p *traefikCLF) duration(tail []byte, r *Record) Reason {
	digits, ok := bytes.CutSuffix(tail, millisUnit)
	if !ok || len(digits) < 2 || digits[0] != ' ' {
		return ReasonBadTail
	}
	ms, ok := wholeNumber(digits[1:])
	if !ok || ms > 1<<50 {
		return ReasonBadTail
	}
	r.DurationUS = ms * 1000
	return ReasonNone
}

var millisUnit = []byte("ms")
