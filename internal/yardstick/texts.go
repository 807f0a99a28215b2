package yardstick

import (
	"fmt"
	"net/netip"
)

// addresses is how many clients can have their own.
const addresses = 1 << 24

// address makes client i's address: IPv4, and IPv6 for one in ten. The blocks
// are of the documentation and benchmark series and of private networks, so
// that no address belongs to anyone; every client has its own.
func address(seed uint64, i int64) string {
	r := random{state: seed ^ 0xadd7e55 ^ uint64(i)<<20}
	if r.below(10) == 0 {
		var a [16]byte
		copy(a[:], []byte{0x20, 0x01, 0x0d, 0xb8})
		n := uint64(i)
		a[4], a[5], a[6], a[7] = byte(n>>16), byte(n>>8), byte(n), byte(r.below(4))
		for k := 8; k < 16; k++ {
			if k < 10 || r.percent(60) {
				a[k] = byte(r.next())
			}
		}
		return netip.AddrFrom16(a).String()
	}
	// 10/8 has room for 16.7 million; multiplying by an odd number mod 2^24
	// scatters the clients and keeps them apart.
	n := uint64(i) * 0x9e3779 & 0xffffff
	return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}).String()
}

// agents gives a few hundred user agents, the popular first.
func agents() []string {
	list := []string{
		"Wget/1.19.4 (linux-gnu)", "curl/7.58.0", "-", "okhttp/3.12.1", "python-requests/2.20.0", "Go-http-client/1.1",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
		"VoiceApp/4.2 (iPhone; iOS 12.1)", "VoiceApp/4.2 (Android 9)", "MonitorAgent/2.0",
		"AppleCoreMedia/1.0.0.16B92 (iPhone; U; CPU OS 12_1 like Mac OS X; sv_se)",
	}
	systems := []string{"Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_14_2", "X11; Linux x86_64", "Windows NT 6.1; WOW64"}
	for v := 71; v > 41; v-- {
		for _, s := range systems {
			list = append(list, fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.3578.98 Safari/537.36", s, v))
			if v < 65 {
				list = append(list, fmt.Sprintf("Mozilla/5.0 (%s; rv:%d.0) Gecko/20100101 Firefox/%d.0", s, v, v))
			}
		}
		list = append(list, fmt.Sprintf("VoiceApp/3.%d (Android 8)", v), fmt.Sprintf("okhttp/3.%d.0", v))
	}
	return list
}

// pages gives paths that are no recordings, the popular first.
func pages() []string {
	list := []string{"/", "/index.html", "/login", "/css/site.css", "/js/app.js", "/favicon.ico", "/img/logo.png", "/robots.txt", "/api/v1/status"}
	for i := range 300 {
		list = append(list,
			fmt.Sprintf("/img/%03d.png", i), fmt.Sprintf("/api/v1/queue/%d", i*37), fmt.Sprintf("/help/%d.html", i),
			fmt.Sprintf("/static/js/chunk.%06x.js", i*7919))
	}
	return list
}

// referrers gives the pages that others are reached from, without the none
// that most lines have.
func referrers() []string {
	list := []string{"https://voice.example.se/", "https://voice.example.se/login", "https://www.google.com/"}
	for i := range 60 {
		list = append(list, fmt.Sprintf("https://voice.example.se/help/%d.html", i))
	}
	return list
}
