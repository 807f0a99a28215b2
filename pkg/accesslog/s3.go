package accesslog

import "bytes"

// The server access log of Amazon S3 and of what copies it. Delivery is best
// effort: records may be missing, or come twice with one request id.
//
// Source: Amazon S3 user guide, "Amazon S3 server access log format"; Yelp,
// "S3 server access logs at scale", for the encoding of keys.
var formatS3 = &Format{
	Name: "s3", Title: "Amazon S3 server access log",
	Meaning: MeaningAcceptedBody, MeaningWhy: "Bytes Sent excludes HTTP protocol overhead; Object Size beside it is the whole object",
	TimeAt: TimeAtStart, Zone: ZoneLogged, Escaping: "the key is URL-encoded twice; quotes of the other texts are not escaped by any documented rule", Stateless: true,
	Fields: `owner bucket [time] ip requester request-id operation key "request-URI" status error bytes-sent object-size total-ms turnaround-ms "referer" "user agent" version-id …`,
	Source: "Amazon S3 user guide, server access log format",
}

type s3 struct {
	clock  clfClock
	target []byte
}

func newS3(Reading) Parser { return &s3{} }

// Parse implements Parser.
func (p *s3) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatS3
	owner, rest, ok := word(line)
	bucket, rest, ok2 := word(rest)
	if !ok || !ok2 || len(owner) == 0 || len(bucket) == 0 || len(rest) < clfTimeLen+3 || rest[0] != '[' || rest[clfTimeLen+1] != ']' || rest[clfTimeLen+2] != ' ' {
		return ReasonBadTime
	}
	if r.Time, r.UTCOffsetMin, ok = p.clock.parse(rest[1 : 1+clfTimeLen]); !ok {
		return ReasonBadTime
	}
	rest = rest[clfTimeLen+3:]
	var head [5][]byte // ip requester request-id operation key
	for i := range head {
		if head[i], rest, ok = word(rest); !ok || len(head[i]) == 0 {
			return ReasonCutOff
		}
	}
	if r.Client = absent(head[0]); r.Client != nil && !isIP(r.Client) {
		return ReasonBadClient
	}
	if r.User = absent(head[1]); string(r.User) == "Anonymous" {
		r.User = nil
	}
	if !s3Operation(head[3]) {
		return ReasonMissingFields
	}
	request, tail, reason := s3Request(rest)
	if reason != ReasonNone {
		return reason
	}
	if reason = s3Numbers(tail, r); reason != ReasonNone {
		return reason
	}
	return p.file(request, head[3], head[4], r)
}

// word takes the text before the next space.
func word(text []byte) (w, rest []byte, ok bool) {
	i := bytes.IndexByte(text, ' ')
	if i < 0 {
		return nil, nil, false
	}
	return text[:i:i], text[i+1:], true
}

// s3Operation says whether text is SOAP.operation, REST.METHOD.resource and so
// on: words joined by dots.
func s3Operation(text []byte) bool {
	for _, c := range text {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' {
			return false
		}
	}
	return bytes.IndexByte(text, '.') > 0
}

// s3Request finds the quote that closes the Request-URI: one behind which the
// numbers stand. If two could be it, the line is refused.
func s3Request(rest []byte) (request, tail []byte, reason Reason) {
	if len(rest) == 0 {
		return nil, nil, ReasonCutOff
	}
	if string(rest[:min(2, len(rest))]) == "- " { // no request of a client: a lifecycle rule
		return nil, rest[1:], ReasonNone
	}
	if rest[0] != '"' {
		return nil, nil, ReasonBadRequest
	}
	var try Record
	found := -1
	for i := 1; i < len(rest); i++ {
		q := bytes.IndexByte(rest[i:], '"')
		if q < 0 {
			break
		}
		if i += q; s3Numbers(rest[i+1:], &try) == ReasonNone && try.Status != 0 {
			if found >= 0 {
				return nil, nil, ReasonBadRequest
			}
			found = i
		}
	}
	if found < 0 {
		i := bytes.IndexByte(rest[1:], '"')
		if i < 0 {
			return nil, nil, ReasonCutOff
		}
		return nil, nil, s3Numbers(rest[i+2:], &try)
	}
	return rest[1:found:found], rest[found+1:], ReasonNone
}

