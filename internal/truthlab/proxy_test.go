//go:build linux

package truthlab

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
)

// proxy stands between a program that cannot be told its address, or does not
// tell what it received, and the server. It asks from the client's address, for
// what it is asked, and keeps the body of every answer as far as it came. What
// came to it came to the client: nothing beyond that leaves the server.
type proxy struct {
	*httptest.Server
	client *client
	way    *http.Transport // to the server
	told   chan string     // the queries that were asked of its own path

	mu    sync.Mutex
	taken []*answer // in the order of their heads
}

// tell is the path that the proxy takes for itself. The server never sees it.
const tell = "/lab/tell"

// answer is one answer of the server, and its body while it comes.
type answer struct {
	io.ReadCloser
	operation
	file  *os.File // nil if no head came
	ended bool     // all of it came
	err   error
}

// proxy starts one for the client.
func (c *client) proxy() *proxy {
	c.t.Helper()
	to, err := url.Parse(c.base())
	must(c.t, err)
	p := &proxy{client: c, told: make(chan string, 16)}
	p.way = &http.Transport{DialContext: p.dial, DisableCompression: true}
	pass := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:      p.way,
		FlushInterval:  -1, // the program has what the proxy has
		ModifyResponse: p.keep,
		ErrorHandler:   p.miss,
	}
	mux := http.NewServeMux()
	mux.Handle("/", pass)
	mux.HandleFunc(tell, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case p.told <- r.URL.RawQuery:
		default: // nobody listens any more
		}
	})
	p.Server = httptest.NewServer(mux)
	return p
}

// dial connects from the client's address, with a receive buffer of a known
// size.
func (p *proxy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(p.client.address)}}
	conn, err := d.DialContext(ctx, network, address)
	if err == nil {
		err = conn.(*net.TCPConn).SetReadBuffer(rcvbuf)
	}
	return conn, err
}

// keep puts a file behind the body of an answer.
func (p *proxy) keep(r *http.Response) error {
	f, err := os.CreateTemp(p.client.disk, "took-")
	if err != nil {
		return err
	}
	a := &answer{ReadCloser: r.Body, file: f,
		operation: operation{path: r.Request.URL.Path, agent: r.Request.UserAgent(), status: r.StatusCode, header: r.Header.Clone()}}
	r.Body = a
	p.note(a)
	return nil
}

// miss notes a request that was given up before the head of its answer came.
func (p *proxy) miss(_ http.ResponseWriter, r *http.Request, _ error) {
	p.note(&answer{operation: operation{client: p.client.address, path: r.URL.Path, agent: r.UserAgent()}})
}

func (p *proxy) note(a *answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, a)
}

// Read keeps what comes.
func (a *answer) Read(b []byte) (int, error) {
	n, err := a.ReadCloser.Read(b)
	if _, failed := a.file.Write(b[:n]); failed != nil {
		a.err = failed
	}
	a.ended = a.ended || err == io.EOF
	return n, err
}

// finish ends the proxy, once the program is gone, and notes what the client
// took of recordings.
func (p *proxy) finish() []operation {
	p.client.t.Helper()
	p.Close() // waits for the answers under way, which have nobody to go to
	p.way.CloseIdleConnections()
	var all []operation
	for _, a := range p.taken {
		if a.file != nil {
			must(p.client.t, errors.Join(a.err, a.file.Close()))
		}
		if _, is := p.client.server.archive.recordings[a.path]; !is {
			continue
		}
		if !a.ended {
			a.slack = 2*rcvbuf + p.client.server.sndbuf + inFlight
		}
		if a.file == nil {
			p.client.visits.add(a.operation)
		} else {
			all = append(all, p.client.took(a.operation, a.file.Name()))
		}
	}
	return all
}
