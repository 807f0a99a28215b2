package accesslog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plainCLF is the plain twin of the clf parser: regular expressions, one per
// rule, written from Apache's and nginx's documentation and from the comments
// of the parser. It works on text in which each byte is one character (see
// wide), since a log need not be UTF-8.
func plainCLF(reading Reading, line []byte) (Record, Reason) {
	r := Record{Bytes: None, Sent: None, ObjectSize: None, RangeStart: None, RangeEnd: None, DurationUS: None, Time: NoTime}
	text := wide(line)

	at := plainTimeThenQuote.FindStringSubmatchIndex(text)
	if at == nil {
		return r, plainWhyNoTime(text)
	}
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = plainTime(text[at[2]:at[3]]); !ok {
		return r, ReasonBadTime
	}
	if r.Host, r.Client, r.User, ok = plainHead(text[:at[0]]); !ok {
		return r, ReasonMissingFields
	}

	rest := text[at[1]:]
	m := plainToQuote.FindStringSubmatch(rest)
	if m == nil {
		return r, ReasonCutOff
	}
	request, tail := m[1], rest[len(m[0]):]
	if !plainStatusBegin.MatchString(tail) {
		if plainStatusCut.MatchString(tail) {
			return r, ReasonCutOff
		}
		return plainUnescaped(reading, rest, tail, r)
	}
	plainRequest(request, &r)
	reason := plainTail(reading, r.Host != nil, tail, &r)
	return r, reason
}

var (
	plainTimeThenQuote = regexp.MustCompile(`(?s)\[(.{26})\] "`)
	plainToQuote       = regexp.MustCompile(`(?s)^((?:[^"\\]|\\.)*)"`)
	plainStatusBegin   = regexp.MustCompile(`(?s)^ (?:\d\d\d|-) `)
	plainNoStatus      = regexp.MustCompile(`(?s)^ 0(?:[1-9]\d|0[1-8]) `) // but for nginx's 000 and 009
	plainStatusCut     = regexp.MustCompile(`(?s)^(?: (?:\d{0,3}|-))?$`)
)

// plainWhyNoTime: by the last bracket, the line is cut in or right behind its
// time, goes on without a quote, or has no time.
func plainWhyNoTime(text string) Reason {
	switch {
	case plainTimeAtEnd.MatchString(text):
		return ReasonCutOff
	case plainTimeBare.MatchString(text):
		return ReasonBadRequest
	case plainTimeOpen.MatchString(text):
		return ReasonCutOff
	}
	return ReasonBadTime
}

var (
	plainTimeAtEnd = regexp.MustCompile(`(?s)\[[^\[]{26}\] ?$`)
	plainTimeBare  = regexp.MustCompile(`(?s)\[[^\[]{26}\][^\[]*$`)
	plainTimeOpen  = regexp.MustCompile(`(?s)\[[^\[\]]{0,26}$`)
)

// plainTime reads with the standard library; a second of 60 is one after 59.
func plainTime(text string) (us int64, offset int16, ok bool) {
	if !plainTimeForm.MatchString(text) {
		return NoTime, 0, false
	}
	leap := int64(0)
	if text[18:20] == "60" {
		text, leap = text[:18]+"59"+text[20:], 1e6
	}
	t, err := time.Parse("02/Jan/2006:15:04:05 -0700", text)
	if err != nil {
		return NoTime, 0, false
	}
	_, seconds := t.Zone()
	return t.UnixMicro() + leap, int16(seconds / 60), true
}

var plainTimeForm = regexp.MustCompile(`^\d\d/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d [+-](?:[01]\d|2[0-3])[0-5]\d$`)

// plainHead reads `client ident user ` or `host client ident user `.
func plainHead(text string) (host, client, user []byte, ok bool) {
	m := plainThreeWords.FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(m[1], ",") {
		return nil, nil, nil, false
	}
	first, second, more := m[1], m[2], m[3]
	if second == "-" && more == "-" {
		return nil, narrow(first), nil, true
	}
	name, port := first, plainPort.FindStringSubmatch(first)
	if port != nil {
		name = port[1]
	}
	var (
		named     = !plainAddress.MatchString(name)
		hostFirst = named && (port != nil || plainAddress.MatchString(second)) // the first word is a virtual host
		behind    = strings.SplitN(more, " ", 2)                               // ident and user, if it is
	)
	if len(behind) == 1 || second == "-" { // client ident user
		if hostFirst || named && len(behind) == 2 && behind[0] == "-" {
			return nil, nil, nil, false
		}
		return nil, narrow(first), dashed(more), true
	}
	if behind[0] == "" || behind[1] == "" {
		return nil, nil, nil, false
	}
	if hostFirst || !named && plainAddress.MatchString(second) && behind[0] == "-" {
		return narrow(name), narrow(second), dashed(behind[1]), true
	}
	return nil, nil, nil, false
}

