package accesslog

import (
	"fmt"
	"slices"
	"strings"
)

// A template that writes a JSON object is read by its text, as any other: what
// stands between two values is the same in each line. So lines are read whose
// escapes are none of JSON's (Apache, and nginx without escape=json), or whose
// bytes are not UTF-8. Only a string that mixes values needs care.

// writesObject says whether a format string writes a JSON object, with its
// quotes bare or as they stand in a configuration.
func writesObject(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") && (strings.Contains(s, `":`) || strings.Contains(s, `" :`))
}

// jsonKey is where a field of a template stands in the object.
type jsonKey struct {
	path string // the names of the keys, as CompileJSON takes them
	text int    // the number of the string that holds it, 0 if none
}

// keys gives the key of each field.
func (t *template) keys() []jsonKey {
	var (
		keys  []jsonKey
		open  []string // the keys of the objects that are open
		key   string
		word  strings.Builder
		texts int
		in    bool
		name  = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `,`, `\,`)
	)
	for i, text := range t.texts {
		for k := range len(text) {
			switch c := text[k]; {
			case c == '"':
				if in = !in; in {
					texts++
					word.Reset()
				}
			case in:
				word.WriteByte(c)
			case c == ':':
				key = name.Replace(word.String())
			case c == '{':
				open = append(open, key)
			case c == '}' && len(open) > 0:
				open = open[:len(open)-1]
			}
		}
		if i < len(t.fields) {
			path := key
			if len(open) > 1 {
				path = strings.Join(open[1:], ".") + "." + key
			}
			keys = append(keys, jsonKey{path, texts * b2i(in)})
		}
	}
	return keys
}

// joinValues makes one field of a string in which nothing stands between two
// values, so that where one ends cannot be told. It is passed over, and told in
// mixed, but for a whole URL: $scheme://$host$request_uri is the target in its
// absolute form (nginx takes no host with a slash).
func (t *template) joinValues() (mixed []string) {
	keys := t.keys()
	fields, texts := t.fields, t.texts
	t.fields, t.texts = nil, texts[:1:1]
	for i := 0; i < len(fields); {
		end, touch, whole := i+1, false, fields[i].text
		for ; end < len(fields) && keys[end].text != 0 && keys[end].text == keys[i].text; end++ {
			touch = touch || texts[end] == "" && !fields[end-1].fixed()
			whole += texts[end] + fields[end].text
		}
		if !touch {
			for ; i < end; i++ {
				t.fields, t.texts = append(t.fields, fields[i]), append(t.texts, texts[i+1])
			}
			continue
		}
		f := field{text: whole, empty: t.json || t.raw}
		if fields[i].text == "$scheme" && end == i+3 && texts[i+1] == "://" && fields[i+1].role == roleHost && fields[i+2].role == roleTarget &&
			strings.HasSuffix(texts[i], `"`) && strings.HasPrefix(texts[end], `"`) {
			f.role, f.rank = roleTarget, 1
		} else {
			mixed = append(mixed, fmt.Sprintf("the key %s mixes %s, and where one value ends cannot be told", keys[i].path, whole))
		}
		t.field(f)
		t.text(texts[end])
		i = end
	}
	return mixed
}

// jsonNames are the fields of a description of JSON lines, by role.
var jsonNames = map[role]string{
	roleClient: "client", roleRequest: "request", roleMethod: "method", roleTarget: "target", rolePath: "target", rolePathQuery: "target",
	roleQuery: "query", roleStatus: "status", roleBytes: "bytes", roleSent: "sent", roleHost: "host", roleUser: "user", roleProtocol: "protocol",
	roleReferrer: "referrer", roleAgent: "agent", roleForwarded: "forwarded", roleRange: "range", roleContentRange: "content_range",
	roleContentLength: "content_length", roleEncoding: "content_encoding", roleCompletion: "completion", roleDuration: "duration",
	roleTime: "time", roleEpoch: "time", roleMonth: "time", rolePieces: "time",
}

// described is the description of JSON lines that can stand for the template,
// with KEY for what must be given and is not found.
func (t *template) described() string {
	var parts []string
	paths := map[string]bool{}
	seen := map[string]bool{}
	for i, key := range t.keys() {
		name := jsonNames[t.fields[i].role]
		if name != "" && !seen[name] && !paths[key.path] {
			parts = append(parts, name+"="+key.path)
			seen[name], paths[key.path] = true, true
		}
	}
	meaning := MeaningPlanned
	if t.server != "Apache" {
		meaning = MeaningAcceptedBody
	}
	if i := slices.IndexFunc(parts, func(p string) bool { return strings.HasPrefix(p, "sent=") }); i >= 0 && !seen["bytes"] {
		parts[i], seen["bytes"], meaning = "bytes"+strings.TrimPrefix(parts[i], "sent"), true, MeaningAcceptedWithHeaders
	}
	if seen["bytes"] {
		parts = append(parts, "meaning="+meaning.String())
	}
	for _, name := range []string{"time", "client", "target", "status"} {
		if !seen[name] && !(name == "target" && seen["request"]) {
			parts = append(parts, name+"=KEY")
		}
	}
	return "json:" + strings.Join(parts, ",")
}
