package accesslog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// plainJSON is the plain twin of the scanner: encoding/json's tokens, and the
// rules that it does not have: UTF-8, whole surrogate pairs, no key twice, a
// limit of depth and members.
func plainJSON(line []byte) (values map[string]any, ok bool) {
	if !utf8.Valid(line) || !json.Valid(line) || halfPair(line) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	first, err := d.Token()
	if err != nil || first != json.Delim('{') {
		return nil, false
	}
	values = map[string]any{}
	ok = plainObject(d, "", 1, values)
	if _, err := d.Token(); err != io.EOF {
		return nil, false
	}
	return values, ok
}

// halfPair says whether a string holds half of a surrogate pair.
func halfPair(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		if line[i+1] != 'u' {
			i++
			continue
		}
		var r, low rune
		fmt.Sscanf(string(line[i+2:i+6]), "%x", &r)
		i += 5
		if r >= 0xDC00 && r <= 0xDFFF {
			return true
		}
		if r >= 0xD800 && r <= 0xDBFF {
			if !bytes.HasPrefix(line[i+1:], []byte(`\u`)) {
				return true
			}
			fmt.Sscanf(string(line[i+3:i+7]), "%x", &low)
			if low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

func plainObject(d *json.Decoder, path string, depth int, values map[string]any) bool {
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil || seen[key.(string)] || len(seen) == jsonMaxMembers {
			return false
		}
		seen[key.(string)] = true
		if !plainValue(d, path+"/"+key.(string), depth, values) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}

func plainValue(d *json.Decoder, path string, depth int, values map[string]any) bool {
	v, err := d.Token()
	if err != nil {
		return false
	}
	switch v {
	case json.Delim('{'), json.Delim('['):
		if depth == jsonMaxDepth {
			return false
		}
		if v == json.Delim('{') {
			return plainObject(d, path, depth+1, values)
		}
		for d.More() {
			if !plainValue(d, path+"/[]", depth+1, values) {
				return false
			}
		}
		_, err = d.Token()
		return err == nil
	}
	values[path] = v
	return true
}

var jsonTestRoot, jsonTestPaths = func() (*jsonNode, []string) {
	root := &jsonNode{}
	paths := []string{"a", "status", "size", "uri", "request/uri", "request/headers/a", "log", "b/a"}
	for i, p := range paths {
		root.add(i, strings.Split(p, "/")...)
	}
	return root, paths
}()

// jsonParity compares the scanner with its twin.
func jsonParity(t *testing.T, s *jsonScanner, line []byte) {
	t.Helper()
	state := s.scan(line, jsonTestRoot, len(jsonTestPaths))
	values, ok := plainJSON(line)
	if ok != (state == jsonWhole) {
		t.Fatalf("%q: state %d, plain %v", line, state, ok)
	}
	if state != jsonWhole {
		return
	}
	for i, path := range jsonTestPaths {
		v := s.values[i]
		want, there := values["/"+path]
		switch v.kind {
		case jsonMissing, jsonObject, jsonArray:
			if there && v.kind == jsonMissing {
				t.Fatalf("%q: %s is missing", line, path)
			}
		case jsonString:
			if got := string(s.str(i)); got != want {
				t.Fatalf("%q: %s %q, want %q", line, path, got, want)
			}
		case jsonNumber:
			if string(v.raw) != fmt.Sprint(want) {
				t.Fatalf("%q: %s %s, want %v", line, path, v.raw, want)
			}
		default:
			if fmt.Sprint(want) != string(v.raw) && !(want == nil && string(v.raw) == "null") {
				t.Fatalf("%q: %s %s, want %v", line, path, v.raw, want)
			}
		}
	}
}

func jsonSeeds(t testing.TB) [][]byte {
	t.Helper()
	var seeds [][]byte
	samples := sampleFiles(t)
	for _, name := range []string{"caddy", "traefik_json", "nginx_json", "access_json", "truenas_audit"} {
		for _, line := range bytes.Split(samples[name], []byte("\n")) {
			seeds = append(seeds, line)
		}
	}
	if len(seeds) < 50 {
		t.Fatal("seeds are missing")
	}
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a":-0.5e+3}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":-}`, `{"a":1e}`, `{"a":tru}`, `{"a":true,"b":{"a":null}}`,
		`{"a":"\u0041\u00e5\ud83d\ude00\/\b\f\n\r\t\"\\"}`, `{"a":"\ud83d"}`, `{"a":"\ude00"}`, `{"a":"\ud83dx"}`, `{"a":"\ud83d\u0041"}`, `{"a":"\x41"}`, "{\"a\":\"\t\"}", "{\"a\":\"\xff\"}",
		"{\"a\":\"\xe2\x82\xac\"}", `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":1,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `[1]`, `5`, `"x"`, ``, `null`, `{"a":[1,[2,{"a":1,"a":2}]]}`,
		`{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":1}x`, `{"a":1}{}`, `{"a":"` + strings.Repeat("x", 100) + `\"y"}`, `{"":1,"a":{"":2}}`, `{"b":{"a":"c"},"request":{"uri":"/x","headers":{"a":"y"}}}`,
		`{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`,
		strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32), strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33),
		"{\"a\":\"x\x7f\u2028\"}", "\ufeff{}", "{\"a\":1\x00}",
	} {
		seeds = append(seeds, []byte(text))
	}
	return seeds
}

