package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestKinds: what a request came to, by method and status.
func TestKinds(t *testing.T) {
	var log strings.Builder
	for i, c := range []string{
		"GET 200 1000", "GET 203 1000", "GET 206 1000", "GET 206 2", "GET 206 3", "GET 206 -", "POST 200 1000", "HEAD 200 0", "HEAD 404 0", "OPTIONS 200 0",
		"PROPFIND 207 900", "GET 204 0", "GET 301 200", "GET 304 -", "GET 401 1", "GET 403 1", "GET 451 1", "GET 404 1", "GET 410 1",
		"GET 416 1", "GET 500 1", "GET 499 0", "GET 408 -", "PUT 405 1", "DELETE 200 5", "GET 100 0",
	} {
		var method, size string
		var status int
		fmt.Sscan(c, &method, &status, &size)
		log.WriteString(entry("192.0.2.1", i, method+" /a/x.wav HTTP/1.1", status, size, "curl"))
	}
	for i, c := range []string{"GET 200", "GET 304", "GET 403", "HEAD 200", "GET 301"} {
		var method string
		var status int
		fmt.Sscan(c, &method, &status)
		log.WriteString(entry("192.0.2.1", 100+i, method+" /a/ HTTP/1.1", status, 10, "curl"))
	}
	root := files(t, map[string]string{"a.log": log.String()})
	dir, out := analyse(t, Options{Evidence: []string{root}})
	var kinds []string
	for _, r := range table(t, dir, casefile.TableRequests) {
		kinds = append(kinds, fmt.Sprint(r["method"], " ", r["status"], " ", r["kind"]))
	}
	want(t, "kinds", strings.Join(kinds, "\n")+"\n", `
GET 200 listing
GET 304 not_modified
GET 403 denied
HEAD 200 head
GET 301 redirect
GET 200 content
GET 203 content
GET 206 content
GET 206 probe
GET 206 content
GET 206 content
POST 200 content
HEAD 200 head
HEAD 404 head
OPTIONS 200 no_content
PROPFIND 207 no_content
GET 204 no_content
GET 301 redirect
GET 304 not_modified
GET 401 denied
GET 403 denied
GET 451 denied
GET 404 missing
GET 410 missing
GET 416 error
GET 500 error
GET 499 error
GET 408 error
PUT 405 error
DELETE 200 no_content
GET 100 error
`)
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "client", "recording", "requests", "content_requests", "first_seen", "last_seen", "earlier_copy", "first_line"),
		"192.0.2.1 /a/x.wav 26 7 23:00:00 23:00:25 true 1\n")
	want(t, "clients", show(table(t, dir, casefile.TableClients), "client", "requests", "listings", "recordings_requested", "first_seen", "last_seen"),
		"192.0.2.1 31 1 1 23:00:00 23:01:44\n")
	if l := out.Summary.Listings; l != (casefile.ListingCount{Requests: 1, Clients: 1, Directories: 1}) {
		t.Errorf("listings %+v", l)
	}
}

// TestOneName: whatever a target looks like, a file is one recording.
func TestOneName(t *testing.T) {
	var log strings.Builder
	targets := []string{
		"/a/x%20y.wav", "//a//x%20y.wav", "/a/./b/../x%20y.wav", "/a/x%20y.wav?t=1", "http://nas.example.se/a/x%20y.wav",
		"/%61/x%20y.WAV", "/a/x%20y.wav#t", `/a/x\x20y.wav`, "/a/%C3%A5.wav", "/a/a%CC%8A.wav", `/a/\xc3\xa5.wav`, "/a/x%2520y.wav",
	}
	for i, target := range targets {
		log.WriteString(strings.ReplaceAll(get("192.0.2.1", i, "TARGET", 200, 1000), "TARGET", target))
	}
	root := files(t, map[string]string{"a.log": log.String()})
	dir, _ := analyse(t, Options{Evidence: []string{root}})
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "recording", "requests"), `
/a/x y.WAV 1
/a/x y.wav 7
/a/x%20y.wav 1
/a/å.wav 3
`)
	var logged []string
	for _, r := range table(t, dir, casefile.TableRequests) {
		if r["url_original"] != targets[r["line"].(int64)-1] {
			t.Errorf("line %d: logged as %q", r["line"], r["url_original"])
		}
		if r["host"] != nil {
			logged = append(logged, fmt.Sprint(r["host"], " ", r["line"]))
		}
	}
	want(t, "hosts", strings.Join(logged, "\n")+"\n", "nas.example.se 5\n")
}

