package accesslog

import (
	"fmt"
	"testing"
)

// TestCoding: where a log says that the body was coded, the record does, and
// its Content-Length is no size of the file.
func TestCoding(t *testing.T) {
	const jsonText = "json:time=t,client=c,request=r,status=s,bytes=b,content_length=l,content_encoding=e"
	for _, logged := range []struct{ format, line string }{
		{`%h %t "%r" %>s %b %{Content-Length}o "%{Content-Encoding}o"`, `1.2.3.4 ` + at + ` ` + get + ` 200 5 5 "%s"`},
		{`lighttpd:%h %t "%r" %>s %b %{Content-Length}o "%{content-encoding}o"`, `1.2.3.4 ` + at + ` ` + get + ` 200 5 5 "%s"`},
		{`$remote_addr [$time_local] "$request" $status $body_bytes_sent $sent_http_content_length "$sent_http_content_encoding"`, `1.2.3.4 ` + at + ` ` + get + ` 200 5 5 "%s"`},
		{`escape=json {"c":"$remote_addr","t":"$time_local","r":"$request","s":$status,"b":$body_bytes_sent,"l":"$sent_http_content_length","e":"$sent_http_content_encoding"}`,
			`{"c":"1.2.3.4","t":"` + at[1:len(at)-1] + `","r":"GET /a HTTP/1.1","s":200,"b":5,"l":"5","e":"%s"}`},
		{jsonText, `{"c":"1.2.3.4","t":"` + at[1:len(at)-1] + `","r":"GET /a HTTP/1.1","s":200,"b":5,"l":"5","e":"%s"}`},
		{jsonText, `{"c":"1.2.3.4","t":"` + at[1:len(at)-1] + `","r":"GET /a HTTP/1.1","s":200,"b":5,"l":"5","e":["%s"]}`},
		{"traefik_json", `{"ClientAddr":"1.2.3.4:5","StartUTC":"2015-03-03T08:12:07Z","RequestMethod":"GET","RequestPath":"/a","DownstreamStatus":200,"DownstreamContentSize":5,"downstream_Content-Length":"5","downstream_Content-Encoding":"%s"}`},
		{"caddy", `{"level":"info","ts":1425370327.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"1.2.3.4","proto":"HTTP/1.1","method":"GET","host":"h","uri":"/a"},"size":5,"status":200,"resp_headers":{"Content-Length":["5"],"Content-Encoding":["%s"]}}`},
		{"nginx_json", `{"remote_addr":"1.2.3.4","msec":1425370327.5,"request":"GET /a HTTP/1.1","status":200,"body_bytes_sent":5,"sent_http_content_length":"5","sent_http_content_encoding":"%s"}`},
	} {
		reading, err := ReadingByName(logged.format)
		if err != nil {
			t.Fatal(err)
		}
		p := reading.NewParser()
		for text, want := range map[string]bool{"gzip": true, "br": true, "zstd": true, "deflate": true, "gzip, br": true, "x-gzip": true, "identity": false, "Identity": false, "-": false} {
			var r Record
			line := fmt.Sprintf(logged.line, text)
			if reason := p.Parse([]byte(line), &r); reason != ReasonNone {
				t.Errorf("%s\n%s: %s", logged.format, line, reason)
			} else if coded := r.Flags&FlagCoded != 0; coded != want || (r.SizeFrom == TotalContentLength) == want || r.Bytes != 5 {
				t.Errorf("%s\n%s: %s", logged.format, line, render(&r))
			}
		}
	}
	if FlagCoded.Names()[0] != "content_coded" {
		t.Error(FlagCoded.Names())
	}
}
