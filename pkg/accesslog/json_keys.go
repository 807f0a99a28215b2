package accesslog

// Two formats for JSON access logs whose keys the administrator chose: nginx's
// log_format with escape=json, and others. They are told apart by the key of
// the size: $body_bytes_sent says what it counts, "bytes" or "size" do not. A
// line may name the file and not the method: see Record.MethodUnknown.
var (
	formatNginxJSON = &Format{
		Name: "nginx_json", Title: "nginx log_format with escape=json, the usual key names, with body_bytes_sent",
		Meaning: MeaningAcceptedBody, MeaningWhy: "$body_bytes_sent counts body bytes that the network accepted",
		TimeAt: TimeAtEnd, Zone: ZoneLogged, Escaping: "JSON; \"\" for nothing", Fields: keyedFields,
		Stateless: true, Source: "nginx ngx_http_log_module, ngx_http_core_module", Family: "json_keys",
	}
	formatAccessJSON = &Format{
		Name: "access_json", Title: "JSON access log with the usual key names, whoever wrote it",
		Meaning: MeaningUnknown, MeaningWhy: "the key does not say what the size counts",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: "JSON; \"\" or \"-\" for nothing", Fields: keyedFields,
		Stateless: true, Source: "key names as in the JSON formats of nginx's, Elastic's and Matomo's documentation", Family: "json_keys",
	}
)

const keyedFields = "in any order, by name: time, client, request or method and target, status, size and more (keyedNames)"

// keyedNames is the table of key names. Of several in a line the first counts.
var keyedNames = [jsonFields][]string{
	jsonTimeField:      {"time_iso8601", "time_local", "msec", "@timestamp", "timestamp", "time", "datetime", "date", "ts"},
	jsonClientField:    {"remote_addr", "client", "client_ip", "clientip", "remote_ip", "ip", "src_ip"},
	jsonHostField:      {"host", "http_host", "server_name", "vhost"},
	jsonUserField:      {"remote_user", "user"},
	jsonRequestField:   {"request", "request_line"},
	jsonMethodField:    {"request_method", "method", "http_method", "verb"},
	jsonTargetField:    {"request_uri", "uri", "url", "path"},
	jsonArgsField:      {"args", "query_string", "query"},
	jsonProtocolField:  {"server_protocol", "protocol"},
	jsonStatusField:    {"status", "status_code", "response_status"},
	jsonBytesField:     {"body_bytes_sent", "bytes", "size", "length", "bytes_sent"},
	jsonSentField:      {"bytes_sent"},
	jsonReferrerField:  {"http_referer", "http_referrer", "referer", "referrer"},
	jsonAgentField:     {"http_user_agent", "user_agent", "useragent", "agent"},
	jsonForwardedField: {"http_x_forwarded_for", "x_forwarded_for", "xff"},
	jsonRangeField:     {"http_range"},
	jsonContentRange:   {"sent_http_content_range"},
	jsonLengthField:    {"sent_http_content_length"},
	jsonEncodingField:  {"sent_http_content_encoding"},
	jsonDurationField:  {"request_time"},
	jsonFinishedField:  {"request_completion"},
}

// The fields that a JSON line may have.
const (
	jsonTimeField = iota
	jsonClientField
	jsonHostField
	jsonUserField
	jsonRequestField
	jsonMethodField
	jsonTargetField
	jsonArgsField // the query, where the target came without
	jsonProtocolField
	jsonStatusField
	jsonBytesField
	jsonSentField
	jsonReferrerField
	jsonAgentField
	jsonForwardedField
	jsonRangeField
	jsonContentRange
	jsonLengthField
	jsonEncodingField
	jsonObjectField
	jsonDurationField
	jsonFinishedField
	jsonFields
)

var keyedMap = func() jsonMap {
	var m jsonMap
	for field, names := range keyedNames {
		for _, name := range names {
			m.want(field, name)
		}
	}
	m.durationShift = 6
	return m
}()

type keyedJSON struct {
	jsonMapped
	only *Format
}

func newKeyedJSON(reading Reading) Parser {
	p := &keyedJSON{jsonMapped: newJSONMapped(&keyedMap, reading)}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
	}
	return p
}

// Parse implements Parser.
func (p *keyedJSON) Parse(line []byte, r *Record) Reason {
	if reason := p.parse(line, r); reason != ReasonNone {
		return reason
	}
	r.Format = formatAccessJSON
	if p.json.values[keyedMap.slots[jsonBytesField][0]].kind != jsonMissing {
		r.Format = formatNginxJSON
	}
	if p.only != nil && p.only != r.Format {
		return ReasonOtherFormat
	}
	return ReasonNone
}
