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

// lighttpdPlaced is what an administrator who wants to know writes; without a
// format lighttpd writes one of its own.
const lighttpdPlaced = `%h %V %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %X %O "%{Range}i" "%{Content-Range}o" %D`

// lighttpd writes one log of a request, so its sites differ in their logs only.
var lighttpd = program{
	name: "lighttpd", debian: "lighttpd", command: "lighttpd", stop: syscall.SIGINT, sndbuf: 4 * mib,
	sites: []site{
		{name: "plain", scenarios: slices.Concat(everyday, inBrowser), logs: []accessLog{{name: "default", counts: "accepted_body", meaning: "accepted_body"}}},
		{name: "placed", scenarios: everyday, logs: []accessLog{{name: "placed", counts: "accepted_body", text: lighttpdPlaced, format: "lighttpd:" + lighttpdPlaced, proves: true, cuts: true, totals: true}}},
		{name: "login", scenarios: behindLogin, pages: true, logs: []accessLog{{name: "default", counts: "accepted_body", meaning: "accepted_body"}}},
	},
	configure: func(t *testing.T, s *server) []string {
		var b strings.Builder
		fmt.Fprintf(&b, `server.modules = ("mod_accesslog", "mod_rewrite")
server.document-root = "%[1]s"
server.errorlog = "%[2]s/logs/error.log"
server.bind = "127.0.0.1"
server.port = %[3]s
server.upload-dirs = ("%[2]s")
server.stat-cache-engine = "disable"
dir-listing.activate = "enable"
mimetype.assign = (".wav" => "audio/x-wav", ".mp3" => "audio/mpeg", ".txt" => "text/plain", ".html" => "text/html")
`, s.archive.root, s.dir, s.port("plain"))
		if os.Geteuid() == 0 {
			b.WriteString("server.username = \"www-data\"\nserver.groupname = \"www-data\"\n")
		}
		for _, site := range s.sites {
			fmt.Fprintf(&b, "$SERVER[\"socket\"] == \"%s\" {\n\taccesslog.filename = \"%s\"\n", s.address[site.name], s.log(site.name, site.logs[0].name))
			if text := site.logs[0].text; text != "" {
				fmt.Fprintf(&b, "\taccesslog.format = \"%s\"\n", strings.ReplaceAll(text, `"`, `\"`))
			}
			if site.pages {
				b.WriteString("\turl.rewrite-once = (\".*\" => \"/login.html\")\n")
			}
			b.WriteString("\t$HTTP[\"url\"] =~ \"^/slow/\" { connection.kbytes-per-second = 1024 }\n}\n")
		}
		return []string{"/usr/sbin/lighttpd", "-D", "-f", s.file(t, "lighttpd.conf", b.String())}
	},
}