// s3Numbers reads ` status error bytes-sent object-size total-ms turnaround-ms
// "referer" "user agent" …` or, of a cut line, a begin of it.
func s3Numbers(tail []byte, r *Record) Reason {
	if len(tail) == 0 {
		return ReasonCutOff
	}
	if tail[0] != ' ' {
		return ReasonBadStatus
	}
	status, tail, ok := word(tail[1:])
	if !ok {
		return ReasonCutOff
	}
	if r.Status, ok = threeDigits(status); !ok || len(status) == 0 {
		return ReasonBadStatus
	}
	r.Bytes, r.ObjectSize, r.SizeFrom, r.DurationUS, r.Referrer, r.Agent = None, None, TotalNone, None, nil, nil
	r.Flags &^= FlagCutOff
	errorCode, tail, ok := word(tail)
	if !ok {
		r.Flags |= FlagCutOff
		return ReasonNone
	}
	for _, c := range errorCode {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '.' && (c < '0' || c > '9') {
			return ReasonBadTail
		}
	}
	var numbers [4]int64
	for i := range numbers {
		text, rest, ok := word(tail)
		if !ok {
			r.Flags |= FlagCutOff
			break
		}
		if numbers[i], ok = orNone(text); !ok || len(text) == 0 {
			return ReasonBadBytes
		}
		tail = rest
		switch {
		case numbers[i] == None:
		case i == 0:
			r.Bytes = numbers[i]
		case i == 1:
			r.ObjectSize, r.SizeFrom = numbers[i], TotalObject
		case i == 2 && numbers[i] < 1e15:
			r.DurationUS = numbers[i] * 1e3
		}
	}
	if r.Flags&FlagCutOff != 0 {
		return ReasonNone
	}
	return s3Texts(tail, r)
}

// s3Texts reads `"referer" "user agent"` and, with later versions, what follows
// without quotes. The last quote of the line closes the user agent.
func s3Texts(tail []byte, r *Record) Reason {
	if len(tail) == 0 {
		r.Flags |= FlagCutOff
		return ReasonNone
	}
	if string(tail[:min(2, len(tail))]) == "- " { // without a request there is neither
		return ReasonNone
	}
	if tail[0] != '"' {
		return ReasonBadTail
	}
	middle := 1 + bytes.Index(tail[1:], quoteSpaceQuote) // the quote that closes the referer
	last := bytes.LastIndexByte(tail, '"')
	switch {
	case middle < 1 || last <= middle+2:
		r.Flags |= FlagCutOff
	case bytes.Contains(tail[middle+1:last], quoteSpaceQuote), last+1 < len(tail) && tail[last+1] != ' ':
		// Where the referer ends cannot be told; the numbers are not in doubt.
	default:
		r.Referrer, r.Agent = absent(tail[1:middle:middle]), absent(tail[middle+3:last:last])
	}
	return ReasonNone
}

// file makes method and target of the operation. The target is the key, so that
// an object has one name whether its bucket is in the host or in the path. Only
// GET.OBJECT hands an object out: other operations on a key are written as
// their own name, so that a GET of, say, an ACL is no content.
func (p *s3) file(request, operation, key []byte, r *Record) Reason {
	if request != nil && string(request) != "-" {
		splitRequest(request, r)
		if r.Target == nil || bytes.IndexByte(r.Target, ' ') >= 0 {
			return ReasonBadRequest // no client may write a space into a URL
		}
	}
	if key = absent(key); key == nil {
		return ReasonNone // of the bucket: the target is that of the request
	}
	if r.Client == nil {
		r.Method, r.Target = nil, nil // the service itself
		return ReasonNone
	}
	get := bytes.HasSuffix(operation, []byte(".GET.OBJECT"))
	switch {
	case get:
		if r.Status == 200 && r.ObjectSize != None && r.Flags&FlagCutOff == 0 {
			r.Finished = FinishedNo
			if r.Bytes == r.ObjectSize || r.Bytes == None && r.ObjectSize == 0 {
				r.Finished = FinishedYes
			}
		}
	case bytes.HasSuffix(operation, []byte(".HEAD.OBJECT")):
		r.Method = methodHead // whether the request was logged or not
	default:
		r.Method = operation
	}
	if get && r.Method == nil {
		return ReasonBadRequest
	}
	p.target = append(p.target[:0], '/')
	if key[0] == '/' {
		key = key[1:]
	}
	if string(operation) == "BATCH.DELETE.OBJECT" || string(operation) == "S3.EXPIRE.OBJECT" { // encoded once
		p.target = append(p.target, key...)
	} else {
		p.target = appendDecodedPath(p.target, key)
	}
	r.Target = p.target
	return ReasonNone
}
