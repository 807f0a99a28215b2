package accesslog

import (
	"bytes"
	"testing"
)

// stockFormats are formats in wide use, by name.
var stockFormats = map[string]string{
	"common":         `%h %l %u %t "%r" %>s %b`,
	"combined":       `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	"vhost_common":   `%v %h %l %u %t "%r" %>s %b`,
	"vhost_combined": `%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`,
	"combinedio":     `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`,
	"nginx_combined": `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
	"nginx_main":     `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"`,
}

func mustCompile(t testing.TB, s string) *Format {
	t.Helper()
	f, err := CompileFormat(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func BenchmarkCompiledCombined(b *testing.B) {
	benchmarkCompiled(b, stockFormats["combined"], timingLog(1<<20, true))
}

func BenchmarkCompiledCommon(b *testing.B) {
	benchmarkCompiled(b, stockFormats["common"], timingLog(1<<20, false))
}

func BenchmarkCompiledNginx(b *testing.B) {
	benchmarkCompiled(b, stockFormats["nginx_combined"], timingLog(1<<20, true))
}

// BenchmarkCompiledForwarded has two texts before its time that may hold spaces.
func BenchmarkCompiledForwarded(b *testing.B) {
	benchmarkCompiled(b, `%{X-Forwarded-For}i %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`, timingLog(1<<20, true))
}

// BenchmarkCompiledParts has a time of pieces and the request in parts.
func BenchmarkCompiledParts(b *testing.B) {
	benchmarkCompiled(b, `%h %l %u [%{%d/%b/%Y:%T}t %{%z}t] "%m %U%q %H" %>s %b "%{Referer}i" "%{User-Agent}i"`, timingLog(1<<20, true))
}

func BenchmarkCompiledStrftime(b *testing.B) {
	data := bytes.ReplaceAll(timingLog(1<<20, true), []byte("/Mar/2015:"), []byte("/03/2015 "))
	benchmarkCompiled(b, `%h %l %u [%{%d/%m/%Y %T %z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`, data)
}

// BenchmarkCompiledObject has lines of nginx with escape=json.
func BenchmarkCompiledObject(b *testing.B) {
	line := `{"t":"2000-10-10T13:55:36-07:00","c":"1.2.3.4","r":"GET /calls/2018/07/46701234567_1.wav HTTP/1.1","s":200,"b":24000000,"ua":"Mozilla/5.0 (X11; Linux x86_64; rv:65.0) Gecko/20100101 Firefox/65.0"}` + "\n"
	benchmarkCompiled(b, objectFormats[0], bytes.Repeat([]byte(line), 5000))
}

func benchmarkCompiled(b *testing.B, format string, data []byte) {
	p := Only(mustCompile(b, format)).NewParser()
	var r Record
	lines := bytes.Count(data, []byte{'\n'})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if n := parseAll(p, &r, data); n != lines {
			b.Fatalf("%d of %d lines were read", n, lines)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}
