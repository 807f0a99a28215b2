package accesslog

import "bytes"

// read makes a record of the values of a line.
func (p *w3c) read(r *Record) Reason {
	if !p.time(r) {
		return ReasonBadTime
	}
	var ok bool
	if r.Client, ok = p.client(p.get(w3cClient)); !ok {
		return ReasonBadClient
	}
	r.Format = p.dialect
	r.User = p.get(w3cUser)
	r.Host = p.get(w3cViewerHost)
	if r.Host == nil {
		r.Host = p.get(w3cHost)
	}
	method := p.get(w3cMethod)
	if verb, ok := ftpVerb(method); ok && (p.dialect == formatIIS || p.dialect == formatIISFTP) {
		r.Format = formatIISFTP
		return p.readFTP(verb, r)
	}
	if p.dialect == formatIISFTP {
		return p.readFTP(method, r)
	}
	status := p.values[p.columns.at[w3cStatus]]
	if r.Status, ok = threeDigits(status); !ok || len(status) != 3 && (p.dialect == formatIIS || p.dialect == formatCloudFront) {
		return ReasonBadStatus
	}
	if r.Bytes, ok = orNone(p.get(w3cBytes)); !ok {
		return ReasonBadBytes
	}
	r.NumberAtEnd = r.Bytes != None && int(p.columns.at[w3cBytes]) == len(p.columns.kinds)-1
	r.Referrer, r.Agent, r.Forwarded = p.get(w3cReferrer), p.get(w3cAgent), p.get(w3cForwarded)
	r.Protocol = p.get(w3cProtocol)
	p.readDuration(r)
	p.readRange(r)
	if p.dialect == formatCloudFront {
		p.readEdge(r)
	}
	if method == nil {
		return ReasonNone // no request was read: it concerns no file
	}
	if !isMethod(method) {
		return ReasonBadRequest
	}
	r.Method = method
	r.Target = p.targetOf(r)
	return ReasonNone
}

// client reads an address as the dialect writes it.
func (p *w3c) client(text []byte) (client []byte, ok bool) {
	switch p.dialect {
	case formatW3C:
		return cutPerhapsPort(text)
	case formatCloudFront:
		return text, isIP(text)
	}
	return text, isZonedIP(text)
}

// targetOf puts path and query together.
func (p *w3c) targetOf(r *Record) []byte {
	stem, query := p.get(w3cStem), p.get(w3cQuery)
	if stem == nil {
		if stem = p.get(w3cURI); stem == nil {
			return nil
		}
		if p.software == softwareIncapsula && stem[0] != '/' {
			// host and path without a scheme
			host, path, ok := bytes.Cut(stem, []byte{'/'})
			r.Host = host
			if stem = stem[len(stem):]; ok {
				stem = p.values[p.columns.at[w3cURI]][len(host):]
			}
			if len(path) == 0 && !ok {
				stem = rootTarget
			}
		}
		if bytes.IndexByte(stem, '?') >= 0 {
			query = nil
		}
	}
	switch p.dialect {
	case formatIIS, formatIISLocal: // logged decoded
		if query == nil && escapesNothing(stem) {
			return stem
		}
		p.target = appendEscapedPart(p.target[:0], stem)
	case formatCloudFront: // logged encoded once more
		if query == nil && bytes.IndexByte(stem, '%') < 0 && escapesNothing(stem) {
			return stem
		}
		p.target = appendDecodedPath(p.target[:0], stem)
	default:
		if query == nil {
			return stem
		}
		p.target = append(p.target[:0], stem...)
	}
	if query != nil {
		p.target = appendQuery(p.target, query)
	}
	return p.target
}

var rootTarget = []byte{'/'}

// readDuration: IIS counts milliseconds, CloudFront seconds. Others do not say.
func (p *w3c) readDuration(r *Record) {
	text := p.get(w3cMillis)
	if text == nil {
		text = p.get(w3cTaken)
		switch p.dialect {
		case formatCloudFront:
			if n, ok := secondsAsMicros(text); ok {
				r.DurationUS = n
			}
			return
		case formatIIS, formatIISLocal, formatIISFTP:
		default:
			return
		}
	}
	if n, ok := wholeNumber(text); ok && n < 1e15 {
		r.DurationUS = n * 1e3
	}
}

// readRange: the position of a partial response. CloudFront takes its two
// columns from the Content-Range of the answer.
func (p *w3c) readRange(r *Record) {
	placeBody(r, p.get(w3cContentRange), p.get(w3cRange))
	if r.Status == 206 {
		first, okFirst := wholeNumber(p.get(w3cRangeStart))
		last, okLast := wholeNumber(p.get(w3cRangeEnd))
		if okFirst && okLast && first <= last {
			r.RangeStart, r.RangeEnd, r.RangeFrom = first, last, RangeContent
		}
	}
	if r.Status == 200 {
		if n, ok := wholeNumber(p.get(w3cContentLength)); ok {
			r.ObjectSize, r.SizeFrom = n, TotalContentLength
		}
	}
}

// readEdge: CloudFront logs 000 where the viewer closed the connection before
// an answer, and the result type Error with a good status where it left before
// the last byte.
func (p *w3c) readEdge(r *Record) {
	good := r.Status == 200 || r.Status == 206
	switch {
	case r.Status == 0, good && string(p.get(w3cResult)) == "Error", good && string(p.get(w3cDetail)) == "ClientCommError":
		r.Finished = FinishedNo
	}
}
