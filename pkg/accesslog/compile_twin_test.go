package accesslog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// twin is the plain twin of a compiled format: its text as a regular expression,
// once with the shortest texts and once with the longest. Where both find the same
// there is no other reading. It knows what servers write, and nothing of the
// compiler. It works on text of which each byte is one character (see wide).
type twin struct {
	shortest, longest *regexp.Regexp
	fields            []twinField // of the groups
	unlike            bool        // an empty text is nothing
	layout            string      // of a time in pieces, as Go writes them
}

// twinField is what a directive writes and what it is of a record.
type twinField struct {
	pattern string // ~ stands behind what may be short or long
	role    string // "": nothing
	rank    int    // the lowest of a role is taken
	scale   int64
	layout  string
}

func newTwin(format string) *twin {
	w := &twin{}
	text, raw := format, false
	if rest, ok := strings.CutPrefix(format, "escape="); ok {
		var mode string
		mode, text, _ = strings.Cut(rest, " ")
		raw, w.unlike = mode == "none", true
	}
	form, nginx := apacheDirective, strings.ContainsRune(format, '$')
	if nginx {
		form = nginxVariable
	}
	pattern, pos := "", 0
	at := form.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		pattern += regexp.QuoteMeta(text[pos:m[0]])
		pos = m[1]
		next := text[pos:]
		if i+1 < len(at) {
			next = text[pos:at[i+1][0]]
		}
		sub := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		adjacent := next == "" && i+1 < len(at)
		if adjacent {
			next = text[at[i+1][1]:]
		}
		k := twinKinds{adjacent: adjacent, begins: i > 0 && at[i-1][1] == m[0], next: next, quoted: strings.HasPrefix(next, `"`) && !raw, escaped: !raw && strings.ContainsRune(text[pos:], '"')}
		var f twinField
		switch {
		case nginx:
			f = k.variable(sub(1), w.unlike)
		case sub(3) == "t" && sub(2) == "":
			pattern += `\[`
			f = twinField{pattern: twinCLF, role: "time"}
			next = "]"
		default:
			f = k.directive(sub(1), sub(2), sub(3))
		}
		pattern += "(" + f.pattern + ")"
		if next == "]" && f.role == "time" && !nginx {
			pattern += `\]`
		}
		w.fields = append(w.fields, f)
		w.layout += " " + f.layout
	}
	pattern = `(?s)^` + pattern + regexp.QuoteMeta(text[pos:]) + `$`
	w.shortest = regexp.MustCompile(strings.ReplaceAll(pattern, "~", "?"))
	w.longest = regexp.MustCompile(strings.ReplaceAll(pattern, "~", ""))
	return w
}

const twinCLF = `\d\d/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d [+-](?:[01]\d|2[0-3])[0-5]\d`

// twinKinds are what fields may look like, by what stands behind them.
type twinKinds struct {
	adjacent bool   // a query stands behind the path at once
	begins   bool   // it is that query
	next     string // the text behind
	quoted   bool   // it begins with a quote
	escaped  bool   // a quote of the format stands somewhere behind, which no text can hold
}

// text is a text without the characters of not, with the count * or +.
func (k twinKinds) text(count, not string) string {
	if !k.escaped {
		return `[^` + not + `]` + count + `~`
	}
	s := `(?:[^"\\` + not + `]|\\[^` + not + `])` + count + `~`
	if !k.quoted {
		s += `(?:\\)?~` // a backslash at its end escapes no quote
		if count == "+" {
			s = `(?:` + s + `|\\)`
		}
	}
	return s
}

func (k twinKinds) word() string {
	stop := " "
	if k.next != "" && k.next[0] < ' ' {
		stop += k.next[:1]
	}
	return `(?:(?:\\"|\\[^"` + stop + `]|[^"\\` + stop + `])+~(?:\\)?~|\\)`
}

const (
	twinNumber = `\d+|-`
	twinNot    = `\x{110000}`
)

