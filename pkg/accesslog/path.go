package accesslog

// appendEscapedPath appends a path that its server had decoded, as a request
// target that canonicalises back to it: what would end or change it is written
// as %XX. Escapes of the log (\x0a) are left for Unescape.
func appendEscapedPath(dst, path []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range path {
		if c == '%' || c == '?' || c == '#' || c < ' ' || c == 0x7f {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
