package accesslog

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
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
	return data
}

// corpusSums is what a file of the corpus comes to.
type corpusSums struct {
	main                    string
	lines, blank, comments  int
	records, cut, unescaped int
	bytes                   int64
	rejects                 map[Reason]int
	outcomes                []string // of the lines that are neither blank nor comments
	clients                 map[string]int
}

func readCorpus(t *testing.T, name string) corpusSums {
	t.Helper()
	data := corpusFile(t, name)
	s := corpusSums{main: "unknown", rejects: map[Reason]int{}, clients: map[string]int{}}
	reading := Detect(data).Reading
	p := reading.NewParser()
	if p == nil {
		p = anyCLF().NewParser()
	} else {
		s.main = reading.Main.Name
	}
	var r Record
	walk := NewLines(data)
	for line, ok := walk.Next(); ok; line, ok = walk.Next() {
		s.lines++
		text := SkipNUL(line.Text)
		switch {
		case Blank(text):
			s.blank++
			continue
		case Comment(text):
			if d, ok := p.(Director); ok {
				d.Directive(text)
			}
			s.comments++
			continue
		}
		reason := p.Parse(text, &r)
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

// TestCorpus: main format, lines, records and rejects of the files that are of
// the family, and of some that are not.
func TestCorpus(t *testing.T) {
	test := func(name, main string, lines, records int, rejects map[Reason]int) {
		t.Helper()
		s := readCorpus(t, name)
		if s.main != main || s.lines != lines || s.records != records || fmt.Sprint(s.rejects) != fmt.Sprint(rejects) {
			t.Errorf("%s: %s, %d lines, %d records, %v; want %s, %d, %d, %v", name, s.main, s.lines, s.records, s.rejects, main, lines, records, rejects)
		}
	}
	type not = map[Reason]int
	test("plaso/apache_access.log", "combined", 15, 15, not{})
	test("mtail/apache-combined.log", "combined", 5, 5, not{})
	test("netdata/common.log", "common", 500, 456, not{ReasonBadTime: 44})
	test("lnav/logfile_access_log.0", "combined", 3, 3, not{})
	test("lnav/logfile_access_log_dupe.0", "combined", 3, 3, not{})
	test("lnav/logfile_access_log.1", "combined", 1, 1, not{})
	test("lnav/logfile_bad_access_log.0", "combined", 3, 2, not{ReasonMissingFields: 1})
	test("crowdsec/apache2-malformed.log", "combined", 11, 11, not{})
	test("crowdsec/nginx-http-malformed.log", "combined", 12, 12, not{})
	test("crowdsec/apache2-logs.log", "combined", 9, 7, not{ReasonBadTime: 2})
	test("crowdsec/litespeed-logs.log", "combined", 3, 1, not{ReasonBadTime: 2})
	test("matomo/common.log", "common", 1, 1, not{})
	test("matomo/common_vhost.log", "vhost_common", 1, 1, not{})
	test("matomo/common_complete.log", "vhost_combined", 1, 1, not{})
	test("matomo/common_encoding_big5.log", "vhost_combined", 1, 1, not{})
	test("matomo/ncsa_extended.log", "combined", 1, 1, not{})
	test("awstats/testglobal.log", "combined", 101, 56, not{})
	test("lnav/logfile_shop_access_log.0", "combined_forwarded", 1000, 1000, not{}) // the main of nginx's own packages
	test("awstats/testsmall.log", "combined", 3, 3, not{})
	test("matomo/caddy_json.log", "caddy", 3, 3, not{})
	test("crowdsec/caddy-logs.log", "caddy", 12, 11, not{})
	test("lnav/logfile_caddy_log.1", "caddy", 4, 4, not{})
	test("matomo/nginx_json.log", "access_json", 2, 2, not{})
	test("matomo/traefik_json.log", "traefik_json", 1, 1, not{})
	test("crowdsec/traefik_clf.log", "traefik_clf", 9, 7, not{})
	test("crowdsec/traefik_json.log", "traefik_json", 7, 6, not{ReasonBadJSON: 1})

	test("plaso/iis/iis6.log", "iis", 16, 12, not{})
	test("plaso/iis/iis7_sqli.log", "iis", 6, 2, not{})
	test("plaso/iis/iis7_owa.log", "iis", 5, 3, not{})
	test("plaso/iis/iis_without_date.log", "iis", 15, 11, not{})
	test("plaso/iis/iis10.log", "iis", 5, 1, not{})
	test("plaso/iis/iis10_edge_cases.log", "iis", 19, 15, not{})
	test("plaso/iis/iis10_cookies.log", "iis", 7, 3, not{})
	test("netdata/u_ex221107.log", "iis", 168, 152, not{})
	test("lnav/logfile_w3c.0", "iis", 5, 1, not{})
	test("lnav/logfile_w3c.1", "w3c", 7, 1, not{})
	test("lnav/logfile_w3c.2", "iis_ftp", 22, 14, not{})
	test("lnav/logfile_w3c.3", "iis_local", 10, 2, not{ReasonBadClient: 1})
	test("lnav/logfile_w3c.4", "w3c", 6, 2, not{})
	test("lnav/logfile_w3c.5", "unknown", 2, 0, not{ReasonBadTime: 1}) // neither client nor status among #Fields
	test("lnav/logfile_w3c.6", "iis", 5, 1, not{})
	test("lnav/logfile_w3c_big.0", "iis", 254, 210, not{})
	test("matomo/iis.log", "iis", 5, 1, not{})
	test("matomo/iis_custom.log", "iis_local", 10, 2, not{ReasonBadClient: 1})
	test("matomo/incapsula_w3c.log", "w3c", 6, 2, not{})
	test("matomo/netscaler.log", "w3c", 5, 1, not{})
	test("matomo/amazon_cloudfront_web.log", "cloudfront", 3, 1, not{})
	test("matomo/s3.log", "s3", 1, 1, not{})
	test("matomo/alb.log", "alb", 1, 1, not{})
	test("matomo/elb.log", "elb", 3, 2, not{})
	test("plaso/aws_elb_access.log", "alb", 16, 16, not{})

	// Other formats are not taken for these; corpus_files_test.go holds those
	// of proxies and file services.
	for _, name := range []string{
		"matomo/gandi.log", "matomo/icecast2.log", "mtail/lighttpd_access.log", "netdata/full.log",
		"plaso/jira_access.log", "plaso/confluence_access.log", "awstats/testnginx.log", "awstats/testtime5.log",
		"crowdsec/proftpd-logs.log", "crowdsec/pureftpd-logs.log", "crowdsec/synology-dsm-logs.log", // log-ins only: no transfers
		"lnav/logfile_uwsgi.0", "matomo/amazon_cloudfront_rtmp.log", // streams, without method and status
		"crowdsec/nextcloud-logs.log", "lnav/logfile_nextcloud.0", "lnav/logfile_cloudflare.1", "lnav/logfile_cloudflare.json",
		"lnav/logfile_caddy_log.0", // docker compose's own prefix before each line
	} {
		if s := readCorpus(t, name); s.main != "unknown" {
			t.Errorf("%s: taken for %s, %d of %d lines", name, s.main, s.records, s.lines)
		}
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
	if s.clients["2001:db8::1"] != 1 || s.bytes != 28+925+775+874 {
		t.Errorf("mtail combined: %d bytes, clients %v", s.bytes, s.clients)
	}
	s = readCorpus(t, "lnav/logfile_access_log.1")
	if want := `combined client="10.112.81.15" time=2013-02-15T06:00:31+00:00 status=400 bytes=0`; s.outcomes[0] != want {
		t.Errorf("lnav request of a hyphen: %s", s.outcomes[0])
	}
	s = readCorpus(t, "matomo/common_vhost.log")
	if want := `vhost_common host="www.example.com" client="1.2.3.4" user="theuser" time=2012-02-10T16:42:07-05:00 method="GET" target="/" protocol="HTTP/1.0" status=301 bytes=368 number_at_end`; s.outcomes[0] != want {
		t.Errorf("matomo common_vhost: %s", s.outcomes[0])
	}
	s = readCorpus(t, "awstats/testglobal.log")
	if s.clients["80.8.55.1"] != 16 || s.clients["80.8.55.7"] != 2 || s.cut != 0 || s.unescaped != 0 {
		t.Errorf("awstats: clients %v, %d cut, %d unescaped", s.clients, s.cut, s.unescaped)
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
		`protocol="HTTP/2.0" status=200 bytes=3609 duration_us=1335 `+firefox)
	line("crowdsec/caddy-logs.log", 10, `caddy host="localhost" client="127.0.0.1" user="Bob" time=2024-03-29T19:51:04.947103+00:00 method="GET" target="/" `+
		`protocol="HTTP/1.1" status=200 bytes=18630 object_size=18630 duration_us=794682 agent="curl/7.88.1" range_from= finished=1`)
	line("crowdsec/caddy-logs.log", 11, `caddy time=2025-03-19T16:12:33.054756+00:00`)
	line("matomo/traefik_json.log", 1, `traefik_json host="localhost" client="172.20.0.1" time=2023-08-11T11:39:21.77336+00:00 method="GET" `+
		`target="/my/app/auth?id=1234&user=dude" protocol="HTTP/1.1" status=200 bytes=15 duration_us=10002425 referrer="www.example.com" agent="Prometheus/2.40.5" forwarded="1.2.3.4"`)
	line("crowdsec/traefik_json.log", 7, `traefik_json host="example.com" client="172.71.122.85" time=2025-11-28T09:21:55.645779+00:00 method="OPTIONS" `+
		`target="/_matrix/client/v3/sync" protocol="HTTP/2.0" status=204 bytes=0 duration_us=2337 forwarded="192.168.1.100,10.0.0.50"`)
}

// TestCorpusW3C: single lines of the W3C dialects, read by hand.
func TestCorpusW3C(t *testing.T) {
	line := func(name string, n int, want string) {
		t.Helper()
		if got := readCorpus(t, name).outcomes[n-1]; got != want {
			t.Errorf("%s line %d\ngot  %s\nwant %s", name, n, got, want)
		}
	}
	// The date is that of #Date.
	line("plaso/iis/iis_without_date.log", 2, `iis client="22.22.22.200" time=2013-07-30T00:00:03+00:00 method="GET" target="/some/image/path/something.htm" protocol="HTTP/1.1" status=404 `+
		`agent="Mozilla/5.0+(Macintosh;+Intel+Mac+OS+X+10_6_8)+AppleWebKit/534.57.2+(KHTML,+like+Gecko)+Version/5.1.7+Safari/534.57.2"`)
	// Two spaces before the user, one of them where a value would be.
	line("plaso/iis/iis10_edge_cases.log", 1, `iis client="::1" user="random\\ranuser1" time=2022-01-01T00:01:24+00:00 method="POST" `+
		`target="/powershell?clientApplication=ActiveMonitor;PSVersion=5.1.14393.4467" status=200 duration_us=15000 agent="Microsoft+WinRM+Client"`)
	// The header comes four times; this is behind the last.
	line("netdata/u_ex221107.log", 152, `iis client="::1" time=2022-11-07T16:49:24+00:00 method="GET" target="/" status=200 duration_us=0 `+
		`agent="Mozilla/5.0+(Windows+NT;+Windows+NT+10.0;+en-US)+WindowsPowerShell/5.1.20348.859"`)
	// #GMT-Offset: -0800, and quoted values with spaces.
	line("lnav/logfile_w3c.1", 1, `w3c client="64.103.37.2" user="DMS.user" time=2001-10-31T00:00:18-08:00 method="GET" target="/admin/images/oc_bottomleft.gif" status=200 `+
		`referrer="http://www.oracle.com/nl/partner/content.html" agent="Mozilla/4.5 [en] (WinNT; I)"`)
	// The FTP service; the second header has another #Date.
	line("lnav/logfile_w3c.2", 6, `iis_ftp client="1.1.1.1" time=2000-10-09T16:48:35+00:00 method="RETR" target="/user/test.c" status=226 range_from= finished=1`)
	line("lnav/logfile_w3c.2", 8, `iis_ftp client="1.1.1.1" time=2000-10-09T16:48:41+00:00 method="STOR" target="/fileid.diz" status=226`)
	line("lnav/logfile_w3c.2", 14, `iis_ftp client="1.1.1.1" time=2000-10-10T16:48:05+00:00 status=226`)
	// IIS Advanced Logging: local time, quoted values, quotes in them doubled.
	line("lnav/logfile_w3c.3", 3, `iis_local host="hello.example.com" client="173.5.0.0" time=2012-08-15T17:00:00.675+00:00 method="GET" target="/hello/world/6,681965" status=404 duration_us=359000 `+
		`agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10_10_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/37.0.2062.124 Safari/537.36"`)
	// Date and time in quotes too; #Date is 28/Jun/2017.
	line("matomo/incapsula_w3c.log", 2, `w3c host="www.example.com" client="125.125.125.125" time=2017-06-26T18:21:17+00:00 method="GET" target="/rss/news" protocol="HTTP" `+
		`agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10.10; rv:45.0) Gecko/20100101 Thunderbird/45.8.0 Lightning/4.7.8" forwarded="125.125.125.125"`)
	line("matomo/netscaler.log", 1, `w3c client="172.20.1.0" time=2012-08-16T11:55:13+00:00 method="GET" target="/Citrix/XenApp/Wan/auth/login.jsp" protocol="HTTP/1.1" status=302 bytes=355 `+
		`agent="Mozilla/4.0+(compatible;+MSIE+7.0;+Windows+NT+5.1;+Trident/4.0;+.NET+CLR+1.1.4322;+.NET+CLR+2.0.50727;+.NET+CLR+3.0.04506.648;+.NET+CLR+3.5.21022)"`)
	line("matomo/amazon_cloudfront_web.log", 1, `cloudfront host="example.com" client="192.0.2.10" time=2014-05-23T01:13:11+00:00 method="GET" target="/view/my/file.html" protocol="HTTP/1.1" status=200 bytes=182 `+
		`duration_us=1000 referrer="https://example.com/" agent="Mozilla/5.0%2520(Windows;%2520U;%2520Windows%2520NT%25206.1;%2520de-DE)%2520AppleWebKit/534.17%2520(KHTML,%2520like%2520Gecko)%2520Chrome/10.0.649.0%2520Safari/534.17"`)
}
