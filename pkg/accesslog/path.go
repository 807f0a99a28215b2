package accesslog

// appendEscapedPath appends a file's path as the path of a URL, so that the
// canonical path of the result is that path again: percent, question mark,
// number sign, backslash, space and control bytes are escaped.
func appendEscapedPath(dst, path []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range path {
		if c <= ' ' || c == '%' || c == '?' || c == '#' || c == '\\' || c == 0x7f {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