// listingLog is what clients saw and took; see TestListings.
func listingLog() string {
	var log strings.Builder
	at := 0
	do := func(client, method, target string, status int, size any) {
		at++
		log.WriteString(entry(client, at, method+" "+target+" HTTP/1.1", status, size, "curl"))
	}
	do("192.0.2.1", "GET", "/a/", 200, 900)
	do("192.0.2.1", "GET", "/a/?C=M;O=D", 200, 900)
	do("192.0.2.2", "GET", "/a/", 200, 900)
	do("192.0.2.3", "GET", "/a/", 304, "-")   // saw it before these logs: not shown
	do("192.0.2.3", "GET", "/a/c/", 403, 200) // not shown
	do("192.0.2.1", "GET", "/a/b/", 200, 900)
	do("192.0.2.4", "GET", "/a/b/d/", 200, 900)
	do("192.0.2.1", "GET", "/a/1.wav", 200, 1000)
	do("192.0.2.9", "GET", "/a/b/3.wav", 200, 1000)
	do("192.0.2.9", "GET", "/a/c/5.wav", 200, 1000)
	do("192.0.2.9", "GET", "/a/new.wav", 200, 1000)
	do("192.0.2.9", "GET", "/z.wav", 200, 1000)
	return log.String()
}

const listingSizes = "path,size,phone\n" +
	"/a/1.wav,1000,+46701740631\n/a/2.wav,2000,\n/a/b/3.wav,3000,x\n/a/b/4.wav,,\n" +
	"/a/c/5.wav,5000,\n/a/c/6.wav,6000,\n/a/b/d/7.wav,7000,\n/a/b/d/e/8.wav,8000,\n/b/9.wav,9000,\n/a/~.wav,1,\n"

// TestListings: what was shown to whom, counting recordings that nobody asked
// for, and not counting directories in between that were not shown.
func TestListings(t *testing.T) {
	root := files(t, map[string]string{"logs/a.log": listingLog(), "sizes.csv": listingSizes})
	dir, out := analyse(t, Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv"})
	want(t, "listings", show(table(t, dir, casefile.TableListings), "client", "directory", "requests", "first_seen", "last_seen", "names_exposed"), `
192.0.2.1 /a/ 2 23:00:01 23:00:02 3
192.0.2.2 /a/ 1 23:00:03 23:00:03 3
192.0.2.1 /a/b/ 1 23:00:06 23:00:06 2
192.0.2.4 /a/b/d/ 1 23:00:07 23:00:07 1
`)
	want(t, "recordings", show(table(t, dir, casefile.TableRecordings), "recording", "size", "size_from", "clients_any", "listed_to", "phone"), `
/a/1.wav 1000 inventory 1 2 +46701740631
/a/2.wav 2000 inventory 0 2 null
/a/b/3.wav 3000 inventory 1 1 x
/a/b/4.wav null null 0 1 null
/a/b/d/7.wav 7000 inventory 0 1 null
/a/c/5.wav 5000 inventory 1 0 null
/a/new.wav null null 1 2 null
/a/~.wav 1 inventory 0 2 null
/z.wav null null 1 0 null
`)
	if l := out.Summary.Listings; l != (casefile.ListingCount{Requests: 5, Clients: 3, Directories: 3}) {
		t.Errorf("listings %+v", l)
	}
	if n := out.Summary.Counts["requested"].Recordings; n != 5 {
		t.Errorf("%d recordings asked for", n)
	}

	// Without an inventory names cannot be counted, and only what was asked for
	// is known.
	dir, _ = analyse(t, Options{Evidence: []string{root + "/logs"}})
	want(t, "listings without inventory", show(table(t, dir, casefile.TableListings), "directory", "names_exposed"), "/a/ null\n/a/ null\n/a/b/ null\n/a/b/d/ null\n")
	want(t, "recordings without inventory", show(table(t, dir, casefile.TableRecordings), "recording", "listed_to"),
		"/a/1.wav 2\n/a/b/3.wav 1\n/a/c/5.wav 0\n/a/new.wav 2\n/z.wav 0\n")
}

// TestListingsAcrossParts: the same when every recording is a part of its own,
// so that directories are shown in parts before.
func TestListingsAcrossParts(t *testing.T) {
	root := files(t, map[string]string{"logs/a.log": strings.Repeat(listingLog(), 200), "sizes.csv": listingSizes})
	o := Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Workers: 1}
	whole, _ := analyse(t, o)
	for _, workers := range []int{2, 7} {
		o.Workers, o.Memory = workers, tiny
		dir, _ := analyse(t, o)
		sameCase(t, fmt.Sprint(workers, " workers"), dir, whole)
	}
	// Cut at each name, and at names that are in no log.
	a := scanned(t, Options{Evidence: []string{root + "/logs"}, Inventory: root + "/sizes.csv", Out: t.TempDir() + "/case", Workers: 1})
	if err := a.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	expected := table(t, whole, casefile.TableRecordings)
	for _, cut := range []string{"/a/", "/a/1.wav", "/a/2.wav", "/a/b/", "/a/b/3.wav", "/a/b/4.wav", "/a/b/d/", "/a/b/d/7.wav", "/a/c/", "/a/c/5.wav", "/a/zz", "/b/", "/zz"} {
		all := &runs{store: a.store, stop: func() error { return nil }, all: a.runs.all}
		g := a.newGrouper(all, newShownAbove(all), nil, new(bins))
		var got []row
		for _, p := range []*part{{to: []byte(cut)}, {from: []byte(cut)}} {
			rows, err := rowsOf(t, g, p)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rows...)
		}
		g = a.newGrouper(all, nil, nil, new(bins)) // nobody wants to know to whom names were shown
		if err := g.part(t.Context(), &part{from: []byte(cut)}); err != nil {
			t.Fatal(err)
		}
		want(t, "cut at "+cut, show(got, "recording", "clients_any", "listed_to"), show(expected, "recording", "clients_any", "listed_to"))
	}
}

