package accesslog

import (
	"strconv"
	"strings"
	"testing"
)

// TestCompileObjects reads lines of templates that write JSON objects.
func TestCompileObjects(t *testing.T) {
	test := func(format, line, want string) {
		t.Helper()
		f, err := CompileFormat(format)
		if err != nil {
			t.Error(err)
			return
		}
		f.Name = "f"
		var r Record
		if got := outcome(&r, Only(f).NewParser().Parse([]byte(line), &r)); got != want {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", format, line, got, want)
		}
	}
	const (
		j   = `escape=json {"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"b":$body_bytes_sent,"ua":"$http_user_agent"}`
		in  = `{"t":"2000-10-10T13:55:36-07:00","c":"1.2.3.4","r":"GET /a HTTP/1.1","s":200,"b":5,"ua":`
		is  = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
		utc = `f client="1.2.3.4" time=2000-10-10T20:55:36+00:00`
	)
	test(j, in+`"x"}`, is+` agent="x"`)
	test(j, in+`""}`, is)
	test(j, in+`"\",\"s\":404,\"b\":9,\"c\":\"9.9.9.9\\"}`, is+` agent="\\\",\\\"s\\\":404,\\\"b\\\":9,\\\"c\\\":\\\"9.9.9.9\\\\"`)
	test(j, in+"\"\xff\xfe\"}", is+` agent="\xff\xfe"`)
	test(j, in+`"\u001b[2J"}`, is+` agent="\\x1b[2J"`)
	test(j, in+`"x"`, is+` agent="x" flags=cut_off`)
	test(j, in+`"x`, is+` flags=cut_off`)
	test(j, in[:60], `<cut_off>`)
	test(j, `{"t":"2000-10-10T13:55:36-07:00","c":"1.2.3.4","r":"","s":400,"b":0,"ua":""}`, `f client="1.2.3.4"`+atIs+` status=400 bytes=0`)
	test(`escape=json { "http": { "a.b": "$remote_addr", "ts": $msec }, "m": "$request_method", "u": "$request_uri", "p": "$server_protocol", "s": "$status", "b": "$bytes_sent", "rt": $request_time, "x": [$pid, "$upstream_addr"], "d": "$request_completion" }`,
		`{ "http": { "a.b": "1.2.3.4", "ts": 971211336.250 }, "m": "GET", "u": "/a?\"b", "p": "HTTP/1.1", "s": "200", "b": "5", "rt": 1.250, "x": [77, ""], "d": "" }`,
		`f client="1.2.3.4" time=2000-10-10T20:55:36.25+00:00 method="GET" target="/a?\\\"b" protocol="HTTP/1.1" status=200 bytes=5 duration_us=1250000 range_from= finished=2`)
	test(`{"c":"$remote_addr","t":"$time_local","u":"$scheme://$host$request_uri","m":"$request_method","s":$status,"ut":$upstream_response_time, "ua":$upstream_addr,"b":$body_bytes_sent}`,
		`{"c":"1.2.3.4","t":"10/Oct/2000:13:55:36 -0700","u":"https://h.example/a?b\x22","m":"GET","s":200,"ut":0.1, 0.2 : 0.3, "ua":1.1.1.1:80, 1.1.1.2:80,"b":5}`,
		`f client="1.2.3.4"`+atIs+` method="GET" target="https://h.example/a?b\\x22" status=200 bytes=5`)
	test(`{"c":"$remote_addr","t":"$time_local","url":"$host$uri$is_args$args","r":"$request","s":$status,"b":$body_bytes_sent}`,
		`{"c":"1.2.3.4","t":"10/Oct/2000:13:55:36 -0700","url":"h.example/zzz","r":"GET /a HTTP/1.1","s":200,"b":5}`, is)
	test(`escape=none {"c":"$remote_addr","t":"$time_local","r":"$request","s":$status,"b":$body_bytes_sent,"ua":"$http_user_agent"}`,
		`{"c":"1.2.3.4","t":"10/Oct/2000:13:55:36 -0700","r":"GET /a HTTP/1.1","s":200,"b":5,"ua":"a"b"}`, is+` agent="a\"b" text_at_end`) // the text may itself hold the end
	// Apache's \xhh is no escape of JSON, so the lines are no JSON.
	const apache = `{\"time\":\"%{%Y-%m-%dT%H:%M:%S%z}t\",\"ip\":\"%a\",\"req\":\"%r\",\"status\":%>s,\"size\":%B,\"ua\":\"%{User-Agent}i\"}`
	const first = `{"time":"2000-10-10T13:55:36-0700","ip":"1.2.3.4","req":"GET /a HTTP/1.1","status":200,"size":5,"ua":`
	for _, format := range []string{apache, strings.ReplaceAll(apache, `\"`, `"`)} {
		test(format, first+`"\xff\",\"size\":9"}`, is+` agent="\\xff\\\",\\\"size\\\":9"`)
		test(format, first+`"-"}`, is)
	}

	// What cannot be read is refused by its key, with what can be given instead.
	refused := func(format string, want ...string) {
		t.Helper()
		_, err := CompileFormat(format)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", format, err, w)
			}
		}
	}
	refused(`escape=json {"q":{"u,x":"$host$uri"},"t":$msec,"c":"$remote_addr","s":"$status","b":$body_bytes_sent}`,
		"cannot give the request", `the key q.u\,x mixes $host$uri,`, `--format 'json:host=q.u\,x,time=t,client=c,status=s,bytes=b,meaning=accepted_body,target=KEY'`)
	refused(`escape=json {"r":"$request","s":"$status"}`, "cannot give the", `json:request=r,status=s,time=KEY,client=KEY`)
	refused(`{"c":"%h","o":"%O","r":"%r","s":%s}`, "json:client=c,bytes=o,request=r,status=s,meaning=accepted_with_headers,time=KEY")
	refused(`{"c":"%h","r":"%r","s":%s}`, "cannot give the time", "json:client=c,request=r,status=s,time=KEY")
}

