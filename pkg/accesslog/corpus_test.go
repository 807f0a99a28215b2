package accesslog

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpus is a folder of other projects' sample logs. It stands beside the
// repository and is no part of it.
const corpus = "../../../shared/corpus"

// corpusFile reads a file of the corpus, or skips the test.
func corpusFile(t *testing.T, name string) []byte {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("no corpus of sample logs at %s", corpus)
	}
	data, err := os.ReadFile(filepath.Join(corpus, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	switch filepath.Ext(name) {
	case ".gz":
		r, err = gzip.NewReader(r)
	case ".bz2":
		r = bzip2.NewReader(r)
	}
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// corpusSums is what a file of the corpus comes to.
type corpusSums struct {
	reading                 string
	lines, blank, comments  int
	records, cut, unescaped int
	bytes                   int64
	rejects                 map[Reason]int
	outcomes                []string // of the lines that are neither blank nor comments
	clients                 map[string]int
	methods                 map[string]int
	statuses                map[int16]int
}

// readCorpus reads a file as it is detected, or as it is named: see
// ReadingByName. Of an unknown one every line is a reject.
func readCorpus(t *testing.T, name string, named ...string) corpusSums {
	t.Helper()
	data := corpusFile(t, name)
	reading := Detect(data).Reading
	for _, n := range named {
		var err error
		if reading, err = ReadingByName(n); err != nil {
			t.Fatal(err)
		}
	}
	s := corpusSums{reading: reading.Name(), rejects: map[Reason]int{}, clients: map[string]int{}, methods: map[string]int{}, statuses: map[int16]int{}}
	p := reading.NewParser()
	var r Record
	walk := NewLines(data)
	for line, ok := walk.Next(); ok; line, ok = walk.Next() {
		s.lines++
		text := SkipNUL(SkipMark(line.Text))
		reason := ReasonUnknownFormat
		switch {
		case Blank(text):
			s.blank++
			continue
		case p == nil:
		case Comment(text):
			if d, ok := p.(Director); ok {
				d.Directive(text)
			}
			s.comments++
			continue
		default:
			reason = p.Parse(text, &r)
		}
		if reason == ReasonHeader {
			s.comments++
			continue
		}
		s.outcomes = append(s.outcomes, outcome(&r, reason))
		if reason != ReasonNone {
			s.rejects[reason]++
			continue
		}
		s.records++
		s.clients[string(r.Client)]++
		s.methods[string(r.Method)]++
		s.statuses[r.Status]++
		if r.Bytes != None {
			s.bytes += r.Bytes
		}
		if r.Flags&FlagCutOff != 0 {
			s.cut++
		}
		if r.Flags&FlagUnescapedQuote != 0 {
			s.unescaped++
		}
	}
	rejected := 0
	for _, n := range s.rejects {
		rejected += n
	}
	if s.lines != s.records+rejected+s.blank+s.comments {
		t.Errorf("%s: %d lines are not %d records, %d rejects, %d blank, %d comments", name, s.lines, s.records, rejected, s.blank, s.comments)
	}
	return s
}

// TestCorpusNamed: formats of their own, which detection does not know, are
// read by the string that wrote them.
func TestCorpusNamed(t *testing.T) {
	// LogFormat of examples/apache_common.mtail: the number behind %b is a time.
	s := readCorpus(t, "mtail/apache-common.log", `%h %l %u %t "%r" %>s %b %D "%{Referer}i" "%{User-agent}i"`)
	if s.records != 3 || s.bytes != 1880+19 || s.statuses[304] != 1 || s.clients["192.168.74.9"] != 2 || s.clients["2001:db8::1"] != 1 {
		t.Errorf("mtail common: %+v", s)
	}
	// The fields of examples/lighttpd.mtail: proxied_for request_ip authuser …
	// bytes_body bytes_in bytes_out time_taken.
	s = readCorpus(t, "mtail/lighttpd_access.log", `%{X-Forwarded-For}i %h %u %t "%r" %>s %b %I %O %T "%{Referer}i" "%{User-Agent}i"`)
	if s.records != 19 || s.lines != 19 || s.clients["192.0.2.5"] != 16 || s.clients["127.0.0.1"] != 3 || s.methods["HEAD"] != 3 || s.statuses[304] != 3 {
		t.Errorf("mtail lighttpd: %+v", s)
	}
	const first = ` client="192.0.2.5" time=2010-04-08T20:43:02-07:00 method="GET" target="/group.cache.asc" protocol="HTTP/1.0" ` +
		`status=200 bytes=191 sent=464 duration_us=1000000 agent="nsscache_0.12" forwarded="198.51.100.71"`
	if got := strings.TrimPrefix(s.outcomes[0], s.reading); got != first {
		t.Errorf("mtail lighttpd\ngot  %s\nwant %s", got, first)
	}
	// The format and the counts of netdata's weblog_test.go.
	s = readCorpus(t, "netdata/full.log", `$host:$server_port $remote_addr - - [$time_local] "$request" $status $body_bytes_sent $request_length $request_time `+
		`$upstream_response_time $scheme $ssl_protocol $ssl_cipher $side $drink $random_time_field`)
	if s.records != 452 || s.lines-s.records != 48 || s.bytes != 1373185 || fmt.Sprint(s.methods) != "map[GET:156 HEAD:150 POST:146]" {
		t.Errorf("netdata full: %d records of %d, %d bytes, %v, %v", s.records, s.lines, s.bytes, s.methods, s.rejects)
	}
}

func TestCorpusPlaso(t *testing.T) {
	s := readCorpus(t, "plaso/apache_access.log")
	if s.cut != 1 || s.unescaped != 2 {
		t.Errorf("%d cut off, %d with unescaped quotes", s.cut, s.unescaped)
	}
	line := func(n int, want string) {
		t.Helper()
		if got := s.outcomes[n-1]; got != want {
			t.Errorf("line %d\ngot  %s\nwant %s", n, got, want)
		}
	}
	line(7, `combined client="120.202.255.147" time=2015-05-17T16:05:39+00:00 method="GET" target="/files/logstash/logstash-1.1.0-monolithic.jar" `+
		`protocol="HTTP/1.1" status=304 agent="Mozilla/5.0 Gecko/20100115 Firefox/3.6"`)
	line(8, `combined client="46.118.127.106" time=2015-05-20T12:05:17+00:00 method="GET" target="/scripts/grok-py-test/configlib.py" `+
		`protocol="HTTP/1.1" status=200 bytes=235 flags=cut_off`)
	line(13, `common client="1.2.3.4" time=2021-04-25T06:15:33+00:00 method="GET" `+
		`target="/aaaa.xxxx/SomeText?action=edit&template=<script>alert(\"text\")</script>" protocol="HTTP/1.0" status=404 bytes=1164 flags=unescaped_quote number_at_end`)
	line(15, `common client="192.168.0.64" user="pyllyukko@EXAMPLE.COM" time=2019-11-16T09:46:42+02:00 method="GET" target="/" `+
		`protocol="HTTP/1.1" status=200 bytes=8264 number_at_end`)
}

func TestCorpusSums(t *testing.T) {
	s := readCorpus(t, "netdata/common.log")
	if s.bytes != 1388056 || s.clients["2001:db8:2ce:1"] == 0 {
		t.Errorf("netdata common.log: %d bytes, clients %v", s.bytes, s.clients)
	}
	s = readCorpus(t, "mtail/apache-combined.log")
	if s.clients["2001:db8::1"] != 1 || s.bytes != 28+925+775+874 || s.statuses[304] != 1 {
		t.Errorf("mtail combined: %d bytes, clients %v", s.bytes, s.clients)
	}
	s = readCorpus(t, "lnav/logfile_shop_access_log.0")
	if s.bytes != 18963364 || len(s.clients) != 101 || s.statuses[200] != 938 || s.statuses[304] != 7 {
		t.Errorf("lnav shop: %d bytes, %d clients, %v", s.bytes, len(s.clients), s.statuses)
	}
	if !bytes.Equal(corpusFile(t, "lnav/logfile_access_log.0"), corpusFile(t, "lnav/logfile_access_log_dupe.0")) {
		t.Error("lnav: the same file twice is not the same")
	}
	s = readCorpus(t, "lnav/logfile_bad_access_log.0")
	if s.outcomes[1] != "<missing_fields>" {
		t.Errorf("lnav without ident and user: %s", s.outcomes[1])
	}
	s = readCorpus(t, "lnav/logfile_access_log.1")
	if want := `combined client="10.112.81.15" time=2013-02-15T06:00:31+00:00 status=400 bytes=0`; s.outcomes[0] != want {
		t.Errorf("lnav request of a hyphen: %s", s.outcomes[0])
	}
	s = readCorpus(t, "matomo/common_vhost.log")
	if want := `vhost_common host="www.example.com" client="1.2.3.4" user="theuser" time=2012-02-10T16:42:07-05:00 method="GET" target="/" protocol="HTTP/1.0" status=301 bytes=368 number_at_end`; s.outcomes[0] != want {
		t.Errorf("matomo common_vhost: %s", s.outcomes[0])
	}
	if utf8.Valid(corpusFile(t, "matomo/common_encoding_big5.log")) {
		t.Error("matomo: Big5 is valid UTF-8")
	}
	s = readCorpus(t, "awstats/testglobal.log")
	if s.clients["80.8.55.1"] != 16 || s.clients["80.8.55.7"] != 2 || s.cut != 0 || s.unescaped != 0 {
		t.Errorf("awstats: clients %v, %d cut, %d unescaped", s.clients, s.cut, s.unescaped)
	}
	s = readCorpus(t, "mtail/vsftpd_xferlog")
	if fmt.Sprint(s.methods) != "map[STOR:10]" {
		t.Errorf("mtail xferlog: uploads only, not %v", s.methods)
	}
	// TLS handshakes and other bytes that are no request: no method, an error.
	s = readCorpus(t, "crowdsec/apache2-malformed.log")
	if s.methods[""] == 0 || s.statuses[200] != 0 {
		t.Errorf("crowdsec malformed: %v, %v", s.methods, s.statuses)
	}
}

func TestCorpusJSON(t *testing.T) {
	line := func(name string, n int, want string) {
		t.Helper()
		if got := readCorpus(t, name).outcomes[n-1]; got != want {
			t.Errorf("%s line %d\ngot  %s\nwant %s", name, n, got, want)
		}
	}
	const firefox = `agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0"`
	line("matomo/caddy_json.log", 1, `caddy host="example.com" client="1.2.3.4" time=2023-12-23T23:17:54.815561+00:00 method="GET" target="/beta/" `+
		`protocol="HTTP/2.0" status=200 bytes=3609 duration_us=1335 `+firefox+` flags=content_coded`)
	line("crowdsec/caddy-logs.log", 10, `caddy host="localhost" client="127.0.0.1" user="Bob" time=2024-03-29T19:51:04.947103+00:00 method="GET" target="/" `+
		`protocol="HTTP/1.1" status=200 bytes=18630 object_size=18630 duration_us=794682 agent="curl/7.88.1" range_from= finished=1`)
	line("crowdsec/caddy-logs.log", 11, `caddy time=2025-03-19T16:12:33.054756+00:00`)
	line("matomo/traefik_json.log", 1, `traefik_json host="localhost" client="172.20.0.1" time=2023-08-11T11:39:21.77336+00:00 method="GET" `+
		`target="/my/app/auth?id=1234&user=dude" protocol="HTTP/1.1" status=200 bytes=15 duration_us=10002425 referrer="www.example.com" agent="Prometheus/2.40.5" forwarded="1.2.3.4"`)
	line("crowdsec/traefik_json.log", 7, `traefik_json host="example.com" client="172.71.122.85" time=2025-11-28T09:21:55.645779+00:00 method="OPTIONS" `+
		`target="/_matrix/client/v3/sync" protocol="HTTP/2.0" status=204 bytes=0 duration_us=2337 forwarded="192.168.1.100,10.0.0.50"`)
}

// TestCorpusW3C: lines for which the list of the corpus names a difficulty.
func TestCorpusW3C(t *testing.T) {
	line := func(name string, n int, want string) {
		t.Helper()
		if got := readCorpus(t, name).outcomes[n-1]; got != want {
			t.Errorf("%s line %d\ngot  %s\nwant %s", name, n, got, want)
		}
	}
	// #GMT-Offset
	line("lnav/logfile_w3c.1", 1, `w3c client="64.103.37.2" user="DMS.user" time=2001-10-31T00:00:18-08:00 method="GET" target="/admin/images/oc_bottomleft.gif" `+
		`status=200 referrer="http://www.oracle.com/nl/partner/content.html" agent="Mozilla/4.5 [en] (WinNT; I)"`)
	// Times only, with FTP verbs; the last is of the next day, by its #Date.
	line("lnav/logfile_w3c.2", 6, `iis_ftp client="1.1.1.1" time=2000-10-09T16:48:35+00:00 method="RETR" target="/user/test.c" status=226 range_from= finished=1`)
	line("lnav/logfile_w3c.2", 14, `iis_ftp client="1.1.1.1" time=2000-10-10T16:48:05+00:00 status=226`)
	// Quoted values with spaces and quotes; a client that was not logged.
	line("lnav/logfile_w3c.3", 2, `<bad_client>`)
	line("lnav/logfile_w3c.3", 3, `iis_local host="hello.example.com" client="173.5.0.0" time=2012-08-15T17:00:00.675+00:00 method="GET" target="/hello/world/6,681965" status=404 `+
		`duration_us=359000 agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10_10_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/37.0.2062.124 Safari/537.36"`)
	// Quoted dates.
	line("lnav/logfile_w3c.4", 2, `w3c host="www.example.com" client="125.125.125.125" time=2017-06-26T18:21:17+00:00 method="GET" target="/rss/news" protocol="HTTP" `+
		`agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10.10; rv:45.0) Gecko/20100101 Thunderbird/45.8.0 Lightning/4.7.8" forwarded="125.125.125.125"`)
	// Bytes beyond ASCII.
	line("lnav/logfile_w3c.6", 1, `iis client="157.55.39.146" time=2015-01-13T00:32:17+00:00 method="GET" target="/robots.txt" status=404 bytes=1405 duration_us=283000 `+
		`agent="ÄÖÜäöü\\ßßßMözillä/5.0+(compatible;+bingbot/2.0;++http://www.bing.com/bingbot.htm)"`)
	// The date from #Date; DOMAIN\user.
	line("plaso/iis/iis_without_date.log", 1, `iis client="10.10.10.100" time=2013-07-30T00:00:00+00:00 method="GET" target="/some/image/path/something.jpg" protocol="HTTP/1.1" `+
		`status=200 agent="Mozilla/4.0+(compatible;+Win32;+WinHttp.WinHttpRequest.5)"`)
	line("plaso/iis/iis10_edge_cases.log", 1, `iis client="::1" user="random\\ranuser1" time=2022-01-01T00:01:24+00:00 method="POST" `+
		`target="/powershell?clientApplication=ActiveMonitor;PSVersion=5.1.14393.4467" status=200 duration_us=15000 agent="Microsoft+WinRM+Client"`)
	// The date is that of #Date.
	line("plaso/iis/iis_without_date.log", 2, `iis client="22.22.22.200" time=2013-07-30T00:00:03+00:00 method="GET" target="/some/image/path/something.htm" protocol="HTTP/1.1" status=404 `+
		`agent="Mozilla/5.0+(Macintosh;+Intel+Mac+OS+X+10_6_8)+AppleWebKit/534.57.2+(KHTML,+like+Gecko)+Version/5.1.7+Safari/534.57.2"`)
	// The header comes four times; this is behind the last.
	line("netdata/u_ex221107.log", 152, `iis client="::1" time=2022-11-07T16:49:24+00:00 method="GET" target="/" status=200 duration_us=0 `+
		`agent="Mozilla/5.0+(Windows+NT;+Windows+NT+10.0;+en-US)+WindowsPowerShell/5.1.20348.859"`)
	line("lnav/logfile_w3c.2", 8, `iis_ftp client="1.1.1.1" time=2000-10-09T16:48:41+00:00 method="STOR" target="/fileid.diz" status=226`)
	// Date and time in quotes too; #Date is 28/Jun/2017.
	line("matomo/incapsula_w3c.log", 2, `w3c host="www.example.com" client="125.125.125.125" time=2017-06-26T18:21:17+00:00 method="GET" target="/rss/news" protocol="HTTP" `+
		`agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10.10; rv:45.0) Gecko/20100101 Thunderbird/45.8.0 Lightning/4.7.8" forwarded="125.125.125.125"`)
	line("matomo/netscaler.log", 1, `w3c client="172.20.1.0" time=2012-08-16T11:55:13+00:00 method="GET" target="/Citrix/XenApp/Wan/auth/login.jsp" protocol="HTTP/1.1" status=302 bytes=355 `+
		`agent="Mozilla/4.0+(compatible;+MSIE+7.0;+Windows+NT+5.1;+Trident/4.0;+.NET+CLR+1.1.4322;+.NET+CLR+2.0.50727;+.NET+CLR+3.0.04506.648;+.NET+CLR+3.5.21022)"`)
	line("matomo/amazon_cloudfront_web.log", 1, `cloudfront host="example.com" client="192.0.2.10" time=2014-05-23T01:13:11+00:00 method="GET" target="/view/my/file.html" protocol="HTTP/1.1" status=200 bytes=182 `+
		`duration_us=1000 referrer="https://example.com/" agent="Mozilla/5.0%2520(Windows;%2520U;%2520Windows%2520NT%25206.1;%2520de-DE)%2520AppleWebKit/534.17%2520(KHTML,%2520like%2520Gecko)%2520Chrome/10.0.649.0%2520Safari/534.17"`)
}
