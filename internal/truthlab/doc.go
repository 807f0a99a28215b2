// Package truthlab holds recount to the truth. Its tests start real web servers
// (nginx, Apache httpd, lighttpd, Caddy) on loopback over made-up recordings and
// send real clients at them (curl, wget, aria2c, a socket), each from an address
// of its own. What a client then has on its disk is compared with the recordings,
// byte by byte: that is the truth. A browser, if there is one, asks through a
// proxy of the lab's, and what came to the proxy is the truth. The servers are
// stopped, and recount reads their logs; what it says of every pair of client and
// recording must hold.
//
// Each server writes several logs of the same traffic, one for each format. The
// measure is asserted for each log on its own, with and without an inventory,
// with and without being told what the size field counts.
//
// Nothing here is part of the product, so all code stands in test files. They
// need Linux, where every address 127.x.y.z can be bound, and the Debian packages
// nginx-light, apache2, lighttpd, caddy, curl, wget and aria2. What is not
// installed is skipped with the reason, unless the environment variable
// RECOUNT_LAB is "required". The browser (package chromium) never is.
package truthlab