var (
	plainThreeWords = regexp.MustCompile(`(?s)^([^ ]+) ([^ ]+) (.+) $`)
	plainPort       = regexp.MustCompile(`(?s)^([^:]+|\[.*):\d{1,5}$`)
	plainAddress    = regexp.MustCompile(`(?s)^[^-%]*:[^-%]*:[^-%]*(?:%.*)?$|^[^-%]*:[^-%]*%.*:|^[^-%]*%.*:.*:|^\d*\.\d*\.\d*\.\d*(?::\d{1,5})?$`)
)

// plainUnescaped tries every quote behind which a status stands.
func plainUnescaped(reading Reading, rest, firstTail string, r Record) (Record, Reason) {
	var readings []Record
	tried, refuse := 0, false
	for at := len(rest) - len(firstTail); at < len(rest); at++ {
		if rest[at] != '"' || !plainStatusBegin.MatchString(rest[at+1:]) {
			continue
		}
		tried++
		try := r
		if plainTail(reading, r.Host != nil, rest[at+1:], &try) != ReasonNone {
			continue
		}
		if try.Flags&FlagCutOff != 0 || plainTimeThenQuote.MatchString(rest[:at]) {
			refuse = true // not to its end, or another line begins in it
		}
		plainRequest(rest[:at], &try)
		try.Flags |= FlagUnescapedQuote
		readings = append(readings, try)
	}
	switch {
	case tried == 0:
		return r, ReasonBadStatus
	case len(readings) != 1 || refuse:
		return r, ReasonBadRequest
	}
	return readings[0], ReasonNone
}

// plainRequest reads `METHOD target PROTOCOL` or, of HTTP/0.9, `METHOD target`.
func plainRequest(request string, r *Record) {
	if m := plainRequestLine.FindStringSubmatch(request); m != nil {
		if m[2] != "" {
			r.Method, r.Target, r.Protocol = narrow(m[1]), narrow(m[2]), narrow(m[3])
		}
		return
	}
	if m := plainRequest09.FindStringSubmatch(request); m != nil {
		r.Method, r.Target = narrow(m[1]), narrow(m[2])
	}
}

var (
	plainRequestLine = regexp.MustCompile(`(?s)^([A-Za-z_-]{1,32}) (.*) (HTTP/[^ ]*)$`)
	plainRequest09   = regexp.MustCompile(`(?s)^([A-Za-z_-]{1,32}) (.+)$`)
)

// plainShape is the tail of a format, or a place where a line may be cut
// behind its status. Such a place is named if only the user's word tells it
// from a whole line of another format.
type plainShape struct {
	formats string // as plainShort names them
	named   bool
	re      *regexp.Regexp
}

var (
	plainWhole = []plainShape{
		{"common", false, plainTailOf(`NUM`)},
		{"combined", false, plainTailOf(`NUM REF AGENT`)},
		{"combinedio", false, plainTailOf(`NUM REF AGENT IN OUT`)},
		{"forwarded", false, plainTailOf(`NUM REF AGENT FWD`)},
	}
	plainCuts = []plainShape{
		{"common combined combinedio forwarded", false, plainTailOf(``)},
		{"combined combinedio forwarded", true, plainTailOf(`(?:\d+|-)`)}, // the number may be short
		{"combined combinedio forwarded", false, plainTailOf(`NUM `)},
		{"combined combinedio forwarded", false, plainTailOf(`NUM OPEN`)},
		{"combined combinedio forwarded", false, plainTailOf(`NUM REF ?`)},
		{"combined combinedio forwarded", false, plainTailOf(`NUM REF OPEN`)},
		{"combinedio forwarded", true, plainTailOf(`NUM REF AGENT ?`)},
		{"forwarded", false, plainTailOf(`NUM REF AGENT OPEN`)},
		{"combinedio", true, plainTailOf(`NUM REF AGENT IN ?`)},
	}
)

func plainTailOf(rest string) *regexp.Regexp {
	rest = strings.NewReplacer(
		"NUM", `(?P<bytes>\d+|-)`,
		"REF", `"(?P<referrer>(?:[^"\\]|\\.)*)"`,
		"FWD", `"(?P<forwarded>(?:[^"\\]|\\.)*)"`,
		"AGENT", `"(?P<agent>(?:[^"\\]|\\.)*)"`,
		"OPEN", `"(?:[^"\\]|\\.)*\\?`,
		"IN", `(?P<in>\d+|-)`,
		"OUT", `(?P<sent>\d+|-)`,
	).Replace(rest)
	return regexp.MustCompile(`(?s)^ (?P<status>\d\d\d|-) ` + rest + `$`)
}

func (s plainShape) fits(format string) bool {
	for _, f := range strings.Fields(s.formats) {
		if f == format {
			return true
		}
	}
	return false
}

