//go:build linux

package truthlab

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
)

// visits is all that the clients of one site did.
type visits struct {
	operations []operation
	scenario   map[string]string // by client
}

func (v *visits) add(o operation) { v.operations = append(v.operations, o) }

// pair is a client and a recording.
type pair struct{ client, path string }

// truth is what a client has of a recording in the end.
type truth struct {
	scenario string
	whole    bool  // all bytes of one version
	present  bool  // and of the last one
	placed   bool  // and each came in an answer that has one place, to one program
	held     int64 // the most different bytes of one version
	total    int64 // different bytes of all versions
	received int64 // body bytes in all, as they were sent
	slack    int64 // more that the server may rightly take for handed over
	encoded  bool  // some came packed
	refused  bool  // nothing was asked for in a way that the server took for a request
}

// took compares a body on the client's disk with the recording, and notes it.
func (c *client) took(o operation, file string) operation {
	c.t.Helper()
	o.client = c.address
	body, err := os.ReadFile(file)
	must(c.t, err)
	o.received = int64(len(body))
	switch {
	case strings.HasSuffix(o.path, "/"):
		o.listing = o.status == http.StatusOK && len(body) > 0
	case o.status != http.StatusOK && o.status != http.StatusPartialContent:
	case file == os.DevNull:
	case o.header.Get("Content-Encoding") == "gzip":
		o.encoded = true
		c.hold(&o, 0, unpacked(body))
	case o.status == http.StatusOK:
		c.hold(&o, 0, body)
	case strings.HasPrefix(o.header.Get("Content-Type"), "multipart/"):
		o.parts = true
		c.parts(&o, body)
	default:
		var first int64
		if _, err := fmt.Sscanf(o.header.Get("Content-Range"), "bytes %d-", &first); err != nil {
			c.t.Fatalf("206 with Content-Range %q", o.header.Get("Content-Range"))
		}
		c.hold(&o, first, body)
	}
	c.visits.add(o)
	return o
}

// hold notes that body is the bytes of the recording from a place on, in the
// last version that has them there. What is not the recording is no content: a
// page in its place, where a site serves such pages; anywhere else the lab is
// wrong.
func (c *client) hold(o *operation, from int64, body []byte) {
	c.t.Helper()
	r, known := c.server.archive.recordings[o.path]
	if !known {
		return
	}
	for n := len(r.versions) - 1; n >= 0; n-- {
		same, err := r.versions[n].holds(from, body)
		must(c.t, err)
		if same && c.site.pages && len(body) > 0 {
			c.t.Fatalf("%s: %d bytes of %s, where the log-in page should be", c.address, len(body), o.path)
		}
		if same {
			o.version = n
			o.held = append(o.held, interval{from, from + int64(len(body))})
			return
		}
	}
	if !c.site.pages {
		c.t.Fatalf("%s: %d bytes from %d on that are not those of %s", c.address, len(body), from, o.path)
	}
}

// parts reads a body of several ranges.
func (c *client) parts(o *operation, body []byte) {
	c.t.Helper()
	_, params, err := mime.ParseMediaType(o.header.Get("Content-Type"))
	must(c.t, err)
	for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return
		}
		must(c.t, err)
		var first int64
		if _, err := fmt.Sscanf(part.Header.Get("Content-Range"), "bytes %d-", &first); err != nil {
			c.t.Fatalf("a part with Content-Range %q", part.Header.Get("Content-Range"))
		}
		content, err := io.ReadAll(part)
		must(c.t, err)
		c.hold(o, first, content)
	}
}

// unpacked undoes gzip, as far as it goes.
func unpacked(body []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	content, _ := io.ReadAll(r)
	return content
}

// truths puts the operations together.
func (v *visits) truths(a *archive) map[pair]truth {
	of := map[pair][]operation{}
	for _, o := range v.operations {
		if !strings.HasSuffix(o.path, "/") {
			p := pair{o.client, o.path}
			of[p] = append(of[p], o)
		}
	}
	all := map[pair]truth{}
	for p, operations := range of {
		all[p] = v.truth(a, p, operations)
	}
	return all
}

// truth is that of one pair.
func (v *visits) truth(a *archive, p pair, operations []operation) truth {
	is := truth{scenario: v.scenario[p.client], refused: true}
	type share struct {
		version int
		agent   string // "" for all of them
	}
	held := map[share][]interval{}
	for _, o := range operations {
		is.slack = max(is.slack, o.slack)
		is.received += o.received
		is.encoded = is.encoded || o.encoded
		is.refused = is.refused && o.status == http.StatusBadRequest
		if len(o.held) == 0 {
			is.slack += o.received // a page in its place, of which the log cannot tell
			continue
		}
		all, one := share{o.version, ""}, share{o.version, o.agent}
		held[all] = append(held[all], o.held...)
		if !o.parts {
			held[one] = append(held[one], o.held...)
		}
	}
	for s, list := range held {
		versions := a.recordings[p.path].versions
		bytes, whole := union(list, versions[s.version].size)
		is.held = max(is.held, bytes)
		if s.agent == "" {
			is.total += bytes
		}
		is.whole = is.whole || whole
		is.present = is.present || whole && s.version == len(versions)-1
		is.placed = is.placed || whole && s.agent != ""
	}
	return is
}

// union is how many different bytes intervals hold, and whether these are all
// of [0, size). Of nothing one must have had an answer.
func union(list []interval, size int64) (bytes int64, whole bool) {
	slices.SortFunc(list, func(a, b interval) int { return int(min(1, max(-1, a.from-b.from))) })
	var end int64
	for _, i := range list {
		bytes += max(0, i.to-max(i.from, end))
		end = max(end, i.to)
	}
	return bytes, bytes == size
}
