package accesslog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func quoteJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A request that a server knew, in each of the JSON formats.
func jsonLine(format string, method, target, user, referrer, agent string, status, size int) string {
	quote := quoteJSON
	switch format {
	case "caddy":
		return fmt.Sprintf(`{"level":"info","ts":1425370327.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","proto":"HTTP/1.1","method":%s,"host":"h","uri":%s,`+
			`"headers":{"Referer":[%s],"User-Agent":[%s]}},"user_id":%s,"duration":0.5,"size":%d,"status":%d,"resp_headers":{}}`, quote(method), quote(target), quote(referrer), quote(agent), quote(user), size, status)
	case "traefik_json":
		return fmt.Sprintf(`{"ClientAddr":"192.0.2.1:5","ClientUsername":%s,"DownstreamContentSize":%d,"DownstreamStatus":%d,"RequestMethod":%s,"RequestPath":%s,"StartUTC":"2015-03-03T08:12:07.25Z","request_Referer":%s,"request_User-Agent":%s}`,
			quote(user), size, status, quote(method), quote(target), quote(referrer), quote(agent))
	case "access_json": // the best names last, behind others that say something else
		return fmt.Sprintf(`{"src_ip":"203.0.113.9","ts":1325370327,"verb":"HEAD","path":"/decoy","status_code":418,"length":1,"time_iso8601":"2015-03-03T08:12:07.25Z","remote_user":%s,"http_user_agent":%s,`+
			`"http_referer":%s,"request_uri":%s,"request_method":%s,"bytes":%d,"status":%d,"remote_addr":"192.0.2.1"}`, quote(user), quote(agent), quote(referrer), quote(target), quote(method), size, status)
	case "access_json names":
		return fmt.Sprintf(`{"user":%s,"useragent":%s,"referrer":%s,"url":%s,"method":%s,"timestamp":"2015-03-03T08:12:07.25Z","client":"192.0.2.1","response_status":%d,"size":%d}`,
			quote(user), quote(agent), quote(referrer), quote(target), quote(method), status, size)
	case "access_json request":
		return fmt.Sprintf(`{"remote_user":%s,"http_user_agent":%s,"http_referer":%s,"request":%s,"msec":1425370327.25,"remote_addr":"192.0.2.1","status":"%d","bytes":"%d"}`,
			quote(user), quote(agent), quote(referrer), quote(method+" "+target+" HTTP/1.1"), status, size)
	}
	return fmt.Sprintf(`{"time":"2015-03-03T08:12:07.25Z","remote_addr":"192.0.2.1","remote_user":%s,"request_method":%s,"request_uri":%s,"status":"%d","body_bytes_sent":"%d","http_referer":%s,"http_user_agent":%s}`,
		quote(user), quote(method), quote(target), status, size, quote(referrer), quote(agent))
}

// checkJSONLine reads such a line: no value may move into another field. Cut
// anywhere, it is refused or its fields are what they were.
func checkJSONLine(t *testing.T, format, target, user, referrer, agent string, status, size int) {
	t.Helper()
	name, _, _ := strings.Cut(format, " ")
	f, _ := FormatByName(name)
	p := Only(f).NewParser()
	line := []byte(jsonLine(format, "GET", target, user, referrer, agent, status, size))
	var r Record
	if reason := p.Parse(line, &r); reason != ReasonNone {
		t.Fatalf("refused (%s): %s", reason, line)
	}
	same := func(name string, got []byte, want string) {
		t.Helper()
		want = string([]rune(want)) // each byte that is not UTF-8 was replaced
		if got == nil && (want == "" || want == "-") {
			return
		}
		if string(got) != want {
			t.Fatalf("%s %q, want %q: %s", name, got, want, line)
		}
	}
	checked := func(r *Record) {
		t.Helper()
		if r.Target != nil {
			same("target", Unescape(nil, r.Target), target)
		}
		if string(r.Client) != "192.0.2.1" || r.Status != int16(status) || r.Time != 1425370327250000 || string(r.Method) != "GET" {
			t.Fatalf("%s: %s", render(r), line)
		}
	}
	checked(&r)
	same("user", r.User, user)
	same("referrer", r.Referrer, referrer)
	same("agent", r.Agent, agent)
	if r.Bytes != int64(size) || r.Flags != 0 || r.Format != f || r.Target == nil {
		t.Fatalf("%s: %s", render(&r), line)
	}
	for n := range line {
		if p.Parse(line[:n], &r) != ReasonNone {
			continue
		}
		checked(&r)
		if r.Flags != FlagCutOff || r.Bytes != None && r.Bytes != int64(size) {
			t.Fatalf("%s: %s", render(&r), line[:n])
		}
	}
}