// plainTail reads what stands behind the request.
func plainTail(reading Reading, vhost bool, tail string, r *Record) Reason {
	if plainNoStatus.MatchString(tail) {
		return ReasonBadStatus
	}
	if len(reading.Formats) != 1 {
		longer := "combined" // of which a cut line is
		if reading.Main == formatCombinedForwarded && !vhost {
			longer = "forwarded"
		}
		rare := ""
		for _, s := range plainWhole {
			if m := s.re.FindStringSubmatch(tail); m != nil && (!vhost || s.formats == "common" || s.formats == "combined") {
				f := plainFormat(s.formats, vhost)
				if reading.Main != formatCommon && reading.Main != formatVhostCommon && slices.Contains(reading.Rare, f) && (s.formats == "common" || s.formats == "combined" && longer == "forwarded") {
					rare = s.formats
					break
				}
				return plainSet(s, m, f, r)
			}
		}
		for _, s := range plainCuts {
			if m := s.re.FindStringSubmatch(tail); m != nil && s.named == (rare != "") && (!vhost || s.formats != "forwarded") {
				if rare != "" && plainWhyNoTail(tail) == ReasonBadBytes {
					return ReasonBadBytes // a number too large is refused even where it may be cut
				}
				r.Flags |= FlagCutOff
				name := longer
				if s.formats == "forwarded" {
					name = s.formats
				}
				return plainSet(s, m, plainFormat(name, vhost), r)
			}
		}
		return plainWhyNoTail(tail)
	}
	only := reading.Main
	short := plainShort(only)
	if strings.HasPrefix(only.Name, "vhost_") == vhost {
		for _, s := range plainWhole {
			if m := s.re.FindStringSubmatch(tail); m != nil && s.fits(short) {
				return plainSet(s, m, only, r)
			}
		}
		for _, s := range plainCuts {
			if m := s.re.FindStringSubmatch(tail); m != nil && s.fits(short) {
				// A number too large is refused even where it may be cut.
				if len(m[0]) > len(" 200 ") && plainWhyNoTail(tail) == ReasonBadBytes {
					return ReasonBadBytes
				}
				r.Flags |= FlagCutOff
				return plainSet(s, m, only, r)
			}
		}
	}
	other := *r
	if reason := plainTail(anyCLF(), vhost, tail, &other); reason != ReasonNone {
		return reason
	}
	return ReasonOtherFormat
}

// plainShort is a format's name without vhost_ and without what is nginx's.
func plainShort(f *Format) string {
	if f == formatCombinedForwarded {
		return "forwarded"
	}
	return strings.TrimPrefix(strings.TrimPrefix(f.Name, "vhost_"), "nginx_")
}

func plainFormat(short string, vhost bool) *Format {
	switch {
	case vhost:
		short = "vhost_" + short
	case short == "forwarded":
		short = "combined_forwarded"
	}
	f, _ := FormatByName(short)
	return f
}

// plainSet takes the groups of a match over into r.
func plainSet(s plainShape, m []string, f *Format, r *Record) Reason {
	r.Format = f
	number := func(text string) (int64, bool) {
		if text == "-" {
			return None, true
		}
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	}
	ok := true
	for i, name := range s.re.SubexpNames() {
		switch name {
		case "status":
			if n, err := strconv.Atoi(m[i]); err == nil && n >= 100 {
				r.Status = int16(n)
			}
		case "bytes":
			if r.Bytes, ok = number(m[i]); !ok {
				return ReasonBadBytes
			}
			r.NumberAtEnd = s.formats == "common" && m[i] != "-"
		case "referrer":
			r.Referrer = dashed(m[i])
		case "agent":
			r.Agent = dashed(m[i])
		case "forwarded":
			if plainForwarded(m[i]) {
				r.Forwarded = dashed(m[i])
			}
		case "in":
			if _, ok = number(m[i]); !ok {
				return ReasonBadTail
			}
		case "sent":
			if r.Sent, ok = number(m[i]); !ok {
				return ReasonBadTail
			}
			r.NumberAtEnd = m[i] != "-"
		}
	}
	return ReasonNone
}

// plainForwarded says whether text is a list of addresses.
func plainForwarded(text string) bool {
	if text == "" {
		return true
	}
	for _, one := range strings.Split(strings.TrimSuffix(text, ","), ",") {
		one = strings.Trim(one, " ")
		if strings.Contains(one, " ") || one != "unknown" && !plainAddress.MatchString(strings.Trim(one, "[]")) {
			return false
		}
	}
	return true
}

func plainWhyNoTail(tail string) Reason {
	m := plainSize.FindStringSubmatch(tail)
	if m == nil {
		return ReasonBadBytes
	}
	if _, err := strconv.ParseInt(m[1], 10, 64); err != nil && m[1] != "-" {
		return ReasonBadBytes
	}
	return ReasonBadTail
}

var plainSize = regexp.MustCompile(`(?s)^ (?:\d\d\d|-) (\d+|-)(?: |$)`)

// wide makes one character of each byte, narrow undoes it.
func wide(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func narrow(s string) []byte {
	b := []byte{}
	for _, c := range s {
		b = append(b, byte(c))
	}
	return b
}

func dashed(s string) []byte {
	if s == "-" {
		return nil
	}
	return narrow(s)
}
