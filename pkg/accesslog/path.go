package accesslog

// appendEscapedPath appends the path of a file, as a service logs it, so that
// it is a request target: percent signs, question marks and hashes, which mean
// something else in a target, backslashes (Unescape reads them), quotes,
// spaces and control bytes become percent escapes. A path that does not start
// at the root gets a slash, so that it is never taken for a URL.
func appendEscapedPath(dst, path []byte) []byte {
	if len(path) == 0 || path[0] != '/' {
		dst = append(dst, '/')
	}
	return appendEscapedPart(dst, path)
}

// appendEscapedPart is appendEscapedPath for a piece of a path.
func appendEscapedPart(dst, part []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range part {
		switch {
		case c <= ' ', c == 0x7f, c == '%', c == '?', c == '#', c == '\\', c == '"':
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
