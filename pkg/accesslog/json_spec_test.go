package accesslog

import (
	"strings"
	"testing"
)

func TestCompileJSON(t *testing.T) {
	const required = "time=t,client=c,target=u,status=s"
	test := func(spec, line, want string) {
		t.Helper()
		f, err := CompileJSON(spec)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			return
		}
		if !strings.HasPrefix(f.Name, "json:") || !Only(f).Known() {
			t.Errorf("%s: named %q", spec, f.Name)
		}
		var r Record
		reason := Only(f).NewParser().Parse([]byte(line), &r)
		got := strings.TrimPrefix(outcome(&r, reason), f.Name+" ")
		if got != want {
			t.Errorf("%s\nline %s\ngot  %s\nwant %s", spec, line, got, want)
		}
		if d := Detect([]byte(line+"\n"), f); reason == ReasonNone && d.Reading.Main != f {
			t.Errorf("%s: detected as %s", spec, d.Reading.Name())
		}
	}
	test("json:"+required+",method=m", `{"t":"2015-03-03T08:12:07+01:00","c":"192.0.2.1","m":"GET","u":"/a","s":200}`,
		`client="192.0.2.1" time=2015-03-03T08:12:07+01:00 method="GET" target="/a" status=200`)
	test("time=http.start,client=peer.ip,request=http.line,status=http.code,bytes=http.size,sent=http.out,meaning=accepted_body,time_format=unix_ms,duration=http.took,duration_unit=ms",
		`{"http":{"start":1425370327123,"line":"GET /a b HTTP/1.1","code":"206","size":5,"out":300,"took":1.5},"peer":{"ip":"2001:db8::1"}}`,
		`client="2001:db8::1" time=2015-03-03T08:12:07.123+00:00 method="GET" target="/a b" protocol="HTTP/1.1" status=206 bytes=5 sent=300 duration_us=1500`)
	test(required+`,user=a\.b.c\,d`, `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":404,"a.b":{"c,d":"ann"}}`,
		`client="192.0.2.1" user="ann" time=2015-03-03T08:12:07+00:00 target="/a" status=404`)
	test(required+",query=q,agent=h.ua,forwarded=h.xff,range=h.r,content_range=h.cr,completion=done,host=h.h,protocol=p,referrer=h.ref",
		`{"t":1425370327.5,"c":"192.0.2.1","u":"/a","q":"x=1","s":206,"p":"HTTP/2.0","done":"OK","h":{"ua":["x"],"xff":["a","b"],"r":"bytes=0-9","cr":"bytes 0-9/10","h":"n:80","ref":"-"}}`,
		`host="n" client="192.0.2.1" time=2015-03-03T08:12:07.5+00:00 target="/a?x=1" protocol="HTTP/2.0" status=206 object_size=10 range_start=0 range_end=9 agent="x" forwarded="a, b" range_from=content_range finished=1`)
	test(required+",time_format=local", `{"t":"2015-03-03 08:12:07","c":"192.0.2.1","u":"/a","s":200}`, `client="192.0.2.1" time=2015-03-03T08:12:07+00:00 target="/a" status=200`)
	test(required+",object_size=o,content_length=l,bytes=b", `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":200,"o":9,"l":5,"b":5}`,
		`client="192.0.2.1" time=2015-03-03T08:12:07+00:00 target="/a" status=200 bytes=5 object_size=9`)
	test(required, `{"t":"2015-03-03T08:12:07","c":"192.0.2.1","u":"/a","s":200}`, "<bad_time>")
	test(required+",time_format=unix", `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":200}`, "<bad_time>")
	test(required, `{"t":"2015-03-03T08:12:07Z","u":"/a","s":200}`, "<bad_client>")
	test(required, `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","s":200}`, "<bad_request>")
	test(required, `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":"OK"}`, "<bad_status>")
	test(required, `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":20`, "<cut_off>")
	// A cut line whose method may have been cut away might be a HEAD.
	const cut = `{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":200,"m":"HE`
	test(required+",method=m", cut, "<cut_off>")
	test(required, cut, `client="192.0.2.1" time=2015-03-03T08:12:07+00:00 target="/a" status=200 flags=cut_off`)

	wrong := func(spec, want string) {
		t.Helper()
		if _, err := CompileJSON(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", spec, err, want)
		}
	}
	wrong("json:", "a field is empty")
	wrong("time=a", "client, target (or request), status must be given")
	wrong("request=r,time=a,status=s", "client must be given")
	wrong(required+",", "a field is empty")
	wrong(required+",agent", `"agent" has no path`)
	wrong(required+",agent=", "agent is given without a value")
	wrong(required+",time=b", "time is given twice")
	wrong(required+",size=b", `no field "size"; there are time, client`)
	wrong(required+",agent=a..b", "empty name")
	wrong(required+",bytes=b,meaning=sent", `meaning "sent" is not one of unknown, planned`)
	wrong(required+",meaning=planned", "bytes is not given")
	wrong(required+",sent=x", "sent goes beside bytes")
	wrong(required+",time_format=excel", `time_format "excel" is not one of auto`)
	wrong(required+",time_at=noon", "neither start nor end")
	wrong(required+",duration_unit=h", "is not one of s, ms")

	f, err := CompileJSON(required + ",bytes=b,meaning=planned,time_format=local,time_at=start")
	if err != nil || f.Meaning != MeaningPlanned || f.Zone != ZoneLocal || f.TimeAt != TimeAtStart {
		t.Errorf("%+v, %v", f, err)
	}
}

func FuzzCompileJSON(f *testing.F) {
	for _, spec := range []string{"time=t,client=c,target=u,status=s", `json:time=a.b,client=c\.d,request=r,status=s,bytes=b,meaning=planned`, "time=a,client=a,target=a,status=a.b", "", ",,=", `\`} {
		f.Add(spec, []byte(`{"t":"2015-03-03T08:12:07Z","c":"192.0.2.1","u":"/a","s":200,"a":{"b":1}}`))
	}
	f.Fuzz(func(t *testing.T, spec string, line []byte) {
		format, err := CompileJSON(spec)
		if err != nil {
			return
		}
		var r Record
		if reason := Only(format).NewParser().Parse(line, &r); reason == ReasonNone && (r.Client == nil || r.Time == NoTime) {
			t.Fatalf("%s: %s", spec, render(&r))
		}
	})
}