var jsonHTTPFormats = []string{"caddy", "traefik_json", "nginx_json", "access_json", "access_json names", "access_json request"}

func TestJSONFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(23, 24))
	for i := range 1200 {
		text := func() string { return strings.ToValidUTF8(hostileText(rnd, 4), "\ufffd") }
		checkJSONLine(t, jsonHTTPFormats[i%len(jsonHTTPFormats)], "/"+text(), text(), text(), text(), 100+rnd.IntN(900), rnd.IntN(1<<40))
	}
}

func FuzzJSONFieldShift(f *testing.F) {
	if len(hostile) == 0 {
		f.Fatal("no seeds")
	}
	for i, text := range hostile {
		f.Add(text, text, hostile[(i+3)%len(hostile)], text, uint16(i), int64(i))
	}
	f.Fuzz(func(t *testing.T, target, user, referrer, agent string, status uint16, size int64) {
		if size < 0 || len(target)+len(user)+len(referrer)+len(agent) > 400 { // every cut of the line is read
			t.Skip()
		}
		for _, format := range jsonHTTPFormats {
			checkJSONLine(t, format, "/"+target, user, referrer, agent, 100+int(status)%900, int(size))
		}
	})
}

// TestJSONAllocs: nothing is allocated per line, good or bad, bare or wrapped.
func TestJSONAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	spec, err := CompileJSON("time=ts,client=request.remote_ip,method=request.method,target=request.uri,status=status,agent=request.headers.User-Agent")
	if err != nil {
		t.Fatal(err)
	}
	samples := sampleFiles(t)
	test := func(reading Reading, data []byte) {
		t.Helper()
		p := reading.NewParser()
		var r Record
		if n := testing.AllocsPerRun(10, func() { parseAll(p, &r, data) }); n != 0 {
			t.Errorf("%s: %v allocations", reading.Name(), n)
		}
	}
	for _, f := range []*Format{formatCaddy, formatTraefikJSON, formatNginxJSON, formatAccessJSON, formatTraefikCLF, formatTrueNAS, spec} {
		data := samples[f.Name]
		if f == spec {
			data = samples["caddy"]
		}
		test(Only(f), data)
		for _, w := range wrappers {
			reading := Only(f)
			reading.Wrapper, reading.Year = w, 2015
			test(reading, wrapLines(w.Name, data))
		}
	}
}

func jsonTimingLog(format string, size int) []byte {
	rnd := rand.New(rand.NewPCG(31, 32))
	var b bytes.Buffer
	for b.Len() < size {
		target := fmt.Sprintf("/calls/2015-03-0%d/467%08d_%04d.mp3", 1+rnd.IntN(9), rnd.IntN(1e8), rnd.IntN(2400))
		agent := "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.89 Safari/537.36"
		b.WriteString(jsonLine(format, "GET", target, "", "https://nas.example/calls/", agent, 200, rnd.IntN(4e6)))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func benchmarkReading(b *testing.B, reading Reading, data []byte) {
	p := reading.NewParser()
	var r Record
	lines := bytes.Count(data, []byte{'\n'})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if parseAll(p, &r, data) != lines {
			b.Fatal("a line was refused")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}

func BenchmarkJSON(b *testing.B) {
	for _, name := range jsonHTTPFormats[:4] {
		f, _ := FormatByName(name)
		b.Run(name, func(b *testing.B) { benchmarkReading(b, Only(f), jsonTimingLog(name, 1<<20)) })
	}
	b.Run("caddy_full", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["caddy"], []byte("\n"))[3]
		benchmarkReading(b, Only(formatCaddy), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	b.Run("spec", func(b *testing.B) {
		f, err := CompileJSON("time=time,client=remote_addr,method=request_method,target=request_uri,status=status,bytes=body_bytes_sent,agent=http_user_agent")
		if err != nil {
			b.Fatal(err)
		}
		benchmarkReading(b, Only(f), jsonTimingLog("nginx_json", 1<<20))
	})
	b.Run("traefik_clf", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["traefik_clf"], []byte("\n"))[1]
		benchmarkReading(b, Only(formatTraefikCLF), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	b.Run("truenas_audit", func(b *testing.B) {
		line := bytes.Split(sampleFiles(b)["truenas_audit"], []byte("\n"))[2]
		benchmarkReading(b, Only(formatTrueNAS), bytes.Repeat(append(bytes.Clone(line), '\n'), 1000))
	})
	for _, w := range wrappers {
		b.Run(w.Name+"+combined", func(b *testing.B) {
			reading := Only(formatCombined)
			reading.Wrapper = w
			benchmarkReading(b, reading, wrapLines(w.Name, timingLog(1<<20, true)))
		})
	}
}
