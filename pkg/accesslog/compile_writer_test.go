package accesslog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// served is a request as a server knew it before it wrote a line of it.
type served struct {
	client, user                                string // "" for nothing, as below
	method, path, query                         string
	protocol, host, referrer, agent, range_     string
	forwarded, contentRange, cookie, cipher, up string
	status, bytes, sent, received, micros       int
	finished                                    bool
	at                                          time.Time // its end; it began micros before
}

// servedRequests makes up requests like those to a busy recordings server: the
// same second for a few, most from browsers and players, 173 bytes a line of
// combined.
func servedRequests(n int) []served {
	rnd := rand.New(rand.NewPCG(11, 12))
	agents := []string{
		"curl/7.38.0", "Wget/1.16 (linux-gnu)", "AppleCoreMedia/1.0.0.12A365 (iPhone; U; CPU OS 8_0 like Mac OS X; en_us)", "",
		"Mozilla/5.0 (compatible; Exabot/3.0; +http://www.exabot.example/go/robot)", "Mozilla/5.0 (X11; Linux x86_64; rv:31.0)",
		"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.89 Safari/537.36",
	}
	at := time.Date(2015, 3, 3, 8, 12, 1, 0, time.FixedZone("", 3600))
	list := make([]served, n)
	for i := range list {
		if rnd.IntN(4) == 0 {
			at = at.Add(time.Duration(rnd.IntN(3)) * time.Second)
		}
		s := served{
			client: fmt.Sprintf("%d.%d.%d.%d", rnd.IntN(224), rnd.IntN(256), rnd.IntN(256), rnd.IntN(256)),
			method: "GET", path: fmt.Sprintf("/calls/2015-03-0%d/467%08d_%04d.mp3", 1+rnd.IntN(9), rnd.IntN(1e8), rnd.IntN(2400)), protocol: "HTTP/1.1",
			host: "nas.example", status: 200, bytes: rnd.IntN(4000000), received: 180 + rnd.IntN(200), micros: rnd.IntN(2000000), finished: rnd.IntN(9) > 0,
			at: at.Add(time.Duration(rnd.IntN(1000)) * time.Millisecond), cipher: "ECDHE-RSA-AES128-GCM-SHA256", up: "10.0.0.7:8080",
		}
		switch rnd.IntN(8) {
		case 0:
			s.status, s.bytes = 304, 0
		case 1:
			s.status, s.range_ = 206, "bytes=0-"
			s.contentRange = fmt.Sprintf("bytes 0-%d/%d", s.bytes, s.bytes+1)
		case 2:
			s.status = 404
		}
		s.sent = s.bytes + 300
		if rnd.IntN(3) == 0 {
			s.referrer = "https://nas.example/calls/"
		}
		s.agent = agents[rnd.IntN(len(agents))]
		list[i] = s
	}
	return list
}

// oddRequests are requests of which some have what few have.
func oddRequests(rnd *rand.Rand, n int) []served {
	requests := servedRequests(n)
	for i := range requests {
		r := &requests[i]
		switch rnd.IntN(30) {
		case 0:
			r.user = "bob smith"
		case 1:
			r.user = "bob"
		case 2:
			r.query = "a=1&b=/x y"
		case 3:
			r.path = "/a b%c?d#e"
		case 4:
			r.agent = "a \"b\" [c] | d\te"
		case 5:
			r.client = "2001:db8::7"
		case 6:
			r.forwarded = "9.9.9.9, 8.8.8.8"
		}
	}
	return requests
}

