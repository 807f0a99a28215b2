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
// rules that it does not have: whole surrogate pairs, no key twice, a limit of
// depth and members. Bytes that are not UTF-8, which it would replace, become
// characters that stand for them: see standIns.
func plainJSON(line []byte) (values map[string]any, ok bool) {
	line = standIns(line)
	if !json.Valid(line) || halfPair(line) {
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

// standIns writes each byte that is not of a character in UTF-8 as one of a
// private plane. JSON ends no text at either.
func standIns(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			r = 0x10FE00 + rune(text[0])
		}
		out = utf8.AppendRune(out, r)
		text = text[n:]
	}
	return out
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
	if bytes.Contains(line, []byte("\xf4\x8f\xb8")) || bytes.Contains(line, []byte("\xf4\x8f\xb9")) || bytes.Contains(line, []byte("\xf4\x8f\xba")) || bytes.Contains(line, []byte("\xf4\x8f\xbb")) {
		return // what stands in for other bytes
	}
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
			if got := string(standIns(s.str(i))); got != want {
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
		seeds = append(seeds, bytes.Split(samples[name], []byte("\n"))...)
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
