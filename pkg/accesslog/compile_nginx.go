package accesslog

import "strings"

// CompileNginx makes a format of a log_format string of nginx: the text
// without its quotes, with escape=default, escape=json or escape=none and a
// space before it if the configuration says so.
//
// Source: nginx ngx_http_log_module (log_format), ngx_http_core_module
// (embedded variables).
func CompileNginx(name, s string) (*Format, error) {
	t := newTemplate("nginx", s)
	body := s
	if rest, ok := strings.CutPrefix(s, "escape="); ok {
		mode, text, _ := strings.Cut(rest, " ")
		switch mode {
		case "default":
		case "json":
			t.json = true
		case "none":
			t.raw = true
		default:
			return nil, t.errorf("escape is none of default, json and none")
		}
		body = strings.TrimLeft(text, " ")
	}
	t.object = writesObject(body)
	for i := 0; i < len(body); {
		switch c := body[i]; c {
		case '$':
			name, n := variable(body[i:])
			if name == "" {
				return nil, t.errorf("%q names no variable", body[i:])
			}
			if err := t.variable(body[i:i+n], name); err != nil {
				return nil, err
			}
			i += n
		case '\n':
			return nil, t.errorf("a line break stands in it: one record in two lines cannot be read")
		default:
			t.text(body[i : i+1])
			i++
		}
	}
	if len(t.fields) == 0 {
		return nil, t.errorf("no variable ($remote_addr, $time_local, $request) stands in it")
	}
	return t.build(name)
}

// variable takes $name or ${name} off the begin of s.
func variable(s string) (name string, n int) {
	if strings.HasPrefix(s, "${") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return "", 0
		}
		return s[2:end], end + 1
	}
	n = 1
	for n < len(s) && (s[n] == '_' || s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return s[1:n], n
}

// isoPieces are those of $time_iso8601.
var isoPieces = []piece{{kind: pieceYear, after: "-"}, {kind: pieceMonth, after: "-"}, {kind: pieceDay, after: "T"}, {kind: pieceHour, after: ":"}, {kind: pieceMinute, after: ":"}, {kind: pieceSecond}, {kind: pieceZoneColon}}

// variable adds a field. Times are those of the moment at which the line is
// written.
func (t *template) variable(whole, name string) error {
	f := field{text: whole, at: TimeAtEnd, empty: t.json || t.raw}
	number := func(r role) { f.shape, f.role = shapeNumber, r }
	word := func(r role, rank int) { f.shape, f.role, f.rank = shapeWord, r, rank }
	switch name {
	case "remote_addr":
		word(roleClient, 0)
	case "realip_remote_addr":
		word(roleClient, 5)
	case "proxy_protocol_addr":
		word(roleClient, 3)
	case "binary_remote_addr":
		return t.errorf("%s is not text: use $remote_addr", whole)
	case "proxy_add_x_forwarded_for":
		f.role, f.list = roleForwarded, true
	case "remote_user":
		f.role = roleUser
	case "time_local":
		f.shape, f.role = shapeCLF, roleTime
	case "time_iso8601":
		for i, p := range isoPieces {
			f.shape, f.role, f.pieces = shapeFixed, rolePieces, []piece{{kind: p.kind}}
			t.field(f)
			if i < len(isoPieces)-1 {
				t.text(p.after)
			}
		}
		return nil
	case "msec":
		f.shape, f.role, f.scale = shapeDecimal, roleEpoch, 1e6
	case "request":
		f.role = roleRequest
	case "request_method":
		word(roleMethod, 0)
	case "request_uri":
		f.role, f.rooted = roleTarget, true
	case "uri", "document_uri":
		f.role, f.rooted = rolePath, true
	case "args", "query_string":
		f.role = roleQuery
	case "is_args":
		f.shape, f.signs, f.empty = shapeSign, "?", true
	case "server_protocol":
		word(roleProtocol, 0)
	case "status":
		f.shape, f.role = shapeStatus, roleStatus
	case "body_bytes_sent":
		number(roleBytes)
	case "bytes_sent":
		number(roleSent)
	case "request_time":
		f.shape, f.role, f.scale = shapeDecimal, roleDuration, 1e6
	case "request_completion":
		f.role = roleCompletion
	case "pipe":
		f.shape, f.signs = shapeSign, ".p"
		f.empty = false
	case "request_length", "connection", "connection_requests", "pid", "tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space":
		f.shape = shapeNumber
	case "server_port", "remote_port": // nothing for a connection through a socket in the file system
		f.shape, f.empty, f.slashless = shapeNumber, true, true
	case "gzip_ratio", "connection_time":
		f.shape = shapeDecimal
	case "http2", "http3", "https": // nothing where it is not
		f.shape, f.empty = shapeWord, true
	case "scheme", "server_addr", "request_id", "ssl_protocol", "ssl_cipher", "nginx_version", "upstream_cache_status":
		f.shape = shapeWord
	case "hostname":
		f.shape, f.slashless = shapeWord, true
	case "host":
		f.role, f.slashless = roleHost, true
	case "server_name":
		f.role, f.rank, f.slashless = roleHost, 3, true
	default:
		switch {
		case strings.HasPrefix(name, "http_"):
			f.header(strings.ReplaceAll(name[len("http_"):], "_", "-"))
		case strings.HasPrefix(name, "sent_http_"):
			f.replyHeader(strings.ReplaceAll(name[len("sent_http_"):], "_", "-"))
		case strings.HasPrefix(name, "upstream_") && !strings.HasPrefix(name, "upstream_http_") && !strings.HasPrefix(name, "upstream_cookie_") && !strings.HasPrefix(name, "upstream_trailer_"):
			f.shape = shapeList
		}
	}
	t.field(f)
	return nil
}
