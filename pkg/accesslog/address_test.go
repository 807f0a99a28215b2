package accesslog

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// ipParity: isIP takes what netip takes.
func ipParity(t *testing.T, text string) {
	t.Helper()
	addr, err := netip.ParseAddr(text)
	if want := err == nil && addr.Zone() == ""; isIP([]byte(text)) != want {
		t.Fatalf("%q: %v, netip %v", text, !want, want)
	}
}

func TestIsIP(t *testing.T) {
	for _, text := range []string{
		"", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.00", "1..2.3", ".1.2.3.4", "1.2.3.4.", "1.2.3.4 ", "1.2.3.x", "+1.2.3.4",
		"::", "::1", "1::", ":", ":::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8", "1::3::5", "12345::", "g::",
		"::ffff:192.0.2.1", "::192.0.2.256", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7:192.0.2.1", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "fe80::1%1", "1:", ":1",
		"a:b:c", "12:30:45", "2015:03:04", "[::1]", "::1]", "2001:DB8::A",
	} {
		ipParity(t, text)
	}
	rnd := rand.New(rand.NewPCG(41, 42))
	pieces := []string{":", "::", ".", "0", "1", "25", "256", "a", "F0", "12345", "192.0.2.1", "g", "%", "[", "2001:db8", ":1:2:3"}
	addresses := 0
	for range 300000 {
		var b strings.Builder
		for range 1 + rnd.IntN(9) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		ipParity(t, b.String())
		if isIP([]byte(b.String())) {
			addresses++
		}
	}
	if addresses < 1000 {
		t.Errorf("only %d of the made-up texts are addresses", addresses)
	}
}

func TestCutPort(t *testing.T) {
	test := func(cut func([]byte) ([]byte, bool), text, want string) {
		t.Helper()
		got, ok := cut([]byte(text))
		if !ok {
			got = nil
		}
		if string(got) != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"192.0.2.1:80", "192.0.2.1:0", "192.0.2.1:65535"} {
		test(cutPort, text, "192.0.2.1")
		test(cutPerhapsPort, text, "192.0.2.1")
	}
	test(cutPort, "[2001:db8::1]:80", "2001:db8::1")
	test(cutPort, "2001:db8::1:80", "2001:db8::1") // it always has one
	test(cutPort, "2a02:a33c:4538:1:bcf4:5264:e01c:f215:50718", "2a02:a33c:4538:1:bcf4:5264:e01c:f215")
	test(cutPerhapsPort, "[2001:db8::1]:80", "2001:db8::1")
	test(cutPerhapsPort, "[2001:db8::1]", "2001:db8::1")
	test(cutPerhapsPort, "192.0.2.1", "192.0.2.1")
	test(cutPerhapsPort, "2001:db8::1", "2001:db8::1")
	test(cutPerhapsPort, "2001:db8::5:f00d", "2001:db8::5:f00d")
	test(cutPerhapsPort, "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8")
	test(cutPerhapsPort, "1:2:3:4:5:6:7:8:80", "1:2:3:4:5:6:7:8")
	test(cutPerhapsPort, "2001:db8::1:80", "") // 2001:db8::1, or another one without a port
	for _, text := range []string{
		"", ":", ":80", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:000080", "192.0.2.1:8x", "192.0.2.1:-1", "host:80", "host.example:80", "[192.0.2.1]:80", "[host]:80",
		"[2001:db8::1:80", "2001:db8::1]:80", "[]:80", "a:b:c:80", "12:30:45", "fe80::1%1:80", "192.0.2.1:80:80",
	} {
		test(cutPort, text, "")
		test(cutPerhapsPort, text, "")
	}
	for text, want := range map[string]bool{
		"fe80::1%12": true, "fe80::1%eth0": true, "fe80::1": true, "192.0.2.1": true, "fe80::1%": false, "192.0.2.1%1": false, "fe80::1%a b": false, "fe80::1%%1": false, "%1": false, "fe80::1%1:80": false,
	} {
		if isZonedIP([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestWebClient: what a server cannot write as a client is none, whatever
// stands in its column.
func TestWebClient(t *testing.T) {
	test := func(name, text, want string) {
		t.Helper()
		line := strings.Replace(knownWeb{path: "a.mp3", agent: "curl"}.line(name), "192.0.2.17", text, 1)
		var r Record
		reason := webParser(t, name).Parse([]byte(line), &r)
		status, size := webOutcome(name)
		if want == "" && reason != ReasonBadClient {
			t.Errorf("%s: %q: %s, client %q", name, text, reason, r.Client)
		}
		if want != "" && (reason != ReasonNone || string(r.Client) != want || r.Status != status || r.Bytes != size) {
			t.Errorf("%s: %q: %s, client %q, want %q", name, text, reason, r.Client, want)
		}
	}
	hostile := []string{
		"host.example", "host", "a:b:c", "12:30:45", "::x", "GET::", "http://192.0.2.1/", "1.2.3", "1.2.3.4.5", "999.1.1.1", "1.2.3.4,5.6.7.8", "192.0.2.1/24", "0x7f000001", "2130706433",
		`\x31.2.3.4`, "1.2.3.4\x00", "::1\x7f", "[1.2.3.4]", "192.0.2.1%1", "fe80::1%", `::1\`, "::1'", "::<script>",
	}
	for _, name := range twinNames {
		for _, text := range hostile {
			test(name, text, "")
		}
		test(name, "203.0.113.9", "203.0.113.9")
		if name != "azure_storage" { // with the port behind it: refused, see cutPerhapsPort
			test(name, "2001:db8::9", "2001:db8::9")
		}
		zone, bare, brackets, port := "", "", "", ""
		switch name {
		case "iis", "iis_ftp", "iis_native", "iis_native_ftp":
			zone = "fe80::9%12"
		case "w3c":
			port, brackets = "203.0.113.9", "2001:db8::9"
		case "alb", "elb", "nlb", "azure_storage":
			brackets = "2001:db8::9"
		}
		test(name, "fe80::9%12", zone)
		test(name, "203.0.113.9:4362", port)
		test(name, "[2001:db8::9]", brackets)
		test(name, "[fe80::9%12]", bare)
	}
}
