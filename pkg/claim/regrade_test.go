package claim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/request"
)

// analysed makes a case that must come about.
func analysed(t *testing.T, o pipeline.Options) *casefile.Case {
	t.Helper()
	o.Out = filepath.Join(t.TempDir(), "case")
	o.Workers = 2
	if _, err := pipeline.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func written(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// randomLog has clients that share a prefix, user agents, hosts and forwarded
// addresses, and answers of many kinds over three days.
func randomLog(rnd *rand.Rand, lines int) string {
	var b strings.Builder
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	for range lines {
		size := []int{0, 2, 500, 4000, 70_000}[rnd.IntN(5)]
		status, planned, asked := "200", size, "-"
		switch rnd.IntN(7) {
		case 0:
			status, planned = pick("304", "404", "403", "416"), 0
		case 1, 2:
			from := rnd.IntN(size + 1)
			planned = (size - from) / (1 + rnd.IntN(2))
			status, asked = "206", fmt.Sprintf("bytes=%d-%d", from, from+planned-1)
			if rnd.IntN(3) == 0 {
				asked = "-"
			}
		}
		finished, sent := "+", planned+200+rnd.IntN(3)
		if rnd.IntN(4) == 0 && planned > 0 {
			finished, sent = "X", rnd.IntN(planned+200)
		}
		client := fmt.Sprintf("192.0.2.%d", rnd.IntN(6))
		if rnd.IntN(2) == 0 {
			client = fmt.Sprintf("2001:db8:0:%d::%d", rnd.IntN(3), 1+rnd.IntN(3))
		}
		fmt.Fprintf(&b, "%s %s - - [%02d/Feb/2019:%02d:00:00 +0100] \"%s /r%d/%d.wav HTTP/1.1\" %s %d %d %s \"%s\" \"-\" \"%s\" \"%s\"\n",
			pick("nas.example", "nas.example", "192.0.2.99"), client, 10+rnd.IntN(4), rnd.IntN(24), pick("GET", "GET", "GET", "HEAD"),
			size, rnd.IntN(4), status, planned, sent, finished, asked, pick("curl", "wget", ""), pick("-", "-", "-", "10.0.0.1", "10.0.0.2"))
	}
	return b.String()
}

const everyField = `%v %h %l %u %t "%r" %>s %b %O %X "%{Range}i" "%{Referer}i" "%{User-agent}i" "%{X-Forwarded-For}i"`

// basis is what the downloads of a case rest on; some clients have a label.
func basis(t *testing.T, c *casefile.Case) claim.Basis {
	t.Helper()
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	b := claim.Basis{Headers: m.Headers(), Common: m.Common(), Inventory: m.Inventory != nil}
	for _, s := range m.Sources {
		b.Sources = append(b.Sources, claim.Source{ID: s.Source, Path: s.Path, Meaning: "accepted_with_headers", MeaningBy: "user", Zone: "UTC", ZoneBy: "default", Clock: 3600e6})
	}
	table, err := c.Table(casefile.TableClients)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range table.Rows("client", "prefix") {
		if err != nil {
			t.Fatal(err)
		}
		one := claim.Client{Name: row[0].(string), Prefix: row[1].(string), ASN: int64(len(b.Clients) % 3)}
		if len(b.Clients)%4 == 1 {
			one.Label = "office"
		}
		b.Clients = append(b.Clients, one)
	}
	return b
}

// recordings gives the recordings of a case with their requests.
func recordings(t *testing.T, c *casefile.Case) []claim.Recording {
	t.Helper()
	table, err := c.Table(casefile.TableRequests)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := c.Beside()
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	var out []claim.Recording
	for r, err := range table.Requests() {
		if err != nil {
			t.Fatal(err)
		}
		if n := len(out); n > 0 && string(out[n-1].Requests[0].Recording) == string(r.Recording) {
			out[n-1].Requests = append(out[n-1].Requests, *r)
			continue
		}
		if strings.HasSuffix(string(r.Recording), "/") {
			continue
		}
		known, ok, err := beside.Recording(r.Recording)
		if err != nil || !ok {
			t.Fatalf("%s: %v %v", r.Recording, ok, err)
		}
		out = append(out, claim.Recording{Index: known.Row, Inventory: known.Inventory, Requests: []request.Request{*r}})
	}
	return out
}

// randomCase is a case of random logs, every second with an inventory.
func randomCase(t *testing.T, seed int) *casefile.Case {
	rnd := rand.New(rand.NewPCG(uint64(seed), 7))
	dir := written(t, map[string]string{"a.log": randomLog(rnd, 400), "b.log": randomLog(rnd, 300)})
	o := pipeline.Options{Evidence: []string{dir}, Formats: []pipeline.PerSource{{Value: everyField}}}
	if seed%2 == 0 {
		o.Inventory = filepath.Join(written(t, map[string]string{"i.csv": "path,size\n/r500/0.wav,500\n/r4000/1.wav,4000\n/r70000/0.wav,70000\n/r70000/2.wav,60000\n/r0/0.wav,0\n"}), "i.csv")
	}
	if seed%3 == 0 { // what was sent, with headers, in place of the plan
		o.Formats[0].Value = strings.Replace(everyField, " %b %O ", " %I %O ", 1)
	}
	if seed%4 == 3 { // nothing says whether an answer came to its end
		o.Formats[0].Value = strings.Replace(o.Formats[0].Value, " %X ", " %L ", 1)
	}
	return analysed(t, o)
}

// By address, for all clients and without a period, grading again gives the
// downloads table, row for row.
func TestRegradeIsTheDownloadsTable(t *testing.T) {
	grades := map[string]int{}
	for seed := range 12 {
		c := randomCase(t, seed)
		table, err := c.Table(casefile.TableDownloads)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for d, err := range table.Downloads() {
			if err != nil {
				t.Fatal(err)
			}
			want[string(d.Recording)+" "+string(d.Client)] = fmt.Sprint(d.Grade, " ", d.Basis, d.Requests, d.EarlierCopy || d.Grade.String() == "possible" || d.Grade.String() == "likely" || d.Grade.String() == "complete",
				d.BytesLower > 0, d.BytesUpper != 0, d.FirstSource, d.FirstLine)
			grades[d.Grade.String()]++
		}
		counter := claim.NewPlan(nil, basis(t, c)).Counter()
		n := 0
		for _, rec := range recordings(t, c) {
			pairs, err := counter.Graded(claim.View{}, &rec, seed%2 == 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range pairs {
				r := &rec.Requests[p.First]
				key := string(r.Recording) + " " + string(r.Client)
				if got := fmt.Sprint(p.Grade, " ", p.Basis, p.Requests, p.EarlierOrPossible, p.Lower, p.Upper, r.Source, r.Line); got != want[key] {
					t.Errorf("seed %d: %s: graded again %s, the table has %s", seed, key, got, want[key])
				}
				n++
			}
		}
		if n != len(want) || n == 0 {
			t.Errorf("seed %d: %d pairs, the table has %d", seed, n, len(want))
		}
	}
	if len(grades) != 6 {
		t.Errorf("only these grades were reached: %v", grades)
	}
}

// Where a view sees the same as a simpler one, the simpler one is used. That
// must never change what it gives.
func TestViewsAgreeWithPlainGrading(t *testing.T) {
	differs := map[claim.Kind]int{}
	units := map[claim.Unit]int{}
	for seed := range 6 {
		c := randomCase(t, seed)
		b := basis(t, c)
		b.Common = map[int64]bool{500: true}
		day := int64(1549756800000000) // 2019-02-10
		from, to := day+26*3600e6, day+70*3600e6
		var claims []claim.Claim
		for _, population := range []claim.Population{claim.All, claim.Unlabelled} {
			for unit := range 4 {
				for _, period := range [][2]int64{{}, {from, to}} {
					claims = append(claims, claim.Claim{Unit: claim.Unit(unit), Population: population, From: period[0], To: period[1], Figures: []claim.Figure{{Quantity: claim.Pairs, N: 1}}})
				}
			}
		}
		plan := claim.NewPlan(claims, b)
		counter := plan.Counter()
		for _, rec := range recordings(t, c) {
			for _, v := range plan.Views() {
				quick, err := counter.Graded(v, &rec, false)
				if err != nil {
					t.Fatal(err)
				}
				plainly, err := counter.Graded(v, &rec, true)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(quick, plainly) {
					t.Fatalf("seed %d, %s, %+v:\n got %+v\nwant %+v", seed, rec.Requests[0].Recording, v, quick, plainly)
				}
				base := v
				base.Without = claim.Without{}
				if simple, _ := counter.Graded(base, &rec, true); !reflect.DeepEqual(simple, plainly) {
					differs[v.Without.Kind]++
				}
				base.Unit = claim.UnitIP
				if simple, _ := counter.Graded(base, &rec, true); len(simple) != len(plainly) {
					units[v.Unit]++
				}
			}
		}
	}
	for _, k := range []claim.Kind{claim.WithoutMeaning, claim.WithoutInventory, claim.WithoutRepeated, claim.WithoutHeaders, claim.WithoutCommon, claim.WithoutSite, claim.WithoutZoneEarly, claim.WithoutZoneLate, claim.WithoutClock} {
		if differs[k] == 0 {
			t.Errorf("leaving out assumption %d never changed anything", k)
		}
	}
	for _, u := range []claim.Unit{claim.UnitIPAgent, claim.UnitPrefix, claim.UnitASN} {
		if units[u] == 0 {
			t.Errorf("unit %s never differed", u)
		}
	}
}

// Periods that cut time into pieces cut the requests into pieces, and a period
// of everything is none.
func TestPeriodsPartition(t *testing.T) {
	for seed := range 4 {
		c := randomCase(t, seed)
		day := int64(1549670400000000) // 2019-02-09, before the first line
		cuts := []int64{day, day + 30*3600e6, day + 61*3600e6, day + 62*3600e6, day + 30*24*3600e6}
		claims := []claim.Claim{{ID: "all", From: cuts[0], To: cuts[len(cuts)-1]}, {ID: "unlabelled", Population: claim.Unlabelled}, {ID: "none"}}
		for i := range len(cuts) - 1 {
			claims = append(claims, claim.Claim{ID: "piece", From: cuts[i], To: cuts[i+1]})
		}
		for i := range claims {
			claims[i].Measure = claim.Requested
			claims[i].Figures = []claim.Figure{{Quantity: claim.Requests, N: 5}, {Quantity: claim.Pairs, N: 5}}
		}
		results, err := pipeline.Claims(context.Background(), c, claims, claim.Probable, 2)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, r := range results[3:] {
			sum += r.Verdicts[0].Figures[1].Lower
			if r.Verdicts[0].Figures[1].Quantity != "pairs" {
				t.Fatal(r.Verdicts[0].Figures)
			}
		}
		all, none := results[0], results[2]
		if !reflect.DeepEqual(all.Matrix, none.Matrix) {
			t.Errorf("seed %d: a period of everything counts otherwise", seed)
		}
		requests := int64(0)
		for _, r := range results[3:] {
			requests += r.Verdicts[0].Figures[0].Lower
		}
		if want := none.Verdicts[0].Figures[0].Lower; requests != want || want == 0 {
			t.Errorf("seed %d: the pieces have %d requests, all have %d", seed, requests, want)
		}
		if sum < none.Verdicts[0].Figures[1].Lower {
			t.Errorf("seed %d: the pieces have fewer pairs than all", seed)
		}
	}
}

// Of every rule, unit and quantity there is no more without labelled clients.
func TestUnlabelledIsNeverMore(t *testing.T) {
	c := randomCase(t, 1)
	b := basis(t, c)
	plan := claim.NewPlan([]claim.Claim{{Figures: []claim.Figure{{Quantity: claim.Clients, N: 1}}}}, b)
	counter := plan.Counter()
	for _, rec := range recordings(t, c) {
		if err := counter.Add(&rec); err != nil {
			t.Fatal(err)
		}
	}
	results := counter.Results(around)
	less := 0
	m := results[0].Matrix
	for i, all := range m[:len(m)/2] {
		some := m[i+len(m)/2]
		if all.Rule != some.Rule || all.Unit != some.Unit || some.Population != "unlabelled" {
			t.Fatalf("%+v and %+v", all, some)
		}
		if some.Recordings > all.Recordings || some.Clients > all.Clients || some.Pairs > all.Pairs && all.Unit == "ip" || some.Requests > all.Requests && all.Rule == "requested" {
			t.Errorf("%+v, and %+v", all, some)
		}
		if some.Clients < all.Clients {
			less++
		}
	}
	if less == 0 {
		t.Error("labels made no difference")
	}
}
