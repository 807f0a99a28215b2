package accesslog

import (
	"strings"
	"testing"
)

// reads compiles a format and reads a line by it, quickly and with care.
func reads(t *testing.T, format, line, want string) {
	t.Helper()
	f, err := CompileFormat(format)
	if err != nil {
		t.Error(err)
		return
	}
	f.Name = "f"
	var r Record
	if got := outcome(&r, newBoth(f).parse(t, []byte(line), &r)); got != want {
		t.Errorf("%s\n%s\ngot  %s\nwant %s", format, line, got, want)
	}
}

// TestCompileDirectives: every directive of mod_log_config, mod_logio and mod_ssl
// as they are documented, with a value that it writes and one for nothing.
func TestCompileDirectives(t *testing.T) {
	const is = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
	for _, c := range []struct{ directive, value, more string }{
		{`%%`, `%`, ``},
		{`%a`, `1.2.3.4`, ``}, {`%{c}a`, `10.0.0.1`, ``}, {`%A`, `10.0.0.5`, ``}, {`%A`, `2001:db8::1`, ``},
		{`%B`, `5`, ``}, {`%O`, `305`, ` sent=305`}, {`%O`, `-`, ``}, {`%I`, `100`, ``}, {`%S`, `405`, ``},
		{`%{SESSION}C`, `a b=c`, ``}, {`%{SESSION}C`, `-`, ``},
		{`%D`, `1234`, ` duration_us=1234`}, {`%T`, `2`, ` duration_us=2000000`}, {`%{s}T`, `2`, ` duration_us=2000000`},
		{`%{ms}T`, `2001`, ` duration_us=2001000`}, {`%{us}T`, `2001`, ` duration_us=2001`}, {`%{US}T`, `2001`, ` duration_us=2001`}, {`%{min}T`, `min`, ``},
		{`%{VAR}e`, `a \"b\" c`, ``}, {`%f`, `/srv/a b`, ``}, {`%{c}h`, `c.example`, ``}, {`%H`, `HTTP/1.1`, ``}, {`%H`, `HTTP/1.1 x`, ``},
		{`%{Accept}i`, `*/*`, ``}, {`%{Referer}i`, `r`, ` referrer="r"`}, {`%{User-agent}i`, `u`, ` agent="u"`}, {`%{X-Forwarded-For}i`, `9.9.9.9, 8.8.8.8`, ` forwarded="9.9.9.9, 8.8.8.8"`},
		{`%{Range}i`, `bytes=2-6`, ` range_start=2 range_end=6 range_from=request_range finished=0`}, {`%{Content-Range}o`, `bytes 2-6/9`, ` object_size=9 range_start=2 range_end=6 range_from=content_range finished=0`},
		{`%{Content-Length}o`, `9`, ` object_size=9`}, {`%{Content-Length}o`, `-`, ``},
		{`%k`, `0`, ``}, {`%l`, `-`, ``}, {`%l`, `ident`, ``}, {`%L`, `WpC2xMCo`, ``}, {`%{c}L`, `-`, ``}, {`%m`, `GET`, ``}, {`%{note}n`, `a`, ``}, {`%{Set-Cookie}o`, `a=b; c`, ``},
		{`%p`, `443`, ``}, {`%{canonical}p`, `443`, ``}, {`%{local}p`, `8443`, ``}, {`%{remote}p`, `51000`, ``}, {`%{Remote}p`, `51000`, ``}, {`%{other}p`, `other`, ``},
		{`%P`, `4711`, ``}, {`%{pid}P`, `4711`, ``}, {`%{tid}P`, `139700`, ``}, {`%{hextid}P`, `7f0e`, ``}, {`%{other}P`, `other`, ``},
		{`%q`, `?a=b`, ``}, {`%q`, ``, ``}, {`%R`, `proxy-server`, ``}, {`%s`, `301`, ``}, {`%<s`, `301`, ``}, {`%s`, `-`, ``},
		{`%u`, `bob smith`, ` `}, {`%u`, `""`, ` `}, {`%U`, `/a b`, ``}, {`%v`, `h.example`, ` `}, {`%V`, `h.example`, ` `},
		{`%X`, `X`, ` range_from= finished=2`}, {`%X`, `+`, ` range_from= finished=1`}, {`%X`, `-`, ` range_from= finished=1`}, {`%c`, `X`, ` range_from= finished=2`},
		{`%{Trailer}^ti`, `-`, ``}, {`%{Trailer}^to`, `a b`, ``}, {`%^FB`, `1234`, ``}, {`%^FU`, `-`, ``},
		{`%{SSL_PROTOCOL}x`, `TLSv1.3`, ``}, {`%{SSL_CIPHER}x`, `-`, ``}, {`%{SSL_CLIENT_S_DN}x`, `CN=a b`, ``}, {`%{version}c`, `TLSv1`, ``},
		{`%!200,304,302{Referer}i`, `-`, ``}, {`%400,501{User-agent}i`, `-`, ``}, {`%!400u`, `bob`, ` `}, {`%200X`, `-`, ``}, {`%200X`, `+`, ` range_from= finished=1`}, {`%>200{Referer}i`, `r`, ` referrer="r"`}, {`%!200D`, `-`, ``}, {`%200D`, `7`, ` duration_us=7`},
		{`%{end}t`, `[10/Oct/2000:13:55:40 -0700]`, ``}, {`%{end:}t`, `[10/Oct/2000:13:55:40 -0700]`, ``}, {`%{end:sec}t`, `971211340`, ``}, {`%{end:msec}t`, `971211340000`, ``},
		{`%{end:%F %T}t`, `2000-10-10 13:55:40`, ``}, {`%{begin:msec_frac}t`, `250`, `.25`}, {`%{usec_frac}t`, `000250`, `.00025`}, {`%{end:usec_frac}t`, `000250`, ``}, {`%{%a %U %V %W %u %w %G %g %C}t`, `Tue 41 41 41 2 2 2000 00 20`, ``},
		{`a\"b\\c\td`, "a\"b\\c\td", ``}, {`\x`, `\x`, ``}, {`\rx`, "\rx", ``},
	} {
		want := is + c.more
		switch {
		case c.directive == `%!400u`, strings.HasPrefix(c.directive, "%u"):
			want = strings.Replace(is, ` time=`, ` user="`+strings.ReplaceAll(c.value, `"`, `\"`)+`" time=`, 1)
		case strings.EqualFold(c.directive, "%v"):
			want = strings.Replace(is, `f `, `f host="h.example" `, 1)
		case strings.HasPrefix(c.more, "."):
			want = strings.Replace(is, ":36", ":36"+c.more, 1)
		case strings.Contains(c.more, "sent="):
			want = is + c.more
		}
		for _, between := range []string{`"`, ``} {
			if between == `` && (c.value == `` || strings.ContainsAny(c.value, `"`) || c.directive == `%q`) {
				continue
			}
			reads(t, `%h %t "%r" %>s %b `+between+c.directive+between+` %k`, `1.2.3.4 `+at+` `+get+` 200 5 `+between+c.value+between+` 0`, want)
		}
	}
}

