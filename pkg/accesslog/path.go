package accesslog

const upperHex = "0123456789ABCDEF"

// appendEscapedPath appends a path that a server logged decoded (IIS
// cs-uri-stem, a file service) as the path of a URL, so that decoding it once
// gives the logged path again: a percent sign, what would end a path (? and #),
// a backslash (which other logs escape with), spaces and control bytes are
// written %XX. All other bytes, UTF-8 included, stay.
func appendEscapedPath(dst, path []byte) []byte {
	for _, c := range path {
		if plainInPath(c) && c != '%' {
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

// plainPath says whether appendEscapedPath would change nothing.
func plainPath(path []byte) bool {
	for _, c := range path {
		if !plainInPath(c) || c == '%' {
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
