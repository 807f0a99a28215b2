package accesslog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompileFields reads lines by format strings, field by field.
func TestCompileFields(t *testing.T) {
	test := func(format, line, want string) { t.Helper(); reads(t, format, line, want) }
	const head = `1.2.3.4 - - ` + at + ` ` + get + ` 200 5`
	const is = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`

	// Apache.
	test(`%h %l %u %t "%r" %>s %b`, head, is+` number_at_end`)
	test(`%h %l %u %t "%r" %>s %b`, `1.2.3.4 - - `+at+` `+get+` 099 5`, `<bad_status>`)
	test(`%h %l %u %t "%r" %>s %b`, `1.2.3.4 - - `+at+` `+get+` 009 5`, `f client="1.2.3.4"`+atIs+isG+` bytes=5 number_at_end`)
	test(`%s %h %t "%U" "%q" %m`, `012 1.2.3.4 `+at+` "/a" "" GET`, `<bad_status>`)
	test(`%h %l %u %t \"%r\" %>s %b`, head, is+` number_at_end`)
	test(`%h %l %u %t "%r" %>s %b %%`, head+` %`, is)
	test(`%h %l %u %t "%r" %>s %B %D %X`, head+` 1234 X`, is+` duration_us=1234 range_from= finished=2`)
	test(`%h %l %u %t "%r" %>s %B %T %X`, head+` 2 +`, is+` duration_us=2000000 range_from= finished=1`)
	test(`%h %l %u %t "%r" %>s %B %T %{ms}T %{us}T`, head+` 2 2001 2001234`, is+` duration_us=2001234`)
	test(`%h %l %u %t "%r" %>s %b %I %O %S`, head+` 100 305 405`, is+` sent=305`)
	test(`%h %l %u %t "%r" %>s %I %O`, `1.2.3.4 - - `+at+` `+get+` 200 100 305`, `f client="1.2.3.4"`+atIs+isG+` status=200 bytes=305 number_at_end`)
	test(`%h %l %u %t "%r" %s %>s %b`, `1.2.3.4 - - `+at+` `+get+` 301 200 5`, is+` number_at_end`)
	test("%h\t%t\t%r\t%>s\t%b", "1.2.3.4\t"+at+"\tGET /a HTTP/1.1\t200\t5", is+` number_at_end`)
	test(`%h\t%t\t%r\t%>s\t%b`, "1.2.3.4\t"+at+"\tGET /a HTTP/1.1\t200\t5", is+` number_at_end`)
	test(`%a %{c}a %h %t "%r" %>s %b`, `1.2.3.4 10.0.0.1 c.example `+at+` `+get+` 200 5`, is+` number_at_end`)
	test(`%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b`, `9.9.9.9, 8.8.8.8 `+head, is+` forwarded="9.9.9.9, 8.8.8.8" number_at_end`)
	test(`%{X-Forwarded-For}i %l %u %t "%r" %>s %b`, `9.9.9.9, 1.2.3.4 - - `+at+` `+get+` 200 5`, is+` forwarded="9.9.9.9, 1.2.3.4" number_at_end`)
	test(`%{X-Forwarded-For}i %l %u %t "%r" %>s %b`, `- - - `+at+` `+get+` 200 5`, `<bad_client>`)
	test(`%{X-Forwarded-For}i %l %u %t "%r" %>s %b`, `a b c d e `+at+` `+get+` 200 5`, `<bad_client>`) // two ways
	test(`%v:%p %h %l %u %t "%r" %>s %b`, `h.example:443 `+head, `f host="h.example"`+is[1:]+` number_at_end`)
	test(`%v:%p %h %l %u %t "%r" %>s %b`, `2001:db8::5:443 `+head, `f host="2001:db8::5"`+is[1:]+` number_at_end`)
	test(`%h %V %u %t "%r" %>s %b`, `1.2.3.4 h.example - `+at+` `+get+` 200 5`, `f host="h.example"`+is[1:]+` number_at_end`)
	test(`%h "%{Host}i" %t "%r" %>s %b`, `1.2.3.4 "h.example:8080" `+at+` `+get+` 200 5`, `f host="h.example"`+is[1:]+` number_at_end`)
	test(`%h %t "%m %U%q %H" %>s %b`, `1.2.3.4 `+at+` "GET /a?x=1 HTTP/1.1" 200 5`, `f client="1.2.3.4"`+atIs+` method="GET" target="/a?x=1" protocol="HTTP/1.1" status=200 bytes=5 number_at_end`)
	test(`%h %t "%m %U%q %H" %>s %b`, `1.2.3.4 `+at+` "GET /a b%c#d HTTP/1.1" 200 5`, `f client="1.2.3.4"`+atIs+` method="GET" target="/a b%25c%23d" protocol="HTTP/1.1" status=200 bytes=5 number_at_end`)
	test(`%h %t %m "%U" "%q" %H %>s %b`, `1.2.3.4 `+at+` GET "/a?b" "?x=%41" HTTP/1.1 200 5`, `f client="1.2.3.4"`+atIs+` method="GET" target="/a%3Fb?x=%41" protocol="HTTP/1.1" status=200 bytes=5 number_at_end text_at_end`)
	test(`%h %t "%r" %>s %b "%{Range}i" "%{Content-Range}o"`, `1.2.3.4 `+at+` `+get+` 206 5 "bytes=0-" "bytes 0-4/10"`,
		`f client="1.2.3.4"`+atIs+isG+` status=206 bytes=5 object_size=10 range_start=0 range_end=4 range_from=content_range finished=0`)
	test(`%h %t "%r" %>s %b "%{Range}i"`, `1.2.3.4 `+at+` `+get+` 206 5 "bytes=5-9"`, `f client="1.2.3.4"`+atIs+isG+` status=206 bytes=5 range_start=5 range_end=9 range_from=request_range finished=0`)
	test(`%h %t "%r" %>s %b "%{Range}i"`, `1.2.3.4 `+at+` `+get+` 206 5 "bytes=5-9,11-12"`, `f client="1.2.3.4"`+atIs+isG+` status=206 bytes=5`)
	test(`%h %t "%r" %>s %b "%{Range}i"`, `1.2.3.4 `+at+` `+get+` 206 5 "bytes=-9"`, `f client="1.2.3.4"`+atIs+isG+` status=206 bytes=5`)
	test(`%h %t "%r" %>s %b %{Content-Length}o`, head[:7]+` `+at+` `+get+` 200 5 10`, is+` object_size=10`)
	test(`%h %l %u %t "%r" %>s %b "%!200,304,302{Referer}i" "%{User-agent}i" %{X}e`, head+` "r" "u" a b`, is+` referrer="r" agent="u"`)
	test(`%h %l %u %t "%r" %>s %b "%!200,304,302{Referer}i" "%400,501{User-agent}i"`, head+` "-" "-"`, is)
	test(`%h %l %u %t "%r" %>s %b %{X}^ti %{Y}^to`, head+` - -`, is)
	test(`%h %l %u %t "%r" %>s %b %f %k %L %P %R %{A}C %{B}e %{C}n %A %{SSL_PROTOCOL}x`, head+` /srv/a 0 - 77 - c e n 10.0.0.1 TLSv1.2`, is)
	test(`%h %l "%u" %t "%r" %>s %b`, `1.2.3.4 - """" `+at+` `+get+` 200 5`, `f client="1.2.3.4" user="\"\""`+atIs+isG+` status=200 bytes=5 number_at_end`)

	// Times.
	test(`%h [%{%d/%b/%Y:%H:%M:%S %z}t] "%r" %>s %b`, `1.2.3.4 `+at+` `+get+` 200 5`, is+` number_at_end`)
	test(`%h %{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t "%r" %>s %b`, `1.2.3.4 2000-10-10T13:55:36.000250-0700 `+get+` 200 5`,
		`f client="1.2.3.4" time=2000-10-10T13:55:36.00025-07:00`+isG+` status=200 bytes=5 number_at_end`)
	test(`%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] "%r" %>s %b`, `1.2.3.4 [10/Oct/2000 13:55:36.250 -0700] `+get+` 200 5`,
		`f client="1.2.3.4" time=2000-10-10T13:55:36.25-07:00`+isG+` status=200 bytes=5 number_at_end`)
	test(`%h %t.%{msec_frac}t "%r" %>s %b`, `1.2.3.4 `+at+`.250 `+get+` 200 5`, `f client="1.2.3.4" time=2000-10-10T13:55:36.25-07:00`+isG+` status=200 bytes=5 number_at_end`)
	for _, c := range [][2]string{{`%{sec}t`, `971211336`}, {`%{msec}t`, `971211336000`}, {`%{usec}t`, `971211336000000`}, {`%{end:usec}t`, `971211336000000`}, {`%{%s}t`, `971211336`},
		{`%{%Y%m%d%H%M%S}t`, `20001010205536`}, {`%{%F %T}t`, `2000-10-10 20:55:36`}, {`%{%c}t`, `Tue Oct 10 20:55:36 2000`}, {`%{%A, %e %B %Y %I:%M:%S %p}t`, `Tuesday, 10 October 2000 08:55:36 PM`},
		{`%{%D %r}t`, `10/10/00 08:55:36 PM`}, {`%{begin:%F %T}t %{end:%F %T}t`, `2000-10-10 20:55:36 2000-10-10 20:55:40`}, {`%{end:%F %T}t %{begin:%F %T}t`, `2000-10-10 20:55:40 2000-10-10 20:55:36`}} {
		test(`%h `+c[0]+` "%r" %>s %b`, `1.2.3.4 `+c[1]+` `+get+` 200 5`, `f client="1.2.3.4" time=2000-10-10T20:55:36+00:00`+isG+` status=200 bytes=5 number_at_end`)
	}
	test(`%h %{%F %T}t "%r" %>s %b`, `1.2.3.4 2000-02-30 20:55:36 `+get+` 200 5`, `<bad_time>`)

	// nginx.
	const ng = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent`
	test(ng, head, is+` number_at_end`)
	test(`${remote_addr} - ${remote_user} [${time_local}] "${request}" ${status} ${body_bytes_sent}`, head, is+` number_at_end`)
	test(ng+` $bytes_sent $request_time "$request_completion"`, head+` 305 1.250 "OK"`, is+` sent=305 duration_us=1250000 range_from= finished=1`)
	test(ng+` $bytes_sent $request_time "$request_completion"`, head+` 305 1.250 ""`, is+` sent=305 duration_us=1250000 range_from= finished=2`)
	test(ng+` $upstream_addr $upstream_response_time $request_time $pipe`, head+` 10.0.0.1:80, unix:/s : 10.0.0.2:80 0.001, 0.002 : - 1.250 .`, is+` duration_us=1250000`)
	test(`$msec $remote_addr "$request_method $request_uri $server_protocol" $status $bytes_sent`, `971211336.250 1.2.3.4 "GET /a?b HTTP/1.1" 200 5`,
		`f client="1.2.3.4" time=2000-10-10T20:55:36.25+00:00 method="GET" target="/a?b" protocol="HTTP/1.1" status=200 bytes=5 number_at_end`)
	test(`$time_iso8601 $remote_addr $request_method $host "$uri$is_args$args" $status $body_bytes_sent "$sent_http_content_range" "$http_range"`,
		`2000-10-10T13:55:36-07:00 1.2.3.4 GET h.example "/a b%?x" 206 5 "bytes 2-6/9" "-"`,
		`f host="h.example" client="1.2.3.4"`+atIs+` method="GET" target="/a b%25?x" status=206 bytes=5 object_size=9 range_start=2 range_end=6 range_from=content_range finished=0`)
	test(`escape=none `+ng+` "$http_referer" "$http_user_agent"`, head+` "a"b" "c"`, is+` referrer="a\"b" agent="c" text_at_end`)
	test(`escape=none `+ng+` "$http_referer" "$http_user_agent"`, head+` "a" "b" "c"`, `<ambiguous>`) // two ways
	test(`escape=none `+ng+` "$http_referer" "$http_user_agent"`, head+` "" ""`, is+` text_at_end`)
	test(`escape=json `+ng+` "$http_referer" "$http_user_agent"`, head+` "" "a\"b\u001f\fc"`, is+` agent="a\\\"b\\x1f\\x0cc"`)
}

// TestCompileFormat tells what a format means by what it logs.
func TestCompileFormat(t *testing.T) {
	test := func(s string, meaning Meaning, at TimeAt, zone Zone) {
		t.Helper()
		f := mustCompile(t, s)
		if f.Meaning != meaning || f.TimeAt != at || f.Zone != zone || f.MeaningWhy == "" || f.Escaping == "" || f.Fields != s || f.Source == "" || !f.Stateless || f.Title == "" {
			t.Errorf("%s: %+v", s, f)
		}
	}
	test(`%h %t "%r" %>s %b`, MeaningPlanned, TimeAtStart, ZoneLogged)
	test(`%h %t "%r" %>s %B %O`, MeaningPlanned, TimeAtStart, ZoneLogged)
	test(`%h %t "%r" %>s %O`, MeaningAcceptedWithHeaders, TimeAtStart, ZoneLogged)
	test(`%h %t "%r" %>s`, MeaningUnknown, TimeAtStart, ZoneLogged)
	test(`%h %{end}t "%r" %>s %b`, MeaningPlanned, TimeAtEnd, ZoneLogged)
	test(`%h %{begin:sec}t %{end:%F %T %z}t "%r" %>s %b`, MeaningPlanned, TimeAtStart, ZoneUTC)
	test(`%h %{%F %T}t "%r" %>s %b`, MeaningPlanned, TimeAtStart, ZoneLocal)
	test(`$remote_addr [$time_local] "$request" $status $body_bytes_sent`, MeaningAcceptedBody, TimeAtEnd, ZoneLogged)
	test(`$remote_addr [$time_local] "$request" $status $bytes_sent $body_bytes_sent`, MeaningAcceptedBody, TimeAtEnd, ZoneLogged)
	test(`$remote_addr [$time_local] "$request" $status $bytes_sent`, MeaningAcceptedWithHeaders, TimeAtEnd, ZoneLogged)
	test(`$remote_addr $msec "$request" $status $bytes_sent`, MeaningAcceptedWithHeaders, TimeAtEnd, ZoneUTC)
}

// TestCompileRefused: what a format cannot give is said.
func TestCompileRefused(t *testing.T) {
	test := func(s, want string) {
		t.Helper()
		f, err := CompileFormat(s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %q", s, f, err, want)
		}
	}
	test(``, "neither")
	test(`combinde`, "neither")
	test(`%t "%r" %>s %b`, "cannot give the client")
	test(`%h "%r" %>s %b`, "cannot give the time")
	test(`%h %{%H:%M:%S}t "%r" %>s %b`, "cannot give the time")
	test(`%h %t %>s %b`, "cannot give the request")
	test(`%{Referer}i -> %U`, "cannot give")
	test(`%h%l %u %t "%r" %>s %b`, "nothing stands between %h and %l")
	test(`%h %t "%r" %>s %b%D`, "nothing stands between %b and %D")
	test(`%h %t "%r" %>s %b0%D`, "a digit or point stands behind %b")
	test(`%t "%r" %>s %b %h`, "%h ends the line")
	test(`%h %t "%r" %>s %y`, "%y is no directive")
	test(`%h %t "%r" %>`, "ends in the middle")
	test(`%h %t "%r" %{Referer`, "no closing brace")
	test(`%h %t "%200r" %>s %b`, "under a condition")
	test(`%h %200t "%r" %>s %b`, "under a condition")
	test(`%h %{%Q}t "%r" %>s %b`, "%Q in %{%Q}t is not supported")
	test(`%h %t\n"%r" %>s %b`, "a line break")
	test(`$time_local "$request" $status`, "cannot give the client: $remote_addr")
	test(`$remote_addr "$request" $status`, "cannot give the time")
	test(`$remote_addr $time_local $status`, "cannot give the request")
	test(`$binary_remote_addr $time_local $request`, "not text")
	test(`escape=xml $remote_addr`, "escape is none of")
	test(`$remote_addr$time_local "$request"`, "nothing stands between")
}

func TestParseServerConfig(t *testing.T) {
	const httpd = `
# LogFormat "%h" commented
Include mods-enabled/*.conf
<IfModule log_config_module>
  LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
  LogFormat "%h %l %u %t \"%r\" %>s %O" common
  LogFormat "%{Referer}i -> %U" referer
  LogFormat '%h %l %u %t "%r" %>s \
%b' split
  CustomLog logs/access.log common
  CustomLog "|/bin/rotate x" "%h %t \"%r\" %>s %b %D" env=!dontlog
  TransferLog logs/t.log
  GlobalLog logs/all "%h %t \"%r\" %>s %O"
  CustomLog logs/b common "expr=%{REQUEST_STATUS} -ge 400"
</IfModule>
`
	const nginx = `
user  nginx;
http {
    include       /etc/nginx/mime.types;
    include       conf.d/*.conf;   # more
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    log_format raw escape=none "$remote_addr $time_iso8601 \"$request\" $status\t$body_bytes_sent";
    log_format js escape=json '{"c":"$remote_addr"}';
    log_format jl escape=json '{"t":"$time_iso8601","c":"$remote_addr",'
                              '"r":"$request","s":$status,"b":$body_bytes_sent}';
    access_log  /var/log/nginx/access.log  main;
    server { listen 80; access_log /var/log/plain.log; access_log off; access_log x.log main buffer=8k if=$loggable; location / { return 200 "${request}"; } }
}
`
	test := func(data string, names, remarks []string) []*Format {
		t.Helper()
		formats, err := ParseServerConfig(strings.NewReader(data))
		var got []string
		for _, f := range formats {
			got = append(got, f.Name)
		}
		if strings.Join(got, ",") != strings.Join(names, ",") {
			t.Errorf("formats %q, want %q", got, names)
		}
		var said ConfigRemarks
		if errors.As(err, &said); len(said) != len(remarks) {
			t.Fatalf("remarks %q (%v)", said, err)
		}
		for i, want := range remarks {
			if !strings.Contains(said[i], want) {
				t.Errorf("remark %q, want %q", said[i], want)
			}
		}
		return formats
	}
	formats := test(httpd, []string{"vhost_combined", "common", "split", "CustomLog:11", "GlobalLog:13"}, []string{"line 3: Include mods-enabled/*.conf is not read", "line 7: referer:",
		"line 11: CustomLog |/bin/rotate x logs only some requests (env=!dontlog): requests may be missing by design", "line 14: CustomLog logs/b logs only some requests (expr=%{REQUEST_STATUS} -ge 400)"})
	if formats[0].Meaning != MeaningAcceptedWithHeaders || formats[2].Fields != `%h %l %u %t "%r" %>s %b` {
		t.Errorf("%+v, %+v", formats[0], formats[2])
	}
	formats = test(nginx, []string{"main", "raw", "jl", "nginx_combined"}, []string{"include conf.d/*.conf is not read", "js: nginx format ",
		"line 14: access_log off: where it applies, no requests are logged by design", "line 14: access_log x.log logs only some requests (if=$loggable): requests may be missing by design"})
	if formats[0].Fields != nginxMainText || formats[1].Fields != "escape=none $remote_addr $time_iso8601 \"$request\" $status\t$body_bytes_sent" {
		t.Errorf("%q, %q", formats[0].Fields, formats[1].Fields)
	}
	const lighttpd = `
server.modules += ( "mod_accesslog" )  # accesslog.format = "x"
accesslog.filename = "/var/log/a.log"
accesslog.format = "%h %V %u %t \"%r\" %>s %b \"%{User-Agent}i\"" # default and more
$HTTP["host"] =~ "accesslog.format = x" { accesslog.format="%h %t \"%r\" %>s %O" }
$HTTP["url"] =~ "^/health" {
	accesslog.filename = ""
	accesslog.format := "%h %l" + var.more
}
include_shell "cat vhosts.d/*.conf"
`
	formats = test(lighttpd, []string{"accesslog.format:4", "accesslog.format:5"}, []string{`line 7: accesslog.filename = "": where it applies`, "line 8: accesslog.format is not one text", "line 10: include_shell"})
	if f := formats[0]; f.Meaning != MeaningAcceptedBody || f.TimeAt != TimeAtEnd || !strings.Contains(f.Source, "lighttpd") || formats[1].Meaning != MeaningAcceptedWithHeaders {
		t.Errorf("%+v", f)
	}
	formats = test("accesslog.filename = env.LOGS + \"/a.log\"\n", []string{"accesslog.filename:1"}, nil)
	if formats[0].Fields != lighttpdText {
		t.Errorf("%+v", formats[0])
	}
	// What a variable stands for is told nowhere: taken as text it fits no line.
	test("LogFormat \"${WHO} %h %t \\\"%r\\\" %>s %b\" named\nCustomLog logs/a \"${MINE}\"\nCustomLog ${DIR}/b \"%h %t \\\"%r\\\" %>s %b\"\n",
		[]string{"CustomLog:3"}, []string{`line 1: LogFormat: "${WHO} `, `line 2: CustomLog: "${MINE}"`})
	if _, err := ParseServerConfig(strings.NewReader("just text\n")); err == nil {
		t.Error("a text of another kind was taken for a configuration")
	}
}

// TestDetectGiven: of a server's formats the one that fits is found, not a
// longer one of which the lines would be cut off.
func TestDetectGiven(t *testing.T) {
	var given []*Format
	for _, s := range []string{`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`, `%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`, `%h %l %u %t "%r" %>s %O`} {
		given = append(given, mustCompile(t, s))
	}
	samples := sampleFiles(t)
	for i, line := range []string{`1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u" 6 7`, `1.2.3.4 - - ` + at + ` ` + get + ` 200 5 "r" "u"`, `1.2.3.4 - - ` + at + ` ` + get + ` 200 5`} {
		if got := Detect([]byte(line+"\n"), given...).Reading.Main; got != given[i] {
			t.Errorf("%s: %v", line, got)
		}
	}
	if got := Detect(samples["vhost_combined"], given...).Reading.Main; got != formatVhostCombined {
		t.Errorf("vhost_combined: %v", got)
	}
}

// TestCorpusCompiled reads files of custom formats by the formats that wrote
// them.
func TestCorpusCompiled(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("no corpus of sample logs at %s", corpus)
	}
	test := func(name, format string, records int, bytes int64) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			t.Fatal(err)
		}
		p := Only(mustCompile(t, format)).NewParser()
		lines := NewLines(data)
		var r Record
		n, sum := 0, int64(0)
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			if p.Parse(line.Text, &r) == ReasonNone {
				n++
				sum += max(r.Bytes, 0)
			}
		}
		if n != records || bytes >= 0 && sum != bytes {
			t.Errorf("%s: %d records, %d bytes", name, n, sum)
		}
	}
	test("netdata/full.log", `%v:%p %h %l %u %t "%r" %>s %B %I %{X-Up}e %{X-T}e %{X-S}e %{SSL_PROTOCOL}x %{SSL_CIPHER}x %{A}n %{B}n %D`, 452, -1)
	test("mtail/lighttpd_access.log", `%v %h %u %t "%r" %>s %b %I %O %T "%{Referer}i" "%{User-Agent}i"`, 19, -1)
	test("lnav/logfile_shop_access_log.0", nginxMainText, 1000, 18963364)
}
