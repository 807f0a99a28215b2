package accesslog

import "bytes"

// The usage logs of Google Cloud Storage: one CSV file an hour, with a header.
//
// Source: Cloud Storage documentation, "Usage logs & storage logs".
var formatGCS = &Format{
	Name: "gcs", Title: "Google Cloud Storage usage log (CSV)",
	Meaning: MeaningUnknown, MeaningWhy: "sc_bytes is the number of bytes sent in the response; whether headers count is not said",
	TimeAt: TimeAtEnd, Zone: ZoneUTC, Escaping: `every value in quotes, a quote in it doubled`, Stateless: true,
	Fields: gcsHeader, Source: "Cloud Storage documentation, usage logs",
}

const gcsHeader = `"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"`

// The columns that are read, by their place.
const (
	gcsTime = iota
	gcsClient
	gcsIPType
	gcsIPRegion
	gcsMethod
	gcsURI
	gcsStatus
	gcsReceived
	gcsSent
	gcsTaken
	gcsHost
	gcsReferrer
	gcsAgent
	gcsRequestID
	gcsOperation
	gcsBucket
	gcsObject
	gcsColumns
)

type gcs struct {
	values [gcsColumns][]byte
}

func newGCS(Reading) Parser { return &gcs{} }

// Parse implements Parser.
func (p *gcs) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatGCS
	if len(line) == 0 || line[0] != '"' {
		return ReasonMissingFields
	}
	if string(line) == gcsHeader {
		return ReasonHeader
	}
	n, whole, ok := p.split(line)
	switch {
	case !ok || n == gcsColumns && !whole:
		return ReasonBadTail
	case n <= gcsStatus:
		return ReasonCutOff
	case n < gcsColumns:
		r.Flags |= FlagCutOff
	}
	for i := n; i < gcsColumns; i++ {
		p.values[i] = nil
	}
	v := &p.values
	if r.Time, ok = wholeNumber(v[gcsTime]); !ok || r.Time > 1e17 {
		return ReasonBadTime
	}
	if r.Client = v[gcsClient]; !isIP(r.Client) {
		return ReasonBadClient
	}
	if r.Status, ok = threeDigits(v[gcsStatus]); !ok {
		return ReasonBadStatus
	}
	if r.Bytes, ok = orNone(v[gcsSent]); !ok {
		return ReasonBadBytes
	}
	if n, ok := wholeNumber(v[gcsTaken]); ok {
		r.DurationUS = n
	}
	r.Host, r.Referrer, r.Agent = filled(v[gcsHost]), filled(v[gcsReferrer]), filled(v[gcsAgent])
	if len(v[gcsMethod]) == 0 || len(v[gcsURI]) == 0 {
		return ReasonNone
	}
	if !isMethod(v[gcsMethod]) {
		return ReasonBadRequest
	}
	r.Method, r.Target = v[gcsMethod], v[gcsURI]
	if string(r.Method) == "GET" && gcsMetadata(r.Target) {
		r.Method = gcsAbout // what is handed out is about the object, not the object
	}
	return ReasonNone
}

var gcsAbout = []byte("storage.objects.get")

// gcsMetadata says whether a target is one of the JSON API that gives an
// object's metadata: without alt=media.
func gcsMetadata(target []byte) bool {
	path, query, _ := bytes.Cut(target, []byte{'?'})
	if !bytes.HasPrefix(path, []byte("/storage/v1/")) {
		return false
	}
	for len(query) > 0 {
		var part []byte
		if part, query, _ = bytes.Cut(query, []byte{'&'}); string(part) == "alt=media" {
			return false
		}
	}
	return true
}

// split takes the values of a line. n is how many are whole: closed by a quote
// that a comma follows, or, for the last one, the end of the line.
func (p *gcs) split(line []byte) (n int, whole, ok bool) {
	for {
		if len(line) == 0 {
			return n, false, true
		}
		if line[0] != '"' || n == gcsColumns {
			return n, false, false
		}
		end := closingDoubled(line, 1)
		switch {
		case end < 0:
			return n, false, true
		case end+1 == len(line):
			if n == gcsColumns-1 {
				p.values[n] = line[1:end:end]
				return gcsColumns, true, true
			}
			return n, false, true // the quote may be the first of a doubled one
		case line[end+1] != ',':
			return n, false, false
		}
		p.values[n], line = line[1:end:end], line[end+2:]
		n++
	}
}
