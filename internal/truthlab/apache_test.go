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

// What Apache httpd logs. Its own combined has %b, Debian's has %O: two meanings
// under one name.
const (
	apacheCombined   = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`
	apacheDebian     = `%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`
	apacheCombinedIO = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`
	apacheVhost      = `%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`
	apacheAborts     = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %X`
	apachePlaced     = `%h %l %u %t "%r" %>s %B "%{User-Agent}i" %O %X "%{Range}i" "%{Content-Range}o" %D`
)

var apacheLogs = []accessLog{
	{name: "combined", counts: "planned", text: apacheCombined, meaning: "planned", totals: true},
	{name: "debian", counts: "accepted_with_headers", text: apacheDebian, meaning: "accepted_with_headers"},
	{name: "combinedio", counts: "planned", text: apacheCombinedIO, totals: true},
	{name: "vhost", counts: "accepted_with_headers", text: apacheVhost, meaning: "accepted_with_headers"},
	{name: "aborts", counts: "planned", text: apacheAborts, format: apacheAborts, cuts: true, totals: true},
	{name: "placed", counts: "planned", text: apachePlaced, format: apachePlaced, proves: true, cuts: true, totals: true},
}

// apache is Apache httpd as Debian sets it up, with a send buffer of a known
// size.
var apache = program{
	name: "apache", debian: "apache2", command: "apache2", stop: syscall.SIGWINCH, sndbuf: 2 * 128 * kib,
	sites: []site{
		{name: "plain", logs: apacheLogs, scenarios: slices.Concat(everyday, inBrowser)},
		{name: "tls", logs: apacheLogs, scenarios: everyday, tls: true},
		{name: "login", logs: apacheLogs, scenarios: behindLogin, pages: true},
	},
	configure: func(t *testing.T, s *server) []string {
		var b strings.Builder
		fmt.Fprintf(&b, "ServerRoot /etc/apache2\nServerName 127.0.0.1\nPidFile %[1]s/apache.pid\nErrorLog %[1]s/logs/error.log\nMutex file:%[1]s default\n", s.dir)
		if os.Geteuid() == 0 {
			b.WriteString("User www-data\nGroup www-data\n")
		}
		for _, m := range []string{"mpm_event", "authz_core", "alias", "dir", "mime", "autoindex", "ratelimit", "env", "filter", "deflate", "socache_shmcb", "ssl"} {
			fmt.Fprintf(&b, "LoadModule %[1]s_module /usr/lib/apache2/modules/mod_%[1]s.so\n", m)
		}
		b.WriteString("TypesConfig /etc/mime.types\nSendBufferSize 131072\nGracefulShutdownTimeout 20\nInclude /etc/apache2/mods-available/autoindex.conf\n")
		for _, log := range apacheLogs {
			fmt.Fprintf(&b, "LogFormat \"%s\" lab_%s\n", strings.ReplaceAll(log.text, `"`, `\"`), log.name)
		}
		for _, site := range s.sites {
			fmt.Fprintf(&b, "Listen %[1]s\n<VirtualHost %[1]s>\n\tServerName nas.example.se\n\tDocumentRoot %[2]s\n", s.address[site.name], s.archive.root)
			for _, log := range site.logs {
				fmt.Fprintf(&b, "\tCustomLog %s lab_%s\n", s.log(site.name, log.name), log.name)
			}
			fmt.Fprintf(&b, "\t<Directory %s>\n\t\tOptions Indexes\n\t\tRequire all granted\n\t</Directory>\n", s.archive.root)
			if site.tls {
				fmt.Fprintf(&b, "\tSSLEngine on\n\tSSLCertificateFile %[1]s/cert.pem\n\tSSLCertificateKeyFile %[1]s/key.pem\n", s.dir)
			}
			if site.pages {
				fmt.Fprintf(&b, "\tAliasMatch ^ %s/login.html\n", s.archive.root)
			}
			b.WriteString("\t<Location /slow>\n\t\tSetOutputFilter RATE_LIMIT\n\t\tSetEnv rate-limit 256\n\t\tSetEnv rate-initial-burst 1024\n\t</Location>\n")
			b.WriteString("\t<Location /packed>\n\t\tSetOutputFilter DEFLATE\n\t</Location>\n</VirtualHost>\n")
		}
		return []string{"/usr/sbin/apache2", "-f", s.file(t, "apache.conf", b.String()), "-DFOREGROUND"}
	},
}
