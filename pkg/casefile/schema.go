package casefile

import "slices"

// Type is the type of a column.
type Type uint8

// The types. Times are microseconds since the epoch, UTC.
const (
	Int16 Type = iota
	Int32
	Int64
	Bool
	Text
	Time
)

var typeNames = [...]string{"int16", "int32", "int64", "boolean", "text", "timestamp"}

func (t Type) String() string { return typeNames[t] }

// Column describes one column of a table.
type Column struct {
	Name    string
	Type    Type
	Null    bool   // may be null: not logged, not known, or nothing
	Comment string // one line, with the unit
	ECS     string // the field of the Elastic Common Schema that means the same, or empty
}

// Schema describes one table.
type Schema struct {
	Name    string
	About   string // what one row is
	Sorted  string // the columns its rows are sorted by, the first first
	Columns []Column
}

// The names of the tables, in the order of the house.
const (
	TableRequests   = "requests"
	TableDownloads  = "downloads"
	TableClients    = "clients"
	TableRecordings = "recordings"
	TableListings   = "listings"
	TableSources    = "sources"
	TableRejects    = "rejects"
	TableAgents     = "agents"
	TableGaps       = "gaps"
	TableOverlaps   = "overlaps"
)

const null = true

// schemas is the contract with everyone who reads a table: columns may be
// added, those that are here stay. The Append methods write the columns in
// this very order.
var schemas = []Schema{
	{TableRequests, "a line of a log that concerns a recording or a listing", "recording, client, time, source, line", []Column{
		{"source", Int32, !null, "source id, see the sources table", ""},
		{"line", Int64, !null, "line number in the decompressed source, from 1", "event.sequence"},
		{"offset", Int64, !null, "byte offset of the line in the decompressed source", ""},
		{"time_start", Time, null, "when the request came in, UTC; null: the log has the end only, or no time", "event.start"},
		{"time_end", Time, null, "when the response ended, UTC; null: the log has the start only, or no time", "event.end"},
		{"utc_offset_min", Int16, null, "minutes ahead of UTC that the log wrote or that was assumed", ""},
		{"client", Text, !null, "canonical address of the client, or host name where the server logged names", "source.ip"},
		{"forwarded_for", Text, null, "X-Forwarded-For as logged; anyone can write it", "network.forwarded_ip"},
		{"method", Text, null, "request method", "http.request.method"},
		{"recording", Text, !null, "canonical path of the recording; for a listing its directory, which ends in /", "file.path"},
		{"url_original", Text, null, "request target as logged", "url.original"},
		{"host", Text, null, "virtual host, without port", "url.domain"},
		{"protocol", Text, null, "protocol as logged, such as HTTP/1.1", "http.version"},
		{"status", Int16, null, "response status", "http.response.status_code"},
		{"bytes", Int64, null, "bytes as logged; bytes_meaning says what they count; null where the log had - or nothing", "http.response.body.bytes"},
		{"bytes_meaning", Text, !null, "what bytes counts: planned, accepted_body, accepted_with_headers, transferred or unknown", ""},
		{"range_start", Int64, null, "first byte of the part that was answered or asked for", ""},
		{"range_end", Int64, null, "last byte of that part, inclusive", ""},
		{"range_from", Text, null, "where the part was read: content_range (of the response) or request_range", ""},
		{"finished", Bool, null, "whether the log shows that the response came to its end; null: it cannot show it", ""},
		{"duration_us", Int64, null, "microseconds from start to end", ""},
		{"user_agent", Text, null, "user agent as logged; anyone can write it", "user_agent.original"},
		{"referrer", Text, null, "referrer as logged; anyone can write it", "http.request.referrer"},
		{"user", Text, null, "user name as logged", "user.name"},
		{"flags", Text, null, "remarks about the line, joined by commas, such as cut_off or ambiguous_time", ""},
		{"kind", Text, !null, "what the request came to: content, probe, not_modified, head, denied, missing, redirect, error, listing or no_content", ""},
		{"bytes_with_headers", Int64, null, "bytes with headers that the network accepted, where the log has them beside bytes (Apache %O)", "http.response.bytes"},
		{"object_size", Int64, null, "size of the whole file, where the line states it", ""},
		{"object_size_from", Text, null, "where it was read: object_size, content_range or content_length", ""},
	}},
	{TableDownloads, "all requests of one client for one recording, put together", "recording, client", []Column{
		{"client", Text, !null, "canonical address of the client, or host name", "source.ip"},
		{"recording", Text, !null, "canonical path of the recording", "file.path"},
		{"requests", Int64, !null, "requests of the client for the recording", ""},
		{"content_requests", Int64, !null, "those whose response carried content", ""},
		{"first_seen", Time, null, "first request, UTC", "event.start"},
		{"last_seen", Time, null, "last request, UTC", "event.end"},
		{"size", Int64, null, "size of the recording in bytes", "file.size"},
		{"size_from", Text, null, "where the size was read: inventory, object_size, content_range, content_length, planned or repeated", ""},
		{"bytes_lower", Int64, !null, "distinct bytes of the recording that were handed over, at least", ""},
		{"bytes_upper", Int64, null, "distinct bytes of the recording that were handed over, at most; null: no bound is known", ""},
		{"completeness", Text, !null, "complete, likely, possible, partial, probe or none", ""},
		{"basis", Text, !null, "what the completeness rests on", ""},
		{"transfers", Int64, !null, "least number of times that every byte was handed over", ""},
		{"earlier_copy", Bool, !null, "a response shows that the client held something before", ""},
		{"user_agents", Int64, !null, "distinct user agents of the client for the recording", ""},
		{"first_source", Int32, !null, "source id of the first request", ""},
		{"first_line", Int64, !null, "line number of the first request", "event.sequence"},
	}},
	{TableClients, "a client and all it did", "client", []Column{
		{"client", Text, !null, "canonical address of the client, or host name", "source.ip"},
		{"prefix", Text, null, "the /64 of an IPv6 address, an IPv4 address itself; null for a host name", ""},
		{"label", Text, null, "what the user says of the client's network or name; null: nothing", ""},
		{"tags", Text, null, "what was recognised in its user agents, joined by commas, such as bot, tool or scanner; anyone can write any agent", ""},
		{"requests", Int64, !null, "requests for recordings and directory pages", ""},
		{"listings", Int64, !null, "requests for listings", ""},
		{"recordings_complete", Int64, !null, "recordings whose download is complete", ""},
		{"recordings_likely", Int64, !null, "recordings whose download is likely, and no better", ""},
		{"recordings_possible", Int64, !null, "recordings whose download is possible, and no better", ""},
		{"recordings_partial", Int64, !null, "recordings whose download is partial, and no better", ""},
		{"recordings_requested", Int64, !null, "recordings asked for, whatever came of it", ""},
		{"bytes_upper", Int64, null, "distinct bytes of recordings handed over, at most; null: no bound for at least one", ""},
		{"first_seen", Time, null, "first request, UTC", "event.start"},
		{"last_seen", Time, null, "last request, UTC", "event.end"},
		{"behaviour", Text, null, "what its requests look like; not filled by this version", ""},
		{"country", Text, null, "ISO 3166-1 alpha-2 code by geo_db", "source.geo.country_iso_code"},
		{"city", Text, null, "city by geo_db, in English; often wrong", "source.geo.city_name"},
		{"asn", Int64, null, "number of the autonomous system by geo_db", "source.as.number"},
		{"as_org", Text, null, "organisation of the autonomous system by geo_db", "source.as.organization.name"},
		{"geo_db", Text, null, "databases that answered, each with its build date", ""},
	}},
	{TableRecordings, "a recording and how many clients reached which completeness", "recording", []Column{
		{"recording", Text, !null, "canonical path of the recording", "file.path"},
		{"size", Int64, null, "size in bytes", "file.size"},
		{"size_from", Text, null, "where the size was read: inventory, object_size, content_range, content_length, planned or repeated", ""},
		{"clients_complete", Int64, !null, "clients whose download is complete", ""},
		{"clients_likely", Int64, !null, "clients whose download is likely or complete", ""},
		{"clients_any", Int64, !null, "clients that may hold at least one byte", ""},
		{"first_download", Time, null, "first request of a download that is possible or better, UTC", "event.start"},
		{"last_download", Time, null, "last request of a download that is possible or better, UTC", "event.end"},
		{"listed_to", Int64, !null, "clients that were shown the directory of the recording", ""},
	}},
	{TableListings, "a client and a directory whose page it was shown", "directory, client", []Column{
		{"client", Text, !null, "canonical address of the client, or host name", "source.ip"},
		{"directory", Text, !null, "canonical path of the directory, which ends in /", "file.directory"},
		{"requests", Int64, !null, "times the page was shown", ""},
		{"first_seen", Time, null, "first time, UTC", "event.start"},
		{"last_seen", Time, null, "last time, UTC", "event.end"},
		{"names_exposed", Int64, null, "names in the directory by the inventory, an upper estimate; null without an inventory", ""},
	}},
	{TableSources, "a source; lines = requests + other + rejected + comments + blank + duplicates", "source", []Column{
		{"source", Int32, !null, "source id", ""},
		{"path", Text, !null, "path from the evidence root; - for standard input", "log.file.path"},
		{"bytes", Int64, null, "size as stored, bytes", "file.size"},
		{"sha256", Text, null, "SHA-256 of the file as stored", "file.hash.sha256"},
		{"stream_bytes", Int64, null, "size decompressed, bytes", ""},
		{"stream_sha256", Text, null, "SHA-256 of the decompressed stream", ""},
		{"format", Text, null, "line format", ""},
		{"bytes_meaning", Text, null, "what its size field counts", ""},
		{"meaning_why", Text, null, "why that is taken to be so", ""},
		{"lines", Int64, !null, "lines in all", ""},
		{"requests", Int64, !null, "lines that concern a recording or a listing", ""},
		{"other", Int64, !null, "lines that were read and concern neither", ""},
		{"rejected", Int64, !null, "lines that no format could read", ""},
		{"comments", Int64, !null, "lines that are comments or directives", ""},
		{"blank", Int64, !null, "empty lines", ""},
		{"duplicates", Int64, !null, "lines that are a second copy of lines counted elsewhere, see the overlaps table", ""},
		{"first_time", Time, null, "earliest time, UTC", "event.start"},
		{"last_time", Time, null, "latest time, UTC", "event.end"},
		{"error", Text, null, "why the source could not be read to its end", "error.message"},
	}},
	{TableRejects, "a line that no format could read", "source, line", []Column{
		{"source", Int32, !null, "source id, see the sources table", ""},
		{"line", Int64, !null, "line number in the decompressed source, from 1", "event.sequence"},
		{"offset", Int64, !null, "byte offset of the line in the decompressed source", ""},
		{"length", Int64, !null, "bytes of the line without its terminator", ""},
		{"reason", Text, !null, "why it could not be read", "error.message"},
		{"raw", Text, !null, `the first 1 KiB of the line; bytes that are not UTF-8 as \xHH`, "event.original"},
	}},
	{TableAgents, "a user agent and who used it", "user_agent", []Column{
		{"user_agent", Text, null, "user agent as logged; null: none logged", "user_agent.original"},
		{"clients", Int64, !null, "clients that used it", ""},
		{"requests", Int64, !null, "requests with it", ""},
		{"tags", Text, null, "what was recognised in it, joined by commas, such as bot, tool or scanner; anyone can write any agent", ""},
	}},
	{TableGaps, "a silence that the traffic before and after makes implausible, or a time that no source covers", "group, from", []Column{
		{"group", Text, !null, "rotation group: the sources of one log, named by the path they share; empty: all sources together", ""},
		{"from", Time, !null, "the last line before the gap, or the begin of the exposure period, UTC", "event.start"},
		{"to", Time, !null, "the first line after the gap, or the end of the exposure period, UTC", "event.end"},
		{"expected_s", Int64, null, "the longest silence, in seconds, that the traffic around makes plausible; null: it says nothing", ""},
		{"why", Text, !null, "what the finding rests on", ""},
		{"explained", Text, null, "how the user explains it; null: not at all", ""},
	}},
	{TableOverlaps, "a run of lines that stands twice in the evidence, or is so like one that it may", "source, from_line", []Column{
		{"source", Int32, !null, "source id of the second copy", ""},
		{"from_line", Int64, !null, "its first line", ""},
		{"to_line", Int64, !null, "its last line", ""},
		{"of_source", Int32, !null, "source id of the first copy, which counts", ""},
		{"of_line", Int64, !null, "line of the first copy that is the same as from_line", ""},
		{"lines", Int64, !null, "lines of the second copy that are duplicates, or would be", ""},
		{"merged", Bool, !null, "true: counted once; false: both count, since nothing proves that they are copies", ""},
		{"why", Text, !null, "what the finding rests on, and what it could change", ""},
	}},
}

// Schemas lists the tables of a case with their columns. The recordings table
// may have further text columns, one per attribute.
func Schemas() []Schema { return slices.Clone(schemas) }

// TableNames lists the tables that a case may have.
func TableNames() []string {
	names := make([]string, len(schemas))
	for i, s := range schemas {
		names[i] = s.Name
	}
	return names
}

func schemaOf(name string) (Schema, bool) {
	i := slices.IndexFunc(schemas, func(s Schema) bool { return s.Name == name })
	if i < 0 {
		return Schema{}, false
	}
	return schemas[i], true
}
