//go:build linux

package truthlab

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// rcvbuf is the receive buffer that a socket asks for; the kernel doubles it
// (socket(7), SO_RCVBUF).
const rcvbuf = 64 * kib

// inFlight is what may lie between a server and a socket of ours beside their
// buffers: a segment on each side, which is 64 KiB on loopback.
const inFlight = 2 * 64 * kib

// raw is one request over a socket with a small buffer.
type raw struct {
	method  string // GET if empty
	target  string // the recording's path, escaped, if empty
	headers string // more header lines, each with \r\n
	limit   int64  // leave after so many body bytes; 0: take all
	idle    bool   // leave when all that the server has sent so far is read
	agent   string
}

// socket asks over a socket of its own, and leaves after the limit. What it
// does not read is lost.
func (c *client) socket(path string, r raw) operation {
	c.t.Helper()
	if r.target == "" {
		r.target = escaped(path)
	}
	if r.method == "" {
		r.method = "GET"
	}
	if r.agent == "" {
		r.agent = "lab-socket/1.0"
	}
	conn := c.dial(!r.idle)
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: nas.example.se\r\nUser-Agent: %s\r\nConnection: close\r\n%s\r\n", r.method, r.target, r.agent, r.headers)
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 4*kib), &http.Request{Method: r.method})
	if err != nil {
		c.t.Fatalf("%q: %v", r.target, err)
	}
	file := c.scratch()
	f, err := os.Create(file)
	must(c.t, err)
	o := operation{path: path, agent: r.agent, status: answer.StatusCode, header: answer.Header, slack: 2*rcvbuf + c.server.sndbuf + inFlight}
	switch {
	case r.idle:
		err = copyUntilIdle(f, answer.Body, conn)
	case r.limit > 0:
		_, err = io.CopyN(f, answer.Body, r.limit)
	default:
		_, err = io.Copy(f, answer.Body)
		o.slack = 0
	}
	must(c.t, errors.Join(err, f.Close()))
	return c.took(o, file)
}

// copyUntilIdle copies until nothing came for a while: then nothing lies in any
// buffer, and the server has handed over no more than was read.
func copyUntilIdle(to io.Writer, from io.Reader, conn net.Conn) error {
	for {
		unset := conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err := io.CopyN(to, from, kib)
		switch {
		case unset != nil:
			return unset
		case errors.Is(err, os.ErrDeadlineExceeded), err == io.EOF: // there is nothing more
			return nil
		case err != nil:
			return err
		}
	}
}

// dial connects from the client's address. With a small buffer a server often
// has to wait for a client that reads on.
func (c *client) dial(smallBuffer bool) net.Conn {
	c.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(c.address)}, Timeout: within}
	conn, err := d.Dial("tcp4", c.server.address[c.site.name])
	must(c.t, err)
	must(c.t, conn.(*net.TCPConn).SetLinger(0)) // leaving is seen at once
	if smallBuffer {
		must(c.t, conn.(*net.TCPConn).SetReadBuffer(rcvbuf)) // before a request, so that nothing has come yet
	}
	must(c.t, conn.SetDeadline(time.Now().Add(within)))
	if c.site.tls {
		return tls.Client(conn, anyCertificate)
	}
	return conn
}

// send writes bytes that need not be HTTP, and reads what comes back.
func (c *client) send(text string) {
	c.t.Helper()
	conn := c.dial(true)
	defer conn.Close()
	io.WriteString(conn, text)
	conn.(interface{ CloseWrite() error }).CloseWrite() // or a server waits for the rest
	io.Copy(io.Discard, conn)
}
