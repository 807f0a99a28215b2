package accesslog

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// stockFormats are formats in wide use, by name.
var stockFormats = map[string]string{
	"common":         `%h %l %u %t "%r" %>s %b`,
	"combined":       `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	"vhost_common":   `%v %h %l %u %t "%r" %>s %b`,
	"vhost_combined": `%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`,
	"combinedio":     `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`,
	"nginx_combined": nginxCombinedText,
	"nginx_main":     nginxMainText,
}

// timedFormats are the shapes that are timed, those of servers' documentation,
// of distributions' configurations and of guides. Each is read with the same
// requests.
var timedFormats = []string{
	`%h %l %u %t "%r" %>s %b`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`,
	`%v %h %l %u %t "%r" %>s %b`,
	`%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`,
	`%h %V %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D %X %O %I`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Range}i" "%{Content-Range}o"`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Range}i" "%{Content-Range}o" %{Content-Length}o %X %D`,
	`%h %l %u %t "%r" %>s %b "%!200,304,302{Referer}i" "%{User-Agent}i" %{ms}T`,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Cookie}i" %T`,
	`%h %l %u %t %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b`,
	`%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %>s %b "%{User-Agent}i"`,
	`%{X-Forwarded-For}i %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %{X-Forwarded-For}i %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`"%{X-Forwarded-For}i" %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u %t "%m %U%q %H" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u [%{%d/%b/%Y:%T}t %{%z}t] "%m %U%q %H" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %t %m %U %q %H %>s %b`,
	`%h %l %u [%{%d/%m/%Y %T %z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u [%{%F %T}t.%{usec_frac}t %{%z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	`%h %l %u %{%Y-%m-%dT%H:%M:%S%z}t "%r" %>s %b`,
	`%{%a %b %d %T %Y}t %h "%r" %>s %b "%{User-Agent}i"`,
	`%{%F}t %{%T}t %h %m %U %q %>s %b "%{User-Agent}i"`,
	`%{sec}t %h "%r" %>s %b`,
	`%{msec}t %h "%r" %>s %b %D`,
	`%{usec}t %h "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	"%h\t%l\t%u\t%t\t%r\t%>s\t%b\t%{Referer}i\t%{User-Agent}i",
	`%h|%t|%r|%>s|%b|%{Referer}i|%{User-Agent}i`,
	`%a %{c}a %A %p %P %k %{end:usec}t %t "%r" %s %>s %B %f %R`,

	nginxCombinedText,
	nginxMainText,
	`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i"`,
	nginxMainText + ` $request_time $upstream_response_time`,
	nginxMainText + ` rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"`,
	nginxCombinedText + ` $request_length $request_time [$proxy_upstream_name] [] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $request_id`,
	nginxCombinedText + ` "$http_range" "$sent_http_content_range" $request_completion`,
	`escape=json ` + nginxCombinedText,
	`escape=none ` + nginxCombinedText,
	`$http_x_forwarded_for - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
	`$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
	`$remote_addr - $remote_user [$time_local] "$request_method $scheme://$host$request_uri $server_protocol" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
	`$remote_addr - $remote_user [$time_local] $host "$request_method $uri$is_args$args $server_protocol" $status $body_bytes_sent`,
	`$remote_addr - $remote_user [$time_iso8601] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
	`$msec $remote_addr "$request" $status $bytes_sent`,
	`$time_iso8601	$remote_addr	$host	$request_method	$request_uri	$status	$body_bytes_sent	$request_time	$http_user_agent`,
	`$remote_addr|$time_local|$request|$status|$body_bytes_sent|$http_user_agent`,
}

func mustCompile(t testing.TB, s string) *Format {
	t.Helper()
	f, err := CompileFormat(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// BenchmarkCompiled reads what compiled formats write, beside the hand-tuned
// path on combined or, where no user agent is logged, common lines of the same
// requests. x-hand is how many times as long a byte takes: it must not be over
// 1.5. Both are timed in turn, so that what else the machine does hits both.
func BenchmarkCompiled(b *testing.B) {
	requests := servedRequests(4000)
	hand := func(name string) *timed {
		return &timed{p: anyCLF().NewParser(), data: writtenLog(stockFormats[name], requests), lines: len(requests)}
	}
	combined, common := hand("combined"), hand("common")
	for _, s := range timedFormats {
		b.Run(strings.ReplaceAll(s, "/", "∕"), func(b *testing.B) {
			made := &timed{p: Only(mustCompile(b, s)).NewParser(), data: writtenLog(s, requests), lines: len(requests)}
			hand := common
			if strings.Contains(strings.ToLower(s), "user") && strings.Contains(strings.ToLower(s), "agent") {
				hand = combined
			}
			hand.spent, made.spent = make([]time.Duration, 0, 1<<14), make([]time.Duration, 0, 1<<14)
			b.ReportAllocs()
			for b.Loop() {
				hand.read(b)
				made.read(b)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(made.nsPerByte()/hand.nsPerByte(), "x-hand")
			b.ReportMetric(1e3/made.nsPerByte(), "MB/s")
			b.ReportMetric(made.nsPerByte()*float64(len(made.data))/float64(made.lines), "ns/line")
		})
	}
}

// timed is a log and its parser.
type timed struct {
	p     Parser
	r     Record
	data  []byte
	lines int
	spent []time.Duration
}

func (t *timed) read(b *testing.B) {
	start := time.Now()
	n := parseAll(t.p, &t.r, t.data)
	if len(t.spent) < cap(t.spent) {
		t.spent = append(t.spent, time.Since(start))
	}
	if n != t.lines {
		b.Fatalf("%d of %d lines were read, as %s", n, t.lines, t.data[:bytes.IndexByte(t.data, '\n')])
	}
}

// nsPerByte is the tenth part from below: what else a machine does only adds.
func (t *timed) nsPerByte() float64 {
	slices.Sort(t.spent)
	return float64(t.spent[len(t.spent)/10].Nanoseconds()) / float64(len(t.data))
}