// TestCompileStrftime: every letter of strftime that can be read in one way.
func TestCompileStrftime(t *testing.T) {
	for _, c := range [][2]string{
		{`%d/%b/%Y:%H:%M:%S %z`, `10/Oct/2000:13:55:36 -0700`}, {`%e/%h/%Y:%H:%M:%S %z`, `10/Oct/2000:13:55:36 -0700`}, {`%Y-%m-%dT%H:%M:%S%z`, `2000-10-10T13:55:36-0700`},
		{`%F %T`, `2000-10-10 20:55:36`}, {`%F %R:%S`, `2000-10-10 20:55:36`}, {`%D %r`, `10/10/00 08:55:36 PM`}, {`%D %I:%M:%S%P`, `10/10/00 08:55:36pm`}, {`%D %l:%M:%S %p`, `10/10/00  8:55:36 PM`},
		{`%c`, `Tue Oct 10 20:55:36 2000`}, {`%x %X`, `10/10/00 20:55:36`}, {`%Ex %EX`, `10/10/00 20:55:36`}, {`%Ec`, `Tue Oct 10 20:55:36 2000`}, {`%EC %EY %Ey-%Om-%Od %OH:%OM:%OS`, `20 2000 00-10-10 20:55:36`},
		{`%Oy-%m-%Oe %k:%M:%S`, `00-10-10 20:55:36`}, {`%Y%m%d %OI:%M:%S %p %Ou %OU %OV %Ow %OW`, `20001010 08:55:36 PM 2 41 41 2 41`},
		{`%A, %d %B %Y %T %Z`, `Tuesday, 10 October 2000 20:55:36 UTC`}, {`%a, %d %b %Y %T GMT`, `Tue, 10 Oct 2000 20:55:36 GMT`}, {`%j %F %T`, `284 2000-10-10 20:55:36`}, {`%s`, `971211336`}, {`%F%t%T%%`, "2000-10-10\t20:55:36%"},
	} {
		want := `f client="1.2.3.4"` + strings.Replace(atIs, "13:55:36-07:00", "20:55:36+00:00", 1) + isG + ` status=200 bytes=5`
		if strings.HasSuffix(c[1], "-0700") {
			want = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
		}
		reads(t, `%h [%{`+c[0]+`}t] "%r" %>s %b "%f"`, `1.2.3.4 [`+c[1]+`] `+get+` 200 5 "/a"`, want)
	}
	reads(t, `%h %{%e/%b/%Y:%T %z}t "%r" %>s %b`, `1.2.3.4  7/Oct/2000:13:55:36 -0700 `+get+` 200 5`, `f client="1.2.3.4" time=2000-10-07T13:55:36-07:00`+isG+` status=200 bytes=5 number_at_end`)
	reads(t, `%h %{%d/%b/%Y:%T %z}t "%r" %>s %b`, `1.2.3.4  7/Oct/2000:13:55:36 -0700 `+get+` 200 5`, `<bad_time>`)
	for _, c := range [][2]string{
		{`%n`, "breaks the line"}, {`%-d/%m`, "flag of glibc"}, {`%^b`, "flag of glibc"}, {`%Ed`, "no such letter behind E"}, {`%Ox`, "no such letter behind O"}, {`%E`, "no such letter"}, {`%`, "ends in its middle"}, {`%N`, "usec_frac"}, {`%+`, "not supported"},
	} {
		if _, err := CompileFormat(`%h %t %{` + c[0] + `}t "%r" %>s %b`); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", c[0], err, c[1])
		}
	}
}

