package accesslog

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// twinOf makes a regular expression of a format of the family, from its text
// alone.
func twinOf(format string) *regexp.Regexp {
	const text = `(?:[^"\\]|\\.)`
	s := regexp.QuoteMeta(format)
	for _, d := range [][2]string{
		{`%h`, `(?P<client>[^ ]+)`}, {`\$remote_addr - `, `(?P<client>[^ ]+) - `}, {`%l`, `(?P<ident>[^ ]+)`},
		{`%u`, `(?P<user>` + text + `+|"")`}, {`\$remote_user`, `(?P<user>` + text + `+)`},
		{`%t`, `\[(?P<time>.{26})\]`}, {`\$time_local`, `(?P<time>.{26})`},
		{`%r`, `(?P<request>` + text + `*)`}, {`\$request"`, `(?P<request>` + text + `*)"`},
		{`%>s`, `(?P<status>\d\d\d|-)`}, {`\$status`, `(?P<status>\d\d\d|-)`},
		{`%b`, `(?P<bytes>\d+|-)`}, {`\$body_bytes_sent`, `(?P<bytes>\d+|-)`},
		{`%\{Referer\}i`, `(?P<referrer>` + text + `*)`}, {`\$http_referer`, `(?P<referrer>` + text + `*)`},
		{`%\{User-Agent\}i`, `(?P<agent>` + text + `*)`}, {`\$http_user_agent`, `(?P<agent>` + text + `*)`},
		{`\$http_x_forwarded_for`, `(?P<forwarded>` + text + `*)`},
		{`%I`, `(?:\d+|-)`}, {`%O`, `(?P<sent>\d+|-)`}, {`%v`, `(?P<host>[^ ]+)`}, {`:%p`, `:(?:\d+|-)`},
	} {
		s = strings.ReplaceAll(s, d[0], d[1])
	}
	return regexp.MustCompile(`(?s)^` + s + `$`)
}

var twins = func() map[string]*regexp.Regexp {
	m := map[string]*regexp.Regexp{}
	for name, s := range stockFormats {
		if name != "vhost_combined" { // its size with headers is another role
			m[name] = twinOf(s)
		}
	}
	return m
}()

// compileParity compares a compiled format with its twin, and with the
// hand-tuned path where there is one.
func compileParity(t *testing.T, line []byte) {
	t.Helper()
	for name, re := range twins {
		made := mustCompile(t, stockFormats[name])
		var r, hand Record
		reason := Only(made).NewParser().Parse(line, &r)
		r.Format = made
		plain := Record{}
		plain.Reset()
		m := re.FindStringSubmatch(wide(line))
		if m != nil && reason == ReasonNone && r.Flags == 0 {
			plain.Format = made
			for i, group := range re.SubexpNames() {
				number := func() int64 {
					if m[i] == "-" {
						return None
					}
					n, _ := strconv.ParseInt(m[i], 10, 64)
					return n
				}
				switch group {
				case "client":
					plain.Client = narrow(m[i])
				case "host":
					plain.Host, _ = splitPort(narrow(m[i]))
				case "user":
					plain.User = dashed(m[i])
				case "time":
					plain.Time, plain.UTCOffsetMin, _ = plainTime(m[i])
				case "request":
					plainRequest(m[i], &plain)
				case "status":
					if n, _ := strconv.Atoi(m[i]); n >= 100 {
						plain.Status = int16(n)
					}
				case "bytes":
					plain.Bytes = number()
				case "sent":
					plain.Sent = number()
				case "referrer":
					plain.Referrer = dashed(m[i])
				case "agent":
					plain.Agent = dashed(m[i])
				case "forwarded":
					plain.Forwarded = dashed(m[i])
				}
			}
			plain.NumberAtEnd = r.NumberAtEnd
			if render(&plain) != render(&r) {
				t.Fatalf("%s\nline  %q\nfast  %s\nplain %s", name, line, render(&r), render(&plain))
			}
		}
		if (m != nil) != (reason == ReasonNone && r.Flags == 0) && !mayDiffer(m, re, reason, &r) {
			t.Fatalf("%s\nline  %q\nfast  %s\nplain %q", name, line, outcome(&r, reason), m)
		}
		f, ok := FormatByName(name)
		if !ok || f == formatNginxMain {
			continue
		}
		handReason := Only(f).NewParser().Parse(line, &hand)
		hand.Format = made
		if handReason == ReasonNone && reason == ReasonNone && render(&hand) != render(&r) {
			t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, render(&r), render(&hand))
		}
		if handReason != ReasonNone && reason == ReasonNone && r.Flags == 0 && !strings.HasPrefix(name, "vhost") {
			t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, render(&r), handReason)
		}
		if handReason == ReasonNone && reason != ReasonNone && !strings.HasPrefix(name, "vhost") && !lessThanCLF(name, line, &hand) {
			t.Fatalf("%s\nline  %q\nmade  %s\nhand  %s", name, line, reason, render(&hand))
		}
	}
}

// mayDiffer: what the twin does not know. Numbers and dates out of range, heads
// of other formats, controls in words; and lines that were cut or not escaped.
func mayDiffer(m []string, re *regexp.Regexp, reason Reason, r *Record) bool {
	if m == nil {
		return r.Flags&(FlagCutOff|FlagUnescapedQuote) != 0
	}
	switch reason {
	case ReasonBadTime:
		_, _, ok := plainTime(m[slices.Index(re.SubexpNames(), "time")])
		return !ok
	case ReasonBadBytes, ReasonBadTail:
		return regexp.MustCompile(`\d{19}`).MatchString(m[0])
	case ReasonBadStatus:
		return m[slices.Index(re.SubexpNames(), "status")] < "100"
	case ReasonMissingFields, ReasonBadClient:
		return true
	}
	return false
}

// lessThanCLF: what the hand-tuned path reads and a compiled format does not.
func lessThanCLF(name string, line []byte, hand *Record) bool {
	client := string(hand.Client)
	return client == "-" || wordEnd(hand.Client, 0) != len(client) || strings.ContainsAny(client, `"`) ||
		name == "nginx_combined" || bytes.IndexByte(hand.User, '"') >= 0 || wordEnd(line, len(client)+1) <= len(client)+1 ||
		strings.ContainsAny(string(line[:bytes.IndexByte(line, '[')]), "\"\\\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x1b\x7f")
}

func TestCompileParity(t *testing.T) {
	for _, line := range paritySeeds(t) {
		compileParity(t, line)
	}
	rnd := rand.New(rand.NewPCG(41, 42))
	seeds := paritySeeds(t)
	for range 600 {
		line := bytes.Clone(seeds[rnd.IntN(len(seeds))])
		for range 1 + rnd.IntN(3) {
			from := rnd.IntN(len(line) + 1)
			to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
			line = slices.Replace(line, from, to, []byte(hostile[rnd.IntN(len(hostile))])...)
		}
		compileParity(t, bytes.ReplaceAll(line, []byte{'\n'}, nil))
	}
}

func FuzzCompileParity(f *testing.F) {
	for _, line := range paritySeeds(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1<<12 || bytes.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		compileParity(t, line)
	})
}
