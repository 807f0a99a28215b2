package accesslog

import "bytes"

// What a server can write as a client differs, and what it cannot write shows
// a line whose fields were shifted:
//
//	an address (isIP)                       Amazon S3, CloudFront, Google Cloud Storage
//	an address, perhaps with its zone       IIS: fe80::1%12
//	an address with its port                Amazon's load balancers, IPv6 without brackets: 2001:db8::1:80
//	an address, perhaps with its port       Azure since 2014, W3C draft (its type address)
//	host:port of Go                         Traefik, Caddy before 2.5
//	anything that is one text               JSON lines of others, where keys hold the fields apart

// isIP says whether text is an IPv4 or IPv6 address and nothing else (RFC 4291,
// section 2.2): what netip.ParseAddr takes, without a zone.
func isIP(text []byte) bool {
	if bytes.IndexByte(text, ':') < 0 {
		return isIPv4(text)
	}
	return isIPv6(text)
}

// isIPv4 takes four numbers up to 255 without leading zeros.
func isIPv4(text []byte) bool {
	dots, digits, value := 0, 0, 0
	for _, c := range text {
		switch d := int(c - '0'); {
		case d <= 9 && (digits == 0 || value > 0):
			digits++
			if value = value*10 + d; value > 255 {
				return false
			}
		case c == '.' && digits > 0:
			dots++
			digits, value = 0, 0
		default:
			return false
		}
	}
	return dots == 3 && digits > 0
}

// isIPv6 takes eight groups of up to four hexadecimal digits, of which :: may
// stand for one or more, and the last two may be an IPv4 address.
func isIPv6(text []byte) bool {
	groups, gap := 0, false
	if len(text) > 1 && text[0] == ':' && text[1] == ':' {
		text, gap = text[2:], true
	}
	for len(text) > 0 {
		n := 0
		for n < len(text) && n < 5 && hexDigit(text[n]) >= 0 {
			n++
		}
		switch {
		case n == 0 || n > 4:
			return false
		case n < len(text) && text[n] == '.':
			if !isIPv4(text) {
				return false
			}
			groups += 2
			n = len(text)
		default:
			groups++
		}
		if text = text[n:]; len(text) == 0 {
			break
		}
		if text[0] != ':' || len(text) == 1 {
			return false
		}
		if text = text[1:]; text[0] == ':' {
			if gap {
				return false
			}
			text, gap = text[1:], true
		}
	}
	return groups == 8 && !gap || groups < 8 && gap
}

// isZonedIP is isIP, but behind an IPv6 address a zone of letters and digits
// may stand (RFC 4007, section 11): Windows numbers them.
func isZonedIP(text []byte) bool {
	at := bytes.IndexByte(text, '%')
	if at < 0 {
		return isIP(text)
	}
	for _, c := range text[at+1:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return at+1 < len(text) && isIPv6(text[:at])
}

// cutPort takes the port off an address, whose brackets it may have.
func cutPort(text []byte) (address []byte, ok bool) {
	at := bytes.LastIndexByte(text, ':')
	if at <= 0 || len(text)-at > 6 {
		return nil, false
	}
	if port, ok := wholeNumber(text[at+1:]); !ok || port > 65535 {
		return nil, false
	}
	return inBrackets(text[:at:at])
}

// inBrackets takes an address or an IPv6 address in brackets.
func inBrackets(text []byte) (address []byte, ok bool) {
	if n := len(text); n > 2 && text[0] == '[' && text[n-1] == ']' {
		text = text[1 : n-1 : n-1]
		return text, isIPv6(text)
	}
	return text, isIP(text)
}

// cutPerhapsPort is cutPort where the port may be missing. An IPv6 address
// without brackets whose last group may as well be a port is refused: it would
// be another client.
func cutPerhapsPort(text []byte) (address []byte, ok bool) {
	address, withPort := cutPort(text)
	whole, without := inBrackets(text)
	switch {
	case withPort && without:
		return nil, false
	case withPort:
		return address, true
	}
	return whole, without
}

// hostOnly takes the port off an address as Go's net/http and others write it:
// 192.0.2.1:80, [2001:db8::1]:80. An address without port is left whole.
func hostOnly(text []byte) []byte {
	host, withPort := splitPort(text)
	if withPort && len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

// oneClient says whether text can be one client: not a list, nothing that a
// log cannot hold.
func oneClient(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c == ',' || c == '"' || c == 0x7f {
			return false
		}
	}
	return len(text) > 0
}