func TestJSONParity(t *testing.T) {
	var s jsonScanner
	for _, line := range jsonSeeds(t) {
		jsonParity(t, &s, line)
		for n := range line { // a begin of an object is cut, or it was bad before
			if state := s.scan(line[:n], jsonTestRoot, len(jsonTestPaths)); state == jsonWhole && !json.Valid(line[:n]) {
				t.Fatalf("%q is whole", line[:n])
			}
		}
		if s.scan(line, jsonTestRoot, len(jsonTestPaths)) == jsonWhole {
			for n := 1 + bytes.IndexByte(line, '{'); n < len(bytes.TrimRight(line, " ")); n++ {
				if state := s.scan(line[:n], jsonTestRoot, len(jsonTestPaths)); state != jsonCut {
					t.Fatalf("%q: state %d, want cut", line[:n], state)
				}
			}
		}
	}
	rnd := rand.New(rand.NewPCG(21, 22))
	seeds := jsonSeeds(t)
	pieces := append([]string{`"`, `\`, `{`, `}`, `[`, `]`, `:`, `,`, `\u00`, `\ud800`, `"a":`, `1e9`, `null`, "\x1f", "\x80"}, hostile...)
	for range 20000 {
		line := bytes.Clone(seeds[rnd.IntN(len(seeds))])
		at := rnd.IntN(len(line) + 1)
		line = append(line[:at:at], append([]byte(pieces[rnd.IntN(len(pieces))]), line[min(len(line), at+rnd.IntN(3)):]...)...)
		jsonParity(t, &s, line)
	}
}

func FuzzJSONParity(f *testing.F) {
	for _, line := range jsonSeeds(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1<<12 {
			t.Skip()
		}
		var s jsonScanner
		jsonParity(t, &s, line)
	})
}

func TestJSONMembers(t *testing.T) {
	var s jsonScanner
	for n, want := range map[int]jsonState{jsonMaxMembers: jsonWhole, jsonMaxMembers + 1: jsonBad} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":0`, i)
		}
		if got := s.scan([]byte("{"+b.String()[1:]+"}"), jsonTestRoot, len(jsonTestPaths)); got != want {
			t.Errorf("%d members: %d", n, got)
		}
	}
}

func quoteJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A request that a server knew, in each of the JSON formats.
func jsonLine(format string, method, target, user, referrer, agent string, status, size int) string {
	quote := quoteJSON
	switch format {
	case "caddy":
		return fmt.Sprintf(`{"level":"info","ts":1425370327.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","proto":"HTTP/1.1","method":%s,"host":"h","uri":%s,`+
			`"headers":{"Referer":[%s],"User-Agent":[%s]}},"user_id":%s,"duration":0.5,"size":%d,"status":%d,"resp_headers":{}}`, quote(method), quote(target), quote(referrer), quote(agent), quote(user), size, status)
	case "traefik_json":
		return fmt.Sprintf(`{"ClientAddr":"192.0.2.1:5","ClientUsername":%s,"DownstreamContentSize":%d,"DownstreamStatus":%d,"RequestMethod":%s,"RequestPath":%s,"StartUTC":"2015-03-03T08:12:07.25Z","request_Referer":%s,"request_User-Agent":%s}`,
			quote(user), size, status, quote(method), quote(target), quote(referrer), quote(agent))
	}
	return fmt.Sprintf(`{"time":"2015-03-03T08:12:07.25Z","remote_addr":"192.0.2.1","remote_user":%s,"request_method":%s,"request_uri":%s,"status":"%d","body_bytes_sent":"%d","http_referer":%s,"http_user_agent":%s}`,
		quote(user), quote(method), quote(target), status, size, quote(referrer), quote(agent))
}

// checkJSONLine reads such a line: no value may move into another field. Cut
// anywhere, it is refused or its fields are what they were.
func checkJSONLine(t *testing.T, format, target, user, referrer, agent string, status, size int) {
	t.Helper()
	f, _ := FormatByName(format)
	p := Only(f).NewParser()
	line := []byte(jsonLine(format, "GET", target, user, referrer, agent, status, size))
	var r Record
	if reason := p.Parse(line, &r); reason != ReasonNone {
		t.Fatalf("refused (%s): %s", reason, line)
	}
	same := func(name string, got []byte, want string) {
		t.Helper()
		want = strings.ToValidUTF8(want, "\ufffd")
		if got == nil && (want == "" || want == "-") {
			return
		}
		if string(got) != want {
			t.Fatalf("%s %q, want %q: %s", name, got, want, line)
		}
	}
	checked := func(r *Record) {
		t.Helper()
		if r.Target != nil {
			same("target", Unescape(nil, r.Target), target)
		}
		if string(r.Client) != "192.0.2.1" || r.Status != int16(status) || r.Time != 1425370327250000 {
			t.Fatalf("%s: %s", render(r), line)
		}
	}
	checked(&r)
	same("user", r.User, user)
	same("referrer", r.Referrer, referrer)
	same("agent", r.Agent, agent)
	if r.Bytes != int64(size) || r.Flags != 0 || r.Format != f || r.Target == nil {
		t.Fatalf("%s: %s", render(&r), line)
	}
	for n := range line {
		if p.Parse(line[:n], &r) != ReasonNone {
			continue
		}
		checked(&r)
		if r.Flags != FlagCutOff || r.Bytes != None && r.Bytes != int64(size) {
			t.Fatalf("%s: %s", render(&r), line[:n])
		}
	}
}

var jsonHTTPFormats = []string{"caddy", "traefik_json", "nginx_json"}

func TestJSONFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(23, 24))
	for i := range 600 {
		text := func() string { return strings.ToValidUTF8(hostileText(rnd, 4), "\ufffd") }
		checkJSONLine(t, jsonHTTPFormats[i%3], "/"+text(), text(), text(), text(), 100+rnd.IntN(900), rnd.IntN(1<<40))
	}
}

func FuzzJSONFieldShift(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for i, text := range hostile {
		f.Add(text, text, hostile[(i+3)%len(hostile)], text, uint16(i), int64(i))
	}
	f.Fuzz(func(t *testing.T, target, user, referrer, agent string, status uint16, size int64) {
		if size < 0 || len(target) > 200 {
			t.Skip()
		}
		for _, format := range jsonHTTPFormats {
			checkJSONLine(t, format, "/"+target, user, referrer, agent, 100+int(status)%900, int(size))
		}
	})
}

func TestScaled(t *testing.T) {
	test := func(text string, shift int, want int64, wantOK bool) {
		t.Helper()
		if got, ok := scaled([]byte(text), shift); ok != wantOK || ok && got != want {
			t.Errorf("%s: %d %v, want %d %v", text, got, ok, want, wantOK)
		}
	}
	test("0", 6, 0, true)
	test("1703373474.8155608", 6, 1703373474815561, true)
	test("0.001335486", 6, 1335, true)
	test("0.0000027015", 6, 3, true)
	test("1.5e-05", 6, 15, true)
	test("1E3", 0, 1000, true)
	test("0.0000000000000000000000001", 6, 0, true)
	test("0.25000000000000000000000000001", 6, 250000, true)
	test("123456789012345678", 0, 123456789012345678, true)
	test("1234567890123456789", 0, 0, false)
	test("99999999999999", 6, 0, false)
	test("1e99", 0, 0, false)
	test("-1", 6, 0, false)
	test("", 6, 0, false)
	test("1e", 6, 0, false)
	test("1x", 6, 0, false)
	test("1.2.3", 6, 0, false)
	test("9", -1, 1, true)
	test("4", -1, 0, true)
}