// writtenLog is the log of requests that a server with this format writes. It
// knows what servers write from their documentation, and nothing of the
// compiler.
func writtenLog(format string, requests []served) []byte {
	var b bytes.Buffer
	for i := range requests {
		b.WriteString(requests[i].written(format))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (s *served) written(format string) string {
	escape, none := apacheEscape, "-"
	switch {
	case strings.HasPrefix(format, "escape=json "):
		escape, none = func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] }, ""
	case strings.HasPrefix(format, "escape=none "):
		escape, none = func(s string) string { return s }, ""
	case strings.ContainsRune(format, '$'):
		escape = nginxEscape
	}
	if strings.HasPrefix(format, "escape=") {
		_, format, _ = strings.Cut(format, " ")
	}
	form := apacheDirective
	if strings.ContainsRune(format, '$') {
		form = nginxVariable
	}
	return form.ReplaceAllStringFunc(format, func(d string) string {
		m := form.FindStringSubmatch(d)
		v, escaped := "", false
		if form == nginxVariable {
			v = s.nginx(m[1])
		} else if v, escaped = s.apache(m[2], m[3]); m[1] != "" && strings.Contains(m[1], strconv.Itoa(s.status)) == strings.Contains(m[1], "!") {
			v = "" // its condition does not hold
		}
		switch {
		case v == "" && nginxEmpty[m[1]]:
			return ""
		case v == "":
			return none
		case escaped:
			return v
		}
		return escape(v)
	})
}

var (
	apacheDirective = regexp.MustCompile(`%([!<>0-9,]*)(?:\{([^}]*)\})?(\^..|.)|\\.`)
	nginxEmpty      = map[string]bool{"is_args": true, "request_completion": true, "https": true} // a value of no bytes, not none
	nginxVariable   = regexp.MustCompile(`\$\{?([a-z0-9_]+)\}?`)
)

// apache is what a directive writes; escaped: not to be escaped.
func (s *served) apache(arg, letter string) (v string, escaped bool) {
	start := s.at.Add(-time.Duration(s.micros) * time.Microsecond)
	number := func(n int) string { return strconv.Itoa(n) }
	switch letter {
	case "%":
		return "%", true
	case "", "\\":
		return "", true
	case "h", "a":
		return s.client, false
	case "A":
		return "10.0.0.5", false
	case "b":
		if s.bytes == 0 {
			return "", false
		}
		return number(s.bytes), false
	case "B":
		return number(s.bytes), false
	case "D":
		return number(s.micros), false
	case "f":
		return "/srv" + s.path, false
	case "H":
		return s.protocol, false
	case "I":
		return number(s.received), false
	case "O":
		return number(s.sent), false
	case "S":
		return number(s.received + s.sent), false
	case "k":
		return "0", false
	case "l", "L", "C", "e", "n", "^ti", "^to":
		return "", false
	case "m":
		return s.method, false
	case "p":
		return "443", false
	case "P":
		return "4711", false
	case "q":
		if s.query == "" {
			return "", true
		}
		return "?" + s.query, false
	case "R":
		return "", false
	case "r":
		return s.requestLine(), false
	case "s":
		return number(s.status), false
	case "T":
		switch arg {
		case "ms":
			return number(s.micros / 1e3), false
		case "us":
			return number(s.micros), false
		}
		return number(s.micros / 1e6), false
	case "u":
		return s.user, false
	case "U":
		return s.path, false
	case "v", "V":
		return s.host, false
	case "X":
		return map[bool]string{true: "+", false: "X"}[s.finished], false
	case "x":
		return map[string]string{"SSL_PROTOCOL": "TLSv1.2", "SSL_CIPHER": s.cipher}[arg], false
	case "^FB", "^FU":
		return number(s.micros / 2), false
	case "i":
		return s.header(arg), false
	case "o":
		return map[string]string{"content-range": s.contentRange, "content-length": number(s.bytes), "content-type": "audio/mpeg"}[strings.ToLower(arg)], false
	case "t":
		at := start
		if rest, ok := strings.CutPrefix(arg, "end"); ok {
			at, arg = s.at, strings.TrimPrefix(rest, ":")
		}
		arg = strings.TrimPrefix(strings.TrimPrefix(arg, "begin"), ":")
		switch arg {
		case "":
			return at.Format("[02/Jan/2006:15:04:05 -0700]"), true
		case "sec":
			return strconv.FormatInt(at.Unix(), 10), true
		case "msec":
			return strconv.FormatInt(at.UnixMilli(), 10), true
		case "usec":
			return strconv.FormatInt(at.UnixMicro(), 10), true
		case "msec_frac":
			return fmt.Sprintf("%03d", at.Nanosecond()/1e6), true
		case "usec_frac":
			return fmt.Sprintf("%06d", at.Nanosecond()/1e3), true
		}
		return strftimeLetter.ReplaceAllStringFunc(arg, func(d string) string {
			if layout, ok := strftimeLayouts[d]; ok {
				return at.Format(layout)
			}
			panic("the writer does not know " + d)
		}), true
	}
	panic("the writer does not know %" + letter)
}

