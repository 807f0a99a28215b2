//go:build linux

package truthlab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client is who asks: an address of its own and a disk of its own.
type client struct {
	t       *testing.T
	server  *server
	site    site
	address string
	disk    string
	visits  *visits
	another func() *client
}

// operation is one request, or one run of a program that makes several, and
// what it left on the client's disk.
type operation struct {
	client   string
	agent    string // the program, as it names itself
	path     string // canonical path of the recording, or of the folder
	status   int    // of the last answer, 0 where a program does not tell
	header   http.Header
	received int64      // body bytes that came, as they were sent
	held     []interval // which bytes of the recording they are, compared
	version  int        // of the recording
	slack    int64      // bytes that may have lain in buffers when the client left
	listing  bool       // a page that shows names
	parts    bool       // several ranges came in one answer
	encoded  bool       // packed on the way
}

// interval is the bytes [from, to).
type interval struct{ from, to int64 }

// rcvbuf is the receive buffer that a socket asks for; the kernel doubles it
// (socket(7), SO_RCVBUF).
const rcvbuf = 64 * kib

// inFlight is what may lie between a server and a socket of ours beside their
// buffers: a segment on each side, which is 64 KiB on loopback.
const inFlight = 2 * 64 * kib

func (c *client) base() string {
	if c.site.tls {
		return "https://" + c.server.address[c.site.name]
	}
	return "http://" + c.server.address[c.site.name]
}

// escaped is a path as a careful client writes it.
func escaped(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// curl asks for a recording under its plain name.
func (c *client) curl(path string, options ...string) operation {
	c.t.Helper()
	return c.curlAs(path, escaped(path), options...)
}

// curlAs asks for a recording under any target.
func (c *client) curlAs(path, target string, options ...string) operation {
	c.t.Helper()
	body, head := c.scratch(), c.scratch()
	args := append([]string{"-sSgk", "--path-as-is", "--max-time", "25", "--interface", c.address, "-o", body, "-D", head}, options...)
	said := run(c.t, c.disk, "curl", append(args, c.base()+target)...)
	status, header, err := readHead(head)
	if err != nil {
		c.t.Fatalf("curl %q %s: %v: %s", options, target, err, said)
	}
	o := operation{path: path, agent: "curl", status: status, header: header}
	if i := slices.Index(options, "-A"); i >= 0 {
		o.agent = options[i+1]
	}
	if slices.Contains(options, "--head") {
		body = os.DevNull // curl writes the head there too
	}
	return c.took(o, body)
}

// cut takes the first bytes of a recording with a program that writes to a
// pipe, and closes the pipe.
func (c *client) cut(path string, bytes int64, name string, args ...string) operation {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, append(args, c.base()+escaped(path))...)
	out, err := cmd.StdoutPipe()
	must(c.t, err)
	must(c.t, cmd.Start())
	file := c.scratch()
	f, err := os.Create(file)
	must(c.t, err)
	_, err = io.CopyN(f, out, bytes)
	must(c.t, errors.Join(err, f.Close(), out.Close()))
	cmd.Wait() // it fails to write, as it should
	if ctx.Err() != nil {
		c.t.Fatalf("%s %q did not end within %v", name, args, within)
	}
	_, v := c.server.archive.present(path)
	return c.took(operation{path: path, agent: name, status: http.StatusOK, slack: v.size}, file)
}

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

// wget fetches recordings into the client's disk, under their paths.
func (c *client) wget(paths []string, options ...string) {
	c.t.Helper()
	before := c.onDisk()
	args := append([]string{"-q", "-nH", "-x", "--no-check-certificate", "--restrict-file-names=nocontrol", "-t", "1", "-T", "25",
		"-P", c.disk, "--bind-address=" + c.address}, options...)
	for _, path := range paths {
		args = append(args, c.base()+escaped(path))
	}
	run(c.t, c.disk, "wget", args...)
	after := c.onDisk()
	for path, size := range after {
		c.have("wget", path, size-before[path])
	}
	for _, path := range paths {
		if _, there := after[path]; !there {
			c.visits.add(operation{client: c.address, agent: "wget", path: path})
		}
	}
}

// mirror fetches a folder with all that its listing names.
func (c *client) mirror(folder string) {
	c.t.Helper()
	c.wget(nil, "-r", "-np", "-l", "2", "-e", "robots=off", c.base()+folder)
	if _, err := os.Stat(filepath.Join(c.disk, folder, "index.html")); err == nil {
		c.visits.add(operation{client: c.address, agent: "wget", path: folder, listing: true})
	}
}

// aria2 fetches a recording over several connections at once.
func (c *client) aria2(path string, options ...string) {
	c.t.Helper()
	args := append([]string{"--no-conf", "-q", "--file-allocation=none", "--check-certificate=false", "--interface=" + c.address, "-t", "25", "-m", "1",
		"-d", filepath.Join(c.disk, filepath.Dir(path)), "-o", filepath.Base(path)}, options...)
	run(c.t, c.disk, "aria2c", append(args, c.base()+escaped(path))...)
	file := filepath.Join(c.disk, path)
	if _, err := os.Stat(file + ".aria2"); err == nil {
		c.t.Fatalf("aria2c did not finish %s", path)
	}
	c.have("aria2c", path, c.onDisk()[path])
}

// onDisk is the sizes of the recordings that lie on the disk under their paths.
func (c *client) onDisk() map[string]int64 {
	sizes := map[string]int64{}
	for path := range c.server.archive.recordings {
		if info, err := os.Stat(filepath.Join(c.disk, path)); err == nil && info.Mode().IsRegular() {
			sizes[path] = info.Size()
		}
	}
	return sizes
}

// have notes a file that lies on the disk under its path.
func (c *client) have(agent, path string, received int64) {
	c.t.Helper()
	body, err := os.ReadFile(filepath.Join(c.disk, path))
	must(c.t, err)
	o := operation{client: c.address, agent: agent, path: path, received: received}
	c.hold(&o, 0, body)
	c.visits.add(o)
}

// scratch is a name for a file on the client's disk.
func (c *client) scratch() string {
	f, err := os.CreateTemp(c.disk, "took-")
	must(c.t, err)
	must(c.t, f.Close())
	return f.Name()
}

// readHead reads the last of the heads that curl wrote.
func readHead(file string) (int, http.Header, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, nil, err
	}
	heads := bytes.Split(bytes.TrimSpace(text), []byte("\r\n\r\n"))
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(heads[len(heads)-1], "\r\n\r\n"...))))
	first, err := r.ReadLine()
	if err != nil {
		return 0, nil, err
	}
	words := strings.Fields(first)
	if len(words) < 2 {
		return 0, nil, fmt.Errorf("no status in %q", first)
	}
	status, err := strconv.Atoi(words[1])
	if err != nil {
		return 0, nil, err
	}
	header, err := r.ReadMIMEHeader()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return status, http.Header(header), err
}
