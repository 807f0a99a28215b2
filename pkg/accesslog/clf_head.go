package accesslog

import "bytes"

// parseHead reads "client ident user " or "host client ident user ", which
// stand before the time. The user may hold spaces (Apache's %u), so of four
// words or more the second decides: "-" is an ident, an address is a client
// behind its virtual host. What could be either, or is written by a format
// that is not of the family, is refused, since the client would be a guess:
//
//	host.example client.example - user   a virtual host and a client's name, or a client and its ident
//	host.example 1.2.3.4 user            %v %h %u: the client is not the first
//	host.example - - user                %v %{X-Forwarded-For}i %l %u without the header
//	10.0.0.5 1.2.3.4 some user           %v %h %l %u, or lighttpd's %h %V %u
//	1.2.3.4, 5.6.7.8 - user              %{X-Forwarded-For}i %l %u: a list, no host
func parseHead(head []byte, r *Record) (vhost, ok bool) {
	n := len(head)
	if n < 6 || head[n-1] != ' ' {
		return false, false
	}
	head = head[:n-1]
	s := bytes.IndexByte(head, ' ')
	if s <= 0 || head[s-1] == ',' {
		return false, false
	}
	r.Client = head[:s:s]
	rest := head[s+1:]
	if len(rest) == 3 && rest[0] == '-' && rest[1] == ' ' && rest[2] == '-' { // nearly every line
		return false, true
	}
	s = bytes.IndexByte(rest, ' ')
	if s <= 0 || s+1 == len(rest) {
		return false, false
	}
	second, behind := rest[:s:s], rest[s+1:]
	host, withPort := splitPort(r.Client)
	named := !isAddress(host)
	vhost = named && (withPort || isAddress(second))
	s = bytes.IndexByte(behind, ' ')
	switch {
	case s < 0, string(second) == "-":
		if vhost || named && s == 1 && behind[0] == '-' {
			return false, false
		}
		r.User = absent(behind)
		return false, true
	case !named:
		vhost = isAddress(second) && s == 1 && behind[0] == '-'
	}
	if !vhost || s == 0 || s+1 == len(behind) {
		return false, false
	}
	r.Host, r.Client, r.User = host, second, absent(behind[s+1:])
	return true, true
}

// splitPort splits host:port as Apache's %v:%p writes it; an IPv6 address
// without brackets is left whole.
func splitPort(text []byte) (host []byte, withPort bool) {
	c := bytes.LastIndexByte(text, ':')
	if c <= 0 || len(text)-c < 2 || len(text)-c > 6 {
		return text, false
	}
	for _, d := range text[c+1:] {
		if d < '0' || d > '9' {
			return text, false
		}
	}
	host = text[:c:c]
	if bytes.IndexByte(host, ':') >= 0 && host[0] != '[' {
		return text, false
	}
	return host, true
}

// isAddress says whether text looks like an IPv4 or IPv6 address, perhaps with
// a port or zone. It need not be a valid one: no host name has four numbers
// joined by dots, or two colons. A time has two colons too, but behind the
// hyphens of its date (RFC 5424 puts one where a client may stand).
func isAddress(text []byte) bool {
	if bytes.Count(text, colon) >= 2 {
		address, _, _ := bytes.Cut(text, percent)
		return bytes.IndexByte(address, '-') < 0
	}
	text, _ = splitPort(text)
	dots := 0
	for _, c := range text {
		switch {
		case c == '.':
			dots++
		case c < '0' || c > '9':
			return false
		}
	}
	return dots == 3
}

var (
	colon   = []byte{':'}
	percent = []byte{'%'}
)
