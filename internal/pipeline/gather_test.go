package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/geo"
)

// oddNames are clients that a log can hold, and some that it cannot.
var oddNames = []string{"", "\x00", "\x00\x00", "\x00\x01", "\x01", "\x01\x01", "\x02", "a", "a\x00", "a\x00b", "a\x01", "ab", "\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", strings.Repeat("host.", 1000)}

// someClient is one of n clients, of which many begin alike, or an odd one.
func someClient(r *rand.Rand, n int) string {
	k := r.IntN(n)
	switch k % 8 {
	case 0:
		return fmt.Sprintf("2001:db8:0:%x::%x", k>>8, k)
	case 1:
		return fmt.Sprintf("h%d.dialup.example.se", k)
	case 2:
		return oddNames[k/8%len(oddNames)]
	}
	return fmt.Sprintf("83.%d.%d.%d", k>>16, k>>8&255, k&255)
}

// somePosting is a posting with anything in it that there can be.
func somePosting(r *rand.Rand) posting {
	if r.IntN(8) == 0 {
		e := nothing
		e.agent = r.Int32N(4)
		return e
	}
	pick := func(of ...int64) int64 { return of[r.IntN(len(of))] }
	e := posting{requests: pick(1, 1, 2, 300, math.MaxInt64), first: pick(accesslog.NoTime, 0, 1, -5, 999_999, 1_550_000_000_000_000, 1_550_000_000_123_456, 4e15), tags: client.Tags(pick(0, 0, 2, math.MaxUint16)), agent: int32(pick(noNumber, 0, 0, 1, 2, 70_000, math.MaxInt32))}
	e.last = e.first
	if e.first != accesslog.NoTime {
		e.last += pick(0, 0, 1, second, 86_400*second+7)
	}
	if r.IntN(4) == 0 {
		e.listings = pick(0, 1, e.requests)
		return e
	}
	e.download, e.grade, e.upper = true, download.Grade(r.IntN(int(download.GradeComplete)+1)), pick(accesslog.None, 0, 1, 50_000, math.MaxInt64)
	e.any = r.IntN(2) == 0
	return e
}

// TestPostings: what is read is what was written, and takes no more room than is
// kept for it.
func TestPostings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, since := range []int64{0, 1_550_000_000, -5} {
		var block []byte
		var names []string
		var all []posting
		for range 5000 {
			name, e := someClient(r, 1000), somePosting(r)
			from := len(block)
			block = e.append(block, []byte(name), since)
			if n := len(block) - from - len(name); n > postingBytes {
				t.Fatalf("%+v takes %d bytes", e, n)
			}
			names, all = append(names, name), append(all, e)
		}
		for i, want := range all {
			var got posting
			var name []byte
			name, block = got.read(block, since)
			if string(name) != names[i] || got != want {
				t.Fatalf("posting %d: %q %+v, want %q %+v", i, name, got, names[i], want)
			}
		}
		if len(block) > 0 {
			t.Errorf("%d bytes are left", len(block))
		}
	}
}

// TestBins: a client is in the bin that the cuts say, compared whole; bins are in
// byte order, and of about the same size.
func TestBins(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		of := func() []byte { return []byte(someClient(r, 20_000)) }
		if seed%3 == 0 { // all alike
			of = func() []byte { return fmt.Appendf(nil, "192.168.%d.%d", r.IntN(200), r.IntN(200)) }
		}
		var sample [][]byte
		for range int(seed * 100) {
			sample = append(sample, of())
		}
		const most = 20
		b := newBins(sample, most)
		if b.len() > most || seed > 3 && b.len() < most*3/4 {
			t.Errorf("seed %d: %d bins", seed, b.len())
		}
		many := make([]int, b.len())
		for i := range 10_000 {
			c := of()
			if i%3 == 0 {
				c = []byte(oddNames[i%len(oddNames)])
			}
			want := sort.Search(len(b.cuts), func(i int) bool { return bytes.Compare(b.cuts[i], c) > 0 })
			if got := b.of(c); got != want {
				t.Fatalf("seed %d: %q is in bin %d of %q, want %d", seed, c, got, b.cuts, want)
			}
			if i%3 != 0 {
				many[want]++
			}
		}
		if seed > 10 && slices.Max(many) > 10_000*5/most {
			t.Errorf("seed %d: clients per bin: %d", seed, many)
		}
	}
}

// plainTotals are the totals of clients by a map, and the clients of agents.
type plainTotals struct {
	of     map[string]*plainTotal
	agents map[int32]map[string]bool
}

type plainTotal struct {
	requests, listings, requested, anyBytes, upper int64
	grades                                         [download.GradeComplete + 1]int64
	first, last                                    int64
	tags                                           client.Tags
}

