package accesslog

import (
	"errors"
	"fmt"
	"strings"
)

// CompileJSON makes a format of a description of JSON lines:
//
//	json:time=ts,client=peer.ip,method=req.method,target=req.uri,status=status,bytes=size,meaning=accepted_body
//
// Each field is followed by the path of its value: the names of the keys from
// the outermost on, joined by dots. A backslash before a dot, a comma or a
// backslash makes it part of a name. An array of texts is read as the texts
// joined by ", ", so one that holds one text is that text.
//
// Fields with a path: time, client, target, status (these four must be given,
// but a request line, "GET /a HTTP/1.1", can stand for target and method:
// request), method, bytes, host, user, protocol, referrer, agent, forwarded
// (X-Forwarded-For), range and content_range (the headers), content_length,
// content_encoding, object_size, sent (bytes with headers, beside bytes),
// query (where target comes without), duration, completion ("OK" or "").
//
// Settings: meaning (what bytes counts: planned, accepted_body,
// accepted_with_headers, transferred, unknown; unknown if not given), time_format (auto, text, local,
// unix, unix_ms, unix_us, unix_ns; auto if not given: a text is ISO 8601 or
// the common log's time, both with an offset, and a number's size tells its
// unit; local: a text without an offset), time_at (start, end), duration_unit
// (s, ms, us, ns; s if not given).
func CompileJSON(spec string) (*Format, error) {
	c := jsonCompiler{fields: &jsonMap{durationShift: 6}, seen: map[string]bool{}}
	c.format = &Format{
		Title: "JSON lines as described", MeaningWhy: "not given with the format",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: "JSON", Fields: spec, Stateless: true, Source: "the user",
	}
	body := strings.TrimPrefix(spec, "json:")
	for _, part := range splitUnescaped(body, ',') {
		if err := c.part(part); err != nil {
			return nil, fmt.Errorf("format json: %w", err)
		}
	}
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("format json: %w", err)
	}
	f, fields := c.format, c.fields
	f.Name = "json:" + body
	f.parser = func(r Reading) Parser {
		return &jsonSpec{jsonMapped: newJSONMapped(fields, r), format: f}
	}
	return f, nil
}

// jsonSpec reads lines of a format that was compiled.
type jsonSpec struct {
	jsonMapped
	format *Format
}

// Parse implements Parser.
func (p *jsonSpec) Parse(line []byte, r *Record) Reason {
	reason := p.parse(line, r)
	r.Format = p.format
	return reason
}

type jsonCompiler struct {
	fields *jsonMap
	format *Format
	seen   map[string]bool
}

// jsonSpecFields are the fields of a description that have a path.
var jsonSpecFields = map[string]int{
	"time": jsonTimeField, "client": jsonClientField, "request": jsonRequestField, "method": jsonMethodField,
	"target": jsonTargetField, "query": jsonArgsField, "status": jsonStatusField, "bytes": jsonBytesField,
	"host": jsonHostField, "user": jsonUserField, "protocol": jsonProtocolField, "referrer": jsonReferrerField,
	"agent": jsonAgentField, "forwarded": jsonForwardedField, "range": jsonRangeField, "content_range": jsonContentRange,
	"content_length": jsonLengthField, "content_encoding": jsonEncodingField, "object_size": jsonObjectField,
	"sent": jsonSentField, "duration": jsonDurationField, "completion": jsonFinishedField,
}

const jsonSpecNames = "time, client, target or request, status; method, query, bytes, host, user, protocol, referrer, agent, " +
	"forwarded, range, content_range, content_length, content_encoding, object_size, sent, duration, completion; " +
	"meaning, time_format, time_at, duration_unit"

func (c *jsonCompiler) part(part string) error {
	name, value, ok := strings.Cut(part, "=")
	name = strings.TrimSpace(name)
	switch {
	case !ok && name == "":
		return errors.New("a field is empty; write field=path, joined by commas")
	case !ok:
		return fmt.Errorf("%q has no path; write field=path", name)
	case value == "":
		return fmt.Errorf("%s is given without a value", name)
	case c.seen[name]:
		return fmt.Errorf("%s is given twice", name)
	}
	c.seen[name] = true
	if field, ok := jsonSpecFields[name]; ok {
		path := splitUnescaped(value, '.')
		for i, key := range path {
			if path[i] = unescapeName(key); path[i] == "" {
				return fmt.Errorf("%s: the path %q has an empty name", name, value)
			}
		}
		c.fields.want(field, path...)
		return nil
	}
	return c.setting(name, value)
}

func (c *jsonCompiler) setting(name, value string) error {
	var ok bool
	switch name {
	case "meaning":
		if c.format.Meaning, ok = ParseMeaning(value); !ok {
			return fmt.Errorf("meaning %q is not one of %s", value, strings.Join(meaningNames[:], ", "))
		}
		c.format.MeaningWhy = "given with the format"
	case "time_format":
		forms := map[string]timeForm{"auto": timeAuto, "text": timeText, "local": timeLocal, "unix": timeUnix, "unix_ms": timeMillis, "unix_us": timeMicros, "unix_ns": timeNanos}
		if c.fields.timeForm, ok = forms[value]; !ok {
			return fmt.Errorf("time_format %q is not one of auto, text, local, unix, unix_ms, unix_us, unix_ns", value)
		}
		switch {
		case c.fields.timeForm == timeLocal:
			c.format.Zone = ZoneLocal
		case c.fields.timeForm >= timeUnix:
			c.format.Zone = ZoneUTC
		}
	case "time_at":
		switch value {
		case "start":
			c.format.TimeAt = TimeAtStart
		case "end":
			c.format.TimeAt = TimeAtEnd
		default:
			return fmt.Errorf("time_at %q is neither start nor end", value)
		}
	case "duration_unit":
		shifts := map[string]int{"s": 6, "ms": 3, "us": 0, "ns": -3}
		if c.fields.durationShift, ok = shifts[value]; !ok {
			return fmt.Errorf("duration_unit %q is not one of s, ms, us, ns", value)
		}
	default:
		return fmt.Errorf("there is no field %q; there are %s", name, jsonSpecNames)
	}
	return nil
}

// complete names what is missing.
func (c *jsonCompiler) complete() error {
	var missing []string
	for _, name := range []string{"time", "client", "target", "status"} {
		if !c.seen[name] && !(name == "target" && c.seen["request"]) {
			if name == "target" {
				name = "target (or request)"
			}
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) > 0:
		return fmt.Errorf("%s must be given", strings.Join(missing, ", "))
	case c.seen["meaning"] && !c.seen["bytes"]:
		return errors.New("meaning says what bytes counts, but bytes is not given")
	case c.seen["sent"] && !c.seen["bytes"]:
		return errors.New("sent goes beside bytes; alone it is bytes, with meaning=accepted_with_headers")
	}
	return nil
}

// splitUnescaped splits at a byte that has no backslash before it. The escapes
// stay.
func splitUnescaped(text string, at byte) []string {
	var parts []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case at:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// unescapeName takes the backslash away before a dot, a comma or a backslash.
func unescapeName(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\.`, `.`, `\,`, `,`).Replace(text)
}