func TestJSONClock(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip(err)
	}
	c := newJSONClock(Reading{Zone: stockholm}, false)
	test := func(text, want string) {
		t.Helper()
		for range 2 {
			got, ok := c.text([]byte(text))
			if !ok {
				if want != "" {
					t.Errorf("%s: refused", text)
				}
				return
			}
			at := time.UnixMicro(got.us).In(time.FixedZone("", int(got.offset)*60)).Format(time.RFC3339Nano)
			if got.ambiguous {
				at += " ambiguous"
			}
			if at != want {
				t.Errorf("%s: %s, want %s", text, at, want)
			}
		}
	}
	test("2015-03-03T08:12:07Z", "2015-03-03T08:12:07Z")
	test("2015-03-03T08:12:07.123456789Z", "2015-03-03T08:12:07.123456Z")
	test("2015-03-03 08:12:07,5+01:00", "2015-03-03T08:12:07.5+01:00")
	test("2015-03-03T08:12:07-0730", "2015-03-03T08:12:07-07:30")
	test("2015-03-03T08:12:07+02", "2015-03-03T08:12:07+02:00")
	test("2015-03-03 08:12:07 +0200", "2015-03-03T08:12:07+02:00")
	test("2015/03/03 08:12:07", "2015-03-03T08:12:07+01:00")
	test("2015-10-25T02:30:00", "2015-10-25T02:30:00+02:00 ambiguous")
	test("2015-07-01T00:00:00.25", "2015-07-01T00:00:00.25+02:00")
	test("03/Mar/2015:08:12:07 +0100", "2015-03-03T08:12:07+01:00")
	test("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z")
	for _, bad := range []string{"", "2015-03-03", "2015-02-29T00:00:00Z", "2015-03-03T24:00:00Z", "2015-03-03T08:60:00Z", "2015-03-03T08:12:61Z", "2015-03-03T08:12:07.Z",
		"2015-03-03T08:12:07+1", "2015-03-03T08:12:07+24:00", "2015-03-03T08:12:07+01:60", "2015-03-03T08:12:07Zx", "2015-03/03T08:12:07Z", "2015-13-03T08:12:07Z", "2015-03-03T08:12:07 "} {
		test(bad, "")
	}
	c = newJSONClock(Reading{}, false)
	test("2015-03-03T08:12:07", "")
	for text, want := range map[string]int64{"1425370327": 1425370327e6, "1425370327.5": 1425370327500000, "1425370327123": 1425370327123000, "1425370327123456": 1425370327123456,
		"1425370327123456789": 1425370327123457, "142537032712345678": 142537032712346} {
		if got, ok := epoch([]byte(text), timeAuto); !ok || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"5", "12345678", "", "99999999999999999999"} {
		if got, ok := epoch([]byte(text), timeAuto); ok {
			t.Errorf("%s: %d", text, got)
		}
	}
}

