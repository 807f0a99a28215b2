package accesslog

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