func (k twinKinds) directive(condition, arg, letter string) twinField {
	text := k.text("*", `\x{10ffff}`)
	switch letter {
	case "h", "a":
		return twinField{pattern: k.word(), role: "client", rank: b2i(letter == "h") + 5*b2i(arg == "c")}
	case "A", "L", "P":
		return twinField{pattern: k.word()}
	case "B", "b":
		return twinField{pattern: twinNumber, role: "bytes", rank: b2i(letter == "b")}
	case "O":
		return twinField{pattern: twinNumber, role: "sent"}
	case "I", "S", "k", "p":
		return twinField{pattern: twinNumber}
	case "D":
		return twinField{pattern: twinNumber, role: "duration", scale: 1}
	case "T":
		scale := map[string]int64{"": 1e6, "s": 1e6, "ms": 1e3, "us": 1}[arg]
		return twinField{pattern: twinNumber, role: "duration", scale: scale, rank: len(strconv.FormatInt(scale, 10))}
	case "H":
		return twinField{pattern: `HTTP/` + text + `|` + k.text("*", " "), role: "protocol"}
	case "l":
		return twinField{pattern: k.word(), role: "ident"}
	case "m":
		return twinField{pattern: k.word(), role: "method"}
	case "r":
		return twinField{pattern: text, role: "request"}
	case "s":
		return twinField{pattern: `\d{3}|-`, role: "status", rank: 1 - strings.Count(condition, ">")}
	case "u":
		return twinField{pattern: k.text("+", `\x{10ffff}`) + `|""`, role: "user"}
	case "U":
		if k.adjacent {
			text = k.text("*", "?")
		}
		return twinField{pattern: text, role: "path"}
	case "q":
		if k.begins {
			return twinField{pattern: `(?:\?` + text + `)?~`, role: "query"}
		}
		return twinField{pattern: text, role: "query"}
	case "v":
		return twinField{pattern: k.word(), role: "host"}
	case "V":
		if !k.quoted {
			text = k.text("*", "/")
		}
		return twinField{pattern: text, role: "host", rank: 1}
	case "X":
		return twinField{pattern: `[X+-]`, role: "connection"}
	case "x":
		return twinField{pattern: k.word()}
	case "i", "o":
		roles := map[string]string{"referer i": "referrer", "user-agent i": "agent", "x-forwarded-for i": "forwarded", "range i": "range", "content-range o": "contentRange", "content-length o": "contentLength"}
		return twinField{pattern: text, role: roles[strings.ToLower(arg)+" "+letter]}
	case "t":
		return k.time(arg)
	}
	return twinField{pattern: text}
}

func (k twinKinds) time(arg string) twinField {
	if rest, ok := strings.CutPrefix(arg, "end:"); ok {
		return twinField{pattern: k.time(rest).pattern}
	}
	switch arg {
	case "sec", "msec", "usec":
		return twinField{pattern: twinNumber, role: "epoch", scale: map[string]int64{"sec": 1e6, "msec": 1e3, "usec": 1}[arg]}
	case "msec_frac":
		return twinField{pattern: `\d{3}`, role: "micros", scale: 1e3}
	case "usec_frac":
		return twinField{pattern: `\d{6}`, role: "micros", scale: 1}
	}
	f := twinField{role: "pieces"}
	pos := 0
	for _, m := range strftimeLetter.FindAllStringIndex(arg, -1) {
		f.pattern += regexp.QuoteMeta(arg[pos:m[0]])
		layout := strftimeLayouts[arg[m[0]:m[1]]]
		f.layout += arg[pos:m[0]] + layout
		form := regexp.QuoteMeta(layout)
		form = strings.NewReplacer("-0700", `[+-](?:[01]\d|2[0-3])[0-5]\d`, "_2", `[ \d]\d`, "2006", `\d{4}`, "Jan", `[A-Za-z]{3}`, "Mon", `[A-Za-z]{3}`, "PM", "[AP]M").Replace(form)
		f.pattern += regexp.MustCompile(`0[1-6]|15`).ReplaceAllString(form, `\d\d`)
		pos = m[1]
	}
	f.pattern += regexp.QuoteMeta(arg[pos:])
	f.layout += arg[pos:]
	return f
}

// variable is what a variable of nginx may be; unlike: nothing is an empty text.
func (k twinKinds) variable(name string, unlike bool) twinField {
	f := k.value(name, unlike)
	if unlike && f.role != "status" && f.role != "time" && f.role != "pieces" {
		f.pattern = `(?:` + f.pattern + `)?~`
	}
	return f
}