func (s *served) requestLine() string {
	target := s.path
	if s.query != "" {
		target += "?" + s.query
	}
	return s.method + " " + target + " " + s.protocol
}

func (s *served) header(name string) string {
	switch strings.ToLower(name) {
	case "referer":
		return s.referrer
	case "user-agent":
		return s.agent
	case "host":
		return s.host
	case "range":
		return s.range_
	case "x-forwarded-for":
		if s.forwarded == "" {
			return s.client
		}
		return s.forwarded
	case "cookie":
		return s.cookie
	}
	return ""
}

// strftimeLetter and strftimeLayouts are strftime as Go writes it.
var (
	strftimeLetter  = regexp.MustCompile(`%[EO]?.`)
	strftimeLayouts = map[string]string{
		"%d": "02", "%e": "_2", "%m": "01", "%b": "Jan", "%h": "Jan", "%B": "January", "%Y": "2006", "%y": "06", "%H": "15", "%I": "03", "%p": "PM", "%M": "04", "%S": "05", "%z": "-0700",
		"%T": "15:04:05", "%R": "15:04", "%D": "01/02/06", "%F": "2006-01-02", "%r": "03:04:05 PM", "%c": "Mon Jan _2 15:04:05 2006", "%a": "Mon", "%A": "Monday", "%j": "002",
		"%x": "01/02/06", "%X": "15:04:05",
	}
)

// nginx is what a variable writes.
func (s *served) nginx(name string) string {
	number := func(n int) string { return strconv.Itoa(n) }
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
	switch name {
	case "remote_addr", "realip_remote_addr":
		return s.client
	case "remote_user":
		return s.user
	case "time_local":
		return s.at.Format("02/Jan/2006:15:04:05 -0700")
	case "time_iso8601":
		return s.at.Format("2006-01-02T15:04:05-07:00")
	case "msec":
		return fmt.Sprintf("%.3f", float64(s.at.UnixMilli())/1e3)
	case "request":
		return s.requestLine()
	case "request_method":
		return s.method
	case "request_uri":
		return strings.Fields(s.requestLine())[1]
	case "uri", "document_uri":
		return s.path
	case "args", "query_string":
		return s.query
	case "is_args":
		if s.query != "" {
			return "?"
		}
		return ""
	case "server_protocol":
		return s.protocol
	case "status", "upstream_status":
		return number(s.status)
	case "body_bytes_sent", "upstream_response_length":
		return number(s.bytes)
	case "bytes_sent":
		return number(s.sent)
	case "request_length":
		return number(s.received)
	case "request_time", "upstream_response_time":
		return seconds(time.Duration(s.micros) * time.Microsecond)
	case "upstream_connect_time", "upstream_header_time":
		return "0.001"
	case "upstream_addr":
		return s.up
	case "request_completion":
		return map[bool]string{true: "OK"}[s.finished]
	case "pipe":
		return "."
	case "scheme":
		return "https"
	case "host", "server_name", "http_host":
		return s.host
	case "server_port":
		return "443"
	case "connection":
		return "4711"
	case "connection_requests":
		return "2"
	case "request_id":
		return "3b1ba36a0a8d1f3a3f3c6b3a3f3c6b3a"
	case "proxy_upstream_name":
		return "default-nas-80"
	case "ssl_protocol":
		return "TLSv1.2"
	case "ssl_cipher":
		return s.cipher
	case "gzip_ratio":
		return ""
	case "sent_http_content_range":
		return s.contentRange
	}
	if header, ok := strings.CutPrefix(name, "http_"); ok {
		return s.header(strings.ReplaceAll(header, "_", "-"))
	}
	return ""
}
