// Package client names who asked: in comes the text of a log's client column,
// out comes one canonical text per client, so that every spelling of an address
// is one client; also the /64 prefix by which IPv6 clients are counted too, the
// label that the user gave to its network, and what is recognised in its user
// agents.
//
// It never drops a client: what is no address is a host name, whatever it
// holds, and nothing at all is the client "-". Labels and tags leave nothing
// out. It never resolves names, and never allocates per line.
package client

import (
	"bytes"
	"net/netip"
)

// Kind says what a client's text is.
type Kind uint8

// The kinds.
const (
	Unknown Kind = iota // the log had "-" or nothing
	IPv4
	IPv6
	Host // a host name, or any text that is no address
)

var kindNames = [...]string{"unknown", "ipv4", "ipv6", "host"}

func (k Kind) String() string { return kindNames[k] }

// Canonicalizer turns client texts into canonical ones. The zero value is
// ready. It is not safe for concurrent use.
type Canonicalizer struct {
	scratch []byte
}

var unknownText = []byte("-")

// Client gives the canonical text of a client as logged, and its kind. The text
// is borrowed from raw or from c: valid until the next call or until raw
// changes, and not to be changed.
//
//   - An IPv4 address is four decimal numbers without leading zeros. With them
//     ("192.168.001.001") it is ambiguous, as some read them as octal, and so
//     is kept as a host.
//   - An IPv6 address is written as RFC 5952 section 4 wants it. An IPv4-mapped
//     one (::ffff:192.0.2.1, RFC 4291 section 2.5.5.2), as dual-stack servers
//     log them, is the IPv4 address.
//   - A zone is kept: fe80::1%eth0 (RFC 4007 section 11) tells two links apart.
//     As in URLs (RFC 6874), %25 before it is read as %.
//   - A port is dropped: 192.0.2.1:80, [2001:db8::1]:80; so are brackets.
//   - All else is a host, which keeps its bytes: capital ASCII letters become
//     small (RFC 4343) and one trailing dot goes (RFC 1034 section 3.1), unless
//     the rest would then be another client.
func (c *Canonicalizer) Client(raw []byte) (text []byte, kind Kind) {
	if isIPv4(raw) {
		return raw, IPv4
	}
	if len(raw) == 0 || len(raw) == 1 && raw[0] == '-' {
		return unknownText, Unknown
	}
	colon := bytes.IndexByte(raw, ':')
	switch {
	case colon < 0:
		return c.host(raw), Host
	case raw[0] == '[':
		if inner, ok := trimBrackets(raw); ok {
			if text, kind, ok := c.ipv6(inner); ok {
				return text, kind
			}
		}
	case isIPv4(raw[:colon]) && isPort(raw[colon+1:]):
		return raw[:colon], IPv4
	default:
		if text, kind, ok := c.ipv6(raw); ok {
			return text, kind
		}
	}
	return c.host(raw), Host
}

// ipv6 gives the canonical text of an IPv6 address.
func (c *Canonicalizer) ipv6(raw []byte) (text []byte, kind Kind, ok bool) {
	var zone []byte
	if i := bytes.IndexByte(raw, '%'); i >= 0 {
		raw, zone = raw[:i], raw[i+1:]
		if len(zone) == 0 {
			return nil, Unknown, false
		}
		if len(zone) > 2 && zone[0] == '2' && zone[1] == '5' {
			zone = zone[2:]
		}
	}
	bits, ok := parseIPv6(raw)
	if !ok {
		return nil, Unknown, false
	}
	addr := netip.AddrFrom16(bits)
	if addr.Is4In6() { // a zone means nothing to IPv4
		c.scratch = addr.Unmap().AppendTo(c.scratch[:0])
		return c.scratch, IPv4, true
	}
	c.scratch = addr.AppendTo(c.scratch[:0])
	if len(zone) > 0 {
		c.scratch = append(c.scratch, '%')
		c.scratch = append(c.scratch, zone...)
	}
	return c.scratch, IPv6, true
}

// host gives a host name in small letters and without a trailing dot. It gives
// raw itself when there is nothing to change.
func (c *Canonicalizer) host(raw []byte) []byte {
	if n := len(raw) - 1; raw[n] == '.' && n > 0 && raw[n-1] != '.' && string(raw[:n]) != "-" && !c.isAddress(raw[:n]) {
		raw = raw[:n]
	}
	for i, b := range raw {
		if 'A' <= b && b <= 'Z' {
			c.scratch = append(c.scratch[:0], raw...)
			for j := i; j < len(c.scratch); j++ {
				if b := c.scratch[j]; 'A' <= b && b <= 'Z' {
					c.scratch[j] = b + 'a' - 'A'
				}
			}
			return c.scratch
		}
	}
	return raw
}

// isAddress says whether Client would take a text for an address.
func (c *Canonicalizer) isAddress(raw []byte) bool {
	if bytes.IndexByte(raw, ':') < 0 {
		return isIPv4(raw)
	}
	_, kind := c.Client(raw)
	return kind == IPv4 || kind == IPv6
}

// trimBrackets gives the inside of [address] and [address]:port.
func trimBrackets(raw []byte) (inner []byte, ok bool) {
	i := bytes.IndexByte(raw, ']')
	if i < 0 {
		return nil, false
	}
	rest := raw[i+1:]
	return raw[1:i], len(rest) == 0 || rest[0] == ':' && isPort(rest[1:])
}