func (k twinKinds) value(name string, unlike bool) twinField {
	text := k.text("*", `\x{10ffff}`)
	switch name {
	case "remote_addr":
		return twinField{pattern: k.word(), role: "client"}
	case "remote_user":
		if unlike {
			return twinField{pattern: text, role: "user"}
		}
		return twinField{pattern: k.text("+", `\x{10ffff}`), role: "user"}
	case "time_local":
		return twinField{pattern: twinCLF, role: "time"}
	case "time_iso8601":
		return twinField{pattern: `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-](?:[01]\d|2[0-3]):[0-5]\d`, role: "pieces", layout: "2006-01-02T15:04:05-07:00"}
	case "msec":
		return twinField{pattern: `\d+(?:\.\d*)?|-`, role: "epoch", scale: 1e6}
	case "request":
		return twinField{pattern: text, role: "request"}
	case "request_method":
		return twinField{pattern: k.word(), role: "method"}
	case "request_uri":
		return twinField{pattern: text, role: "target"}
	case "uri":
		return twinField{pattern: text, role: "path"}
	case "args":
		return twinField{pattern: text, role: "query"}
	case "is_args":
		return twinField{pattern: `[?-]?~`}
	case "server_protocol":
		return twinField{pattern: k.word(), role: "protocol"}
	case "status":
		return twinField{pattern: `\d{3}|-`, role: "status"}
	case "body_bytes_sent":
		return twinField{pattern: twinNumber, role: "bytes"}
	case "bytes_sent":
		return twinField{pattern: twinNumber, role: "sent"}
	case "request_time":
		return twinField{pattern: `\d+(?:\.\d*)?|-`, role: "duration", scale: 1e6}
	case "request_completion":
		return twinField{pattern: text, role: "completion"}
	case "request_length":
		return twinField{pattern: twinNumber}
	case "scheme", "request_id":
		return twinField{pattern: k.word()}
	case "host":
		if !k.quoted && !strings.HasPrefix(k.next, `"`) {
			text = k.text("*", "/")
		}
		return twinField{pattern: text, role: "host"}
	}
	roles := map[string]string{"http_referer": "referrer", "http_user_agent": "agent", "http_x_forwarded_for": "forwarded", "http_range": "range", "sent_http_content_range": "contentRange"}
	return twinField{pattern: text, role: roles[name]}
}

// read gives the record of a line. one: there is one reading; known: the twin knows
// all that the line may mean.
func (w *twin) read(line []byte) (r Record, one, known bool) {
	r.Reset()
	m, other := w.shortest.FindStringSubmatch(wide(line)), w.longest.FindStringSubmatch(wide(line))
	if m == nil {
		return r, false, true
	}
	if w.unlike && strings.ContainsRune(m[0], '\\') {
		return r, false, false // how escapes of JSON and none are written is not its business
	}
	values, other2 := w.values(m), w.values(other)
	for _, v := range []map[string]string{values, other2} {
		// A user with spaces behind an ident is not weighed, and what begins a line
		// as another format does is refused: see parseHead.
		if ident := v["ident"]; ident != "" && ident != "-" && strings.ContainsRune(v["user"], ' ') {
			return r, false, false
		}
	}
	for i := range m {
		if m[i] != other[i] {
			return r, false, true
		}
	}
	return w.record(values, &r)
}

func (w *twin) values(m []string) map[string]string {
	values, rank := map[string]string{}, map[string]int{}
	for i, f := range w.fields {
		if old, ok := rank[f.role]; f.role == "pieces" {
			values[f.role] += " " + m[i+1]
		} else if !ok || f.rank < old {
			values[f.role], rank[f.role] = m[i+1], f.rank
			values[f.role+" scale"] = strconv.FormatInt(f.scale, 10)
		}
	}
	return values
}