// rowsOf groups a part and gives its recordings.
func rowsOf(t *testing.T, g *grouper, p *part) (got []row, err error) {
	p.out = newOutput(&wanted{recordings: true})
	done := make(chan error, 1)
	go func() { done <- g.part(t.Context(), p) }()
	for rows := range p.out.pipe {
		for _, r := range rows.recordings {
			got = append(got, row{"recording": string(r.Recording), "clients_any": r.ClientsAny, "listed_to": r.ListedTo})
		}
	}
	return got, <-done
}

// TestAgents: no agent, the empty agent and agents with odd bytes are different.
func TestAgents(t *testing.T) {
	var log strings.Builder
	for i, c := range []struct{ client, agent string }{
		{"192.0.2.1", "-"}, {"192.0.2.2", "-"}, {"192.0.2.1", ""}, {"192.0.2.1", "a"}, {"192.0.2.1", "a"}, {"192.0.2.2", "a"},
		{"192.0.2.1", "a\x00"}, {"192.0.2.1", "a\x01"}, {"192.0.2.1", "a\x00b"}, {"192.0.2.2", "\x00"}, {"192.0.2.1", "a\x02"}, {"192.0.2.3", "ab"},
	} {
		log.WriteString(entry(c.client, i, "GET /a/x.wav HTTP/1.1", 200, 1000, c.agent))
	}
	log.WriteString(entry("192.0.2.7", 50, "GET /a/ HTTP/1.1", 200, 1000, "a"))           // listings count
	log.WriteString(entry("192.0.2.8", 51, "GET /page.html HTTP/1.1", 200, 1000, "page")) // pages do not
	root := files(t, map[string]string{"a.log": log.String()})
	dir, _ := analyse(t, Options{Evidence: []string{root}})
	var got []row
	for _, r := range table(t, dir, casefile.TableAgents) {
		if s, ok := r["user_agent"].(string); ok {
			r["user_agent"] = fmt.Sprintf("%q", s)
		}
		got = append(got, r)
	}
	want(t, "agents", show(got, "user_agent", "clients", "requests"), `
null 2 2
"" 1 1
"\x00" 1 1
"a" 3 4
"a\x00" 1 1
"a\x00b" 1 1
"a\x01" 1 1
"a\x02" 1 1
"ab" 1 1
`)
	want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "client", "user_agents"), "192.0.2.1 6\n192.0.2.2 2\n192.0.2.3 1\n") // no agent is none
}

// TestAgentKeys: keys of one agent stand together, in the order of agents, and
// say which agent they are of.
func TestAgentKeys(t *testing.T) {
	agents := [][]byte{{}, {0}, {0, 0}, {0, 1}, {1}, {1, 0}, {1, 1}, {1, 2}, {2}, []byte("a"), []byte("a\x00"), []byte("a\x00b"), []byte("a\x01"), []byte("b"), {0xff}}
	last := ""
	for _, agent := range agents {
		for _, client := range []string{"", "\x00", "\x01z", "192.0.2.1"} {
			key := pairKey(nil, agent, []byte(client))
			if string(key) <= last {
				t.Errorf("key of %q and %q is not behind the one before", agent, client)
			}
			last = string(key)
			shared := firstOfPair(key)
			got := textOfPair(shared)
			if string(got) != string(agent) || got == nil || string(key[len(shared):]) != client {
				t.Errorf("agent %q, client %q: agent %q, client %q", agent, client, got, key[len(shared):])
			}
		}
	}
}