// TestCompileVariables: every variable of ngx_http_core_module that a log_format
// may name, and others' that are in wide use.
func TestCompileVariables(t *testing.T) {
	const is = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
	for _, c := range []struct{ variable, value, more string }{
		{`$arg_name`, `a b`, ``}, {`$args`, `a=b`, ``}, {`$args`, `-`, ``}, {`$query_string`, `-`, ``}, {`$is_args`, `?`, ``}, {`$is_args`, ``, ``}, {`$body_bytes_sent`, `5`, ``}, {`$bytes_sent`, `305`, ` sent=305`},
		{`$connection`, `7`, ``}, {`$connection_requests`, `1`, ``}, {`$connection_time`, `0.003`, ``}, {`$content_length`, `-`, ``}, {`$content_type`, `text/plain; a`, ``}, {`$cookie_a`, `-`, ``}, {`$document_root`, `/srv`, ``}, {`$document_uri`, `/a`, ``},
		{`$hostname`, `nas`, ``}, {`$http_accept`, `*/*`, ``}, {`$http_referer`, `r`, ` referrer="r"`}, {`$http_user_agent`, `u`, ` agent="u"`}, {`$http_range`, `bytes=2-6`, ` range_start=2 range_end=6 range_from=request_range finished=0`},
		{`$https`, `on`, ``}, {`$https`, ``, ``}, {`$http2`, `h2`, ``}, {`$http2`, ``, ``}, {`$http3`, ``, ``}, {`$limit_rate`, `0`, ``}, {`$msec`, `971211336.250`, ``}, {`$nginx_version`, `1.26.0`, ``}, {`$pid`, `9`, ``}, {`$pipe`, `p`, ``}, {`$pipe`, `.`, ``},
		{`$proxy_protocol_addr`, `9.9.9.9`, ``}, {`$proxy_protocol_port`, `51000`, ``}, {`$realip_remote_addr`, `9.9.9.9`, ``}, {`$realpath_root`, `/srv`, ``}, {`$remote_port`, `51000`, ``}, {`$remote_port`, ``, ``},
		{`$request_body`, `a b`, ``}, {`$request_completion`, `OK`, ` range_from= finished=1`}, {`$request_completion`, ``, ` range_from= finished=2`}, {`$request_filename`, `/srv/a b`, ``}, {`$request_id`, `0af3`, ``}, {`$request_length`, `99`, ``}, {`$request_method`, `GET`, ``},
		{`$request_time`, `1.250`, ` duration_us=1250000`}, {`$request_uri`, `/a?b`, ``}, {`$scheme`, `https`, ``}, {`$sent_http_content_range`, `bytes 2-6/9`, ` object_size=9 range_start=2 range_end=6 range_from=content_range finished=0`}, {`$sent_http_content_length`, `9`, ` object_size=9`}, {`$sent_trailer_a`, `-`, ``},
		{`$server_addr`, `10.0.0.5`, ``}, {`$server_port`, `443`, ``}, {`$server_port`, ``, ``}, {`$server_protocol`, `HTTP/2.0`, ``}, {`$tcpinfo_rtt`, `27`, ``}, {`$tcpinfo_rttvar`, `9`, ``}, {`$tcpinfo_snd_cwnd`, `10`, ``}, {`$tcpinfo_rcv_space`, `43690`, ``},
		{`$time_iso8601`, `2000-10-10T13:55:40-07:00`, ``}, {`$uri`, `/a b`, ``}, {`$gzip_ratio`, `-`, ``}, {`$gzip_ratio`, `3.14`, ``}, {`$ssl_protocol`, `TLSv1.3`, ``}, {`$ssl_cipher`, `-`, ``}, {`$geoip_country_code`, `SE`, ``},
		{`$upstream_addr`, `10.0.0.1:80, unix:/s : 10.0.0.2:80`, ``}, {`$upstream_response_time`, `0.001, - : 0.2`, ``}, {`$upstream_status`, `502, 200`, ``}, {`$upstream_cache_status`, `HIT`, ``}, {`$upstream_http_etag`, `-`, ``}, {`$proxy_add_x_forwarded_for`, `9.9.9.9, 1.2.3.4`, ` forwarded="9.9.9.9, 1.2.3.4"`},
		{`${request_id}`, `0af3`, ``}, {`$anything_else`, `a, b`, ``},
	} {
		for _, quote := range []string{`"`, ``} {
			if quote == `` && c.value == `` {
				continue
			}
			reads(t, `$remote_addr [$time_local] "$request" $status $body_bytes_sent `+quote+c.variable+quote+` $pid`, `1.2.3.4 `+at+` `+get+` 200 5 `+quote+c.value+quote+` 9`, is+c.more)
		}
	}
	for _, c := range [][2]string{{`$host`, `h.example`}, {`$server_name`, `h.example`}, {`$http_host`, `h.example:8080`}} {
		reads(t, c[0]+` $remote_addr [$time_local] "$request" $status $body_bytes_sent "$pid"`, c[1]+` 1.2.3.4 `+at+` `+get+` 200 5 "9"`, `f host="h.example"`+is[1:])
	}
}

