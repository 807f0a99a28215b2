package accesslog

import "testing"

// TestCorpusFiles: bytes and single lines of other projects' logs of proxies and
// file services; TestCorpus has the counts of all.
func TestCorpusFiles(t *testing.T) {
	test := func(name string, bytes int64) corpusSums {
		t.Helper()
		s := readCorpus(t, name)
		if s.bytes != bytes {
			t.Errorf("%s: %d bytes", name, s.bytes)
		}
		return s
	}
	s := test("mtail/vsftpd_xferlog", 6404)
	if want := `xferlog client="198.51.100.36" user="anonymous@" time=2011-02-21T15:21:32+00:00 method="STOR" target="/incoming/example_324589822_all.deb" ` +
		`status=226 bytes=528 duration_us=1000000 range_from= finished=1`; s.outcomes[0] != want {
		t.Error(s.outcomes[0])
	}
	test("mtail/vsftpd_log", 530+752)
	s = test("plaso/vsftpd.log", 2828851)
	if want := `vsftpd client="192.168.1.9" user="jean" time=2016-06-06T18:44:25+00:00 method="RETR" target="/home/jean/trains/Thomas_142553k.jpg" ` +
		`status=226 bytes=40120 range_from= finished=1`; s.outcomes[8] != want {
		t.Error(s.outcomes[8])
	}
	test("crowdsec/vsftpd-logs.log", 0)
	s = test("netdata/squid_access.log", 6827357)
	if s.clients["2001:db8:2ce:1"] == 0 || s.clients["localhost"] == 0 {
		t.Error(s.clients)
	}
	s = test("lnav/logfile_haproxy.0", 118427)
	if want := `haproxy client="92.193.212.151" time=2019-02-25T16:19:49.851+00:00 method="POST" target="/portal/?Script=934&onlinetest=speichereKorrektur&anm=10347" ` +
		`protocol="HTTP/1.1" status=200 bytes=306 duration_us=62000 range_from= finished=1`; s.outcomes[4] != want {
		t.Error(s.outcomes[4])
	}
	test("crowdsec/haproxy-logs.log", 739+20602)
	test("matomo/haproxy.log", 7456)
}