func (p *plainTotals) add(name string, e *posting) {
	if e.agent != noNumber {
		if p.agents[e.agent] == nil {
			p.agents[e.agent] = map[string]bool{}
		}
		p.agents[e.agent][name] = true
	}
	t := p.of[name]
	if t == nil {
		t = &plainTotal{first: accesslog.NoTime, last: accesslog.NoTime}
		p.of[name] = t
	}
	t.requests += e.requests
	t.listings += e.listings
	t.tags |= e.tags
	if e.download {
		t.requested++
		t.grades[e.grade]++
		if e.any {
			t.anyBytes++
		}
		switch {
		case e.upper == accesslog.None || t.upper == accesslog.None:
			t.upper = accesslog.None
		case t.upper+e.upper < 0:
			t.upper = math.MaxInt64
		default:
			t.upper += e.upper
		}
	}
	if e.first != accesslog.NoTime {
		if t.first == accesslog.NoTime || e.first < t.first {
			t.first = e.first
		}
		t.last = max(t.last, e.last)
	}
}

// TestGather: the clients' rows, their counts and the clients of each agent are
// those that a map gives, for any bins, ledgers and memory.
func TestGather(t *testing.T) {
	labels, err := client.NewLabels([]LabelEntry{{Network: "83.0.0.0/16", Label: "one"}, {Network: "2001:db8::/48", Label: "two"}})
	if err != nil {
		t.Fatal(err)
	}
	places, err := geo.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 1 + r.IntN(10_000)
		cut := new(bins)
		if seed%4 > 0 {
			var sample [][]byte
			for range 1 + r.IntN(500) {
				sample = append(sample, []byte(someClient(r, n)))
			}
			cut = newBins(sample, 1+r.IntN(60))
		}
		memory := []int64{0, 4 << 10, 1 << 20, 64 << 20}[r.IntN(4)]
		store := spill.NewStore([]int64{0, 1 << 20, 1 << 30}[r.IntN(3)], t.TempDir())
		a := &analysis{store: store, ledgers: store.Apart(), budget: budget{fold: memory}, runs: &runs{stop: t.Context().Err}, agents: newAgentNumbers(1000), labels: labels, places: places}
		a.agents.texts = make([]string, 9)
		for range 1 + r.IntN(4) {
			a.groupers = append(a.groupers, &grouper{ledger: newLedger(a.ledgers, cut)})
		}
		plain := plainTotals{of: map[string]*plainTotal{}, agents: map[int32]map[string]bool{}}
		for range r.IntN(20_000) {
			name, e := someClient(r, n), somePosting(r)
			e.requests, e.agent = min(e.requests, 1000), min(e.agent, int32(r.IntN(10)))
			e.listings = min(e.listings, e.requests)
			if err := a.groupers[r.IntN(len(a.groupers))].ledger.add([]byte(name), &e); err != nil {
				t.Fatal(err)
			}
			plain.add(name, &e)
		}
		var workers []*gatherer
		for range 1 + r.IntN(3) {
			workers = append(workers, a.newGatherer())
		}
		var got strings.Builder
		for i := range cut.len() {
			out := newOutput(&wanted{})
			done := make(chan error, 1)
			go func() { done <- workers[r.IntN(len(workers))].bin(t.Context(), bin{i, out}) }()
			for rows := range out.pipe {
				for _, c := range rows.clients {
					fmt.Fprintf(&got, "%.40q %d %d %d %d %d %d %d %d %d %d %s %s\n", c.Client, c.Requests, c.Listings, c.Complete, c.Likely, c.Possible, c.Partial, c.Requested, c.BytesUpper, c.FirstSeen, c.LastSeen, c.Tags, c.Label)
				}
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		all := &workers[0].gathered
		for _, g := range workers[1:] {
			all.merge(&g.gathered)
		}
		plain.check(t, fmt.Sprintf("seed %d", seed), got.String(), all, labels)
		if store.HeldBytes() != 0 {
			t.Errorf("seed %d: %d bytes are not given back", seed, store.HeldBytes())
		}
		if err := errors.Join(a.ledgers.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A posting of a client whose name is as long as a line leaves no room behind.
func TestLedgerLong(t *testing.T) {
	store := spill.NewStore(0, t.TempDir())
	defer store.Close()
	l := newLedger(store, new(bins))
	for _, n := range []int{10, 3 * ledgerBlock, 20} {
		e := nothing
		if err := l.add(bytes.Repeat([]byte("c"), n), &e); err != nil {
			t.Fatal(err)
		}
		if room := cap(l.pages[0].buf); room > ledgerBlock {
			t.Errorf("%d bytes are kept behind a name of %d", room, n)
		}
	}
	if len(l.pages[0].blocks) != 2 {
		t.Errorf("%d blocks", len(l.pages[0].blocks))
	}
}

// check compares what was gathered with the plain totals.
func (p *plainTotals) check(t *testing.T, what, rows string, all *gathered, labels *client.Labels) {
	t.Helper()
	var expected strings.Builder
	var top topList
	var counts populationCounts
	counts.labelled = make([]clientCounts, labels.Len())
	for _, name := range slices.Sorted(maps.Keys(p.of)) {
		c := p.of[name]
		label := labels.Number([]byte(name))
		g := c.grades
		fmt.Fprintf(&expected, "%.40q %d %d %d %d %d %d %d %d %d %d %s %s\n", name, c.requests, c.listings, g[5], g[4], g[3], g[2], c.requested, c.upper, c.first, c.last, c.tags, labels.Name(label))
		top = append(top, casefile.ClientRow{Client: []byte(name), Complete: g[5], Likely: g[4], Possible: g[3], Partial: g[2], Requests: c.requests})
		for _, n := range []*clientCounts{&counts.all, append([]*clientCounts{&counts.unlabelled}, &counts.labelled[0], &counts.labelled[1])[label]} {
			n.seen++
			if c.requested > 0 {
				n.requested++
			}
			if c.anyBytes > 0 {
				n.anyBytes++
			}
			if c.listings > 0 {
				n.listings++
			}
			for grade := range n.reaching {
				if slices.Max(g[grade:]) > 0 {
					n.reaching[grade]++
				}
			}
		}
	}
	got, wanted := strings.Split(rows, "\n"), strings.Split(expected.String(), "\n")
	for i := range min(len(got), len(wanted)) {
		if got[i] != wanted[i] {
			t.Fatalf("%s: row %d of %d is\n%s\nwant\n%s", what, i, len(wanted), got[i], wanted[i])
		}
	}
	if len(got) != len(wanted) {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(wanted))
	}
	slices.SortFunc(top, tookMore)
	top = top[:min(len(top), topClients)]
	if !slices.EqualFunc(top, all.top, func(a, b casefile.ClientRow) bool { return bytes.Equal(a.Client, b.Client) }) {
		t.Errorf("%s: other clients are at the top", what)
	}
	if fmt.Sprint(all.counts) != fmt.Sprint(counts) {
		t.Errorf("%s: counts %v, want %v", what, all.counts, counts)
	}
	for number, n := range all.byAgent {
		if int64(len(p.agents[int32(number)])) != n {
			t.Errorf("%s: agent %d: %d clients, want %d", what, number, n, len(p.agents[int32(number)]))
		}
	}
}

// BenchmarkGather keeps what clients did in two ledgers, and adds it up.
func BenchmarkGather(b *testing.B) {
	const postings = 1_000_000
	for _, clients := range []int{50_000, 400_000} {
		names := make([][]byte, postings)
		r := rand.New(rand.NewPCG(1, 4))
		for i := range names {
			k := uint32(r.IntN(clients)) * 2654435761
			names[i] = fmt.Appendf(nil, "%d.%d.%d.%d", k>>24, k>>16&255, k>>8&255, k&255)
		}
		var sample [][]byte
		for i := 0; i < postings; i += 100 {
			sample = append(sample, names[i])
		}
		places, err := geo.Open(nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			for b.Loop() {
				store := spill.NewStore(1<<30, b.TempDir())
				cut := newBins(slices.Clone(sample), postings/binRequests)
				a := &analysis{store: store, ledgers: store.Apart(), budget: budget{fold: 64 << 20}, runs: &runs{stop: b.Context().Err}, agents: newAgentNumbers(0), places: places}
				for range 2 {
					a.groupers = append(a.groupers, &grouper{ledger: newLedger(a.ledgers, cut)})
				}
				for i, name := range names {
					e := posting{download: true, requests: 1, upper: int64(i), first: int64(i) * second, last: int64(i) * second, agent: noNumber}
					if err := a.groupers[i&1].ledger.add(name, &e); err != nil {
						b.Fatal(err)
					}
				}
				g := a.newGatherer()
				for i := range cut.len() {
					if err := g.bin(b.Context(), bin{number: i}); err != nil {
						b.Fatal(err)
					}
				}
				if n := g.counts.all.seen; n < int64(clients)/2 {
					b.Fatalf("%d clients", n)
				}
			}
			b.ReportMetric(float64(b.N)*postings/b.Elapsed().Seconds(), "postings/s")
		})
	}
}