// TestManyRequests: a recording with more requests than are held is read twice,
// and comes to the same.
func TestManyRequests(t *testing.T) {
	const many = 9000
	part := func(n int) string {
		var log strings.Builder
		for i := range n {
			log.WriteString(get(fmt.Sprintf("192.0.2.%d", i%3), i, "/a/x.wav", 200, 1000+i%2))
		}
		return log.String()
	}
	root := files(t, map[string]string{"small/a.log": part(many / 3), "large/a.log": part(many)})
	small, _ := analyse(t, Options{Evidence: []string{root + "/small"}})
	for _, memory := range []int64{0, tiny} {
		large, out := analyse(t, Options{Evidence: []string{root + "/large"}, Memory: memory, Workers: 3})
		accounts(t, large, root+"/large")
		columns := []string{"client", "recording", "size", "size_from", "bytes_lower", "bytes_upper", "completeness", "basis", "user_agents", "first_line", "first_seen"}
		want(t, "downloads", show(table(t, large, casefile.TableDownloads), columns...), show(table(t, small, casefile.TableDownloads), columns...))
		want(t, "requests per client", show(table(t, large, casefile.TableDownloads), "requests", "content_requests"), strings.Repeat(fmt.Sprint(many/3, " ", many/3, "\n"), 3))
		if n := out.Summary.Counts["requested"]; n != (casefile.RuleCount{Requests: many, Pairs: 3, Recordings: 1, Clients: 3}) {
			t.Errorf("requested %+v", n)
		}
	}
	// Exactly as many as are held, and one more, that of a client of its own.
	for _, n := range []int{groupBuffer - 1, groupBuffer, groupBuffer + 1} {
		root := files(t, map[string]string{"a.log": strings.Repeat(get("192.0.2.1", 1, "/a/x.wav", 200, 1000), n-1) + get("192.0.2.2", 1, "/a/x.wav", 200, 1000) + get("192.0.2.2", 1, "/a/y.wav", 200, 1000)})
		dir, _ := analyse(t, Options{Evidence: []string{root}})
		want(t, "downloads", show(table(t, dir, casefile.TableDownloads), "recording", "client", "requests"),
			fmt.Sprintf("/a/x.wav 192.0.2.1 %d\n/a/x.wav 192.0.2.2 1\n/a/y.wav 192.0.2.2 1\n", n-1))
	}
}

// TestSameContent: the same file twice counts its lines twice, and the case
// says so, under whatever compression.
func TestSameContent(t *testing.T) {
	log := get("192.0.2.1", 1, "/a/x.wav", 200, 1000)
	root := files(t, map[string]string{"a.log": log, "b.log.gz": packed(t, log), "c.log": log + log})
	_, out := analyse(t, Options{Evidence: []string{root}})
	if says := strings.Join(out.Summary.Warnings, "\n"); !strings.Contains(says, "b.log.gz has the same content as a.log") || strings.Count(says, "same content") != 1 {
		t.Errorf("warnings %q", says)
	}
	if out.Damaged {
		t.Error("damaged")
	}
}

// TestOrderOfTime: downloads begin with the first request by time, wherever it
// stands, and equal times go by source and line.
func TestOrderOfTime(t *testing.T) {
	root := files(t, map[string]string{
		"a.log": get("192.0.2.1", 50, "/a/x.wav", 200, 3) + get("192.0.2.1", 40, "/a/x.wav", 200, 2),
		"b.log": get("192.0.2.1", 40, "/a/x.wav", 200, 9) + get("192.0.2.1", 10, "/a/x.wav", 200, 1),
	})
	dir, _ := analyse(t, Options{Evidence: []string{root}})
	want(t, "requests", show(table(t, dir, casefile.TableRequests), "source", "line", "time_start"), "2 2 23:00:10\n1 2 23:00:40\n2 1 23:00:40\n1 1 23:00:50\n")
	want(t, "download", show(table(t, dir, casefile.TableDownloads), "first_source", "first_line", "first_seen", "last_seen"), "2 2 23:00:10 23:00:50\n")
}
