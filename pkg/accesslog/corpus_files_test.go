package accesslog

import (
	"fmt"
	"testing"
)

// TestCorpusFiles: other projects' logs of proxies and file services.
// mtail's lighttpd_access.log has a format of its own, with four numbers, and
// stays unknown (TestCorpus).
func TestCorpusFiles(t *testing.T) {
	type not = map[Reason]int
	test := func(name, main string, lines, records int, bytes int64, rejects not) corpusSums {
		t.Helper()
		s := readCorpus(t, name)
		if s.main != main || s.lines != lines || s.records != records || s.bytes != bytes || fmt.Sprint(s.rejects) != fmt.Sprint(rejects) {
			t.Errorf("%s: %s, %d lines, %d records, %d bytes, %v", name, s.main, s.lines, s.records, s.bytes, s.rejects)
		}
		return s
	}
	s := test("mtail/vsftpd_xferlog", "xferlog", 10, 10, 6404, not{})
	if want := `xferlog client="198.51.100.36" user="anonymous@" time=2011-02-21T15:21:32+00:00 method="STOR" target="/incoming/example_324589822_all.deb" ` +
		`status=226 bytes=528 duration_us=1000000 range_from= finished=1`; s.outcomes[0] != want {
		t.Error(s.outcomes[0])
	}
	test("mtail/vsftpd_log", "vsftpd", 125, 125, 530+752, not{})
	s = test("plaso/vsftpd.log", "vsftpd", 25, 25, 2828851, not{})
	if want := `vsftpd client="192.168.1.9" user="jean" time=2016-06-06T18:44:25+00:00 method="RETR" target="/home/jean/trains/Thomas_142553k.jpg" ` +
		`status=226 bytes=40120 range_from= finished=1`; s.outcomes[8] != want {
		t.Error(s.outcomes[8])
	}
	test("crowdsec/vsftpd-logs.log", "vsftpd", 6, 5, 0, not{})
	s = test("netdata/squid_access.log", "squid", 500, 484, 6827357, not{ReasonBadTime: 16})
	if s.clients["2001:db8:2ce:1"] == 0 || s.clients["localhost"] == 0 {
		t.Error(s.clients)
	}
	s = test("lnav/logfile_haproxy.0", "haproxy", 17, 14, 118427, not{ReasonBadTime: 3})
	if want := `haproxy client="92.193.212.151" time=2019-02-25T16:19:49.851+00:00 method="POST" target="/portal/?Script=934&onlinetest=speichereKorrektur&anm=10347" ` +
		`protocol="HTTP/1.1" status=200 bytes=306 duration_us=62000 range_from= finished=1`; s.outcomes[4] != want {
		t.Error(s.outcomes[4])
	}
	test("crowdsec/haproxy-logs.log", "haproxy", 5, 5, 739+20602, not{})
	test("matomo/haproxy.log", "haproxy", 1, 1, 7456, not{})
}
