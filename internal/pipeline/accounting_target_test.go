package pipeline

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/logrecount/recount/pkg/accesslog"
)

// standsIn says, for each format, whether a target stands in a line. The line
// is undone as the format's documentation says, in the plainest way, so that no
// code of the parsers is used. A target with a query may stand in two columns.
var standsIn = map[string]func(line []byte, target string) bool{
	"common": asLogged, "combined": asLogged, "vhost_common": asLogged, "vhost_combined": asLogged, "combinedio": asLogged, "nginx_combined": asLogged,
	"combined_forwarded": asLogged, "nginx_main": asLogged, "squid_common": asLogged, "squid_combined": asLogged, "lighttpd": asLogged, "traefik_clf": asLogged,
	"alb": orRoot(asLogged), "elb": orRoot(asLogged), "nlb": asLogged, "w3c": orRoot(inColumns),
	"iis": decodedInColumns, "iis_local": decodedInColumns, "iis_ftp": decodedInColumns, "iis_native": decodedInColumns, "iis_native_ftp": decodedInColumns,
	"cloudfront": encodedTwice, "s3": encodedTwice,
	"xferlog": asPath, "vsftpd": asPath, "samba_full_audit": asPath, "synology": asPath, "qnap": asPath,
	"caddy": inJSON, "traefik_json": inJSON, "nginx_json": inJSON, "access_json": inJSON,
	"squid": func(line []byte, target string) bool {
		return asLogged(bytes.ReplaceAll(line, []byte(`\`), []byte("%5C")), target)
	},
	"haproxy": func(line []byte, target string) bool {
		line = bytes.ReplaceAll(line, []byte(`\`), []byte("%5C"))
		return asLogged(regexp.MustCompile(`#([0-9A-Fa-f]{2})`).ReplaceAll(line, []byte("%$1")), target)
	},
	"synology_csv": func(line []byte, target string) bool { return asPath(undouble(line), target) },
	"qnap_csv":     func(line []byte, target string) bool { return asPath(undouble(line), target) },
	"gcs":          func(line []byte, target string) bool { return asLogged(undouble(line), target) },
	"azure_storage": func(line []byte, target string) bool {
		line = []byte(html.UnescapeString(string(line)))
		path, query, _ := strings.Cut(target, "?")
		return asLogged(line, strings.TrimSuffix(path, "/")) && asLogged(line, query) // the page of a container gets its slash
	},
	"truenas_audit": func(line []byte, target string) bool {
		return asPath([]byte(strings.Join(jsonTexts(line), "\n")), target)
	},
}

// stands says whether a target stands in a line of a format, which may be a
// wrapper's or a compiled one.
func stands(t *testing.T, format string, line []byte, target string) bool {
	t.Helper()
	if wrapper, inner, ok := strings.Cut(format, "+"); ok && !strings.ContainsAny(wrapper, "%$:") {
		format = inner
		switch wrapper {
		case "docker":
			line = []byte(strings.Join(jsonTexts(line), "\n"))
		case "quoted":
			both := undouble(line)
			line = append(regexp.MustCompile(`\\(["\\])`).ReplaceAll(line, []byte("$1")), both...)
		}
	}
	line = bytes.TrimLeft(line, "\x00")
	if in, ok := standsIn[format]; ok {
		return in(line, target)
	}
	switch {
	case strings.HasPrefix(format, "json:"):
		return inJSON(line, target)
	case strings.ContainsAny(format, "%$"):
		return asLogged(line, target) || decodedInColumns(line, target)
	}
	t.Errorf("it is not told how format %q writes a target", format)
	return false
}

// valid writes text as the tables do: bytes that are not UTF-8 as \xHH.
func valid(text []byte) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			b.WriteString(`\x` + strings.ToUpper(strconv.FormatUint(uint64(text[0]>>4), 16)+strconv.FormatUint(uint64(text[0]&15), 16)))
		} else {
			b.Write(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

func asLogged(line []byte, target string) bool { return wholeIn(valid(line), target) }

// around are the bytes that may stand around a field. A path may stand behind a
// host, and a query behind a path.
const around = " \"\t,;|\n'"

// wholeIn says whether a field stands in a text, and no more and no less of it.
func wholeIn(text, field string) bool {
	if field == "" {
		return true
	}
	for from := 0; ; from++ {
		i := strings.Index(text[from:], field)
		if i < 0 {
			return false
		}
		from += i
		end := from + len(field)
		left := from == 0 || strings.HasPrefix(field, "/") || strings.IndexByte(around+"?", text[from-1]) >= 0
		if right := end == len(text) || strings.IndexByte(around+"?", text[end]) >= 0; left && right {
			return true
		}
	}
}

// orRoot is for URLs, which may be a host without a path.
func orRoot(in func([]byte, string) bool) func([]byte, string) bool {
	return func(line []byte, target string) bool { return in(line, target) || target == "/" }
}

// inColumns is for a path and a query that were logged apart.
func inColumns(line []byte, target string) bool {
	path, query, _ := strings.Cut(target, "?")
	return asLogged(line, path) && (asLogged(line, query) || asLogged(line, percentDecoded(query)))
}

// decodedInColumns is inColumns for a path that the server had decoded: what may
// not stand in a target is written %XX there.
func decodedInColumns(line []byte, target string) bool {
	path, query, _ := strings.Cut(target, "?")
	path = percentDecoded(path)
	return (asLogged(line, path) || asLogged(line, strings.TrimPrefix(path, "/"))) && (asLogged(line, query) || asLogged(line, percentDecoded(query)))
}

// encodedTwice is for a path that was encoded once more for the log.
func encodedTwice(line []byte, target string) bool {
	path, query, _ := strings.Cut(target, "?")
	text := percentDecoded(percentDecoded(valid(line)))
	path = percentDecoded(percentDecoded(path))
	return (wholeIn(text, path) || wholeIn(text, strings.TrimPrefix(path, "/"))) && (asLogged(line, query) || asLogged(line, percentDecoded(query)))
}

// asPath is for the path of a file, perhaps with the share it is in before it,
// which stands elsewhere.
func asPath(line []byte, target string) bool {
	path := percentDecoded(target)
	if asLogged(line, path) || asLogged(line, path[1:]) {
		return true
	}
	share, file, ok := strings.Cut(path[1:], "/")
	if ok && asLogged(line, share) && asLogged(line, file) {
		return true
	}
	file, stream, _ := strings.Cut(file, ":") // a named stream of a file
	return ok && asLogged(line, share) && asLogged(line, file) && asLogged(line, ":"+stream)
}

// inJSON is for texts of JSON. Escapes of the log are none there, so that a
// backslash of a target is written twice.
func inJSON(line []byte, target string) bool {
	target = strings.ReplaceAll(target, `\\`, `\`)
	text := []byte(strings.Join(jsonTexts(line), "\n"))
	return asLogged(text, target) || inColumns(text, target)
}

var jsonText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// jsonTexts lists the texts of JSON, which may be cut off, and the texts of the
// JSON in them.
func jsonTexts(line []byte) []string {
	var list []string
	for _, quoted := range jsonText.FindAll(line, -1) {
		var text string
		if json.Unmarshal(quoted, &text) == nil {
			list = append(append(list, text), jsonTexts([]byte(text))...)
		}
	}
	return list
}

func undouble(line []byte) []byte { return bytes.ReplaceAll(line, []byte(`""`), []byte(`"`)) }

var percentEscape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

func percentDecoded(text string) string {
	return percentEscape.ReplaceAllStringFunc(text, func(s string) string {
		c, _ := strconv.ParseUint(s[1:], 16, 8)
		return valid([]byte{byte(c)})
	})
}

// TestStandsInAll: no format is left out.
func TestStandsInAll(t *testing.T) {
	for _, f := range accesslog.Formats() {
		if standsIn[f.Name] == nil {
			t.Errorf("it is not told how %s writes a target", f.Name)
		}
	}
	if len(standsIn) != len(accesslog.Formats()) {
		t.Errorf("%d formats are told of, there are %d", len(standsIn), len(accesslog.Formats()))
	}
}