// TestCompileObjectsDescribed: what an error says to give instead can be given,
// and reads the line that the template writes.
func TestCompileObjectsDescribed(t *testing.T) {
	const format = `{"t":$msec,"q":{"c.x":"$remote_addr"},"m":"$request_method","u":"$uri","a":"$args","s":$status,"b":$body_bytes_sent$pid}`
	_, err := CompileFormat(format)
	if err == nil {
		t.Fatal("two numbers without anything between them were taken apart")
	}
	_, rest, _ := strings.Cut(err.Error(), "--format '")
	f, err := CompileJSON(strings.TrimSuffix(rest, "'"))
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	line := `{"t":971211336.250,"q":{"c.x":"1.2.3.4"},"m":"GET","u":"/a","a":"x","s":200,"b":577}`
	if got := outcome(&r, Only(f).NewParser().Parse([]byte(line), &r)); !strings.HasSuffix(got, `client="1.2.3.4" time=2000-10-10T20:55:36.25+00:00 method="GET" target="/a?x" status=200 bytes=577`) {
		t.Errorf("%s: %s", f.Name, got)
	}
}

// objectFormats write JSON objects, one with each way of escaping.
var objectFormats = []string{
	`escape=json {"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"b":$body_bytes_sent,"ua":"$http_user_agent"}`,
	`{"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"b":$body_bytes_sent,"ua":"$http_user_agent"}`,
	`escape=none {"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"b":$body_bytes_sent,"ua":"$http_user_agent"}`,
	`{"t":"%{%Y-%m-%dT%H:%M:%S}t-07:00","c":"%a","r":"%r","s":%>s,"b":%B,"ua":"%{User-Agent}i"}`,
}

// nginxJSONEscape is ngx_escape_json.
func nginxJSONEscape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + s[i:i+1])
		case c >= ' ':
			b.WriteByte(c)
		case strings.IndexByte("\n\r\t\b\f", c) >= 0:
			b.WriteByte('\\')
			b.WriteByte("nrtbf"[strings.IndexByte("\n\r\t\b\f", c)])
		default:
			b.WriteString(`\u00` + strconv.FormatInt(int64(c>>4), 16) + strings.ToUpper(strconv.FormatInt(int64(c&15), 16)))
		}
	}
	return b.String()
}
