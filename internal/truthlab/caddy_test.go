//go:build linux

package truthlab

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Caddy writes JSON. How it writes times and durations can be chosen.
var caddyLogs = []accessLog{
	{name: "json", counts: "accepted_body", proves: true, cuts: true, totals: true},
	{name: "iso", counts: "accepted_body", text: "time_format iso8601", proves: true, cuts: true, totals: true},
}

var caddy = program{
	name: "caddy", debian: "caddy", command: "caddy", stop: syscall.SIGTERM, sndbuf: 4 * mib,
	sites: []site{
		{name: "plain", scenarios: slices.Concat(everyday, inBrowser), logs: caddyLogs},
		{name: "login", scenarios: behindLogin, pages: true, logs: caddyLogs[:1]},
	},
	configure: func(t *testing.T, s *server) []string {
		var b strings.Builder
		b.WriteString("{\n\tadmin off\n\tauto_https off\n\tgrace_period 20s\n")
		for i, site := range s.sites { // a site has one log, and each logger can take what goes there
			for _, log := range site.logs {
				fmt.Fprintf(&b, "\tlog %[1]s-%[2]s {\n\t\tinclude http.log.access.log%[3]d\n\t\toutput file %[4]s\n\t\tformat json {\n\t\t\t%[5]s\n\t\t}\n\t}\n",
					site.name, log.name, i, s.log(site.name, log.name), log.text)
			}
		}
		b.WriteString("}\n")
		for _, site := range s.sites {
			fmt.Fprintf(&b, "http://:%s {\n\tbind 127.0.0.1\n\troot * %s\n\tlog {\n\t\toutput discard\n\t}\n", s.port(site.name), s.archive.root)
			if site.pages {
				b.WriteString("\trewrite * /login.html\n")
			}
			b.WriteString("\t@packed path /packed/*\n\tencode @packed {\n\t\tgzip\n\t\tmatch header Content-Type audio/*\n\t}\n\tfile_server browse\n}\n")
		}
		return []string{"/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", s.file(t, "Caddyfile", b.String())}
	},
}