// TestCompileJoined: a host and a target with nothing between them.
func TestCompileJoined(t *testing.T) {
	const head, tail = `$remote_addr [$time_local] `, ` $status $body_bytes_sent "$pid"`
	is := func(host, target string) string {
		if host != "" {
			host = ` host="` + host + `"`
		}
		return `f` + host + ` client="1.2.3.4"` + atIs + ` method="GET"` + target + ` status=200 bytes=5`
	}
	test := func(format, value, want string) {
		t.Helper()
		reads(t, head+format+tail, `1.2.3.4 `+at+` `+value+` 200 5 "9"`, want)
	}
	test(`"$request_method $host$request_uri"`, `"GET h.example/a/b?c=/d"`, is("h.example", ` target="/a/b?c=/d"`))
	test(`"$request_method $host$request_uri"`, `"GET h.example-"`, is("h.example", ``))
	test(`"$request_method $host$request_uri"`, `"GET /a"`, is("", ` target="/a"`)) // no server_name
	test(`"$request_method $host$request_uri"`, `"GET h.example"`, `<bad_request>`)
	test(`"$request_method $host$request_uri"`, `"GET http://h.example/a"`, `<bad_request>`) // where does the host end?
	test(`$request_method $scheme://$host$request_uri $server_protocol`, `GET https://h.example/a://b HTTP/1.1`, is("h.example", ` target="/a://b" protocol="HTTP/1.1"`))
	test(`$request_method $scheme://$host:$server_port$request_uri $server_protocol`, `GET https://h.example:443/a:1/b HTTP/1.1`, is("h.example", ` target="/a:1/b" protocol="HTTP/1.1"`))
	test(`$request_method "$host$uri$is_args$args"`, `GET "h.example/a b-"`, is("h.example", ` target="/a b"`))
	test(`$request_method "$host$uri$is_args$args"`, `GET "h.example/a%b?c=d-"`, is("h.example", ` target="/a%25b?c=d-"`))
	test(`$request_method "$server_name$uri"`, `GET "h.example/a-"`, is("h.example", ` target="/a-"`))
	test(`$request_method "$uri$is_args$args"`, `GET "/a--"`, is("", ` target="/a-"`))
	test(`$request_method "$uri?$args"`, `GET "/a?-"`, is("", ` target="/a"`))
	reads(t, `%h %t %m "%v%U%q" %>s %b %k`, `1.2.3.4 `+at+` GET "h.example/a b?c" 200 5 0`, is("h.example", ` target="/a b?c"`))
	reads(t, `%h %t %m "%V%U" %>s %b %k`, `1.2.3.4 `+at+` GET "h.example*" 200 5 0`, is("h.example", ` target="*"`))
	reads(t, `%h %t "%r" "%v%U" %>s %b %k`, `1.2.3.4 `+at+` `+get+` "h.example/b" 200 5 0`, is("h.example", ` target="/a" protocol="HTTP/1.1"`))
	reads(t, `escape=json `+head+`$request_method "$host$request_uri"`+tail, `1.2.3.4 `+at+` GET "h.example" 200 5 "9"`, is("h.example", ``))
	for _, c := range [][2]string{
		{head + `$request_method "$http_host$request_uri"` + tail, "$http_host is what the client sent, which may hold a slash"},
		{`%h %t %m "%{Host}i%U" %>s %b`, "%{Host}i is what the client sent"},
		{head + `$request_method "$http_cookie$request_uri"` + tail, "a host or port could stand there"},
		{head + `$request_method "$request_uri$host"` + tail, "nothing stands between $request_uri and $host"},
	} {
		if _, err := CompileFormat(c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", c[0], err, c[1])
		}
	}
}

