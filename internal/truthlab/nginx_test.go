//go:build linux

package truthlab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// What nginx logs. The first is its default; the others are what an
// administrator who wants to know writes.
const (
	nginxPlaced = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" ` +
		`"$http_range" "$sent_http_content_range" "$request_completion" $request_time $bytes_sent`
	nginxJSON = `{"time_iso8601":"$time_iso8601","remote_addr":"$remote_addr","request":"$request","status":$status,` +
		`"body_bytes_sent":$body_bytes_sent,"bytes_sent":$bytes_sent,"http_user_agent":"$http_user_agent","http_range":"$http_range",` +
		`"sent_http_content_range":"$sent_http_content_range","request_completion":"$request_completion","request_time":$request_time}`
)

var nginxLogs = []accessLog{
	{name: "combined", counts: "accepted_body", told: "nginx_combined"},
	{name: "placed", counts: "accepted_body", text: nginxPlaced, format: nginxPlaced, proves: true, cuts: true, totals: true},
	{name: "json", counts: "accepted_body", text: nginxJSON, proves: true, cuts: true, totals: true},
}

// nginx as Debian sets it up, with a send buffer of a known size.
var nginx = program{
	name: "nginx", debian: "nginx-light", command: "nginx", stop: syscall.SIGQUIT, sndbuf: 2 * 128 * kib,
	sites: []site{
		{name: "plain", logs: nginxLogs, scenarios: slices.Concat(everyday, inBrowser)},
		{name: "tls", logs: nginxLogs, scenarios: everyday, tls: true},
		{name: "http2", logs: nginxLogs, scenarios: everyday, tls: true},
		{name: "login", logs: nginxLogs, scenarios: behindLogin, pages: true},
	},
	configure: func(t *testing.T, s *server) []string {
		var b strings.Builder
		if os.Geteuid() == 0 {
			b.WriteString("user www-data;\n")
		}
		fmt.Fprintf(&b, `daemon off;
worker_processes 1;
pid %[1]s/nginx.pid;
error_log %[1]s/logs/error.log;
events { worker_connections 256; }
http {
	sendfile on;
	tcp_nopush on;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	log_format placed '%[2]s';
	log_format json escape=json '%[3]s';
`, s.dir, nginxPlaced, nginxJSON)
		for _, site := range s.sites {
			options := map[string]string{"tls": "ssl", "http2": "ssl http2"}[site.name]
			fmt.Fprintf(&b, "\tserver {\n\t\tlisten %s sndbuf=128k %s;\n\t\tserver_name nas.example.se;\n", s.address[site.name], options)
			if site.tls {
				fmt.Fprintf(&b, "\t\tssl_certificate %[1]s/cert.pem;\n\t\tssl_certificate_key %[1]s/key.pem;\n", s.dir)
			}
			for _, log := range site.logs {
				fmt.Fprintf(&b, "\t\taccess_log %s %s;\n", s.log(site.name, log.name), log.name)
			}
			fmt.Fprintf(&b, "\t\troot %s;\n", s.archive.root)
			if site.pages {
				b.WriteString("\t\tlocation / { try_files /login.html =404; }\n\t}\n")
				continue
			}
			b.WriteString("\t\tautoindex on;\n\t\tlocation /slow/ { limit_rate_after 1m; limit_rate 256k; }\n")
			b.WriteString("\t\tlocation /packed/ { gzip on; gzip_types *; }\n\t}\n")
		}
		b.WriteString("}\n")
		return []string{"/usr/sbin/nginx", "-e", s.dir + "/logs/error.log", "-c", s.file(t, "nginx.conf", b.String())}
	},
}
