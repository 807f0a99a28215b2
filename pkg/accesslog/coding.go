package accesslog

import "bytes"

// setCoding flags a response whose Content-Encoding says that its body was sent
// in another coding than the file's (gzip, br, zstd, deflate; RFC 9110, section
// 8.4). No header, and "identity", say nothing.
func setCoding(r *Record, text []byte) {
	if len(text) > 0 && string(text) != "-" && !bytes.EqualFold(text, identity) {
		r.Flags |= FlagCoded
	}
}

var identity = []byte("identity")