// TestCompileOdd: what hostile clients and odd servers write.
func TestCompileOdd(t *testing.T) {
	const is = `f client="1.2.3.4"` + atIs + isG + ` status=200 bytes=5`
	// An empty user, as nginx writes it for none without escapes or with those of JSON.
	for escape, end := range map[string]string{"json": ``, "none": ` text_at_end`} {
		reads(t, `escape=`+escape+` $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"`, `1.2.3.4 -  `+at+` `+get+` 200 5 "r"`, is+` referrer="r"`+end)
	}
	// Raw controls are part of a word, as for the hand-tuned path.
	reads(t, `%h %l %u %t "%r" %>s %b "%f"`, "1.2.3.4 a\x10\tb - "+at+` `+get+` 200 5 "f"`, is)
	reads(t, "%h\t%l\t%u\t%t\t\"%r\"\t%>s\t%b\t%f", "1.2.3.4\ta\x10b\t-\t"+at+"\t"+get+"\t200\t5\tf", is)
	// A protocol with spaces, which httpd before 2.4.25 took from the client, moves no field.
	reads(t, `%h %t %m %U %H %>s %b %{Referer}i`, `1.2.3.4 `+at+` GET /a HTTP/1.1 200 5 r`, is+` referrer="r" text_at_end`)
	reads(t, `%h %t %m %U %H %>s %b %{Referer}i`, `1.2.3.4 `+at+` GET /a HTTP/1.1 200 5 404 12 r`, `<ambiguous>`)
	// The quote behind the user may be the first of the two of an empty one.
	reads(t, `%{Cookie}i %u "%{Referer}i" "%f" %h %t "%r" %>s %b "%k"`, `c u "" "x" 1.2.3.4 `+at+` `+get+` 200 5 "0"`, `<ambiguous>`)
	reads(t, `%{Cookie}i %u "%{Referer}i" "%f" %h %t "%r" %>s %b "%k"`, `c u "r" "x" 1.2.3.4 `+at+` `+get+` 200 5 "0"`, `f client="1.2.3.4" user="u"`+atIs+isG+` status=200 bytes=5 referrer="r"`)
	// A text that holds what stands behind it.
	reads(t, `%h %t %H/%m "%U" %>s %b "%k"`, `1.2.3.4 `+at+` HTTP/1.1/GET "/a" 200 5 "0"`, `<ambiguous>`) // two ways
	reads(t, `%h %t %m "%U" %f %H/%>s %b "%k"`, `1.2.3.4 `+at+` GET "/a" f HTTP/1.1/200 5 "0"`, is)
	// Where texts end the line a part of it may look whole: "HTTP/1.1 -" for what was "HTTP/1.1 - 362".
	for format, open := range map[string]bool{
		`%h %t %r %l %>s`: true, `%h %t "%r" %>s %b %f`: false, `%h %t "%r" %>s %f %b %k`: true, `%h %t "%r" %>s %f %b`: false, "%h\t%t\t%r\t%>s\t%b\t%f": false, `%h %t "%r" %>s %b`: false, `%h %t %r "%>s"`: false, `%f %h %t %>s %r %X`: true,
	} {
		if p := Only(mustCompile(t, format)).NewParser().(*compiledParser); p.open != open {
			t.Errorf("%s: open %v", format, p.open)
		}
	}
	// A time that does not fit.
	reads(t, `$msec $remote_addr "$request" $status $body_bytes_sent "$pid"`, `9223372036854.999999 1.2.3.4 `+get+` 200 5 "9"`, `<bad_time>`)
	reads(t, `%{sec}t.%{usec_frac}t %h "%r" %>s %b "%k"`, `9223372036854.999999 1.2.3.4 `+get+` 200 5 "0"`, `<bad_time>`)
	// A line break at the end of a format makes an empty line behind each record.
	reads(t, `%h %t "%r" %>s "%b"\r\n`, `1.2.3.4 `+at+` `+get+` 200 "5"`, is)
}
