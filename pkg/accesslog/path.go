package accesslog

const upperHex = "0123456789ABCDEF"

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

// appendEscapedPart is appendEscapedPath for a piece of a path, which need not
// start at the root. Bytes it does not name, UTF-8 included, stay.
func appendEscapedPart(dst, part []byte) []byte {
	for _, c := range part {
		if plainInPath(c) && c != '%' && c != '"' {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// plainInPath says whether a byte may stand in a target as it is.
func plainInPath(c byte) bool {
	return c > ' ' && c != 0x7f && c != '?' && c != '#' && c != '\\'
}

// escapesNothing says whether appendEscapedPart would change nothing.
func escapesNothing(path []byte) bool {
	for _, c := range path {
		if !plainInPath(c) || c == '%' || c == '"' {
			return false
		}
	}
	return true
}

// appendDecodedPath undoes one layer of %XX of a path that a server encoded
// once more for its log (S3 keys, CloudFront), and keeps it a path: what the
// decoding brings out that may not stand in one is written %XX again. A percent
// sign stays, as it begins an escape of the layer below.
func appendDecodedPath(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' && i+2 < len(text) {
			if hi, lo := hexDigit(text[i+1]), hexDigit(text[i+2]); hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo)
				i += 2
			}
		}
		if plainInPath(c) {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendQuery appends ? and a query, whose control bytes are written %XX.
func appendQuery(dst, query []byte) []byte {
	dst = append(dst, '?')
	for _, c := range query {
		if c > ' ' && c != 0x7f && c != '\\' {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendLoggedPath appends a path that its server had decoded and then escaped
// for the log, as a request target that canonicalises back to it: what would
// end or change it is written as %XX. Escapes of the log (\x0a) are left for
// Unescape.
func appendLoggedPath(dst, path []byte) []byte {
	for _, c := range path {
		if c == '%' || c == '?' || c == '#' || c < ' ' || c == 0x7f {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
