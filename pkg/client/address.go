package client

import (
	"bytes"
	"net/netip"
)

// isIPv4 says whether b is a dotted quad without leading zeros. Nearly all
// clients of most logs are: 11 ns, where netip takes 40 and a string.
func isIPv4(b []byte) bool {
	if len(b) < len("0.0.0.0") || len(b) > len("255.255.255.255") {
		return false
	}
	dots, digits, value := 0, 0, 0
	for _, x := range b {
		if d := int(x) - '0'; 0 <= d && d <= 9 {
			if digits > 0 && value == 0 {
				return false
			}
			digits++
			if value = value*10 + d; value > 255 {
				return false
			}
			continue
		}
		if x != '.' || digits == 0 {
			return false
		}
		dots++
		digits, value = 0, 0
	}
	return dots == 3 && digits > 0
}

// isPort says whether b is a decimal number up to 65535.
func isPort(b []byte) bool {
	if len(b) == 0 || len(b) > 5 {
		return false
	}
	n := 0
	for _, x := range b {
		if x < '0' || x > '9' {
			return false
		}
		n = n*10 + int(x-'0')
	}
	return n <= 0xffff
}

// parseIPv6 reads an IPv6 address without zone (RFC 4291 section 2.2). It takes
// what netip.ParseAddr takes, which a fuzz test holds it to; that one needs a
// string, and so an allocation per line.
func parseIPv6(b []byte) (bits [16]byte, ok bool) {
	if len(b) < len("::") || len(b) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") {
		return bits, false
	}
	at, gap := 0, -1 // where the next group goes, and where the :: was
	if b[0] == ':' {
		if b[1] != ':' {
			return bits, false
		}
		gap = 0
		b = b[2:]
	}
	for len(b) > 0 {
		if at == 16 {
			return bits, false
		}
		group, n := 0, 0
		for n < len(b) && hexDigit[b[n]] != 0 {
			group = group<<4 | int(hexDigit[b[n]]-1)
			if n++; n > 4 {
				return bits, false
			}
		}
		if n == 0 {
			return bits, false
		}
		if n < len(b) && b[n] == '.' { // the last four bytes as IPv4
			if at > 12 || !isIPv4(b) {
				return bits, false
			}
			for ; len(b) > 0; at++ {
				bits[at], b = leadingByte(b)
			}
			break
		}
		bits[at], bits[at+1] = byte(group>>8), byte(group)
		at += 2
		b = b[n:]
		if len(b) == 0 {
			break
		}
		if b[0] != ':' || len(b) == 1 {
			return bits, false
		}
		b = b[1:]
		if b[0] == ':' {
			if gap >= 0 {
				return bits, false
			}
			gap = at
			b = b[1:]
		}
	}
	if gap < 0 {
		return bits, at == 16
	}
	if at == 16 { // a :: must stand for at least one group
		return bits, false
	}
	moved := copy(bits[16-(at-gap):], bits[gap:at])
	clear(bits[gap : 16-moved])
	return bits, true
}

// leadingByte reads the first number of a valid dotted quad and its dot.
func leadingByte(b []byte) (value byte, rest []byte) {
	for len(b) > 0 && b[0] != '.' {
		value = value*10 + b[0] - '0'
		b = b[1:]
	}
	return value, b[min(1, len(b)):]
}

// hexDigit is the value of a digit and one, 0 for other bytes.
var hexDigit = func() (t [256]uint8) {
	for i, b := range []byte("0123456789abcdef") {
		t[b] = uint8(i + 1)
		t[bytes.ToUpper([]byte{b})[0]] = uint8(i + 1)
	}
	return t
}()

// Addr gives the address of a canonical text, without zone; false for a host
// name. It is for look-ups per client: it may allocate.
func Addr(text []byte) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(string(text))
	return addr.WithZone(""), err == nil
}

// Prefix gives what a canonical text counts as where IPv6 clients are counted
// by network: the /64 of an IPv6 address, as "2001:db8::/64", since a device
// takes new addresses in it every day (RFC 8981); an IPv4 address itself; ""
// for a host name. It is for use per client: it allocates.
func Prefix(text []byte) string {
	addr, ok := Addr(text)
	switch {
	case !ok:
		return ""
	case addr.Is4():
		return string(text)
	}
	prefix, _ := addr.Prefix(64) // cannot fail for an IPv6 address
	return prefix.String()
}