func TestPlaceBody(t *testing.T) {
	test := func(status int16, content, request, want string) {
		t.Helper()
		var r Record
		r.Reset()
		r.Status = status
		placeBody(&r, []byte(content), []byte(request))
		if got := fmt.Sprintf("%d-%d/%d %s", r.RangeStart, r.RangeEnd, r.ObjectSize, r.RangeFrom); got != want {
			t.Errorf("%d %q %q: %s, want %s", status, content, request, got, want)
		}
	}
	const none = "-1--1/-1 "
	test(206, "bytes 0-499/1234", "bytes=0-", "0-499/1234 content_range")
	test(206, "bytes 0-499/*", "", "0-499/-1 content_range")
	test(206, "", "bytes=0-499", "0-499/-1 request_range")
	test(206, "", "bytes=500-", "500--1/-1 request_range")
	test(206, "bytes 5-4/9", "bytes=1-2", "1-2/-1 request_range")
	test(206, "bytes 0-9/9", "", none)
	test(206, "bytes 0-x/9", "", none)
	test(206, "bytes -1-2/9", "", none)
	test(206, "items 0-1/9", "bytes=-500", none)
	test(206, "", "bytes=0-1,5-6", none)
	test(206, "", "bytes=5", none)
	test(206, "", "bytes=5-4", none)
	test(206, "", "lines=5-6", none)
	test(200, "bytes 0-499/1234", "bytes=0-499", none)
	test(416, "bytes */1234", "bytes=1234-", "1234--1/1234 request_range")
	test(416, "bytes */*", "", none)
}

// TestJSONAllocs: nothing is allocated per line, good or bad, bare or wrapped.
func TestJSONAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	spec, err := CompileJSON("time=ts,client=request.remote_ip,method=request.method,target=request.uri,status=status,agent=request.headers.User-Agent")
	if err != nil {
		t.Fatal(err)
	}
	samples := sampleFiles(t)
	test := func(reading Reading, data []byte) {
		t.Helper()
		p := reading.NewParser()
		var r Record
		if n := testing.AllocsPerRun(10, func() { parseAll(p, &r, data) }); n != 0 {
			t.Errorf("%s: %v allocations", reading.Name(), n)
		}
	}
	for _, f := range []*Format{formatCaddy, formatTraefikJSON, formatNginxJSON, formatAccessJSON, formatTraefikCLF, formatTrueNAS, spec} {
		data := samples[f.Name]
		if f == spec {
			data = samples["caddy"]
		}
		test(Only(f), data)
		for _, w := range wrappers {
			reading := Only(f)
			reading.Wrapper, reading.Year = w, 2015
			test(reading, wrapLines(w.Name, data))
		}
	}
}

func jsonTimingLog(format string, size int) []byte {
	rnd := rand.New(rand.NewPCG(31, 32))
	var b bytes.Buffer
	for b.Len() < size {
		target := fmt.Sprintf("/calls/2015-03-0%d/467%08d_%04d.mp3", 1+rnd.IntN(9), rnd.IntN(1e8), rnd.IntN(2400))
		agent := "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.89 Safari/537.36"
		b.WriteString(jsonLine(format, "GET", target, "", "https://nas.example/calls/", agent, 200, rnd.IntN(4e6)))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func benchmarkReading(b *testing.B, reading Reading, data []byte) {
	p := reading.NewParser()
	var r Record
	lines := bytes.Count(data, []byte{'\n'})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if parseAll(p, &r, data) != lines {
			b.Fatal("a line was refused")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}

func BenchmarkJSON(b *testing.B) {
	for _, name := range jsonHTTPFormats {
		f, _ := FormatByName(name)
		b.Run(name, func(b *testing.B) { benchmarkReading(b, Only(f), jsonTimingLog(name, 1<<20)) })
	}
	b.Run("caddy_full", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["caddy"], []byte("\n"))[3]
		benchmarkReading(b, Only(formatCaddy), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	b.Run("spec", func(b *testing.B) {
		f, err := CompileJSON("time=time,client=remote_addr,method=request_method,target=request_uri,status=status,bytes=body_bytes_sent,agent=http_user_agent")
		if err != nil {
			b.Fatal(err)
		}
		benchmarkReading(b, Only(f), jsonTimingLog("nginx_json", 1<<20))
	})
	b.Run("traefik_clf", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["traefik_clf"], []byte("\n"))[1]
		benchmarkReading(b, Only(formatTraefikCLF), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	b.Run("truenas_audit", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["truenas_audit"], []byte("\n"))[2]
		benchmarkReading(b, Only(formatTrueNAS), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	for _, w := range wrappers {
		b.Run(w.Name+"+combined", func(b *testing.B) {
			reading := Only(formatCombined)
			reading.Wrapper = w
			benchmarkReading(b, reading, wrapLines(w.Name, timingLog(1<<20, true)))
		})
	}
}