func (w *twin) record(v map[string]string, r *Record) (Record, bool, bool) {
	known := true
	text := func(role string) []byte {
		s, ok := v[role]
		if !ok || s == "" && w.unlike {
			return nil
		}
		return dashed(s)
	}
	number := func(role string) int64 {
		s := v[role]
		if s == "" || s == "-" {
			return None
		}
		whole, fraction, _ := strings.Cut(s, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		scale, _ := strconv.ParseInt(v[role+" scale"], 10, 64)
		scale = max(scale, 1)
		if err != nil || n > (1<<63-1)/scale {
			known = false
		}
		micros, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
		return n*scale + micros
	}
	r.Client, r.User, r.Referrer, r.Agent, r.Forwarded, r.Protocol = text("client"), text("user"), text("referrer"), text("agent"), text("forwarded"), text("protocol")
	if _, ok := v["client"]; !ok {
		r.Client = narrow(strings.Trim(v["forwarded"][strings.LastIndexByte(v["forwarded"], ',')+1:], " "))
	}
	if client := string(r.Client); client == "" || client == "-" || strings.ContainsRune(client, ' ') || strings.HasSuffix(client, ",") {
		return *r, false, !strings.HasSuffix(client, ",") // see headFits
	}
	if r.Host = text("host"); len(r.Host) == 0 {
		r.Host = nil
	} else {
		if m := plainPort.FindStringSubmatch(string(r.Host)); m != nil {
			r.Host = []byte(m[1])
		}
	}
	r.Bytes, r.Sent, r.DurationUS = number("bytes"), number("sent"), number("duration")
	if _, ok := v["bytes"]; !ok {
		r.Bytes, r.Sent = r.Sent, None
	}
	switch s, err := strconv.Atoi(v["status"]); {
	case err != nil, s == 0, s == 9: // what nginx writes for none
	case s < 100:
		return *r, false, true
	default:
		r.Status = int16(s)
	}
	switch {
	case v["request"] != "":
		plainRequest(v["request"], r)
	case v["method"] != "":
		if regexp.MustCompile(`^[A-Za-z_-]{1,32}$`).MatchString(v["method"]) {
			r.Method = dashed(v["method"])
		}
		known = w.target(v, r) && known
	}
	ok := true
	switch {
	case v["time"] != "":
		r.Time, r.UTCOffsetMin, ok = plainTime(v["time"])
	case v["epoch"] != "":
		r.Time = number("epoch")
		ok = r.Time != None
	default:
		at, err := time.Parse(strings.Join(strings.Fields(w.layout), " "), strings.Join(strings.Fields(v["pieces"]), " "))
		if err != nil {
			// A leap second, or a day of the week that is none.
			return *r, false, !strings.Contains(v["pieces"], "60") && !strings.Contains(w.layout, "Mon")
		}
		_, offset := at.Zone()
		r.Time, r.UTCOffsetMin = at.UnixMicro(), int16(offset/60)
	}
	if r.Time != NoTime && v["micros"] != "" {
		r.Time += number("micros")
	}
	w.ranges(v, r)
	return *r, ok, known
}

// target puts a path and a query together. It does not know how the compiler
// writes what may not stand in a target.
func (w *twin) target(v map[string]string, r *Record) (known bool) {
	path, isPath := v["path"]
	switch {
	case !isPath:
		r.Target = dashed(v["target"])
	case strings.ContainsAny(path, "%?#\\") || path == "-" || regexp.MustCompile(`[\x00-\x20\x7f]`).MatchString(path):
		return false
	default:
		query := strings.TrimPrefix(v["query"], "?")
		if v["query"] == "?" {
			path += "?"
		} else if query != "" && query != "-" {
			path += "?" + query
		}
		r.Target = narrow(path)
	}
	return true
}

// ranges reads what the headers say of a part.
func (w *twin) ranges(v map[string]string, r *Record) {
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			panic(fmt.Sprint(s, " is too large for the twin"))
		}
		return n
	}
	if m := regexp.MustCompile(`^(?i:bytes) (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)$`).FindStringSubmatch(v["contentRange"]); m != nil && number(m[1]) <= number(m[2]) && (m[3] == "*" || number(m[2]) < number(m[3])) {
		r.RangeStart, r.RangeEnd, r.RangeFrom = number(m[1]), number(m[2]), RangeContent
		if m[3] != "*" {
			r.ObjectSize, r.SizeFrom = number(m[3]), TotalContentRange
		}
	} else if m := regexp.MustCompile(`^(?i:bytes) \*/(\d{1,18})$`).FindStringSubmatch(v["contentRange"]); m != nil {
		r.ObjectSize, r.SizeFrom = number(m[1]), TotalContentRange
	}
	if m := regexp.MustCompile(`^(?i:bytes)=(\d{1,18})-(\d{0,18})$`).FindStringSubmatch(v["range"]); m != nil && r.RangeFrom == RangeNone && (m[2] == "" || number(m[1]) <= number(m[2])) {
		if r.RangeStart, r.RangeFrom = number(m[1]), RangeRequest; m[2] != "" {
			r.RangeEnd = number(m[2])
		}
	}
	if m := regexp.MustCompile(`^\d{1,18}$`).FindString(v["contentLength"]); m != "" && r.Status == 200 && r.SizeFrom == TotalNone {
		r.ObjectSize, r.SizeFrom = number(m), TotalContentLength
	}
	if x, ok := v["connection"]; ok {
		r.Finished = map[string]Finished{"X": FinishedNo, "+": FinishedYes, "-": FinishedYes}[x]
	}
	if c, ok := v["completion"]; ok {
		r.Finished = map[string]Finished{"OK": FinishedYes, "": FinishedNo}[c]
	}
}
