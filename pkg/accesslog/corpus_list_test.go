package accesslog

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
)

// corpusFiles is what each file comes to: its reading, how many lines it has,
// and how many of them are blank, comments, records and rejects.
var corpusFiles = []struct {
	name, reading                   string
	lines, blank, comments, records int
	rejects                         map[Reason]int
}{
	{"awstats/testglobal.log", "combined", 101, 17, 28, 56, nil},
	{"awstats/testnginx.log", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // host, client, time
	{"awstats/testsmall.log", "combined", 3, 0, 0, 3, nil},
	{"awstats/testtime5.log", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // a time of ISO 8601
	{"crowdsec/apache2-logs.log", "combined", 9, 0, 0, 7, map[Reason]int{ReasonBadTime: 2}},
	{"crowdsec/apache2-malformed.log", "combined", 11, 0, 0, 11, nil},
	{"crowdsec/caddy-logs.log", "caddy", 12, 1, 0, 11, nil},
	{"crowdsec/haproxy-logs.log", "haproxy", 5, 0, 0, 5, nil},
	{"crowdsec/litespeed-logs.log", "combined", 3, 0, 0, 1, map[Reason]int{ReasonBadTime: 2}}, // lines of its error log around one of access
	{"crowdsec/nextcloud-logs.log", "unknown", 5, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 5}},
	{"crowdsec/nginx-http-malformed.log", "combined", 12, 0, 0, 12, nil},
	{"crowdsec/proftpd-logs.log", "unknown", 5, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 5}},      // log-ins only: no transfers
	{"crowdsec/pureftpd-logs.log", "unknown", 16, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 16}},   // log-ins only
	{"crowdsec/synology-dsm-logs.log", "unknown", 5, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 5}}, // log-ins only
	{"crowdsec/traefik_clf.log", "traefik_clf", 9, 2, 0, 7, nil},
	{"crowdsec/traefik_json.log", "traefik_json", 7, 0, 0, 6, map[Reason]int{ReasonBadJSON: 1}},
	{"crowdsec/vsftpd-logs.log", "vsftpd", 6, 1, 0, 5, nil},
	{"lnav/logfile_access_log.0", "combined", 3, 0, 0, 3, nil},
	{"lnav/logfile_access_log.1", "combined", 1, 0, 0, 1, nil},
	{"lnav/logfile_access_log_dupe.0", "combined", 3, 0, 0, 3, nil},
	{"lnav/logfile_bad_access_log.0", "combined", 3, 0, 0, 2, map[Reason]int{ReasonMissingFields: 1}},
	{"lnav/logfile_caddy_log.0", "unknown", 39, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 39}}, // docker compose's own prefix before each line
	{"lnav/logfile_caddy_log.1", "caddy", 4, 0, 0, 4, nil},
	{"lnav/logfile_cloudflare.1", "unknown", 15, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 15}},
	{"lnav/logfile_cloudflare.json", "unknown", 1, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 1}},
	{"lnav/logfile_dst.0", "unknown", 10, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 10}}, // syslog without requests
	{"lnav/logfile_haproxy.0", "syslog+haproxy", 17, 0, 0, 14, map[Reason]int{ReasonBadTime: 3}},
	{"lnav/logfile_invalid_tz.0", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}},
	{"lnav/logfile_invalid_utf8.0", "unknown", 6, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 6}},
	{"lnav/logfile_nextcloud.0", "unknown", 5, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 5}},
	{"lnav/logfile_regexp_access_log.0", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // combined with an id for the ident and a duration
	{"lnav/logfile_rollover.0", "unknown", 6, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 6}},
	{"lnav/logfile_shop_access_log.0", "combined_forwarded", 1000, 0, 0, 1000, nil}, // the main of nginx's own packages
	{"lnav/logfile_uwsgi.0", "unknown", 19, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 19}},
	{"lnav/logfile_w3c.0", "iis", 5, 0, 4, 1, nil},
	{"lnav/logfile_w3c.1", "w3c", 7, 0, 6, 1, nil},
	{"lnav/logfile_w3c.2", "iis_ftp", 22, 0, 8, 14, nil},
	{"lnav/logfile_w3c.3", "iis_local", 10, 3, 4, 2, map[Reason]int{ReasonBadClient: 1}},
	{"lnav/logfile_w3c.4", "w3c", 6, 0, 4, 2, nil},
	{"lnav/logfile_w3c.5", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // neither client nor status among #Fields
	{"lnav/logfile_w3c.6", "iis", 5, 0, 4, 1, nil},
	{"lnav/logfile_w3c_big.0", "iis", 254, 0, 44, 210, nil},
	{"lnav/logfile_with_zones.0", "unknown", 3, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 3}}, // syslog without requests
	{"matomo/alb.log", "alb", 1, 0, 0, 1, nil},
	{"matomo/amazon_cloudfront_rtmp.log", "unknown", 4, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 4}}, // streams, without method and status
	{"matomo/amazon_cloudfront_web.log", "cloudfront", 3, 0, 2, 1, nil},
	{"matomo/caddy_json.log", "caddy", 3, 0, 0, 3, nil},
	{"matomo/common.log", "common", 1, 0, 0, 1, nil},
	{"matomo/common.log.bz2", "common", 1, 0, 0, 1, nil},
	{"matomo/common.log.gz", "common", 1, 0, 0, 1, nil},
	{"matomo/common_complete.log", "vhost_combined", 1, 0, 0, 1, nil},
	{"matomo/common_encoding_big5.log", "vhost_combined", 1, 0, 0, 1, nil},
	{"matomo/common_vhost.log", "vhost_common", 1, 0, 0, 1, nil},
	{"matomo/custom_regex_custom_date.log", "unknown", 1, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 1}}, // a date of its own
	{"matomo/elb.log", "elb", 3, 0, 1, 2, nil},
	{"matomo/gandi.log", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // "(0 s)" before the request
	{"matomo/haproxy.log", "syslog+haproxy", 1, 0, 0, 1, nil},
	{"matomo/icecast2.log", "unknown", 1, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 1}}, // combined and a duration
	{"matomo/iis.log", "iis", 5, 0, 4, 1, nil},
	{"matomo/iis_custom.log", "iis_local", 10, 3, 4, 2, map[Reason]int{ReasonBadClient: 1}},
	{"matomo/incapsula_w3c.log", "w3c", 6, 0, 4, 2, nil},
	{"matomo/logs_to_tests.log", "combined", 6, 1, 1, 4, nil},
	{"matomo/ncsa_extended.log", "combined", 1, 0, 0, 1, nil},
	{"matomo/netscaler.log", "w3c", 5, 0, 4, 1, nil},
	{"matomo/nginx_json.log", "access_json", 2, 0, 0, 2, nil},
	{"matomo/ovh.log", "lighttpd", 1, 0, 0, 1, nil}, // Apache's, with the host for the ident
	{"matomo/s3.log", "s3", 1, 0, 0, 1, nil},
	{"matomo/shoutcast.log", "unknown", 4, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 4}},              // no method
	{"matomo/splitted_date_and_time.log", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}}, // no method
	{"matomo/static_ignores.log", "vhost_combined", 4, 0, 0, 4, nil},
	{"matomo/traefik_json.log", "traefik_json", 1, 0, 0, 1, nil},
	{"mtail/apache-combined.log", "combined", 5, 0, 0, 5, nil},
	{"mtail/apache-common.log", "unknown", 3, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 3}},     // custom: TestCorpusNamed
	{"mtail/lighttpd_access.log", "unknown", 19, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 19}}, // custom: TestCorpusNamed
	{"mtail/rsyncd.log", "unknown", 235, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 235}},        // rsync
	{"mtail/sftp_chroot.log", "unknown", 236, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 236}},   // sshd
	{"mtail/vsftpd_log", "vsftpd", 125, 0, 0, 125, nil},
	{"mtail/vsftpd_xferlog", "xferlog", 10, 0, 0, 10, nil},
	{"netdata/common.log", "common", 500, 0, 0, 456, map[Reason]int{ReasonBadTime: 44}},
	{"netdata/custom_time_fields.log", "unknown", 72, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 72}}, // two numbers
	{"netdata/full.log", "unknown", 500, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 500}},             // custom: TestCorpusNamed
	{"netdata/squid_access.log", "squid", 500, 0, 0, 484, map[Reason]int{ReasonBadTime: 16}},
	{"netdata/u_ex221107.log", "iis", 168, 0, 16, 152, nil},
	{"plaso/apache_access.log", "combined", 15, 0, 0, 15, nil},
	{"plaso/atlassian-bitbucket-access.log", "unknown", 8, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 8}},
	{"plaso/aws_elb_access.log", "alb", 16, 0, 0, 16, nil},
	{"plaso/azure_application_gateway_access.json", "unknown", 2, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 2}},
	{"plaso/confluence_access.log", "unknown", 3, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 3}},
	{"plaso/iis/iis10.log", "iis", 5, 0, 4, 1, nil},
	{"plaso/iis/iis10_cookies.log", "iis", 7, 0, 4, 3, nil},
	{"plaso/iis/iis10_edge_cases.log", "iis", 19, 0, 4, 15, nil},
	{"plaso/iis/iis6.log", "iis", 16, 0, 4, 12, nil},
	{"plaso/iis/iis7_owa.log", "iis", 5, 0, 2, 3, nil},
	{"plaso/iis/iis7_sqli.log", "iis", 6, 0, 4, 2, nil},
	{"plaso/iis/iis_without_date.log", "iis", 15, 0, 4, 11, nil},
	{"plaso/jira_access.log", "unknown", 4, 0, 0, 0, map[Reason]int{ReasonUnknownFormat: 4}},
	{"plaso/vsftpd.log", "vsftpd", 25, 0, 0, 25, nil},
}

// TestCorpus reads every file of the corpus as it is detected. What is of
// another format is unknown, and never guessed into nonsense.
func TestCorpus(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range corpusFiles {
		listed[f.name] = true
		s := readCorpus(t, f.name)
		got := fmt.Sprint(s.reading, s.lines, s.blank, s.comments, s.records, s.rejects)
		if f.rejects == nil {
			f.rejects = map[Reason]int{}
		}
		if want := fmt.Sprint(f.reading, f.lines, f.blank, f.comments, f.records, f.rejects); got != want {
			t.Errorf("%s: %s, want %s", f.name, got, want)
		}
	}
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		name, err := filepath.Rel(corpus, path)
		if !listed[filepath.ToSlash(name)] {
			t.Errorf("%s is not in the list", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
