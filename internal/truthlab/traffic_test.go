//go:build linux

package truthlab

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// scenario is what one client does, from an address of its own.
type scenario struct {
	name string
	act  func(c *client)
}

// visit lets a client of its own go through each scenario of a site, one after
// the other, and gives what they did.
func visit(t *testing.T, s *server, number int, on site) *visits {
	t.Helper()
	v := &visits{scenario: map[string]string{}}
	for i, sc := range on.scenarios {
		clients := 0
		var next func() *client
		next = func() *client {
			clients++
			c := &client{t: t, server: s, site: on, address: fmt.Sprintf("127.%d.%d.%d", 10+number, i+1, clients), visits: v, another: next}
			v.scenario[c.address] = sc.name
			c.disk = filepath.Join(s.dir, "disks", c.address)
			must(t, os.MkdirAll(c.disk, 0o755))
			return c
		}
		sc.act(next())
		must(t, os.RemoveAll(filepath.Join(s.dir, "disks"))) // all of it is compared
	}
	return v
}

// everyday is what an open server sees.
var everyday = []scenario{
	{"whole", func(c *client) {
		for _, path := range []string{headerOnly, twoBytes, small, medium, umlauts, empty, hours} {
			c.want(c.curl(path), http.StatusOK)
		}
	}},
	{"whole by wget", func(c *client) { c.wget([]string{headerOnly, small, medium, umlauts}) }},
	{"whole twice", func(c *client) { c.curl(medium); c.curl(medium) }},
	{"whole by HTTP/1.0", func(c *client) { c.curl(medium, "--http1.0", "--no-alpn"); c.curl(small, "--http1.0", "--no-alpn") }},
	{"head only", func(c *client) { c.curl(medium, "--head"); c.curl(empty, "--head"); c.curl(huge, "--head") }},
	{"probe only", func(c *client) { c.want(c.curl(medium, "-r", "0-1"), http.StatusPartialContent) }},
	{"probe and all", func(c *client) {
		c.want(c.curl(medium, "-r", "0-1"), http.StatusPartialContent)
		c.curl(medium, "-r", "0-")
	}},
	{"all as a range", func(c *client) { c.curl(small, "-r", "0-"); c.curl(medium, "-r", "0-") }},
	{"three adjoining ranges", func(c *client) {
		c.curl(medium, "-r", "0-399999")
		c.curl(medium, "-r", "400000-799999")
		c.curl(medium, "-r", "800000-")
	}},
	{"overlapping ranges, the end first", func(c *client) { c.curl(medium, "-r", "600000-"); c.curl(medium, "-r", "0-700000") }},
	{"two ranges with a hole", func(c *client) { c.curl(medium, "-r", "0-399999"); c.curl(medium, "-r", "400001-") }},
	{"the same half twice", func(c *client) { c.curl(medium, "-r", "0-799999"); c.curl(medium, "-r", "0-799999") }},
	{"the end only", func(c *client) { c.curl(medium, "-r", "-100"); c.curl(small, "-r", "9119-") }},
	{"whole, then 304", func(c *client) {
		since := c.curl(small).header.Get("Last-Modified")
		c.want(c.curl(small, "-H", "If-Modified-Since: "+since), http.StatusNotModified)
	}},
	{"304 alone", func(c *client) {
		c.want(c.curl(small, "-H", "If-Modified-Since: "+made.Format(http.TimeFormat)), http.StatusNotModified)
	}},
	{"wget -N twice", func(c *client) { c.wget([]string{small}, "-N"); c.wget([]string{small}, "-N") }},
	{"If-Range that fails", func(c *client) { c.curl(medium, "-r", "1000-", "-H", `If-Range: "other"`) }},
	{"given up", func(c *client) { c.socket(hours, raw{limit: mib}) }},
	{"given up in a range", func(c *client) { c.socket(hours, raw{limit: mib, headers: "Range: bytes=1000-\r\n"}) }},
	{"given up twice", func(c *client) { c.socket(hours, raw{limit: 2 * mib}); c.socket(hours, raw{limit: 3 * mib}) }},
	{"given up, then all", func(c *client) { c.socket(long, raw{limit: mib}); c.curl(long) }},
	{"given up of more than 4 GiB", func(c *client) { c.socket(huge, raw{limit: mib}) }},
	{"given up, resumed by wget -c", func(c *client) {
		file := filepath.Join(c.disk, hours)
		o := c.cut(hours, 5*mib, "wget", "-q", "-O", "-", "--no-check-certificate", "--bind-address="+c.address)
		must(c.t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(c.t, os.WriteFile(file, noise(hours, 48_000_044)[:o.received], 0o644))
		c.wget([]string{hours}, "-c")
		c.wget([]string{hours}, "-c") // it has all: 416
	}},
	{"given up, resumed by another program", func(c *client) {
		c.cut(long, 4*mib, "curl", "-sSk", "--interface", c.address)
		c.curl(long, "-r", "4194304-", "-A", "Mozilla/5.0 (X11; Linux x86_64; rv:65.0) Gecko/20100101 Firefox/65.0")
	}},
	{"segmented", func(c *client) { c.aria2(long, "-x4", "-s4", "-k1M"); c.aria2(medium, "-x4", "-s4", "-k1M") }},
	{"aliases", func(c *client) {
		c.curlAs(medium, "/%63alls/20180501-110000%5Fmedium.wav")
		c.curlAs(small, "//calls//20180501-100000_small.mp3")
		c.curlAs(headerOnly, "/calls/./../calls/20180501-090000_header.wav")
		c.curlAs(inMonth, inMonth+"?download=1&x=%2F")
		c.curlAs(umlauts, "/calls/%c3%85teruppringning%20p%c3%a5%20m%c3%a5ndag%20%c3%b6.wav")
	}},
	{"half under each of two names", func(c *client) {
		c.curl(medium, "-r", "0-599999")
		c.curlAs(medium, "/./calls/20180501-110000%5fmedium.wav?x", "-r", "600000-")
	}},
	{"missing", func(c *client) { c.want(c.curl("/calls/20180501-999999_none.wav"), http.StatusNotFound) }},
	{"416 far outside", func(c *client) { c.want(c.curl(medium, "-r", "99999999-"), http.StatusRequestedRangeNotSatisfiable) }},
	{"416 at the size", func(c *client) {
		c.curl(medium)
		c.want(c.curl(medium, "-r", "1250017-"), http.StatusRequestedRangeNotSatisfiable)
	}},
	{"POST", func(c *client) { c.curl(small, "-d", "a=b"); c.another().curl(medium, "-d", "a=b") }},
	{"OPTIONS", func(c *client) { c.curl(small, "-X", "OPTIONS"); c.curl(medium, "-X", "PROPFIND") }},
	{"listings", func(c *client) {
		for _, folder := range []string{"/", "/calls/", month} {
			c.want(c.curl(folder), http.StatusOK)
		}
		c.curlAs("/calls/", "/calls/?C=M;O=D")
		c.curl("/calls/", "--head")
	}},
	{"mirror", func(c *client) { c.mirror(month) }},
	{"two ranges in one answer", func(c *client) { c.curl(medium, "-r", "0-99,200-299") }},
	{"all ranges in one answer", func(c *client) { c.curl(medium, "-r", "0-599999,600000-1250016") }},
	{"beyond 4 GiB", func(c *client) {
		c.want(c.curl(huge, "-r", "4294966400-4294967999"), http.StatusPartialContent)
		c.curl(huge, "-r", "5368709120-")
	}},
	{"versions, each whole", func(c *client) {
		c.server.archive.put(c.t, changing, noise(changing, 700_001))
		c.curl(changing)
		c.server.archive.put(c.t, changing, noise("longer", 900_007))
		c.another().curl(changing)
		c.server.archive.put(c.t, changing, noise("shorter", 500_009))
		c.another().curl(changing)
	}},
	{"pieces of two versions", func(c *client) {
		c.curl(changing, "-r", "0-299999")
		c.server.archive.put(c.t, changing, noise("last", 800_011))
		c.curl(changing, "-r", "300000-")
	}},
	{"an older version", func(c *client) {
		c.server.archive.put(c.t, growing, noise(growing, 300_003))
		c.curl(growing)
		c.server.archive.put(c.t, growing, noise("grown", 400_009))
		c.another().curl(growing)
	}},
	{"an older version, as a range", func(c *client) {
		c.server.archive.put(c.t, growing, noise(growing, 300_003))
		c.curl(growing, "-r", "0-")
		c.server.archive.put(c.t, growing, noise("grown", 400_009))
		c.another().curl(growing, "-r", "0-")
	}},
	{"pieces of two versions that fit", func(c *client) {
		c.server.archive.put(c.t, growing, noise(growing, 300_003))
		c.curl(growing, "-r", "0-199999")
		c.server.archive.put(c.t, growing, noise("grown", 400_009))
		c.curl(growing, "-r", "200000-")
	}},
	{"packed", func(c *client) { c.curl(packed, "-H", "Accept-Encoding: gzip"); c.another().curl(packed) }},
	{"slowly", func(c *client) { c.curl(slow) }},
	{"slowly, given up", func(c *client) { c.socket(slowLong, raw{limit: 700_000}) }},
	{"slowly, given up when nothing was on its way", func(c *client) { c.socket(slowLong, raw{idle: true}) }},
	{"hostile", hostile},
}

// behindLogin is what an archive sees that answers every request with its
// log-in page.
var behindLogin = []scenario{
	{"everything", func(c *client) {
		for i := range 120 {
			c.socket(fmt.Sprintf("/calls/2018050%d-%d.wav", i%9, i), raw{})
		}
	}},
	{"recordings", func(c *client) {
		for range 3 {
			c = c.another()
			for _, path := range []string{headerOnly, twoBytes, empty, small, umlauts, medium} {
				c.want(c.curl(path), http.StatusOK)
			}
		}
	}},
	{"ranges", func(c *client) {
		c.curl(medium, "-r", "0-99")
		c.curl(small, "-r", "0-")
		c.curl(headerOnly, "-r", "0-43")
	}},
	{"head", func(c *client) { c.curl(medium, "--head") }},
}

// hostile sends texts that want to harm whoever reads the log.
func hostile(c *client) {
	for _, agent := range []string{
		`=cmd|' /C calc'!A0`, `<script>alert(1)</script>`, "\x1b[31mred\x1b[0m", "safe\u202egpj.exe", `back\slash "quoted" \x41`, "\xff\xfe not UTF-8", "",
		`" 200 1 "-" "x"`,
	} {
		c.another().curl(small, "-A", agent, "-e", `" 206 9 "`+agent)
	}
	c.socket(small, raw{target: escaped(small) + `?"%20HTTP/1.1"%20200%205`, agent: "lab"})
	forged := c.address + ` - - [01/May/2018:10:00:00 +0000] "GET ` + hours + ` HTTP/1.1" 200 48000044`
	c.send("GET /calls/none.wav?x\"" + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: x\\\"\\n" + forged + "\r\n\r\n")
	c.send("GET /calls/" + forged + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	c.send("GET /calls/\x1b[2J\x01.wav HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	c.send("GET /calls/%00%0a%1b.wav HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	c.send("GE\"T " + escaped(hours) + " HTTP/1.1\r\nHost: a b\"c\r\nConnection: close\r\n\r\n")
	c.send("\x16\x03\x01\x00\x05hello")
	c.send("\x00\x01\x02 garbage\r\n\r\n")
}

// want asserts the status of an answer.
func (c *client) want(o operation, status int) {
	c.t.Helper()
	if o.status != status {
		c.t.Errorf("%s asked for %s: status %d, want %d", o.client, o.path, o.status, status)
	}
}
