//go:build linux

package truthlab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
